"""What a file is called: the name its owner gave it, without what could deceive or harm."""

import re
import unicodedata

from network.filekinds import ENDINGS, FileKind

LONGEST = 120
# Signs that some system keeps for itself.
_KEPT = re.compile(r'[<>:"|?*\\/]')
_ENDING = re.compile(r"^\w{1,8}$")


def safe_name(name: str) -> str:
    """Return the last part of `name` without control signs, signs that turn the direction of the text, and blanks
    around it; at most 120 characters, the ending kept. Never empty.
    """
    name = unicodedata.normalize("NFC", re.split(r"[/\\]", name)[-1])
    name = "".join(" " if sign.isspace() else sign for sign in name if _is_said(sign))
    name = " ".join(_KEPT.sub("-", name).split()).strip(". ")
    stem, ending = parts(name)
    room = LONGEST - len(ending) - 1
    name = f"{stem[:room].strip()}.{ending}" if ending else name[:LONGEST].strip()
    return name or "fil"


def _is_said(sign):
    return sign.isspace() or unicodedata.category(sign)[0] != "C"


def parts(name: str) -> tuple[str, str]:
    """Return (stem, ending); the ending is empty where none is told."""
    stem, dot, ending = name.rpartition(".")
    return (stem, ending) if dot and stem and _ENDING.match(ending) else (name, "")


def named_by_content(name: str, kind: FileKind) -> str:
    """Return `name` with an ending that tells what the file is; one that tells of another kind is taken away."""
    stem, ending = parts(name)
    if ending.lower() in kind.endings:
        return name
    known = ending.lower() in ENDINGS
    return f"{stem if known else name}.{kind.name}"
