"""A facilitator gives what a member looked after to others, where mail does not reach her any more."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.bounces import is_stopped
from network.models import Membership
from network.permissions import check_run_space
from network.room_forms import TakeOverForm
from network.taking_over import left_in
from network.taking_over import take_over as give
from network.views.door import found_space, members_only, with_door


@require_http_methods(["GET", "POST"])
@members_only
@with_door
def take_over(request, slug, pk):
    shown = found_space(request.user, slug)
    check_run_space(request.user, shown)
    rows = Membership.objects.exclude(user=request.user).select_related("user__profile__municipality", "space")
    membership = get_object_or_404(rows, pk=pk, space=shown)
    if not is_stopped(membership.user):
        raise Http404
    left = left_in(request.user, membership)
    form = TakeOverForm(request.POST or None, space=shown, user=request.user, but=membership.user)
    status = 400 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        heir = form.cleaned_data["heir"]
        try:
            given = give(request.user, membership, heir)
        except ValidationError as fault:
            form.add_error(None, fault.messages)
            status = 409
        else:
            said = _("%(person)s ser efter det nu.") if given else _("Der var ikke noget at give videre.")
            messages.success(request, said % {"person": heir.user})
            return redirect("space-members", slug)
    context = {"space": shown, "membership": membership, "left": left, "form": form}
    return render(request, "network/take_over.html", context, status=status)
