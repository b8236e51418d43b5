"""Who can read a thread where it stands, and where it would stand: said of all people at once.

`network.models.rooms.allowed` says it of all spaces for one person. This is the same table asked the other way round,
and a test asks both ways of everyone (tests/network/test_acts_sight.py).
"""

from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.db.models import Exists, OuterRef, Q

from network.models import Membership, Profile, Space, Thread
from network.models.rooms import NOBODY
from network.rule import WITH_A_ROW, Act, Standing, may


@dataclass(frozen=True)
class Sight:
    """How many come to see something, and how many see it no more."""

    gain: int
    lose: int


def sight_in(thread: Thread, space: Space) -> Sight:
    """Return who gains and who loses sight of what is said in `thread` if it stood in `space`."""
    return _change(readers(thread.space, thread.created_at), readers(space, thread.created_at))


def sight_with(thread: Thread, other: Thread) -> Sight:
    """Return who gains and who loses sight of what is said in `thread` if it stood in the thread `other`."""
    return _change(readers(thread.space, thread.created_at), readers(other.space, other.created_at))


def _change(before, after):
    before, after = (set(people.values_list("pk", flat=True)) for people in (before, after))
    return Sight(gain=len(after - before), lose=len(before - after))


def readers(space: Space, begun):
    """Return those who can read a thread in `space` that began at `begun` and is shown."""
    if not space.has_threads:
        return get_user_model().objects.none()
    return _network().filter(_inside(space, begun) | _outside(space))


def _network():
    return get_user_model().objects.filter(is_active=True, profile__completed_at__isnull=False)


def _inside(space, begun):
    reading = [standing for standing in WITH_A_ROW if _may_read(space, standing)]
    rows = Membership.anyone.filter(space=space, user=OuterRef("pk")).standing_as(reading)
    if space.hides_earlier:
        rows = rows.filter(Q(role=Membership.Role.FACILITATOR) | Q(joined_at__lte=begun))
    return Q(Exists(rows))


def _outside(space):
    let_in = NOBODY
    if _may_read(space, Standing.NETWORK):
        let_in |= _admitted(space)
    if _may_read(space, Standing.KEPT_OUT):
        let_in |= ~_admitted(space)
    return let_in & ~Q(Exists(Membership.anyone.filter(space=space, user=OuterRef("pk"))))


def _admitted(space):
    """`network.models.rooms.admits`, asked of people."""
    kept_out = [Profile.Kind.ADVISER] if not space.admits_advisers else []
    kept_out += [Profile.Kind.PARTNER] if not space.admits_partners else []
    found = ~Q(profile__kind__in=kept_out) if kept_out else ~NOBODY
    # Not through the municipalities themselves: those that are made up are places of the demo's people, too.
    limits = Space.municipalities.through.objects.filter(space=space)
    places = list(limits.values_list("municipality", flat=True))
    return found & Q(profile__municipality__in=places) if places else found


def _may_read(space, standing):
    return may(Act.READ, space.kind, standing, space.is_archived)
