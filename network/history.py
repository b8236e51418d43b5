"""What a post said before, and what was changed each time, in words one can read."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

# So many pairs of words are compared for one page; what is over it is shown as taken out and put in whole. Comparing
# takes time in the square of the length, and worse for texts made to be slow.
MOST_PAIRS = 1_000_000


@dataclass(frozen=True)
class Piece:
    """A piece of text that stayed, was put in, or was taken out."""

    kind: str  # "same", "in" or "out"
    text: str


class Comparison:
    """Compares the versions of one post; all of a page share what it may cost."""

    def __init__(self):
        self._left = MOST_PAIRS

    def pieces(self, before: str, after: str) -> list[Piece]:
        """Return what turns the text `before` into `after`, word by word, in the order of reading."""
        old, new = _words(before), _words(after)
        head = _shared(old, new)
        tail = _shared(old[head:][::-1], new[head:][::-1])
        middle = self._compared(old[head : len(old) - tail], new[head : len(new) - tail])
        found = [Piece("same", "".join(old[:head])), *middle, Piece("same", "".join(old[len(old) - tail :]))]
        return [piece for piece in found if piece.text]

    def _compared(self, old, new):
        cost = len(old) * len(new)
        if cost > self._left:
            return [Piece("out", "".join(old)), Piece("in", "".join(new))]
        self._left -= cost
        pieces = []
        for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
            if kind == "equal":
                pieces.append(Piece("same", "".join(old[a:b])))
            else:
                pieces += [Piece("out", "".join(old[a:b])), Piece("in", "".join(new[c:d]))]
        return pieces


def _words(text):
    """Words, each with the blanks after it; a blank at the beginning stands alone."""
    return re.findall(r"\S+\s*|\s+", text)


def _shared(old, new):
    """How many words both begin with."""
    for place, (one, other) in enumerate(zip(old, new, strict=False)):
        if one != other:
            return place
    return min(len(old), len(new))
