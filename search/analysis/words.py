"""Where the words of a text stand."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from .letters import APOSTROPHES, HYPHENS, LONGEST, UNSEEN, unseen_gone

_MARKS = "\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
_LETTER = "[^\\W\\d_\u02bc]"
_SIGN = "[^\\W_\u02bc]"
_THOUSANDS = r"(?<!\w)(?<!\d[.,])\d{1,3}(?:\.\d{3})+(?!\w|\.\d)"  # 5.000 and 1.250.000, not 24.11.2026
_ONE_LETTER = f"(?:(?<![{HYPHENS}\\w]){_LETTER}[{HYPHENS}](?={_LETTER}{{2}}))?"  # e-mail, p-plads
_ENDING = f"(?:[{APOSTROPHES}](?:ernes|erne|eren|ens|ets|ers|er|en|et|ene|ne|s|e)(?!\\w))?"  # EU's, LAG'erne
_WORD = re.compile(f"{_THOUSANDS}|{_ONE_LETTER}{_SIGN}(?:{_SIGN}+|[{_MARKS}{UNSEEN}]+)*{_ENDING}")
_MOST_PIECES = 5


class Word(NamedTuple):
    """`text`: as it was written, unseen characters gone. It stands in the given text from `start` to `end`.

    `hyphenated`: the whole written word, when this is a piece of one (by-land-samspil); else empty.
    """

    text: str
    start: int
    end: int
    hyphenated: str = ""


def words(text: str) -> list[Word]:
    """Return the words of `text` in order. A hyphen parts words, but not a single letter from its word (e-mail)."""
    return list(each_word(text))


def each_word(text: str) -> Iterator[Word]:
    """Yield the words of `text`, reading no further than is asked for."""
    group: list[re.Match] = []
    for match in _WORD.finditer(text):
        if group and not _joined(text, group[-1].end(), match.start()):
            yield from _pieces(text, group)
            group = []
        group.append(match)
        if len(group) > _MOST_PIECES:
            yield from _pieces(text, group)
            group = []
    yield from _pieces(text, group)


def _joined(text: str, end: int, start: int) -> bool:
    return start - end == 1 and text[end] in HYPHENS


def _pieces(text: str, group: list[re.Match]) -> Iterator[Word]:
    whole = ""
    if 1 < len(group) <= _MOST_PIECES and group[-1].end() - group[0].start() <= LONGEST:
        whole = unseen_gone(text[group[0].start() : group[-1].end()])
    if whole and not any(char.isalpha() for char in whole):
        whole = ""  # 2013-2016 are two years
    for match in group:
        yield Word(unseen_gone(match.group()), match.start(), match.end(), whole)
