"""How a hit is shown: the words that were asked for are marked, in the title and in the best passage of the text.

What comes out are pieces (text, is it marked?): a template escapes each and marks around it, so no text can be markup.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from search import analysis
from search.query import Query

PASSAGE = 240
READ = 40_000  # letters of a text that are looked through
KEPT = 16_384  # stretches whose terms are remembered
LONGEST_KEPT = 60  # letters
_STRETCH = re.compile(r"\S+")


@dataclass(frozen=True)
class Piece:
    text: str
    is_marked: bool = False


def wanted_terms(query: Query) -> frozenset[str]:
    """Return every term that a word of a hit may be there for."""
    asked = {term for clause in query.clauses for one in clause.alternatives for term in one.terms}
    return frozenset(asked.union(*query.phrases)) if query.phrases else frozenset(asked)


def marked(text: str, wanted: frozenset[str]) -> list[Piece]:
    """Return `text` in pieces, its wanted words marked."""
    return _pieces(text, _found(text, wanted))


def passage(text: str, wanted: frozenset[str], length: int = PASSAGE) -> list[Piece]:
    """Return the stretch of `text`, about `length` letters, that holds most different wanted words, marked."""
    text = " ".join(text[:READ].split())
    found = _found(text, wanted)
    if not found:
        return []
    start = _best_start(found, length)
    begin = _word_start(text, start)
    end = _word_end(text, begin + length)
    inside = [word for word in found if begin <= word.start and word.end <= end]
    pieces = _pieces(text, inside, begin, end)
    if begin:
        pieces.insert(0, Piece("… "))
    if end < len(text):
        pieces.append(Piece(" …"))
    return pieces


def _found(text, wanted):
    """The wanted words of `text`. No word goes over a space, so only stretches that tell of one are read closely."""
    telling = {stretch for stretch in set(text.split()) if not wanted.isdisjoint(_terms_in(stretch))}
    if not telling:
        return []
    return [
        word._replace(start=at.start() + word.start, end=at.start() + word.end)
        for at in _STRETCH.finditer(text)
        if at.group() in telling
        for word in analysis.words(at.group())
        if not wanted.isdisjoint(_terms_of(word.text))
    ]


def _terms_in(stretch):
    return _kept_terms(stretch) if len(stretch) <= LONGEST_KEPT else _all_terms(stretch)


@lru_cache(maxsize=KEPT)
def _kept_terms(stretch):
    return _all_terms(stretch)


def _all_terms(stretch):
    return tuple({term for word in analysis.words(stretch) for term in _terms_of(word.text)})


def _terms_of(word):
    return analysis.readings(word) + analysis.parts(word)


def _best_start(found, length):
    """Where to begin: the window from a wanted word on that holds most different ones, the earliest of equals."""
    terms = [analysis.term(word.text) for word in found]
    different, best, most = len(set(terms)), 0, 0
    for place, first in enumerate(found):
        inside = set()
        for at in range(place, len(found)):
            if found[at].end > first.start + length:
                break
            inside.add(terms[at])
        if len(inside) > most:
            best, most = first.start, len(inside)
        if most == different:
            break
    return max(0, best - length // 6)


def _word_start(text, at):
    if at <= 0:
        return 0
    space = text.find(" ", at)
    return space + 1 if 0 <= space < at + 30 else at


def _word_end(text, at):
    if at >= len(text):
        return len(text)
    space = text.rfind(" ", 0, at)
    return space if space > at - 30 else at


def _pieces(text, words: Iterable, begin=0, end=None):
    end = len(text) if end is None else end
    pieces, at = [], begin
    for word in words:
        if word.start > at:
            pieces.append(Piece(text[at : word.start]))
        pieces.append(Piece(text[word.start : word.end], True))
        at = word.end
    if at < end:
        pieces.append(Piece(text[at:end]))
    return pieces
