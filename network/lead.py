"""Leading a thread: »Status nu« on top of it, and the answer that helped.

Who asked does it, and whoever runs the space.
"""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from network.markdown import checked, render
from network.models import Event, Post, Showing, Thread
from network.permissions import check_lead_thread, check_see_post, check_see_thread
from network.rows import lock, lock_with_thread, put
from network.signals import announce

STATUS_LENGTH = 1000


class StaleStatus(Exception):
    """The status was changed since the form was opened: `thread` holds it as it stands now."""

    def __init__(self, thread):
        self.thread = thread
        super().__init__(str(thread))


def write_status(user, thread: Thread, text: str, version: int) -> Thread:
    """Say where the matter stands, in Markdown of at most 1,000 characters; an empty text takes the status away.

    `version` is the `status_version` the form was opened with; where it is another by now, StaleStatus is raised –
    but not where the text is the same, so that a form sent twice is sent once.
    """
    text = _checked_status(text)
    html = render(text) if text else ""
    with transaction.atomic():
        check_see_thread(user, thread)
        check_lead_thread(user, thread)
        lock(thread)
        thread.refresh_from_db(fields=["status_source", "status_html", "status_at", "status_by", "status_version"])
        if thread.status_source == text:
            return thread
        if thread.status_version != version:
            raise StaleStatus(thread)
        put(
            thread,
            status_source=text,
            status_html=html,
            status_at=timezone.now(),
            status_by=user,
            status_version=version + 1,
        )
        announce(Event.What.STATUS, thread.space, who=user, thread=thread)
    return thread


def _checked_status(text):
    if not text.strip():
        return ""
    text = checked(text)
    if len(text) > STATUS_LENGTH:
        raise ValidationError(
            _("Status er på %(length)s tegn. Der er plads til %(room)s: skriv kun, hvor sagen står nu."),
            params={"length": len(text), "room": STATUS_LENGTH},
            code="long",
        )
    return text


@transaction.atomic
def choose_answer(user, post: Post) -> Thread:
    """Mark the post that helped, in the place of another that was marked. The question is no answer to itself."""
    check_see_post(user, post)
    post = lock_with_thread(post)
    thread = post.thread
    check_lead_thread(user, thread)
    if post.number == 1 or post.state != Showing.VISIBLE:
        raise ValidationError(_("Det indlæg kan ikke være svaret."), code="no_answer")
    thread.refresh_from_db(fields=["answer"])
    if thread.answer_id != post.pk:
        put(thread, answer=post)
        announce(Event.What.ANSWER, thread.space, who=user, whom=post.author, thread=thread, post=post)
    return thread


@transaction.atomic
def take_answer_back(user, thread: Thread) -> Thread:
    """Say that no answer is marked any more."""
    check_see_thread(user, thread)
    check_lead_thread(user, thread)
    lock(thread)
    put(thread, answer=None)
    return thread
