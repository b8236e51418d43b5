"""Invitations to a space: sent and taken back by a facilitator, answered by the one who is invited."""

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.addresses import normal
from network import join as verbs
from network.inviting import named, people_to_invite
from network.models import Membership
from network.permissions import check_run_space
from network.room_forms import InviteForm
from network.views.door import found_space, members_only, with_door

FOUND = 20
ASKED = 100


@require_http_methods(["GET", "POST"])
@members_only
@with_door
def decline(request, slug):
    shown = found_space(request.user, slug)
    if request.method == "GET":
        return redirect(shown)
    try:
        verbs.decline(request.user, shown)
    except ValidationError as fault:
        messages.warning(request, fault.messages[0])
    else:
        messages.success(request, _("Du har sagt nej til »%(space)s«.") % {"space": shown.name})
    return redirect("network")


@require_http_methods(["GET", "POST"])
@members_only
@with_door
def invite(request, slug):
    shown = found_space(request.user, slug)
    check_run_space(request.user, shown)
    words = _words(request)
    people = people_to_invite(shown)
    found = list(named(people, words, request.user).values_list("pk", flat=True)[:FOUND]) if words else []
    if request.method == "GET":
        form = InviteForm(people=people.filter(pk__in=found), reader=request.user)
        return _invite(request, shown, form, words, found)
    asked = people.filter(pk__in=[*found, *_chosen(request)])
    form = InviteForm(request.POST, people=asked, reader=request.user)
    if not form.is_valid():
        return _invite(request, shown, form, words, found, status=400)
    faults = _send(request, shown, form)
    if faults:
        return _invite(request, shown, form, words, found, faults, status=400)
    return redirect("space-members", slug)


def _words(request):
    return " ".join(request.GET.get("q", request.POST.get("q", "")).replace("\0", " ").split())[:100]


def _chosen(request):
    """The ids that were sent, as long as they can be ids."""
    sent = request.POST.getlist("people")[:ASKED]
    return [int(pk) for pk in sent if pk.isascii() and pk.isdigit() and len(pk) < 16]


def _invite(request, space, form, words, found, faults=(), status=200):
    context = {"space": space, "form": form, "words": words, "found": found, "faults": faults}
    return render(request, "network/invite.html", context, status=status)


def _send(request, space, form):
    """Invite those that were chosen, and return what is to be said of those who could not be."""
    people, faults, invited = list(form.cleaned_data["people"]), [], 0
    for address in form.cleaned_data["addresses"]:
        person = get_user_model().objects.filter(email=normal(address)).select_related("profile").first()
        if person is None:
            faults.append(_("%(address)s er ikke medlem af netværket. Tilføj i stedet.") % {"address": address})
        else:
            people.append(person)
    for person in people:
        try:
            row = verbs.invite(request.user, space, person, form.cleaned_data["words"])
        except ValidationError as fault:
            faults += [f"{person.email if person not in form.cleaned_data['people'] else person}: {fault.messages[0]}"]
        else:
            invited += row.state == Membership.State.INVITED
    if invited:
        told = ngettext("%(number)s person er inviteret.", "%(number)s personer er inviteret.", invited)
        messages.success(request, told % {"number": invited})
    elif not faults:
        messages.info(request, _("De er med i rummet allerede."))
    return faults


@require_http_methods(["GET", "POST"])
@members_only
@with_door
def withdraw(request, slug, pk):
    shown = found_space(request.user, slug)
    check_run_space(request.user, shown)
    if request.method == "GET":
        return redirect("space-members", slug)
    row = Membership.anyone.select_related("user").filter(pk=pk, space=shown).first()
    if row is None:
        # A second press on the button finds it done.
        messages.info(request, _("Invitationen er der ikke mere."))
        return redirect("space-members", slug)
    try:
        verbs.withdraw(request.user, shown, row.user)
    except ValidationError as fault:
        messages.warning(request, fault.messages[0])
    else:
        messages.success(request, _("Invitationen til %(person)s er trukket tilbage.") % {"person": row.user})
    return redirect("space-members", slug)
