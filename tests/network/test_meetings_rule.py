"""Who may read a meeting, run it and take part: said once, asked of one and of many."""

from datetime import timedelta
from itertools import product

import pytest
from django.contrib.auth.models import AnonymousUser, Permission
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.http import Http404
from django.utils import timezone

from network.arrange import archive, change_space
from network.meet import StaleMeeting, cancel_meeting, change_meeting, plan_meeting
from network.meeting_rule import can_run_meeting, can_see_meeting, can_take_part, check_plan
from network.models import Event, Meeting, Membership, Seat
from network.permissions import Refused
from tests.factories import (
    MeetingFactory,
    MemberFactory,
    MembershipFactory,
    SpaceFactory,
    UserFactory,
    signed_up,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_calendar")]
SOON = timezone.now() + timedelta(days=3)


def values(**changes):
    return {
        "title": "Tomme huse i praksis",
        "place": "Rådhuset",
        "starts_at": SOON,
        "ends_at": SOON + timedelta(hours=2),
        **changes,
    }


@pytest.fixture
def space():
    return SpaceFactory(name="Tomme huse")


@pytest.fixture
def boss(space):
    return MembershipFactory(space=space, role="facilitator").user


@pytest.fixture
def member(space):
    return MembershipFactory(space=space).user


def everyone(space):
    arranger = MemberFactory()
    arranger.user_permissions.add(Permission.objects.get(codename="change_meeting"))
    return {
        "stranger": AnonymousUser(),
        "account": UserFactory(),
        "network": MemberFactory(),
        "closed account": MemberFactory(is_active=False),
        "arranger": arranger,
        "invited": MembershipFactory(space=space, state="invited").user,
        "suspended": MembershipFactory(space=space, state="suspended").user,
        "member": MembershipFactory(space=space, joined_at=timezone.now() - timedelta(days=90)).user,
        "late": MembershipFactory(space=space).user,
        "facilitator": MembershipFactory(space=space, role="facilitator").user,
    }


@pytest.mark.parametrize(
    ("kind", "shows_earlier", "has_meetings"),
    list(product(["open", "on_request", "hidden"], [True, False], [True])) + [("open", True, False)],
)
def test_the_rule_is_the_same_asked_of_one_and_of_many(kind, shows_earlier, has_meetings):
    space = SpaceFactory(kind=kind, shows_earlier=shows_earlier, has_meetings=has_meetings)
    people = everyone(space)
    organiser = people["late"]
    past = timezone.now() - timedelta(days=30)
    meetings = {
        "to come": MeetingFactory(space=space),
        "over": MeetingFactory(space=space, starts_at=past),
        "network": MeetingFactory(space=None, audience="network"),
        "public": MeetingFactory(space=None, audience="public"),
    }
    for meeting in meetings.values():
        meeting.organisers.add(organiser)
    for (who, person), (name, meeting) in product(people.items(), meetings.items()):
        seen = Meeting.objects.visible_to(person).filter(pk=meeting.pk).exists()
        assert seen is can_see_meeting(person, meeting), (who, name)
        run = Meeting.objects.run_by(person).filter(pk=meeting.pk).exists()
        assert run is can_run_meeting(person, meeting), (who, name)


def test_who_reads_what():
    space = SpaceFactory(kind="hidden", shows_earlier=False)
    people = everyone(space)
    over = MeetingFactory(space=space, starts_at=timezone.now() - timedelta(days=30))
    to_come, for_all = MeetingFactory(space=space), MeetingFactory(space=None, audience="network")
    public = MeetingFactory(space=None, audience="public")

    def read_by(who):
        return set(Meeting.objects.visible_to(people[who]))

    assert read_by("stranger") == read_by("account") == read_by("closed account") == {public}
    assert read_by("network") == read_by("invited") == read_by("suspended") == {public, for_all}
    assert read_by("late") == {public, for_all, to_come}
    assert read_by("member") == read_by("facilitator") == {public, for_all, to_come, over}


def test_an_open_space_is_read_along_but_taking_part_needs_one_to_be_in_it():
    space = SpaceFactory(kind="open")
    meeting, outsider, member = MeetingFactory(space=space), MemberFactory(), MembershipFactory(space=space).user
    assert can_see_meeting(outsider, meeting) and not can_take_part(outsider, meeting)
    assert can_take_part(member, meeting)


# --- planning ---------------------------------------------------------------------------------------------


def test_a_facilitator_plans_and_a_member_does_not(space, boss, member):
    with pytest.raises(Refused):
        plan_meeting(member, space, values())
    with pytest.raises(Http404):
        plan_meeting(MemberFactory(), SpaceFactory(kind="hidden"), values())
    meeting = plan_meeting(boss, space, values(source="Kom **til tiden**."), organisers=[member, MemberFactory()])
    assert set(meeting.organisers.all()) == {boss, member}
    assert "<strong>til tiden</strong>" in meeting.html
    told = Event.objects.get(what=Event.What.MEETING)
    assert (told.space, told.who, told.meeting) == (space, boss, meeting)
    assert can_run_meeting(member, meeting)


def test_a_meeting_of_the_network_is_planned_by_those_who_run_a_space(boss, member):
    with pytest.raises(PermissionDenied):
        plan_meeting(member, None, values())
    meeting = plan_meeting(boss, None, values())
    assert (meeting.audience, meeting.space) == ("network", None)
    assert Event.objects.get(what=Event.What.MEETING).space is None


def test_a_form_sent_twice_plans_one(space, boss):
    key = "7d0b4ff0-70aa-4a3a-9d25-0d6d5b8fd7d1"
    assert plan_meeting(boss, space, values(), form_key=key) == plan_meeting(boss, space, values(), form_key=key)
    assert Meeting.objects.count() == 1


@pytest.mark.parametrize("part", ["archived", "switched off"])
def test_nothing_is_planned_where_there_are_no_meetings(space, boss, part):
    if part == "archived":
        archive(boss, space)
        space.refresh_from_db()
        with pytest.raises(Refused):
            check_plan(boss, space)
    else:
        meeting = MeetingFactory(space=space)
        change_space(boss, space, {"has_meetings": False})
        space.refresh_from_db()
        with pytest.raises(Http404):
            check_plan(boss, space)
        assert not Meeting.objects.visible_to(boss).filter(pk=meeting.pk).exists()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": " \n "}, "title"),
        ({"title": "x" * 141}, "title"),
        ({"title": "Sagen om 010190-1234"}, "title"),
        ({"place": "", "link": ""}, "place"),
        ({"link": "javascript:alert(1)"}, "link"),
        ({"ends_at": SOON}, "ends_at"),
        ({"ends_at": SOON + timedelta(days=15)}, "ends_at"),
        ({"starts_at": None}, "starts_at"),
        ({"starts_at": SOON - timedelta(days=9), "ends_at": SOON - timedelta(days=8)}, "starts_at"),
        ({"starts_at": SOON + timedelta(days=2000), "ends_at": SOON + timedelta(days=2001)}, "starts_at"),
        ({"zone": "Europe/Paris"}, "zone"),
        ({"seat_limit": 0}, "seat_limit"),
        ({"source": "x" * 20_001}, "source"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(space, boss, change, field):
    with pytest.raises(ValidationError) as fault:
        plan_meeting(boss, space, values(**change))
    assert field in fault.value.message_dict
    assert not Meeting.objects.exists()


def test_a_meeting_stands_in_a_space_or_is_for_all_and_never_both(space):
    with pytest.raises(IntegrityError), transaction.atomic():
        MeetingFactory(space=space, audience="network")
    with pytest.raises(IntegrityError), transaction.atomic():
        MeetingFactory(space=None, audience="space")


# --- changing, calling off --------------------------------------------------------------------------------


def test_each_change_counts_up_and_an_older_form_is_told(space, boss):
    meeting = plan_meeting(boss, space, values())
    changed = change_meeting(boss, meeting, {"place": "Biblioteket"}, 0)
    assert (changed.sequence, changed.place) == (1, "Biblioteket")
    with pytest.raises(StaleMeeting) as stale:
        change_meeting(boss, meeting, {"place": "Kroen"}, 0)
    assert stale.value.meeting.place == "Biblioteket"
    # The same once more changes nothing, and counts nothing.
    assert change_meeting(boss, meeting, {"place": "Biblioteket"}, 0).sequence == 1
    assert Event.objects.filter(what=Event.What.RESCHEDULED).count() == 1


def test_what_nobody_needs_to_be_told_of_is_not_announced(space, boss):
    meeting = plan_meeting(boss, space, values())
    assert change_meeting(boss, meeting, {"source": "Medbring kaffe."}, 0).sequence == 1
    assert not Event.objects.filter(what=Event.What.RESCHEDULED).exists()


def test_only_who_runs_it_changes_it(space, boss, member):
    meeting = plan_meeting(boss, space, values())
    for verb in (
        lambda: change_meeting(member, meeting, {"place": "x"}, 0),
        lambda: cancel_meeting(member, meeting, "x"),
    ):
        with pytest.raises(Refused):
            verb()
    meeting.organisers.add(member)
    assert change_meeting(member, meeting, {"place": "Kroen"}, 0).place == "Kroen"


def test_a_meeting_is_called_off_once_and_says_why(space, boss):
    meeting = plan_meeting(boss, space, values())
    with pytest.raises(ValidationError):
        cancel_meeting(boss, meeting, " ")
    off = cancel_meeting(boss, meeting, "Sne på Storebælt")
    assert (off.state, off.cancelled_why, off.sequence) == ("cancelled", "Sne på Storebælt", 1)
    assert cancel_meeting(boss, meeting, "En gang til").cancelled_why == "Sne på Storebælt"
    assert Event.objects.filter(what=Event.What.CALLED_OFF).count() == 1
    with pytest.raises(ValidationError):
        change_meeting(boss, off, {"place": "Kroen"}, 1)


# --- who sees who comes -----------------------------------------------------------------------------------


def test_who_has_signed_up_is_told_where_the_space_lists_its_members(space, boss, member):
    meeting = MeetingFactory(space=space)
    seat = signed_up(meeting)
    own = signed_up(meeting, member)
    assert set(Seat.objects.visible_to(member)) == {seat, own}
    type(space).objects.filter(pk=space.pk).update(has_members=False)
    assert set(Seat.objects.visible_to(member)) == {own}
    assert set(Seat.objects.visible_to(boss)) == {seat, own}
    for stranger in (AnonymousUser(), MemberFactory(), UserFactory()):
        assert not Seat.objects.visible_to(stranger).exists()


def test_who_comes_to_a_public_meeting_is_told_to_members_of_the_network_alone():
    meeting = MeetingFactory(space=None, audience="public")
    seat = signed_up(meeting)
    assert not Seat.objects.visible_to(AnonymousUser()).exists()
    assert not Seat.objects.visible_to(UserFactory()).exists()
    assert set(Seat.objects.visible_to(MemberFactory())) == {seat}


def test_who_left_reads_nothing_of_it_any_more(space, member):
    meeting = MeetingFactory(space=space)
    signed_up(meeting, member)
    Membership.objects.filter(user=member).delete()
    assert not Seat.objects.visible_to(member).exists()
    assert not Meeting.objects.visible_to(member).exists()
