"""What the front door adds to a municipality's page: what has been written about it."""

from django.db.models import Q

from content.cards import bare_cards
from content.listing import listed
from home.models import NewsPage, PublicationMunicipality, PublicationPage
from network.panels import MunicipalityPanel, register


@register(order=30)
def written_about(municipality, request):
    """The publications and the news about the municipality."""
    about = PublicationMunicipality.objects.filter(municipality=municipality).values("page")
    news = NewsPage.objects.filter(municipality=municipality).values("pk")
    pages = listed(PublicationPage, NewsPage).filter(Q(pk__in=about) | Q(pk__in=news))
    cards = bare_cards(pages.order_by("sort_key"), request)
    if not cards:
        return None
    return MunicipalityPanel(
        "home/municipality_panel.html",
        {
            "publications": [card for card in cards if card.kind == PublicationPage.kind],
            "news": [card for card in cards if card.kind == NewsPage.kind],
        },
        cards=cards,
        tells_practice=False,
    )
