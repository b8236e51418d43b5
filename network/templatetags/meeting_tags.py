from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from network.models import Meeting

register = template.Library()
Precision = Meeting.Precision


@register.filter
def when_in_words(meeting) -> str:
    """»Torsdag 14. januar 2027 kl. 10.00–15.00«, as much of it as is known, by the clocks where it is held."""
    start = meeting.starts_there
    if start is None or meeting.precision == Precision.NONE:
        return meeting.when_note or _("Dato ikke oplyst")
    if meeting.precision == Precision.YEAR:
        return date_format(start, "Y")
    if meeting.precision == Precision.MONTH:
        return date_format(start, "F Y").capitalize()
    if meeting.precision == Precision.DAY:
        return date_format(start, "l j. F Y").capitalize()
    return _clock(meeting, start)


def _clock(meeting, start):
    words = {
        "day": date_format(start, "l j. F Y").capitalize(),
        "from": date_format(start, "G.i"),
        "zone": f" ({meeting.get_zone_display()})" if meeting.zone != Meeting.Zone.COPENHAGEN else "",
    }
    end = meeting.ends_there
    if end is None:
        return _("%(day)s kl. %(from)s%(zone)s") % words
    words["to"] = date_format(end, "G.i" if end.date() == start.date() else "j. F G.i")
    return _("%(day)s kl. %(from)s–%(to)s%(zone)s") % words


@register.filter
def seats_in_words(meeting) -> str:
    """How many have signed up and how many seats are left; of a meeting fetched `with_seats`."""
    if meeting.is_cancelled:
        return _("Aflyst")
    if meeting.is_held or meeting.is_over:
        return _("Holdt") if meeting.takes_signups else ""
    if not meeting.takes_signups:
        return ""
    if meeting.seat_limit is None:
        return ngettext("%(n)s er tilmeldt", "%(n)s er tilmeldt", meeting.seated) % {"n": meeting.seated}
    if (free := meeting.seat_limit - meeting.seated) > 0:
        return ngettext("%(n)s ledig plads", "%(n)s ledige pladser", free) % {"n": free} + " " + _of(meeting)
    if meeting.waiting:
        waiting = ngettext("%(n)s på venteliste", "%(n)s på venteliste", meeting.waiting) % {"n": meeting.waiting}
        return _("Alle %(all)s pladser er taget, %(waiting)s") % {"all": meeting.seat_limit, "waiting": waiting}
    return _("Alle %(all)s pladser er taget") % {"all": meeting.seat_limit}


def _of(meeting):
    return _("af %(all)s") % {"all": meeting.seat_limit}


@register.filter
def day_block(meeting) -> dict:
    """The date as its block shows it: `number` in large, `above` and `below` in small; what is not known is empty."""
    start = meeting.starts_there
    if start is None or meeting.precision == Precision.NONE:
        return {"number": "?", "above": "", "below": ""}
    if meeting.precision == Precision.YEAR:
        return {"number": date_format(start, "Y"), "above": "", "below": "", "small": True}
    month, year = date_format(start, "M").strip(".").lower(), date_format(start, "Y")
    if meeting.precision == Precision.MONTH:
        return {"number": month, "above": "", "below": year, "small": True}
    this_year = start.year == timezone.localdate().year
    return {"number": str(start.day), "above": month, "below": "" if this_year else year}
