"""The members as a list a reader can narrow: by words, by what one may be asked about, by municipality and by role.

Whatever narrows or counts asks the rule of each field (network.who_sees): a field that the reader does not see is not
found by searching for it, and stands in no number.
"""

from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.db.models import CharField, Count, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, LPad
from django.utils.translation import gettext_lazy as _

from content.listing import listed
from danish import danish_to_ascii
from network.models import Municipality, Profile
from network.person import Face, askable, faces_for, topics_of
from network.practice import uses
from network.who_sees import Eyes, colleagues_of, seen_by, shown_people
from taxonomy.facets import Chip, Facet, ShownFacet, WayOut, chips_of, narrowing, ways_out
from taxonomy.models import Theme

PER_PAGE = 30
WORDS = 6
THEMES, METHODS = Profile.themes.through.objects, Profile.methods.through.objects


@dataclass
class MemberList:
    """What the page of the members shows. `after`: the member behind whom the next page begins."""

    faces: list[Face]
    total: int
    whole: int
    text: str
    facets: list[ShownFacet]
    chips: list[Chip]
    unknown: list[str]
    state: str
    after: int | None = None
    is_first: bool = True
    ways_out: list[WayOut] = field(default_factory=list)
    about: str = ""

    @property
    def next_address(self):
        return "?" + "&".join(part for part in (self.state, f"efter={self.after}") if part) if self.after else ""

    @property
    def first_address(self):
        return f"?{self.state}"


# --- facets ---------------------------------------------------------------------------------------------


class _OfReader(Facet):
    """A facet over profiles, as one reader sees them."""

    def __init__(self, name, label, reader):
        super().__init__(name, label)
        self.reader = reader

    def seen(self, field, path=""):
        return seen_by(self.reader, field, path)


class ThemeFacet(_OfReader):
    def narrow(self, people, values):
        said = THEMES.filter(profile=OuterRef("pk"), theme__slug__in=values)
        return people.filter(self.seen("topics") & Q(Exists(said)))

    def counted(self, people):
        rows = THEMES.filter(self.seen("topics", "profile__"), profile__in=people.values("pk")).values("theme")
        order = LPad(Cast("theme__sort_order", CharField()), 5, Value("0"))
        return self.row(rows, F("theme__slug"), F("theme__title"), order, Count("pk"), F("theme__ground"))

    def labels(self, values):
        return dict(Theme.objects.filter(slug__in=values).values_list("slug", "title"))


class MethodFacet(_OfReader):
    """By a method that someone says she can be asked about, or that her municipality has used."""

    is_select = True

    def narrow(self, people, values):
        wanted = [int(value) for value in values if value.isascii() and value.isdigit() and len(value) < 12]
        said = METHODS.filter(profile=OuterRef("pk"), page__in=wanted, page_id__in=_askable_pages())
        found = self.seen("topics") & Q(Exists(said))
        for rows in uses():
            users = rows.filter(method__in=wanted, method_id__in=_askable_pages()).values("municipality")
            found |= self.seen("place") & Q(municipality__in=users)
        return people.filter(found)

    def parts(self, people):
        """Those whose municipality has used it, and of those who say so the ones that are not among them already."""
        return [self._said(people), *(self._used(people, rows) for rows in uses())]

    def _said(self, people):
        rows = METHODS.filter(self.seen("topics", "profile__"), profile__in=people.values("pk"))
        for told in uses():
            theirs = told.filter(method=OuterRef("page"), municipality=OuterRef("profile__municipality"))
            rows = rows.exclude(self.seen("place", "profile__") & Q(Exists(theirs)))
        rows = rows.filter(page_id__in=_askable_pages()).values("page")
        return self.row(rows, F("page_id"), F("page__title"), F("page__title"), Count("pk"))

    def _used(self, people, rows):
        seen = people.filter(self.seen("place")).values("pk")
        rows = rows.filter(method_id__in=_askable_pages(), municipality__profiles__in=seen).values("method")
        number = Count("municipality__profiles", distinct=True)
        return self.row(rows, F("method_id"), F("method__title"), F("method__title"), number)

    def rows_shown(self, counts):
        summed = {}
        for value, title, order, mark, number in counts:
            before = summed.get(value, (0,) * 5)[4]
            summed[value] = (value, title, order, mark, before + number)
        return sorted(summed.values(), key=lambda row: danish_to_ascii(row[2]))

    def labels(self, values):
        wanted = [int(value) for value in values if value.isascii() and value.isdigit() and len(value) < 12]
        pages = listed(*askable()).filter(pk__in=wanted)
        return {str(pk): title for pk, title in pages.values_list("pk", "title")}


def _askable_pages():
    return listed(*askable()).order_by().values("pk")


class PlaceFacet(_OfReader):
    is_select = True

    def narrow(self, people, values):
        return people.filter(self.seen("place"), municipality__slug__in=values)

    def counted(self, people):
        rows = people.filter(self.seen("place"), municipality__isnull=False).values("municipality")
        return self.row(
            rows, F("municipality__slug"), F("municipality__full_name"), F("municipality__sort_key"), Count("pk")
        )

    def labels(self, values):
        return dict(Municipality.anywhere.filter(slug__in=values).values_list("slug", "full_name"))


