"""Pages that are like a page: by the words they share, weighed by how rare those are."""

from collections.abc import Iterable, Sequence
from math import log

from content.cards import Card
from content.findable import PUBLIC, named
from content.reading import is_previewed, shows_beside
from search import engines, entries, meaning, vocabulary
from search.models import SearchEntry, SearchRelated
from search.query import Alternative, Clause, Query

PAGE = "page"
KINDS = {"metode", "vaerktoej", "projekt", "casefortaelling"}  # the kinds of page that show what they are like
SHOWN = 4
HEAVIEST = 15
KEPT = 6
NEAR = 3  # damps how much more the first of a list tells than the next
BATCH = 200


def refresh(keys: Iterable[int]) -> int:
    """Find anew what the public entries with `keys` are like; return how many were seen to."""
    keys = list(keys)
    public = SearchEntry.objects.filter(audience=PUBLIC)
    everything = public.count()
    number = 0
    for at in range(0, len(keys), BATCH):
        for row in public.filter(pk__in=keys[at : at + BATCH]).defer("text"):
            others = nearest(row, everything)
            if meaning.is_available():
                others = meaning.fused(others, meaning.nearest_to(row, frozenset({PUBLIC}), KEPT))[:KEPT]
            _write(row, others)
            number += 1
    return number


def of(keys: Sequence[int]) -> list[int]:
    """Return the keys of what the entries with `keys` are like, nearest first, themselves left out."""
    scores = {}
    order = {key: place for place, key in enumerate(keys)}
    for entry, other, place in SearchRelated.objects.filter(entry__in=keys).values_list("entry", "other", "place"):
        scores[other] = scores.get(other, 0) + 1 / ((NEAR + order[entry]) * (NEAR + place))
    return sorted((key for key in scores if key not in order), key=lambda key: (-scores[key], key))


def refresh_all() -> int:
    return refresh(SearchEntry.objects.filter(audience=PUBLIC).values_list("pk", flat=True))


def nearest(row: SearchEntry, everything: int, number: int = KEPT) -> list[int]:
    """Return the keys of the public entries nearest to `row`, in the language it is written in.

    The fifteen terms with most weight · ln(N / n) – the sum of their columns' weights, and in how many of `everything`
    they stand (tf-idf: Spärck Jones 1972) – are searched for; at least a fifth of them must be there.
    """
    counts = entries.term_counts(row)
    spread = vocabulary.number_with(term for term, _count in counts.most_common(80))
    telling = {term: found for term, found in spread.items() if 1 < found < everything}
    weights = {term: min(counts[term], 16) * log(everything / found) for term, found in telling.items()}
    heaviest = sorted(weights, key=lambda term: (-weights[term], term))[:HEAVIEST]
    if not heaviest:
        return []
    clauses = tuple(Clause((Alternative((term,), weights[term] / weights[heaviest[0]]),)) for term in heaviest)
    query = Query(clauses, least=max(1, len(clauses) // 5), size=number + 1)
    return [hit.entry_id for hit in engines.database().answer(query).hits if hit.entry_id != row.pk][:number]


def _write(row, others):
    SearchRelated.objects.filter(entry=row).delete()
    SearchRelated.objects.bulk_create(
        SearchRelated(entry=row, other_id=other, place=place) for place, other in enumerate(others)
    )


@shows_beside
def alike(page, request, shown) -> dict:
    """What a page is like, as at most four cards that do not stand on it already: one query, for the name `alike`.

    Both locks are in it: entries of the public, of pages that a stranger may read now.
    """
    if page.kind not in KINDS or is_previewed(request):
        return {}
    maker = named(PAGE)
    rows = SearchRelated.objects.filter(
        entry__source=PAGE,
        entry__object_id=page.pk,
        other__source=PAGE,
        other__audience=PUBLIC,
        other__object_id__in=maker.readable(None),
    )
    rows = rows.select_related("other").only(
        "place", "other__object_id", "other__title", "other__summary", "other__url", "other__kind"
    )
    kinds = {kind.name: kind for kind in maker.kinds()}
    there = {
        card.pk for cards in shown.values() if isinstance(cards, list) for card in cards if isinstance(card, Card)
    }
    cards = [_card(row.other, kinds[row.other.kind]) for row in rows if row.other.kind in kinds]
    return {"alike": [card for card in cards if card.pk not in there][:SHOWN]}


def _card(row, kind):
    return Card(
        pk=row.object_id,
        title=row.title,
        url=row.url,
        summary=row.summary,
        kind=kind.name,
        kind_label=kind.label,
        icon=kind.icon,
    )
