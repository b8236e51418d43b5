"""Signing up for a meeting: a seat, or a place in the line for one, which moves by itself.

Whoever signs up, gives a seat up or changes their number locks the row of the meeting first: of two at once for the
last seat one gets it, and the other is told that she waits.
"""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from network.cpr import CPR, looks_like_cpr
from network.meeting_rule import can_take_part, check_see_meeting, check_take_part
from network.models import Event, Meeting, Seat
from network.rule import is_in_network
from network.signals import announce, happened

NOTE_LENGTH = 200


@transaction.atomic
def sign_up(user, meeting: Meeting, note: str = "") -> Seat:
    """Take a seat, or the last place in the line where none is free. Done twice it is done once; the note is renewed.

    `note` is read by those who run the meeting, and wiped when it is over.
    """
    note = _checked_note(note)
    own = _lock(meeting)
    check_take_part(user, own)
    if not own.is_open:
        raise ValidationError(_("Man kan ikke melde sig til mødet mere."), code="closed")
    there = Seat.objects.visible_to(user).filter(meeting=own, user=user).first()
    if there:
        there.note = note
        there.save(update_fields=["note"])
        return there
    state = Seat.State.SEATED if free_seats(own) else Seat.State.WAITING
    seat = Seat.objects.create(meeting=own, user=user, state=state, note=note)
    announce(Event.What.SIGNED_UP, own.space, who=user, meeting=own)
    return seat


@transaction.atomic
def give_up_seat(user, meeting: Meeting) -> None:
    """Sign off, or leave the line. The first in the line gets the seat."""
    own = _lock(meeting)
    check_see_meeting(user, own)
    if own.has_begun:
        raise ValidationError(_("Mødet er begyndt. Skriv til mødeholderne, hvis du ikke kom."), code="closed")
    Seat.objects.visible_to(user).filter(meeting=own, user=user).delete()
    fill(own)


def fill(meeting: Meeting) -> list[Seat]:
    """Give free seats to the first in the line who may still come, and tell each once. The meeting is locked."""
    if not meeting.is_open:
        return []
    moved = []
    for seat in _line_of(meeting):
        if not free_seats(meeting):
            break
        if not can_take_part(seat.user, meeting):
            seat.delete()
            continue
        seat.state = Seat.State.SEATED
        seat.save(update_fields=["state"])
        announce(Event.What.SEAT, meeting.space, who=None, whom=seat.user, meeting=meeting)
        moved.append(seat)
    return moved


def free_seats(meeting: Meeting) -> bool:
    """Is a seat free? The meeting is locked, so that the answer holds until the seat is taken."""
    if meeting.seat_limit is None:
        return True
    return Seat.past_the_rule.filter(meeting=meeting, state=Seat.State.SEATED).count() < meeting.seat_limit


def _line_of(meeting):
    waiting = Seat.past_the_rule.filter(meeting=meeting, state=Seat.State.WAITING).order_by("pk")
    return waiting.select_related("user__profile")


def _lock(meeting):
    own = Meeting.objects.select_for_update().get(pk=meeting.pk)
    own.space = meeting.space
    return own


def _checked_note(note):
    note = " ".join("".join(sign if sign.isprintable() else " " for sign in note).split())
    if len(note) > NOTE_LENGTH:
        raise ValidationError({"note": _("Beskeden er for lang: højst 200 tegn.")})
    if looks_like_cpr(note):
        raise ValidationError({"note": CPR})
    return note


GOES = {Event.What.LEFT: "who", Event.What.REMOVED: "whom", Event.What.SUSPENDED: "whom"}


def free_the_seats_of_who_goes(sender, event, **kwargs):
    """Who is no longer in a space does not come to its meetings: the next in the line does."""
    person = getattr(event, GOES[event.what]) if event.what in GOES else None
    if person is not None:
        free_seats_of(person, meeting__space=event.space)


def free_seats_of(person, **which) -> None:
    """Take from `person` her seats in what is to come, among `which`; the next in each line comes instead."""
    to_come = {"meeting__state": Meeting.State.PLANNED, "meeting__ends_at__gt": timezone.now()}
    seats = Seat.past_the_rule.filter(user=person, **to_come, **which)
    for pk in seats.order_by("meeting").values_list("meeting", flat=True):
        meeting = Meeting.objects.select_for_update(of=("self",)).select_related("space").get(pk=pk)
        Seat.past_the_rule.filter(meeting=meeting, user=person).delete()
        fill(meeting)


happened.connect(free_the_seats_of_who_goes, dispatch_uid="network.seats")


def own_seat(user, meeting: Meeting) -> Seat | None:
    if not is_in_network(user):
        return None
    return Seat.objects.visible_to(user).filter(meeting=meeting, user=user).first()
