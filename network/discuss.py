"""Writing in a space. Each verb checks the rule, writes in one transaction and announces there."""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from danish import danish_to_ascii
from network import drafts, limits, pointing
from network.attach import bind, take_off
from network.cpr import CPR, looks_like_cpr
from network.markdown import checked
from network.models import Event, Membership, Post, PostVersion, Showing, Space, Thread
from network.permissions import (
    Refused,
    can,
    can_see_thread,
    check_edit_post,
    check_see_thread,
    check_write_in_space,
)
from network.rule import Act
from network.signals import announce

TITLE_LENGTH = 140


class StaleEdit(Exception):
    """The post was changed since the form was opened: `post` is as it stands now."""

    def __init__(self, post):
        self.post = post
        super().__init__(str(post))


def start_thread(user, space: Space, title: str, text: str, form_key: UUID | None = None, files=()) -> Thread:
    """Begin a thread with its first post. A form sent twice makes one thread: the first is returned.

    What someone on trial writes first is held: `thread.state` says so. `files`: ids of own files that were put up for
    it (network.attach).
    Raises ValidationError with a Danish sentence under `title` or `text`, or TooMany (network.limits).
    """
    title, text = _thread_checked(title, text, space.first_words)
    with transaction.atomic():
        _check_may_write(user, space)
        written = _written(user, space, text)
        _lock(Space, space)
        if done := _sent_before(user, form_key):
            return done.thread
        limits.check(user, "threads")
        limits.check_links(user, written.html)
        now, state = timezone.now(), _first_state(user, space)
        thread = Thread.objects.create(
            space=space, title=title, slug=slug_of(title), author=user, created_at=now, last_post_at=now, state=state
        )
        post = _write(thread, user, text, written.html, now, form_key, state)
        what = Event.What.THREAD if state == Showing.VISIBLE else Event.What.HELD
        announce(what, space, who=user, thread=thread, post=post)
        bind(user, post, files)
        pointing.keep(post, written)
        drafts.sent(user, drafts.of_new_thread(space))
    return thread


def reply(
    user, thread: Thread, text: str, form_key: UUID | None = None, reply_to: Post | None = None, files=()
) -> Post:
    """Answer in a thread. A form sent twice makes one post: the first is returned.

    `reply_to`: the post of the thread that is answered. A closed thread is answered by those who run its space alone.
    `files`: as in `start_thread`.
    """
    text = checked(text)
    with transaction.atomic():
        _check_may_write(user, thread.space)
        check_see_thread(user, thread)
        written = _written(user, thread.space, text, thread)
        _lock_as_it_is(user, thread)
        if done := _sent_before(user, form_key):
            return done
        if thread.is_closed and not can(user, Act.RUN, thread.space):
            raise ValidationError(_("Tråden er lukket. Skriv til en facilitator, hvis den skal åbnes."), code="closed")
        limits.check(user, "replies")
        limits.check_links(user, written.html)
        state = _first_state(user, thread.space)
        post = _write(thread, user, text, written.html, timezone.now(), form_key, state, reply_to)
        what = Event.What.POST if state == Showing.VISIBLE else Event.What.HELD
        announce(what, thread.space, who=user, thread=thread, post=post)
        bind(user, post, files)
        pointing.keep(post, written)
        drafts.sent(user, drafts.of_reply(thread))
    return post


def edit_post(user, post: Post, text: str, version: int, files=(), without=()) -> Post:
    """Put a new text in the place of one's own. `version` is the one the form was opened with; else StaleEdit.

    `files`: ids of own files to hang on it, `without`: of those on it to take off for good.

    What it said before is kept, and read by those who may read the post.
    """
    text = checked(text)
    with transaction.atomic():
        check_edit_post(user, post)
        written = _written(user, post.thread.space, text, post.thread)
        limits.check_links(user, written.html)
        before = Post.objects.visible_to(user).filter(pk=post.pk, version=version).first()
        now = timezone.now()
        changed = before and Post.objects.visible_to(user).filter(pk=post.pk, version=version).update(
            source=text, html=written.html, edited_at=now, version=version + 1
        )
        if not changed:
            raise StaleEdit(_as_it_stands(user, post))
        PostVersion.objects.create(
            post=post,
            version=version,
            source=before.source,
            html=before.html,
            written_at=before.edited_at or before.created_at,
        )
        post.source, post.html, post.edited_at, post.version = text, written.html, now, version + 1
        take_off(user, post, without)
        bind(user, post, files)
        announce(Event.What.EDITED, post.thread.space, who=user, thread=post.thread, post=post)
        pointing.keep(post, written)
        drafts.sent(user, drafts.of_edit(post))
    return post


