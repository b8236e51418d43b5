"""Mail that comes in: an answer in a thread, or a new thread, from the member to whom its address was given.

    take(message, recipients=["svar+t1k.2f.m.…@post.example"], sender="bo@kommune.example")

Every road ends here: the provider's webhook, the mailbox that is read, the pipe of the mail server. Who is not the
member that the address was made for is told so where she is a member herself; to strangers, forgers and machines
nothing is answered. A mail is taken once, however often it comes. No word of it is written to a log.
"""

import hashlib
import logging
import math
import re
from datetime import timedelta
from email.utils import getaddresses
from uuid import NAMESPACE_URL, uuid5

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.http import Http404
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.letters import queue
from accounts.returned import take_report
from accounts.signed_addresses import ANSWER, NEW_THREAD, RETURNED, read_address
from network.discuss import TITLE_LENGTH, reply, start_thread
from network.limits import TooMany
from network.mail_files import files_in
from network.mail_letters import POSTED, REFUSED
from network.mail_senders import is_automatic, person_of
from network.mail_text import read_text
from network.models import FormerPlace, IncomingMail, Showing, Space
from network.permissions import thread_for
from network.rule import is_in_network

logger = logging.getLogger(__name__)

ADDRESSED = ("To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To")
PREFIX = re.compile(r"^\s*(?:(?:sv|vs|re|fw|fwd|aw|svar|videresendt)\s*(?:\[\d+\])?\s*:\s*)+", re.IGNORECASE)
REFUSALS_A_DAY = 5

FOREIGN = gettext_lazy(
    "Adressen, du skrev til, er lavet til en anden. Hver har sin egen: svar på en mail, du selv har fået, eller skriv "
    "på siden."
)
OLD = gettext_lazy("Adressen, du skrev til, er mere end et år gammel. Svar på en nyere mail, eller skriv på siden.")
GONE = gettext_lazy("Det, du skrev til, er der ikke længere, eller du har ikke længere adgang til at skrive der.")
EMPTY = gettext_lazy("Vi fandt ingen tekst i mailen. Skriv dit svar øverst, over det, du svarer på.")
TOO_LARGE = gettext_lazy("Mailen er større end 25 MB. Send den uden filer, og læg filerne op på siden.")


class NotTaken(Exception):
    """The mail is not taken; the words are for its sender, who is a member."""


def take(message, recipients=(), sender=None, is_too_large=False) -> str:
    """Take in a mail, and return in a word what became of it: posted, refused, ignored, again, returned.

    `recipients` and `sender` are those of the envelope, where the road tells them. Raises for what is wrong with us
    alone (the database, the disk): then the mail is to come again.
    """
    with translation.override("da"):
        outcome = _take(message, recipients, sender, is_too_large)
    logger.info("Mail in: %s", outcome)
    return outcome


def _take(message, recipients, sender, is_too_large):
    address = _signed(message, recipients)
    if address is None:
        return "ignored"
    if address.what == RETURNED:
        return "returned" if take_report(message, address.pk, address.user_pk) else "ignored"
    if is_automatic(message, sender):
        return "ignored"
    user = person_of(message)
    if user is None:
        return "ignored"
    key = _key(message, address)
    if IncomingMail.objects.visible_to(user).filter(key=key).exists():
        return "again"
    try:
        return _post(user, address, message, key, is_too_large)
    except NotTaken as why:
        return _refuse(user, key, str(why))
    except (Http404, PermissionDenied):
        return _refuse(user, key, str(GONE))
    except TooMany as fault:
        return _refuse(user, key, _too_many(fault))
    except ValidationError as fault:
        return _refuse(user, key, " ".join(fault.messages))


def _signed(message, recipients):
    """Return what the first address of ours says, of the envelope before those that stand in the mail."""
    written = [str(value) for name in ADDRESSED for value in message.get_all(name, [])]
    addresses = [*recipients, *(address for _name, address in getaddresses(written))]
    return next(filter(None, map(read_address, addresses)), None)


