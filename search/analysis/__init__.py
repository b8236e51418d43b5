"""Danish words, read once in Python so that every engine stores and asks for the same terms. No Django in here.

Order of reading: exceptions (on the written word), place names, lemma, compound, stem; folded last.
"""

from .letters import fold
from .lexicon import configure
from .lists import read_words
from .terms import inner_parts, is_known, joined, nouns, parts, readings, term
from .texts import Analysed, analyse
from .version import VERSION
from .words import Word, words

# As they are written, folded. Never dropped from an index, only from what is asked.
STOP_WORDS = frozenset(fold(word) for word in read_words("stop_words.txt"))
QUESTION_WORDS = frozenset(fold(word) for word in read_words("question_words.txt"))

__all__ = [
    "QUESTION_WORDS",
    "STOP_WORDS",
    "VERSION",
    "Analysed",
    "Word",
    "analyse",
    "configure",
    "fold",
    "inner_parts",
    "is_known",
    "joined",
    "nouns",
    "parts",
    "readings",
    "term",
    "words",
]
