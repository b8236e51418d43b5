"""Calendar files: valid by RFC 5545, told of changes, and with nothing that their reader may not read."""

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from icalendar import Calendar

from network import calendar_feed as feed
from network import join
from network.calendar_file import file_of
from network.meet import cancel_meeting, change_meeting, plan_meeting
from network.models import CalendarFeed, Meeting, Membership
from network.seats import give_up_seat
from tests.factories import MeetingFactory, MemberFactory, MembershipFactory, SpaceFactory, signed_up

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_calendar")]
HOSTILE = 'Møde; \\n BEGIN:VEVENT, "citat" <b>fed</b> 🌾 ' + "æøå" * 30


def of(body):
    """The one event of a file, read again by the library."""
    (event,) = events(body)
    return event


def events(body):
    check_form(body)
    calendar = Calendar.from_ical(body)
    assert calendar["version"] == "2.0" and calendar["prodid"]
    found = calendar.walk("VEVENT")
    zones = {str(zone["tzid"]) for zone in calendar.walk("VTIMEZONE")}
    for event in found:
        for name in ("uid", "dtstamp", "dtstart", "sequence", "organizer", "summary", "status"):
            assert name in event, name
        assert not event.errors
        zone = event["dtstart"].params.get("TZID")
        assert zone is None or zone in zones
        assert event["dtstamp"].dt.utcoffset() == timedelta()
    assert all(zone.walk("STANDARD") for zone in calendar.walk("VTIMEZONE"))
    return found


def check_form(body):
    """The form of RFC 5545, 3.1: lines end with CRLF, hold at most 75 bytes, and fold within no letter."""
    assert body.endswith(b"\r\n") and b"\n" not in body.replace(b"\r\n", b"")
    lines = body.split(b"\r\n")[:-1]
    assert all(len(line) <= 75 for line in lines)
    for line in lines:
        line.decode("utf-8")
    unfolded = body.replace(b"\r\n ", b"").decode("utf-8").split("\r\n")[:-1]
    assert all(re.match(r"[A-Z-]+[;:]", line) for line in unfolded)
    assert unfolded[0] == "BEGIN:VCALENDAR" and unfolded[-1] == "END:VCALENDAR"
    names = [line.split(":")[1] for line in unfolded if line.startswith("BEGIN:")]
    assert sorted(names) == sorted(line.split(":")[1] for line in unfolded if line.startswith("END:"))


@pytest.fixture
def space():
    return SpaceFactory(name="Tomme huse")


@pytest.fixture
def boss(space):
    return MembershipFactory(space=space, role="facilitator").user


def planned(boss, space, **changes):
    start = timezone.now() + timedelta(days=3)
    values = {"title": "Tomme huse", "place": "Rådhuset", "starts_at": start, "ends_at": start + timedelta(hours=2)}
    return plan_meeting(boss, space, values | changes)


# --- one meeting ------------------------------------------------------------------------------------------


def test_a_hostile_title_is_escaped_and_folded_and_read_again_as_it_was(boss, space):
    meeting = planned(boss, space, title=HOSTILE, place="A;B,C\\D", source="Linje 1\n\nLinje 2: \r\nSUMMARY:falsk")
    event = of(file_of(meeting))
    assert str(event["summary"]) == meeting.title
    assert str(event["location"]) == "A;B,C\\D"
    assert "SUMMARY:falsk" in str(event["description"])
    assert len(events(file_of(meeting))) == 1


@hypothesis_settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], database=None
)
@given(title=st.text(min_size=1, max_size=140), place=st.text(max_size=140))
def test_whatever_is_written_stays_within_its_line(title, place):
    meeting = Meeting(pk=1, slug="x", title=title, place=place, starts_at=timezone.now(), audience="public")
    body = file_of(meeting)
    # What a verb lets in holds no control characters: the file must hold its form with them, too.
    assert body.count(b"\r\nBEGIN:VEVENT\r\n") == 1 and body.count(b"\r\nSUMMARY") == 1
    check_form(body)
    Calendar.from_ical(body)


