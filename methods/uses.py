"""How methods were used, as their pages and the places show it."""

from dataclasses import dataclass
from math import inf

from django.db.models import CharField, Count, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce

from methods.facets import shown_uses, told_uses
from methods.models import MethodUse

_tellers = []
TOLD = ("period", "outcome", "ground")


@dataclass(frozen=True)
class Told:
    """What the page that tells of a use knows beside it: when, what came of it, and under which ground cover."""

    period: str = ""
    outcome: str = ""
    ground: str = ""


def register_teller(function):
    """Register `function() -> {field of Told: subquery}` for pages of a floor above that tell of uses.

    The subqueries select from the telling page, which is OuterRef("page") of the use.
    """
    _tellers.append(function)
    return function


def with_told(uses) -> list:
    """Return the rows of a queryset of uses, each with `told` (a Told) beside it: one query for all."""
    uses = list(uses.annotate(**{f"told_{name}": _first_told(name) for name in TOLD}))
    for use in uses:
        use.told = Told(**{name: getattr(use, f"told_{name}") for name in TOLD})
    return uses


def _first_told(name):
    blank = Value("", output_field=CharField())
    asked = [told[name] for teller in _tellers if name in (told := teller())]
    return Coalesce(*asked, blank, output_field=CharField()) if asked else blank


def uses_of(method):
    """Return the uses of `method` in Danish order of municipality, each with `told` beside it."""
    uses = shown_uses().filter(method=method).select_related("municipality", "page")
    return with_told(uses.order_by("municipality__sort_key", "pk"))


def uses_in_hand(page, ground):
    """As `uses_of`, for a method or tool in a preview: the uses in its form, and those told on open pages.

    `ground`: the ground cover of the page as it stands in the form.
    """
    own = [use for use in page.method_uses.all() if use.municipality_id and use.method_id in (None, page.pk)]
    for use in own:
        # What saving will set: here the method need not be named.
        use.method_id, use.told = page.pk, Told(ground=ground)
    elsewhere = told_uses().filter(method=page.pk).exclude(page=page.pk).select_related("municipality", "page")
    return sorted([*own, *with_told(elsewhere)], key=lambda use: (use.municipality.sort_key, use.pk or inf))


def number_of_users(outer="pk"):
    """Return an expression: in how many municipalities the method in the outer row was used."""
    counted = (
        shown_uses()
        .filter(method=OuterRef(outer))
        .order_by()
        .values("method")
        .annotate(n=Count("municipality", distinct=True))
    )
    return Coalesce(Subquery(counted.values("n")), 0)


def users_of(method_ids) -> dict[int, int]:
    """Return {method id: number of distinct municipalities}."""
    rows = shown_uses().filter(method__in=method_ids).order_by().values_list("method_id")
    return dict(rows.annotate(n=Count("municipality", distinct=True)))


def number_together(method, outer="pk"):
    """Return an expression: on how many pages that tell of `method` the method in the outer row is told too."""
    pages = shown_uses().filter(method=method.pk).exclude(page=method.pk).values("page_id")
    counted = (
        MethodUse.objects.filter(method=OuterRef(outer), page__in=pages)
        .order_by()
        .values("method")
        .annotate(n=Count("page", distinct=True))
    )
    return Coalesce(Subquery(counted.values("n")), 0)
