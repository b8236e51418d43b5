"""The letters about meetings: a seat given, another time or place, called off, what came of it, an action that is due.

Each asks the rule when it is sent, of its recipient.
"""

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.letters import Words, queue, queue_many, writes
from network.letters import address_of
from network.meeting_rule import meeting_for
from network.models import Event, Meeting, Notice, Outcome, Seat, Thread
from network.outcomes import absent_from
from network.signals import happened
from network.templatetags.meeting_tags import when_in_words
from network.told import name_of

SEAT, CHANGED, CANCELLED, OUTCOMES, DUE = (
    "meeting-seat",
    "meeting-changed",
    "meeting-cancelled",
    "meeting-outcomes",
    "action-due",
)


def owe_letters(sender, event, **kwargs):
    """Listen to what happens to meetings, and write down which letters are owed for it."""
    about = {"meeting": event.meeting_id, "event": event.pk}
    if event.what == Event.What.SEAT:
        queue(SEAT, event.whom, **about)
    elif event.what == Event.What.RESCHEDULED:
        _owe(CHANGED, _signed_up(event), {**about, "sequence": event.meeting.sequence})
    elif event.what == Event.What.CALLED_OFF:
        _owe(CANCELLED, _signed_up(event), about)
    elif event.what == Event.What.OUTCOMES:
        _owe(OUTCOMES, absent_from(event.meeting).exclude(pk=event.who_id).values_list("pk", flat=True), about)


happened.connect(owe_letters, dispatch_uid="network.meeting_letters")


def _owe(kind, people, about):
    queue_many(kind, [(pk, about) for pk in people], timezone.now())


def _signed_up(event):
    seats = Seat.past_the_rule.filter(meeting=event.meeting).exclude(user=event.who_id)
    return seats.order_by("pk").values_list("user", flat=True)


def remind_of_actions() -> int:
    """Owe a letter for each action that is due and was not reminded of; return how many. Run it every day.

    Nobody asks here: the letter asks the rule of its recipient when it is sent.
    """
    due = Outcome.objects.filter(
        kind=Outcome.Kind.ACTION,
        done_at=None,
        reminded_at=None,
        due_on__lte=timezone.localdate(),
        owner__is_active=True,
        question__meeting__state=Meeting.State.HELD,
    )
    told = 0
    for action in due.select_related("owner").order_by("pk"):
        told += _remind(action)
    return told


def _remind(action):
    with transaction.atomic():
        mine = Outcome.objects.filter(pk=action.pk, reminded_at=None).update(reminded_at=timezone.now())
        if mine:
            queue(DUE, action.owner, action=action.pk)
    return mine


def _unread(letter):
    """Return the meeting, if the recipient may read it, and has not read on the site what the letter tells."""
    told = letter.about.get("event", 0)
    if Notice.objects.visible_to(letter.recipient).filter(event=told).exclude(read_at=None).exists():
        return None
    return meeting_for(letter.recipient, letter.about["meeting"])


@writes(SEAT)
def seat(letter):
    """To the first in the line: she has a seat now. Nothing where she has none any more, or may not read."""
    meeting = _unread(letter)
    if meeting is None or meeting.own_seat != Seat.State.SEATED or not meeting.is_open:
        return None
    return Words(
        _("Du har fået plads: %(meeting)s") % {"meeting": meeting}, "network/letters/meeting_seat", _context(meeting)
    )


@writes(CHANGED)
def changed(letter):
    """To who has signed up: time or place are others. Nothing where it was changed again since: that letter tells."""
    meeting = _unread(letter)
    if meeting is None or not meeting.own_seat or not meeting.is_open:
        return None
    if meeting.sequence != letter.about["sequence"]:
        return None
    return Words(
        _("Mødet er ændret: %(meeting)s") % {"meeting": meeting}, "network/letters/meeting_changed", _context(meeting)
    )


@writes(CANCELLED)
def cancelled(letter):
    meeting = _unread(letter)
    if meeting is None or not meeting.is_cancelled:
        return None
    return Words(
        _("Mødet er aflyst: %(meeting)s") % {"meeting": meeting},
        "network/letters/meeting_cancelled",
        _context(meeting),
    )


@writes(OUTCOMES)
def outcomes(letter):
    """To who was not there: what came of each question. The title of a thread is told to those who may read it."""
    reader = letter.recipient
    meeting = meeting_for(reader, letter.about["meeting"])
    if meeting is None or not meeting.is_held:
        return None
    lines = lines_of(reader, meeting)
    subject = ngettext(
        "%(meeting)s: det kom der ud af %(number)s spørgsmål",
        "%(meeting)s: det kom der ud af %(number)s spørgsmål",
        len(lines),
    )
    context = {**_context(meeting), "lines": lines, "mine": [line for line in lines if line.owner_id == reader.pk]}
    words = {"meeting": meeting, "number": len(lines)}
    return Words(subject % words, "network/letters/meeting_outcomes", context)


@writes(DUE)
def due(letter):
    """To the owner of an action, on the day it is due. Nothing once it is done."""
    actions = Outcome.objects.actions_of(letter.recipient).filter(done_at=None)
    action = actions.filter(pk=letter.about["action"]).select_related("question__meeting__space").first()
    if action is None:
        return None
    context = {
        **_context(action.question.meeting),
        "action": action,
        "link": address_of(reverse("actions")),
    }
    return Words(
        _("Din opgave fra »%(meeting)s«") % {"meeting": action.question.meeting}, "network/letters/action_due", context
    )


def lines_of(reader, meeting) -> list[Outcome]:
    """Return the lines of the notes, each with `shown_thread`: where its answer stands, if the reader may read it."""
    lines = Outcome.objects.visible_to(reader).filter(question__meeting=meeting).order_by("pk")
    lines = list(lines.select_related("question", "owner__profile__municipality"))
    threads = Thread.objects.visible_to(reader).select_related("space")
    shown = threads.in_bulk([line.question.thread_id for line in lines if line.question.thread_id])
    for line in lines:
        line.shown_thread = shown.get(line.question.thread_id)
        line.owner_name = name_of(line.owner)
        line.thread_link = address_of(line.shown_thread.get_absolute_url()) if line.shown_thread else ""
    return lines


def _context(meeting):
    return {
        "meeting": meeting,
        "space": meeting.space,
        "when": when_in_words(meeting),
        "link": address_of(meeting.get_absolute_url()),
    }
