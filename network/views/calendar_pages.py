"""The calendar: the public meetings, and for a member her own too. Its files, and the address of one's own."""

from django.conf import settings
from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from network import calendar_feed as feed
from network.calendar_file import CONTENT_TYPE, file_of_many
from network.meeting_rule import can_plan_for_all
from network.models import CalendarFeed, Meeting, Space
from network.rule import is_in_network
from network.views.door import members_only, private

MOST = 300


@require_GET
def calendar(request):
    """For a stranger the public meetings; for a member those of the network, of her spaces, and her own as well."""
    user = request.user
    meetings = _meetings_for(user).with_seats().with_own_seat(user).select_related("space__theme")
    to_come = list(meetings.to_come()[:MOST])
    over = meetings.exclude(pk__in=[meeting.pk for meeting in to_come]).order_by("-starts_at", "-pk")
    context = {
        "to_come": to_come,
        "years": _by_year(over[:MOST]),
        "is_inside": is_in_network(user),
        "may_plan": can_plan_for_all(user),
    }
    response = render(request, "network/calendar.html", context)
    if user.is_authenticated:
        return private(response)
    patch_vary_headers(response, ["Cookie"])
    return response


def _meetings_for(user):
    if not is_in_network(user):
        return Meeting.objects.visible_to(user).filter(audience=Meeting.Audience.PUBLIC)
    own_spaces = Space.objects.joined_by(user).order_by().values("pk")
    own = Meeting.objects.visible_to(user).joined_by(user).order_by().values("pk")
    return Meeting.objects.visible_to(user).filter(Q(space=None) | Q(space__in=own_spaces) | Q(pk__in=own))


def _by_year(meetings):
    """Return (year, its meetings), the newest first; last what has no date that is known."""
    years = {}
    for meeting in meetings:
        years.setdefault(meeting.starts_there.year if meeting.starts_at else None, []).append(meeting)
    without = years.pop(None, [])
    return [*sorted(years.items(), reverse=True), *([("", without)] if without else [])]


@require_GET
def calendar_file(request):
    """The public meetings of which the day is known, for everyone's calendar."""
    public = Meeting.objects.visible_to(None).filter(audience=Meeting.Audience.PUBLIC).exclude(starts_at=None)
    known = [(meeting, "") for meeting in public.order_by("starts_at", "pk") if meeting.has_day]
    return HttpResponse(file_of_many(known, _("På forkant")), content_type=CONTENT_TYPE)


@require_http_methods(["GET", "POST"])
@members_only
def own_address(request):
    """One's own calendar address: made, renewed or stopped here. It is shown once, since only its mark is kept."""
    word = ""
    if "stop" in request.POST:
        feed.stop(request.user)
        messages.success(request, _("Kalenderadressen er stoppet. Den viser ikke noget mere."))
        return redirect("calendar-own")
    if request.method == "POST":
        word = feed.renew(request.user)
    context = {
        "feed": CalendarFeed.objects.filter(user=request.user).first(),
        "address": f"{settings.BASE_URL}{reverse('calendar-feed', args=[word])}" if word else "",
    }
    return render(request, "network/calendar_own.html", context)


@require_GET
def own_file(request, token):
    """What a calendar fetches: no sign-in, but the rights of the owner at this moment."""
    owner = feed.owner_of(token)
    if owner is None:
        raise Http404
    body = file_of_many(feed.meetings_of(owner), _("På forkant: mine møder"))
    response = private(HttpResponse(body, content_type=CONTENT_TYPE))
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
