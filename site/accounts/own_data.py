"""What the house keeps about a person, for herself to take along. Each room brings its part:

    brings(
        _("Tak, du har sagt"),
        Thanks,
        whose=["user"],                              the columns that say whose row it is
        tells={"post": _("Indlæg"), "at": _("Hvornår")},
        leaves={"form_key": "of the form alone"},    what is not taken along, and why
    )

Everything she wrote is taken along, whether or not she may read there still; of others nothing but what things are
called, and that as she may read it at this moment: `@names(Post)` says so for what a column points at. Every column of
every row that is hers is either told or left out for a reason (tests/accounts/test_own_data.py).
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from django.contrib.auth import get_user_model
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model, Q, QuerySet
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

REST = "*"
NOT_READABLE = gettext_lazy("noget, du ikke kan læse længere")
Names = Callable[[object, set], dict]
_names: dict[type[Model], Names] = {}
_parts: list["Part"] = []
_left: dict[type[Model], str] = {}


@dataclass(frozen=True)
class Part:
    """One kind of rows. `own_words`: a column that is hers only where another column says that it is by her.

    `in_words`: what stands in a column is found by a function: (user, rows) → {pk of the row: words}.
    """

    title: str
    model: type[Model]
    whose: list[str]
    tells: dict[str, str]
    leaves: dict[str, str] = field(default_factory=dict)
    own_words: dict[str, str] = field(default_factory=dict)
    in_words: dict[str, Callable] = field(default_factory=dict)
    rows: Callable[[object], QuerySet] | None = None

    def of(self, user) -> QuerySet:
        if self.rows is not None:
            return self.rows(user)
        hers = Q()
        for column in self.whose:
            hers |= Q(**{column: user.pk})
        return self.model._base_manager.filter(hers).distinct().order_by("pk")


def brings(title, model, **said) -> None:
    """Register what is taken along of the rows of a model."""
    _parts.append(Part(title, model, **said))


def leaves_out(model, why: str) -> None:
    """Say why nothing is taken along of a model that points at people."""
    _left[model] = why


def names(model):
    """Register what the rows of a model are called: (user, ids) → {id: words}, only of those that `user` may read."""

    def register(function: Names) -> Names:
        _names[model] = function
        return function

    return register


def parts() -> list[Part]:
    return list(_parts)


def left_out() -> dict:
    return dict(_left)


def told_of(user) -> dict[str, list[dict]]:
    """Return all that is kept about `user`: under the title of each part its rows, as {what: value}."""
    told = {}
    for part in _parts:
        told.setdefault(str(part.title), []).extend(_rows(part, user))
    return {title: rows for title, rows in told.items() if rows}


def zipped(user) -> bytes:
    """Return a ZIP with all that is kept about `user`: a page to read, and the same as JSON."""
    told = told_of(user)
    head = {_("Om"): user.email, _("Hentet"): timezone.now()}
    page = {"head": _readable(head), "told": {title: list(map(_readable, rows)) for title, rows in told.items()}}
    made = BytesIO()
    with ZipFile(made, "w", ZIP_DEFLATED) as archive:
        text = json.dumps({**head, **told}, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
        archive.writestr("mine-data.json", text)
        archive.writestr("laes-mig.html", render_to_string("account/own_data_file.html", page))
    return made.getvalue()


def _readable(row):
    return {what: _in_words(value) for what, value in row.items()}


def _in_words(value):
    if isinstance(value, bool):
        return _("ja") if value else _("nej")
    if isinstance(value, datetime):
        return date_format(timezone.localtime(value), "j. F Y, H.i")
    if isinstance(value, date):
        return date_format(value, "j. F Y")
    return ", ".join(value) if isinstance(value, list) else str(value)


def _rows(part, user):
    things = list(part.of(user))
    said = {column: _values(part, column, things, user) for column in part.tells}
    rows = []
    for thing in things:
        row = {str(label): said[column].get(thing.pk) for column, label in part.tells.items()}
        rows.append({label: value for label, value in row.items() if value not in (None, "", [])})
    return rows


def _values(part, column, things, user):
    """Return for each of `things` what stands in the column, in words."""
    if column in part.in_words:
        return part.in_words[column](user, things)
    if by := part.own_words.get(column):
        things = [thing for thing in things if getattr(thing, f"{by}_id") == user.pk]
    kind = part.model._meta.get_field(column)
    if kind.many_to_many:
        return _many(kind, things, user)
    if kind.is_relation:
        pointed = {thing.pk: getattr(thing, kind.attname) for thing in things}
        called = _called(kind.related_model, user, set(pointed.values()) - {None})
        return {pk: called.get(at, str(NOT_READABLE)) for pk, at in pointed.items() if at is not None}
    if kind.choices:
        return {thing.pk: str(getattr(thing, f"get_{column}_display")()) for thing in things}
    return {thing.pk: getattr(thing, column) for thing in things}


def _many(kind, things, user):
    pointed = {
        thing.pk: list(getattr(thing, kind.name).order_by("pk").values_list("pk", flat=True)) for thing in things
    }
    called = _called(kind.related_model, user, {pk for many in pointed.values() for pk in many})
    return {pk: [called[one] for one in many if one in called] for pk, many in pointed.items()}


def _called(model, user, ids):
    return {pk: str(words) for pk, words in _names[model](user, ids).items()} if ids else {}


@names(get_user_model())
def people(user, ids):
    """Of others it is not told who they are."""
    return {pk: _("dig") if pk == user.pk else _("en anden") for pk in ids}
