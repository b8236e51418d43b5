"""The letters of a word: what is taken away before it is read, and the Danish letters behind an ASCII spelling."""

import re
import unicodedata
from itertools import product

from danish import danish_to_ascii

LONGEST = 80  # letters of one word that are read; the longest compounds of a dictionary have about 50

HYPHENS = "-\u2010\u2011"
APOSTROPHES = "'’\u02bc´`"
# What no reader sees, inside a word: soft hyphen, zero width, bidi controls, NUL and its kin, half surrogates.
UNSEEN = (
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\ufe00-\ufe0f\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e01ef"
)
_UNSEEN = re.compile(f"[{UNSEEN}]+")
_FOREIGN = str.maketrans({"ä": "æ", "ö": "ø"})  # Swedish and German keyboards
_SPELLINGS = {"ae": ("ae", "æ"), "oe": ("oe", "ø"), "aa": ("aa", "å")}
_SPELLING = re.compile("(ae|oe|aa)")
_MOST_SPELLINGS = 4


def unseen_gone(text: str) -> str:
    """Return `text` without what no reader sees, otherwise as it was written."""
    return _UNSEEN.sub("", text)


def plain_letters(text: str) -> str:
    """Return `text` composed, wide letters and small digits as plain ones (CO₂); a sign like ½ stays."""
    if unicodedata.is_normalized("NFKC", text):
        return text
    return "".join(map(_plain, unicodedata.normalize("NFC", text)))


def _plain(char):
    plain = unicodedata.normalize("NFKC", char)
    return plain if plain.isalnum() else char


def fold(text: str) -> str:
    """Return `text` in lower case, æ/ä as ae, ø/ö as oe, å as aa, accents and unseen characters gone.

    A foreign or ASCII keyboard then writes the same as a Danish one: Åbenrå = Aabenraa = aabenraa.
    """
    return danish_to_ascii(plain_letters(unseen_gone(text)))


def clean(word: str) -> str:
    """Return `word` as the lexicon writes it: composed, lower case, nothing unseen, at most LONGEST letters."""
    seen = unseen_gone(word[: LONGEST * 4])
    return plain_letters(seen).lower()[:LONGEST]


def folded_term(word: str) -> str:
    """Return the folded letters and digits of `word`: one token for every engine. Empty for a word without any."""
    return "".join(char for char in fold(word) if char.isalnum())


def danish_spellings(word: str) -> tuple[str, ...]:
    """Return the Danish words that `word` may be an ASCII or foreign spelling of, itself left out.

    The most Danish comes first: boernehave -> børnehave. Of more than four doubtful places all are read as Danish.
    """
    pieces = [_SPELLINGS.get(piece, (piece,))[::-1] for piece in _SPELLING.split(word.translate(_FOREIGN))]
    if sum(len(piece) > 1 for piece in pieces) > _MOST_SPELLINGS:
        pieces = [piece[:1] for piece in pieces]
    return tuple(spelling for spelling in map("".join, product(*pieces)) if spelling != word)
