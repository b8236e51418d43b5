"""From a written word to the terms that are stored and asked for."""

import re
import threading
from functools import lru_cache
from typing import NamedTuple

import Stemmer

from .compounds import lemma_of_compound, split, split_far
from .lemmas import deeds_of, joined_verb, lemma, nouns_of_action, second_lemma
from .letters import APOSTROPHES, HYPHENS, clean, danish_spellings, folded_term
from .lexicon import lemma_of
from .lists import read_words

PLACES = read_words("places.txt")
_HYPHEN = re.compile(f"[{HYPHENS}]")
_MOST_PIECES = 5
_stemmer = threading.local()


class _Read(NamedTuple):
    """A written word, read: `lemmas` in the lexicon's letters, the main one first. `known`: not a mere stem."""

    lemmas: tuple[str, ...]
    known: bool


def term(word: str) -> str:
    """Return the one main term of a word: exceptions, place names, lemma, lemma of a compound, stem; then folded.

    Empty when the word has neither letter nor digit.
    """
    found = readings(word)
    return found[0] if found else ""


def readings(word: str) -> tuple[str, ...]:
    """Return the main term, then what else the word may be.

    Vejen: the town, the road. leder: one who leads, to lead. udvikling: the noun, the verb. boern: børn.
    """
    return _readings(clean(word))


def parts(word: str) -> tuple[str, ...]:
    """Return the terms of a compound's parts, () when it is not split: landsbyudviklingen -> landsby, udvikling."""
    return _parts(clean(word))


def nouns(word: str) -> tuple[str, ...]:
    """Return the terms of the nouns of action that belong to a verb or a doer: kortlægge, tilflytter -> kortlægning,
    tilflytning; () for any other word."""
    return _terms(deeds_of(_read(clean(word)).lemmas[0]))


def joined(word: str, particle: str) -> tuple[str, ...]:
    """Return the terms of the verb that a verb and a particle make, and of its nouns of action: rive, ned -> nedrive,
    nedrivning; arbejde, sammen -> samarbejde. () where they make none."""
    verbs = (joined_verb(verb, particle) for verb in _read(clean(word)).lemmas)
    whole = next(filter(None, verbs), None)
    return _terms((whole, *nouns_of_action(whole))) if whole else ()


def inner_parts(word: str) -> tuple[str, ...]:
    """Return `parts` and the parts of those that are compounds themselves: what an index holds."""
    return _inner_parts(clean(word))


def is_known(word: str) -> bool:
    """Whether the word is in the lexicon (any form, any keyboard), a place, a number or a compound that splits."""
    return _read(clean(word)).known


@lru_cache(maxsize=32_768)
def _readings(word: str) -> tuple[str, ...]:
    return _terms(_read(word).lemmas)


@lru_cache(maxsize=8_192)
def _parts(word: str) -> tuple[str, ...]:
    return _terms(_pieces(word) or split_far(_read(word).lemmas[0]))


@lru_cache(maxsize=32_768)
def _inner_parts(word: str) -> tuple[str, ...]:
    first = _pieces(word) or split(_read(word).lemmas[0])
    return _terms((*first, *(inner for part in first for inner in split(part))))


def _pieces(word):
    """The lemmas of what a hyphen parts; a single letter (e-mail) is none."""
    if not _HYPHEN.search(word):
        return ()
    pieces = [piece for piece in _HYPHEN.split(word) if len(piece) > 1]
    return tuple(_read(piece).lemmas[0] for piece in pieces[:_MOST_PIECES])


def _terms(lemmas):
    return tuple(dict.fromkeys(filter(None, map(folded_term, lemmas))))


def _read(word: str) -> _Read:
    word = _bare(word)
    if any(char.isnumeric() for char in word):
        return _Read((word,), known=True)
    return _read_in_lists(word) or _read_spelled(word) or _read_compound(word) or _Read((_stem(word),), known=False)


def _bare(word):
    """The word without the ending that an abbreviation has after an apostrophe (EU's) and without hyphens (e-mail)."""
    for sign in APOSTROPHES:
        word = word.partition(sign)[0] or word.replace(sign, "")
    return _HYPHEN.sub("", word)


def _read_in_lists(word):
    found = lemma(word)
    place = _place(word)
    if place:
        return _Read((place, found) if found else (place,), known=True)
    if not found:
        return None
    second = second_lemma(word)
    return _Read((found, second) if second else (found,), known=True)


def _place(word):
    """The name of a place that a word is, with or without its genitive: Tønders, and Nordfyn of Nordfyns Kommune."""
    if word in PLACES:
        return word
    if word.removesuffix("s") in PLACES:
        return word.removesuffix("s")
    return f"{word}s" if f"{word}s" in PLACES and lemma_of(word) is None else None


def _read_spelled(word):
    """An ASCII or foreign spelling, by the Danish words it may be: first those of the lists, else those that split."""
    spellings = danish_spellings(word)
    for read in (_read_in_lists, _read_compound):
        found = [reading for spelling in spellings if (reading := read(spelling))]
        if found:
            return _Read(tuple(dict.fromkeys(lemma for reading in found for lemma in reading.lemmas)), known=True)
    return None


def _read_compound(word):
    found = lemma_of_compound(word)
    return _Read((found,), known=True) if found else None


def _stem(word: str) -> str:
    """Return the Snowball stem of a word that no list knows, so that its forms at least meet."""
    if not hasattr(_stemmer, "danish"):
        _stemmer.danish = Stemmer.Stemmer("danish")  # not safe between threads
    return _stemmer.danish.stemWord(word)
