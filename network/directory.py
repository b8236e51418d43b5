"""The 98 municipalities as a list a reader can narrow."""

from dataclasses import dataclass
from itertools import groupby

from django.db.models import Count

from content.reading import shows
from danish import danish_letter
from network.models import Municipality, MunicipalityIndexPage
from network.panels import MunicipalityMark, marks
from taxonomy.models import Theme

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZÆØÅ"


@dataclass(frozen=True)
class Row:
    municipality: Municipality
    marks: list[MunicipalityMark]


@dataclass(frozen=True)
class Directory:
    """`letters`: (letter, rows) for each letter of the alphabet, also those without rows."""

    text: str
    region: str
    regions: list
    letters: list[tuple[str, list[Row]]]
    key: list[MunicipalityMark]
    total: int
    whole: int

    @property
    def is_narrowed(self):
        return bool(self.text or self.region)


@shows(MunicipalityIndexPage)
def index_context(page, request):
    return {"directory": directory(request.GET)}


def directory(params) -> Directory:
    """Return the municipalities under their letters, narrowed by `q` (words) and `region` in `params`."""
    text = " ".join(params.get("q", "").replace("\0", " ").split())[:100]
    regions = list(Municipality.objects.order_by("region").values_list("region").annotate(Count("pk")))
    region = params.get("region", "")
    found = Municipality.objects.naming(text)
    if region in dict(regions):
        found = found.filter(region=region)
    else:
        region = ""
    marked = marks()
    rows = [Row(place, marked.get(place.pk, [])) for place in found.order_by("sort_key")]
    under = {
        letter: list(group)
        for letter, group in groupby(rows, key=lambda row: danish_letter(row.municipality.sort_key))
    }
    return Directory(
        text=text,
        region=region,
        regions=regions,
        letters=[(letter, under.get(letter, [])) for letter in ALPHABET],
        key=_key(rows),
        total=len(rows),
        whole=sum(count for _region, count in regions),
    )


def _key(rows):
    """One mark of each theme that stands in the list, to say what the signatures mean."""
    seen = {mark.ground: mark for row in rows for mark in row.marks if mark.ground}
    return [seen[ground] for ground in Theme.Ground.values if ground in seen]
