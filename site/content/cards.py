"""The card face: what a list shows of a page, without asking for its type.

Apps above add lines to cards (a municipality, a number of uses) by registering a detail here.
"""

from dataclasses import dataclass, field

from django.contrib.contenttypes.models import ContentType

_details = []


@dataclass
class Card:
    """One row of a list. `kicker` and `facts` are lines that apps added, `extra` what their templates need."""

    pk: int
    title: str
    url: str
    summary: str
    kind: str
    kind_label: str
    icon: str
    kicker: list = field(default_factory=list)
    facts: list = field(default_factory=list)
    extra: dict = field(default_factory=dict)


def register_detail(function):
    """Register `function(cards: dict[int, Card]) -> None`: it may add to kicker, facts and extra, in one query."""
    _details.append(function)
    return function


def cards_for(pages, request=None, carry=()) -> list[Card]:
    """Make cards of pages from `content.listing.listed`, in their order; the details of all cards come together.

    `carry`: names of annotations on the pages that are laid in `extra`, so that no detail asks for them again.
    """
    cards = bare_cards(pages, request, carry)
    add_details(cards)
    return cards


def bare_cards(pages, request=None, carry=()) -> list[Card]:
    """Make cards without their details, for a place where several lists meet and share one `add_details`."""
    return [card_of(page, page.get_url(request), {name: getattr(page, name) for name in carry}) for page in pages]


def card_of(page, url, extra=None) -> Card:
    """Return the card of a page, without its details."""
    model = ContentType.objects.get_for_id(page.content_type_id).model_class()
    return Card(
        pk=page.pk,
        title=page.title,
        url=url,
        summary=page.summary,
        kind=model.kind,
        kind_label=model.kind_label,
        icon=model.kind_icon,
        extra=extra or {},
    )


def add_details(cards):
    """Let each registered detail add its lines to `cards`, all of them at once. A page may stand here only once."""
    by_pk = {card.pk: card for card in cards}
    if by_pk:
        for add in _details:
            add(by_pk)
