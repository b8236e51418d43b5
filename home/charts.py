"""Charts that the server draws: places in per cent and em, so that the words keep their size on a phone."""

from collections import defaultdict
from dataclasses import dataclass
from math import ceil, floor

from network.models import Municipality

ROW, LABEL, BAR = 2.9, 1, 1.5
DOT, STEP, FOOT = 0.36, 0.85, 2.2


def _em(number):
    return f"{number:.2f}em"


def _width(number):
    return f"{number:.2f}%"


def _words(number):
    return f"{number:+d} %".replace("-", "−") if number else "0 %"


@dataclass(frozen=True)
class Bar:
    """A row of a chart. `cells`: the numbers that stand for it in the table, where there are more than `value`."""

    label: str
    value: int
    cells: tuple[int, ...] = ()
    ground: str = ""
    url: str = ""


@dataclass(frozen=True)
class DrawnBar:
    bar: Bar
    label_y: str
    bar_y: str
    width: str


@dataclass(frozen=True)
class Chart:
    """A bar chart and the table of the same numbers. `columns`: the table's heads, the rows' own first."""

    key: str
    title: str
    columns: tuple[str, ...]
    bars: list[Bar]
    note: str = ""

    @property
    def height(self):
        return _em(ROW * len(self.bars))

    @property
    def drawn(self):
        longest = max((bar.value for bar in self.bars), default=0) or 1
        return [
            DrawnBar(bar, _em(ROW * place + LABEL), _em(ROW * place + BAR), _width(100 * bar.value / longest))
            for place, bar in enumerate(self.bars)
        ]

    @property
    def in_words(self):
        return f"{self.title}: " + "; ".join(f"{bar.label} {bar.value}" for bar in self.bars)


@dataclass(frozen=True)
class Dot:
    x: str
    y: str
    has_project: bool


@dataclass(frozen=True)
class Growth:
    """How the number of people changed: a dot for each municipality, piled up on its whole per cent."""

    rows: list[Municipality]
    with_project: set[int]

    @property
    def own(self):
        return [row for row in self.rows if row.pk in self.with_project]

    @property
    def number_of_others(self):
        return len(self.rows) - len(self.own)

    @property
    def own_change(self):
        return _change(self.own)

    @property
    def whole_change(self):
        return _change(self.rows)

    @property
    def ends(self):
        return floor(self.rows[0].growth), floor(self.rows[-1].growth) + 1

    @property
    def dots(self):
        piles = defaultdict(list)
        for row in sorted(self.rows, key=lambda row: row.pk not in self.with_project):
            piles[floor(row.growth)].append(row.pk in self.with_project)
        bottom = STEP * max(len(pile) for pile in piles.values())
        return [
            Dot(self._x(per_cent + 0.5), _em(bottom - STEP * (place + 0.5)), has_project)
            for per_cent, pile in sorted(piles.items())
            for place, has_project in enumerate(pile)
        ]

    @property
    def radius(self):
        return _em(DOT)

    @property
    def axis_y(self):
        return _em(self._axis)

    @property
    def words_y(self):
        return _em(self._axis + 1.6)

    @property
    def height(self):
        return _em(self._axis + FOOT)

    @property
    def ticks(self):
        """Each fifth per cent as (place, word, anchor): the word at an end of the axis keeps within it."""
        lowest, highest = self.ends
        anchors = {lowest: "start", highest: "end"}
        steps = range(5 * ceil(lowest / 5), highest + 1, 5)
        return [(self._x(step), _words(step), anchors.get(step, "middle")) for step in steps]

    @property
    def _axis(self):
        piles = defaultdict(int)
        for row in self.rows:
            piles[floor(row.growth)] += 1
        return STEP * max(piles.values()) + 0.2

    def _x(self, per_cent):
        lowest, highest = self.ends
        return _width(100 * (per_cent - lowest) / (highest - lowest))


def _change(rows):
    """The change in per cent of the people in all `rows` together; None where there is nobody."""
    before = sum(row.population_2014 for row in rows)
    return round(100 * (sum(row.population_2023 for row in rows) - before) / before, 1) if before else None
