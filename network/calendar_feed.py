"""A calendar address of one's own: whoever knows it fetches one's meetings without signing in, until it is renewed.

The word in the address has 256 bits and is kept as a mark alone: it is shown once. Rights are asked at each fetch.
"""

from hashlib import sha256
from secrets import token_urlsafe

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone

from network.meeting_rule import can_run_meeting
from network.models import CalendarFeed, Meeting, Seat
from network.rule import is_in_network

BYTES = 32
LONGEST_WORD = 64


@transaction.atomic
def renew(user) -> str:
    """Make a new address and return the word in it; the old one leads nowhere from now on."""
    word = token_urlsafe(BYTES)
    CalendarFeed.objects.update_or_create(user=user, defaults={"mark": _mark(word), "made_at": timezone.now()})
    return word


def stop(user) -> None:
    CalendarFeed.objects.filter(user=user).delete()


def owner_of(word: str):
    """Return whose address it is, as long as she is in the network; else None."""
    if len(word) > LONGEST_WORD:
        return None
    owners = get_user_model().objects.filter(pk__in=CalendarFeed.objects.filter(mark=_mark(word)).values("user"))
    owner = owners.select_related("profile").first()
    return owner if is_in_network(owner) else None


def meetings_of(user) -> list[tuple[Meeting, str]]:
    """Return the meetings that `user` takes part in and may read now, each with the link she may see."""
    own = Meeting.objects.visible_to(user).joined_by(user).with_seats().with_own_seat(user)
    own = own.exclude(starts_at=None).select_related("space").order_by("starts_at", "pk")
    return [(meeting, link_for(user, meeting)) for meeting in own]


def link_for(user, meeting: Meeting) -> str:
    """Return where the meeting is held online, for who has a seat or runs it; else nothing."""
    if not meeting.link:
        return ""
    return meeting.link if meeting.own_seat == Seat.State.SEATED or can_run_meeting(user, meeting) else ""


def _mark(word):
    return sha256(word.encode()).hexdigest()
