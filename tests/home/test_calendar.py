"""The campaign's documented events stand in the public calendar, as their sources tell them, and editors add to it."""

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from home.models import Provenance
from network.models import Meeting
from network.templatetags.meeting_tags import when_in_words
from tests.factories import MeetingFactory, UserFactory


def test_each_documented_event_is_there_with_its_sources(campaign, facts):
    rows = Provenance.objects.filter(key__startswith="begivenhed:")
    made = {row.key.split(":")[1]: Meeting.objects.get(pk=row.object_id) for row in rows}
    assert len(made) == len(facts["events"]) == 11
    for event in facts["events"]:
        meeting = made[event["slug"]]
        assert (meeting.title, meeting.place, meeting.audience) == (event["title"], event["place"] or "", "public")
        assert meeting.source_links == event["sources"]
        assert event["gist_da"] in meeting.source
        page = Client().get(meeting.get_absolute_url()).content.decode()
        assert all(source.replace("&", "&amp;") in page for source in event["sources"])


@pytest.mark.parametrize(
    ("slug", "words"),
    [
        ("invitation", "Onsdag 29. oktober 2014"),
        ("midtvejskonference", "Tirsdag 19. april 2016 kl. 10.00–17.00"),
        ("faellesskabet-bornholm-1", "September 2015"),
        ("kampagnen-slutter", "2017"),
        ("kickoff-vordingborg", "31. maj, år ikke oplyst på siden"),
        ("netvaerksmoede-1-2", "Dato ikke oplyst"),
    ],
)
def test_no_more_is_said_of_a_time_than_the_source_knows(campaign, slug, words):
    row = Provenance.objects.get(key=f"begivenhed:{slug}")
    assert when_in_words(Meeting.objects.get(pk=row.object_id)) == words


def test_a_stranger_finds_them_by_year_in_the_file_and_in_the_search(campaign, client):
    page = client.get(reverse("calendar")).content.decode()
    places = [page.index(f'id="aar-{year}"') for year in (2017, 2016, 2015, 2014, "uden")]
    assert places == sorted(places)
    calendar = Calendar.from_ical(client.get(reverse("calendar-file")).content)
    assert len(calendar.walk("VEVENT")) == 6  # of the others the day is not known
    assert "Midtvejskonference" in client.get("/soeg/?q=Gerlev").content.decode()
    assert "/kalender/" in client.get("/sitemap.xml").content.decode()


def test_loading_again_changes_nothing_and_leaves_what_an_editor_wrote(campaign):
    row = Provenance.objects.get(key="begivenhed:midtvejskonference")
    Meeting.objects.filter(pk=row.object_id).update(place="Gerlev")
    call_command("load_campaign", verbosity=0)
    assert Meeting.objects.filter(audience="public").count() == 11
    assert Meeting.objects.get(pk=row.object_id).place == "Gerlev"


# --- the admin --------------------------------------------------------------------------------------------


@pytest.fixture
def editor(campaign):
    call_command("set_up_roles", verbosity=0)
    user = UserFactory()
    user.groups.add(Group.objects.get(name="Redaktør"))
    client = Client()
    client.force_login(user)
    return client


def values(**changes):
    day = timezone.localdate().replace(day=1, month=1).replace(year=timezone.localdate().year + 1)
    return {
        "title": "Ny konference",
        "starts_at": f"{day} 10:00",
        "ends_at": f"{day} 16:00",
        "precision": "clock",
        "takes_signups": "on",
        "source": "Kom **alle**.",
        "place": "Byens hal",
        **changes,
    }


def test_an_editor_writes_a_meeting_into_the_public_calendar(editor, client):
    response = editor.post(reverse("meetings:add"), values())
    assert response.status_code == 302
    made = Meeting.objects.get(title="Ny konference")
    assert (made.audience, made.sequence) == ("public", 0)
    page = client.get(made.get_absolute_url()).content.decode()
    assert "<strong>alle</strong>" in page and "Byens hal" in page
    assert "Ny konference" in client.get(reverse("calendar")).content.decode()
    editor.post(reverse("meetings:edit", args=[made.pk]), values(place="Kroen"))
    made.refresh_from_db()
    assert (made.place, made.sequence) == ("Kroen", 1)


@pytest.mark.parametrize(
    "change",
    [
        {"title": ""},
        {"starts_at": ""},
        {"ends_at": ""},
        {"sources": "ikke en adresse"},
        {"title": "Sagen om 010190-1234"},
        {"link": "javascript:alert(1)"},
    ],
)
def test_what_is_wrong_in_the_admin_is_told_and_nothing_is_written(editor, change):
    response = editor.post(reverse("meetings:add"), values(**change))
    assert response.status_code == 200
    assert not Meeting.objects.filter(place="Byens hal").exists()


def test_a_meeting_of_a_space_is_no_matter_of_the_admin(editor):
    meeting = MeetingFactory(title="Kun i rummet")
    assert editor.get(reverse("meetings:edit", args=[meeting.pk])).status_code == 404
    assert "Kun i rummet" not in editor.get(reverse("meetings:index")).content.decode()
