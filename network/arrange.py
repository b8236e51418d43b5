"""Arranging a space: its name, its door, its parts, and closing it for good. A facilitator does it.

Each verb checks the rule, writes in one transaction and announces there.
"""

from copy import copy
from hashlib import sha256

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from network.models import Event, Space
from network.permissions import check_run_space
from network.sight import Sight, sight_after_change
from network.signals import announce

PARTS = ("has_threads", "has_files", "has_meetings", "has_members")
FIELDS = (
    "name",
    "purpose",
    "theme",
    "kind",
    "admits_advisers",
    "admits_partners",
    "shows_earlier",
    *PARTS,
    "first_words",
    "holds_first_post",
)
PLACES = "municipalities"


class StaleSettings(Exception):
    """The space was arranged otherwise since the form was opened: `space` is as it stands now."""

    def __init__(self, space):
        self.space = space
        super().__init__(str(space))


@transaction.atomic
def change_space(facilitator, space: Space, values: dict, seen: str = "") -> Space:
    """Arrange the space: `values` holds some of `FIELDS`, and under `PLACES` municipalities. Nothing else is changed.

    `seen` is the `mark_of` the space as the form was opened with; where it is another by now StaleSettings is raised.
    Sent twice, it is done once. Raises ValidationError with the faults under their fields.
    """
    check_run_space(facilitator, space)
    own = Space.objects.select_for_update().get(pk=space.pk)
    after = _with(own, values)
    places = values.get(PLACES)
    if _arrangement(after, places) == _arrangement(own):
        return own
    if seen and seen != mark_of(own):
        raise StaleSettings(own)
    _check_arranged(after)
    after.save(update_fields=FIELDS)
    if places is not None:
        after.limit_to(places)
    announce(Event.What.SETTINGS, after, who=facilitator)
    return after


def sight_after(facilitator, space: Space, values: dict) -> Sight:
    """Return how many would gain and lose sight by `change_space` with these values. Nothing is changed."""
    check_run_space(facilitator, space)
    places = values.get(PLACES)
    ids = None if places is None else [place.pk for place in places]
    return sight_after_change(facilitator, space, _with(space, values), ids)


def mark_of(space: Space) -> str:
    """Return a mark of how the space is arranged: another arrangement has another mark."""
    return sha256(repr(_arrangement(space)).encode()).hexdigest()[:32]


@transaction.atomic
def archive(facilitator, space: Space) -> Space:
    """Close the space for good: it is read as before, and nothing new comes into it. Asked twice, it is done once."""
    check_run_space(facilitator, space)
    return _set_archived(facilitator, space, timezone.now(), Event.What.ARCHIVED)


@transaction.atomic
def reopen(facilitator, space: Space) -> Space:
    """Take the space out of the archive: what could be done in it before can be done again."""
    check_run_space(facilitator, space)
    return _set_archived(facilitator, space, None, Event.What.REOPENED)


def _set_archived(facilitator, space, at, what):
    own = Space.objects.select_for_update().get(pk=space.pk)
    if own.is_archived != (at is not None):
        own.archived_at = at
        own.save(update_fields=["archived_at"])
        announce(what, own, who=facilitator)
    return own


def _with(space, values):
    """Return the space with `values` in place of what it holds; nothing is saved."""
    after = copy(space)
    for name in FIELDS:
        if name in values:
            setattr(after, name, _tidied(name, values[name]))
    return after


def _check_arranged(space):
    space.full_clean(exclude=[field.name for field in Space._meta.fields if field.name not in FIELDS])
    # The length of a long text is asked of forms alone by Django.
    for name in ("purpose", "first_words"):
        room = Space._meta.get_field(name).max_length
        if len(getattr(space, name)) > room:
            fault = _("Teksten er for lang: højst %(room)s tegn.") % {"room": room}
            raise ValidationError({name: fault})


def _tidied(name, value):
    if name == "name":
        return " ".join("".join(sign for sign in value if sign.isprintable()).split())
    if name in ("purpose", "first_words"):
        return "".join(sign for sign in value if sign.isprintable() or sign in "\n\t").strip()
    return value


def _arrangement(space, places=None):
    ids = space.limits.values_list("pk", flat=True) if places is None else [place.pk for place in places]
    return [str(getattr(space, Space._meta.get_field(name).attname)) for name in FIELDS] + [sorted(ids)]
