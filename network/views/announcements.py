"""Writing to all members of a space, and reading what was written so."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from network import announce as verbs
from network.models import Announcement
from network.notice_forms import AnnounceForm
from network.permissions import check_read_space, check_run_space, check_write_in_space
from network.views.door import found_space, members_only, with_door
from network.views.limited import limited

LAST = 50


@require_GET
@members_only
@with_door
def announcements(request, slug):
    """The last announcements to the members, the newest first."""
    space = found_space(request.user, slug)
    check_read_space(request.user, space)
    rows = (
        Announcement.objects.visible_to(request.user).filter(space=space).select_related("by__profile__municipality")
    )
    return render(request, "network/announcements.html", {"space": space, "rows": rows[:LAST]})


@require_http_methods(["GET", "POST"])
@members_only
@with_door
def announce(request, slug):
    """Before anything is sent, the page says how many get it and how it looks (`vis`)."""
    space = found_space(request.user, slug)
    check_run_space(request.user, space)
    check_write_in_space(request.user, space)
    form = AnnounceForm(request.POST or None)
    context = {"space": space, "form": form, "number": verbs.recipients(space, request.user).count()}
    if request.method == "GET":
        return render(request, "network/announce.html", context)
    if form.is_valid():
        words = {name: form.cleaned_data[name] for name in ("subject", "text")}
        try:
            if "send" not in request.POST:
                context["preview"] = dict(zip(words, verbs.checked(**words), strict=True))
                return render(request, "network/announce.html", context)
            made = verbs.announce(request.user, space, **words, form_key=form.cleaned_data["form_key"])
        except ValidationError as fault:
            form.add_error(None, fault)
        else:
            said = ngettext(
                "Det er sendt til %(number)s medlem.", "Det er sendt til %(number)s medlemmer.", made.number
            )
            messages.success(request, said % {"number": made.number})
            return redirect("space-announcements", slug)
    return limited(render(request, "network/announce.html", context, status=400), form)
