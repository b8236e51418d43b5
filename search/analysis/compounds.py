"""What a Danish compound is made of. Decided on the lemma: landsby stays whole, so landsbyer must."""

from functools import lru_cache

from .lemmas import is_derived, is_name, lemma
from .lexicon import lemma_of
from .lists import read_words

_WHOLE = read_words("whole.txt")
_SHORT = read_words("short_parts.txt")
_BEGINNINGS = tuple(read_words("beginnings.txt"))
_AFFIXES = read_words("endings.txt").union(_BEGINNINGS)
_PLACES = read_words("places.txt")
_LINKS = ("s", "e", "er", "n")
_SHORTEST = 4  # øliv
_LONGEST = 60
_MOST = 4


@lru_cache(maxsize=8_192)
def split(word: str) -> tuple[str, ...]:
    """Return the lemmas of the parts of a lemma, () when it is not a compound: landsbyudvikling -> landsby, udvikling.

    Fewest parts, then the longest last part, which carries the meaning. A word made of a verb (planlægning, of
    planlægge) is no compound of nouns, unless its verb has a prefix and so is whole by itself (by|fornyelse).
    """
    if word in _WHOLE or word in _PLACES or is_name(word):
        return ()
    found = _cut_any(word, _is_lemma)
    if not found or (is_derived(word) and not found[-1].startswith(_BEGINNINGS)):
        return ()
    return (*map(_part_lemma, found[:-1]), *found[-1:])


def split_far(word: str) -> tuple[str, ...]:
    """Return the lemmas of the parts, and for a part with a linking letter its parts: four at most.

    The linking letter tells that speakers still hear two words: landdistrikt|udvikling-s-projekt, not land|distrikt.
    """
    found = split(word)
    far = tuple(inner for part in found for inner in _linked(part))
    return far if len(far) <= _MOST else found


def _linked(part):
    inner = split(part)
    return inner if inner and len("".join(inner)) < len(part) else (part,)


@lru_cache(maxsize=8_192)
def lemma_of_compound(form: str) -> str | None:
    """Return the lemma of a form that no lexicon knows but that ends on a known one (…strategierne -> …strategi)."""
    found = _cut_any(form, _is_form)
    if not found:
        return None
    last = found[-1]
    return form[: -len(last)] + (lemma(last) or last)


def _cut_any(word, is_last):
    if not _SHORTEST <= len(word) <= _LONGEST or not word.isalpha():
        return ()
    return next((found for number in range(2, _MOST + 1) if (found := _cut(word, number, is_last))), ())


def _cut(word, number, is_last):
    """`word` in `number` parts as they are written, links with the part before them; () when that cannot be."""
    if number == 1:
        return (word,) if is_last(word) else ()
    for start in range(_first_cut(word), len(word)):
        if is_last(word[start:]) and (before := _cut(word[:start], number - 1, _is_first)):
            return (*before, word[start:])
    return ()


def _first_cut(word):
    """No cut goes through a word that is a whole: landsby|profil, not lands|byprofil."""
    return max((len(word[:end]) for end in range(_SHORTEST, len(word)) if word[:end] in _WHOLE), default=1)


def _is_lemma(part):
    return _is_word(part) and (part in _SHORT or lemma(part) == part)


def _is_form(part):
    """A last part as it is written, not yet a lemma."""
    if not _is_word(part):
        return part in _SHORT
    found = lemma(part) or ""
    return found in _SHORT or (len(found) >= 4 and found not in _AFFIXES)


def _is_word(part):
    return part in _SHORT or (len(part) >= 4 and part not in _AFFIXES and lemma_of(part) is not None)


def _is_first(part):
    return _is_lemma(part) or part in _PLACES or bool(_without_link(part)) or (len(part) > 4 and _is_word(part))


def _without_link(part):
    for link in _LINKS:
        base = part.removesuffix(link)
        if base != part and _is_lemma(base):
            return base
    lost = f"{part.removesuffix('s')}e"  # arbejds- of arbejde, billed- of billede: nouns on -de lose their e
    return lost if lost.endswith("de") and len(lost) > _SHORTEST and _is_lemma(lost) else ""


def _part_lemma(part):
    """The lemma of a part that is not the last: bosætnings -> bosætning, børne -> barn, folke -> folk, ø -> ø."""
    if part in _SHORT or part in _PLACES or lemma(part) == part:
        return part
    if part.endswith("s") and (base := _without_link(part)):
        return base
    return lemma(part) or _without_link(part)