@pytest.mark.parametrize(("zone", "clock"), [("Europe/Copenhagen", 10), ("Atlantic/Faroe", 10), ("America/Nuuk", 10)])
@pytest.mark.parametrize("day", [date(2027, 3, 27), date(2027, 3, 29), date(2027, 10, 30), date(2027, 11, 1)])
def test_the_clock_is_that_of_the_place_on_both_sides_of_a_change(boss, space, zone, clock, day):
    start = datetime(day.year, day.month, day.day, clock, tzinfo=ZoneInfo(zone))
    meeting = planned(boss, space, starts_at=start, ends_at=start + timedelta(hours=1), zone=zone)
    body = file_of(meeting)
    event = of(body)
    assert event["dtstart"].params["TZID"] == zone
    assert event["dtstart"].dt.hour == clock
    assert event["dtstart"].dt.astimezone(UTC) == start.astimezone(UTC)
    assert offset_said(body, zone, day) == start.utcoffset()


def offset_said(body, zone, day):
    """The offset of a day by the file's own VTIMEZONE alone, as a calendar without a list of zones reads it."""
    (found,) = Calendar.from_ical(body).walk("VTIMEZONE")
    moment = datetime(day.year, day.month, day.day, 10)
    return found.to_tz().utcoffset(moment) if zone else None


def test_a_change_has_the_same_uid_and_a_higher_sequence(boss, space):
    meeting = planned(boss, space)
    first = of(file_of(meeting))
    second = of(file_of(change_meeting(boss, meeting, {"place": "Kroen"}, 0)))
    assert first["uid"] == second["uid"]
    assert (first["sequence"], second["sequence"]) == (0, 1)
    assert second["dtstamp"].dt >= first["dtstamp"].dt


def test_a_meeting_called_off_takes_itself_out_of_a_calendar(boss, space):
    meeting = planned(boss, space)
    uid = of(file_of(meeting))["uid"]
    body = file_of(cancel_meeting(boss, meeting, "Sygdom"))
    event = of(body)
    assert Calendar.from_ical(body)["method"] == "CANCEL"
    assert (event["uid"], event["status"], event["sequence"]) == (uid, "CANCELLED", 1)


# --- the public file --------------------------------------------------------------------------------------


def test_the_public_file_holds_public_meetings_whose_day_is_known():
    start = datetime(2016, 4, 19, 8, tzinfo=UTC)
    MeetingFactory(space=None, audience="public", title="Konference", starts_at=start)
    MeetingFactory(space=None, audience="public", title="En dag", starts_at=start, precision="day")
    MeetingFactory(space=None, audience="public", title="En måned", starts_at=start, precision="month")
    MeetingFactory(space=None, audience="public", title="Uden dato", starts_at=None, ends_at=None, precision="none")
    MeetingFactory(space=None, audience="network", title="For netværket")
    MeetingFactory(title="I et rum")
    response = Client().get(reverse("calendar-file"))
    assert response.headers["Content-Type"].startswith("text/calendar")
    found = {str(event["summary"]): event for event in events(response.content)}
    assert set(found) == {"Konference", "En dag"}
    assert found["En dag"]["dtstart"].dt == date(2016, 4, 19)
    assert found["En dag"]["dtend"].dt == date(2016, 4, 20)


def test_the_file_of_a_meeting_is_for_its_readers_and_the_link_for_those_with_a_seat(space, boss):
    meeting = planned(boss, space, link="https://moede.eksempel.example/12")
    address = reverse("meeting-file", args=[meeting.pk, meeting.slug])
    member = MembershipFactory(space=space).user

    def told(person):
        client = Client()
        client.force_login(person)
        return client.get(address)

    assert b"moede.eksempel.example/12" not in told(member).content.replace(b"\r\n ", b"")
    signed_up(meeting, member)
    response = told(member)
    assert b"moede.eksempel.example/12" in response.content.replace(b"\r\n ", b"")
    assert response.headers["Cache-Control"] == "private, no-store"
    assert told(MemberFactory()).status_code == 404
    assert Client().get(address).status_code == 302


# --- the address of one's own -----------------------------------------------------------------------------


def fetched(word):
    return Client().get(reverse("calendar-feed", args=[word]))


def titles(word):
    response = fetched(word)
    assert response.status_code == 200
    return {str(event["summary"]) for event in events(response.content)}


