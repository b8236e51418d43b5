"""What someone has taken upon herself at meetings – those she leads, and open actions – and giving it to another."""

from dataclasses import dataclass, field

from django.db.models import QuerySet
from django.utils import timezone

from network.meeting_rule import can_see_meeting
from network.models import Handover, Meeting, Outcome, Space

What = Handover.What


@dataclass
class AtMeetings:
    """In one space, or with None at meetings that are for all."""

    space: Space | None
    meetings: list[Meeting] = field(default_factory=list)
    actions: list[Outcome] = field(default_factory=list)

    @property
    def key(self) -> int:
        return self.space.pk if self.space else 0


def at_meetings(reader, person) -> list[AtMeetings]:
    """Return what `person` leads that is to come, and her open actions, as far as `reader` sees to it; by space."""
    found = {}
    for meeting in _led(reader, person).select_related("space").order_by("starts_at", "pk"):
        _in(found, meeting.space).meetings.append(meeting)
    for action in _open(reader, person).select_related("question__meeting__space").order_by("due_on", "pk"):
        _in(found, action.question.meeting.space).actions.append(action)
    return list(found.values())


def _in(found, space):
    return found.setdefault(space and space.pk, AtMeetings(space))


def _led(reader, person) -> QuerySet:
    to_come = {"state": Meeting.State.PLANNED, "ends_at__gt": timezone.now()}
    return Meeting.objects.run_by(reader).filter(organisers=person, **to_come)


def _open(reader, person) -> QuerySet:
    actions = Outcome.objects.visible_to(reader).filter(kind=Outcome.Kind.ACTION, owner=person, done_at=None)
    return actions.filter(question__meeting__state=Meeting.State.HELD)


def give_at_meetings(reader, person, heir, at: AtMeetings) -> dict:
    """Give the meetings and actions of `person` to `heir`, as far as she may read them; return their ids by kind.

    Call it inside the transaction. What was given, done or called off meanwhile is left as it is.
    """
    given = {What.MEETING: [], What.ACTION: []}
    wanted = [meeting.pk for meeting in at.meetings]
    for meeting in _led(reader, person).filter(pk__in=wanted).select_related("space").select_for_update(of=("self",)):
        if can_see_meeting(heir, meeting):
            meeting.organisers.add(heir)
            meeting.organisers.remove(person)
            given[What.MEETING].append(meeting.pk)
    for action in at.actions:
        if can_see_meeting(heir, action.question.meeting):
            # Due already, it is told the heir as it was told to her.
            changed = _open(reader, person).filter(pk=action.pk).update(owner=heir, reminded_at=None)
            given[What.ACTION] += [action.pk] * changed
    return {what: pks for what, pks in given.items() if pks}
