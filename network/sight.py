"""Who may read in a space, and who would if it were arranged otherwise: the rule, asked of all people at once."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q

from network.models import Membership, Profile, Space, Thread
from network.models.rooms import NOBODY
from network.rule import WITH_A_ROW, Act, Standing, may


@dataclass(frozen=True)
class SightChange:
    """How many people gain and lose the sight of what is said in a space, and how many of earlier threads alone."""

    gain: int = 0
    lose: int = 0
    gain_earlier: int = 0
    lose_earlier: int = 0

    def __bool__(self):
        return any((self.gain, self.lose, self.gain_earlier, self.lose_earlier))


def readers(space: Space, municipalities=None):
    """Return the profiles of those who may read in `space`: who has a row in it, and who may without one.

    `space` may hold what is not saved yet; `municipalities`, ids, then stand instead of those that are saved.
    """
    return _network().filter(_reads(space, municipalities))


def change_of_sight(user, before: Space, after: Space, municipalities) -> SightChange:
    """Compare a space as it is with `after`, the same with what is not saved yet; `user` runs it."""
    old, new = _reads(before), _reads(after, municipalities)
    gain_earlier = lose_earlier = 0
    if before.hides_earlier != after.hides_earlier:
        late = _came_late(user, before)
        gain_earlier, lose_earlier = (late, 0) if before.hides_earlier else (0, late)
    return SightChange(
        gain=_network().filter(new).exclude(old).count(),
        lose=_network().filter(old).exclude(new).count(),
        gain_earlier=gain_earlier,
        lose_earlier=lose_earlier,
    )


def _network():
    return Profile.objects.filter(completed_at__isnull=False, user__is_active=True)


def _reads(space, municipalities=None):
    rows = Membership.anyone.filter(space=space.pk, user=OuterRef("user"))
    reads = [standing for standing in WITH_A_ROW if may(Act.READ, space.kind, standing)]
    found = Q(Exists(rows.standing_as(reads)))
    without = NOBODY
    if may(Act.READ, space.kind, Standing.KEPT_OUT):
        without = ~NOBODY
    elif may(Act.READ, space.kind, Standing.NETWORK):
        without = admitted(space, municipalities)
    return found | without & ~Q(Exists(rows))


def admitted(space: Space, municipalities=None) -> Q:
    """Return the condition on profiles that `space` lets in: `network.models.rooms.admits` turned round."""
    if municipalities is None:
        municipalities = space.limits.values_list("pk", flat=True)
    found = ~NOBODY
    if places := list(municipalities):
        found &= Q(municipality__in=places)
    if not space.admits_advisers:
        found &= ~Q(kind=Profile.Kind.ADVISER)
    if not space.admits_partners:
        found &= ~Q(kind=Profile.Kind.PARTNER)
    return found


def _came_late(user, space):
    """Return how many members came after a thread was begun."""
    earlier = Thread.objects.visible_to(user).filter(space=space.pk, created_at__lt=OuterRef("joined_at"))
    members = Membership.objects.filter(space=space.pk, role=Membership.Role.MEMBER)
    return members.filter(Exists(earlier)).count()
