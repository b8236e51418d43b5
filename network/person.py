"""What a reader gets to see of a member: made here alone, for the member's page, lists, names beside posts and mail.

Whoever shows people hands on faces and no profiles: a face holds nothing that its reader may not see.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import CharField, F, QuerySet, Value
from django.urls import reverse

from content.cards import Card, bare_cards
from content.listing import listed, page_types
from content.portraits import register_portraits
from network.models import Profile
from network.models.places import Municipality
from network.who_sees import OWN, Eyes, Sight, is_shown

ASKABLE = ("metode", "vaerktoej")  # kinds of pages that one may be asked about
THEME, METHOD = "theme", "method"


@dataclass
class Face:
    """A member as one reader sees her. What is not shown to the reader is empty."""

    user: object
    is_own: bool = False
    role: str = ""
    place: str = ""
    kind: str = ""
    municipality: Municipality | None = None
    about: str = ""
    phone: str = ""
    picture_url: str = ""
    limit: str = ""
    themes: list[str] = field(default_factory=list)
    methods: list[str] = field(default_factory=list)
    cards: list[Card] = field(default_factory=list)
    is_gone: bool = False

    @property
    def words(self):
        """Role and place, as they stand beside the name."""
        role = self.role[:1].upper() + self.role[1:]
        return ", ".join(part for part in (role, self.place) if part)

    @property
    def topics(self):
        return [*self.themes, *self.methods]


def askable():
    """Return the page types that one may be asked about: what the floors above have, by the word for its kind."""
    return [model for model in page_types() if model.kind in ASKABLE]


def own_face(eyes: Eyes, person) -> Face | None:
    """Return what stands beside someone's name: all but what she is asked about. None where she has no profile."""
    profile = getattr(person, "profile", None)
    if profile is None:
        return None
    profile.user = person
    return bare_face(profile, eyes.sight(profile))


def face_of(eyes: Eyes, person) -> Face:
    """`own_face` of someone who is in the network."""
    return own_face(eyes, person) or Face(person)


def eyes_of(request) -> Eyes:
    """Return the reader of a page, the same one however often it is asked for."""
    if request is None:
        return Eyes(None)
    if not hasattr(request, "eyes"):
        request.eyes = Eyes(request.user)
    return request.eyes


@register_portraits
def picture_for(request, person) -> str:
    """Only where there is a picture is asked who reads: a page that shows none is the same for all."""
    profile = getattr(person, "profile", None)
    if profile is None or not profile.picture:
        return ""
    return face_of(eyes_of(request), person).picture_url


def with_words(eyes: Eyes, person) -> str:
    """Return the name with role and place, as far as they are seen: for a list to choose from."""
    return ", ".join(part for part in (str(person), face_of(eyes, person).words) if part)


def faces_for(eyes: Eyes, profiles: Iterable[Profile], topics: Iterable[tuple] | None = None) -> list[Face]:
    """Return the faces of members in their order, with what they are asked about.

    `topics`: the rows of `topics_of` them, where they are at hand; asked for otherwise. What the reader does not see
    of them is left out.
    """
    profiles = list(profiles)
    sights = {profile.pk: eyes.sight(profile) for profile in profiles}
    faces = {profile.pk: bare_face(profile, sights[profile.pk]) for profile in profiles}
    told = {one.pk for one in profiles if sights[one.pk].sees(one, "topics") and not faces[one.pk].is_gone}
    if topics is None and told:
        first, second = topics_of(told)
        topics = first.union(second, all=True)
    for pk, what, title, _order in sorted(topics or (), key=lambda row: (row[3], row[2])):
        if pk in told:
            (faces[pk].themes if what == THEME else faces[pk].methods).append(title)
    return list(faces.values())


def whole_face(profile: Profile, sight: Sight) -> Face:
    """Return all that someone who is `sight` to a member sees of her, with the pages she is asked about."""
    face = bare_face(profile, sight)
    if not face.is_gone and sight.sees(profile, "topics"):
        face.themes = list(profile.themes.order_by("sort_order", "slug").values_list("title", flat=True))
        pages = listed(*askable()).filter(pk__in=profile.methods.values("pk")).order_by("sort_key")
        face.cards = [card for card in bare_cards(pages) if card.url]
        face.methods = [card.title for card in face.cards]
    return face


def bare_face(profile: Profile, sight: Sight) -> Face:
    """Return the face without what the person is asked about."""
    if not is_shown(profile):
        return _gone(profile, sight)
    face = Face(profile.user, is_own=sight is OWN)
    if sight.sees(profile, "role"):
        face.role, face.kind = profile.role, profile.get_kind_display()
    if sight.sees(profile, "place"):
        face.place, face.municipality = profile.place, profile.municipality
    if sight.sees(profile, "about"):
        face.about = profile.about
    if sight.sees(profile, "phone"):
        face.phone = profile.phone
    if sight.sees(profile, "topics"):
        face.limit = profile.ask_limit
    if profile.picture and sight.sees(profile, "picture"):
        face.picture_url = reverse("member-picture", args=[profile.user_id])
    return face


def _gone(profile, sight):
    """Of one who has left the municipality stays, if it was seen; of one who never came in, name and place."""
    face = Face(profile.user, is_gone=profile.is_complete)
    if sight.sees(profile, "place"):
        face.place = profile.place
    if not face.is_gone and sight.sees(profile, "role"):
        face.role = profile.role
    return face


def topics_of(profiles) -> list[QuerySet]:
    """Return the queries that find what `profiles`, ids, are asked about: (profile, THEME or METHOD, title, order)."""
    said = {"profile__in": profiles}
    themes = Profile.themes.through.objects.filter(**said).annotate(
        what=Value(THEME, CharField()), title=F("theme__title"), place=F("theme__sort_order")
    )
    methods = Profile.methods.through.objects.filter(**said, page__in=listed(*askable()).values("pk")).annotate(
        what=Value(METHOD, CharField()), title=F("page__title"), place=Value(0)
    )
    return [rows.order_by().values_list("profile", "what", "title", "place") for rows in (themes, methods)]
