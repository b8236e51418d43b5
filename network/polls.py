"""Polls: one question to those who read a thread. Who voted what is told to nobody."""

from dataclasses import dataclass
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from network.models import Event, Poll, PollChoice, Thread, Vote
from network.permissions import Refused, can, check_lead_thread, check_see_thread, check_write_in_space
from network.rule import Act
from network.signals import announce

QUESTION_LENGTH, CHOICE_LENGTH = 140, 120
FEWEST, MOST = 2, 10


@transaction.atomic
def make_poll(
    user, thread: Thread, question: str, choices: list[str], *, is_multiple=False, closes_at=None, result=""
):
    """Put a poll into a thread: who asked, or whoever runs the space. A thread has one at most.

    `choices`: 2 to 10 texts, each once. `closes_at`: a moment to come, or None. `result`: a `Poll.Result`.
    Raises ValidationError with a Danish sentence under `question`, `choices`, `closes_at` or `result`.
    """
    question, texts = _checked(question, choices, closes_at, result or Poll.Result.AFTER)
    check_see_thread(user, thread)
    check_lead_thread(user, thread)
    Thread.objects.select_for_update().filter(pk=thread.pk).exists()
    if there := Poll.objects.visible_to(user).filter(thread=thread).first():
        return there
    poll = Poll.objects.create(
        thread=thread,
        question=question,
        is_multiple=is_multiple,
        closes_at=closes_at,
        result=result or Poll.Result.AFTER,
        made_by=user,
    )
    PollChoice.objects.bulk_create(PollChoice(poll=poll, place=n, text=text) for n, text in enumerate(texts, 1))
    thread.has_poll = True
    thread.save(update_fields=["has_poll"])
    announce(Event.What.POLL, thread.space, who=user, thread=thread)
    return poll


@transaction.atomic
def vote(user, poll: Poll, places: list[int]) -> None:
    """Choose in a poll, in the place of what one chose before; `places`: numbers of choices, none takes it back.

    Raises ValidationError where the poll is over, or the choices are not what may be chosen.
    """
    check_see_thread(user, poll.thread)
    check_write_in_space(user, poll.thread.space)
    # One at a time, so that two tabs leave one vote.
    poll = Poll.objects.select_for_update().get(pk=poll.pk)
    if poll.is_over:
        raise ValidationError(_("Afstemningen er slut."), code="over")
    chosen = list(PollChoice.objects.filter(poll=poll, place__in=places))
    if len(chosen) != len(set(places)) or (len(chosen) > 1 and not poll.is_multiple):
        raise ValidationError(
            _("Vælg blandt svarene.") if poll.is_multiple else _("Vælg ét af svarene."), code="choice"
        )
    Vote.objects.filter(choice__poll=poll, user=user).exclude(choice__in=chosen).delete()
    Vote.objects.bulk_create([Vote(choice=choice, user=user) for choice in chosen], ignore_conflicts=True)


@transaction.atomic
def close_poll(user, poll: Poll) -> None:
    """End a poll now: who asked, or whoever runs the space."""
    check_see_thread(user, poll.thread)
    check_lead_thread(user, poll.thread)
    now = timezone.now()
    Poll.objects.visible_to(user).filter(pk=poll.pk).exclude(closes_at__lte=now).update(closes_at=now)


@dataclass(frozen=True)
class Shown:
    """A poll as one reader sees it: `choices` with `own` and, where `tells` is true, `number`, `share` in per cent."""

    poll: Poll
    choices: list
    tells: bool
    may_vote: bool
    voters: int

    @property
    def voted(self):
        return any(choice.own for choice in self.choices)


def poll_for(user, thread: Thread) -> Shown | None:
    """Return the poll of a thread that `user` was let into, in two queries; None where there is none."""
    if not thread.has_poll:
        return None
    poll = (
        Poll.objects.visible_to(user)
        .filter(thread=thread)
        .annotate(voters=Count("choices__votes__user", distinct=True))
        .first()
    )
    if poll is None:
        return None
    poll.thread = thread
    own = Vote.objects.filter(choice=OuterRef("pk"), user=user.pk)
    choices = list(
        PollChoice.objects.filter(poll=poll).annotate(number=Count("votes"), own=Exists(own)).order_by("place")
    )
    tells = poll.is_over or poll.result == Poll.Result.ALWAYS
    tells = tells or (poll.result == Poll.Result.AFTER and any(choice.own for choice in choices))
    for choice in choices:
        choice.share = round(100 * choice.number / poll.voters) if poll.voters else 0
        if not tells:
            choice.number = choice.share = None
    return Shown(poll, choices, tells, not poll.is_over and can(user, Act.WRITE, thread.space), poll.voters)


def poll_to_act_on(user, thread: Thread) -> Poll:
    """Return the poll of a thread that `user` may read; else raise Refused."""
    poll = Poll.objects.visible_to(user).filter(thread=thread).select_related("thread__space").first()
    if poll is None:
        raise Refused(thread.space, Act.WRITE)
    return poll


def _checked(question, choices, closes_at, result):
    faults = {}
    question = _line(question)
    texts = list(dict.fromkeys(filter(None, map(_line, choices))))
    if not question or len(question) > QUESTION_LENGTH:
        faults["question"] = _("Skriv spørgsmålet med højst 140 tegn.")
    if not FEWEST <= len(texts) <= MOST:
        faults["choices"] = _("Skriv fra 2 til 10 forskellige svar, ét på hver linje.")
    elif any(len(text) > CHOICE_LENGTH for text in texts):
        faults["choices"] = _("Et svar er for langt: højst 120 tegn.")
    now = timezone.now()
    if closes_at is not None and not now < closes_at < now + timedelta(days=366):
        faults["closes_at"] = _("Vælg et tidspunkt, der kommer, og højst et år frem.")
    if result not in Poll.Result.values:
        faults["result"] = _("Vælg, hvornår resultatet vises.")
    if faults:
        raise ValidationError(faults)
    return question, texts


def _line(text):
    return " ".join("".join(sign for sign in text if sign.isprintable()).split())
