"""One's own profile, and another member's."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from network.forms import ProfileForm
from network.members import complete
from network.models import Profile, Space
from network.models.rooms import allowed
from network.rule import Act
from network.views.door import members_only


@require_http_methods(["GET", "POST"])
@login_required
def profile(request):
    own = getattr(request.user, "profile", None) or Profile(user=request.user)
    form = ProfileForm(request.POST or None, instance=own)
    is_first = not own.is_complete
    if request.method == "POST" and form.is_valid():
        try:
            _save(request.user, form)
        except ValidationError as faults:
            form.add_error(None, faults)
        else:
            messages.success(request, _("Din profil er gemt."))
            return redirect(_onwards(request))
    status = 400 if form.is_bound else 200
    return render(
        request,
        "network/profile.html",
        {"form": form, "is_first": is_first, "next": request.POST.get("next") or request.GET.get("next", "")},
        status=status,
    )


@transaction.atomic
def _save(user, form):
    user.name = form.cleaned_data["name"]
    user.save(update_fields=["name"])
    complete(form.save(commit=False))


def _onwards(request):
    """Return where the person was on her way to, if it is on this site."""
    wanted = request.POST.get("next", "")
    if wanted and url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure()):
        return wanted
    return "network"


@require_GET
@members_only
def member(request, pk):
    people = Profile.objects.filter(completed_at__isnull=False, user__is_active=True)
    shown = get_object_or_404(people.select_related("user", "municipality"), user=pk)
    # Of the spaces someone is in, only those are told that the reader knows of.
    spaces = Space.objects.visible_to(request.user).joined_by(shown.user).select_related("theme")
    if shown.user != request.user:
        # Who is in a space without a list of members is told to those who run it alone.
        spaces = spaces.filter(Q(has_members=True) | allowed(request.user, Act.RUN))
    return render(request, "network/member.html", {"shown": shown, "spaces": spaces})
