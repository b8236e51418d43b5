"""What the front page and the map show."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import CharField, Count, F, Q, Value
from django.db.models.functions import Cast

from cases.models import CaseStoryPage, ProjectIndexPage, ProjectPage
from cases.places import CARRY, with_place
from content.cards import cards_for
from content.listing import listed
from content.reading import shows
from home.models import HomePage, MapPage
from methods.models import MethodIndexPage, MethodPage, ToolPage
from methods.uses import number_of_users
from network.models import Municipality
from taxonomy import models as words

METHODS = (MethodPage, ToolPage)
CASES = (ProjectPage, CaseStoryPage)
LISTS = (MethodIndexPage, ProjectIndexPage)
MOST_USED = 4
BY_PLACE = ("projectpage__municipality__sort_key", "sort_key")


@dataclass(frozen=True)
class CountedWord:
    """A word of a vocabulary with the number of things under it, as the front page shows it."""

    slug: str
    title: str
    description: str
    mark: str
    number: int


def counted_words() -> dict[str, list[CountedWord]]:
    """Return the words of the front page in the editors' order, under their vocabularies: one query."""
    parts = [
        _counted("challenges", words.Challenge, (ProjectPage,)),
        _counted("themes", words.Theme, METHODS, mark=F("ground")),
        _counted("phases", words.Phase, METHODS),
    ]
    found = {"challenges": [], "themes": [], "phases": []}
    rows = parts[0].union(*parts[1:], all=True)
    for vocabulary, _place, *word in sorted(rows, key=lambda row: (row[1], row[2])):
        found[vocabulary].append(CountedWord(*word))
    return found


def _counted(vocabulary, model, types, mark=None):
    pages = listed(*types).values("pk")
    return (
        model.objects.order_by()
        .annotate(
            vocabulary=Value(vocabulary, output_field=CharField()),
            mark=Cast(mark or Value(""), CharField()),
            number=Count("assignments", filter=Q(assignments__page__in=pages)),
        )
        .values_list("vocabulary", "sort_order", "slug", "title", "description", "mark", "number")
    )


@dataclass(frozen=True)
class Spot:
    """A project on the map."""

    municipality: Municipality
    title: str
    url: str
    themes: list
    ground: str

    @property
    def theme(self):
        main = next((theme for theme in self.themes if theme.is_main), None)
        return main or (self.themes[0] if self.themes else None)

    @property
    def other_themes(self):
        return [theme for theme in self.themes if theme is not self.theme]


def project_spots(request):
    """Return a Spot for each project, in Danish order of municipality: two queries."""
    pages = with_place(listed(ProjectPage)).order_by(*BY_PLACE)
    return [_spot(card) for card in cards_for(pages, request, CARRY)]


def _spot(card):
    standing = card.extra["standing"]
    return Spot(card.extra["municipality"], card.title, card.url, standing.themes, standing.ground)


@shows(HomePage)
def front_context(page, request):
    """All the pages that the front page shows come in one query, and so do all the words they stand under."""
    featured = [row.shown_id for row in page.featured.all()]
    cards = {card.pk: card for card in cards_for(_front_pages(featured), request, (*CARRY, "users"))}
    most_used = [card for card in cards.values() if card.extra["users"]]
    lists = {card.kind: card.url for card in cards.values()}
    return {
        "spots": [_spot(card) for card in cards.values() if card.kind == ProjectPage.kind],
        "stories": [cards[pk] for pk in featured if pk in cards],
        "most_used": sorted(most_used, key=lambda card: -card.extra["users"]),
        "number_of_methods": listed(*METHODS).count(),
        "methods_url": lists.get(MethodIndexPage.kind, ""),
        "projects_url": lists.get(ProjectIndexPage.kind, ""),
        **counted_words(),
    }


def _front_pages(featured):
    """The projects by place, the featured stories, the methods that most municipalities used, and the two lists."""
    used = listed(*METHODS).annotate(users=number_of_users()).filter(users__gt=0)
    most_used = used.order_by("-users", "sort_key").values("pk")[:MOST_USED]
    pages = with_place(listed(*CASES, *METHODS, *LISTS)).annotate(users=number_of_users())
    lists = Q(methodindexpage__isnull=False) | Q(projectindexpage__isnull=False)
    stories = Q(casestorypage__isnull=False, pk__in=featured)
    return pages.filter(Q(projectpage__isnull=False) | stories | Q(pk__in=most_used) | lists).order_by(*BY_PLACE)


@dataclass(frozen=True)
class ThemeChoice:
    """A theme above the map: the number of projects under it, and the address with it chosen or taken away."""

    theme: words.Theme
    number: int
    chosen: bool
    address: str


@shows(MapPage)
def map_context(page, request):
    """The spots under the chosen themes; a theme counts the projects that stand under it."""
    spots = project_spots(request)
    themes = list(words.Theme.objects.all())
    asked = request.GET.getlist("tema")
    chosen = [theme.slug for theme in themes if theme.slug in asked]
    return {
        "spots": [spot for spot in spots if not chosen or _stands_under(spot, chosen)],
        "whole": len(spots),
        "themes": themes,
        "is_narrowed": bool(chosen),
        "choices": [_choice(theme, chosen, spots) for theme in themes],
    }


def _choice(theme, chosen, spots):
    toggled = [slug for slug in chosen if slug != theme.slug]
    if theme.slug not in chosen:
        toggled.append(theme.slug)
    number = sum(_stands_under(spot, [theme.slug]) for spot in spots)
    return ThemeChoice(theme, number, theme.slug in chosen, "?" + urlencode({"tema": toggled}, doseq=True))


def _stands_under(spot, slugs):
    return any(theme.slug in slugs for theme in spot.themes)
