"""The number at the bell: it comes in the query that finds who is signed in, so that no page costs one more."""

from django.contrib.auth import get_user_model
from django.db.models import Count, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce

from network.models import Notice


def with_bell(people):
    """Bring along as `at_the_bell` how many notices each of `people` has not read.

    A number alone, counted in the index of what is unread. What she may no longer read is counted as read when she
    opens the list (`network.notices.settle`).
    """
    unread = Notice.objects.filter(user=OuterRef("pk"), read_at=None).order_by().values("user")
    number = Subquery(unread.values(n=Count("pk")), output_field=IntegerField())
    return people.annotate(at_the_bell=Coalesce(number, 0))


def number_of(user) -> int:
    """Return how many notices `user` has not read; no query for who is signed in."""
    if hasattr(user, "at_the_bell"):
        return user.at_the_bell
    return with_bell(get_user_model().objects.filter(pk=user.pk)).values_list("at_the_bell", flat=True).get()


def rings(user) -> bool:
    """Has `user` notices that she has not read? So it may be, too, where it was not asked."""
    return getattr(user, "at_the_bell", 1) > 0
