"""Who can be asked, on the public pages of municipalities and methods: for members alone.

For everyone else nothing is asked, and the page is the same as before (`network.rule.reader_of`).
"""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef
from django.urls import reverse

from content.reading import is_previewed, shows_beside
from network import panels
from network.member_list import MethodFacet
from network.person import ASKABLE, Face, faces_for
from network.rule import reader_of
from network.who_sees import Eyes, colleagues_of, seen_by, shown_people

MOST = 6


@dataclass(frozen=True)
class Contacts:
    """The first of those who can be asked, and the way to all of them."""

    faces: list[Face]
    url: str
    has_more: bool


def _contacts(reader, people, **asked):
    shared = Exists(colleagues_of(reader.pk).filter(user=OuterRef("user")))
    rows = people.select_related("user", "municipality").annotate(is_colleague=shared).order_by("user__name", "user")
    found = list(rows[: MOST + 1])
    if not found:
        return None
    address = f"{reverse('members')}?{urlencode(asked)}"
    return Contacts(faces_for(Eyes(reader), found[:MOST]), address, len(found) > MOST)


@panels.register(order=890)
def municipality_panel(municipality, request):
    reader = reader_of(request)
    if reader is None:
        return None
    people = shown_people(reader).filter(seen_by(reader, "place"), municipality=municipality.pk)
    contacts = _contacts(reader, people, kommune=municipality.slug)
    if contacts is None:
        return None
    return panels.MunicipalityPanel("network/contacts.html", {"contacts": contacts}, tells_practice=False)


@shows_beside
def who_knows(page, request, shown) -> dict:
    """For members: who can be asked about a method or tool, by her own word or by her municipality's use of it."""
    reader = reader_of(request) if page.kind in ASKABLE and not is_previewed(request) else None
    if reader is None:
        return {}
    people = MethodFacet("metode", "", reader).narrow(shown_people(reader), [str(page.pk)])
    return {"askable": _contacts(reader, people, metode=page.pk)}
