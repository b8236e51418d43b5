"""The picture of a member: made anew as members' files are, kept where they lie, and shown by a view that asks.

Of what is put up only the small picture is kept (network.unpacking): upright, and without a word of where, when and by
what it was taken.
"""

from functools import partial

from django.core.exceptions import ValidationError
from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from network.attach import INFECTED, delete_files, saved
from network.examine import examine
from network.models import AttachmentVersion, Profile
from network.scanner import scan

Scan = AttachmentVersion.Scan
NO_PICTURE = _("»%(name)s« er ikke et billede. Vælg en JPEG-, PNG-, WebP-, GIF- eller AVIF-fil.")
UNSCANNED = _("Billedet er ikke gemt: virustjekket svarer ikke lige nu. Prøv igen om lidt.")


def put_up(user, upload: File) -> Profile:
    """Let `upload` be the picture of `user`, in the place of the one before.

    Raises ValidationError with a Danish sentence where it is no picture, is broken, too large or harmful.
    """
    name = _made(upload)
    try:
        return _put(user, name)
    except BaseException:
        delete_files([name])
        raise


def take_down(user) -> Profile:
    """Let `user` be without a picture. Done twice it is done once."""
    return _put(user, "")


def _made(upload):
    examined = examine(upload)
    if examined.thumbnail is None:
        raise ValidationError(NO_PICTURE, code="kind", params={"name": examined.name})
    said = scan(examined.content)
    if said == Scan.INFECTED:
        raise ValidationError(INFECTED, code="infected", params={"name": examined.name})
    if said == Scan.WAITING:
        raise ValidationError(UNSCANNED, code="waiting")
    return saved(examined.thumbnail, examined.name)


@transaction.atomic
def _put(user, name):
    profile = Profile.objects.select_for_update().get(user=user)
    before, profile.picture = profile.picture.name, name
    profile.save(update_fields=["picture"])
    if before:
        transaction.on_commit(partial(delete_files, [before]), robust=True)
    return profile
