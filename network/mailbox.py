"""Reading a mailbox (IMAP): each mail is taken in, and deleted there once it is.

What could not be taken, because of the database or the disk, stays and comes again at the next reading. A mail that is
read twice, by two readers or after a kill between taking and deleting, becomes one post.
"""

import imaplib
import logging
from contextlib import contextmanager
from urllib.parse import unquote, urlsplit

from django.conf import settings

from network.mail_spool import CHUNK, MOST, take_raw

logger = logging.getLogger(__name__)
SECONDS = 60


def read_mailbox() -> tuple[int, int]:
    """Take in what lies in the mailbox; return how many mails were taken, and how many stay."""
    with _opened() as mailbox:
        taken = stays = 0
        for number in _numbers(mailbox):
            try:
                take_raw(_pieces(mailbox, number))
            except Exception as error:
                logger.error("A mail stays in the mailbox: %s", type(error).__name__)
                stays += 1
                continue
            mailbox.uid("STORE", number, "+FLAGS.SILENT", r"(\Deleted)")
            taken += 1
        mailbox.expunge()
    return taken, stays


@contextmanager
def _opened():
    place = urlsplit(settings.MAIL_IN_IMAP)
    kind = imaplib.IMAP4_SSL if place.scheme == "imaps" else imaplib.IMAP4
    mailbox = kind(place.hostname, place.port or (993 if place.scheme == "imaps" else 143), timeout=SECONDS)
    try:
        mailbox.login(unquote(place.username or ""), unquote(place.password or ""))
        _answer(mailbox.select(f'"{unquote(place.path.strip("/")) or "INBOX"}"'))
        yield mailbox
    finally:
        mailbox.logout()


def _numbers(mailbox):
    return _answer(mailbox.uid("SEARCH", "UNDELETED"))[0].split()


def _pieces(mailbox, number):
    """Fetch a mail a megabyte at a time, and no more of it than is read."""
    for begin in range(0, MOST + CHUNK, CHUNK):
        found = _answer(mailbox.uid("FETCH", number, f"(BODY.PEEK[]<{begin}.{CHUNK}>)"))
        piece = next((part[1] for part in found if isinstance(part, tuple)), b"")
        if piece:
            yield piece
        if len(piece) < CHUNK:
            return


def _answer(answer):
    status, found = answer
    if status != "OK":
        raise imaplib.IMAP4.error("The mailbox did not answer OK.")
    return found
