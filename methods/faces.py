"""What methods add to faces of other rooms: lines on cards, a section on the municipality's page."""

from django.utils.translation import ngettext

from content.cards import bare_cards, register_detail
from content.listing import listed
from methods.facets import shown_uses
from methods.models import MethodPage, ToolPage
from methods.uses import number_of_users as users_in
from methods.uses import users_of, with_told
from network.panels import MunicipalityPanel, register

KINDS = {MethodPage.kind, ToolPage.kind}


@register_detail
def number_of_users(cards):
    wanted = [pk for pk, card in cards.items() if card.kind in KINDS]
    unasked = [pk for pk in wanted if "users" not in cards[pk].extra]
    users = users_of(unasked) if unasked else {}
    for pk in wanted:
        number = cards[pk].extra.get("users", users.get(pk, 0))
        if number:
            cards[pk].facts.append(ngettext("Brugt i %(n)s kommune", "Brugt i %(n)s kommuner", number) % {"n": number})


@register(order=20)
def methods_used(municipality, request):
    """The methods the municipality used, each once, with how it went."""
    uses = shown_uses().filter(municipality=municipality).select_related("page", "method")
    rows = with_told(uses.order_by("method_id", "pk"))
    if not rows:
        return None
    pages = listed(MethodPage, ToolPage).filter(pk__in={use.method_id for use in rows})
    cards = bare_cards(pages.annotate(users=users_in()).order_by("sort_key"), request, carry=("users",))
    by_method = {}
    for use in rows:
        by_method.setdefault(use.method_id, []).append(use)
    return MunicipalityPanel(
        "methods/municipality_panel.html",
        {"used": [{"card": card, "uses": by_method[card.pk]} for card in cards]},
        cards=cards,
    )
