"""Putting files up. Each verb checks the rule, writes in one transaction and announces there.

A file is put up first, seen by its owner alone (`attach`), and hung on a post by the verb that writes the post
(`bind`, within its transaction): what was put up is not lost when the text is refused. Files on the disk follow the
rows: written before theirs, deleted after the commit; `network.file_keeping` sees to what a kill leaves between.
"""

from contextlib import contextmanager
from functools import partial

from django.core.exceptions import ValidationError
from django.core.files import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from network.examine import FULL, Examined, examine
from network.filekinds import MAX_FILES, MEGABYTE
from network.models import Attachment, AttachmentVersion, Event, Post, Space
from network.models.files import bytes_in, closed_files, room_in
from network.permissions import check_renew_file, check_write_in_space
from network.scanner import scan
from network.signals import announce

MAX_UNSENT = 2 * MAX_FILES
Scan = AttachmentVersion.Scan


def attach(user, space: Space, upload: File) -> Attachment:
    """Put up a file for a post in `space` that is still to be sent: `user` alone reads it until then.

    Raises ValidationError with a Danish sentence; its `code` is `"large"`, `"full"` (no room on the disk), `"room"`
    (none left in the space), or what else is wrong with the file.
    """
    _check_may_attach(user, space)
    examined = _examined(space, upload)
    with _kept(examined) as version, transaction.atomic():
        _lock(space)
        _check_may_attach(user, space)
        _check_room(space, version.size)
        _check_unsent(user, space)
        attachment = Attachment.objects.create(space=space, name=examined.name, uploaded_by=user)
        _write(version, attachment, user, 1)
    return attachment


def renew(user, attachment: Attachment, upload: File) -> AttachmentVersion:
    """Put a new version of a file beside the old ones, of the same kind: by who put it up, or who runs the space.

    Raises ValidationError as `attach` does.
    """
    check_renew_file(user, attachment)
    space = attachment.room
    examined = _examined(space, upload)
    with _kept(examined) as version, transaction.atomic():
        _lock(space)
        check_renew_file(user, attachment)
        _check_room(space, version.size)
        latest = attachment.versions.visible_to(user).first()
        if latest.kind != version.kind:
            raise ValidationError(
                _("En ny udgave skal være samme slags fil (%(kind)s). Læg den i et nyt indlæg i stedet."),
                code="kind",
                params={"kind": latest.file_kind.name},
            )
        _write(version, attachment, user, latest.version + 1)
        if attachment.post_id:
            announce(Event.What.FILE, space, who=user, thread=attachment.post.thread, post=attachment.post)
    return version


def bind(user, post: Post, files=()) -> None:
    """Hang own files that are not sent yet on a post, by their ids: within the transaction that writes the post."""
    wanted = {int(pk) for pk in files}
    if not wanted:
        return
    space = post.thread.space
    there = post.attachments.visible_to(user).count() if post.has_files else 0
    if there + len(wanted) > MAX_FILES:
        raise ValidationError(TOO_MANY, code="many")
    own = Attachment.objects.visible_to(user).filter(pk__in=wanted, post=None, uploaded_by=user, space=space)
    if own.update(post=post) != len(wanted):
        raise ValidationError(_("En af filerne er ikke længere gemt. Vælg den igen."), code="gone")
    Post.objects.visible_to(user).filter(pk=post.pk).update(has_files=True)
    post.has_files = True
    announce(Event.What.FILE, space, who=user, thread=post.thread, post=post)


def take_off(user, post: Post, files=()) -> None:
    """Take files off one's own post for good, by their ids: within the transaction that edits it."""
    wanted = {int(pk) for pk in files}
    if not wanted:
        return
    remove(post.attachments.visible_to(user).filter(pk__in=wanted))
    post.has_files = post.attachments.visible_to(user).exists()
    Post.objects.visible_to(user).filter(pk=post.pk).update(has_files=post.has_files)
    announce(Event.What.FILE, post.thread.space, who=user, thread=post.thread, post=post)


TOO_MANY = _("Der kan være ti filer på et indlæg. Fjern nogle af dem, eller del dem på to indlæg.")


def remove(attachments) -> int:
    """Delete attachments with what they held, the files after the commit; return how many."""
    pks = list(attachments.values_list("pk", flat=True))
    names = attachments.filter(pk__in=pks).values_list("versions__file", "versions__thumbnail")
    names = [name for pair in names for name in pair if name]
    attachments.filter(pk__in=pks).delete()
    transaction.on_commit(partial(delete_files, names), robust=True)
    return len(pks)


def delete_files(names) -> None:
    for name in names:
        closed_files().delete(name)


# --- within the verbs ---------------------------------------------------------------------------------


def _check_may_attach(user, space):
    check_write_in_space(user, space)
    if not (space.has_threads and space.has_files):
        raise ValidationError(_("Der kan ikke lægges filer i dette rum."), code="none")


def _check_room(space, size):
    room, used = room_in(space), bytes_in(space)
    if used + size > room:
        raise ValidationError(
            _("Der er ikke plads til filen: %(used)s af rummets %(room)s MB er brugt. Skriv til en facilitator."),
            code="room",
            params={"used": used // MEGABYTE, "room": space.file_room},
        )


def _check_unsent(user, space):
    unsent = Attachment.objects.visible_to(user).filter(post=None, uploaded_by=user, space=space)
    if unsent.count() >= MAX_UNSENT:
        raise ValidationError(
            _("Du har %(number)s filer, som ikke er sendt endnu. De bliver slettet efter et døgn. Prøv igen så."),
            code="unsent",
            params={"number": MAX_UNSENT},
        )


def _examined(space, upload):
    """Refuse what has no room before it is opened; the sum is asked again under the lock."""
    _check_room(space, upload.size)
    return examine(upload)


@contextmanager
def _kept(examined: Examined):
    """Give a version whose files lie on the disk, unsaved; whatever goes wrong within takes them away again."""
    held = scan(examined.content)
    if held == Scan.INFECTED:
        raise ValidationError(INFECTED, code="infected", params={"name": examined.name})
    version = AttachmentVersion(
        kind=examined.kind.mime, size=examined.size, width=examined.width, height=examined.height, scan=held
    )
    try:
        version.file = saved(examined.content, examined.name)
        version.thumbnail = saved(examined.thumbnail, examined.name) if examined.thumbnail else ""
        yield version
    except BaseException:
        delete_files(file.name for file in (version.file, version.thumbnail) if file)
        raise


INFECTED = _("»%(name)s« er ikke gemt: virustjekket fandt noget skadeligt i den.")


def saved(content, name):
    content.seek(0)
    try:
        return closed_files().save(name, content)
    except OSError as fault:
        raise ValidationError(NO_ROOM, code=FULL, params={"name": name}) from fault


NO_ROOM = _("»%(name)s« kunne ikke gemmes: der er ikke plads på serveren. Teksten er her endnu. Prøv igen senere.")


def _write(version, attachment, user, number):
    version.attachment, version.version, version.uploaded_by = attachment, number, user
    if version.file_kind.is_picture:
        version.text_read_at = timezone.now()  # there is nothing to read in it
    version.save()


def _lock(space):
    """Lock the space, so that two files cannot take the same room."""
    Space.objects.select_for_update().filter(pk=space.pk).exists()
