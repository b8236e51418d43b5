"""What came of a meeting: one line for each question of its agenda, and each ends as an answer in a thread, an action
with owner and date, or a seed for a story. The notes are closed when each has its line.
"""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from network.discuss import TITLE_LENGTH, reply, start_thread
from network.markdown import checked
from network.meet import lock_meeting
from network.meeting_rule import action_to_act_on
from network.models import Event, Meeting, Outcome, Question, Seat, Space, Thread
from network.permissions import can
from network.readers import in_network, known_readers
from network.rule import Act
from network.signals import announce

LINE_LENGTH = 2_000
Kind = Outcome.Kind


@transaction.atomic
def write_line(
    user,
    question: Question,
    kind: str,
    text: str,
    *,
    owner=None,
    due_on: date | None = None,
    into: Space | None = None,
) -> Outcome:
    """Write what came of a question, in the place of what was written before: whoever runs the meeting.

    `kind`: an `Outcome.Kind`. An action has an `owner` who may read the meeting, and `due_on`. An answer is written
    into the question's thread when the notes are closed, or into a new one in the meeting's space, or in `into`.
    Raises ValidationError under `kind`, `text`, `owner`, `due_on` or `into`.
    """
    meeting = lock_meeting(user, question.meeting)
    _check_notes_are_open(meeting)
    values = _checked(user, question, kind, text, owner, due_on, into)
    outcome, _new = Outcome.objects.visible_to(user).update_or_create(
        question=question, defaults={**values, "by": user}
    )
    return outcome


@transaction.atomic
def close_notes(user, meeting: Meeting, absent=()) -> Meeting:
    """Close the notes: every question on the agenda has its line. Answers are written into their threads, and those
    who were not there are owed one letter. Asked twice it is done once.

    `absent`: ids of those who had a seat and did not come.
    Raises ValidationError where a line is missing, or where an answer cannot be written.
    """
    own = lock_meeting(user, meeting)
    if own.is_held:
        return own
    _check_notes_are_open(own)
    questions = list(Question.objects.visible_to(user).with_votes(user).filter(meeting=own).agenda())
    lines = {line.question_id: line for line in Outcome.objects.visible_to(user).filter(question__in=questions)}
    if missing := [question for question in questions if question.pk not in lines]:
        raise ValidationError(
            _("Skriv en linje til hvert spørgsmål først. Der mangler en til: %(questions)s."),
            params={"questions": ", ".join(f"»{question}«" for question in missing)},
            code="missing",
        )
    for question in questions:
        if lines[question.pk].kind == Kind.ANSWER:
            _answer(user, own, question, lines[question.pk])
    Seat.objects.visible_to(user).filter(meeting=own, user__in=list(absent)).update(is_absent=True)
    Seat.objects.visible_to(user).filter(meeting=own).exclude(note="").update(note="")
    own.state, own.held_at = Meeting.State.HELD, timezone.now()
    own.save(update_fields=["state", "held_at"])
    announce(Event.What.OUTCOMES, own.space, who=user, meeting=own)
    return own


def _answer(user, meeting, question, line):
    thread = Thread.objects.visible_to(user).select_related("space").filter(pk=question.thread_id).first()
    if thread is not None:
        line.post = reply(user, thread, line.text)
    else:
        thread = start_thread(user, line.into or meeting.space, _title(question), line.text)
        line.post = thread.posts.visible_to(user).get(number=1)
        question.thread = thread
        question.save(update_fields=["thread"])
    line.save(update_fields=["post"])


def _title(question):
    return question.text if len(question.text) <= TITLE_LENGTH else question.text[: TITLE_LENGTH - 1] + "…"


def absent_from(meeting: Meeting) -> QuerySet:
    """Return those who were not at a meeting that is over: of its space who is in it, else who had signed up."""
    seats = Seat.past_the_rule.filter(meeting=meeting)
    present = seats.filter(state=Seat.State.SEATED, is_absent=False).values("user")
    if meeting.space_id is None:
        return in_network().filter(pk__in=seats.values("user")).exclude(pk__in=present)
    inside = meeting.space.memberships.values("user")
    return in_network().filter(pk__in=inside).exclude(pk__in=present)


def may_own(user, meeting: Meeting) -> QuerySet:
    """Return those whom `user` may write down for an action: who is in the space and known to her to be there; of a
    meeting for all those who signed up or organise it.
    """
    if meeting.space_id is None:
        seats = Seat.objects.visible_to(user).filter(meeting=meeting).values("user")
        organisers = meeting.organisers.order_by().values("pk")
        return in_network().filter(Q(pk__in=seats) | Q(pk__in=organisers))
    return known_readers(user, meeting.space).filter(pk__in=meeting.space.memberships.values("user"))


def actions_due(user, until: date) -> QuerySet:
    """Return the open actions of `user` that are due by `until`, the earliest first: for a mail that gathers them.

    Rights are asked: what she may no longer read of is left out. Each comes with its question and meeting.
    """
    own = Outcome.objects.actions_of(user).filter(done_at=None, due_on__lte=until)
    return own.select_related("question__meeting__space")


@transaction.atomic
def tick(user, pk: int, on: bool) -> Outcome:
    """Tick off one's own action, or take the tick back."""
    action = action_to_act_on(user, pk)
    if on != (action.done_at is not None):
        action.done_at = timezone.now() if on else None
        action.save(update_fields=["done_at"])
    return action


def spaces_to_write_in(user) -> QuerySet:
    """Return the spaces in which an answer to a meeting for all can be written."""
    spaces = Space.objects.joined_by(user).filter(has_threads=True, archived_at=None)
    return spaces.order_by("name")


def _check_notes_are_open(meeting):
    if meeting.state != Meeting.State.PLANNED:
        raise ValidationError(_("Noterne er lukket, eller mødet er aflyst."), code="over")
    if not meeting.has_begun:
        raise ValidationError(_("Noterne kan skrives, når mødet er begyndt."), code="early")


def _checked(user, question, kind, text, owner, due_on, into):
    faults, values = {}, {"kind": kind, "owner": None, "due_on": None, "into": None}
    try:
        values["text"] = checked(text)
        if len(values["text"]) > LINE_LENGTH:
            faults["text"] = _("Linjen er for lang: højst 2.000 tegn.")
    except ValidationError as fault:
        faults["text"] = fault
    if kind not in Kind.values:
        faults["kind"] = _("Vælg, hvad det blev til.")
    elif kind == Kind.ACTION:
        values |= {"owner": owner, "due_on": due_on}
        if owner is None or not may_own(user, question.meeting).filter(pk=owner.pk).exists():
            faults["owner"] = _("Vælg, hvem der gør det.")
        if due_on is None or not date(2000, 1, 1) <= due_on <= date(2100, 1, 1):
            faults["due_on"] = _("Vælg, hvornår det senest er gjort.")
    elif kind == Kind.ANSWER and question.thread_id is None:
        values["into"] = space = into or question.meeting.space
        if space is None or not space.has_threads or not can(user, Act.WRITE, space):
            faults["into"] = _("Vælg et rum, hvor du kan skrive svaret i en tråd.")
    if faults:
        raise ValidationError(faults)
    return values
