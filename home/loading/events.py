"""The campaign's documented events, as public meetings. What of their time is not known is said, and not guessed."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from home.loading.writing import Item
from network.markdown import render
from network.models import Meeting

HERE = ZoneInfo("Europe/Copenhagen")
Precision = Meeting.Precision


def events(campaign):
    for event in campaign.facts["events"]:
        text = _text(event)
        yield Item(
            f"begivenhed:{event['slug']}",
            Meeting,
            {
                "audience": Meeting.Audience.PUBLIC,
                "title": event["title"],
                "kind": event["type"],
                "source": text,
                "html": render(text),
                "place": event["place"] or "",
                "takes_signups": False,
                "sources": "\n".join(event["sources"]),
                **_time(event),
            },
            at=event,
        )


def _text(event):
    speakers = event.get("speakers")
    heard = ["Medvirkende: " + "; ".join(speakers) + "."] if speakers else []
    return "\n\n".join([event["gist_da"], *heard])


def _time(event):
    """When it was, as far as the file knows: a day and its hours, a day, a month, a year, or nothing."""
    found, note = event["date"], event.get("date_basis") or event.get("date_text") or ""
    if not found:
        return {"starts_at": None, "ends_at": None, "precision": Precision.NONE, "when_note": note}
    year, month, day = ([int(part) for part in found.split("-")] + [0, 0])[:3]
    start = datetime(year, month or 1, day or 1, tzinfo=HERE)
    end, precision = None, Precision.MONTH if month else Precision.YEAR
    if day:
        precision, end = Precision.DAY, start + timedelta(hours=23, minutes=59)
    if day and event.get("time"):
        precision = Precision.CLOCK
        start, end = (_at(start.date(), clock) for clock in event["time"].split("–"))
    utc = [moment and moment.astimezone(UTC) for moment in (start, end)]
    return {"starts_at": utc[0], "ends_at": utc[1], "precision": precision, "when_note": note}


def _at(day: date, clock: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), tzinfo=HERE)
