"""The engine of the database: SQLite or PostgreSQL, as it was set up.

Words are found in the full-text index of the database. What an entry stands under – its audience and its facets – is
kept as bits (search.engines.bits), a row for each value and chunk: who may read, what was chosen and every number of
every facet are then a matter of ANDing and counting bits, the same for a rare word and for one that stands in half the
entries. An answer takes six statements at most, however large the index: words, audience with choices, what has
expired, numbers, and one or two for the order.

Sets, totals and numbers are exact. Where more than `dialect.most_ranked` entries match, only those are ranked that
have the words in title or tags, and then the newest; the rest follow by date.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import islice
from time import time

from django.db import connection, transaction

from search.engines import bits
from search.engines.base import Engine
from search.query import FURTHEST, RELEVANCE, Alternative, Answer, Clause, Hit, Query

AUDIENCE = ""  # stands among the fields of the facets, under a name that none of them has
IN_SIGHT = 20  # times as many entries as are ranked: among their titles is looked first
UNDATED = -1e18  # as the time of publication: before all others
SPARSE = 100  # entries to a chunk; where no more are found, their rows of facets are counted rather than bits


@cache
def _engine(vendor):
    if vendor == "postgresql":
        from search.engines.postgres import Postgres as Dialect
    else:
        from search.engines.sqlite import Sqlite as Dialect
    return SqlEngine(Dialect())


def engine() -> "SqlEngine":
    """Return the engine of the default database."""
    return _engine(connection.vendor)


class SqlEngine(Engine):
    def __init__(self, dialect):
        self.dialect = dialect
        self.name = dialect.name

    def answer(self, query: Query) -> Answer:
        query = _usable(query)
        found, chosen = self._found(query)
        whole = _under(found, chosen.values())
        masks = {AUDIENCE: whole}
        masks |= {field: _under(found, (b for other, b in chosen.items() if other != field)) for field in chosen}
        total = bits.count(whole)
        return Answer(hits=tuple(self._hits(query, whole, total)), total=total, facets=self._numbers(masks))

    def among(self, query: Query, entry_ids: Iterable[int]) -> list[int]:
        found, chosen = self._found(_usable(query))
        whole = _under(found, chosen.values())
        return [key for key in entry_ids if bits.has(whole, key)]

    def write(self, entries: Sequence) -> None:
        with transaction.atomic():
            self.dialect.take_turn()
            self.dialect.store(entries)
            self._place(
                {
                    entry.pk: {(AUDIENCE, entry.audience), *((f.field, f.value) for f in entry.facets.all())}
                    for entry in entries
                }
            )

    def forget(self, rows: Iterable[tuple[int, int]]) -> None:
        """The database itself saw to the words when the entries were deleted; here the bits are tidied up."""
        with transaction.atomic():
            self.dialect.take_turn()
            self._place({})

    def settle(self) -> None:
        """Learn which words are usual by now; until then, and between, the same is found, only more slowly."""
        self.dialect.settle()

    def count(self) -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM search_row")
            return cursor.fetchone()[0]

    def _found(self, query):
        """Return what matches before anything is chosen, and {field: what stands under the values chosen}."""
        chosen = self.dialect.held_by({AUDIENCE: query.audiences, **query.chosen})
        found = bits.without(chosen.pop(AUDIENCE), bits.of(self._closed()))
        number, branches = query.number_needed, []
        if number > 0:
            branches += [query.clauses] if number == len(query.clauses) else [(clause,) for clause in query.clauses]
        of_clauses = len(branches)
        branches += query.phrases
        sets = self.dialect.matching([*branches, *((clause,) for clause in query.excluded)])
        wanted, phrases, excluded = sets[:of_clauses], sets[of_clauses : len(branches)], sets[len(branches) :]
        if of_clauses:
            found = bits.both(found, bits.at_least(number if of_clauses > 1 else 1, wanted))
        found = _under(found, phrases)
        for one in excluded:
            found = bits.without(found, one)
        return found, chosen

    def _closed(self):
        """Keys of what has expired, and of what was deleted without the engine being told."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT id FROM search_row WHERE expires <= %s UNION ALL SELECT id FROM search_places WHERE gone",
                [time()],
            )
            return [key for (key,) in cursor.fetchall()]

    def _numbers(self, masks):
        is_sparse = sum(map(bits.count, masks.values())) <= SPARSE * sum(map(_filled, masks.values()))
        numbers = defaultdict(dict)
        for field, value, number in self._by_rows(masks) if is_sparse else self.dialect.numbers(masks):
            numbers[field][value] = number
        return dict(numbers)

    def _by_rows(self, masks):
        """As `dialect.numbers`, by the rows that the bits are made of."""
        parts, values = [], []
        for only, mask in masks.items():
            sign, fields = ("=", [only]) if only else ("<>", [field for field in masks if field])
            parts.append(" AND ".join([f"entry_id {self.dialect.IS_AMONG}", *[f"field {sign} %s"] * len(fields)]))
            values += [self.dialect.listed(bits.keys(mask)), *fields]
        select = "SELECT field, value, count(*) FROM search_searchfacet WHERE"
        with connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(f"{select} {part} GROUP BY field, value" for part in parts), values)
            return cursor.fetchall()

    def _hits(self, query, whole, total):
        """One page of hits, of which no more than FURTHEST are told."""
        start, end = query.start, min(query.start + query.size, FURTHEST, total)
        if start >= end:
            return []
        is_free = query.any_order and total <= query.size
        if query.sort != RELEVANCE or not query.asks_for_words or is_free:
            return [Hit(key) for key in self._newest(whole, total, start, end)]
        ranked_from = self._worth_ranking(query, whole, total)
        ranked = self.dialect.ranked(query, ranked_from, end)
        hits = [Hit(key, score) for key, score in ranked[start:end]]
        number = len(ranked_from)
        if end > number:
            rest = bits.without(whole, bits.of(ranked_from))
            hits += [Hit(key) for key in self._newest(rest, total - number, max(start - number, 0), end - number)]
        return hits

    def _worth_ranking(self, query, whole, total):
        most = self.dialect.most_ranked(query)
        if total <= most:
            return list(bits.keys(whole))
        asked = [*query.clauses, *_as_clauses(query.phrases)]
        alternatives = tuple(one for clause in asked for one in clause.alternatives)
        # The keys grow, so the highest are about the newest.
        branches = [tuple(asked), (Clause(alternatives),)][: len(asked)]  # of one word alone both are the same
        in_head = self._in_head(branches, whole, most)
        keys = dict.fromkeys(islice(bits.keys(in_head[0]), most * 2 // 3))
        keys |= dict.fromkeys(islice(bits.keys(in_head[-1]), most - len(keys)))
        keys |= dict.fromkeys(islice(bits.keys(whole), most - len(keys)))
        return list(keys)

    def _in_head(self, branches, whole, most):
        """Only the highest keys are wanted: of a tag that a third have, the lower ones are looked for in vain."""
        least = bits.least_of_highest(whole, most * IN_SIGHT)
        found = self._titled(branches, whole, least)
        if least and any(bits.count(one) < most for one in found):
            return self._titled(branches, whole)
        return found

    def _titled(self, branches, whole, least=0):
        return [bits.both(whole, one) for one in self.dialect.matching(branches, in_head=True, least=least)]

    def _newest(self, whole, total, start, end):
        if end <= start:
            return []
        walked = about_walked(whole, total, end)
        if total <= walked:
            return self.dialect.newest(bits.keys(whole), start, end)
        return list(islice((key for key in self.dialect.by_date(walked) if bits.has(whole, key)), start, end))

    def _place(self, under):
        """Set the bits of `under` ({key: {(field, value)}}), and clear those where its entries and the gone stood."""
        before = self.dialect.places(under)
        clear, fill = defaultdict(int), defaultdict(int)
        for key in before.keys() | under.keys():
            chunk, bit = bits.place(key)
            old, new = before.get(key, set()), under.get(key, set())
            for field, value in old - new:
                clear[chunk, field, value] |= bit
            for field, value in new - old:
                fill[chunk, field, value] |= bit
        if changed := clear.keys() | fill.keys():
            held = self.dialect.load(changed)
            self.dialect.save({key: held.get(key, 0) & ~clear.get(key, 0) | fill.get(key, 0) for key in changed})
        self.dialect.save_places(under, before.keys() - under.keys())


def _filled(one):
    return sum(map(bool, one.values()))


def about_walked(whole: bits.Bits, total: int, end: int) -> int:
    """Return about how many entries are met, the newest first, until `end` of the `total` in `whole` are met."""
    return end * (max(whole) + 1) * bits.SIZE // total


def _under(found, sets):
    for one in sets:
        found = bits.both(found, one)
    return found


def _as_clauses(phrases):
    return [Clause((Alternative(phrase),)) for phrase in phrases]


def _usable(query):
    """Without alternatives of no terms, and phrases of none: they ask for nothing."""
    from dataclasses import replace

    def tidy(clauses):
        return tuple(replace(c, alternatives=tuple(one for one in c.alternatives if one.terms)) for c in clauses)

    return replace(
        query,
        clauses=tidy(query.clauses),
        excluded=tidy(query.excluded),
        phrases=tuple(phrase for phrase in query.phrases if phrase),
    )


def checked(term: str) -> str:
    """Return `term`, to stand quoted in a query of the database; raises ValueError where it is no analysed term."""
    if not term.isascii() or not term.isalnum() or term != term.lower():
        raise ValueError(f"{term!r} is no analysed term.")
    return term
