"""A text as an index holds it."""

from itertools import islice
from typing import NamedTuple

from .terms import inner_parts, readings
from .words import each_word

MOST_WORDS = 20_000


class Analysed(NamedTuple):
    """`terms`: the main term of every word, in order, so that phrases can be asked for.

    `parts`: what else the words may be found by: parts of compounds, second readings, hyphenated words in one.
    """

    terms: list[str]
    parts: list[str]


def analyse(text: str, limit: int = MOST_WORDS) -> Analysed:
    """Return the terms and parts of the first `limit` words of `text`."""
    analysed = Analysed([], [])
    for word in islice(each_word(text), max(limit, 0)):
        found = readings(word.text)
        analysed.terms.extend(found[:1])
        analysed.parts.extend((*found[1:], *inner_parts(word.text)))
        if word.hyphenated and word.hyphenated.startswith(word.text):
            analysed.parts.extend(readings(word.hyphenated)[:1])
    return analysed
