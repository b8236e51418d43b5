"""What a file is, seen from what is in it and not from its name; and a picture made anew.

What may be made to harm is opened by a process of its own (network.unpacking), with limits to time and memory.
"""

import codecs
import json
import logging
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryFile

from django.core.exceptions import ValidationError
from django.core.files import File
from django.core.files.base import ContentFile
from django.utils.translation import gettext_lazy as _

from network import unpacking
from network.filekinds import ENDINGS, KINDS, MAX_BYTES, FileKind
from network.filenames import named_by_content, parts, safe_name

logger = logging.getLogger(__name__)

PROGRAM = Path(unpacking.__file__)
SECONDS = unpacking.SECONDS + 2
HEAD = 4096
CHUNK = 64 * 1024
PICTURES = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp", "GIF": "gif", "AVIF": "avif"}
# Endings under which plain text may come; under any other its name says something that it is not.
TEXT_ENDINGS = {"", "txt", "csv", "md", "log", "text"}
_MARKUP = re.compile(r"<[!?/a-z]|#!", re.IGNORECASE)
_NO_TEXT = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")

UNKNOWN = _("»%(name)s« er ikke en af de slags filer, rummet tager imod: PDF, Office, billeder, tekst og CSV.")
MARKUP = _("»%(name)s« er en webside eller et program. Den slags tager rummet ikke imod.")
OLD_OFFICE = _(
    "»%(name)s« er i et ældre Office-format eller har adgangskode. Gem den uden adgangskode som .docx, .xlsx eller "
    ".pptx."
)
HEIC = _("»%(name)s« er et billede i formatet HEIC, som de færreste kan åbne. Gem det som JPEG.")
MISNAMED = _("»%(name)s« er tekst, men hedder noget andet. Giv den et navn, der ender på .txt eller .csv.")
BROKEN = _("»%(name)s« kan ikke åbnes: filen er beskadiget. Gem den igen, og vælg den én gang til.")
REFUSALS = {
    unpacking.BROKEN: BROKEN,
    unpacking.HUGE: _(
        "»%(name)s« er for stor, når den pakkes ud. Et billede kan være på 40 megapixel: gør det mindre."
    ),
    unpacking.MACROS: _(
        "»%(name)s« indeholder makroer. Gem den uden makroer (.docx, .xlsx, .pptx), og vælg den igen."
    ),
    unpacking.ARCHIVE: UNKNOWN,
    unpacking.LOCKED: _("»%(name)s« er låst med adgangskode. Gem den uden, og vælg den igen."),
    unpacking.NO_ROOM: _("»%(name)s« kunne ikke gemmes: der er ikke plads på serveren. Prøv igen senere."),
}
FULL = "full"


@dataclass
class Examined:
    """What is kept of a file. `content` and `thumbnail` are read from where they are: no file is held in memory."""

    name: str
    kind: FileKind
    content: File
    width: int | None = None
    height: int | None = None
    thumbnail: File | None = None

    @property
    def size(self):
        return self.content.size


def examine(upload: File) -> Examined:
    """Return what is kept of `upload`, named by its content.

    Raises ValidationError with a Danish sentence for a kind that is not taken, and for what is broken, too large when
    it is unpacked, or says by its name that it is something else.
    """
    name = safe_name(upload.name or "")
    if not upload.size:
        raise ValidationError(_("»%(name)s« er tom."), code="empty", params={"name": name})
    if upload.size > MAX_BYTES:
        raise ValidationError(TOO_LARGE, code="large", params={"name": name})
    upload.seek(0)
    head = upload.read(HEAD)
    if _is_picture(head):
        return _picture(upload, name)
    kind = _kind(upload, head, name)
    return Examined(named_by_content(name, kind), kind, upload)


TOO_LARGE = _("»%(name)s« er større end 25 MB. Gør den mindre, eller del den op.")


def _kind(upload, head, name):
    if head.startswith(b"%PDF-"):
        return KINDS["pdf"]
    if head.startswith(b"PK\x03\x04"):
        with _unpacked("office", upload, name) as found:
            return KINDS[found.read().decode()]
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise ValidationError(OLD_OFFICE, code="kind", params={"name": name})
    if head[4:8] == b"ftyp" and head[8:12] in (b"heic", b"heix", b"hevc", b"mif1", b"msf1"):
        raise ValidationError(HEIC, code="kind", params={"name": name})
    return _text(upload, name)


