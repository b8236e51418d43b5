"""Mail does not reach a member any more: who runs a space gives what she looked after in it to others.

It is done for one space, by its facilitator, and for nobody whom mail still reaches: she hands over herself.
"""

from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.bounces import is_stopped
from accounts.letters import queue
from network.at_meetings import AtMeetings, at_meetings, give_at_meetings
from network.letters import HANDED_OVER
from network.models import Handover, Membership, Thread
from network.permissions import check_run_space
from network.questions import give_questions, questions_of

What = Handover.What


@dataclass
class Left:
    """What someone looked after in one space."""

    questions: list[Thread] = field(default_factory=list)
    at: AtMeetings | None = None

    def __bool__(self):
        return bool(self.questions or self.at)


def left_in(facilitator, membership: Membership) -> Left:
    """Return what the member looks after in the space: questions without an answer, meetings to come, open actions."""
    person, space = membership.user, membership.space
    here = (at for at in at_meetings(facilitator, person) if at.key == space.pk)
    return Left(list(questions_of(facilitator, person).filter(space=space)), next(here, None))


@transaction.atomic
def take_over(facilitator, membership: Membership, heir: Membership) -> Handover | None:
    """Give what the member of `membership` looks after in its space to `heir`, who gets one letter.

    Raises ValidationError where mail reaches her, or where the heir is not in the space any more. Done twice, the
    second finds nothing left and returns None.
    """
    space, person = membership.space, membership.user
    check_run_space(facilitator, space)
    if not is_stopped(person):
        raise ValidationError(_("Mail når frem igen. Så giver hun selv videre, hvad hun ser efter."), code="reached")
    if heir.user_id == person.pk or not Membership.objects.filter(pk=heir.pk, space=space).exists():
        raise ValidationError(_("Vedkommende er ikke med i rummet mere. Vælg en anden."), code="heir")
    left = left_in(facilitator, membership)
    things = give_at_meetings(facilitator, person, heir.user, left.at) if left.at else {}
    if pks := give_questions(space, left.questions, heir.user):
        things[What.THREAD] = pks
    if not things:
        return None
    handover = Handover.objects.create(giver=person, heir=heir.user, by=facilitator, things=things)
    if heir.user_id != facilitator.pk:
        queue(HANDED_OVER, heir.user, handover=handover.pk)
    return handover
