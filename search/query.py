"""What is asked of an engine: neutral, in analysed terms. Nothing a reader typed goes further than this unquoted."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

RELEVANCE, NEWEST = "relevans", "nyeste"
PAGE_SIZE = 20
ONE_PART = 0.4
FURTHEST = 10_000  # rows that can be leafed to


@dataclass(frozen=True)
class Alternative:
    """One way to satisfy a clause: all of `terms` stand in the entry, wherever. `weight` (0–1) of what it counts.

    `is_compound`: the terms are the parts of one word.
    """

    terms: tuple[str, ...]
    weight: float = 1.0
    is_compound: bool = False


@dataclass(frozen=True)
class Clause:
    """One word that was asked for, `written` as it was typed: any of the alternatives will do, the best counts."""

    alternatives: tuple[Alternative, ...]
    written: str = ""


@dataclass(frozen=True)
class Query:
    """`clauses`: `least` of them must be satisfied (None: all). `phrases`: each a run of terms that must stand next to
    each other in one column. `excluded`: none of these may be satisfied. `chosen`: {field: values}, OR within a field,
    AND between them. `audiences`: the tokens of the reader. `sort`: "relevans" or "nyeste". `page` from 1.
    `any_order`: who asks puts the hits in order, so an engine to which the order is extra work may leave it, where all
    hits stand on the page.

    No clauses and no phrases: everything the reader may see.
    """

    clauses: tuple[Clause, ...] = ()
    phrases: tuple[tuple[str, ...], ...] = ()
    excluded: tuple[Clause, ...] = ()
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    audiences: frozenset[str] = frozenset({"public"})
    least: int | None = None
    sort: str = RELEVANCE
    page: int = 1
    size: int = PAGE_SIZE
    any_order: bool = False

    @property
    def number_needed(self):
        return len(self.clauses) if self.least is None else min(self.least, len(self.clauses))

    @property
    def asks_for_words(self):
        return bool(self.clauses or self.phrases)

    @property
    def start(self):
        return (self.page - 1) * self.size

    def loosened(self, common: Collection[str] = (), missing: Collection[str] = ()):
        """At least half of the clauses, not all; and of a compound any part will do.

        `common`: terms that most entries have. A word that is one of them would bring them all, and is not asked for
        where there are others; not counting those of which every term is `missing`, that is, in no entry.
        """
        telling = [clause for clause in self.clauses if not _is_common(clause, common)]
        if all(_is_missing(clause, missing) for clause in telling):
            telling = self.clauses
        return replace(self, clauses=tuple(map(_in_any_part, telling)), least=(len(telling) + 1) // 2)


def _is_common(clause, common):
    return bool(clause.alternatives) and all(term in common for term in clause.alternatives[0].terms)


def _is_missing(clause, missing):
    return all(term in missing for one in clause.alternatives for term in one.terms)


def _in_any_part(clause):
    parts = [part for one in clause.alternatives if one.is_compound for part in one.terms]
    return replace(clause, alternatives=(*clause.alternatives, *(Alternative((part,), ONE_PART) for part in parts)))


@dataclass(frozen=True)
class Hit:
    """A row of an answer: the key of its SearchEntry, and the score by which it stands there (higher is better): the
    engine's own, of no unit, or that of search.ranking."""

    entry_id: int
    score: float = 0.0


@dataclass(frozen=True)
class Answer:
    """`total` and `facets` ({field: {value: number}}) are exact: the whole of what the reader may see.

    The numbers of a field are counted under every other field's choice, not its own.
    """

    hits: tuple[Hit, ...] = ()
    total: int = 0
    facets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
