"""Two at the same moment for the last seat: one gets it, and the line loses nobody.

SQLite lets in one at a time.
"""

import pytest
from django.contrib.auth import get_user_model
from django.db import connection

from network.models import Event, Meeting, Membership, Municipality, Profile, Seat
from network.seats import give_up_seat, sign_up
from tests.factories import MeetingFactory, MembershipFactory, SpaceFactory
from tests.network.test_acts_at_once import at_once

pytestmark = pytest.mark.skipif(connection.vendor != "postgresql", reason="PostgreSQL er ikke brugt.")
MANY = 6


@pytest.fixture
def people(django_db_setup, django_db_blocker):
    """Members of a space, in rows that are really committed: other connections see no others."""
    with django_db_blocker.unblock():
        space = SpaceFactory(name="Sidste plads", slug="sidste-plads")
        yield [MembershipFactory(space=space).user for _number in range(MANY)]
        users = list(Membership.anyone.filter(space=space).values_list("user", flat=True))
        places = list(Profile.objects.filter(user__in=users).values_list("municipality", flat=True))
        space.delete()
        get_user_model().objects.filter(pk__in=users).delete()
        Municipality.anywhere.filter(pk__in=places).delete()


@pytest.fixture
def meeting(people):
    return MeetingFactory(space=Membership.objects.get(user=people[0]).space, seat_limit=2)


def fresh(meeting):
    return Meeting.objects.select_related("space").get(pk=meeting.pk)


def line(meeting, state):
    seats = Seat.past_the_rule.filter(meeting=meeting, state=state).order_by("pk")
    return list(seats.values_list("user", flat=True))


def test_of_many_at_once_for_the_last_seat_exactly_one_gets_it(meeting, people):
    first, *others = people
    sign_up(first, fresh(meeting))
    raised = at_once(*(lambda user=user: sign_up(user, fresh(meeting)) for user in others for _twice in range(2)))
    assert all(isinstance(seat, Seat) for seat in raised)
    seated, waiting = line(meeting, "seated"), line(meeting, "waiting")
    assert seated[0] == first.pk and len(seated) == 2
    assert sorted(seated + waiting) == sorted(person.pk for person in people)


def test_two_seats_given_up_at_once_go_to_the_first_two_in_the_line_each_told_once(meeting, people):
    for person in people[:5]:
        sign_up(person, fresh(meeting))
    at_once(
        lambda: give_up_seat(people[0], fresh(meeting)),
        lambda: give_up_seat(people[1], fresh(meeting)),
        lambda: sign_up(people[5], fresh(meeting)),
    )
    assert line(meeting, "seated") == [people[2].pk, people[3].pk]
    assert line(meeting, "waiting") == [people[4].pk, people[5].pk]
    told = Event.objects.filter(what=Event.What.SEAT, meeting=meeting).order_by("pk")
    assert sorted(told.values_list("whom", flat=True)) == sorted(line(meeting, "seated"))
