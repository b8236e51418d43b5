"""»Redaktionen anbefaler«: pages that editors lay beside a search."""

from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone

from content import findable
from content.cards import Card
from search.models import Promotion
from search.rule_lines import runs_of, terms_of

MOST = 3
PAGE = "page"  # the findable that promotions are of


@dataclass(frozen=True)
class Promoted:
    card: Card
    reason: str


def promoted_for(text: str, user, request=None) -> list[Promoted]:
    """Return what the editors recommend to `user` who searches for `text`, at most three that she may read now."""
    asked = sorted(terms_of(text))
    if not asked:
        return []
    reasons = {}
    for queries, page, reason in _in_force().values_list("queries", "page", "reason"):
        if any(sorted(run) == asked for run in runs_of(queries)):
            reasons.setdefault(page, reason)
    if not reasons:
        return []
    cards = findable.named(PAGE).cards(user, reasons, request)
    return [Promoted(cards[page], reason) for page, reason in reasons.items() if page in cards][:MOST]


def _in_force():
    today = timezone.localdate()
    has_begun = Q(since=None) | Q(since__lte=today)
    has_not_ended = Q(until=None) | Q(until__gte=today)
    return Promotion.objects.filter(has_begun, has_not_ended)