def _as_it_stands(user, post):
    """Read the post again; Http404 where it was removed or hidden meanwhile."""
    now = Post.objects.visible_to(user).select_related("thread__space").filter(pk=post.pk).first()
    if now is None:
        raise Http404
    return now


def _check_may_write(user, space):
    check_write_in_space(user, space)
    if not space.has_threads:
        raise Refused(space, Act.WRITE)


def _written(user, space, text, thread=None):
    written = pointing.write(user, space, text, thread)
    pointing.check_numbers(user, written)
    return written


def _lock(model, thing):
    model.objects.select_for_update().filter(pk=thing.pk).exists()


def _lock_as_it_is(user, thread):
    """Lock the thread, and bring what others may have changed since it was fetched.

    Http404 where it was merged, moved or removed meanwhile: whoever asks again is led on to where it stands now.
    """
    changing = ["closed_at", "number_of_posts", "last_number", "last_post_at", "first_is_shown", "state", "space_id"]
    row = Thread.objects.select_for_update().filter(pk=thread.pk).values(*changing).first()
    if row is None or row.pop("space_id") != thread.space_id:
        raise Http404
    for name, value in row.items():
        setattr(thread, name, value)
    if not can_see_thread(user, thread):
        raise Http404


def _first_state(user, space):
    """The first thing that someone let in by approval writes may have to wait for a facilitator."""
    if not space.holds_first_post:
        return Showing.VISIBLE
    on_trial = Membership.objects.filter(user=user, space=space, is_on_trial=True)
    return Showing.HELD if on_trial.exists() else Showing.VISIBLE


def _sent_before(user, form_key):
    if form_key is None:
        return None
    return Post.objects.visible_to(user).filter(author=user, form_key=form_key).select_related("thread__space").first()


def _write(thread, user, text, html, now, form_key, state, reply_to=None):
    number = thread.last_number + 1
    post = Post.objects.create(
        thread=thread,
        number=number,
        author=user,
        source=text,
        html=html,
        created_at=now,
        form_key=form_key,
        state=state,
        reply_to=reply_to,
    )
    thread.last_number = number
    if state == Showing.VISIBLE:
        thread.number_of_posts += 1
        thread.last_post_at = now
    thread.save(update_fields=["number_of_posts", "last_number", "last_post_at"])
    return post


def _thread_checked(title, text, first_words):
    faults = {}
    if same_words(text, first_words):
        text = ""
    try:
        title = checked_title(title)
    except ValidationError as fault:
        faults = fault.error_dict
    try:
        text = checked(text)
    except ValidationError as fault:
        faults["text"] = fault
    if faults:
        raise ValidationError(faults)
    return title, text


def same_words(text, other):
    """Do two texts say the same, whatever the ends of their lines?"""
    return text.split() == other.split()


def checked_title(title: str) -> str:
    """Return `title` in one line; raise ValidationError under `title` where it is empty, longer than 140 signs, or
    holds what looks like a CPR number.
    """
    title = " ".join("".join(sign for sign in title if sign.isprintable()).split())
    if not title:
        raise ValidationError({"title": _("Skriv en overskrift, der siger, hvad du spørger om.")})
    if len(title) > TITLE_LENGTH:
        raise ValidationError({"title": _("Overskriften er for lang: højst 140 tegn.")})
    if looks_like_cpr(title):
        raise ValidationError({"title": CPR})
    return title


def slug_of(title):
    """Return a title as it stands in an address."""
    return slugify(danish_to_ascii(title))[:80].strip("-") or "traad"
