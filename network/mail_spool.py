"""A raw mail on its way in: on the disk until it is taken, so that none is held in memory as it came."""

from email import policy
from email.parser import BytesParser
from tempfile import TemporaryFile

from django.conf import settings

from network.filekinds import MEGABYTE
from network.mail_in import take

# A file of 25 MB takes a third more as mail, and there is the text.
MOST = 36 * MEGABYTE
CHUNK = MEGABYTE


def take_raw(chunks, recipients=(), sender=None) -> str:
    """Take in the raw mail that comes in `chunks` of bytes; return what became of it, as `network.mail_in.take` does.

    Of a mail that is too large the head alone is read, and its sender is told.
    """
    with TemporaryFile(dir=_folder()) as kept:
        size = 0
        for chunk in chunks:
            kept.write(chunk[: max(MOST - size, 0)])
            size += len(chunk)
        kept.seek(0)
        is_too_large = size > MOST
        message = BytesParser(policy=policy.default).parse(kept, headersonly=is_too_large)
    return take(message, recipients, sender, is_too_large=is_too_large)


def chunks_of(stream):
    """Give what stands in `stream`, a piece at a time."""
    while chunk := stream.read(CHUNK):
        yield chunk


def _folder():
    folder = settings.VAR / "mail-in"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder
