"""The page at the end of a stop link. Whoever holds the link may stop what it names, and bring it back; nothing else.

A mail program stops by one click with a POST of its own (RFC 8058): it has no cookie and no form of ours, so the guard
against forged requests cannot hold here. The signature in the address stands for it: no other site can know it.
"""

from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.stops import stop_of


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def stop_mail(request, key):
    """Looking says what would be stopped; a POST stops it at once, and the page after it holds the way back."""
    stop = stop_of(key)
    if stop is None:
        return render(request, "account/stop_mail.html", {"is_dead": True}, status=404)
    context = {"words": stop.words}
    if request.method == "POST" and (before := request.POST.get("again")):
        context["is_resumed"] = stop.resume(before)
        context["is_lost"] = not context["is_resumed"]
    elif request.method == "POST":
        context["again"] = stop.stop()
    return render(request, "account/stop_mail.html", context)
