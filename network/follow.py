"""Following and muting: a thread, and a method, tag or municipality. Done twice it is done once."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from content.finding import PAGE
from content.listing import listed, page_types
from network.finding import MUNICIPALITY
from network.models import Follow, Municipality, Thread, ThreadChoice
from network.permissions import check_see_thread
from network.rule import is_in_network, reader_of
from taxonomy.models import Tag

TAG = "tag"
FOLLOWED_KINDS = ("metode", "vaerktoej")
Choice = ThreadChoice.What


@dataclass(frozen=True)
class Thing:
    """What can be followed: how it is found as everyone may read it, and why one is told of it."""

    found: Callable
    why: str


def _page(pk):
    types = [model for model in page_types() if model.kind in FOLLOWED_KINDS]
    return listed(*types).filter(pk=pk).first()


THINGS = {
    PAGE: Thing(_page, _("fordi du følger siden")),
    MUNICIPALITY: Thing(lambda pk: Municipality.objects.filter(pk=pk).first(), _("fordi du følger kommunen")),
    TAG: Thing(lambda pk: Tag.objects.filter(pk=pk).first(), _("fordi du følger emneordet")),
}


@transaction.atomic
def choose_thread(user, thread: Thread, what: str) -> None:
    """Follow a thread, mute it, or neither (empty)."""
    check_see_thread(user, thread)
    if what not in ("", Choice.FOLLOW, Choice.MUTE):
        raise ValueError(what)
    if what:
        ThreadChoice.objects.update_or_create(user=user, thread=thread, defaults={"what": what})
    else:
        ThreadChoice.objects.filter(user=user, thread=thread).delete()


def found_thing(user, what: str, pk: int):
    """Return what a member may follow, or raise Http404."""
    thing = THINGS[what].found(pk) if what in THINGS and is_in_network(user) else None
    if thing is None:
        raise Http404
    return thing


def follow(user, what: str, pk: int):
    """Follow a method, tool, municipality or tag that is there; return it."""
    thing = found_thing(user, what, pk)
    Follow.objects.bulk_create([Follow(user=user, what=what, object_id=pk)], ignore_conflicts=True)
    return thing


def unfollow(user, what: str, pk: int) -> None:
    """Also what is no longer there."""
    Follow.objects.filter(user=user, what=what, object_id=pk).delete()


def followed(user, what: str, pk: int):
    """Return the row by which `user` follows a thing, if there is one."""
    return Follow.objects.filter(user=user, what=what, object_id=pk)


def offer(request, name: str, what: str, pk: int) -> dict:
    """Return what a public page shows to members, to follow what it is about; nothing, and no query, for others."""
    reader = reader_of(request)
    if reader is None:
        return {}
    return {"follow_url": reverse("follow", args=[name, pk]), "is_followed": followed(reader, what, pk).exists()}
