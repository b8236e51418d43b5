"""Signing up: the last seat goes to one, and the line moves by itself."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from network import join
from network.meet import cancel_meeting, change_meeting
from network.models import Event, Meeting, Membership, Seat
from network.permissions import Refused
from network.seats import give_up_seat, sign_up
from tests.factories import MeetingFactory, MemberFactory, MembershipFactory, signed_up


@pytest.fixture
def meeting(db):
    return MeetingFactory(seat_limit=2)


@pytest.fixture
def boss(meeting):
    return MembershipFactory(space=meeting.space, role="facilitator").user


def line(meeting):
    """Who has a seat, and who waits, in their order."""
    seats = Seat.past_the_rule.filter(meeting=meeting).order_by("pk")
    return [[seat.user for seat in seats if seat.state == state] for state in (Seat.State.SEATED, Seat.State.WAITING)]


def seats_given(person):
    return Event.objects.filter(what=Event.What.SEAT, whom=person).count()


def test_the_first_get_seats_and_the_next_wait_in_their_order(meeting):
    people = [signed_up(meeting).user for _ in range(4)]
    assert line(meeting) == [people[:2], people[2:]]


def test_without_a_limit_there_is_room_for_all(db):
    meeting = MeetingFactory(seat_limit=None)
    people = [signed_up(meeting).user for _ in range(4)]
    assert line(meeting) == [people, []]


def test_signing_up_twice_is_done_once_and_renews_the_note(meeting):
    seat = signed_up(meeting, note="Jeg spiser ikke kød")
    again = sign_up(seat.user, meeting, "Jeg spiser alt")
    assert again.pk == seat.pk and again.note == "Jeg spiser alt"
    assert Event.objects.filter(what=Event.What.SIGNED_UP).count() == 1


def test_a_seat_given_up_goes_to_the_first_in_the_line_who_is_told_once(meeting):
    first, second, third, fourth = (signed_up(meeting).user for _ in range(4))
    give_up_seat(first, meeting)
    assert line(meeting) == [[second, third], [fourth]]
    assert [seats_given(person) for person in (first, second, third, fourth)] == [0, 0, 1, 0]
    give_up_seat(first, meeting)  # none any more: nothing moves
    assert line(meeting) == [[second, third], [fourth]]


def test_who_leaves_the_line_moves_nobody(meeting):
    people = [signed_up(meeting).user for _ in range(4)]
    give_up_seat(people[2], meeting)
    assert line(meeting) == [people[:2], [people[3]]]


def test_more_seats_move_several_each_told_once(meeting, boss):
    people = [signed_up(meeting).user for _ in range(5)]
    change_meeting(boss, meeting, {"seat_limit": 4}, 0)
    assert line(meeting) == [people[:4], people[4:]]
    change_meeting(boss, Meeting.objects.get(pk=meeting.pk), {"seat_limit": None}, 1)
    assert line(meeting) == [people, []]
    assert [seats_given(person) for person in people] == [0, 0, 1, 1, 1]


def test_fewer_seats_take_none_from_those_who_have_one(meeting, boss):
    people = [signed_up(meeting).user for _ in range(3)]
    change_meeting(boss, meeting, {"seat_limit": 1}, 0)
    assert line(meeting) == [people[:2], people[2:]]
    give_up_seat(people[0], meeting)
    assert line(meeting) == [[people[1]], [people[2]]]


def test_who_may_not_come_any_more_is_passed_over(meeting):
    first, _second, third, fourth = (signed_up(meeting).user for _ in range(4))
    third.is_active = False
    third.save()
    give_up_seat(first, meeting)
    assert fourth in line(meeting)[0] and third not in sum(line(meeting), [])


@pytest.mark.parametrize("way", ["left", "removed", "suspended"])
def test_who_is_no_longer_in_the_space_gives_the_seat_to_the_next(meeting, boss, way):
    first, _second, third = (signed_up(meeting).user for _ in range(3))
    over = MeetingFactory(space=meeting.space, starts_at=timezone.now() - timedelta(days=2))
    Seat.past_the_rule.create(meeting=over, user=first, state="seated")
    own = Membership.objects.get(space=meeting.space, user=first)
    if way == "left":
        join.leave(first, meeting.space)
    elif way == "removed":
        join.remove(boss, own)
    else:
        join.suspend(boss, own, "Salg af ydelser")
    assert first not in sum(line(meeting), []) and third in line(meeting)[0]
    assert seats_given(third) == 1
    assert first in line(over)[0]  # who was there was there


def test_only_who_is_in_the_space_signs_up(meeting):
    type(meeting.space).objects.filter(pk=meeting.space.pk).update(kind="open")
    meeting.space.refresh_from_db()
    outsider = MemberFactory()
    with pytest.raises(Refused):
        sign_up(outsider, meeting)
    MembershipFactory(space=meeting.space, user=outsider)
    assert sign_up(outsider, meeting).state == Seat.State.SEATED


def test_one_cannot_sign_up_once_it_is_over_or_off(meeting, boss):
    cancel_meeting(boss, meeting, "Sygdom")
    over = MeetingFactory(space=meeting.space, starts_at=timezone.now() - timedelta(days=2))
    for closed in (meeting, over):
        with pytest.raises(ValidationError):
            sign_up(boss, closed)


def test_what_is_written_to_the_organisers_is_short_and_holds_no_cpr_number(meeting, boss):
    for note in ("x" * 201, "010190-1234"):
        with pytest.raises(ValidationError) as fault:
            sign_up(boss, meeting, note)
        assert "note" in fault.value.message_dict
    assert not Seat.past_the_rule.exists()
