"""The files that came with a mail, put up by the rules of the space: what is refused is told, and the text goes on."""

import re
from dataclasses import dataclass, field
from tempfile import TemporaryFile

from django.core.exceptions import ValidationError
from django.core.files import File
from django.utils.translation import gettext as _

from network.attach import TOO_MANY, attach
from network.filekinds import MAX_FILES

# What mail programs send along: signatures of the mail itself, invitations, and the logo below a name.
NOT_FILES = {
    "application/pkcs7-signature",
    "application/x-pkcs7-signature",
    "application/pgp-signature",
    "text/calendar",
}
TNEF = {"application/ms-tnef", "application/vnd.ms-tnef"}
LOGO = re.compile(r"^(?:image\d{3}\.(?:png|jpe?g|gif)|outlook-.*\.(?:png|jpe?g|gif))$", re.IGNORECASE)
SMALL = 20_000  # bytes: a picture that stands in the text is a logo below this


@dataclass
class Files:
    """`ids` are those put up, `told` says what is wrong with the others."""

    ids: list = field(default_factory=list)
    told: list = field(default_factory=list)


def files_in(user, space, message) -> Files:
    """Put up the files of `message` for a post in `space`; the rule of the space is asked of each (network.attach)."""
    files = Files()
    for part in _parts(message):
        if part.get_content_type() in TNEF:
            files.told.append(_("Filerne lå i »winmail.dat«, som kun Outlook kan åbne. Læg dem op på siden."))
        elif len(files.ids) == MAX_FILES:
            files.told.append(str(TOO_MANY))
            break
        else:
            _put_up(user, space, part, files)
    return files


def _parts(message):
    for part in message.walk():
        if part.is_multipart() or part.get_content_type() in NOT_FILES:
            continue
        if (
            part.get_content_type() in TNEF
            or part.get_content_disposition() == "attachment"
            or part.get_content_maintype() == "image"
            and not _is_logo(part)
        ):
            yield part


def _is_logo(part):
    name = part.get_filename() or ""
    return bool(LOGO.match(name)) or len(part.get_payload()) * 3 // 4 < SMALL


def _put_up(user, space, part, files):
    name = part.get_filename() or ""
    with TemporaryFile() as kept:
        kept.write(part.get_payload(decode=True) or b"")
        part.set_payload("")  # a large mail is held once, not twice
        kept.seek(0)
        try:
            files.ids.append(attach(user, space, File(kept, name=name)).pk)
        except ValidationError as fault:
            files.told += fault.messages
