"""The page of those who run a space, and handing it over."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from network import join as verbs
from network.health import days_since, posts_by_month, unanswered
from network.permissions import check_run_space
from network.presence import unseen
from network.room_forms import HandOverForm
from network.views.door import found_space, members_only, with_door
from network.views.rooms import around, outside, with_answers

UNANSWERED, CHANGES = 20, 30


@require_GET
@members_only
@with_door
def facilitator(request, slug):
    shown = found_space(request.user, slug)
    check_run_space(request.user, shown)
    waiting = list(unanswered(request.user, shown).select_related("author__profile__municipality")[: UNANSWERED + 1])
    for thread in waiting:
        thread.space, thread.days = shown, days_since(thread.created_at)
    changes, older = _changes(shown, request.GET.get("foer", ""))
    months = posts_by_month(request.user, shown)
    context = {
        **around(request.user, shown),
        **outside(shown),
        "requests": with_answers(request.user, shown),
        "unanswered": waiting[:UNANSWERED],
        "more_unanswered": len(waiting) > UNANSWERED,
        "months": months,
        "silent": sum(not month.number for month in months),
        "unseen": unseen(shown),
        "changes": changes,
        "older": older,
    }
    return render(request, "network/facilitator.html", context)


def _changes(space, before):
    """Return a page of what was changed, the newest first, and the number before which the next page begins."""
    rows = space.changes.select_related("user", "by")
    if before.isascii() and before.isdigit() and len(before) < 16:
        rows = rows.filter(pk__lt=int(before))
    found = list(rows[: CHANGES + 1])
    return found[:CHANGES], found[CHANGES - 1].pk if len(found) > CHANGES else None


@require_http_methods(["GET", "POST"])
@members_only
@with_door
def hand_over(request, slug):
    shown = found_space(request.user, slug)
    check_run_space(request.user, shown)
    form = HandOverForm(request.POST or None, space=shown, user=request.user)
    if request.method == "POST" and form.is_valid():
        heir = form.cleaned_data["heir"]
        try:
            verbs.hand_over(request.user, heir)
        except ValidationError as fault:
            form.add_error(None, fault.messages)
            return render(request, "network/hand_over.html", {"space": shown, "form": form}, status=409)
        messages.success(request, _("%(person)s er nu facilitator. Du er medlem.") % {"person": heir.user})
        return redirect(shown)
    context = {"space": shown, "form": form}
    return render(request, "network/hand_over.html", context, status=400 if form.is_bound else 200)
