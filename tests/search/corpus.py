"""Made-up entries and questions for the engines, alike for the same seed. Entries: bench.search.maker."""

from datetime import UTC, datetime
from random import Random

from bench.search.maker import FIELDS, KINDS, Words, make_entries, save, save_entries
from search.engines import reference
from search.models import SearchEntry
from search.query import FURTHEST, Alternative, Clause, Query

__all__ = ["Questions", "differences", "make_entries", "rows", "save", "save_entries"]


def rows() -> list[reference.Row]:
    """Return what is in the table now, for the reference."""
    entries = SearchEntry.objects.order_by("pk").prefetch_related("facets")
    return [reference.Row.of(entry, ((f.field, f.value) for f in entry.facets.all())) for entry in entries]


class Questions:
    """Questions of every form over the words of `rows`: often of words that stand together, so that much is found."""

    def __init__(self, rows: list[reference.Row], seed=1):
        self.rows, self.random = rows, Random(seed)
        self.words = Words()
        self.everyone = sorted({row.audience for row in rows})

    def some(self, number: int) -> list[Query]:
        return [self.one() for _ in range(number)]

    def one(self) -> Query:
        draw = self.random
        row = draw.choice(self.rows)
        clauses = tuple(self._clause(row) for _ in range(draw.choice((0, 1, 1, 1, 2, 2, 3, 5))))
        least = draw.choice((None, None, 1, max(1, len(clauses) - 1), 0)) if clauses else None
        return Query(
            clauses=clauses,
            phrases=tuple(self._phrase(row) for _ in range(draw.choice((0, 0, 0, 0, 1, 1, 2)))),
            excluded=tuple(self._clause(draw.choice(self.rows)) for _ in range(draw.choice((0, 0, 0, 1, 2)))),
            chosen=self._chosen(row),
            audiences=frozenset(draw.sample(self.everyone, draw.randint(0, len(self.everyone))) + ["public"]),
            least=least,
            sort=draw.choice(("relevans", "relevans", "nyeste")),
            size=FURTHEST,
        )

    def _clause(self, row):
        number = self.random.choice((1, 1, 1, 2, 4))
        return Clause(tuple(self._alternative(row) for _ in range(number)))

    def _alternative(self, row):
        draw = self.random
        number, weight = draw.choice((1, 1, 1, 2, 3)), draw.choice((1.0, 0.8, 0.6))
        near = draw.choices(sorted(row.terms), k=number)
        return Alternative(tuple(draw.choice((near, self.words.drawn(draw, number)))), weight)

    def _phrase(self, row):
        draw = self.random
        column = draw.choice(row.columns).split() or ["intet"]
        first, length = draw.randrange(len(column)), draw.choice((1, 2, 2, 2, 3))
        if draw.random() < 0.3:
            return tuple(self.words.drawn(draw, 2))
        return tuple(column[first : first + length])

    def _chosen(self, row):
        draw = self.random
        sizes = {**FIELDS, "type": len(KINDS)}
        chosen = {}
        for field in draw.sample(sorted(sizes), draw.choice((0, 0, 1, 1, 2, 3))):
            own = sorted(value for name, value in row.facets if name == field)
            other = KINDS[0] if field == "type" else f"{field}-{draw.randrange(sizes[field])}"
            chosen[field] = tuple(dict.fromkeys([*own, other, "findes-ikke"][: draw.randint(1, 3)]))
        return chosen


def differences(engine, questions: list[Query], rows: list[reference.Row]) -> list[str]:
    """Return a line for each question that `engine` answers otherwise than the reference: ids, total or numbers."""
    now, lines = datetime.now(UTC), []
    for question in questions:
        wanted, answer = reference.found(question, rows, now), engine.answer(question)
        keys = [hit.entry_id for hit in answer.hits]
        if set(keys) != wanted or len(keys) != len(wanted):
            lines.append(f"{question}: {sorted(set(keys) ^ wanted)[:9]}")
        if answer.total != len(wanted):
            lines.append(f"{question}: {answer.total} i alt, ikke {len(wanted)}")
        numbers = {field: dict(values) for field, values in answer.facets.items() if values}
        if numbers != reference.numbers(question, rows, now):
            lines.append(f"{question}: andre tal")
        keys_asked = [row.key for row in rows[:50]]
        if engine.among(question, keys_asked) != [key for key in keys_asked if key in wanted]:
            lines.append(f"{question}: andre blandt")
    return lines
