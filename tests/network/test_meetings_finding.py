"""Meetings are found by those who may read them, and seeds lie on the desk of editors who may."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from network.arrange import change_space
from network.models import Membership
from network.outcomes import close_notes, write_line
from network.seeds_panel import seeds_for
from search import outbox
from tests.factories import MeetingFactory, MemberFactory, MembershipFactory, QuestionFactory, SpaceFactory

pytestmark = pytest.mark.django_db


def found_by(user, word="kvadrille"):
    client = Client()
    if user is not None:
        client.force_login(user)
    outbox.work()
    page = client.get(f"/soeg/?q={word}").content.decode()
    return {title for title in ("For alle", "For netværket", "Åbent", "Skjult") if f"{title} om" in page}


@pytest.fixture
def meetings(campaign):
    hidden, open_space = SpaceFactory(kind="hidden"), SpaceFactory(kind="open")
    return {
        "public": MeetingFactory(space=None, audience="public", title="For alle om Kvadrille"),
        "network": MeetingFactory(space=None, audience="network", title="For netværket om Kvadrille"),
        "open": MeetingFactory(space=open_space, title="Åbent om Kvadrille"),
        "hidden": MeetingFactory(space=hidden, title="Skjult om Kvadrille"),
    }


def test_everyone_finds_what_she_may_read_and_no_more(meetings):
    space = meetings["hidden"].space
    member = MembershipFactory(space=space).user
    assert found_by(None) == {"For alle"}
    assert found_by(MemberFactory()) == {"For alle", "For netværket", "Åbent"}
    assert found_by(member) == {"For alle", "For netværket", "Åbent", "Skjult"}
    Membership.objects.filter(user=member).delete()
    assert "Skjult" not in found_by(member)


def test_a_space_whose_meetings_are_switched_off_is_found_no_more(meetings):
    space = meetings["hidden"].space
    boss = MembershipFactory(space=space, role="facilitator").user
    assert "Skjult" in found_by(boss)
    change_space(boss, space, {"has_meetings": False})
    assert "Skjult" not in found_by(boss)


def test_a_meeting_that_was_over_before_one_came_is_not_found(meetings):
    space = meetings["hidden"].space
    boss = MembershipFactory(space=space, role="facilitator").user
    over = MeetingFactory(space=space, title="Skjult om Kvadrille", starts_at=timezone.now() - timedelta(days=9))
    meetings["hidden"].delete()
    late = MembershipFactory(space=space).user
    assert "Skjult" in found_by(late)
    change_space(boss, space, {"shows_earlier": False})
    assert "Skjult" not in found_by(late)
    assert over and "Skjult" in found_by(boss)


def test_a_seed_is_seen_by_the_editors_who_may_read_its_meeting():
    seen = {}
    for kind in ("open", "on_request"):
        space = SpaceFactory(kind=kind)
        boss = MembershipFactory(space=space, role="facilitator").user
        meeting = MeetingFactory(space=space, starts_at=timezone.now() - timedelta(hours=1))
        seen[kind] = write_line(boss, QuestionFactory(meeting=meeting), "seed", f"Fortællingen om {kind}")
        assert not seeds_for(MemberFactory()).filter(question__meeting=meeting).exists()
        close_notes(boss, meeting)
    editor = MemberFactory()
    assert list(seeds_for(editor)) == [seen["open"]]
    editor.user_permissions.add(*Permission.objects.filter(codename__in=["access_admin", "change_meeting"]))
    client = Client()
    client.force_login(editor)
    desk = client.get("/admin/").content.decode()
    assert "Fortællingen om open" in desk and "Fortællingen om on_request" not in desk
