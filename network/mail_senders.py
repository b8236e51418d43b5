"""Who sent a mail, and whether a person did: machines are not answered, and forgers are not heard."""

import re
from email.utils import getaddresses, parseaddr

from django.conf import settings
from django.contrib.auth import get_user_model

from accounts.addresses import normal
from accounts.signed_addresses import NOBODY
from accounts.stops import host

AUTOMATIC = re.compile(
    r"^(?:automatisk svar|autosvar|auto(?:matic)?[- ]?reply|out of office|fraværsbesked|ikke til stede)\b",
    re.IGNORECASE,
)
BULK = {"bulk", "junk", "list", "auto_reply"}
MACHINES = {"mailer-daemon", "postmaster", "noreply", "no-reply", "svar-ikke"}
# Any of these: a machine sent it.
MARKS = (
    "List-Id",
    "List-Unsubscribe",
    "X-Autoreply",
    "X-Autorespond",
    "X-Auto-Response-Suppress",
    "X-Loop",
    "Feedback-ID",
)


def is_automatic(message, envelope_sender=None) -> bool:
    """Was `message` sent by a machine: an answer while someone is away, a report, a list, ourselves?

    `envelope_sender`: whom the mail server heard, where it says; empty for a report that nobody may answer.
    """
    sent_by = envelope_sender if envelope_sender is not None else message.get("Return-Path")
    if sent_by is not None and not parseaddr(str(sent_by))[1]:
        return True
    if str(message.get("Auto-Submitted", "no")).split(";")[0].strip().lower() != "no":
        return True
    if str(message.get("Precedence", "")).strip().lower() in BULK or any(name in message for name in MARKS):
        return True
    if message.get_content_type() == "multipart/report" or AUTOMATIC.match(str(message.get("Subject", "")).strip()):
        return True
    return _local(sender_of(message)) in MACHINES or _is_own(message)


def _is_own(message):
    number = str(message.get("Message-ID", "")).strip()
    own = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    return number.endswith(f"@{host()}>") and number.startswith("<brev-") or sender_of(message) == normal(own)


def _local(address):
    return address.partition("@")[0]


def sender_of(message) -> str:
    """Return the one address that `message` is from; empty where there is none, or more than one."""
    senders = [address for _name, address in getaddresses([str(value) for value in message.get_all("From", [])])]
    return normal(senders[0]) if len(senders) == 1 and "@" in senders[0] else ""


def person_of(message):
    """Return the person whose address `message` is from, or None: nobody's, a closed account's, or not proven."""
    address = sender_of(message)
    if not address or not is_proven(message, address):
        return None
    people = get_user_model().objects.select_related("profile__municipality")
    return people.filter(email=address, is_active=True).first()


def is_proven(message, address: str) -> bool:
    """Does our own mail server say that the mail comes from the house of `address`?

    MAIL_IN_TRUSTS names that server (RFC 8601); of nobody nothing is proven. Where it says that none vouches, the
    signed address alone stands for the sender.
    """
    if settings.MAIL_IN_TRUSTS == NOBODY:
        return True
    for header in message.get_all("Authentication-Results", []):
        server, _semicolon, results = str(header).partition(";")
        if settings.MAIL_IN_TRUSTS and server.split()[:1] == [settings.MAIL_IN_TRUSTS]:
            return _passes(results.lower(), address.rpartition("@")[2])
    return False


def _passes(results, domain):
    if re.search(r"\bdmarc=(?!none)\w+", results):
        return bool(re.search(r"\bdmarc=pass\b", results))
    proven = re.findall(r"\bdkim=pass\b[^;]*?\bheader\.(?:d|i)=@?([\w.-]+)", results)
    proven += re.findall(r"\bspf=pass\b[^;]*?\bsmtp\.mailfrom=(?:[^\s;@]*@)?([\w.-]+)", results)
    return domain in proven
