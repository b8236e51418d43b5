"""Mail from rows: a letter is written inside the transaction that gives reason for it, and sent after the commit.

A room registers how its letters are written, with ids in and words out:

    @writes("access-answered")
    def access_answered(letter):
        request = AccessRequest.objects.filter(pk=letter.about["request"]).first()
        if request is None or not may_know(letter.recipient, request.space):
            return None
        return Words(_("Svar fra rummet"), "network/email/access_answered", {"request": request})

    queue("access-answered", user, request=request.pk)
"""

import logging
import re
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from email.utils import make_msgid
from functools import partial
from smtplib import SMTPRecipientsRefused, SMTPResponseException
from time import monotonic

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import connection, transaction
from django.db.models import F
from django.template.loader import render_to_string
from django.utils import timezone, translation

from accounts.bounces import is_stopped, note_bounce, stopped_among
from accounts.models import Bounce, Letter
from accounts.signed_addresses import RETURNED, is_on, signed_address
from accounts.stops import host

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)  # longer than any one sending takes: so long nobody else tries the same letter
LONGEST_WAIT = 15
REFUSALS = 3  # a mailbox that says no three times does not exist
FRESH = 2.0  # seconds that what was read for several letters is taken to be true
REST = timedelta(minutes=1)
STOPPED = "stopped"  # mail to the address came back too often
SOME = 50  # as many are read for at once by who sends all that waits
A_FEW = 10  # as many are sent while somebody waits for her page


@dataclass(frozen=True)
class Words:
    """What stands in a letter. `template` names two files: with .txt and .html after it."""

    subject: str
    template: str
    context: dict = field(default_factory=dict)
    headers: dict = field(default_factory=dict)


Writer = Callable[[Letter], Words | None]
_writers: dict[str, Writer] = {}
_reads_ahead: dict[str, Callable[[list[Letter]], None]] = {}


def writes(kind: str):
    """Register the writer of letters of `kind`. It asks for rights itself; None means: this may no longer be sent."""

    def register(writer: Writer) -> Writer:
        if _writers.setdefault(kind, writer) is not writer:
            raise ValueError(f"Two writers of letters of the kind {kind}.")
        return writer

    return register


def reads_ahead(kind: str):
    """Register `function(letters)`, which reads for many letters of `kind` at once and hangs what it found on each.

    It is called just before they are sent, and asks for rights then. The writer reads for itself where it was not.
    """

    def register(function):
        _reads_ahead[kind] = function
        return function

    return register


def queue(kind: str, recipient, **about: int) -> Letter:
    """Owe `recipient` a letter about the rows with the given ids; it is sent when the transaction has been committed.

    Must be called inside a transaction: rolled back, the letter was never there. Raises LookupError for a kind
    without writer, TypeError for anything but ids: words stand in their own tables, where rights are asked.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("A letter is queued inside the transaction it tells of.")
    if kind not in _writers:
        raise LookupError(f"Nobody writes letters of the kind {kind}.")
    if not all(isinstance(value, int) for value in about.values()):
        raise TypeError("A letter holds ids alone.")
    letter = Letter.objects.create(kind=kind, recipient=recipient, about=about)
    transaction.on_commit(partial(_deliver_now, letter.pk), robust=True)
    return letter


def queue_many(kind: str, owed, due_at) -> None:
    """Owe letters of one kind to many: `owed` is (id of the recipient, {name: id}). Sent from `due_at` on.

    As `queue`, inside a transaction and with ids alone. A few that are due are sent after the commit; many, and what
    is due later, are left to `send_letters`.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("A letter is queued inside the transaction it tells of.")
    if kind not in _writers:
        raise LookupError(f"Nobody writes letters of the kind {kind}.")
    rows = [Letter(kind=kind, recipient_id=pk, about=about, due_at=due_at) for pk, about in owed]
    made = Letter.objects.bulk_create(rows, batch_size=500)
    if len(made) <= A_FEW and due_at <= timezone.now():
        for letter in made:
            transaction.on_commit(partial(_deliver_now, letter.pk), robust=True)


def _deliver_now(pk):
    """Send at once, unless the mail server has just been out of reach: nobody's page waits for it twice."""
    if not Letter.objects.waiting().filter(unreached_at__gt=timezone.now() - REST).exists():
        deliver(Letter.objects.get(pk=pk))


def deliver(letter: Letter) -> bool:
    """Send `letter` if it is due and nobody else is sending it; return whether it was sent.

    It never raises for a mail server that fails: the letter stays, and is due again after 1, 2, 4 … 15 minutes.
    The row is marked before and after, so two senders cannot both send; if the process dies between, the copy that
    comes later bears the same Message-ID.
    """
    if not _claim(letter):
        return False
    # In the language of the site: who sends may have chosen another one in the admin.
    with translation.override(settings.LANGUAGE_CODE), closing(get_connection()) as server:
        return _send(letter, is_stopped(letter.recipient), server)


def deliver_waiting() -> tuple[int, int]:
    """Send what is due, the oldest first; return how many were sent and how many still wait. Several may run at once.

    Some at a time are marked together, read for together, and sent one by one over one connection; each is marked
    again when it is sent. While the mail server is away it is left at those.
    """
    number = 0
    with translation.override(settings.LANGUAGE_CODE):
        while letters := _claim_some():
            sent = _deliver_some(letters)
            number += sent
            if not sent and any(letter.unreached_at for letter in letters):
                break
    return number, Letter.objects.waiting().count()


