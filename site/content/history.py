"""How the history of a page tells what was done to its care."""

from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from wagtail.log_actions import LogFormatter

from content.care import GIVEN, STILL_FITS


class StillFitsFormatter(LogFormatter):
    label = _("Passer stadig")

    def format_message(self, entry):
        day = parse_date(entry.data.get("review_on", {}).get("after", ""))
        said = date_format(day, "j. F Y") if day else "?"
        return _("Set efter: siden passer stadig. Ses efter igen %(day)s.") % {"day": said}


class GivenFormatter(LogFormatter):
    label = _("Ny ansvarlig")
    lines = {
        "content_owner": _("Ansvarlig er nu %(name)s."),
        "backup_owner": _("Afløser er nu %(name)s."),
    }

    def format_message(self, entry):
        told = [self.lines[name] % {"name": entry.data[name]["after"]} for name in self.lines if name in entry.data]
        return " ".join(told)


def register(actions):
    actions.register_action(STILL_FITS)(StillFitsFormatter)
    actions.register_action(GIVEN)(GivenFormatter)
