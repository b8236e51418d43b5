"""The rule of `network.models.meetings`, asked for one meeting. For many it is `visible_to` and `run_by`.

As in `network.permissions`: `Http404` where that the meeting is there is a secret, `Refused` where its space is known.
"""

from django.core.exceptions import PermissionDenied
from django.http import Http404

from network.models import Meeting, Membership, Outcome, Question
from network.models.meetings import arranges_all
from network.permissions import Refused, can, standing
from network.rule import Act, Standing, is_in_network


def meeting_for(user, pk) -> Meeting | None:
    """Return the meeting with its numbers and the reader's own seat; None unless she may read it."""
    meetings = Meeting.objects.visible_to(user).with_seats().with_own_seat(user)
    return meetings.select_related("space__theme").filter(pk=pk).first()


def can_see_meeting(user, meeting: Meeting) -> bool:
    """The rule of `Meeting.objects.visible_to`, asked of one."""
    if meeting.is_public:
        return True
    if meeting.space_id is None:
        return is_in_network(user)
    space = meeting.space
    if not space.has_meetings or not can(user, Act.READ, space):
        return False
    return not space.hides_earlier or standing(user, space) is Standing.FACILITATOR or _was_there(user, meeting)


def _was_there(user, meeting):
    own = Membership.objects.filter(user=user, space=meeting.space_id)
    return own.filter(joined_at__lte=meeting.starts_at).exists()


def check_see_meeting(user, meeting: Meeting) -> None:
    if not can_see_meeting(user, meeting):
        raise Http404


def can_take_part(user, meeting: Meeting) -> bool:
    """Sign up, ask and vote: who may write in its space; of a meeting for all every member of the network."""
    if not is_in_network(user) or not can_see_meeting(user, meeting):
        return False
    return meeting.space_id is None or can(user, Act.WRITE, meeting.space)


def check_take_part(user, meeting: Meeting) -> None:
    check_see_meeting(user, meeting)
    if can_take_part(user, meeting):
        return
    if meeting.space_id is None:
        raise PermissionDenied
    raise Refused(meeting.space, Act.WRITE)


def can_run_meeting(user, meeting: Meeting) -> bool:
    """The rule of `Meeting.objects.run_by`, asked of one."""
    if meeting.space_id is None:
        return arranges_all(user) or (is_in_network(user) and _organises(user, meeting))
    if not meeting.space.has_meetings:
        return False
    if can(user, Act.RUN, meeting.space):
        return True
    return can(user, Act.WRITE, meeting.space) and _organises(user, meeting)


def _organises(user, meeting):
    return meeting.organisers.filter(pk=user.pk).exists()


def check_run_meeting(user, meeting: Meeting) -> None:
    check_see_meeting(user, meeting)
    if can_run_meeting(user, meeting):
        return
    if meeting.space_id is None:
        raise PermissionDenied
    raise Refused(meeting.space, Act.RUN)


def can_plan_for_all(user) -> bool:
    """Plan a meeting of the whole network: who runs a space, and who arranges for all."""
    return is_in_network(user) and (
        arranges_all(user) or Membership.objects.filter(user=user).who_may(Act.RUN).exists()
    )


def check_plan(user, space) -> None:
    """Plan a meeting in a space, which its facilitators do while it is no archive, or without one for all."""
    if space is None:
        if not can_plan_for_all(user):
            raise PermissionDenied
        return
    if not can(user, Act.RUN, space) or not can(user, Act.WRITE, space):
        if not can(user, Act.KNOW, space):
            raise Http404
        raise Refused(space, Act.RUN)
    if not space.has_meetings:
        raise Http404


def can_read_link(user, meeting: Meeting) -> bool:
    """See where the meeting is held online: who has a seat, and who runs it. `meeting` came from `meeting_for`."""
    return bool(meeting.link) and (meeting.own_seat == "seated" or can_run_meeting(user, meeting))


def question_to_act_on(user, meeting: Meeting, pk) -> Question:
    question = Question.objects.visible_to(user).filter(meeting=meeting, pk=pk).first()
    if question is None:
        raise Http404
    question.meeting = meeting
    return question


def action_to_act_on(user, pk) -> Outcome:
    action = Outcome.objects.actions_of(user).filter(pk=pk).first()
    if action is None:
        raise Http404
    return action
