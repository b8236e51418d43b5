"""Who comes to see something, and who sees it no more: told by number, before it is moved or a space is changed."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from network.models import Membership, Space, Thread
from network.readers import readers_of


@dataclass(frozen=True)
class Sight:
    """How many come to see something, and how many see it no more; `…_earlier`: how many of earlier threads alone."""

    gain: int = 0
    lose: int = 0
    gain_earlier: int = 0
    lose_earlier: int = 0

    def __bool__(self):
        return any((self.gain, self.lose, self.gain_earlier, self.lose_earlier))


def sight_in(thread: Thread, space: Space) -> Sight:
    """Return who gains and who loses sight of what is said in `thread` if it stood in `space`."""
    return _change(readers_of(thread.space, thread), readers_of(space, thread))


def sight_with(thread: Thread, other: Thread) -> Sight:
    """Return who gains and who loses sight of what is said in `thread` if it stood in the thread `other`."""
    return _change(readers_of(thread.space, thread), readers_of(other.space, other))


def sight_after_change(user, before: Space, after: Space, municipalities=None) -> Sight:
    """Compare a space as it is with `after`, the same with what is not saved yet; `user` runs it.

    `municipalities`: ids that stand instead of those that are saved, None where they stay.
    """
    earlier = 0
    if before.hides_earlier != after.hides_earlier:
        earlier = _came_late(user, before)
    return _change(
        readers_of(before),
        readers_of(after, municipalities=municipalities),
        gain_earlier=earlier if before.hides_earlier else 0,
        lose_earlier=earlier if after.hides_earlier else 0,
    )


def _change(before, after, **earlier):
    old, new = (people.order_by().values("pk") for people in (before, after))
    gain, lose = after.exclude(pk__in=old).count(), before.exclude(pk__in=new).count()
    return Sight(gain=gain, lose=lose, **earlier)


def _came_late(user, space):
    """Return how many members came after a thread was begun."""
    earlier = Thread.objects.visible_to(user).filter(space=space.pk, created_at__lt=OuterRef("joined_at"))
    members = Membership.objects.filter(space=space.pk, role=Membership.Role.MEMBER)
    return members.filter(Exists(earlier)).count()
