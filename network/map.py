"""Denmark and its municipalities as lines on a chart. Pure functions over a file of geometry; no database.

The geometry is drawn from Natural Earth 1:10m (public domain). Unit of the country map: 500 m, UTM 32N, with
Bornholm moved to an inset. A section is 600 by 372 with the municipality in the middle.

Coordinates are handed out as text: templates would write numbers with Danish commas.
"""

import json
from dataclasses import dataclass
from functools import lru_cache
from math import dist
from pathlib import Path

GEOMETRY = Path(__file__).parent / "geometry" / "geo.json"
COUNTRY_OPACITIES = ("0.6", "0.42", "0.28", "0.16")
SECTION_OPACITIES = ("0.62", "0.46", "0.33", "0.22", "0.14")

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Point:
    code: str
    name: str
    x: float
    y: float

    @property
    def cx(self):
        return text(self.x)

    @property
    def cy(self):
        return text(self.y)


@dataclass(frozen=True)
class Label:
    x: str
    y: str
    anchor: str


@dataclass(frozen=True)
class Town:
    name: str
    cx: str
    cy: str
    label: Label


@dataclass(frozen=True)
class Country:
    view_box: str
    land: str
    neighbours: str
    waterlines: list[tuple[str, str]]
    inset: tuple[str, str, str, str]


@dataclass(frozen=True)
class Section:
    land: str
    neighbours: str
    waterlines: list[tuple[str, str]]
    towns: list[Town]
    here: "Here"


@dataclass(frozen=True)
class Here:
    """The size of the mark in the middle; a wide section is shown twice as large, so its marks are half the size."""

    radius: str
    ring: str
    label_y: str


