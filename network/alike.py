"""People alike: the rule writes the same SQL for them, with other numbers in it (content.prepared).

On what of a person the rule of `network.rule` depends is said here once: that she is in the network, of what kind she
is, whether she has a municipality; and as numbers who she is and which municipality that is. Tests hold it against the
rule for every kind of reader.
"""

from django.contrib.auth import get_user_model

from network.models import Profile
from network.models.talk import LONG_AGO
from network.rule import is_in_network


def alike(user) -> tuple[tuple, tuple] | None:
    """Return the shape of `user` and the numbers that stand for her; None for one who is not in the network."""
    if not is_in_network(user):
        return None
    place = user.profile.municipality_id
    return (user.profile.kind, place is not None), (user.pk, *([] if place is None else [place]))


def someone(shape, numbers):
    """Return a stand-in, not saved, of whom the rule knows what `alike` says; `numbers` may be marks."""
    kind, has_place = shape
    pk, *place = numbers
    person = get_user_model()(pk=pk)
    person.profile = Profile(kind=kind, municipality_id=place[0] if has_place else None, completed_at=LONG_AGO)
    return person
