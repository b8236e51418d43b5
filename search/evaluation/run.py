"""Ask an engine every judged query and tell how well it answered, by kind of query.

Knows no engine and no Django: an engine is a function from words to keys of entries, best first.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from pathlib import Path

from search.evaluation.measures import hit_at, mean, ndcg_at, randomisation_p, reciprocal_rank, unjudged_share

FOLDER = Path(__file__).parent
DEPTH = 10
COMPARED = ("ndcg10", "mrr10", "hit5")


@dataclass(frozen=True)
class Score:
    """One query's measures, each 0-1. `zero` is 1.0 where nothing was answered."""

    query: str
    kind: str
    ndcg10: float
    mrr10: float
    hit5: float
    zero: float
    unjudged: float


@dataclass(frozen=True)
class Row:
    """Means over the `n` queries of a kind, each 0-1."""

    kind: str
    n: int
    ndcg10: float
    mrr10: float
    hit5: float
    zero: float
    unjudged: float


@dataclass(frozen=True)
class Report:
    """How one engine answered: a row per kind, and one for all queries, where each query weighs the same."""

    scores: tuple[Score, ...]

    @property
    def rows(self) -> list[Row]:
        kinds = dict.fromkeys(score.kind for score in self.scores)
        return [_row(kind, [score for score in self.scores if score.kind == kind]) for kind in kinds]

    @property
    def total(self) -> Row:
        return _row("total", self.scores)

    def as_table(self) -> str:
        """Return the rows and the total as lines of text with a head, aligned for a fixed-width font."""
        head = f"{'kind':<14}{'n':>4}{'ndcg@10':>9}{'mrr@10':>8}{'hit@5':>7}{'zero':>7}{'unjudged@10':>13}"
        return "\n".join([head, *(_line(row) for row in [*self.rows, self.total])])


@dataclass(frozen=True)
class Difference:
    """Mean of `first` minus mean of `second`, and the p-value of a paired randomisation test."""

    first: str
    second: str
    measure: str
    difference: float
    p: float


@cache
def read(name: str) -> dict | list:
    """Return one of the set's files (queries, concepts, labels, judgements, second, negative) as parsed JSON."""
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def evaluate(answer: Callable[[str], Sequence[str]], held: bool | None = None) -> Report:
    """Ask `answer` the queries: all, or only those held back from tuning (True), or only the others (False).

    `answer(text)` returns at most ten keys of entries (`kind:slug`), best first.
    Raises ValueError for an answer that is longer or names an entry twice: either would lift the measures.
    """
    asked = [query for query in read("queries") if held is None or query["held"] is held]
    return Report(tuple(_score(query, list(answer(query["text"]))) for query in asked))


def compare(reports: dict[str, Report]) -> list[Difference]:
    """Return each pair of reports' difference in nDCG@10, MRR@10 and hit@5. ValueError if they asked other queries."""
    if len({tuple(score.query for score in report.scores) for report in reports.values()}) > 1:
        raise ValueError("Only reports over the same queries can be compared.")
    return [
        _difference(first, second, measure, reports)
        for first, second in combinations(reports, 2)
        for measure in COMPARED
    ]


def _score(query: dict, answer: list[str]) -> Score:
    if len(answer) > DEPTH or len(set(answer)) < len(answer):
        raise ValueError(f"The answer to {query['text']!r} is longer than {DEPTH} or names an entry twice.")
    grades = read("judgements")[query["id"]]["grades"]
    return Score(
        query["id"],
        query["kind"],
        ndcg_at(answer, grades),
        reciprocal_rank(answer, grades),
        hit_at(answer, grades),
        float(not answer),
        unjudged_share(answer, grades),
    )


def _row(kind: str, scores: Sequence[Score]) -> Row:
    names = ("ndcg10", "mrr10", "hit5", "zero", "unjudged")
    return Row(kind, len(scores), *(mean([getattr(score, name) for score in scores]) for name in names))


def _line(row: Row) -> str:
    return (
        f"{row.kind:<14}{row.n:>4}{row.ndcg10:>9.3f}{row.mrr10:>8.3f}{row.hit5:>7.2f}{row.zero:>7.2f}"
        f"{row.unjudged:>13.2f}"
    )


def _difference(first: str, second: str, measure: str, reports: dict[str, Report]) -> Difference:
    one, other = ([getattr(score, measure) for score in reports[name].scores] for name in (first, second))
    return Difference(first, second, measure, mean(one) - mean(other), randomisation_p(one, other))
