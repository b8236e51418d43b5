"""What a question means, in plain Python sets and slowly: every engine must find the same entries. No ranking."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from search.engines.base import WEIGHTS
from search.query import Query

IN_ORDER = [name for name in WEIGHTS if name != "t_parts"]


@dataclass
class Row:
    """An entry with its facets as a set of (field, value), read once."""

    key: int
    audience: str
    expires: datetime | None
    facets: frozenset
    columns: list[str]
    terms: frozenset = field(init=False)

    def __post_init__(self):
        self.terms = frozenset(term for column in self.columns for term in column.split())

    @classmethod
    def of(cls, entry, facets) -> "Row":
        columns = [getattr(entry, name) for name in WEIGHTS]
        return cls(entry.pk, entry.audience, entry.expires, frozenset(facets), columns)

    @property
    def phrases_in(self):
        return [f" {' '.join(self.columns[place].split())} " for place in range(len(IN_ORDER))]


def matches(query: Query, row: Row, now: datetime, but: str | None = None) -> bool:
    """Tell whether `row` is found; what is chosen in the field `but` does not count."""
    return (
        row.audience in query.audiences
        and (row.expires is None or row.expires > now)
        and sum(satisfied(clause, row) for clause in query.clauses) >= query.number_needed
        and all(_stands(phrase, row) for phrase in query.phrases)
        and not any(satisfied(clause, row) for clause in query.excluded)
        and all(
            any((name, value) in row.facets for value in values)
            for name, values in query.chosen.items()
            if name != but
        )
    )


def satisfied(clause, row):
    return any(one.terms and row.terms.issuperset(one.terms) for one in clause.alternatives)


def _stands(phrase, row):
    return any(f" {' '.join(phrase)} " in column for column in row.phrases_in)


def found(query: Query, rows: Iterable[Row], now: datetime) -> set[int]:
    return {row.key for row in rows if matches(query, row, now)}


def numbers(query: Query, rows: Iterable[Row], now: datetime) -> dict[str, dict[str, int]]:
    """Return the numbers of every facet, each field counted under the choices of the others."""
    rows = list(rows)
    whole = [row for row in rows if matches(query, row, now)]
    counted = defaultdict(Counter)
    for name, value in (pair for row in whole for pair in row.facets if pair[0] not in query.chosen):
        counted[name][value] += 1
    for but in query.chosen:
        under_others = (row for row in rows if matches(query, row, now, but))
        counted[but].update(value for row in under_others for name, value in row.facets if name == but)
    return {name: dict(values) for name, values in counted.items() if values}
