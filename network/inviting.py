"""Whom a facilitator can ask to join."""

from django.contrib.auth import get_user_model
from django.db.models import Q

from network.models import Membership, Profile, Space
from network.sight import admitted


def people_to_invite(space: Space):
    """Return the members of the network whom `space` lets in, and who have no row in it."""
    able = Profile.objects.filter(admitted(space), completed_at__isnull=False)
    people = get_user_model().objects.filter(is_active=True, profile__in=able)
    rows = Membership.anyone.filter(space=space).values("user")
    return people.exclude(pk__in=rows).select_related("profile__municipality").order_by("name", "pk")


def named(people, words: str):
    """Keep those in whose name or place of work each word of `words` stands."""
    for word in words.split()[:6]:
        place = Q(profile__municipality__full_name__icontains=word) | Q(profile__organisation__icontains=word)
        people = people.filter(Q(name__icontains=word) | place)
    return people