# --- text ---------------------------------------------------------------------------------------------


def _text(upload, name):
    encoding = encoding_of(upload)
    if encoding is None:
        raise ValidationError(UNKNOWN, code="kind", params={"name": name})
    upload.seek(0)
    beginning = upload.read(HEAD).decode(encoding, "ignore").lstrip("\ufeff \t\r\n")
    if _MARKUP.match(beginning):
        raise ValidationError(MARKUP, code="kind", params={"name": name})
    _stem, ending = parts(name)
    if ending.lower() not in TEXT_ENDINGS:
        raise ValidationError(MISNAMED if ending.lower() in ENDINGS else UNKNOWN, code="kind", params={"name": name})
    return KINDS["csv" if ending.lower() == "csv" else "txt"]


def encoding_of(file) -> str | None:
    """Return how the plain text in `file` is written, None where it is no text."""
    file.seek(0)
    if file.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return "utf-16" if _reads_as(file, "utf-16") else None
    return next((name for name in ("utf-8-sig", "cp1252") if _reads_as(file, name)), None)


def _reads_as(file, encoding):
    file.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while chunk := file.read(CHUNK):
            if _NO_TEXT.search(decoder.decode(chunk)):
                return False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


# --- pictures -----------------------------------------------------------------------------------------


def _is_picture(head):
    if head[:4] == b"RIFF":
        return head[8:12] == b"WEBP"
    if head[4:8] == b"ftyp":
        return head[8:12] in (b"avif", b"avis") or (head[8:12] == b"mif1" and b"avif" in head[16:64])
    return head.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a"))


def _picture(upload, name):
    with _unpacked("picture", upload, name) as made:
        told = json.loads(made.readline())
        content, thumbnail = _part(made, told["picture"]), ContentFile(made.read(told["thumbnail"]))
    kind = KINDS[PICTURES[told["format"]]]
    return Examined(
        named_by_content(name, kind), kind, content, width=told["width"], height=told["height"], thumbnail=thumbnail
    )


def _part(source, length):
    """Take `length` bytes from `source` into a file of their own, a piece at a time."""
    part = TemporaryFile()  # noqa: SIM115  closed with the File that is returned
    while length > 0 and (piece := source.read(min(CHUNK, length))):
        part.write(piece)
        length -= len(piece)
    file = File(part, name="billede")
    file.size = part.tell()
    return file


# --- the process of its own ---------------------------------------------------------------------------


def _unpacked(what, upload, name):
    """Let the program open `upload`, and return the file it wrote; raise ValidationError for what it refuses."""
    out = TemporaryFile()  # noqa: SIM115  closed by whoever reads it
    try:
        code = _run(what, upload, out)
    except subprocess.TimeoutExpired:
        code = unpacking.HUGE
    if code:
        out.close()
        logger.info("A file was refused by the program that opens it: %s ends with %s.", what, code)
        # Below nought: killed, by the limits it set itself or by the system.
        sentence = REFUSALS.get(code if code > 0 else unpacking.HUGE, BROKEN)
        raise ValidationError(sentence, code=FULL if code == unpacking.NO_ROOM else "kind", params={"name": name})
    out.seek(0)
    return out


def _run(what, upload, out):
    with _on_disk(upload) as source:
        return subprocess.run(  # noqa: S603  our own program, with one of two words
            [sys.executable, "-I", str(PROGRAM), what],
            stdin=source,
            stdout=out,
            stderr=subprocess.DEVNULL,
            timeout=SECONDS,
            check=False,
        ).returncode


def _on_disk(upload):
    """Return the upload as a file that another process can read."""
    upload.seek(0)
    if hasattr(upload, "temporary_file_path"):
        return open(upload.temporary_file_path(), "rb")
    copy = TemporaryFile()  # noqa: SIM115  closed by whoever reads it
    copyfileobj(upload, copy, CHUNK)
    copy.seek(0)
    return copy
