"""The collected mail: who is due one, and once for each local day, week or month.

Making a digest writes a slot – its row makes it one – and a letter; what stands in it is asked when it is sent
(network.digest_letters), by the rule as it is then. A digest that would be empty becomes no letter.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.utils import timezone

from accounts.letters import queue_many
from network.models import DigestSlot, Membership, Notice, NoticeSettings, Post, Showing
from network.notices import Level, Mail
from network.readers import in_network

LETTER = "digest"
BATCH = 100
# What is being written while the digest is made has so long to be committed; it is in the next one otherwise.
SETTLING = timedelta(minutes=1)
Cadence = NoticeSettings.Cadence

_parts = []


def register_part(part):
    """Register something that stands in the collected mail beside what is written and told (actions that are due).

    `part.waits_for(people, now)` returns the ids of those of `people` for whom there is something; `part.rows(user,
    since, until)` returns the rows of one of them, each a dict of title, link and line, under `part.heading`.
    """
    _parts.append(part)
    return part


def parts():
    return tuple(_parts)


# --- when -----------------------------------------------------------------------------------------------


def next_slot(own: NoticeSettings, after: datetime) -> datetime | None:
    """Return the first moment after `after` at which the digest of `own` is due; None for never.

    An hour that the clocks leave out is the one after it, or before it where that would be another day; one that
    comes twice is the first.
    """
    if own.cadence == Cadence.NEVER:
        return None
    zone = ZoneInfo(own.zone)
    day = after.astimezone(zone).date()
    while (due := _at(day, own.hour, zone)) <= after or not _is_day(own, day):
        day += timedelta(days=1)
    return due


def _at(day, hour, zone):
    due = datetime.combine(day, time(hour), zone).astimezone(UTC)
    if due.astimezone(zone).date() != day:
        due = datetime.combine(day, time(hour, fold=1), zone).astimezone(UTC)
    return due


def _is_day(own, day):
    if own.cadence == Cadence.WEEKLY:
        return day.weekday() == own.weekday
    return own.cadence == Cadence.DAILY or day.day == 1


def period_of(own: NoticeSettings, moment: datetime) -> str:
    """Return the name of the local day, week or month in which `moment` lies."""
    day: date = moment.astimezone(ZoneInfo(own.zone)).date()
    if own.cadence == Cadence.WEEKLY:
        year, week, _day = day.isocalendar()
        return f"{year}-W{week:02}"
    return day.isoformat() if own.cadence == Cadence.DAILY else f"{day:%Y-%m}"


# --- made -----------------------------------------------------------------------------------------------


def make_due(now: datetime | None = None) -> int:
    """Make all digests that are due; return how many letters are owed for them. Several may run at once."""
    now = now or timezone.now()
    _enlist(now)
    number = 0
    while (made := _make_batch(now)) is not None:
        number += made
    return number


def _enlist(now):
    """Give a row to who has none, and reckon anew when the next is due where that is open."""
    missing = in_network().filter(notice_settings=None).values_list("pk", flat=True)
    for pks in _batches(missing):
        rows = [NoticeSettings(user_id=pk, collected_until=now) for pk in pks]
        for row in rows:
            row.next_at = next_slot(row, now)
        NoticeSettings.objects.bulk_create(rows, ignore_conflicts=True)
    while _reckon(now):
        pass


@transaction.atomic
def _reckon(now):
    is_open = NoticeSettings.objects.filter(next_at=None).exclude(cadence=Cadence.NEVER)
    rows = list(is_open.select_for_update(skip_locked=True)[:BATCH])
    for row in rows:
        row.next_at = next_slot(row, now)
    NoticeSettings.objects.bulk_update(rows, ["next_at"])
    return len(rows)


def _batches(pks):
    while batch := list(pks[:BATCH]):
        yield batch


@transaction.atomic
def _make_batch(now):
    """Make the digests of the next who are due; None where nobody is."""
    due = NoticeSettings.objects.filter(next_at__lte=now).select_for_update(skip_locked=True).order_by("next_at", "pk")
    rows = list(due[:BATCH])
    if not rows:
        return None
    until = now - SETTLING
    told = _with_news(rows, until, now)
    taken = set(
        DigestSlot.objects.filter(user__in=[row.user_id for row in rows])
        .filter(period__in={period_of(row, row.next_at) for row in rows})
        .values_list("user", "period")
    )
    slots = []
    for row in rows:
        period = period_of(row, row.next_at)
        row.next_at = next_slot(row, now)
        if (row.user_id, period) in taken:
            continue
        if row.user_id in told:
            slots.append(DigestSlot(user_id=row.user_id, period=period, since=row.collected_until, until=until))
        row.collected_until = max(until, row.collected_until)
    DigestSlot.objects.bulk_create(slots)
    queue_many(LETTER, [(slot.user_id, {"slot": slot.pk}) for slot in slots], due_at=now)
    NoticeSettings.objects.bulk_update(rows, ["next_at", "collected_until"])
    return len(slots)


def _with_news(rows, until, now):
    """Return those of the people in `rows` for whom there may be something: the rule is asked when it is sent."""
    people = {row.user_id for row in rows}
    since = min(row.collected_until for row in rows)
    written = Post.objects.filter(
        thread__space=OuterRef("space"), state=Showing.VISIBLE, created_at__gt=since, created_at__lte=until
    ).exclude(author=OuterRef("user"))
    own = F("user__notice_settings__collected_until")
    members = Membership.objects.filter(user__in=people).exclude(level__in=[Level.MENTIONED, Level.NOTHING])
    newer = members.annotate(own_since=own).filter(Exists(written.filter(created_at__gt=OuterRef("own_since"))))
    found = set(newer.values_list("user", flat=True))
    told = Notice.objects.filter(user__in=people, mail=Mail.COLLECTED, read_at=None, created_at__gt=since)
    found |= set(told.values_list("user", flat=True))
    for part in _parts:
        found |= set(part.waits_for(people, now))
    return found
