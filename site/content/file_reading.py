"""A program: the file on standard input, its plain text on standard output; the one argument is "pdf" or "docx".

It knows nothing of the house, and what it reads may be made to harm: see content.file_text. Ends with 1 when the file
is broken or encrypted.
"""

import io
import re
import sys
import zipfile

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


def limit() -> None:
    try:
        import resource
    except ImportError:  # not on Windows; there the time limit of the caller remains
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))


def main() -> int:
    limit()
    read = {"pdf": pdf, "docx": docx}[sys.argv[1]]
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