def _key(message, address):
    """Name a mail by its Message-ID, and where it has none by what it says, and by whom and what it was sent to."""
    number = str(message.get("Message-ID", "")).strip() or message.as_bytes()
    number = number if isinstance(number, bytes) else number.encode()
    named = hashlib.sha256(number)
    named.update(f"|{address.what}{address.pk}.{address.user_pk}".encode())
    return named.hexdigest()


# --- what becomes of it -------------------------------------------------------------------------------


def _post(user, address, message, key, is_too_large):
    if address.user_pk != user.pk:
        raise NotTaken(FOREIGN)
    if address.is_old:
        raise NotTaken(OLD)
    if not is_in_network(user):
        raise NotTaken(GONE)
    if is_too_large:
        raise NotTaken(TOO_LARGE)
    write, space = {ANSWER: _answer, NEW_THREAD: _new_thread}[address.what](user, address.pk, message)
    read = read_text(message)
    files = files_in(user, space, message)
    text = read.text or (_("Se den vedhæftede fil.") if files.ids else "")
    if not text:
        raise NotTaken(" ".join([str(EMPTY), *files.told]))
    try:
        with transaction.atomic():
            post = write(text, uuid5(NAMESPACE_URL, key), files.ids)
            told = "\n".join([*_held(post), *files.told])
            fields = {"key": key, "user": user, "post": post, "cut": read.cut, "told": told}
            row = IncomingMail.objects.create(state=IncomingMail.State.POSTED, **fields)
            queue(POSTED, user, incoming=row.pk)
    except IntegrityError:
        if IncomingMail.objects.visible_to(user).filter(key=key).exists():
            return "again"  # the same mail, by two roads at the same time
        raise
    return "posted"


def _answer(user, pk, _message):
    thread = thread_for(user, pk) or _moved(user, pk)
    if thread is None:
        raise NotTaken(GONE)

    def write(text, form_key, files):
        return reply(user, thread, text, form_key=form_key, files=files)

    return write, thread.space


def _moved(user, pk):
    """A thread that was merged into another is answered where it stands now."""
    place = FormerPlace.objects.filter(thread_pk=pk, number=None).first()
    return thread_for(user, place.thread_id) if place else None


def _new_thread(user, pk, message):
    space = Space.objects.visible_to(user).filter(pk=pk).first()
    if space is None:
        raise NotTaken(GONE)
    title = PREFIX.sub("", str(message.get("Subject", ""))).strip()
    if len(title) > TITLE_LENGTH:
        raise NotTaken(_("Emnet bliver trådens overskrift, og det er for langt: højst 140 tegn."))

    def write(text, form_key, files):
        thread = start_thread(user, space, title, text, form_key=form_key, files=files)
        return thread.posts.visible_to(user).get(author=user, form_key=form_key)

    return write, space


def _held(post):
    return [_("Indlægget venter på en facilitator, før andre kan læse det.")] if post.state == Showing.HELD else []


def _refuse(user, key, told):
    try:
        with transaction.atomic():
            row = IncomingMail.objects.create(key=key, user=user, state=IncomingMail.State.REFUSED, told=told)
            if _refused_today(user) <= REFUSALS_A_DAY:
                queue(REFUSED, user, incoming=row.pk)
    except IntegrityError:
        return "again"
    return "refused"


def _refused_today(user):
    """A mail that someone forged is answered to a member, who has not written it: not often."""
    since = timezone.now() - timedelta(days=1)
    own = IncomingMail.objects.visible_to(user)
    return own.filter(state=IncomingMail.State.REFUSED, at__gt=since).count()


def _too_many(fault):
    minutes = math.ceil(fault.wait / 60)
    return _(
        "Du har skrevet meget på kort tid, og flere indlæg er der ikke plads til lige nu. Send mailen igen om "
        "%(minutes)s minutter."
    ) % {"minutes": minutes}
