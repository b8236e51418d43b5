from django.http import JsonResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from accounts import limits
from search import insight, onward, promoted, reading, suggest
from search.entries import KIND
from search.results import TooLong, read_address, results


@require_safe
def find(request):
    """The page of results; without words and choices the page to begin at, and where nothing is found other ways."""
    action = "search_member" if request.user.is_authenticated else "search"
    if refusal := _too_many(request, action):
        return refusal
    try:
        address = read_address(request.GET)
    except TooLong:
        return render(request, "search/too_long.html", {"longest": reading.LONGEST}, status=400)
    if address.asks_nothing:
        whole = onward.everything(request.user)
        return render(request, "search/start.html", {"text": address.text, "whole": whole})
    listing = results(request.user, address, request)
    context = {"listing": listing, "token": _noted(request, listing)}
    if not listing.total:
        near = onward.near(listing.found)
        return render(request, "search/zero.html", {**context, "near": near, "whole": onward.everything(request.user)})
    if listing.page.number == 1 and listing.text and listing.corner is None:
        context["promoted"] = promoted.promoted_for(listing.text, request.user, request)
    return render(request, "search/search.html", context)


@require_safe
def suggestions(request):
    """What may be meant by the beginning of a word: for scripts, and as a page of links. The same for everyone."""
    if refusal := _too_many(request, "suggestions"):
        return refusal
    text = request.GET.get("q", "")
    groups = suggest.suggestions(text) if len(text) <= reading.LONGEST else []
    if request.get_preferred_type(["application/json", "text/html"]) == "text/html":
        response = render(request, "search/suggestions.html", {"text": reading.tidy(text)[:100], "groups": groups})
    else:
        response = JsonResponse({"groups": [_group(group) for group in groups]})
        response.headers["Cache-Control"] = "public, max-age=60"
    patch_vary_headers(response, ["Accept"])
    return response


def _group(group):
    rows = [{"text": row.text, "label": row.label, "icon": row.icon, "url": row.url} for row in group.rows]
    return {"label": group.label, "rows": rows}


def _noted(request, listing):
    """Note the search for the editors' insight, without who asked; return what the page's script reports with."""
    if listing.page.number > 1 or not listing.text:
        return ""
    kinds = listing.asked.chosen[KIND]
    return insight.note_shown(request, listing.text, kinds[0] if len(kinds) == 1 else "", listing.total)


def _too_many(request, action):
    if limits.is_over(request, action):
        return limits.too_many(request, limits.waiting_time(request, action))
    limits.count(request, action)
    return None
