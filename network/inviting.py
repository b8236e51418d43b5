"""Whom a facilitator can ask to join."""

from django.db.models import Q

from network.models import Membership, Space
from network.readers import in_network, let_in_by
from network.who_sees import seen_by


def people_to_invite(space: Space):
    """Return the members of the network whom `space` lets in, and who have no row in it."""
    rows = Membership.anyone.filter(space=space).values("user")
    people = in_network().filter(let_in_by(space)).exclude(pk__in=rows)
    return people.select_related("profile__municipality").order_by("name", "pk")


def named(people, words: str, reader):
    """Keep those in whose name, or place of work where `reader` sees it, each word of `words` stands."""
    place_is_seen = seen_by(reader, "place", "profile__")
    for word in words.split()[:6]:
        place = Q(profile__municipality__full_name__icontains=word) | Q(profile__organisation__icontains=word)
        people = people.filter(Q(name__icontains=word) | place & place_is_seen)
    return people
