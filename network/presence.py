"""Who has been in a space lately: a day is noted, not a visit, and only of those who are in it."""

from datetime import timedelta

from django.core.cache import cache
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from network.models import Membership, Space

A_DAY = timedelta(days=1)
UNSEEN_AFTER = timedelta(days=90)


def note_seen(user, space: Space) -> None:
    """Note that `user` reads in `space`, where she is in it (`own_standing`): one UPDATE a day, else no query.

    Whether it is noted today stands in the cache. Where the cache forgets, the row is asked again and stays as it is.
    """
    if not space.is_own or not cache.add(f"seen:{space.pk}:{user.pk}", 1, A_DAY.total_seconds()):
        return
    now = timezone.now()
    long_ago = Q(seen_at=None) | Q(seen_at__lte=now - A_DAY)
    Membership.objects.filter(long_ago, user=user, space=space.pk).update(seen_at=now)


def unseen(space: Space) -> int:
    """Return how many members have not read in the space for three months. Who they are is not told."""
    members = Membership.objects.filter(space=space.pk)
    last = Coalesce("seen_at", "joined_at")
    return members.annotate(last=last).filter(last__lt=timezone.now() - UNSEEN_AFTER).count()
