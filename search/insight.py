"""What is searched for, noted by week for the editors, without who asked.

A search sets one of 256 bits at what was searched for. Which one is said by HMAC of the asker under a secret of the
week, made of SECRET_KEY and a random number that is deleted when the week is over: from then on nobody can find out.
What fewer than five have searched for is shown to nobody, and deleted when the week is over.
"""

import hashlib
import hmac
import ipaddress
import logging
import re
import secrets
from contextlib import contextmanager
from datetime import date, timedelta

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.db import Error, connection, transaction
from django.db.models import F
from django.utils import timezone

from search import reading, state, tallies
from search.models import SearchState, SearchWeek

log = logging.getLogger(__name__)

SALT = "search.insight"
TOKEN_AGE = timedelta(minutes=30)
KEPT = timedelta(weeks=53)
MOST_ROWS = 20_000  # in a week; what comes after is counted with all searches, and its words are not kept
PATIENCE_MS = 100
LONGEST = 100
CLICK, REFORMULATED = "klik", "omskrevet"
SECRET = "insight "  # noqa: S105, the beginning of a name

# An address of mail or web; eight digits or more in a row, whatever stands between: numbers of phones and of people.
_PERSONAL = re.compile(r"\S@\S|://|\d(?:[\s.,\-–/()]*\d){7}")


def note_shown(request, text: str, kind: str, total: int) -> str:
    """Note a search that was shown with `total` results; `kind`: the one chosen, or "".

    Returns a signed token that `note_event` takes, empty when nothing was noted: a text that looks like an address or
    a number of a person never is. A database that fails or is busy costs the reader nothing.
    """
    text = normal(text)
    if not text or _PERSONAL.search(text):
        return ""
    try:
        with _impatient():
            keys = _note(request, monday(timezone.localdate()), text, kind, total)
    except Error as fault:
        log.warning("Search insight: a search was not noted (%s).", type(fault).__name__)
        return ""
    return signing.dumps([keys, bool(total)], salt=SALT)


def note_event(token: str, event: str) -> None:
    """Note that what `token` stands for was clicked ("klik") or searched for in other words ("omskrevet").

    A token that is wrong or older than half an hour, and an event nobody knows, are passed over.
    """
    try:
        keys, has_results = signing.loads(token, salt=SALT, max_age=TOKEN_AGE)
    except signing.BadSignature:
        return
    rows = SearchWeek.objects.filter(pk__in=keys)
    # Told twice, a search still has no more clicks than there were searches to click in.
    if event == CLICK and has_results:
        _count(rows.filter(clicked__lt=F("searches") - F("without_results")), "clicked")
    elif event == REFORMULATED:
        _count(rows.filter(reformulated__lt=F("searches")), "reformulated")


def _count(rows, column):
    try:
        with _impatient():
            rows.update(**{column: F(column) + 1})
    except Error as fault:
        log.warning("Search insight: an event was not noted (%s).", type(fault).__name__)


def normal(text: str) -> str:
    return reading.tidy(text[: 2 * LONGEST]).lower()[:LONGEST].strip()


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


# --- one search -------------------------------------------------------------------------------------


def _note(request, week, text, kind, total):
    bit = bit_of(_secret_of(week), _asker(request))
    keys = _rows(week, text, kind)
    word, place = divmod(bit, 64)
    column = f"askers_{word}"
    SearchWeek.objects.filter(pk__in=keys).update(
        searches=F("searches") + 1,
        without_results=F("without_results") + (0 if total else 1),
        **{column: F(column).bitor(tallies.signed(1 << place))},
    )
    return keys


def _rows(week, text, kind):
    """The keys of two rows: that of the text, and that of all searches of the kind. Made where they are missing."""
    rows = SearchWeek.objects.filter(week=week, kind=kind)
    keys = list(rows.filter(text__in=["", text]).values_list("pk", flat=True))
    if len(keys) == 2:
        return keys
    texts = ["", text] if SearchWeek.objects.filter(week=week).count() < MOST_ROWS else [""]
    SearchWeek.objects.bulk_create(
        (SearchWeek(week=week, text=each, kind=kind) for each in texts), ignore_conflicts=True
    )
    return list(rows.filter(text__in=["", text]).values_list("pk", flat=True))


def bit_of(secret: bytes, asker: str) -> int:
    """Return the bit (0–255) of an asker in the week of `secret`."""
    return hmac.digest(secret, asker.encode(), hashlib.sha256)[0]


def _asker(request):
    """The account, or for a stranger the network and the browser: known here and nowhere else."""
    if request.user.is_authenticated:
        return f"user {request.user.pk}"
    try:
        address = ipaddress.ip_address(get_adapter().get_client_ip(request))
    except (PermissionDenied, ValueError):
        network = ""
    else:
        network = str(ipaddress.ip_network((address, 64 if address.version == 6 else 32), strict=False))
    return f"{network} {request.headers.get('User-Agent', '')}"


def _secret_of(week):
    name = f"{SECRET}{week}"
    random = state.read(name)
    if not random:
        tidy(week)
        random = SearchState.objects.get_or_create(pk=name, defaults={"value": secrets.token_hex(32)})[0].value
    return hmac.digest(settings.SECRET_KEY.encode(), f"{SALT} {week} {random}".encode(), hashlib.sha256)


@contextmanager
def _impatient():
    """A note is not worth waiting for: who holds the lock longer than a tenth of a second is not waited for."""
    if connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{PATIENCE_MS}ms"])
            yield
        return
    # No transaction: each statement is one, and stands by itself.
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA busy_timeout = {PATIENCE_MS:d}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA busy_timeout = {usual_patience_ms():d}")


def usual_patience_ms():
    """How long SQLite waits for a lock, as the settings say it; Python's own five seconds where they say nothing."""
    return int(connection.settings_dict["OPTIONS"].get("timeout", 5) * 1000)


# --- when a week is over ----------------------------------------------------------------------------


@transaction.atomic
def tidy(week: date | None = None) -> int:
    """Forget what is over: the secrets of past weeks, what fewer than five searched for in them, what is a year old.

    Done by the first search of a week, and by whoever calls it; `week`: the Monday of this one. Returns the number of
    rows that were deleted. Kinds that few chose are put together, so that the sum of a week stays true.
    """
    week = week or monday(timezone.localdate())
    SearchState.objects.filter(pk__startswith=SECRET).exclude(pk=f"{SECRET}{week}").delete()
    past = SearchWeek.objects.filter(week__lt=week)
    number = past.filter(week__lt=week - KEPT).delete()[0]
    number += _forget_words(past)
    for day in past.filter(text="").values_list("week", flat=True).distinct():
        number += _forget_kinds(past.filter(week=day, text=""))
    return number


def _forget_words(past):
    rows = past.exclude(text="")
    few = [key for key, tally in tallies.by(rows, "week", "text").items() if tally.askers < tallies.LEAST]
    keys = set(few)
    gone = [row.pk for row in rows.only("pk", "week", "text") if (row.week, row.text) in keys]
    return sum(rows.filter(pk__in=gone[at : at + 500]).delete()[0] for at in range(0, len(gone), 500))


def _forget_kinds(rows):
    """Put the kinds of one week together where too few chose them; a week of too few goes altogether."""
    by_kind = {kind: tally for (kind,), tally in tallies.by(rows, "kind").items()}
    kept = tallies.kept_apart(by_kind)
    if kept == by_kind:
        return 0
    week = rows.values_list("week", flat=True)[0]
    number = rows.delete()[0]
    SearchWeek.objects.bulk_create(SearchWeek(week=week, kind=kind, **tally.columns()) for kind, tally in kept.items())
    return number - len(kept)
