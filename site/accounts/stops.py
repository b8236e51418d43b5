"""A link in a mail that stops more like it, without a sign-in; and the headers by which a mail program does the same.

Who brings a kind of mail registers what its link stops:

    @stops("space")
    class SpaceMail:
        def says(user, pk): …           what no longer comes: »mail fra rummet »Havnen««; None where that is a secret
        def stop(user, pk): …           stop it, and return how it was, in a short text
        def resume(user, pk, before): … the way back to how it was

`headers(user, "space:12", list_name="rum-12")` goes into `accounts.letters.Words.headers`, `link(user, "space:12")`
into the words. A link is signed for one person and one thing, and does not run out: whoever finds it in an old mail
can still stop it. It gives no sight of anything but what it stops.
"""

from dataclasses import dataclass
from email.utils import parseaddr

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.urls import reverse

_kinds: dict[str, type] = {}
_signer = Signer(salt="accounts.stops", sep="~")
_way_back = Signer(salt="accounts.stops.resume", sep="~")


def stops(kind: str):
    """Register what a link of `kind` stops, and how one comes back."""

    def register(stop):
        if _kinds.setdefault(kind, stop) is not stop:
            raise ValueError(f"Two things are stopped by links of the kind {kind}.")
        return stop

    return register


def link(user, what: str) -> str:
    """Return the address that stops `what` for `user`: »space:12«, »thread:40«, »digest«."""
    if what.partition(":")[0] not in _kinds:
        raise LookupError(f"Nobody has said what is stopped by {what}.")
    return f"{settings.BASE_URL}{reverse('account_stop_mail', args=[_signer.sign(f'{user.pk}:{what}')])}"


def headers(user, what: str, list_name: str) -> dict:
    """Return List-Id, and what lets a mail program stop `what` by one click (RFC 2919, 8058)."""
    return {
        "List-Id": f"<{list_name}.{host()}>",
        "List-Unsubscribe": f"<{link(user, what)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def host() -> str:
    """Return the host of our own address: the names of lists and of letters end in it."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"


@dataclass(frozen=True)
class Stop:
    """What one link stops for one person."""

    user: object
    kind: str
    pk: int | None

    @property
    def words(self) -> str:
        """What no longer comes; empty where it may not be named any more."""
        return _kinds[self.kind].says(self.user, self.pk) or ""

    @transaction.atomic
    def stop(self) -> str:
        """Stop it, and return a key for the way back to how it was."""
        return _way_back.sign(f"{self}|{_kinds[self.kind].stop(self.user, self.pk)}")

    @transaction.atomic
    def resume(self, key: str) -> bool:
        """Bring it back to how it was when `key` was made; return whether the key was one of this link's."""
        try:
            of, _bar, before = _way_back.unsign(key).partition("|")
        except BadSignature:
            return False
        if of != str(self):
            return False
        _kinds[self.kind].resume(self.user, self.pk, before)
        return True

    def __str__(self):
        return f"{self.user.pk}:{self.kind}:{self.pk}"


def stop_of(key: str) -> Stop | None:
    """Return what the link with `key` stops, or None where it is not one of ours, or its owner is gone."""
    try:
        pk, kind, *thing = _signer.unsign(key).split(":")
    except BadSignature:
        return None
    user = get_user_model().objects.filter(pk=pk, is_active=True).first()
    if user is None or kind not in _kinds:
        return None
    return Stop(user, kind, int(thing[0]) if thing else None)
