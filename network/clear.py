"""Wiping what was removed so long ago that nobody can put it back. Nobody asks for it, and nothing of it is shown."""

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from network.models import (
    Attachment,
    AttachmentVersion,
    Draft,
    IncomingMail,
    Mention,
    Poll,
    Post,
    PostVersion,
    Reference,
    Showing,
    Thread,
)
from network.models.talk import last_day_to_put_back

AT_A_TIME = 200


def clear_removed() -> int:
    """Wipe what was removed more than 30 days ago: text, earlier versions, files and what it pointed at.

    The post keeps its number, and that it was removed. A thread that went with its posts loses its title. Returns how
    many posts were wiped; can be run again at any time.
    """
    cleared = 0
    while batch := _next_batch():
        with transaction.atomic():
            _clear_files(batch)
            _clear(batch)
        cleared += len(batch)
    _clear_mail()
    return cleared


def _clear_mail():
    """That a mail was refused is of no use to anyone after a month."""
    old = IncomingMail.objects.filter(state=IncomingMail.State.REFUSED, at__lte=last_day_to_put_back())
    old.delete()


def _next_batch():
    old = Post.objects.filter(state=Showing.REMOVED, state_at__lte=last_day_to_put_back())
    return list(old.exclude(source="", html="").order_by("pk").values_list("pk", flat=True)[:AT_A_TIME])


def _clear(pks):
    IncomingMail.objects.filter(post__in=pks).update(cut="", told="")
    for kind in (PostVersion, Mention, Reference):
        kind.objects.filter(post__in=pks).delete()
    Draft.objects.filter(place__in=[f"ret:{pk}" for pk in pks]).delete()
    Post.objects.filter(pk__in=pks).update(source="", html="", has_files=False, has_references=False)
    _clear_threads(pks)


def _clear_threads(pks):
    """Wipe what is left of threads in which nothing stands any more, nor can be put back."""
    is_left = Q(state__in=[Showing.VISIBLE, Showing.HELD, Showing.HIDDEN]) | Q(state_at__gt=last_day_to_put_back())
    left = Post.objects.filter(is_left, thread=OuterRef("pk"))
    gone = Thread.objects.filter(~Exists(left), posts__in=pks, state=Showing.REMOVED)
    gone = list(gone.values_list("pk", flat=True).distinct())
    Poll.objects.filter(thread__in=gone).delete()
    wiped = {"title": "", "slug": "traad", "status_source": "", "status_html": "", "has_poll": False}
    Thread.objects.filter(pk__in=gone).update(**wiped)


def _clear_files(pks):
    # The file goes before its row: a run that is stopped between the two finds the row again.
    for version in AttachmentVersion.objects.filter(attachment__post__in=pks):
        version.file.delete(save=False)
    Attachment.objects.filter(post__in=pks).delete()
