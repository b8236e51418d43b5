"""The page of results: what stands in its address, and what it shows of an answer. The whole state is the address."""

import re
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from django.core.paginator import EmptyPage, Paginator
from django.http import Http404, QueryDict
from django.utils.translation import gettext_lazy as _

from content import findable
from search import finding, onward, reading
from search.entries import KIND
from search.query import FURTHEST, NEWEST, PAGE_SIZE, RELEVANCE
from taxonomy.facets import Chip, Choice, Listing, ShownFacet, Sort

MOST_VALUES = 40  # of one field in an address
MOST_CHOICES = 100  # of one field on the page: more than anyone looks through, and there may be thousands of tags
SORTS = [Sort(RELEVANCE, _("Bedste match"), ()), Sort(NEWEST, _("Nyeste først"), ())]
WITHIN = "rum"  # in the address: the corner that is searched alone
_QUOTE = '"“”„‟«»″'
_PIECE = re.compile(rf"[^\s{_QUOTE}]*[{_QUOTE}][^{_QUOTE}]*[{_QUOTE}]|\S+")


class TooLong(Exception):
    """More was typed than is read."""


@dataclass(frozen=True)
class Address:
    """What stands in the address of a page of results. `chosen`: {field: values}, also of fields with no value.
    `within`: the name of the corner that is searched alone, or nothing.
    """

    text: str
    chosen: dict[str, list[str]]
    sort: str
    page: int
    is_exact: bool
    within: str = ""

    @property
    def pairs(self):
        """What leads here again: all but the number of the page, and nothing that is the usual."""
        pairs = [("q", self.text)] if self.text else []
        pairs += [(name, value) for name, values in self.chosen.items() for value in values]
        pairs += [(WITHIN, self.within)] if self.within else []
        pairs += [("sorter", self.sort)] if self.sort != RELEVANCE else []
        return pairs + ([("praecis", "1")] if self.is_exact else [])

    @property
    def asks_nothing(self):
        """Nothing is chosen, and nothing typed but signs that no word has."""
        return not self.within and not any(self.chosen.values()) and reading.read(self.text).is_empty

    def choosing(self, name, values):
        return replace(self, chosen={**self.chosen, name: list(values)})

    def query(self):
        return "?" + urlencode(self.pairs)


@dataclass(frozen=True)
class Tab:
    """A kind, where it leads, and its number; None where the number is not for this reader."""

    label: str
    address: str
    number: int | None
    is_current: bool = False


@dataclass(frozen=True)
class Row:
    """A hit as it is shown. `passage`: only where it tells of more words than title and summary do."""

    card: object
    title: list
    summary: list
    passage: list


@dataclass
class Results(Listing):
    """A page of results, with all a template needs."""

    found: finding.Found = None
    asked: Address = None
    rows: list[Row] = field(default_factory=list)
    beside: list[Row] = field(default_factory=list)
    tabs: list[Tab] = field(default_factory=list)
    locked: list[findable.Kind] = field(default_factory=list)
    offers: list[Chip] = field(default_factory=list)
    wider: list[str] = field(default_factory=list)
    corner: findable.Corner | None = None

    @property
    def plain(self):
        """This search without a choice."""
        return replace(self.asked, chosen=dict.fromkeys(self.asked.chosen, [])).query()

    @property
    def everywhere(self):
        """This search over the whole site."""
        return replace(self.asked, within="").query()

    @property
    def exact(self):
        return replace(self.asked, is_exact=True).query()

    @property
    def meant(self):
        """The search for what was most likely meant, under the same choices."""
        return replace(self.asked, text=self.found.meant, is_exact=False).query()

    @property
    def orders(self):
        """The sorts, each with the way to it."""
        return [(sort, replace(self.asked, sort=sort.name).query()) for sort in self.sorts]

    @property
    def kept(self):
        """What a form of choices has to carry along: all that is not a choice."""
        return [pair for pair in self.asked.pairs if pair[0] not in self.asked.chosen]


def read_address(params: QueryDict) -> Address:
    """Read the address of a page of results.

    Raises TooLong where more is typed than is read, and Http404 for a number that no page can have. What is typed as a
    choice (`tema:bosætning`) is one from here on, with a chip like any other.
    """
    if len(params.get("q", "")) > reading.LONGEST:
        raise TooLong
    chosen = {name: _values(params, name) for name in field_names()}
    text = reading.tidy(params.get("q", ""))
    text, typed = _split(text)
    for name, values in typed.items():
        chosen[name] = list(dict.fromkeys([*chosen.get(name, []), *values]))
    known = {sort.name for sort in SORTS}
    sort = params.get("sorter", RELEVANCE)
    return Address(
        text=text,
        chosen=chosen,
        sort=sort if sort in known else RELEVANCE,
        page=_page_number(params.get("side", "1")),
        is_exact=params.get("praecis") == "1",
        within=_within(params),
    )


def field_names() -> list[str]:
    return [KIND, *(narrowing.name for narrowing in findable.fields())]


