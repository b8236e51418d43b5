"""The kinds of files that members may attach, and nothing about any one file."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

MEGABYTE = 1024 * 1024
MAX_BYTES = 25 * MEGABYTE
MAX_FILES = 10


@dataclass(frozen=True)
class FileKind:
    """`name` is its usual ending, `endings` are all it may have."""

    name: str
    mime: str
    label: str
    endings: tuple[str, ...]
    is_picture: bool = False


_OPEN_XML = "application/vnd.openxmlformats-officedocument."
_OPEN_DOCUMENT = "application/vnd.oasis.opendocument."
KINDS = {
    kind.name: kind
    for kind in (
        FileKind("pdf", "application/pdf", _("PDF"), ("pdf",)),
        FileKind("docx", f"{_OPEN_XML}wordprocessingml.document", _("Word"), ("docx",)),
        FileKind("xlsx", f"{_OPEN_XML}spreadsheetml.sheet", _("Excel"), ("xlsx",)),
        FileKind("pptx", f"{_OPEN_XML}presentationml.presentation", _("PowerPoint"), ("pptx",)),
        FileKind("odt", f"{_OPEN_DOCUMENT}text", _("OpenDocument-tekst"), ("odt",)),
        FileKind("ods", f"{_OPEN_DOCUMENT}spreadsheet", _("OpenDocument-regneark"), ("ods",)),
        FileKind("odp", f"{_OPEN_DOCUMENT}presentation", _("OpenDocument-præsentation"), ("odp",)),
        FileKind("jpg", "image/jpeg", _("Billede"), ("jpg", "jpeg", "jfif"), is_picture=True),
        FileKind("png", "image/png", _("Billede"), ("png",), is_picture=True),
        FileKind("webp", "image/webp", _("Billede"), ("webp",), is_picture=True),
        FileKind("gif", "image/gif", _("Billede"), ("gif",), is_picture=True),
        FileKind("avif", "image/avif", _("Billede"), ("avif",), is_picture=True),
        FileKind("txt", "text/plain", _("Tekst"), ("txt",)),
        FileKind("csv", "text/csv", _("CSV"), ("csv",)),
    )
}
BY_MIME = {kind.mime: kind for kind in KINDS.values()}
ENDINGS = {ending: kind for kind in KINDS.values() for ending in kind.endings}
# For the browser's own window for choosing files; what comes is looked at all the same.
ACCEPTED = ",".join(f".{ending}" for ending in ENDINGS)
