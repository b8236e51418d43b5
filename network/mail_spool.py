"""A raw mail on its way in: on the disk until it is taken, so that none is held in memory as it came.

The parser of the standard library holds a part as lines, as a text and as bytes at once. So what is long and base64 is
put aside in a file of its own first; the parser finds a name in its place (`message.aside`, see network.mail_files).
"""

import re
import secrets
from contextlib import ExitStack
from email import policy
from email.parser import BytesFeedParser, BytesHeaderParser
from functools import partial
from itertools import chain, groupby
from tempfile import TemporaryFile

from django.conf import settings

from network.filekinds import MEGABYTE
from network.mail_in import take

# A file of 25 MB takes a third more as mail, and there is the text.
MOST = 36 * MEGABYTE
CHUNK = MEGABYTE
ASIDE = MEGABYTE  # a text that is longer is no post
LINE = 64 * 1024
BASE64 = re.compile(rb"[A-Za-z0-9+/]{40,}={0,2}[\r\n]*")
LAST = re.compile(rb"[A-Za-z0-9+/]+={0,2}[\r\n]*")


def take_raw(chunks, recipients=(), sender=None) -> str:
    """Take in the raw mail that comes in `chunks` of bytes; return what became of it, as `network.mail_in.take` does.

    Of a mail that is too large the head alone is read, and its sender is told.
    """
    with ExitStack() as files:
        kept, size = files.enter_context(_new_file()), 0
        for chunk in chunks:
            kept.write(chunk[: max(MOST - size, 0)])
            size += len(chunk)
        kept.seek(0)
        is_too_large = size > MOST
        message = _head(kept) if is_too_large else _parsed(kept, files)
        return take(message, recipients, sender, is_too_large=is_too_large)


def _head(kept):
    return BytesHeaderParser(policy=policy.default).parse(kept)


def _parsed(kept, files):
    """Parse the mail in `kept`; what is put aside lies in `message.aside`, a file by its name."""
    parser, aside = BytesFeedParser(policy=policy.default), {}
    for run in _runs(kept):
        first, length = [], 0
        for line in run:
            first.append(line)
            length += len(line)
            if length >= ASIDE:
                name = secrets.token_urlsafe(24)
                aside[name] = files.enter_context(_new_file())
                aside[name].writelines(chain(first, run))
                first = [f"{name}\r\n".encode()]
        for line in first:
            parser.feed(line)
    message = parser.close()
    message.aside = aside
    return message


def _runs(kept):
    """Give the lines of a mail, those of base64 that follow each other together, the others each alone."""
    lines = iter(partial(kept.readline, LINE), b"")
    for is_base64, run in groupby(lines, key=_Follows()):
        if is_base64:
            yield run
        else:
            for line in run:
                yield [line]


class _Follows:
    """Is a line base64? The last of a run may be as short as it likes."""

    was = False

    def __call__(self, line):
        self.was = bool((LAST if self.was else BASE64).fullmatch(line))
        return self.was


def _new_file():
    return TemporaryFile(dir=_folder())


def chunks_of(stream):
    """Give what stands in `stream`, a piece at a time."""
    while chunk := stream.read(CHUNK):
        yield chunk


def _folder():
    folder = settings.VAR / "mail-in"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder
