"""Facets over pages: what may be chosen, how many there are of each, and the rows that are left.

Values of one facet are joined with OR, facets with AND. The count of a value is what the reader would see after
choosing it too: the rows under every other facet's choice, not its own. All counts come from one query.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.core.paginator import EmptyPage, Page, Paginator
from django.db.models import CharField, Count, F, Q, QuerySet, Value
from django.db.models.functions import Cast, LPad
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from taxonomy import models as words

PAGE_SIZE = 30
MAX_VALUES = 40


@dataclass(frozen=True)
class Choice:
    value: str
    label: str
    count: int
    chosen: bool
    mark: str = ""


class Facet:
    """A way to narrow. A subclass says how: `narrow` for the rows, `counted` for the counts.

    `counted(pages)` returns values_list rows (facet name, value, label, order, mark, count), all text but the count.
    """

    is_select = False

    def __init__(self, name: str, label: str):
        self.name = name
        self.label = label

    def narrow(self, pages: QuerySet, values: list[str]) -> QuerySet:
        raise NotImplementedError

    def counted(self, pages: QuerySet) -> QuerySet:
        raise NotImplementedError

    def parts(self, pages: QuerySet) -> list[QuerySet]:
        """Return the queries that together count; a value that stands in several is summed up by `rows_shown`."""
        return [self.counted(pages)]

    def labels(self, values: list[str]) -> dict[str, str]:
        """Return {value: label} of those `values` that exist; asked only for choices that have no rows."""
        return {}

    def rows_shown(self, counts: list) -> list:
        """Put the counted rows (value, label, order, mark, number) in the order they are shown."""
        return sorted(counts, key=lambda row: (row[2], row[0]))

    def row(self, queryset, value, label, order, count, mark=None):
        return (
            queryset.order_by()
            .annotate(
                facet=Value(self.name, output_field=CharField()),
                value=Cast(value, CharField()),
                text=Cast(label, CharField()),
                place=Cast(order, CharField()),
                mark=Cast(mark if mark is not None else Value(""), CharField()),
                number=count,
            )
            .values_list("facet", "value", "text", "place", "mark", "number")
        )


class TermFacet(Facet):
    """Narrow by one of the vocabularies. Words with no rows are counted too, so that they can be shown as empty."""

    def __init__(self, name, label, model, rows):
        super().__init__(name, label)
        self.model = model
        self.rows = rows

    def narrow(self, pages, values):
        return pages.filter(pk__in=self.rows.objects.filter(term__slug__in=values).values("page_id"))

    def counted(self, pages):
        number = Count("assignments", filter=Q(assignments__page__in=pages.values("pk")))
        order = LPad(Cast("sort_order", CharField()), 5, Value("0"))
        mark = F("ground") if self.model is words.Theme else None
        return self.row(self.model.objects.all(), F("slug"), F("title"), order, number, mark)


class TagFacet(Facet):
    """Narrow by free tags; only tags that have rows are offered."""

    is_select = True

    def narrow(self, pages, values):
        rows = words.TaggedPage.objects.filter(tag__slug__in=values)
        return pages.filter(pk__in=rows.values("content_object_id"))

    def labels(self, values):
        return dict(words.Tag.objects.filter(slug__in=values).values_list("slug", "name"))

    def counted(self, pages):
        tags = words.Tag.objects.filter(tagged_pages__content_object__in=pages.values("pk"))
        return self.row(tags, F("slug"), F("name"), F("sort_key"), Count("tagged_pages"))


class KindFacet(Facet):
    """Narrow by page type. `types` are page classes with `kind` and `kind_plural`."""

    def __init__(self, name, label, types):
        super().__init__(name, label)
        self.types = {model.kind: model for model in types}

    def narrow(self, pages, values):
        return pages.type(*(self.types[value] for value in values if value in self.types))

    def counted(self, pages):
        # Grouped on the type's own name: Wagtail keeps one content type a page class.
        return self.row(
            pages.values("content_type"), F("content_type__model"), Value(""), Value(""), Count("pk", distinct=True)
        )

    def rows_shown(self, counts):
        by_model = {row[0]: row[4] for row in counts}
        return [
            (kind, model.kind_plural, "", "", by_model.get(model._meta.model_name, 0))
            for kind, model in self.types.items()
        ]


def vocabulary_facets():
    """The facets that every classified list has."""
    return [
        TermFacet("tema", _("Tema"), words.Theme, words.PageTheme),
        TermFacet("fase", _("Fase"), words.Phase, words.PagePhase),
        TermFacet("udfordring", _("Udfordring"), words.Challenge, words.PageChallenge),
        TermFacet("maalgruppe", _("Målgruppe"), words.TargetGroup, words.PageTargetGroup),
    ]


@dataclass(frozen=True)
class Sort:
    name: str
    label: str
    fields: tuple
    annotate: Callable[[QuerySet], QuerySet] = staticmethod(lambda pages: pages)


@dataclass
class ShownFacet:
    name: str
    label: str
    choices: list[Choice]
    is_select: bool = False
    is_cut: bool = False  # there are more choices than are shown

    @property
    def chosen(self):
        return [choice for choice in self.choices if choice.chosen]

    @property
    def offered(self):
        """What a select offers: one chosen can be changed for another, of several none is offered again."""
        chosen = self.chosen
        return self.choices if len(chosen) < 2 else [choice for choice in self.choices if not choice.chosen]

    @property
    def can_narrow(self):
        """Something can be chosen, or chosen away: a vocabulary without a single row is no choice."""
        return any(choice.count or choice.chosen for choice in self.choices)


@dataclass(frozen=True)
class Chip:
    """A choice in force, and the query string of the list without it."""

    name: str
    value: str
    label: str
    without: str


@dataclass(frozen=True)
class WayOut:
    label: str
    without: str
    count: int


@dataclass
class Listing:
    """A narrowed list as a template shows it."""

    page: Page
    total: int
    whole: int
    facets: list[ShownFacet]
    chips: list[Chip]
    sorts: list[Sort]
    sort: Sort
    text: str
    unknown: list[str] = field(default_factory=list)
    ways_out: list[WayOut] = field(default_factory=list)
    state: str = ""

    @property
    def is_narrowed(self):
        return bool(self.chips)

    def address(self, number: int) -> str:
        """The query string of page `number` of this list."""
        pairs = self.state + (f"&side={number}" if number > 1 else "")
        return "?" + pairs.lstrip("&")

    @property
    def next_address(self):
        return self.address(self.page.next_page_number()) if self.page.has_next() else ""

    @property
    def previous_address(self):
        return self.address(self.page.previous_page_number()) if self.page.has_previous() else ""


@dataclass
class Narrowing:
    """What an address asks of a list, before it is sorted and cut into pages. `rows` are those that are left."""

    pages: QuerySet
    found: QuerySet
    text: str
    asked: dict[str, list[str]]
    all_facets: list[Facet]
    facets: list[ShownFacet]
    unknown: list[str]

    @property
    def rows(self):
        return _apply(self.found, self.all_facets, self.asked)

    @property
    def pairs(self):
        pairs = [("q", self.text)] if self.text else []
        return pairs + [(name, value) for name, values in self.asked.items() for value in values]


def narrowing(pages, facets, params, narrow) -> Narrowing:
    """Read from the address by what `pages` are to be narrowed. The arguments are those of `narrowed`."""
    text = " ".join(params.get("q", "").replace("\0", " ").split())[:100]
    asked = {facet.name: _values(params, facet.name) for facet in facets}
    found = narrow(pages, text) if text else pages
    shown, unknown = _shown_and_unknown(found, facets, asked)
    return Narrowing(pages, found, text, asked, facets, shown, unknown)


def narrowed(pages, facets, sorts, params, narrow, size=PAGE_SIZE) -> Listing:
    """Narrow `pages` by what stands in the address.

    `pages`: the whole list, with the face annotated (content.listing.listed). `facets`: Facet objects.
    `sorts`: Sort objects, the first is the usual one. `params`: a QueryDict. `narrow(pages, text)`: the plain box.
    Raises Http404 for a page number that is not there. Unknown values are left out and named in `unknown`.
    """
    asked = narrowing(pages, facets, params, narrow)
    sort = next((sort for sort in sorts if sort.name == params.get("sorter")), sorts[0])
    rows = sort.annotate(asked.rows).order_by(*sort.fields, "pk")
    pairs = asked.pairs + ([] if sort is sorts[0] else [("sorter", sort.name)])
    try:
        page = Paginator(rows, size).page(_page_number(params))
    except EmptyPage as error:
        raise Http404 from error
    total = page.paginator.count
    chips = chips_of(asked, pairs)
    return Listing(
        page=page,
        total=total,
        whole=total if not chips else pages.count(),
        facets=asked.facets,
        chips=chips,
        sorts=sorts,
        sort=sort,
        text=asked.text,
        unknown=asked.unknown,
        ways_out=[] if total else ways_out(asked, chips, pairs),
        state=urlencode(pairs),
    )


def _values(params, name):
    seen = dict.fromkeys(value[:100] for value in params.getlist(name) if value and "\0" not in value)
    return list(seen)[:MAX_VALUES]


def _page_number(params):
    raw = params.get("side", "1")
    if not (raw.isascii() and raw.isdigit()) or len(raw) > 6 or int(raw) < 1:
        raise Http404
    return int(raw)


def _apply(pages, facets, asked, but=None):
    for facet in facets:
        if facet is not but and asked[facet.name]:
            pages = facet.narrow(pages, asked[facet.name])
    return pages


def _counts(found, facets, asked):
    parts = [part for facet in facets for part in facet.parts(_apply(found, facets, asked, but=facet))]
    if not parts:
        return {}
    rows = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
    counts = {}
    for name, *rest in rows:
        counts.setdefault(name, []).append(rest)
    return counts


def _shown_and_unknown(found, facets, asked):
    """Return the facets as shown and the values nobody knows; the latter are taken out of `asked`."""
    unknown = []
    counts = _counts(found, facets, asked)
    for facet in facets:
        counted = {row[0] for row in facet.rows_shown(counts.get(facet.name, []))}
        missing = [value for value in asked[facet.name] if value not in counted]
        labels = facet.labels(missing) if missing else {}
        counts.setdefault(facet.name, []).extend([value, label, "", "", 0] for value, label in labels.items())
        unknown += [value for value in missing if value not in labels]
    if unknown:
        for name, values in asked.items():
            asked[name] = [value for value in values if value not in unknown]
        return _shown_and_unknown(found, facets, asked)[0], unknown
    return [_shown(facet, counts.get(facet.name, []), asked[facet.name]) for facet in facets], unknown


def _shown(facet, counts, asked):
    choices = [
        Choice(value=value, label=text, count=number, chosen=value in asked, mark=mark)
        for value, text, _place, mark, number in facet.rows_shown(counts)
    ]
    return ShownFacet(facet.name, facet.label, choices, facet.is_select)


def chips_of(asked: Narrowing, pairs) -> list[Chip]:
    """Return what is chosen, each with the address of the list without it; `pairs` is what stands in the address."""
    chosen = [("q", asked.text, f"»{asked.text}«")] if asked.text else []
    chosen += [(facet.name, choice.value, str(choice.label)) for facet in asked.facets for choice in facet.chosen]
    return [Chip(name, value, label, _without(pairs, name, value)) for name, value, label in chosen]


def _without(pairs, name, value):
    return "?" + urlencode([pair for pair in pairs if pair != (name, value)])


def ways_out(of: Narrowing, chips, pairs) -> list[WayOut]:
    """Nothing was found: the choice of which one facet (or the words) closes the road, and how many are there without?

    Values of one facet are joined with OR, so only all of them together can close it. One query for all roads.
    """
    roads = {
        facet.name: _apply(of.found, of.all_facets, of.asked, but=facet)
        for facet in of.all_facets
        if of.asked[facet.name]
    }
    if of.found is not of.pages:
        roads["q"] = _apply(of.pages, of.all_facets, of.asked)
    counts = _numbers(roads) if len(roads) > 1 else {}
    return [
        WayOut(
            label=", ".join(chip.label for chip in chips if chip.name == name),
            without="?" + urlencode([pair for pair in pairs if pair[0] != name]),
            count=counts[name],
        )
        for name in roads
        if counts.get(name)
    ]


def _numbers(roads):
    """Return {name: number of rows} of several querysets, in one query."""
    parts = [
        rows.order_by()
        .annotate(road=Value(name, output_field=CharField()))
        .values("road")
        .annotate(number=Count("pk"))
        for name, rows in roads.items()
    ]
    return {row["road"]: row["number"] for row in parts[0].union(*parts[1:], all=True)}
