"""The network's front page: for a member what is new and where she is, for a stranger what happens here."""

from django.db.models import Count, Max, OuterRef, Q, Subquery
from django.shortcuts import render
from django.views.decorators.http import require_GET

from network.agenda_of import next_meeting_of
from network.models import AccessRequest, MembershipChange, Profile, Space, Thread
from network.permissions import can
from network.reading import news_for, unread_by_space
from network.review import number_waiting
from network.rule import Act, Standing
from network.views.door import members_only, private

NEWS, NEWEST = 20, 6


@require_GET
def network(request):
    if request.user.is_authenticated:
        return _for_members(request)
    return private(_for_strangers(request))


def _for_strangers(request):
    """Names and purposes of the spaces that anyone may know, and numbers: no person, and nothing that is said."""
    spaces = Space.objects.visible_to(request.user).filter(archived_at=None)
    people = Profile.objects.filter(completed_at__isnull=False, user__is_active=True)
    context = {
        "spaces": spaces.with_members().with_places().select_related("theme").with_limits(),
        "numbers": people.aggregate(people=Count("pk"), places=Count("municipality", distinct=True)),
    }
    return render(request, "network/front_stranger.html", context)


@members_only
def _for_members(request):
    user = request.user
    spaces = Space.objects.visible_to(user).with_standing_of(user).with_members().select_related("theme")
    spaces = list(spaces.with_limits())
    mine = sorted((space for space in spaces if space.is_own), key=lambda space: space.is_archived)
    asked = AccessRequest.objects.visible_to(user).filter(user=user).select_related("space").order_by("-asked_at")
    news = news_for(user)
    unread = unread_by_space(news)
    for space in mine:
        space.unread = unread.get(space.pk, 0)
    context = {
        "mine": mine,
        "others": _to_find(user, spaces),
        "groups": _by_space(news[:NEWS] or _newest(user, mine)),
        "unread": sum(unread.values()),
        "to_review": number_waiting(user),
        "invitations": _invitations(user, spaces),
        "requests": list(asked[:5]),
        "waiting": waiting_for(user),
        "next_meeting": next_meeting_of(user),
    }
    return render(request, "network/network.html", context)


def _newest(user, spaces):
    """Return the newest threads of one's spaces: what is shown where nothing is new.

    They are no older than the sixth newest of any one space, so of all the spaces few rows are sorted.
    """
    threads = Thread.objects.visible_to(user).filter(space__in=spaces)
    sixth = threads.filter(space=OuterRef("pk")).order_by("-last_post_at").values("last_post_at")[NEWEST - 1 : NEWEST]
    own = Space.objects.visible_to(user).filter(pk__in=[space.pk for space in spaces])
    if least := own.annotate(sixth=Subquery(sixth)).aggregate(least=Max("sixth"))["least"]:
        threads = threads.filter(last_post_at__gte=least)
    return list(threads.select_related("space__theme", "author__profile__municipality")[:NEWEST])


def _by_space(threads):
    """Return the threads under their space, the space with the newest first."""
    groups = {}
    for thread in threads:
        groups.setdefault(thread.space, []).append(thread)
    return list(groups.items())


def _to_find(user, spaces):
    """Return the spaces one is not in: first those one can come into, last those one is kept out of."""
    others = [space for space in spaces if not space.is_own and space.own_standing != Standing.INVITED]
    there = [space for space in others if not space.is_archived or can(user, Act.READ, space)]
    return sorted(there, key=lambda space: not (can(user, Act.JOIN, space) or can(user, Act.ASK, space)))


def _invitations(user, spaces):
    """Return the last invitation to each space one is invited to: who, when, and with which words."""
    invited = {space.pk: space for space in spaces if space.own_standing == Standing.INVITED}
    if not invited:
        return []
    changes = MembershipChange.objects.filter(user=user, what=MembershipChange.What.INVITED, space__in=invited)
    last = {}
    for change in changes.select_related("by__profile__municipality"):
        last.setdefault(change.space_id, change)
    return [(space, last.get(pk)) for pk, space in invited.items()]


def waiting_for(user):
    """Return the spaces in which someone waits for `user` at the door, with `waiting`, the number."""
    others = AccessRequest.objects.visible_to(user).waiting().exclude(user=user)
    asked = Count("requests", filter=Q(requests__in=others), distinct=True)
    return list(Space.objects.visible_to(user).annotate(waiting=asked).filter(waiting__gt=0))
