"""How a space is doing, for those who run it: what stands unanswered, and which months were silent."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Count
from django.db.models.functions import TruncMonth
from django.utils import timezone

from network.models import Post, Showing, Space, Thread

MONTHS = 12


@dataclass(frozen=True)
class Month:
    first: date
    number: int


def unanswered(user, space: Space):
    """Return the threads of `space` that nobody has answered, the oldest first."""
    threads = Thread.objects.visible_to(user).filter(space=space.pk, state=Showing.VISIBLE)
    return threads.filter(number_of_posts__lte=1, answer=None, closed_at=None).order_by("created_at")


def days_since(moment) -> int:
    return (timezone.localdate() - timezone.localdate(moment)).days


def posts_by_month(user, space: Space) -> list[Month]:
    """Return the last twelve months, this one first, with how many posts were written in each; none is left out.

    Before the space was there it was not silent: it begins with the month it was made in.
    """
    made = timezone.localdate(space.created_at).replace(day=1)
    months = [month for month in _months(timezone.localdate()) if month >= made]
    posts = Post.objects.visible_to(user).filter(thread__space=space.pk, state=Showing.VISIBLE)
    rows = (
        posts.filter(created_at__gte=timezone.make_aware(datetime.combine(months[-1], time.min)))
        .annotate(month=TruncMonth("created_at"))
        .order_by()
        .values_list("month")
        .annotate(number=Count("pk"))
    )
    found = {timezone.localdate(month): number for month, number in rows}
    return [Month(first, found.get(first, 0)) for first in months]


def _months(today):
    found = [today.replace(day=1)]
    while len(found) < MONTHS:
        found.append((found[-1] - timedelta(days=1)).replace(day=1))
    return found
