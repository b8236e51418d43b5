"""The lines of a card, kept with its entry, so that a page of results need not ask for them.

Only of what is open to all: `content.findable.Entry.card`. A kept card is shown by way of `Findable.let_through`
alone, which asks the model itself again. The phases there are belong to no page: they are asked for as they are now.
"""

from collections.abc import Iterable

from content import findable
from content.cards import Card
from search.models import SearchEntry
from taxonomy.standing import Standing, Word, all_phases


def lines_of(card: Card | None) -> dict | None:
    """Return what is kept of a card beside the columns of the entry, as it is read back from JSON."""
    if card is None:
        return None
    standing = card.extra.get("standing") or Standing()
    return {
        "kicker": [str(line) for line in card.kicker],
        "facts": [str(line) for line in card.facts],
        "themes": [[word.slug, word.title, word.mark] for word in standing.themes],
        "phases": [[word.slug, word.title] for word in standing.phases],
    }


def cards_of(rows: Iterable[SearchEntry]) -> dict[int, Card]:
    """Return {id of the thing: its card} of `rows`, entries of one source that keep their cards."""
    rows = list(rows)
    kinds = {kind.name: kind for kind in findable.kinds()}
    phases = all_phases() if any(row.card["phases"] for row in rows) else []
    return {row.object_id: _card(row, kinds[row.kind], phases) for row in rows if row.kind in kinds}


def _card(row, kind, phases):
    return Card(
        pk=row.object_id,
        title=row.title,
        url=row.url,
        summary=row.summary,
        kind=kind.name,
        kind_label=kind.label,
        icon=kind.icon,
        kicker=row.card["kicker"],
        facts=row.card["facts"],
        extra={
            "standing": Standing(
                themes=[Word(*word) for word in row.card["themes"]],
                phases=[Word(*word) for word in row.card["phases"]],
                all_phases=phases,
            )
        },
    )
