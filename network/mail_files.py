"""The files that came with a mail, put up by the rules of the space: what is refused is told, and the text goes on."""

import base64
import binascii
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
    files, aside = Files(), getattr(message, "aside", {})
    for part in _parts(message, aside):
        if part.get_content_type() in TNEF:
            files.told.append(_("Filerne lå i »winmail.dat«, som kun Outlook kan åbne. Læg dem op på siden."))
        elif len(files.ids) == MAX_FILES:
            files.told.append(str(TOO_MANY))
            break
        else:
            with TemporaryFile() as content:
                _write(part, aside, content)
                _put_up(user, space, File(content, name=part.get_filename() or ""), files)
    return files


def _parts(message, aside):
    for part in message.walk():
        if part.is_multipart() or part.get_content_type() in NOT_FILES:
            continue
        is_file = part.get_content_type() in TNEF or part.get_content_disposition() == "attachment"
        if is_file or (part.get_content_maintype() == "image" and not _is_logo(part, aside)):
            yield part


def _is_logo(part, aside):
    is_small = len(part.get_payload()) * 3 // 4 < SMALL and _aside(part, aside) is None
    return is_small or bool(LOGO.match(part.get_filename() or ""))


def _aside(part, aside):
    """Return the file in which the content of a large part lies, as it came."""
    payload = part.get_payload()
    return aside.get(payload.strip()) if aside and isinstance(payload, str) else None


def _write(part, aside, content):
    """Write what a part holds into `content`, a line at a time where it is large."""
    kept = _aside(part, aside)
    if kept is None or str(part.get("Content-Transfer-Encoding", "")).strip().lower() != "base64":
        content.write(part.get_payload(decode=True) or b"")
    else:
        kept.seek(0)
        try:
            base64.decode(kept, content)
        except binascii.Error:
            content.truncate(0)  # a file that is broken on its way is refused as an empty one
    content.seek(0)


def _put_up(user, space, file, files):
    try:
        files.ids.append(attach(user, space, file).pk)
    except ValidationError as fault:
        files.told += fault.messages