class KindFacet(_OfReader):
    """What someone is: a part of her role, and seen by those who see that."""

    def narrow(self, people, values):
        return people.filter(self.seen("role"), kind__in=values)

    def counted(self, people):
        return self.row(people.filter(self.seen("role")).values("kind"), F("kind"), Value(""), Value(""), Count("pk"))

    def rows_shown(self, counts):
        numbers = {row[0]: row[4] for row in counts}
        kinds = Profile.Kind.choices
        return [(value, label[:1].upper() + label[1:], "", "", numbers.get(value, 0)) for value, label in kinds]


class Numbers(Facet):
    """No facet to choose from: how many are left, and how many there are, counted along with the others."""

    def __init__(self, everyone):
        super().__init__("antal", "")
        self.everyone = everyone

    def narrow(self, people, values):
        return people

    def parts(self, people):
        return [
            self.row(rows.annotate(all=Value(1)).values("all"), Value(name), Value(""), Value(""), Count("pk"))
            for name, rows in (("total", people), ("whole", self.everyone))
        ]


class Topics(Facet):
    """No facet either: what those on the page can be asked about, told along with the numbers."""

    def __init__(self, page):
        super().__init__("emner", "")
        self.page = page

    def narrow(self, people, values):
        return people

    def parts(self, people):
        shown = self.page(people).values("pk")
        return [self._told(rows) for rows in topics_of(shown)]

    def _told(self, rows):
        return rows.annotate(
            facet=Value(self.name, output_field=CharField()),
            value=Cast("profile", CharField()),
            text=Cast("title", CharField()),
            order=Cast(Value(""), CharField()),
            mark=Cast("what", CharField()),
            number=F("place"),
        ).values_list("facet", "value", "text", "order", "mark", "number")

    @staticmethod
    def told_by(shown):
        return [(int(choice.value), choice.mark, choice.label, choice.count) for choice in shown.choices]


# --- words ----------------------------------------------------------------------------------------------


def named(people: QuerySet, text: str, reader) -> QuerySet:
    """Keep those in whose name each word of `text` stands, or in a field of theirs that `reader` sees."""
    for word in text.split()[:WORDS]:
        themes = THEMES.filter(profile=OuterRef("pk"), theme__title__icontains=word)
        methods = METHODS.filter(profile=OuterRef("pk"), page__title__icontains=word, page_id__in=_askable_pages())
        place = Q(municipality__full_name__icontains=word) | Q(organisation__icontains=word)
        people = people.filter(
            Q(user__name__icontains=word)
            | seen_by(reader, "role") & Q(role__icontains=word)
            | seen_by(reader, "place") & (place | Q(municipality__find_text__contains=danish_to_ascii(word)))
            | seen_by(reader, "about") & Q(about__icontains=word)
            | seen_by(reader, "topics") & (Q(Exists(themes)) | Q(Exists(methods)))
        )
    return people


# --- the list -------------------------------------------------------------------------------------------


def member_list(reader, params) -> MemberList:
    """Return the members as `reader` sees them, narrowed by what stands in the address (`params`)."""
    everyone = shown_people(reader)
    after = params.get("efter", "")
    numbers, topics = Numbers(everyone), Topics(lambda people: _behind(people, after)[:PER_PAGE])
    facets = [
        ThemeFacet("tema", _("Kan spørges om temaet"), reader),
        MethodFacet("metode", _("Kender metoden"), reader),
        PlaceFacet("kommune", _("Kommune"), reader),
        KindFacet("rolle", _("Rolle"), reader),
        numbers,
        topics,
    ]
    # What is no facet cannot be chosen, whatever the address says.
    params = params.copy()
    for none in (numbers, topics):
        params.pop(none.name, None)
    asked = narrowing(everyone, facets, params, lambda people, text: named(people, text, reader))
    told = topics.told_by(asked.facets.pop())
    counts = {choice.value: choice.count for choice in asked.facets.pop().choices}
    pairs = asked.pairs
    chips, total = chips_of(asked, pairs), counts.get("total", 0)
    rows, after = _page(asked.rows, reader, after)
    return MemberList(
        faces=faces_for(Eyes(reader), rows, told),
        total=total,
        whole=counts.get("whole", 0),
        text=asked.text,
        facets=asked.facets,
        chips=chips,
        unknown=asked.unknown,
        state=urlencode(pairs),
        after=after,
        is_first="efter" not in params,
        ways_out=[] if total else ways_out(asked, chips, pairs),
        about=next((f"side-{pk}" for pk in asked.asked["metode"]), ""),
    )


def _page(people, reader, after):
    """Return the next members by name, and behind whom the page after them begins. No page is counted off."""
    shared = Exists(colleagues_of(reader.pk).filter(user=OuterRef("user")))
    rows = _behind(people, after).select_related("user", "municipality").annotate(is_colleague=shared)
    found = list(rows[: PER_PAGE + 1])
    more = len(found) > PER_PAGE
    return found[:PER_PAGE], found[PER_PAGE - 1].user_id if more else None


def _behind(people, after):
    """Keep those behind the member `after`, in the order of their names."""
    if after.isascii() and after.isdigit() and len(after) < 12:
        name = Profile.objects.filter(user=int(after)).values("user__name")[:1]
        people = people.annotate(before=name)
        people = people.filter(Q(user__name__gt=F("before")) | Q(user__name=F("before"), user__gt=int(after)))
    return people.order_by("user__name", "user")
