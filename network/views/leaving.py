"""Leaving a job: one form, and after it the account is closed, or the profile waits for what is new."""

from django.contrib import messages
from django.contrib.auth import logout
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from network.leaving import duties_of, leave_job
from network.leaving_form import LeavingForm
from network.views.door import members_only


@require_http_methods(["GET", "POST"])
@members_only
def leave(request):
    duties = duties_of(request.user)
    form = LeavingForm(request.POST if request.method == "POST" else None, user=request.user, duties=duties)
    if request.method == "POST" and form.is_valid():
        try:
            left = leave_job(
                request.user,
                rooms=form.heirs("room"),
                questions=form.heirs("questions"),
                meetings=form.heirs("meetings"),
                pages_to=form.cleaned_data.get("pages"),
                closes=form.closes,
            )
        except ValidationError as fault:
            form.add_error(None, fault.messages)
            return render(request, "network/leaving.html", {"form": form, "duties": duties}, status=409)
        return _onwards(request, form, left)
    status = 400 if form.is_bound else 200
    return render(request, "network/leaving.html", {"form": form, "duties": duties}, status=status)


def _onwards(request, form, left):
    if form.closes:
        logout(request)
        return redirect("account_inactive")
    for page, reason in left.kept:
        messages.warning(request, _("»%(page)s« er din endnu: %(reason)s") % {"page": page, "reason": reason})
    told = ngettext("%(number)s kollega har fået besked.", "%(number)s kolleger har fået besked.", len(left.handovers))
    if left.handovers:
        messages.success(request, told % {"number": len(left.handovers)})
    messages.info(request, _("Skriv nu din nye stilling og kommune, og ret din mailadresse under »Din konto«."))
    return redirect("profile")
