"""What the editors are shown of the searches: by week, by kind, by word. Nothing that fewer than five have asked."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import reduce
from operator import add

from django.db.models import Sum, Window
from django.utils import timezone
from django.utils.translation import gettext as _

from content import findable
from search import tallies
from search.insight import monday
from search.models import SearchWeek
from search.tallies import LEAST, REST, Tally

WEEKS = 12
PERIODS = (1, 4, 12)
ROWS = 20
WIDTH, HEIGHT, TOP, FOOT, GAP = 480, 200, 20, 24, 0.3


@dataclass(frozen=True)
class Week:
    """`tally` is None where fewer than five searched."""

    monday: date
    tally: Tally | None

    @property
    def number(self) -> int:
        return self.monday.isocalendar().week

    @property
    def per_cent_without(self) -> float:
        return 100 * self.tally.without_results / self.tally.searches if self.tally else 0


@dataclass(frozen=True)
class Column:
    """A week in the chart, in the units of its viewBox."""

    week: Week
    x: str
    middle: str
    width: str
    y: str
    height: str
    words_y: str
    without_y: str
    without_height: str
    label_y: int = HEIGHT - 6


@dataclass(frozen=True)
class Row:
    """Searches under a heading: a word, or a kind. Sums of several weeks."""

    label: str
    searches: int = 0
    without_results: int = 0
    without_click: int = 0
    reformulated: int = 0

    def __add__(self, other: "Row") -> "Row":
        names = ("searches", "without_results", "without_click", "reformulated")
        return Row(self.label, *(getattr(self, name) + getattr(other, name) for name in names))


@dataclass(frozen=True)
class Table:
    key: str
    title: str
    number: str  # the name of the number of a Row that it is about
    column: str
    rows: list[Row] = field(default_factory=list)

    @property
    def is_of_holes(self) -> bool:
        return self.number == "without_results"


def weeks(number: int = WEEKS, today: date | None = None) -> list[Week]:
    """Return the last weeks, this one at the end. One query."""
    days = _mondays(number, today)
    by_week = tallies.by(SearchWeek.objects.filter(week__in=days, text=""), "week")
    return [Week(day, _told(by_week.get((day,)))) for day in days]


def kinds(number: int, today: date | None = None) -> list[Row]:
    """Return the searches of the last weeks by the kind that was chosen. One query."""
    days = _mondays(number, today)
    found = tallies.by(SearchWeek.objects.filter(week__in=days, text=""), "week", "kind")
    labels = {"": _("Alle slags"), REST: _("Andet"), **{kind.name: kind.plural for kind in findable.kinds()}}
    rows = {}
    for day in days:
        of_week = {kind: tally for (week, kind), tally in found.items() if week == day}
        for kind, tally in tallies.kept_apart(of_week).items():
            row = _row(labels.get(kind, kind), tally)
            rows[kind] = rows[kind] + row if kind in rows else row
    return sorted(rows.values(), key=lambda row: -row.searches)


def words(number: int, today: date | None = None) -> list[Row]:
    """Return what was searched for in the last weeks, counted in those weeks where at least five did. One query."""
    asked = SearchWeek.objects.filter(week__in=_mondays(number, today)).exclude(text="")
    # Fewer searches than that cannot be of five askers.
    enough = asked.annotate(of_all=Window(Sum("searches"), partition_by=["week", "text"])).filter(of_all__gte=LEAST)
    rows: dict[str, Row] = {}
    for (_week, text), tally in tallies.by(enough, "week", "text").items():
        if tally.askers >= LEAST:
            row = _row(text, tally)
            rows[text] = rows[text] + row if text in rows else row
    return sorted(rows.values(), key=lambda row: (-row.searches, row.label))


def tables(rows: list[Row]) -> list[Table]:
    """Lay the words out by what an editor may do about them; a table without rows says so itself."""
    asked = (
        ("uden-resultat", _("Uden resultat"), "without_results", _("Uden resultat")),
        ("uden-klik", _("Resultater, men intet klik"), "without_click", _("Uden klik")),
        ("omskrevet", _("Søgt igen med andre ord"), "reformulated", _("Omskrevet")),
        ("mest-soegt", _("Mest søgt"), "searches", _("Søgninger")),
    )
    return [Table(*table, _most(rows, table[2])) for table in asked]


def columns(shown: list[Week]) -> list[Column]:
    """Draw the weeks as columns; the part of a column that is marked found nothing."""
    most = max((week.tally.searches for week in shown if week.tally), default=1)
    step, room = WIDTH / len(shown), HEIGHT - TOP - FOOT
    return [_column(week, place * step, step, room / most) for place, week in enumerate(shown)]


def glance(today: date | None = None) -> tuple[Week | None, str]:
    """Return this week, or the last one while too few have searched in this, and what was searched for most."""
    week = next((week for week in reversed(weeks(2, today)) if week.tally), None)
    if week is None:
        return None, ""
    most = words(1, week.monday)[:1]
    return week, most[0].label if most else ""


def _mondays(number, today):
    last = monday(today or timezone.localdate())
    return [last - timedelta(weeks=back) for back in reversed(range(number))]


def _told(tally):
    return tally if tally and tally.askers >= LEAST else None


def _row(label, tally):
    return Row(str(label), tally.searches, tally.without_results, tally.without_click, tally.reformulated)


def _most(rows, number):
    found = [row for row in rows if getattr(row, number)]
    return sorted(found, key=lambda row: -getattr(row, number))[:ROWS]


def _column(week, x, step, scale):
    searches, without = (week.tally.searches, week.tally.without_results) if week.tally else (0, 0)
    foot = HEIGHT - FOOT
    top, without_top = foot - searches * scale, foot - without * scale
    numbers = (
        x + step * GAP / 2,
        x + step / 2,
        step * (1 - GAP),
        top,
        foot - top,
        top - 6,
        without_top,
        foot - without_top,
    )
    return Column(week, *(f"{number:.1f}" for number in numbers))


def summed(shown: list[Week]) -> Tally | None:
    """Return the sums of the weeks that are told of. Its `askers` mean nothing: the bits of two weeks do not meet."""
    told = [week.tally for week in shown if week.tally]
    return reduce(add, told) if told else None
