"""What the pages of projects and case stories show."""

from math import inf
from urllib.parse import urljoin

from django.db.models import BooleanField, Case, Exists, F, OuterRef, Q, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from cases.facets import facets_for
from cases.models import CaseIndexPage, CaseStoryPage, ProjectIndexPage, ProjectPage
from cases.places import CARRY, with_place
from content.cards import cards_for
from content.listing import listed, narrow
from content.reading import is_previewed, shows
from methods.facets import shown_uses
from methods.models import MethodPage, ToolPage
from methods.uses import number_of_users
from network.faces import standing_of
from taxonomy.facets import Sort, narrowed
from taxonomy.models import PageTheme

RELATED = 2
SORTS = [
    Sort("titel", _("Titel, A–Å"), ("sort_key",), with_place),
    Sort("nyeste", _("Nyeste først"), ("-first_published_at",), with_place),
]


@shows(CaseIndexPage, ProjectIndexPage)
def index_context(page, request):
    listing = narrowed(listed(*page.listed_types), facets_for(page.listed_types), SORTS, request.GET, narrow)
    return {"listing": listing, "cards": cards_for(listing.page, request, CARRY)}


@shows(ProjectPage)
def project_context(page, request):
    results = list(page.results.all())
    return {
        **_shared(page, request, telling=[page.pk], stories=Q(casestorypage__project__in=[page.pk])),
        "results": [result for result in results if not _is_silent(result)],
        "silent": [result for result in results if _is_silent(result)],
    }


def _is_silent(result):
    """Does the row only say that the sources do not tell what came of it?"""
    return "ikke fundet" in result.text.lower()


@shows(CaseStoryPage)
def story_context(page, request):
    pages = [page.pk, page.project_id] if page.project_id else [page.pk]
    return _shared(page, request, telling=pages, project=page.project_id)


def _uses(page, request, telling):
    """The uses told on the pages `telling`; those of the page itself from its form in a preview."""
    uses = shown_uses().filter(page__in=telling)
    if not is_previewed(request):
        return list(uses.order_by("sort_order", "pk"))
    told = [*page.method_uses.all(), *uses.exclude(page=page.pk)]
    return sorted(told, key=lambda use: (use.sort_order or 0, use.pk or inf))


def _around(page, request, uses, stories, project):
    """All that the page shows of other pages, and its own row: one query."""
    methods = {use.method_id for use in uses}
    is_story = Case(When(stories, then=True), default=False) if stories else Value(False, BooleanField())
    rows = with_place(listed(MethodPage, ToolPage, CaseStoryPage, ProjectPage)).annotate(
        users=number_of_users(),
        is_story=is_story,
        is_project=Q(pk=project),
        is_related=Q(pk__in=same_theme(page, request)),
        theme_basis=Coalesce(F("projectpage__main_theme_basis"), Value("")),
    )
    wanted = Q(pk__in={page.pk, *methods}) | Q(is_story=True) | Q(is_project=True) | Q(is_related=True)
    return list(rows.filter(wanted).order_by("sort_key"))


def same_theme(page, request=None):
    """Return the ids of other places on the themes of `page`: those with the same main theme first.

    A project whose story is told here gives way to its story. Ties begin after `page` in the alphabet, so that
    the places early in it are not the neighbours of everyone.
    """
    themes, main = _themes_in_hand(page) if is_previewed(request) else _themes(page)
    shared = PageTheme.objects.filter(page=OuterRef("pk"), term__in=themes)
    same_main = shared.filter(is_main=True, term__in=main)
    told = listed(CaseStoryPage).filter(casestorypage__project__isnull=False).values("casestorypage__project")
    # A list, since None in it, the place that a draft does not name yet, excludes nothing.
    place = [page.municipality_id]
    others = (
        listed(CaseStoryPage, ProjectPage)
        .filter(Exists(shared))
        .exclude(projectpage__municipality__in=place)
        .exclude(casestorypage__municipality__in=place)
        .exclude(projectpage__in=told)
        .annotate(same_main=Exists(same_main), before=Case(When(sort_key__gt=page.sort_key, then=0), default=1))
    )
    return others.order_by("-same_main", "before", "sort_key").values("pk")[:RELATED]


def _themes(page):
    """The ids of the themes of `page`, and of its main theme, to be asked within the query."""
    own = PageTheme.objects.filter(page=page).values("term_id")
    return own, own.filter(is_main=True)


NOBODY = 0


def _themes_in_hand(page):
    """As lists. An empty one would be a constant in the query, and by that PostgreSQL does not sort."""
    own = list(page.page_themes.all())
    return [NOBODY, *(row.term_id for row in own)], [NOBODY, *(row.term_id for row in own if row.is_main)]


def _shared(page, request, telling, stories=None, project=None):
    """What both pages show.

    `telling`: the pages whose uses of methods are shown. `stories`: the condition of the stories told of the
    page. `project`: the project that the page is the story of.
    """
    uses = _uses(page, request, telling)
    around = _around(page, request, uses, stories, project)
    cards = {card.pk: card for card in cards_for(around, request, (*CARRY, "users"))}
    of_kind = {
        name: [cards[row.pk] for row in around if getattr(row, f"is_{name}") and row.pk != page.pk]
        for name in ("story", "project", "related")
    }
    standing = standing_of(page, request, cards)
    return {
        "place": _place(page, request, cards),
        "standing": standing,
        "main_theme": next((theme for theme in standing.themes if theme.is_main), None),
        "main_theme_basis": next((row.theme_basis for row in around if row.is_project), ""),
        "index_url": urljoin(page.get_url(request) or "", "../"),
        "methods": _methods(uses, cards),
        "stories": of_kind["story"],
        "project": next(iter(of_kind["project"]), None),
        "related": of_kind["related"],
        "sources": page.sources.all(),
    }


def _place(page, request, cards):
    """The municipality: from the page's own row, which has it along, or the one chosen in the form."""
    if page.pk in cards and not is_previewed(request):
        return cards[page.pk].extra["municipality"]
    return page.municipality


def _methods(uses, cards):
    """Return a row for each method told of, in the order of the telling: its card and the uses told here."""
    rows = {}
    for use in uses:
        if use.method_id in cards:
            rows.setdefault(use.method_id, {"card": cards[use.method_id], "uses": []})["uses"].append(use)
    return list(rows.values())
