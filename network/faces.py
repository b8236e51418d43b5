"""Where the two ground rooms meet: a card (content) shows the words it stands under (taxonomy)."""

from content.cards import register_detail
from content.reading import is_previewed
from taxonomy.standing import standing_in_hand, standings


@register_detail
def words(cards):
    for pk, standing in standings(cards).items():
        cards[pk].extra["standing"] = standing


def standing_of(page, request, cards=None):
    """Return the words of `page`: those in the editor's hand in a preview, else from its card in `cards` ({id: Card}).

    A page without a card is asked for alone.
    """
    if is_previewed(request):
        return standing_in_hand(page)
    return cards[page.pk].extra["standing"] if cards and page.pk in cards else standings([page.pk])[page.pk]
