"""The rule of a space over the profile, in words: the condition itself is `network.models.rooms.admits`."""

from django.utils.translation import gettext as _

from network.models import Space

NAMED = 8  # more municipalities than these are counted, not named


def who_may_join(space: Space) -> str:
    """Return who can be let in: »Ansatte i kommuner. Rådgivere og partnere kan ikke.«"""
    places = [place.full_name for place in space.limits]
    said = _who_in(space) % {"places": _places(places)} if places else _who(space)
    return f"{said} {_left_out(space)}".strip()


def _who(space):
    if space.admits_advisers and space.admits_partners:
        return _("Ansatte i kommuner, rådgivere og partnere.")
    if space.admits_advisers:
        return _("Ansatte i kommuner og rådgivere.")
    if space.admits_partners:
        return _("Ansatte i kommuner og partnere.")
    return _("Ansatte i kommuner.")


def _who_in(space):
    if space.admits_advisers and space.admits_partners:
        return _("Ansatte, rådgivere og partnere i %(places)s.")
    if space.admits_advisers:
        return _("Ansatte og rådgivere i %(places)s.")
    if space.admits_partners:
        return _("Ansatte og partnere i %(places)s.")
    return _("Ansatte i %(places)s.")


def _left_out(space):
    if space.admits_advisers and space.admits_partners:
        return ""
    if space.admits_advisers:
        return _("Partnere kan ikke.")
    if space.admits_partners:
        return _("Rådgivere kan ikke.")
    return _("Rådgivere og partnere kan ikke.")


def _places(names):
    if len(names) > NAMED:
        few = ", ".join(names[: NAMED - 1])
        return _("%(few)s og %(number)s andre kommuner") % {"few": few, "number": len(names) - NAMED + 1}
    return in_a_row(names)


def in_a_row(names: list[str]) -> str:
    """Return »a, b og c«."""
    *first, last = names
    return _("%(first)s og %(last)s") % {"first": ", ".join(first), "last": last} if first else last
