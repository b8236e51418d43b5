"""Meetings as calendar files (RFC 5545, RFC 5546). The library icalendar escapes, folds, and writes the zones."""

from collections.abc import Iterable
from datetime import UTC, timedelta
from email.utils import parseaddr

from django.conf import settings
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vCalAddress

from network.finding import plain
from network.models import Meeting, Seat

PUBLISH, CANCEL = "PUBLISH", "CANCEL"
CONTENT_TYPE = "text/calendar; charset=utf-8"


def file_of(meeting: Meeting, link: str = "") -> bytes:
    """Return the file of one meeting. `link`: where it is held online, for those alone who may read it.

    Called off, it is a file that takes the meeting out of a calendar: METHOD:CANCEL.
    """
    return _file([_event(meeting, link)], CANCEL if meeting.is_cancelled else PUBLISH)


def file_of_many(meetings: Iterable[tuple[Meeting, str]], name: str) -> bytes:
    """Return the file of several, each with the link that its reader may see. What was called off says so."""
    return _file([_event(meeting, link) for meeting, link in meetings], PUBLISH, name)


def _file(events, method, name=""):
    calendar = Calendar()
    calendar.add("prodid", "-//Forkant//Kalender//DA")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    if name:
        calendar.add("x-wr-calname", name)
        calendar.add("refresh-interval", timedelta(hours=4), parameters={"value": "DURATION"})
    for event in events:
        calendar.add_component(event)
    calendar.add_missing_timezones()
    return calendar.to_ical()


def _event(meeting, link):
    event = Event()
    event.add("uid", f"{meeting.uid}@{_host()}")
    event.add("dtstamp", meeting.changed_at.astimezone(UTC))
    event.add("last-modified", meeting.changed_at.astimezone(UTC))
    event.add("created", meeting.made_at.astimezone(UTC))
    event.add("sequence", meeting.sequence)
    event.add("organizer", _organizer())
    event.add("summary", _("Aflyst: %(meeting)s") % {"meeting": meeting} if meeting.is_cancelled else meeting.title)
    event.add("status", _status(meeting))
    address = f"{settings.BASE_URL}{meeting.get_absolute_url()}"
    event.add("url", address)
    event.add("description", "\n\n".join(filter(None, [plain(meeting.html), link, address])))
    if meeting.where or link:
        event.add("location", meeting.where or link)
    _put_time(event, meeting)
    return event


def _status(meeting):
    if meeting.is_cancelled:
        return "CANCELLED"
    return "TENTATIVE" if getattr(meeting, "own_seat", "") == Seat.State.WAITING else "CONFIRMED"


def _put_time(event, meeting):
    start, end = meeting.starts_there, meeting.ends_there
    if meeting.is_exact:
        event.add("dtstart", start)
        event.add("dtend", end or start + timedelta(hours=1))
    else:
        event.add("dtstart", start.date())
        event.add("dtend", (end or start).date() + timedelta(days=1))
    event.add("transp", "OPAQUE" if meeting.is_exact and not meeting.is_cancelled else "TRANSPARENT")


def _organizer():
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    organizer = vCalAddress(f"mailto:{address}")
    organizer.params["CN"] = name or "På forkant"
    return organizer


def _host():
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
