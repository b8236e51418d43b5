"""Who sees which field of a member: said here once, and asked two ways.

For one: `Eyes(user).sight` says what a reader is to a member, and `Sight.sees` whether that opens a field. For many:
`shown_people` are those whom a reader may know of, and `seen_by` is the condition that she sees a field of theirs.
A field that is not seen is not found by searching for it either, and stands in no number.

»Dem, jeg deler rum med« are those who are in a space with me that lets its members be listed: that someone is in a
space without a list is not told by a field of a profile either.
"""

from dataclasses import dataclass
from functools import cached_property

from django.db.models import Q, QuerySet

from network.models import Membership, Profile, Seen
from network.models.rooms import NOBODY
from network.rule import is_in_network

FIELDS = ("role", "place", "topics", "about", "phone", "picture")


@dataclass(frozen=True)
class Sight:
    """What a reader is to a member, as far as the fields of her profile go: the widest she is among."""

    is_own: bool = False
    among: tuple = ()

    def sees(self, profile: Profile, field: str) -> bool:
        return self.is_own or getattr(profile, f"{field}_seen") in self.among


NOTHING, OF_NETWORK, OF_SPACES = Sight(), Sight(among=(Seen.NETWORK,)), Sight(among=(Seen.NETWORK, Seen.SPACES))
OWN = Sight(is_own=True)


def colleagues_of(pk) -> QuerySet:
    """Return the ids of those who are in a space with the user of that id that lets its members be listed."""
    listing = Membership.objects.filter(user=pk, space__has_members=True).values("space")
    return Membership.objects.filter(space__in=listing).order_by().values("user")


def shown_people(user) -> QuerySet:
    """Return the profiles of those of whom `user` may know that they are members: never of one who has left."""
    if not is_in_network(user):
        return Profile.objects.none()
    return Profile.objects.filter(completed_at__isnull=False, user__is_active=True)


def seen_by(user, field: str, path: str = "") -> Q:
    """Return the condition on profiles that `user` sees `field` of them; `path` leads from the row to the profile."""
    if not is_in_network(user):
        return NOBODY
    column, person = f"{path}{field}_seen", f"{path}user"
    shared = Q(**{column: Seen.SPACES, f"{person}__in": colleagues_of(user.pk)})
    return Q(**{column: Seen.NETWORK}) | shared | Q(**{person: user.pk})


class Eyes:
    """A reader, who may meet many people: with whom she shares a space is asked once, and only where it matters."""

    def __init__(self, user):
        self.user = user
        self.may_look = is_in_network(user)

    @cached_property
    def _colleagues(self):
        return set(colleagues_of(self.user.pk).values_list("user", flat=True))

    def sight(self, profile: Profile) -> Sight:
        """Return what the reader is to the person of a profile."""
        if not self.may_look:
            return NOTHING
        if profile.user_id == self.user.pk:
            return OWN
        return OF_SPACES if shows_spaces(profile) and self._is_colleague(profile) else OF_NETWORK

    def _is_colleague(self, profile):
        """No query where the profile was fetched with `is_colleague`."""
        known = getattr(profile, "is_colleague", None)
        return profile.user_id in self._colleagues if known is None else known


def field_shown(user, profile: Profile, field: str) -> bool:
    """Does `user` see `field` of a profile? The rule of `seen_by`, asked of one."""
    return is_shown(profile) and Eyes(user).sight(profile).sees(profile, field)


def is_shown(profile) -> bool:
    """Is she a member still? The rule of `shown_people`, asked of one."""
    return profile.is_complete and profile.user.is_active


def shows_spaces(profile) -> bool:
    """Does she show anything to those alone with whom she shares a space?"""
    return any(getattr(profile, f"{field}_seen") == Seen.SPACES for field in FIELDS)