def test_the_address_is_shown_once_and_only_its_mark_is_kept():
    member = MemberFactory()
    client = Client()
    client.force_login(member)
    page = client.post(reverse("calendar-own"))
    word = re.search(r"/kalender/min/([\w-]+)\.ics", page.content.decode())[1]
    assert len(word) >= 43  # 256 bits
    assert page.headers["Cache-Control"] == "private, no-store"
    assert word not in client.get(reverse("calendar-own")).content.decode()
    assert word not in CalendarFeed.objects.get(user=member).mark
    assert fetched(word).status_code == 200
    client.post(reverse("calendar-own"), {"stop": "1"})
    assert fetched(word).status_code == 404


def test_a_renewed_address_makes_the_old_one_lead_nowhere():
    member = MemberFactory()
    old = feed.renew(member)
    new = feed.renew(member)
    assert fetched(old).status_code == 404
    assert fetched(new).status_code == 200
    for wrong in ("x", "x" * 43, "x" * 5000, new[:-1], new + "x", new.swapcase()):
        assert fetched(wrong).status_code == 404


def test_it_holds_what_its_owner_takes_part_in_and_no_more(space, boss):
    own, other, run = (planned(boss, space, title=title) for title in ("Mit", "Andres", "Jeg holder"))
    member = MembershipFactory(space=space).user
    run.organisers.add(member)
    signed_up(own, member)
    waits = MeetingFactory(space=space, title="Jeg venter", seat_limit=1, link="https://hemmelig.example/")
    signed_up(waits)
    signed_up(waits, member)
    word = feed.renew(member)
    assert titles(word) == {"Mit", "Jeg holder", "Jeg venter"}
    (waiting,) = [event for event in events(fetched(word).content) if event["summary"] == "Jeg venter"]
    assert waiting["status"] == "TENTATIVE"
    assert b"hemmelig" not in fetched(word).content
    give_up_seat(member, own)
    assert "Mit" not in titles(word) and other.title not in titles(word)


def test_it_tells_that_a_meeting_is_off_or_moved(space, boss):
    meeting = planned(boss, space)
    member = signed_up(meeting).user
    word = feed.renew(member)
    change_meeting(boss, meeting, {"place": "Kroen"}, 0)
    event = of(fetched(word).content)
    assert (event["location"], event["sequence"], event["status"]) == ("Kroen", 1, "CONFIRMED")
    cancel_meeting(boss, Meeting.objects.get(pk=meeting.pk), "Sygdom")
    event = of(fetched(word).content)
    assert (event["sequence"], event["status"]) == (2, "CANCELLED")


@pytest.mark.parametrize("way", ["removed", "suspended", "left", "switched off", "hidden from new members"])
def test_rights_are_asked_at_each_fetch(space, boss, way):
    over = MeetingFactory(space=space, title="Kvadrille", starts_at=timezone.now() - timedelta(days=2))
    to_come = planned(boss, space, title="Kvadrille til efteråret")
    member = MembershipFactory(space=space, joined_at=timezone.now() - timedelta(days=9)).user
    signed_up(to_come, member)
    over.organisers.add(member)
    word = feed.renew(member)
    assert b"Kvadrille" in fetched(word).content
    own = Membership.objects.get(user=member)
    if way == "removed":
        join.remove(boss, own)
    elif way == "suspended":
        join.suspend(boss, own, "Salg af ydelser")
    elif way == "left":
        join.leave(member, space)
    elif way == "switched off":
        type(space).objects.filter(pk=space.pk).update(has_meetings=False)
    else:
        type(space).objects.filter(pk=space.pk).update(shows_earlier=False)
        Membership.objects.filter(pk=own.pk).update(joined_at=timezone.now())
        assert titles(word) == {"Kvadrille til efteråret"}
        return
    assert b"Kvadrille" not in fetched(word).content
    assert fetched(word).status_code == 200


@pytest.mark.parametrize("way", ["closed account", "no profile"])
def test_who_is_no_longer_in_the_network_has_no_address(way):
    member = MemberFactory()
    word = feed.renew(member)
    if way == "closed account":
        type(member).objects.filter(pk=member.pk).update(is_active=False)
    else:
        type(member.profile).objects.filter(user=member).update(completed_at=None)
    assert fetched(word).status_code == 404
