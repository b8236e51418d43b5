"""What floors above show on a municipality's page, registered from where they stand."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

from content.cards import Card, add_details


@dataclass(frozen=True)
class MunicipalityPanel:
    """A section of the page. Nothing to show is said by returning None instead of a panel.

    `cards`: the bare cards in `context`; the details of all panels' cards are asked for together.
    `leader`: the card whose ground cover the page takes.
    `tells_practice`: it tells what the municipality did itself, so the page need not ask for that.
    """

    template: str
    context: dict = field(default_factory=dict)
    cards: list[Card] = field(default_factory=list)
    leader: Card | None = None
    tells_practice: bool = True


@dataclass(frozen=True)
class MunicipalityMark:
    """What a floor above says of a municipality in the list of all of them: a word, on the ground of a theme."""

    label: str
    ground: str = ""
    theme: str = ""


_makers: list[tuple[int, Callable]] = []
_markers: list[Callable] = []


def register(order: int):
    """Register `maker(municipality, request) -> MunicipalityPanel | None`, shown in the order of `order`."""

    def decorator(maker):
        _makers.append((order, maker))
        _makers.sort(key=lambda pair: pair[0])
        return maker

    return decorator


def panels_for(municipality, request) -> list[MunicipalityPanel]:
    made = (maker(municipality, request) for _order, maker in _makers)
    panels = [panel for panel in made if panel]
    add_details([card for panel in panels for card in panel.cards])
    return panels


def ground_of(panels) -> str:
    """The ground cover of the page: that of the first panel with a leader that stands under a theme."""
    grounds = (panel.leader.extra["standing"].ground for panel in panels if panel.leader)
    return next((ground for ground in grounds if ground), "")


def register_mark(marker):
    """Register `marker() -> dict[municipality id, MunicipalityMark]`: one query for all that have the thing."""
    _markers.append(marker)
    return marker


def marks() -> dict[int, list[MunicipalityMark]]:
    """Return what is said of each municipality by id."""
    found = defaultdict(list)
    for marker in _markers:
        for pk, mark in marker().items():
            found[pk].append(mark)
    return dict(found)
