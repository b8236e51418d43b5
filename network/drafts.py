"""What someone has begun to write is kept on the server, one draft for each place, over sign-out and devices.

A draft is read by the one who wrote it and by nobody else, and shown in its place only while she may write there.
Where two devices wrote in one place, who saves on top of a version she has not seen is told, and nothing is lost.
"""

import re
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from network.models import Draft, Post, Space, Thread
from network.models.rooms import standing_of
from network.permissions import can, can_edit_post, check_edit_post, check_write_in_space, thread_for
from network.rule import Act

NEW, REPLY, EDIT = "ny", "svar", "ret"
PLACE = re.compile(rf"({NEW}|{REPLY}|{EDIT}):([1-9]\d{{0,17}})")
TITLE_ROOM = 140
ROOM = 60_000  # a text that is too long to be sent is kept as well
OTHER_ROOM = 2 * ROOM


class StaleDraft(Exception):
    """The draft was written on somewhere else since: `draft` is as it stands now."""

    def __init__(self, draft):
        self.draft = draft
        super().__init__(str(draft))


def of_new_thread(space: Space) -> str:
    return f"{NEW}:{space.pk}"


def of_reply(thread: Thread) -> str:
    return f"{REPLY}:{thread.pk}"


def of_edit(post: Post) -> str:
    return f"{EDIT}:{post.pk}"


def in_place(user, place: str) -> Draft | None:
    """Return what `user` has begun to write in `place`, in which she may write."""
    return Draft.objects.visible_to(user).filter(place=place).first()


def save_draft(user, place, title, text, *, version=0, base=None, form_key=None, newer_wins=False) -> Draft | None:
    """Keep what `user` has written so far in a `place` in which she may write; None where there is nothing to keep.

    `version` is that of the draft the page began from, 0 without one; `base` the version of a post that is edited.
    Where the draft was changed since, StaleDraft is raised – with `newer_wins` (the page is being left, nobody can be
    asked) the newer text takes its place, and the older is kept beside it as `other`. A draft of a form that has been
    sent (`form_key`) is not kept. Raises ValidationError where it is longer than a draft may be.
    """
    title, text = _tidied(title)[:TITLE_ROOM], _tidied(text)
    if len(text) > ROOM:
        raise ValidationError(_("Teksten er for lang til at blive gemt som kladde."), code="long")
    with transaction.atomic():
        row = Draft.objects.visible_to(user).select_for_update().filter(place=place).first()
        if row is None:
            return _begun(user, place, title, text, base, form_key)
        is_same = (row.title, row.text) == (title, text)
        if row.version != version and not is_same and _loses(row, title, text):
            if not newer_wins:
                raise StaleDraft(row)
            row.other = "\n\n".join(part for part in (row.words, row.other) if part)[:OTHER_ROOM]
        if not (title or text or row.other):
            row.delete()
            return None
        row.title, row.text, row.base, row.version = title, text, base, row.version + (not is_same)
        row.save()
    return row


def _loses(row, title, text):
    """Would something be lost? Two saves of one page may cross, and the later only goes on where the earlier ended."""
    return row.title not in ("", title) or not text.startswith(row.text)


def _begun(user, place, title, text, base, form_key):
    if not (title.strip() or text.strip()) or _is_sent(user, form_key):
        return None
    try:
        with transaction.atomic():
            return Draft.objects.create(user=user, place=place, title=title, text=text, base=base)
    except IntegrityError:  # another window was a moment earlier
        raise StaleDraft(in_place(user, place)) from None


def _is_sent(user, form_key):
    """A save that was on its way while the form was sent must not bring the draft back."""
    return form_key is not None and Post.objects.visible_to(user).filter(author=user, form_key=form_key).exists()


def _tidied(text):
    text = text.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "ignore").decode("utf-8")
    return "".join(sign for sign in text if sign in "\n\t" or sign >= " ")


def sent(user, place: str) -> None:
    """What was begun in `place` has been sent: the draft goes, in the transaction that wrote the post."""
    Draft.objects.visible_to(user).filter(place=place).delete()


def throw_away(user, pk: int) -> None:
    """Throw one's own draft away; raise Http404 where it is not one's own."""
    if not Draft.objects.visible_to(user).filter(pk=pk).delete()[0]:
        raise Http404


def forget_other(user, place: str) -> None:
    """Throw away what stood in the draft on another device, and keep the draft."""
    Draft.objects.visible_to(user).filter(place=place).update(other="")


# --- places -----------------------------------------------------------------------------------------


def found_place(user, place: str):
    """Return (space, thread, post) of a place in which `user` may write; else raise what the rule says."""
    match = PLACE.fullmatch(place)
    if match is None:
        raise Http404
    kind, pk = match[1], int(match[2])
    space = thread = post = None
    if kind == NEW:
        space = Space.objects.visible_to(user).with_standing_of(user).filter(pk=pk).first()
    elif kind == REPLY:
        thread = thread_for(user, pk)
    else:
        post = Post.objects.visible_to(user).select_related("thread__space").filter(pk=pk).first()
    thread = thread or (post and post.thread)
    space = space or (thread and thread.space)
    if space is None:
        raise Http404
    if post is not None:
        check_edit_post(user, post)
    check_write_in_space(user, space)
    return space, thread, post


def with_places(user, drafts: Iterable[Draft]) -> list[Draft]:
    """Return the drafts with where they were to stand: `space`, `thread` and `address`, None where that is closed now.

    A place in which one may no longer write is told neither by name nor by address; one's own words stay.
    """
    drafts = list(drafts)
    pks = {kind: [] for kind in (NEW, REPLY, EDIT)}
    for draft in drafts:
        draft.kind, draft.pk_of_place = _read(draft.place)
        pks[draft.kind].append(draft.pk_of_place)
    spaces = Space.objects.visible_to(user).with_standing_of(user).filter(pk__in=pks[NEW])
    threads = Thread.objects.visible_to(user).with_standing_of(user).select_related("space").filter(pk__in=pks[REPLY])
    posts = Post.objects.visible_to(user).select_related("thread__space").filter(pk__in=pks[EDIT])
    posts = posts.annotate(own_standing=standing_of(user, "thread__space_id"))
    found = {NEW: _by_pk(spaces, pks[NEW]), REPLY: _by_pk(threads, pks[REPLY]), EDIT: _by_pk(posts, pks[EDIT])}
    for draft in drafts:
        draft.space, draft.thread, draft.post = _open(user, draft.kind, found[draft.kind].get(draft.pk_of_place))
        draft.address = _address(draft)
    return drafts


def _address(draft):
    if draft.post is not None:
        return reverse("post-edit", args=[draft.space.slug, draft.thread.pk, draft.thread.slug, draft.post.number])
    if draft.thread is not None:
        return f"{draft.thread.get_absolute_url()}#svar"
    return reverse("thread-new", args=[draft.space.slug]) if draft.space is not None else ""


def _read(place):
    kind, _colon, pk = place.partition(":")
    return kind, int(pk)


def _by_pk(rows, pks):
    return {row.pk: row for row in rows} if pks else {}


def _open(user, kind, thing):
    closed = None, None, None
    if thing is None:
        return closed
    if kind == NEW:
        return (thing, None, None) if can(user, Act.WRITE, thing) else closed
    space = thing.space if kind == REPLY else thing.thread.space
    space.own_standing = thing.own_standing
    if kind == EDIT:
        return (space, thing.thread, thing) if can_edit_post(user, thing) else closed
    return (space, thing, None) if can(user, Act.WRITE, space) else closed
