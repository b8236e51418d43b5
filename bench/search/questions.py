"""What is asked of every engine, drawn alike: words by how common they are, and the table of what it took."""

from bisect import bisect_right
from collections import Counter
from math import exp, log
from statistics import median, quantiles

BANDS = {"10–50 %": (0.1, 0.5), "1–10 %": (0.01, 0.1), "0.1–1 %": (0.001, 0.01), "< 0.1 %": (0.0, 0.001)}
OTHERS = ("two words", "as asked", "with alternatives", "chosen", "newest")
WARM = 30


class Spread:
    """In how many of the entries each term stands."""

    def __init__(self):
        self.entries = 0
        self._counts = Counter()
        self._ranked = []  # (term, entries), the rarest first

    def add(self, row):
        from search.engines.base import WEIGHTS

        self._counts.update({term for column in WEIGHTS for term in getattr(row, column).split()})
        self.entries += 1

    def settle(self):
        """Call it when all are added, before words are drawn."""
        self._ranked = sorted(self._counts.items(), key=lambda pair: pair[1])

    def word_of(self, random, low, high):
        """Return a word that stands in more than `low` and at most `high` entries, or the next more common one."""
        first, end = (bisect_right(self._ranked, number, key=lambda pair: pair[1]) for number in (low, high))
        first = min(first, len(self._ranked) - 1)
        return self._ranked[random.randrange(first, max(end, first + 1))][0]

    def as_asked(self, random):
        """A word drawn evenly over the logarithm of its frequency: readers ask for rare words as for common ones."""
        wanted = exp(random.uniform(0, log(self.entries / 2)))
        return self.word_of(random, wanted - 1, wanted * 1.1)


def question(spread, random, kind):
    """Return a Query of `kind` (a name of BANDS or OTHERS), as wide as a first page asks: what is put in order."""
    from search.query import Query
    from search.ranking import WINDOW

    if kind in BANDS:
        low, high = (share * spread.entries for share in BANDS[kind])
        return Query(clauses=(_clause(spread.word_of(random, low, high)),), size=WINDOW)
    if kind == "newest":
        return Query(clauses=(_clause(spread.as_asked(random)),), sort="nyeste")
    if kind == "two words":
        clauses = tuple(_clause(spread.as_asked(random)) for _ in range(2))
    elif kind == "with alternatives":
        clauses = tuple(_clause(*(spread.as_asked(random) for _ in range(4))) for _ in range(2))
    else:
        clauses = (_clause(spread.as_asked(random)),)
    chosen = {"tema": ("tema-1", "tema-2"), "type": ("metode",)} if kind == "chosen" else {}
    return Query(clauses=clauses, chosen=chosen, size=WINDOW)


def _clause(word, *others):
    """A word, and as the reading makes it: synonyms at 0.7, and two parts of a compound together at 0.6."""
    from search.query import Alternative, Clause

    alternatives = [Alternative((word,))]
    if others:
        alternatives += [Alternative((others[0],), 0.7), Alternative(others[1:], 0.6, True)]
    return Clause(tuple(alternatives))


def p95(taken):
    return quantiles(taken, n=20)[-1]


def table(taken, sizes):
    """Yield the lines of a table of `taken`, {kind: {entries: milliseconds}}."""
    yield "| ms, p50 / p95 | " + " | ".join(f"{size:,} entries" for size in sizes) + " | p95, last to first |"
    yield "| --- |" + " --- |" * (len(sizes) + 1)
    for kind, by_size in taken.items():
        there = [size for size in sizes if size in by_size]
        cells = [f"{median(by_size[n]):.1f} / {p95(by_size[n]):.1f}" if n in by_size else "" for n in sizes]
        ratio = f"{p95(by_size[there[-1]]) / p95(by_size[there[0]]):.1f}" if len(there) > 1 else ""
        yield f"| {kind} | {' | '.join(cells)} | {ratio} |"
