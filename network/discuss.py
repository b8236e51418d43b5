"""Writing in a space. Each verb checks the rule, writes in one transaction and announces there."""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from danish import danish_to_ascii
from network.markdown import checked, render
from network.models import Event, Post, Space, Thread
from network.permissions import check_edit_post, check_write_in_space
from network.signals import announce

TITLE_LENGTH = 140


class StaleEdit(Exception):
    """The post was changed since the form was opened: `post` is as it stands now."""

    def __init__(self, post):
        self.post = post
        super().__init__(str(post))


def start_thread(user, space: Space, title: str, text: str, form_key: UUID | None = None) -> Thread:
    """Begin a thread with its first post. A form sent twice makes one thread: the first is returned.

    Raises ValidationError with a Danish sentence under `title` or `text`.
    """
    title, text = _thread_checked(title, text)
    html = render(text)
    with transaction.atomic():
        check_write_in_space(user, space)
        _lock(Space, space)
        if done := _sent_before(user, form_key):
            return done.thread
        now = timezone.now()
        thread = Thread.objects.create(
            space=space, title=title, slug=_slug(title), author=user, created_at=now, last_post_at=now
        )
        _write(thread, user, text, html, now, form_key)
        announce(Event.What.THREAD, space, who=user, thread=thread)
    return thread


def reply(user, thread: Thread, text: str, form_key: UUID | None = None) -> Post:
    """Answer in a thread. A form sent twice makes one post: the first is returned."""
    text = checked(text)
    html = render(text)
    with transaction.atomic():
        check_write_in_space(user, thread.space)
        _lock(Thread, thread)
        if done := _sent_before(user, form_key):
            return done
        post = _write(thread, user, text, html, timezone.now(), form_key)
        announce(Event.What.POST, thread.space, who=user, thread=thread, post=post)
    return post


def edit_post(user, post: Post, text: str, version: int) -> Post:
    """Put a new text in the place of one's own. `version` is the one the form was opened with; else StaleEdit."""
    text = checked(text)
    html = render(text)
    with transaction.atomic():
        check_edit_post(user, post)
        changed = Post.objects.visible_to(user).filter(pk=post.pk, version=version)
        now = timezone.now()
        if not changed.update(source=text, html=html, edited_at=now, version=version + 1):
            raise StaleEdit(Post.objects.visible_to(user).select_related("thread__space").get(pk=post.pk))
        post.source, post.html, post.edited_at, post.version = text, html, now, version + 1
        announce(Event.What.EDITED, post.thread.space, who=user, thread=post.thread, post=post)
    return post


def _lock(model, thing):
    model.objects.select_for_update().filter(pk=thing.pk).exists()


def _sent_before(user, form_key):
    if form_key is None:
        return None
    return Post.objects.visible_to(user).filter(author=user, form_key=form_key).select_related("thread__space").first()


def _write(thread, user, text, html, now, form_key):
    thread.refresh_from_db(fields=["number_of_posts"])
    number = thread.number_of_posts + 1
    post = Post.objects.create(
        thread=thread, number=number, author=user, source=text, html=html, created_at=now, form_key=form_key
    )
    thread.number_of_posts, thread.last_post_at = number, now
    thread.save(update_fields=["number_of_posts", "last_post_at"])
    return post


def _thread_checked(title, text):
    faults = {}
    title = " ".join("".join(sign for sign in title if sign.isprintable()).split())
    if not title:
        faults["title"] = _("Skriv en overskrift, der siger, hvad du spørger om.")
    elif len(title) > TITLE_LENGTH:
        faults["title"] = _("Overskriften er for lang: højst 140 tegn.")
    try:
        text = checked(text)
    except ValidationError as fault:
        faults["text"] = fault
    if faults:
        raise ValidationError(faults)
    return title, text


def _slug(title):
    return slugify(danish_to_ascii(title))[:80].strip("-") or "traad"
