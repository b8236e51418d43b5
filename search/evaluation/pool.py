"""What is shown and was never judged: the pairs to grade before a difference between two systems is believed.

Knows no engine and no Django, as search.evaluation.run.
"""

import random
from collections.abc import Callable, Iterable, Sequence

from search.evaluation.rule import proposed_grade
from search.evaluation.run import DEPTH, read

CHANCE = 1  # the same pairs come in the same order


def unjudged(answers: Iterable[Callable[[str], Sequence[str]]]) -> list[dict]:
    """Return what any of `answers` shows among its first ten and nobody has judged, held queries too.

    A row a query: {"query", "text", "kind", "concepts", "entries": {entry: the grade the rule proposes}}. Queries and
    entries stand in an order of chance, and nothing tells which answer brought an entry, or at which place.
    """
    answers, draw, rows = list(answers), random.Random(CHANCE), []  # noqa: S311 - an order, no secret
    for query in read("queries"):
        judged = read("judgements")[query["id"]]["grades"]
        shown = {entry for answer in answers for entry in answer(query["text"])[:DEPTH]}
        entries = sorted(shown - judged.keys())
        draw.shuffle(entries)
        if entries:
            rows.append(_row(query, entries))
    draw.shuffle(rows)
    return rows


def _row(query, entries):
    labels = read("labels")
    told = {"query": query["id"]} | {name: query[name] for name in ("text", "kind", "concepts")}
    return told | {"entries": {entry: proposed_grade(query, entry, labels.get(entry, {})) for entry in entries}}
