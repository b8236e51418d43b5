"""Where a project or story is from, laid beside the rows of a list so that no row asks for it."""

from django.db import DEFAULT_DB_ALIAS
from django.db.models import Count, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from methods.facets import shown_uses
from network.models import Municipality

FIELDS = ("id", "code", "name", "full_name", "slug", "region", "population_2014", "population_2023")
CARRY = (*(f"place_{name}" for name in FIELDS), "told")


def with_place(pages: QuerySet) -> QuerySet:
    """Annotate Wagtail pages with the municipality of the project or story, and how many methods it tells of."""
    told = (
        shown_uses().filter(page=OuterRef("pk")).order_by().values("page").annotate(n=Count("method", distinct=True))
    )
    return pages.annotate(told=Subquery(told.values("n")), **{f"place_{name}": _either(name) for name in FIELDS})


def _either(name):
    return Coalesce(F(f"projectpage__municipality__{name}"), F(f"casestorypage__municipality__{name}"))


def place_of(row: dict) -> Municipality:
    """Return the municipality that stands in a row of `CARRY`; a field left out is fetched if someone asks for it."""
    return Municipality.from_db(DEFAULT_DB_ALIAS, FIELDS, [row[f"place_{name}"] for name in FIELDS])
