"""How the pages of the network meet those who may not go further, and what their answers carry."""

from functools import wraps

from django.contrib.auth.views import redirect_to_login
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.http import urlencode

from network.alike import for_readers_alike
from network.forms import AskForm
from network.models import AccessRequest, MembershipChange, Space
from network.permissions import Refused, standing
from network.rule import Act, Standing, is_in_network, may


def found_space(user, slug) -> Space:
    """Return the space if `user` may know of it, with what she is to it (`own_standing`); else raise Http404."""
    if found := _space(user, slug):
        return found[0]
    raise Http404


@for_readers_alike
def _space(user, slug):
    return Space.objects.visible_to(user).with_standing_of(user).select_related("theme").filter(slug=slug)


def members_only(view):
    """Send a stranger to the sign-in, and a member without a profile to it, and back again after that."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not is_in_network(request.user):
            return redirect(f"{reverse('profile')}?{urlencode({'next': request.get_full_path()})}")
        return private(view(request, *args, **kwargs))

    return guarded


def with_door(view):
    """Answer a refusal with the kind page of the space: what it is for, and how one comes in."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        try:
            return private(view(request, *args, **kwargs))
        except Refused as refusal:
            return private(door(request, refusal.space, act=refusal.act))

    return guarded


def door(request, space, form=None, status=403, act=Act.READ):
    """The kind page, for someone who may not do `act`. It holds name and purpose, and nothing that is said inside."""
    own = standing(request.user, space)
    asked, facilitators = None, []
    if own not in (Standing.STRANGER, Standing.KEPT_OUT):
        asked = (
            AccessRequest.objects.visible_to(request.user)
            .filter(space=space, user=request.user)
            .order_by("-asked_at")
            .first()
        )
        running = space.memberships.who_may(Act.RUN).select_related("user__profile__municipality")
        facilitators = [membership.user for membership in running]
    context = {
        "space": space,
        "is_stranger": not request.user.is_authenticated,
        "lacks_profile": request.user.is_authenticated and own is Standing.STRANGER,
        "is_inside": own in (Standing.MEMBER, Standing.FACILITATOR),
        "needs_facilitator": act == Act.RUN,
        "is_suspended": own is Standing.SUSPENDED,
        "is_invited": own is Standing.INVITED,
        "is_kept_out": own is Standing.KEPT_OUT,
        "suspension": own is Standing.SUSPENDED and last_change(request.user, space, MembershipChange.What.SUSPENDED),
        "invitation": own is Standing.INVITED and last_change(request.user, space, MembershipChange.What.INVITED),
        "may_join": may(Act.JOIN, space.kind, own, space.is_archived),
        "is_archived": space.is_archived,
        "may_ask": may(Act.ASK, space.kind, own, space.is_archived) and not (asked and asked.is_waiting),
        "asked": asked,
        "facilitators": facilitators,
        "form": form or AskForm(),
        "next": space.get_absolute_url(),
    }
    if own is Standing.KEPT_OUT:
        context["profile"] = request.user.profile
    return render(request, "network/door.html", context, status=status)


def last_change(user, space, what):
    """Return the last change of that kind in what `user` is to `space`, with the words she is to read."""
    return space.changes.filter(user=user, what=what).select_related("by__profile__municipality").first()


def private(response):
    """Let no cache keep the answer: what is on it is for one reader."""
    response.headers["Cache-Control"] = "private, no-store"
    patch_vary_headers(response, ["Cookie"])
    return response
