"""What is new to a reader: told to a page that lies open, and counted as read all at once."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBadRequest, HttpResponseNotModified
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from network.models import Post
from network.reading import new_above, read_all
from network.views.door import found_space, members_only, with_door
from network.views.talk import found_thread


@require_GET
@with_door
def news(request, slug, pk, thread_slug):
    """Tell how many answers have come above the number `efter`: a line to show, 204 for none, 304 for no change.

    Who may read is asked every time, before anything is compared.
    """
    thread = found_thread(request.user, slug, pk)
    after = request.GET.get("efter", "")
    if not (after.isascii() and after.isdigit() and len(after) <= 9):
        return HttpResponseBadRequest(_("Skriv i adressen, efter hvilket nummer der skal tælles: ?efter=12."))
    tag = f'"{after}-{thread.last_number}-{thread.number_of_posts}"'
    if request.headers.get("If-None-Match") == tag:
        return HttpResponseNotModified(headers={"ETag": tag})
    number = new_above(request.user, thread, int(after))
    place = Post(thread=thread, number=min(int(after) + 1, thread.last_number)).place
    if number:
        response = render(request, "network/thread_news.html", {"number": number, "place": place})
    else:
        response = HttpResponse(status=204)
    response.headers["ETag"] = tag
    return response


@require_POST
@members_only
@with_door
def read(request):
    """Count everything as read: in the space that the form names, or in all one is in."""
    slug = request.POST.get("rum", "")
    space = found_space(request.user, slug) if slug else None
    read_all(request.user, space)
    messages.success(request, _("Alt er markeret som læst."))
    return redirect(space or "network")