def results(user, address: Address, request=None) -> Results:
    """Search for what `address` says, and make the page of it. Raises Http404 for a number of a page past the last."""
    corner = findable.corner_of(user, address.within) if address.within else None
    elsewhere = [address.within] if address.within and corner is None else []
    if elsewhere:
        address = replace(address, within="")
    found = _find(user, address, request, corner)
    choices = _choices(found, address)
    unknown = [value for name, values in address.chosen.items() for value in values if value not in choices[name]]
    if unknown:
        kept = {name: [v for v in values if v in choices[name]] for name, values in address.chosen.items()}
        address = replace(address, chosen=kept)
        found = _find(user, address, request, corner)
        choices = _choices(found, address)
    facets = _facets(found, address, choices)
    total = found.answer.total
    shown = Results(
        page=_page(address.page, total),
        total=total,
        whole=total,
        facets=facets,
        chips=_chips(address, facets),
        sorts=SORTS if found.query.asks_for_words else SORTS[1:],
        sort=_sort(address, found),
        text=address.text,
        unknown=unknown + elsewhere,
        corner=corner,
        state=urlencode(address.pairs),
        found=found,
        asked=address,
        rows=[_row(result) for result in found.results],
        beside=[_row(result) for result in found.beside],
        tabs=_tabs(found, address, choices[KIND]),
        locked=[] if user.is_authenticated else _locked(),
        offers=[_offer(address, offer) for offer in found.offers],
        wider=onward.wider(found),
    )
    if not total:
        shown.ways_out = onward.ways_out(found, address, shown.chips)
    return shown


def _find(user, address, request, corner):
    return finding.find(
        user,
        address.text,
        chosen=address.chosen,
        sort=address.sort,
        page=address.page,
        exact=address.is_exact,
        within=corner,
        request=request,
    )


# --- what stands in the address -----------------------------------------------------------------------


def _values(params, name):
    given = dict.fromkeys(value[:100] for value in params.getlist(name) if value and "\0" not in value)
    return list(given)[:MOST_VALUES]


def _within(params):
    value = params.get(WITHIN, "")[:100]
    return "" if "\0" in value else value.strip()


def _split(text):
    """Return the text without the choices typed in it, and these."""
    typed = reading.read(text).chosen
    if not typed:
        return text, {}
    return " ".join(piece for piece in _PIECE.findall(text) if not reading.read(piece).chosen), typed


def _page_number(raw):
    if not (raw.isascii() and raw.isdigit()) or len(raw) > 3 or not 1 <= int(raw) <= FURTHEST // PAGE_SIZE:
        raise Http404
    return int(raw)


def _page(number, total):
    try:
        return Paginator(range(min(total, FURTHEST)), PAGE_SIZE).page(number)
    except EmptyPage as error:
        raise Http404 from error


# --- what the page shows ------------------------------------------------------------------------------


def _choices(found, address):
    """Return {field: {value: label and mark}} of what was chosen and what most hits stand under, as it is shown."""
    wanted = {name: {*_most(found, name), *address.chosen[name]} for name in address.chosen}
    kinds = [findable.Choice(kind.name, kind.plural) for kind in findable.kinds() if kind.name in wanted[KIND]]
    choices = {KIND: kinds, **findable.choices_of(wanted)}
    return {name: {one.value: one for one in of_field} for name, of_field in choices.items()}


def _most(found, name):
    """The values of a field that most of what was found stands under."""
    numbers = found.answer.facets.get(name, {})
    if len(numbers) <= MOST_CHOICES:
        return numbers
    return sorted(numbers, key=lambda value: (-numbers[value], value))[:MOST_CHOICES]


def _facets(found, address, choices):
    shown = [(narrowing.name, narrowing.label, narrowing.is_select) for narrowing in findable.fields()]
    shown.append((KIND, _("Slags"), False))
    return [
        ShownFacet(
            name,
            label,
            [
                Choice(
                    value=value,
                    label=one.label,
                    count=found.answer.facets.get(name, {}).get(value, 0),
                    chosen=value in address.chosen[name],
                    mark=one.mark,
                )
                for value, one in choices[name].items()
            ],
            is_select,
            is_cut=len(found.answer.facets.get(name, ())) > MOST_CHOICES,
        )
        for name, label, is_select in shown
    ]


def _chips(address, facets):
    """What is chosen, each with the way back from it. The words stand in the box."""
    return [
        Chip(
            facet.name,
            choice.value,
            str(choice.label),
            address.choosing(facet.name, (v for v in address.chosen[facet.name] if v != choice.value)).query(),
        )
        for facet in facets
        for choice in facet.chosen
    ]


def _tabs(found, address, kinds):
    """A tab for each kind that there is something of under the other choices, the most first, and before them all."""
    numbers = found.answer.facets.get(KIND, {})
    chosen = address.chosen[KIND]
    # Every entry is of one kind, so the kinds add up to all.
    tabs = [Tab(_("Alle"), address.choosing(KIND, ()).query(), sum(numbers.values()), not chosen)]
    return tabs + [
        Tab(kind.label, address.choosing(KIND, [name]).query(), numbers.get(name, 0), chosen == [name])
        for name, kind in sorted(kinds.items(), key=lambda item: -numbers.get(item[0], 0))
    ]


def _locked():
    """The kinds that are for members alone: a stranger sees that there are such, and neither how many nor which."""
    return [kind for kind in findable.kinds() if kind.is_closed]


def _sort(address, found):
    name = address.sort if found.query.asks_for_words else NEWEST
    return next(sort for sort in SORTS if sort.name == name)


def _offer(address, offer):
    chosen = address.chosen[offer.field]
    way = replace(address.choosing(offer.field, [*chosen, offer.value]), text=offer.rest)
    return Chip(offer.field, offer.value, offer.name, way.query())


def _row(result):
    told = _marked(result.title) | _marked(result.summary)
    passage = result.passage if _marked(result.passage) - told else []
    return Row(result.card, result.title, result.summary, passage)


def _marked(pieces):
    return {piece.text.lower() for piece in pieces if piece.is_marked}
