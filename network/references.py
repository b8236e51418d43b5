"""What posts point at, as a reader may see it, and the other way round: in how many threads a thing is spoken of.

Nothing that only some may read is kept in a text that others read: the title of a thread is filled in here, when the
post is read, for those who may read that thread at that moment.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

from django.contrib.auth import get_user_model
from django.db.models import Exists, F, Func, IntegerField, Subquery
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from content.cards import bare_cards
from content.finding import PAGE
from content.listing import listed
from content.reading import is_previewed, shows_beside
from network import panels
from network.alike import for_readers_alike
from network.finding import MUNICIPALITY, THREAD
from network.follow import FOLLOWED_KINDS, followed
from network.models import Municipality, Reference, Thread
from network.pointing import KINDS, referable
from network.rule import reader_of

A_THREAD = re.compile(r'<data value="(\d+)">[^<]*</data>')
# What stands in addresses for the names of the findable faces.
NAMES = {"side": PAGE, "kommune": MUNICIPALITY, "traad": THREAD}


@dataclass(frozen=True)
class Pointed:
    """A thing that a post points at. Without `url` the reader may not know what it is."""

    label: str
    icon: str
    title: str
    url: str = ""


def _pages(_user, pks):
    cards = bare_cards(listed(*referable()).filter(pk__in=pks))
    return {card.pk: Pointed(card.kind_label, card.icon, card.title, card.url) for card in cards if card.url}


def _places(_user, pks):
    rows = Municipality.objects.filter(pk__in=pks)
    return {row.pk: Pointed(_("Kommune"), "i-pin", row.full_name, row.get_absolute_url()) for row in rows}


def _threads(user, pks):
    rows = Thread.objects.visible_to(user).filter(pk__in=pks).select_related("space")
    found = {
        row.pk: Pointed(_("Tråd i %(space)s") % {"space": row.space.name}, "i-talk", row.title, row.get_absolute_url())
        for row in rows
    }
    closed = Pointed(_("Tråd"), "i-lock", _("En tråd i et andet rum"))
    return {pk: found.get(pk, closed) for pk in pks}


_FACES = {PAGE: _pages, MUNICIPALITY: _places, THREAD: _threads}


def shown_to(user, pairs: Iterable[tuple[str, int]]) -> dict[tuple[str, int], Pointed]:
    """Return what `user` gets to see of things, (what, pk): one query for each of the three kinds that is there."""
    asked = {}
    for what, pk in pairs:
        asked.setdefault(what, []).append(pk)
    return {
        (what, pk): pointed
        for what, face in _FACES.items()
        if what in asked
        for pk, pointed in face(user, asked[what]).items()
    }


def filled(html: str, shown) -> str:
    """Return HTML that `network.pointing` made, with the titles of the threads among `shown`."""
    return A_THREAD.sub(partial(_with_title, shown), html)


def _with_title(shown, match):
    pointed = shown.get((THREAD, int(match[1])))
    return format_html('<a href="{}">{}</a>', pointed.url, pointed.title) if pointed and pointed.url else match[0]


def lay_on(user, posts) -> None:
    """Lay on each post of `in_thread` what it points at, as `pointed`. Asks nothing where none points at anything."""
    pointing = {post.pk: post for post in posts if post.has_references and not post.is_tombstone}
    if not pointing:
        return
    rows = Reference.objects.visible_to(user).filter(post__in=pointing).order_by("pk")
    rows = list(rows.values_list("post", "what", "object_id"))
    shown = shown_to(user, {(what, pk) for _post, what, pk in rows})
    for post in pointing.values():
        post.shown_html = filled(post.shown_html, shown)
        post.pointed = [shown[what, pk] for of, what, pk in rows if of == post.pk and (what, pk) in shown]


# --- the other way round ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Spoken:
    """In how many threads a thing is spoken of, among those that the reader may read."""

    number: int
    url: str
    write_url: str = ""
    follow_url: str = ""
    is_followed: bool = False


def posts_about(user, what: str, pk: int):
    """Return the references to a thing in posts that `user` may read; a thread does not speak of itself."""
    rows = Reference.objects.visible_to(user).filter(what=what, object_id=pk).order_by()
    return rows.exclude(post__thread=pk) if what == THREAD else rows


def threads_about(user, what: str, pk: int):
    """Return the threads in which a post that `user` may read points at a thing, newest first."""
    return Thread.objects.visible_to(user).filter(pk__in=posts_about(user, what, pk).values("post__thread"))


def number_of_threads(user, what, pk):
    """Return a subquery for the number of `threads_about`, to stand within another query."""
    number = Func(F("post__thread"), template="COUNT(DISTINCT %(expressions)s)", output_field=IntegerField())
    return Subquery(posts_about(user, what, pk).annotate(number=number).values("number"))


def address_of(what, pk) -> str:
    return reverse("spoken-of", args=[_name_of(what), pk])


def _name_of(what):
    return next(name for name, of in NAMES.items() if of == what)


def _spoken(request, what, pk, can_follow):
    """Return what stands on a public page for members; None for everyone else, for whom nothing is asked."""
    reader = reader_of(request)
    if reader is None:
        return None
    (told,), name = _told(reader, pk, what=what), _name_of(what)
    return Spoken(
        told["number"],
        address_of(what, pk),
        f"{reverse('write')}?om={name}-{pk}",
        reverse("follow", args=[name, pk]) if can_follow else "",
        told["followed"],
    )


@for_readers_alike
def _told(reader, pk, what):
    numbers = {"number": number_of_threads(reader, what, pk), "followed": Exists(followed(reader, what, pk))}
    return get_user_model().objects.filter(pk=reader.pk).values(**numbers)


@shows_beside
def spoken_of(page, request, shown) -> dict:
    """For members: in how many threads a method, tool, project or story is spoken of. For strangers no query."""
    if page.kind not in KINDS or is_previewed(request):
        return {}
    return {"spoken": _spoken(request, PAGE, page.pk, page.kind in FOLLOWED_KINDS)}


@panels.register(order=900)
def municipality_panel(municipality, request):
    spoken = _spoken(request, MUNICIPALITY, municipality.pk, True)
    if spoken is None:
        return None
    return panels.MunicipalityPanel("network/spoken.html", {"spoken": spoken}, tells_practice=False)
