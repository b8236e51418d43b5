from dataclasses import dataclass

from django import template

from network import map as chart

register = template.Library()


@dataclass(frozen=True)
class Mark:
    """A spot as it is drawn."""

    spot: object
    point: chart.Point
    path: str
    label: chart.Label


@register.inclusion_tag("network/country_map.html")
def country_map(spots, label="", links=True):
    """Draw Denmark with a mark for each spot (municipality, title, url, theme, ground) and a point for all others."""
    points = chart.points()
    known = [spot for spot in spots if spot.municipality.code in points]
    shown = {spot.municipality.code: points[spot.municipality.code] for spot in known}
    labels = chart.labels(list(shown.values()))
    return {
        "country": chart.country(),
        "others": [point for code, point in points.items() if code not in shown],
        "marks": [_mark(spot, shown[spot.municipality.code], labels) for spot in known],
        "radius": chart.CIRCLE_RADIUS,
        "label": label,
        "links": links,
    }


def _mark(spot, point, labels):
    return Mark(spot, point, chart.mark(spot.ground, point.x, point.y), labels[point.code])


@register.inclusion_tag("network/map_key.html")
def map_key(themes, others=True):
    """Say what the marks mean. `themes` have a title and a ground."""
    return {
        "themes": [(theme.title, theme.ground, chart.mark(theme.ground, 8, 8)) for theme in themes],
        "radius": chart.CIRCLE_RADIUS,
        "others": others,
    }


@register.inclusion_tag("network/map_section.html")
def map_section(municipality, ground="", wide=False):
    """Draw the piece of coast around `municipality` (code, name), covered with the signature of `ground`."""
    return {
        "section": chart.section(municipality.code, municipality.name, bool(wide)),
        "name": municipality.name,
        "ground": ground,
        "wide": wide,
        "pattern": f"{'w' if wide else 'g'}-{ground}" if ground else "",
    }
