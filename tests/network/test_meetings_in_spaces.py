"""The meetings of a space are found where one searches in it, by who may read them and what stands on their pages."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from content import findable
from network import join
from network.agenda import ask, close
from network.arrange import archive, change_space
from network.meet import cancel_meeting
from network.models import Meeting, Membership, Space
from network.outcomes import close_notes, write_line
from search import outbox
from tests.factories import MeetingFactory, MemberFactory, MembershipFactory, QuestionFactory, SpaceFactory

pytestmark = pytest.mark.django_db
WORD = "kvabsoplukning"


@pytest.fixture(autouse=True)
def _no_tries_before():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def space(campaign):
    return SpaceFactory(name="Eget rum", kind=Space.Kind.HIDDEN)


@pytest.fixture
def boss(space):
    return MembershipFactory(space=space, role="facilitator").user


@pytest.fixture
def member(space):
    return MembershipFactory(space=space).user


@pytest.fixture
def meeting(space):
    return MeetingFactory(space=space, title="Møde i eget rum", place=f"Salen {WORD}")


def found(user, **asked):
    outbox.work()
    client = Client()
    if user is not None:
        client.force_login(user, backend="network.backends.MemberBackend")
    page = BeautifulSoup(client.get("/soeg/", {"q": WORD, **asked}).content, "html.parser")
    return [link.get_text() for link in page.select(".entries .entry__title a")]


def everywhere(user, space):
    return [bool(found(user, **asked)) for asked in ({}, {"rum": space.slug}, {"rum": "mine-rum"})]


def test_a_meeting_is_found_in_its_space_and_among_my_own(space, boss, member, meeting):
    assert everywhere(member, space) == [True] * 3
    assert found(member, rum=space.slug) == ["Møde i eget rum"]
    other = SpaceFactory(kind=Space.Kind.OPEN)
    assert found(member, rum=other.slug) == []
    for outsider in (None, MemberFactory()):
        assert everywhere(outsider, space) == [False] * 3
        assert findable.corner_of(outsider, space.slug) is None


def test_a_space_with_meetings_alone_can_be_searched(space, boss, member, meeting):
    change_space(boss, space, {"has_threads": False})
    assert everywhere(member, space) == [True] * 3


@pytest.mark.parametrize("way", ["left", "removed", "suspended", "parts"])
def test_it_is_found_no_more_by_who_may_not_read_it_any_more(way, space, boss, member, meeting):
    assert found(member)
    own = Membership.objects.get(space=space, user=member)
    if way == "left":
        join.leave(member, space)
    elif way == "removed":
        join.remove(boss, own)
    elif way == "suspended":
        join.suspend(boss, own, "Fordi.")
    else:
        change_space(boss, space, {"has_meetings": False})
    assert everywhere(member, space) == [False] * 3


def test_what_is_off_or_in_an_archive_is_found_as_long_as_it_is_read(space, boss, member, meeting):
    cancel_meeting(boss, meeting, "Sygdom.")
    outbox.work()
    assert "Aflyst" in client_of(member).get("/soeg/", {"q": WORD}).text
    archive(boss, space)
    assert everywhere(member, space) == [True] * 3


def client_of(user):
    client = Client()
    client.force_login(user, backend="network.backends.MemberBackend")
    return client


def test_one_kept_from_who_came_later_is_not_found_in_the_space_either(space, boss, meeting):
    Meeting.objects.filter(pk=meeting.pk).update(starts_at=timezone.now() - timedelta(days=9))
    late = MembershipFactory(space=space).user
    change_space(boss, space, {"shows_earlier": False})
    assert everywhere(late, space) == [False] * 3
    assert everywhere(boss, space) == [True] * 3


def test_it_is_found_by_a_question_on_its_agenda_until_that_is_taken_off(space, boss, member):
    meeting = MeetingFactory(space=space, title="Møde om andet")
    question = ask(member, meeting, f"Hvad gør vi ved {WORD}?")
    assert found(member, rum=space.slug) == ["Møde om andet"]
    close(boss, question, True)
    assert found(member, rum=space.slug) == []
    close(boss, question, False)
    assert found(member, rum=space.slug) == ["Møde om andet"]


def test_it_is_found_by_what_came_of_it_once_the_notes_are_closed(space, boss, member):
    meeting = MeetingFactory(space=space, title="Møde om andet", starts_at=timezone.now() - timedelta(hours=3))
    write_line(boss, QuestionFactory(meeting=meeting), "seed", f"Fortællingen om {WORD}")
    assert found(member, rum=space.slug) == []
    close_notes(boss, meeting)
    assert found(member, rum=space.slug) == ["Møde om andet"]


def test_what_is_asked_at_a_public_meeting_is_in_no_index(campaign):
    public = MeetingFactory(space=None, audience="public", title="Møde for alle")
    ask(MemberFactory(), public, f"Hvad gør vi ved {WORD}?")
    assert found(None) == [] and found(MemberFactory()) == []
