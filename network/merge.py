"""Merging a thread into another of its space."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from network.carry import carry_events, carry_former_places, note_posts
from network.markdown import render
from network.models import Draft, Event, FormerPlace, Poll, Post, ReadMarker, Showing, Thread
from network.permissions import check_run_space, check_see_thread
from network.rows import lock, put, tally
from network.signals import announce


@transaction.atomic
def merge_threads(facilitator, thread: Thread, into: Thread) -> Thread:
    """Put the posts of `thread` at the end of the thread `into`, in their order and with new numbers.

    Addresses of the thread and of each post lead on. Files, references, thanks, mentions and reports hang on the posts
    and come along; so do status, poll, answer, read markers and drafts (see docs/network.md). Of `thread` an empty row
    is left, which nobody reads: what happened in it hangs on it. Raises ValidationError where they cannot be merged.
    """
    check_run_space(facilitator, thread.space)
    check_see_thread(facilitator, thread)
    check_see_thread(facilitator, into)
    lock(thread, into)
    for each in (thread, into):
        each.refresh_from_db()
    _check_fit(thread, into)
    offset, last = into.last_number, into.last_number + thread.last_number
    had_read_all = _last_shown(facilitator, into)
    _carry_posts(thread, into, offset)
    _carry_markers(thread, into, offset, had_read_all)
    _carry_drafts(thread, into)
    _carry_status(thread, into)
    _carry_poll(thread, into)
    put(into, last_number=last, has_joined=True, answer_id=into.answer_id or thread.answer_id)
    put(
        thread,
        state=Showing.REMOVED,
        number_of_posts=0,
        answer=None,
        has_poll=False,
        status_source="",
        status_html="",
        pinned_at=None,
    )
    thread.save(update_fields=["state"])  # not only the row: the index hears of it
    tally(facilitator, into)
    announce(Event.What.MERGED, thread.space, who=facilitator, whom=thread.author, thread=into)
    return into


def _check_fit(thread, into):
    if thread.pk == into.pk:
        raise ValidationError(_("Vælg en anden tråd end den selv."), code="self")
    if thread.space_id != into.space_id:
        raise ValidationError(_("Kun tråde i samme rum kan samles. Flyt tråden først."), code="elsewhere")
    if {thread.state, into.state} != {Showing.VISIBLE}:
        raise ValidationError(_("Tråden er fjernet eller skjult i mellemtiden."), code="not_shown")
    if thread.has_poll and into.has_poll:
        raise ValidationError(_("Begge tråde har en afstemning. En tråd har kun plads til én."), code="polls")
    if thread.space.hides_earlier and thread.created_at < into.created_at:
        raise ValidationError(
            _(
                "Rummet viser ikke nye medlemmer det, der er skrevet, før de kom. "
                "Saml derfor den nyeste tråd ind i den ældste."
            ),
            code="older",
        )


def _carry_posts(thread, into, offset):
    """Move every post, whatever its state. Gaps stay gaps: it is one statement however many there are."""
    moving = Post.objects.select_for_update().filter(thread=thread.pk)
    numbers = dict(moving.order_by("number").values_list("pk", "number"))
    moving.update(thread=into, number=F("number") + offset)
    carry_former_places(numbers, into)
    FormerPlace.objects.filter(thread=thread.pk).update(thread=into)
    note_posts(thread, numbers, into)
    first = next(iter(numbers))
    FormerPlace.objects.create(thread_pk=thread.pk, thread=into, post_id=first, title=thread.title)
    carry_events(numbers, into)


def _last_shown(facilitator, thread):
    shown = Post.objects.visible_to(facilitator).filter(thread=thread.pk, state=Showing.VISIBLE)
    return shown.aggregate(last=Max("number"))["last"] or 0


def _carry_markers(thread, into, offset, had_read_all):
    """Who had read all of the one has read as far in the other's posts as before; else there is something new to her
    in between, and she goes on from there.
    """
    read = dict(ReadMarker.objects.filter(thread=thread).values_list("user", "number"))
    for marker in ReadMarker.objects.filter(thread=into, user__in=read, number__gte=had_read_all):
        ReadMarker.objects.filter(pk=marker.pk).update(number=offset + read[marker.user_id])
    ReadMarker.objects.filter(thread=thread).delete()


def _carry_drafts(thread, into):
    drafts = Draft.objects.select_for_update()
    there = {draft.user_id: draft for draft in drafts.filter(place=f"svar:{into.pk}")}
    for draft in drafts.filter(place=f"svar:{thread.pk}"):
        if other := there.get(draft.user_id):
            put(other, text=f"{other.text}\n\n{draft.text}".strip())
            draft.delete()
        else:
            put(draft, place=f"svar:{into.pk}")


def _carry_status(thread, into):
    """Both, where both have one: it is for people to say it shorter."""
    if not thread.status_source:
        return
    source = "\n\n".join(filter(None, [into.status_source, thread.status_source]))
    put(
        into,
        status_source=source,
        status_html=render(source),
        status_at=max(filter(None, [into.status_at, thread.status_at]), default=timezone.now()),
        status_by=into.status_by if into.status_source else thread.status_by,
        status_version=into.status_version + 1,
    )


def _carry_poll(thread, into):
    if thread.has_poll:
        Poll.objects.select_for_update().filter(thread=thread).update(thread=into)
        put(into, has_poll=True)
