"""A program: the file on standard input, its plain text on standard output; the one argument is a key of `READ`.

It knows nothing of the house, and what it reads may be made to harm: see content.file_text. Ends with 1 when the file
is broken or encrypted.
"""

import io
import re
import sys
import zipfile
from html import unescape

MAX_PAGES = 300
MAX_LETTERS = 200_000
MAX_UNPACKED = 100_000_000
MEMORY = 1_500_000_000
SECONDS = 6

_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_SPLIT = re.compile(r"(?<=[a-zæøå])-\n(?=[a-zæøå])")


class Unreadable(Exception):
    """Encrypted, or too large."""


def pdf(content: bytes) -> str:
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(content))
    if reader.is_encrypted:
        raise Unreadable("encrypted")
    pieces, length = [], 0
    for page in reader.pages[:MAX_PAGES]:
        pieces.append(page.extract_text())
        length += len(pieces[-1])
        if length > MAX_LETTERS:
            break
    return _SPLIT.sub("", "\n".join(pieces))


def docx(content: bytes) -> str:
    from docx import Document

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if sum(part.file_size for part in archive.infolist()) > MAX_UNPACKED:
            raise Unreadable("too large when unpacked")
    pieces, length = [], 0
    for node in Document(io.BytesIO(content)).element.body.iter(f"{_WORD}t", f"{_WORD}p", f"{_WORD}br", f"{_WORD}tab"):
        piece = (node.text or "") if node.tag == f"{_WORD}t" else " " if node.tag == f"{_WORD}tab" else "\n"
        pieces.append(piece)
        length += len(piece)
        if length > MAX_LETTERS:
            break
    return "".join(pieces)


# Where the words stand in the other Office files, and what ends a line there. Read without a parser: what is meant to
# harm one finds none, and runs of one word are not torn apart.
_WORDS = re.compile(r"ppt/slides/slide\d+\.xml|xl/(?:sharedStrings|worksheets/sheet\d+)\.xml|content\.xml")
_IN_CELLS = re.compile(r"<is>.*?</is>", re.DOTALL)  # beside them a sheet holds numbers
_LINE_ENDS = re.compile(r"</(?:a:p|si|is|text:p|text:h)>|<text:(?:tab|line-break|s)\b[^>]*>")
_TAG = re.compile(r"<[^>]*>")


def office(content: bytes) -> str:
    pieces, length = [], 0
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if sum(part.file_size for part in archive.infolist()) > MAX_UNPACKED:
            raise Unreadable("too large when unpacked")
        for part in sorted(filter(_WORDS.fullmatch, archive.namelist()), key=lambda name: (len(name), name)):
            marked = archive.read(part).decode("utf-8", "replace")
            if part.startswith("xl/worksheets/"):
                marked = "".join(_IN_CELLS.findall(marked))
            pieces.append(unescape(_TAG.sub("", _LINE_ENDS.sub("\n", marked))))
            length += len(pieces[-1])
            if length > MAX_LETTERS:
                break
    return "\n".join(pieces)


READ = {"pdf": pdf, "docx": docx, **dict.fromkeys(("xlsx", "pptx", "odt", "ods", "odp"), office)}


def limit() -> None:
    try:
        import resource
    except ImportError:  # not on Windows; there the time limit of the caller remains
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))


def main() -> int:
    limit()
    read = READ[sys.argv[1]]
    try:
        text = read(sys.stdin.buffer.read())
    except Exception as fault:  # whatever a hostile file sets off ends here, with no text
        sys.stderr.write(f"{type(fault).__name__}\n")
        return 1
    text = "\n".join(" ".join(line.split()) for line in text.splitlines())
    sys.stdout.buffer.write(text[:MAX_LETTERS].encode("utf-8", "replace"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
