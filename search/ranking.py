"""The order of the first hits: the same for every engine, since it is made here, of the entries' own terms.

An engine finds, counts and brings the best hundred by its own measure; these are put in order by BM25F (Robertson &
Zaragoza 2009: the columns' counts weighed and added before they saturate), the best alternative of each clause, and
what an engine does not see: words side by side, and a title that is just what was asked for.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import pairwise
from math import log
from statistics import fmean, pstdev

from search.engines import WEIGHTS
from search.models import SearchEntry
from search.present import wanted_terms
from search.query import Query

WINDOW = 100
SATURATION = 1.8  # k1
LENGTH = 0.4  # b: how much a long text counts against itself
USUAL_LENGTH = 250  # terms
SIDE_BY_SIDE = 0.5  # of the two words' rarity
APART = 0.6  # of what a run of words counts, where its words do not stand together: tomme butikker og åbent hus
IN_ORDER = ("t_title", "t_tags", "t_summary", "t_body")
TITLE = 1.0  # of all words' rarity, where the title holds nothing else
NEAR = 0.05  # of the best hit's score, for each standard deviation that a hit is nearer in meaning than the others


def order(
    query: Query,
    rows: Iterable[SearchEntry],
    spread: Mapping[str, int],
    everything: int,
    near: Mapping[int, float] | None = None,
) -> dict[int, float]:
    """Return {key: score} of `rows` (with their t_ columns), best first; equal ones as they came.

    `spread`: {term: in how many of `everything` entries it stands}; a term that is not there counts as rare.
    `near`: {key: how near in meaning it is}, where that is to count; who is not there is as near as the others are.
    """
    wanted = wanted_terms(query)
    scores = {row.pk: score(query, row, spread, everything, wanted) for row in rows}
    if near:
        scores = _nearer(scores, near)
    return dict(sorted(scores.items(), key=lambda pair: -pair[1]))


def _nearer(scores, near):
    usual, spread = fmean(near.values()), pstdev(near.values())
    if not spread:
        return scores
    step = NEAR * max(scores.values(), default=0) / spread
    return {key: score + step * (near.get(key, usual) - usual) for key, score in scores.items()}


def score(query: Query, row: SearchEntry, spread: Mapping[str, int], everything: int, wanted: frozenset) -> float:
    """Return how well `row` answers `query`, whose terms are `wanted`: the higher the better, of no unit."""
    columns = {column: getattr(row, column).split() for column in WEIGHTS}
    counts = Counter()
    for column, weight in WEIGHTS.items():
        for term in filter(wanted.__contains__, columns[column]):
            counts[term] += weight
    length = 1 - LENGTH + LENGTH * sum(map(len, columns.values())) / USUAL_LENGTH

    def rarity(term):
        found = spread.get(term, 0)
        return log(1 + (everything - found + 0.5) / (found + 0.5)) if found < everything else 0.0

    def weight_of(term):
        return rarity(term) * counts[term] * (SATURATION + 1) / (counts[term] + SATURATION * length)

    total, asked, stand = 0.0, [], _standing(row)
    for clause in query.clauses:
        found = [
            (one.weight * sum(map(weight_of, one.terms)) * _together(one, stand), one)
            for one in clause.alternatives
            if all(term in counts for term in one.terms)
        ]
        if found:
            best, one = max(found, key=lambda pair: pair[0])
            total += best
            asked.append(one.terms)
    total += sum(sum(map(weight_of, filter(counts.__contains__, phrase))) for phrase in query.phrases)
    total += SIDE_BY_SIDE * _side_by_side(asked, stand, rarity)
    return total + TITLE * _title(asked, columns["t_title"], rarity)


def _standing(row):
    """Return a function that tells whether a run of words stands in `row`, one after the other."""
    columns = []

    def stand(run):
        if not columns:
            columns.extend(f" {getattr(row, column)} " for column in IN_ORDER)
        wanted = f" {' '.join(run)} "
        return any(wanted in column for column in columns)

    return stand


def _together(one, stand):
    return 1.0 if len(one.terms) < 2 or one.is_compound or stand(one.terms) else APART


def _side_by_side(asked, stand, rarity):
    """The rarity of each two words that were asked for one after the other and stand so."""
    pairs = {(first[-1], second[0]) for first, second in pairwise(asked)}
    return sum(rarity(first) + rarity(second) for first, second in pairs if stand((first, second)))


def _title(asked, title, rarity):
    """How much of the title was asked for, weighed by the rarity of what was."""
    terms = {term for one in asked for term in one}
    inside = terms.intersection(title)
    return sum(map(rarity, inside)) * len(inside) / len(set(title)) if inside else 0.0
