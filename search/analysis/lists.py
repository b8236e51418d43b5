"""The word lists in `data/`: one entry a line, # before the reason for a group."""

from pathlib import Path

FOLDER = Path(__file__).parent / "data"


def read_words(name: str) -> frozenset[str]:
    """Return the words of a list, in the lower case in which words are looked up."""
    return frozenset(word for line in _lines(name) for word in line.lower().split())


def read_pairs(name: str) -> dict[str, str]:
    """Return {written form: lemma} of a list of lines "form form = lemma"."""
    pairs = {}
    for line in _lines(name):
        forms, _, lemma = line.partition("=")
        pairs |= dict.fromkeys(forms.split(), lemma.strip())
    return pairs


def _lines(name):
    written = (line.partition("#")[0].strip() for line in (FOLDER / name).read_text(encoding="utf-8").splitlines())
    return [line for line in written if line]
