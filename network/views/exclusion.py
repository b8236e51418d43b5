"""Keeping someone out of a space, and letting her in again. Both are a facilitator's."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from network import join as verbs
from network.models import Membership
from network.permissions import check_run_space
from network.room_forms import ReasonForm
from network.views.door import found_space, members_only, with_door


@require_http_methods(["GET", "POST"])
@members_only
@with_door
def suspend(request, slug, pk):
    shown = found_space(request.user, slug)
    check_run_space(request.user, shown)
    rows = Membership.anyone.select_related("user__profile__municipality", "space")
    membership = get_object_or_404(rows.exclude(state=Membership.State.INVITED), pk=pk, space=shown)
    if membership.state == Membership.State.SUSPENDED:
        # A second press on the button finds it done.
        messages.info(request, _("%(person)s er udelukket.") % {"person": membership.user})
        return redirect("space-members", slug)
    hint = _("Skal skrives. %(person)s læser den ved døren og i en mail.") % {"person": membership.user}
    form = ReasonForm(request.POST or None, hint=hint)
    if request.method == "POST" and form.is_valid():
        try:
            verbs.suspend(request.user, membership, form.cleaned_data["why"])
        except ValidationError as fault:
            return _ask(request, membership, _with_fault(form, fault), status=_status(fault))
        messages.success(request, _("%(person)s er udelukket og har fået besked.") % {"person": membership.user})
        return redirect("space-members", slug)
    return _ask(request, membership, form, status=400 if form.is_bound else 200)


def _with_fault(form, fault):
    at_the_field = fault.code in ("empty", "long")
    form.add_error("why" if at_the_field else None, fault.messages)
    return form


def _status(fault):
    return 400 if fault.code in ("empty", "long") else 409


def _ask(request, membership, form, status):
    context = {"space": membership.space, "membership": membership, "form": form}
    return render(request, "network/suspend.html", context, status=status)


@require_http_methods(["GET", "POST"])
@members_only
@with_door
def restore(request, slug, pk):
    shown = found_space(request.user, slug)
    check_run_space(request.user, shown)
    if request.method == "GET":
        return redirect("space-members", slug)
    row = get_object_or_404(Membership.anyone.select_related("user"), pk=pk, space=shown)
    try:
        verbs.restore(request.user, shown, row.user)
    except ValidationError as fault:
        messages.warning(request, fault.messages[0])
    else:
        messages.success(request, _("%(person)s er lukket ind igen og har fået besked.") % {"person": row.user})
    return redirect("space-members", slug)
