"""People alike: the rule writes the same SQL for them, with other numbers in it (content.prepared).

On what of a person the rule of `network.rule` depends is said here once: that she is in the network, of what kind she
is, whether she has a municipality; and as numbers who she is and which municipality that is. Tests hold it against the
rule for every kind of reader.
"""

from functools import wraps

from django.contrib.auth import get_user_model

from content.prepared import prepared_things
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


def for_readers_alike(make):
    """Return `make(user, *values, **of) -> queryset` as a function that gives the list of its things.

    Its SQL is written once for all readers alike; of one who is not in the network it is written each time. On what
    else than the reader it depends are the `values`, single ids and texts, how many they are, and `of`, hashable.
    """

    def of_stand_in(shape, *values):
        like, who, of = shape
        return make(someone(like, values[:who]), *values[who:], **dict(of))

    def of_place(shape):
        """Some rules ask who she is and not for her municipality."""
        return range(1, shape[1])

    kept = prepared_things(of_stand_in, of_place)

    @wraps(make)
    def listed(user, *values, **of):
        if (like := alike(user)) is None:
            return list(make(user, *values, **of))
        shape, who = like
        return kept((shape, len(who), tuple(of.items())), *who, *values)

    return listed
