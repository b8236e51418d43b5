"""Addresses that mail to us is sent to: each says what it is about and for whom, and is signed.

    svar+t2s.1a.jm.mzxw6ytboi2gk3dm@post.forkant.example

After the mailbox come what it is for (one letter) with the number of the thing, whose it is, the month it was made in,
and a signature. Small letters and digits, points and one plus: mail programs may change capitals, and shorten nothing.
"""

import hmac
from base64 import b32encode
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.http import base36_to_int, int_to_base36

ANSWER, NEW_THREAD, RETURNED = "t", "n", "b"
MONTHS = 12  # so long an address can be used
FIRST = date(2025, 1, 1)
SIGNS = 16  # 80 bits
NOBODY = "ingen"  # what MAIL_IN_TRUSTS says where no server vouches for senders, and mail is taken all the same
MAILBOX = 15  # so many signs may stand before the plus: 64 is the most in all


@dataclass(frozen=True)
class Signed:
    """What a signed address says."""

    what: str
    pk: int
    user_pk: int
    month: int

    @property
    def is_old(self) -> bool:
        return _this_month() - self.month >= MONTHS


def is_on() -> bool:
    """Does mail reach us?"""
    return bool(settings.MAIL_IN)


def takes_answers() -> bool:
    """Is what members write by mail taken? Where it is said whom we believe about senders, and not before."""
    return is_on() and bool(settings.MAIL_IN_TRUSTS)


def signed_address(what: str, pk: int, user_pk: int) -> str:
    """Return the address at which the person with `user_pk` reaches the thing; the same for a whole month."""
    mailbox, _at, host = settings.MAIL_IN.rpartition("@")
    told = ".".join([f"{what}{int_to_base36(pk)}", int_to_base36(user_pk), int_to_base36(_this_month())])
    return f"{mailbox}+{told}.{_signature(told)}@{host}"


def read_address(address: str) -> Signed | None:
    """Return what an address of ours says, whatever its capitals; None where it was not made by us."""
    mailbox, _at, host = settings.MAIL_IN.lower().rpartition("@")
    local, _at, at = address.strip().lower().rpartition("@")
    if not mailbox or at != host or not local.startswith(f"{mailbox}+"):
        return None
    told, _dot, signature = local.removeprefix(f"{mailbox}+").rpartition(".")
    if not hmac.compare_digest(_signature(told).encode(), signature.encode()):
        return None
    what, pk, user_pk, month = told[0], *told[1:].split(".")
    return Signed(what, base36_to_int(pk), base36_to_int(user_pk), base36_to_int(month))


def _signature(told):
    made = salted_hmac("accounts.signed_addresses", told, algorithm="sha256").digest()
    return b32encode(made).decode().lower()[:SIGNS]


def _this_month():
    today = timezone.localdate()
    return (today.year - FIRST.year) * 12 + today.month - FIRST.month
