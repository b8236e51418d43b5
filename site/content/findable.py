"""The findable face: what finding may know and show of a thing, page or not, without knowing its model.

A room registers a `Findable` for things of its own; `entries` says what is kept of them in the index, `cards` what a
reader gets to see – and is the second lock: rights are asked there again, of the model itself. Rooms above add what a
thing stands under (`register_terms`), who may read what (`register_audience`) and ways to narrow (`register_field`).
Whoever changes a thing, or what an entry is made of, calls `touch` in the same transaction.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import QuerySet
from django.dispatch import Signal

from content.cards import Card

PUBLIC = "public"


@dataclass(frozen=True)
class Kind:
    """What a reader calls a kind of thing: `name` stands in addresses, in small letters without æ, ø and å."""

    name: str
    label: str
    plural: str
    icon: str
    is_closed: bool = False  # for members alone: a stranger is told that there is such a kind, and no number


@dataclass(frozen=True)
class Term:
    """A word that a thing stands under: its value in addresses, and as it is read."""

    value: str
    label: str


@dataclass(frozen=True)
class Entry:
    """What the index keeps of one thing.

    `audience`: exactly one token; who reads it is said by `audiences_of`. `under`: {name of a field: terms}.
    `also`: other names it is known by, found but not shown. `text`: plain, without markup. `card`: as everyone sees it
    who may read the thing; only of what is open to all, and shown only by way of `Findable.let_through`.
    """

    pk: int
    kind: str
    title: str
    url: str
    audience: str
    summary: str = ""
    text: str = ""
    under: Mapping[str, tuple[Term, ...]] = field(default_factory=dict)
    also: tuple[str, ...] = ()
    published: datetime | None = None
    expires: datetime | None = None
    language: str = "da"
    card: Card | None = None


class Findable:
    """Things of one model, or of one family of models, that can be found. `name` is kept in the index."""

    name = ""

    def kinds(self) -> list[Kind]:
        """Return the kinds that its entries may be, in the order they are shown."""
        raise NotImplementedError

    def after(self, pk: int, limit: int) -> list[int]:
        """Return at most `limit` ids above `pk`, lowest first, of all that may have an entry."""
        raise NotImplementedError

    def entries(self, pks: Iterable[int]) -> list[Entry]:
        """Return an entry for each of `pks` that can be found now; one that is left out leaves the index."""
        raise NotImplementedError

    def cards(self, user, pks: Iterable[int], request=None) -> dict[int, Card]:
        """Return cards of those of `pks` that `user` may read, asked of the model itself."""
        raise NotImplementedError

    def let_through(self, user, kept: Mapping[int, Card], request=None) -> dict[int, Card]:
        """Return cards of those of `kept` ({id: its card as the entry keeps it}) that `user` may read, asked of the
        model itself. What a reader sees is made anew unless a room says that it may be shown as it is kept.
        """
        return self.cards(user, list(kept), request)

    def readable(self, user) -> QuerySet:
        """Return the ids of all that `user` may read, as a queryset of one column, to stand within another query."""
        raise NotImplementedError


@dataclass(frozen=True)
class Choice:
    value: str
    label: str
    mark: str = ""


@dataclass(frozen=True)
class Field:
    """A way to narrow what was found.

    `choices(values)` returns those of `values` that exist as Choices, in the order shown. `named(text)` returns the
    value that someone means who types `text` after a prefix, or None. `prefixes`: what may be typed before the colon.
    `together`: {name: values} -> {name: Choices}, of all fields that have the same one, in one query.
    `called(texts)` returns {text: Choice} of those that are just the name of a choice, in one query; where it stands,
    a name typed as a plain word is offered as a choice. `is_shelf`: one of a few values, on which much of the library
    stands; its words tell less of a thing than its own.
    """

    name: str
    label: str
    choices: Callable[[Iterable[str]], list[Choice]]
    named: Callable[[str], str | None]
    prefixes: tuple[str, ...]
    together: Callable[[Mapping[str, Iterable[str]]], Mapping[str, list[Choice]]] | None = None
    called: Callable[[Iterable[str]], dict[str, Choice]] | None = None
    is_select: bool = False
    is_shelf: bool = False
    order: int = 100


touched = Signal()

_findables: dict[str, Findable] = {}
_fields: dict[str, Field] = {}
_terms: dict[str, list[Callable]] = {}
_audiences: list[Callable] = []
_corners: list = []


def register(findable: Findable) -> Findable:
    """Register things once; a second of the same name is a fault in the code and raises ValueError."""
    if findable.name in _findables:
        raise ValueError(f"{findable.name!r} is registered already.")
    _findables[findable.name] = findable
    return findable


def registered() -> list[Findable]:
    return list(_findables.values())


def named(name: str) -> Findable | None:
    return _findables.get(name)


def kinds() -> list[Kind]:
    """Return every kind there is, in the order shown."""
    return [kind for findable in _findables.values() for kind in findable.kinds()]


def register_field(narrowing: Field) -> Field:
    if narrowing.name in _fields:
        raise ValueError(f"The field {narrowing.name!r} is registered already.")
    _fields[narrowing.name] = narrowing
    return narrowing


def fields() -> list[Field]:
    return sorted(_fields.values(), key=lambda narrowing: narrowing.order)


def choices_of(wanted: Mapping[str, Iterable[str]]) -> dict[str, list[Choice]]:
    """Return for each field those of its values in `wanted` that exist, in the order shown; as `Field.choices`."""
    found, together = {}, defaultdict(dict)
    for narrowing in fields():
        values = wanted.get(narrowing.name)
        if values and narrowing.together:
            together[narrowing.together][narrowing.name] = values
        else:
            found[narrowing.name] = narrowing.choices(values) if values else []
    for choices, some in together.items():
        found |= choices(some)
    return found


def register_terms(name: str):
    """Register `function(pks) -> {pk: {field: [Term, …]}}` over the things of findable `name`, in fixed queries."""

    def decorator(function):
        _terms.setdefault(name, []).append(function)
        return function

    return decorator


def terms_of(name: str, pks: Iterable[int]) -> dict[int, dict[str, tuple[Term, ...]]]:
    """Return what each of `pks` stands under, gathered from every room; each term once."""
    pks = list(pks)
    found = {pk: {} for pk in pks}
    for tell in _terms.get(name, []):
        for pk, under in tell(pks).items():
            for label, terms in under.items():
                found[pk].setdefault(label, {}).update(dict.fromkeys(terms))
    return {pk: {label: tuple(terms) for label, terms in under.items()} for pk, under in found.items()}


def register_audience(function):
    """Register `function(user) -> tokens`: what else than the public `user` belongs to, asked at each search."""
    _audiences.append(function)
    return function


def audiences_of(user) -> frozenset[str]:
    """Return the tokens of the entries that `user` (None for a stranger) may read."""
    return frozenset({PUBLIC}.union(*(tokens(user) for tokens in _audiences)))


@dataclass(frozen=True)
class Corner:
    """A part of what a reader may read, to search in alone. `name`: as in the address, `label`: as it is told."""

    name: str
    label: str
    audiences: frozenset[str]


def register_corner(function):
    """Register `function(user, name) -> Corner`, or None where `user` knows of none by that name."""
    _corners.append(function)
    return function


def corner_of(user, name: str) -> Corner | None:
    """Return the corner that `user` may search in by the name of `name`. What is closed to her is answered as what is
    not there.
    """
    return next((corner for find in _corners if (corner := find(user, name))), None)


def touch(name: str, pks: Iterable[int], losing: bool = False) -> None:
    """Tell that entries of the findable `name` must be made again. Call it in the transaction that changes them.

    `losing`: the thing may be gone, or closed to someone: such are seen to first.
    """
    if pks := sorted(set(pks)):
        touched.send(Findable, name=name, pks=pks, losing=losing)
