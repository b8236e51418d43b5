"""Sums of searches, and the rule of what may be told of them: nothing that fewer than five have asked."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import QuerySet

LEAST = 5
REST = "*"  # the kind of all those that are not told apart
NUMBERS = ("searches", "without_results", "clicked", "reformulated")
BITS = ("askers_0", "askers_1", "askers_2", "askers_3")


@dataclass
class Tally:
    """Searches of one week, put together. `bits`: one for each asker, or for several who share it."""

    searches: int = 0
    without_results: int = 0
    clicked: int = 0
    reformulated: int = 0
    bits: int = 0

    @property
    def askers(self) -> int:
        """How many asked at least."""
        return self.bits.bit_count()

    @property
    def without_click(self) -> int:
        return max(0, self.searches - self.without_results - self.clicked)

    def __add__(self, other: "Tally") -> "Tally":
        sums = (getattr(self, name) + getattr(other, name) for name in NUMBERS)
        return Tally(*sums, self.bits | other.bits)

    def columns(self) -> dict[str, int]:
        """Return it as the columns of a SearchWeek."""
        bits = {name: signed(self.bits >> 64 * place & _WORD) for place, name in enumerate(BITS)}
        return {**{name: getattr(self, name) for name in NUMBERS}, **bits}


_WORD = (1 << 64) - 1


def signed(word: int) -> int:
    """Return 64 bits as the whole number with a sign that a database keeps."""
    return word - (1 << 64) if word >> 63 else word


def by(rows: QuerySet, *names: str) -> dict[tuple, Tally]:
    """Return {values of the columns `names`: Tally}. Name the week, or ask for one: outside it a bit means nothing."""
    found = defaultdict(Tally)
    for row in rows.values_list(*names, *NUMBERS, *BITS):
        key, numbers, words = row[: len(names)], row[len(names) : -len(BITS)], row[-len(BITS) :]
        bits = sum((word & _WORD) << 64 * place for place, word in enumerate(words))
        found[key] += Tally(*numbers, bits)
    return dict(found)


def kept_apart(by_kind: Mapping[str, Tally]) -> dict[str, Tally]:
    """Return the kinds that may be told apart, and all others together as REST; nothing where they are too few.

    A rest of fewer than five takes the smallest kind with it: else it could be reckoned from the sum of them all.
    """
    told = {kind: tally for kind, tally in by_kind.items() if tally.askers >= LEAST and kind != REST}
    rest = sum((tally for kind, tally in by_kind.items() if kind not in told), Tally())
    while rest.searches and rest.askers < LEAST and told:
        smallest = min(told, key=lambda kind: told[kind].askers)
        rest += told.pop(smallest)
    if rest.searches and rest.askers >= LEAST:
        told[REST] = rest
    return told
