"""Planning a meeting, changing it, calling it off. Each verb checks the rule, writes in one transaction and announces.

Each change counts `sequence` up: calendars take it for a newer version of the same meeting (RFC 5545), and a form that
was opened before it is told (StaleMeeting).
"""

from datetime import timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from network import limits
from network.cpr import CPR, looks_like_cpr
from network.markdown import checked, render
from network.meeting_rule import check_plan, check_run_meeting
from network.models import Event, Meeting, Membership, Space
from network.seats import fill
from network.signals import announce

LONGEST = timedelta(days=14)
FURTHEST = timedelta(days=366 * 3)
LINES = ("title", "place", "address", "link")
FIELDS = (*LINES, "source", "starts_at", "ends_at", "zone", "seat_limit")
# What those who have signed up are told of.
TOLD = ("title", "place", "address", "link", "starts_at", "ends_at", "zone")


class StaleMeeting(Exception):
    """The meeting was changed since the form was opened: `meeting` is as it stands now."""

    def __init__(self, meeting):
        self.meeting = meeting
        super().__init__(str(meeting))


@transaction.atomic
def plan_meeting(user, space: Space | None, values: dict, organisers=(), form_key: UUID | None = None) -> Meeting:
    """Plan a meeting in a space, or with None one of the whole network. A form sent twice plans one.

    `values` holds some of FIELDS. `organisers`: people who are in the space; whoever plans is one of them.
    Raises ValidationError with Danish sentences under the fields, or TooMany.
    """
    check_plan(user, space)
    if done := _planned_before(user, form_key):
        return done
    audience = Meeting.Audience.SPACE if space else Meeting.Audience.NETWORK
    meeting = Meeting(audience=audience, space=space, made_by=user, form_key=form_key)
    _put(meeting, values)
    if meeting.ends_at <= timezone.now():
        raise ValidationError({"starts_at": _("Vælg et tidspunkt, der kommer.")})
    limits.check(user, "meetings")
    # Whoever waited for the lock of the limit may find that the first of two clicks has planned it meanwhile.
    if done := _planned_before(user, form_key):
        return done
    meeting.save()
    meeting.organisers.set({user, *_who_may_organise(space, organisers)})
    announce(Event.What.MEETING, space, who=user, meeting=meeting)
    return meeting


@transaction.atomic
def change_meeting(user, meeting: Meeting, values: dict, sequence: int, organisers=None) -> Meeting:
    """Change a meeting that is planned. `sequence` is the one the form was opened with; else StaleMeeting.

    Who has signed up is told when time or place are others. With more seats the first in the line get them.
    """
    own = lock_meeting(user, meeting)
    if own.state != Meeting.State.PLANNED:
        raise ValidationError(_("Mødet er holdt eller aflyst og kan ikke ændres."), code="over")
    before = {name: getattr(own, name) for name in FIELDS}
    _put(own, values)
    changed = [name for name in FIELDS if getattr(own, name) != before[name]]
    if changed and own.sequence != sequence:
        raise StaleMeeting(lock_meeting(user, meeting))
    if organisers is not None:
        own.organisers.set(_who_may_organise(own.space, organisers) or [user])
    if changed:
        _count_up(own)
        own.save()
        fill(own)
        if set(changed) & set(TOLD):
            announce(Event.What.RESCHEDULED, own.space, who=user, meeting=own)
    return own


@transaction.atomic
def cancel_meeting(user, meeting: Meeting, why: str) -> Meeting:
    """Call a meeting off, with a reason that all read. Asked twice it is done once."""
    why = _line(why)
    if not why or len(why) > 300:
        raise ValidationError({"why": _("Skriv med højst 300 tegn, hvorfor mødet er aflyst.")})
    own = lock_meeting(user, meeting)
    if own.state == Meeting.State.HELD:
        raise ValidationError(_("Mødet er holdt."), code="over")
    if own.state == Meeting.State.PLANNED:
        own.state, own.cancelled_why = Meeting.State.CANCELLED, why
        _count_up(own)
        own.save()
        announce(Event.What.CALLED_OFF, own.space, who=user, meeting=own)
    return own


def lock_meeting(user, meeting: Meeting) -> Meeting:
    """Lock the row of a meeting that `user` runs, and return it as it stands now."""
    own = Meeting.objects.select_for_update().get(pk=meeting.pk)
    own.space = meeting.space
    check_run_meeting(user, own)
    return own


def _count_up(meeting):
    meeting.sequence += 1
    meeting.changed_at = timezone.now()


def _planned_before(user, form_key):
    if form_key is None:
        return None
    return Meeting.objects.visible_to(user).filter(made_by=user, form_key=form_key).first()


def _who_may_organise(space, people):
    """In a space those who are in it; a meeting for all is organised by members of the network."""
    people = list(people)
    if space is None or not people:
        return people
    inside = set(Membership.objects.filter(space=space, user__in=people).values_list("user", flat=True))
    return [person for person in people if person.pk in inside]


def _put(meeting, values):
    """Write `values` into a meeting that is not saved yet; raise ValidationError for all that is wrong with them."""
    faults = {}
    for name in FIELDS:
        if name in values:
            value = values[name]
            setattr(meeting, name, _line(value) if name in LINES else value)
    for name in LINES:
        if len(getattr(meeting, name)) > Meeting._meta.get_field(name).max_length:
            faults[name] = _("Teksten er for lang.")
        elif looks_like_cpr(getattr(meeting, name)):
            faults[name] = CPR
    if not meeting.title:
        faults["title"] = _("Skriv, hvad mødet handler om.")
    if not meeting.place and not meeting.link:
        faults["place"] = _("Skriv et sted, eller et link til et møde på skærmen.")
    faults |= _faults_of_link(meeting) | _faults_of_time(meeting) | _faults_of_seats(meeting)
    try:
        meeting.source = checked(meeting.source) if meeting.source.strip() else ""
        meeting.html = render(meeting.source) if meeting.source else ""
    except ValidationError as fault:
        faults["source"] = fault
    if faults:
        raise ValidationError(faults)


def _faults_of_link(meeting):
    try:
        if meeting.link:
            URLValidator(["https", "http"])(meeting.link)
    except ValidationError:
        return {"link": _("Skriv hele adressen, med https:// foran.")}
    return {}


def _faults_of_time(meeting):
    if meeting.zone not in Meeting.Zone.values:
        return {"zone": _("Vælg en tidszone.")}
    if meeting.starts_at is None or meeting.ends_at is None:
        return {"starts_at": _("Vælg, hvornår mødet begynder og slutter.")}
    if meeting.ends_at <= meeting.starts_at:
        return {"ends_at": _("Mødet skal slutte, efter at det er begyndt.")}
    if meeting.ends_at - meeting.starts_at > LONGEST:
        return {"ends_at": _("Et møde varer højst 14 dage.")}
    if meeting.starts_at > timezone.now() + FURTHEST:
        return {"starts_at": _("Vælg et tidspunkt inden for tre år.")}
    return {}


def _faults_of_seats(meeting):
    if meeting.seat_limit is not None and not 1 <= meeting.seat_limit <= 10_000:
        return {"seat_limit": _("Skriv et tal fra 1 til 10.000, eller lad feltet stå tomt.")}
    return {}


def _line(text):
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text or "").split())
