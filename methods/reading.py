"""What the pages of methods and tools show."""

from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from content.cards import cards_for
from content.listing import listed, narrow
from content.models import File
from content.reading import is_previewed, shows
from methods import uses
from methods.facets import facets_for
from methods.models import MethodIndexPage, MethodPage, ToolFile, ToolIndexPage, ToolPage
from network.faces import standing_of
from taxonomy.facets import Sort, narrowed

RELATED = 3


def _with_users(pages):
    return pages.annotate(users=uses.number_of_users())


SORTS = [
    Sort("brugt", _("Brugt i flest kommuner"), ("-users", "sort_key"), _with_users),
    Sort("titel", _("Titel, A–Å"), ("sort_key",), _with_users),
    Sort("nyeste", _("Nyeste først"), ("-first_published_at",), _with_users),
]


@shows(MethodIndexPage, ToolIndexPage)
def index_context(page, request):
    listing = narrowed(listed(*page.listed_types), facets_for(page.listed_types), SORTS, request.GET, narrow)
    return {"listing": listing, "cards": cards_for(listing.page, request, ("users",))}


@shows(MethodPage)
def method_context(page, request):
    tools = ToolPage.used_with.through.objects.filter(methodpage=page.pk, toolpage=OuterRef("pk"))
    return _shared(page, request, Exists(tools))


@shows(ToolPage)
def tool_context(page, request):
    if is_previewed(request):
        return _shared(page, request, Q(pk__in=[method.pk for method in page.used_with.all()]))
    methods = ToolPage.used_with.through.objects.filter(toolpage=page.pk, methodpage=OuterRef("pk"))
    return _shared(page, request, Exists(methods))


def _shared(page, request, is_partner):
    """`is_partner`: the condition of the methods and tools that the page is made to be used with."""
    around = _around(page, is_partner)
    own = [row for row in around if row.pk == page.pk]
    beside = [row for row in around if row.is_partner]
    related = [row for row in around if row not in own and row not in beside][:RELATED]
    shown = {row.pk: row for row in (*own, *beside, *related)}
    cards = {card.pk: card for card in cards_for(shown.values(), request, ("users",))}
    files = _files_in_hand(page) if is_previewed(request) else _files(page)
    standing = standing_of(page, request, cards)
    told = uses.uses_in_hand(page, standing.ground) if is_previewed(request) else uses.uses_of(page)
    return {
        "files": sorted((file for file in files.values() if file.place is not None), key=lambda file: file.place),
        "steps": [{**step, "sheet": files.get(step.get("sheet"))} for step in _raw_steps(page)],
        "standing": standing,
        "uses": told,
        "users": len({use.municipality_id for use in told}),
        "sources": page.sources.all(),
        "related": [cards[row.pk] for row in related],
        "used_with": [cards[row.pk] for row in beside],
        "index_url": (page.get_url(request) or "").removesuffix(f"{page.slug}/"),
    }


def _around(page, is_partner):
    """The page itself, what it is used with, and what is told beside it, most often first: one query."""
    rows = _with_users(listed(MethodPage, ToolPage)).annotate(
        together=uses.number_together(page), is_partner=is_partner
    )
    wanted = Q(pk__in=[page.pk]) | Q(is_partner=True) | Q(together__gt=0)
    return list(rows.filter(wanted).order_by("-together", "sort_key"))


def _files(page):
    """The files of the page by id: those of a tool, with `place` and `note`, and the sheets of the steps; one query.

    The stream's own values would ask for the sheets once more, so the steps are read from its raw data.
    """
    own = ToolFile.objects.filter(page=page.pk)
    here = own.filter(file=OuterRef("pk")).order_by("sort_order")
    sheets = [step["sheet"] for step in _raw_steps(page) if step.get("sheet")]
    files = File.objects.filter(Q(pk__in=sheets) | Q(pk__in=own.values("file")))
    return {
        file.pk: file
        for file in files.annotate(
            place=Subquery(here.values("sort_order")[:1]), note=Subquery(here.values("note")[:1])
        )
    }


def _files_in_hand(page):
    """As `_files`, with the rows of the form instead of those in the database."""
    relation = getattr(page, "tool_files", None)
    rows = [row for row in relation.all() if row.file_id] if relation else []
    sheets = [step["sheet"] for step in _raw_steps(page) if step.get("sheet")]
    files = File.objects.in_bulk([*sheets, *(row.file_id for row in rows)])
    places = {row.file_id: (place, row.note) for place, row in enumerate(rows)}
    for pk, file in files.items():
        file.place, file.note = places.get(pk, (None, None))
    return files


def _raw_steps(page):
    return [block["value"] for block in page.steps.raw_data if block["type"] == "step"]
