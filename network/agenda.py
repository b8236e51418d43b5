"""The agenda of a meeting is made of what its members ask, in the order of their votes."""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from content.findable import touch
from network import limits
from network.cpr import CPR, looks_like_cpr
from network.meeting_finding import MEETING
from network.meeting_rule import check_run_meeting, check_take_part
from network.models import Event, Meeting, Question, QuestionVote, Thread
from network.signals import announce

TEXT_LENGTH = 200
MOST_QUESTIONS = 100


@transaction.atomic
def ask(user, meeting: Meeting, text: str, thread: Thread | None = None, form_key: UUID | None = None) -> Question:
    """Put a question to a meeting, with one's own vote for it. `thread`: an open thread of its space it comes from.

    A form sent twice asks once. Raises ValidationError under `text` or `thread`, or TooMany.
    """
    text = _checked(text)
    _lock(meeting)
    check_take_part(user, meeting)
    _check_open(meeting)
    if form_key and (done := _questions(user, meeting).filter(author=user, form_key=form_key).first()):
        return done
    if thread is not None and not threads_to_ask_from(user, meeting).filter(pk=thread.pk).exists():
        raise ValidationError({"thread": _("Vælg en åben tråd i rummet.")})
    if _questions(user, meeting).count() >= MOST_QUESTIONS:
        raise ValidationError({"text": _("Der er plads til 100 spørgsmål, og de er stillet.")})
    limits.check(user, "questions")
    question = Question.objects.create(meeting=meeting, text=text, author=user, thread=thread, form_key=form_key)
    QuestionVote.objects.create(question=question, user=user)
    announce(Event.What.QUESTION, meeting.space, who=user, meeting=meeting)
    return question


def threads_to_ask_from(user, meeting: Meeting):
    """Return the open threads of the meeting's space that `user` reads, the newest first."""
    return Thread.objects.visible_to(user).filter(space=meeting.space_id, closed_at=None).order_by("-last_post_at")


@transaction.atomic
def vote(user, question: Question) -> None:
    """Want a question on the agenda. Done twice it is one vote."""
    _check_vote(user, question)
    QuestionVote.objects.get_or_create(question=question, user=user)


@transaction.atomic
def take_vote_back(user, question: Question) -> None:
    _check_vote(user, question)
    QuestionVote.objects.filter(question=question, user=user).delete()


@transaction.atomic
def pin(user, question: Question, on: bool) -> None:
    """Put a question first on the agenda, whatever its votes, or let it stand where they put it."""
    check_run_meeting(user, question.meeting)
    _put(user, question, pinned_at=timezone.now() if on else None)


@transaction.atomic
def close(user, question: Question, on: bool) -> None:
    """Take a question off the agenda, or put it back: who runs the meeting, as long as the notes are open."""
    check_run_meeting(user, question.meeting)
    _lock(question.meeting)
    if question.meeting.state != Meeting.State.PLANNED:
        raise ValidationError(_("Noterne er lukket, og dagsordenen ligger fast."), code="over")
    _put(user, question, closed_at=timezone.now() if on else None)
    touch(MEETING, [question.meeting_id], losing=on)


def _put(user, question, **fields):
    _questions(user, question.meeting).filter(pk=question.pk).update(**fields)
    for name, value in fields.items():
        setattr(question, name, value)


def _questions(user, meeting):
    return Question.objects.visible_to(user).filter(meeting=meeting)


def _lock(meeting):
    """Lock the meeting, and learn whether it was called off or closed meanwhile."""
    own = Meeting.objects.select_for_update().values("state", "ends_at").get(pk=meeting.pk)
    meeting.state, meeting.ends_at = own["state"], own["ends_at"]


def _check_vote(user, question):
    check_take_part(user, question.meeting)
    _check_open(question.meeting)
    if question.closed_at is not None:
        raise ValidationError(_("Spørgsmålet er taget af dagsordenen."), code="closed")


def _check_open(meeting):
    if meeting.state != Meeting.State.PLANNED or meeting.is_over:
        raise ValidationError(_("Mødet er holdt eller aflyst: dagsordenen er lukket."), code="closed")


def _checked(text):
    text = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    if not text or len(text) > TEXT_LENGTH:
        raise ValidationError({"text": _("Skriv spørgsmålet med højst 200 tegn.")})
    if looks_like_cpr(text):
        raise ValidationError({"text": CPR})
    return text