@lru_cache(maxsize=1)
def geometry() -> dict:
    return json.loads(GEOMETRY.read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def country() -> Country:
    shape = geometry()["country"]
    return Country(
        view_box=f"0 0 {shape['width']} {shape['height']}",
        land=shape["land"] + shape["bornholm"],
        neighbours=shape["neighbours"],
        waterlines=list(zip(shape["waterlines"], COUNTRY_OPACITIES, strict=True)),
        inset=tuple(text(number) for number in shape["inset"]),
    )


@lru_cache(maxsize=1)
def points() -> dict[str, Point]:
    """Return the points of the 98 municipalities by their code."""
    return {code: Point(code, **raw) for code, raw in geometry()["country"]["points"].items()}


def text(number: float) -> str:
    return f"{round(number, 1):g}"


# --- marks: a shape for each ground, so that none is told by its colour alone -----------------------

_CORNERS = {
    "lyng": ((0, -6.6), (6.6, 0), (0, 6.6), (-6.6, 0)),
    "tegl": ((-4.8, -4.8), (4.8, -4.8), (4.8, 4.8), (-4.8, 4.8)),
    "rug": ((0, -6), (6.2, 4.8), (-6.2, 4.8)),
}
CIRCLE_RADIUS = "5.4"


def mark(ground: str, x: float, y: float) -> str:
    """Return the path of the mark of `ground` around a point; empty for eng and for none, which are circles."""
    corners = [f"{text(x + dx)} {text(y + dy)}" for dx, dy in _CORNERS.get(ground, ())]
    return f"M{'L'.join(corners)}z" if corners else ""


# --- names on the country map ------------------------------------------------------------------------

_SIZE = 12.5
_AWAY = 9
_HALF_MARK = 7
_PLACES = ("right", "left", "above", "below")


def labels(shown: list[Point]) -> dict[str, Label]:
    """Place the names beside their marks, from the north, each where it covers least of names and marks."""
    return _placed(tuple(shown))


@lru_cache(maxsize=64)
def _placed(shown: tuple[Point, ...]) -> dict[str, Label]:
    width = geometry()["country"]["width"]
    marks = {point.code: _around(point) for point in shown}
    taken, placed = [], {}
    for point in sorted(shown, key=lambda point: (point.y, point.x)):
        others = [box for code, box in marks.items() if code != point.code]
        costs = {
            place: _cost(_name_box(point, place), taken, others, width) + 1.5 * rank
            for rank, place in enumerate(_PLACES)
        }
        # The inset is no wider than the island, so its name goes on top.
        best = "above" if point.name == "Bornholm" else min(costs, key=costs.get)
        taken.append(_name_box(point, best))
        placed[point.code] = _label(point, best)
    return placed


def _around(point) -> Box:
    return (point.x - _HALF_MARK, point.y - _HALF_MARK, point.x + _HALF_MARK, point.y + _HALF_MARK)


def _name_box(point, place) -> Box:
    x, y, wide = point.x, point.y, len(point.name) * _SIZE / 2 + 2
    return {
        "right": (x + _AWAY, y - _SIZE / 2, x + _AWAY + wide, y + _SIZE / 2),
        "left": (x - _AWAY - wide, y - _SIZE / 2, x - _AWAY, y + _SIZE / 2),
        "above": (x - wide / 2, y - _AWAY - _SIZE, x + wide / 2, y - _AWAY),
        "below": (x - wide / 2, y + _AWAY, x + wide / 2, y + _AWAY + _SIZE),
    }[place]


def _cost(box, names, marks, width):
    covered = 3 * sum(overlap(box, name) for name in names) + sum(overlap(box, mark) for mark in marks)
    outside = 500 if box[0] < 2 or box[2] > width - 2 else 0
    return covered + outside


def overlap(one: Box, other: Box) -> float:
    """Return the area that two boxes share."""
    wide = min(one[2], other[2]) - max(one[0], other[0])
    high = min(one[3], other[3]) - max(one[1], other[1])
    return max(0, wide) * max(0, high)


def _label(point, place):
    x, y, anchor = {
        "right": (point.x + 9, point.y + 4.5, "start"),
        "left": (point.x - 9, point.y + 4.5, "end"),
        "above": (point.x, point.y - 10, "middle"),
        "below": (point.x, point.y + 19, "middle"),
    }[place]
    return Label(text(x), text(y), anchor)


# --- a section of the chart --------------------------------------------------------------------------

CENTRE = (300, 186)
MOST_TOWNS = 5


@dataclass(frozen=True)
class _Sizes:
    """How a section is set; heights are those of the small screen, where letters are largest in the drawing."""

    letter: float
    gap: float
    drop: float
    top: float
    bottom: float
    here: Here
    here_letter: float


_NORMAL = _Sizes(19, 8, 5, 16, 356, Here("9", "17", "156"), 32)
_WIDE = _Sizes(15, 4.5, 2.6, 76, 296, Here("5", "9", "170"), 26)


@lru_cache(maxsize=256)
def section(code: str, name: str, wide: bool = False) -> Section | None:
    """Return the section around the municipality of `code`; None for a code that is not on the map."""
    raw = geometry()["sections"].get(code)
    if raw is None:
        return None
    sizes = _WIDE if wide else _NORMAL
    return Section(
        land=raw["land"],
        neighbours=raw["neighbours"],
        waterlines=list(zip(raw["waterlines"], SECTION_OPACITIES, strict=True)),
        towns=_towns(raw["towns"], name, sizes),
        here=sizes.here,
    )


def _towns(raw, name, sizes):
    """Return the nearest neighbours whose names there is room for, at most five."""
    taken = [_here_box(name, sizes)]
    towns = []
    for town, x, y in sorted(raw, key=lambda row: dist(row[1:], CENTRE)):
        fitting = _fitting(town, x, y, sizes, taken)
        if fitting and len(towns) < MOST_TOWNS:
            label, box = fitting
            taken.append(box)
            towns.append(Town(town, text(x), text(y), label))
    return towns


def _here_box(name, sizes) -> Box:
    x, y = CENTRE
    half = max(len(name) * sizes.here_letter / 4, float(sizes.here.ring)) + 4
    return (x - half, float(sizes.here.label_y) - sizes.here_letter, x + half, y + float(sizes.here.ring) + 4)


def _fitting(name, x, y, sizes, taken):
    """Return (label, box) to the right of the town, else to its left, else None where the name would cover another."""
    wide = len(name) * sizes.letter / 2
    for anchor, start in (("start", x + sizes.gap), ("end", x - sizes.gap - wide)):
        box = (min(start, x - 4), y - sizes.letter, max(start + wide, x + 4), y + sizes.letter / 2)
        inside = box[0] > 4 and box[2] < 596 and box[1] > sizes.top and box[3] < sizes.bottom
        if inside and not any(overlap(box, other) for other in taken):
            end = start if anchor == "start" else start + wide
            return Label(text(end), text(y + sizes.drop), anchor), box
    return None