def _deliver_some(letters):
    """Send one by one what was marked. Where that takes long it is read for anew: what was true is soon so no more."""
    until, read_at, sent, at = monotonic() + LEASE.total_seconds() / 2, None, 0, 0
    with closing(get_connection()) as server:
        # Where the server is slow the others are due again, here or elsewhere, when their lease ends.
        while at < len(letters) and (now := monotonic()) <= until:
            if read_at is None or now > read_at + FRESH:
                letters[at:] = _read_for(letters[at:], is_again=read_at is not None)
                stopped = stopped_among([letter.recipient for letter in letters[at:]])
                read_at = monotonic()
            else:
                sent += _send(letters[at], letters[at].recipient_id in stopped, server)
                at += 1
    return sent


def _read_for(letters, is_again):
    """Return the letters with what is read ahead; again, they are fetched anew, without those that are gone."""
    if is_again:
        found = Letter.objects.waiting().select_related("recipient").in_bulk([letter.pk for letter in letters])
        letters = [found[letter.pk] for letter in letters if letter.pk in found]
    _read_ahead(letters)
    return letters


def _send(letter, is_stopped, server):
    try:
        _write_and_send(letter, is_stopped, server)
    except Exception as error:
        _note(letter, error)
        server.close()
    letter.save(update_fields=["due_at", "sent_at", "dropped_at", "unreached_at", "last_error"])
    return letter.sent_at is not None


def _read_ahead(letters):
    by_kind = {}
    for letter in letters:
        by_kind.setdefault(letter.kind, []).append(letter)
    for kind, same in by_kind.items():
        if kind in _reads_ahead:
            try:
                _reads_ahead[kind](same)
            except Exception:  # each of them meets it again, and notes it, when it is written
                logger.exception("Letters of the kind %s could not be read ahead.", kind)


def _claim(letter):
    mine = Letter.objects.due().filter(pk=letter.pk, tries=letter.tries)
    if not mine.update(tries=F("tries") + 1, due_at=timezone.now() + LEASE):
        return False
    letter.refresh_from_db()
    return True


@transaction.atomic
def _claim_some():
    """Mark the oldest that are due and that nobody else is marking; return them, with whom they are for."""
    due = Letter.objects.due().select_for_update(skip_locked=True, of=("self",)).select_related("recipient")
    letters = list(due.order_by("queued_at", "pk")[:SOME])
    lease = timezone.now() + LEASE
    Letter.objects.filter(pk__in=[letter.pk for letter in letters]).update(tries=F("tries") + 1, due_at=lease)
    for letter in letters:
        letter.tries, letter.due_at = letter.tries + 1, lease
    return letters


def _write_and_send(letter, is_stopped, server):
    if is_stopped:
        letter.dropped_at, letter.last_error = timezone.now(), STOPPED
        return
    words = _writers[letter.kind](letter) if letter.recipient.is_active else None
    if words is None:
        letter.dropped_at = timezone.now()
        return
    message = _message(letter, words)
    message.connection = server
    server.open()
    message.send()
    letter.sent_at, letter.last_error, letter.unreached_at = timezone.now(), "", None


def _note(letter, error):
    """Write down what went wrong without what was written or to whom: the words of an error may hold both."""
    code = getattr(error, "smtp_code", "")
    letter.last_error = f"{type(error).__name__} {code}".strip()
    letter.due_at = timezone.now() + timedelta(minutes=min(2 ** min(letter.tries - 1, 4), LONGEST_WAIT))
    refused = isinstance(error, SMTPRecipientsRefused)
    if refused and letter.tries >= REFUSALS:
        letter.dropped_at = timezone.now()
        if _has_no_mailbox(error):
            note_bounce(letter.recipient, Bounce.Kind.HARD, f"brev-{letter.pk}")
    elif isinstance(error, OSError) and not refused and not isinstance(error, SMTPResponseException):
        letter.unreached_at = timezone.now()
    logger.warning("Letter %s (%s), try %s: %s", letter.pk, letter.kind, letter.tries, letter.last_error)


def _has_no_mailbox(error):
    """Is it said of the address for good? A server that will not hear us (5.7.1) says nothing of the address."""
    (code, said), *_others = error.recipients.values()
    told = re.match(rb"(\d)\.(\d)\.\d", said if isinstance(said, bytes) else str(said).encode())
    return 500 <= code < 600 and (told is None or told.groups() in {(b"5", b"1"), (b"5", b"2")})


def _message(letter, words):
    context = {"base_url": settings.BASE_URL, "recipient": letter.recipient, **words.context}
    text, html = (render_to_string(f"{words.template}.{ending}", context).strip() for ending in ("txt", "html"))
    message = EmailMultiAlternatives(
        one_line(words.subject),
        f"{text}\n",
        from_email=_envelope_sender(letter),
        to=[letter.recipient.email],
        headers=_headers(letter, words),
    )
    message.attach_alternative(html, "text/html")
    return message


def _envelope_sender(letter):
    """Where the letter returns to, when it cannot be delivered: an address that says by itself which letter it is."""
    if not is_on():
        return settings.DEFAULT_FROM_EMAIL
    return signed_address(RETURNED, letter.pk, letter.recipient_id)


def own_headers(name="") -> dict:
    """Return what every mail of ours bears; without a name its Message-ID is one of a kind. No name of a machine."""
    number = f"<{name}@{host()}>" if name else make_msgid(domain=host())
    return {"Auto-Submitted": "auto-generated", "Message-ID": number}


def _headers(letter, words):
    # Without it, what stands as From would be the address that the letter returns to.
    own = own_headers(f"brev-{letter.pk}") | {"From": settings.DEFAULT_FROM_EMAIL}
    return own | {name: one_line(value) for name, value in words.headers.items()}


def one_line(text) -> str:
    """Return `text` without line breaks and other control characters, so that it cannot become a second header."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in str(text)).split())
