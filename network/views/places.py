from django.http import Http404
from django.shortcuts import render

from network.models import Municipality, MunicipalityIndexPage
from network.panels import ground_of, panels_for


def municipality(request, slug):
    # All 98 come at once: those that are like this one are found among them.
    places = list(Municipality.objects.all())
    shown = next((place for place in places if place.slug == slug), None)
    if shown is None:
        raise Http404
    panels = panels_for(shown, request)
    return render(
        request,
        "network/municipality.html",
        {
            "municipality": shown,
            "panels": panels,
            "practised": any(panel.tells_practice for panel in panels),
            "ground": ground_of(panels),
            "alike": shown.most_like(places),
            "parent": MunicipalityIndexPage.objects.live().first(),
        },
    )
