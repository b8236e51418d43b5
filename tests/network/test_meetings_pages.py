"""The pages of meetings: planned, signed up to, voted on, written up; the calendar; what the letters say."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.letters import deliver_waiting
from accounts.models import Letter
from network import agenda
from network.meet import cancel_meeting, change_meeting
from network.models import Meeting, Membership, Outcome, Question, Seat, Thread
from network.outcomes import close_notes, write_line
from network.seats import give_up_seat
from tests.factories import (
    MeetingFactory,
    MemberFactory,
    MembershipFactory,
    QuestionFactory,
    SpaceFactory,
    ThreadFactory,
    UserFactory,
    signed_up,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_calendar")]


@pytest.fixture
def space():
    return SpaceFactory(name="Tomme huse", slug="tomme-huse")


@pytest.fixture
def boss(space):
    return MembershipFactory(space=space, role="facilitator").user


@pytest.fixture
def member(space):
    return MembershipFactory(space=space).user


@pytest.fixture
def meeting(space):
    return MeetingFactory(
        space=space, title="Møde om tomme huse", link="https://moede.eksempel.example/12", seat_limit=2
    )


@pytest.fixture
def begun(space):
    return MeetingFactory(space=space, title="Mødet i går", starts_at=timezone.now() - timedelta(hours=1))


def as_(user):
    client = Client()
    if user is not None:
        client.force_login(user)
    return client


def of(name, meeting, *more):
    return reverse(name, args=[meeting.pk, meeting.slug, *more])


def text_of(user, address):
    response = as_(user).get(address)
    assert response.status_code == 200, (address, response.status_code)
    return response.content.decode()


def form_of(**changes):
    day = timezone.localdate() + timedelta(days=20)
    return {
        "title": "Netværksmøde",
        "place": "Kroen",
        "zone": "Europe/Copenhagen",
        "starts_at": f"{day}T10:00",
        "ends_at": f"{day}T15:00",
        **changes,
    }


# --- planning ---------------------------------------------------------------------------------------------


def test_a_facilitator_plans_a_meeting_and_it_stands_in_the_space(space, boss, member):
    assert "Planlæg et møde" in text_of(boss, reverse("space-meetings", args=[space.slug]))
    assert "Planlæg et møde" not in text_of(member, reverse("space-meetings", args=[space.slug]))
    response = as_(boss).post(reverse("meeting-new", args=[space.slug]), form_of(zone="America/Nuuk"))
    made = Meeting.objects.get()
    assert response.url == made.get_absolute_url()
    assert made.starts_there.strftime("%H:%M %Z") in ("10:00 -01", "10:00 -02")
    page = text_of(member, reverse("space-meetings", args=[space.slug]))
    assert "Netværksmøde" in page and "grønlandsk tid" in page
    assert 'aria-current="page">Møder' in page


def test_what_is_wrong_with_a_form_is_said_and_what_was_typed_stays(space, boss):
    for change in ({"title": ""}, {"starts_at": "i morgen"}, {"ends_at": "2020-01-01T10:00"}, {"seat_limit": "mange"}):
        response = as_(boss).post(reverse("meeting-new", args=[space.slug]), form_of(place="Hos Bodil", **change))
        assert response.status_code == 400
        assert "Hos Bodil" in response.content.decode()
        assert 'role="alert"' in response.content.decode()
    assert not Meeting.objects.exists()


def test_a_time_that_the_clocks_leap_over_is_refused(space, boss):
    response = as_(boss).post(
        reverse("meeting-new", args=[space.slug]), form_of(starts_at="2027-03-28T02:30", ends_at="2027-03-28T05:00")
    )
    assert response.status_code == 400
    assert "uret stilles frem" in response.content.decode()


def test_a_member_is_shown_the_door_and_the_form_of_the_network_is_for_those_who_run_a_space(space, boss, member):
    assert as_(member).get(reverse("meeting-new", args=[space.slug])).status_code == 403
    assert as_(member).get(reverse("meeting-new-for-all")).status_code == 403
    response = as_(boss).post(reverse("meeting-new-for-all"), form_of())
    assert response.status_code == 302
    assert Meeting.objects.get().audience == "network"
    assert "Netværksmøde" in text_of(MemberFactory(), reverse("calendar"))


def test_a_form_that_is_older_than_the_meeting_is_told_and_keeps_what_was_typed(meeting, boss):
    page = text_of(boss, of("meeting-edit", meeting))
    assert "Møde om tomme huse" in page
    change_meeting(boss, meeting, {"place": "Biblioteket"}, 0)
    response = as_(boss).post(of("meeting-edit", meeting), form_of(place="Kroen", sequence=0))
    assert response.status_code == 409
    assert "Kroen" in response.content.decode() and "En anden har rettet mødet" in response.content.decode()
    assert as_(boss).post(of("meeting-edit", meeting), form_of(place="Kroen", sequence=1)).status_code == 302
    assert Meeting.objects.get(pk=meeting.pk).place == "Kroen"


def test_a_meeting_called_off_says_why(meeting, boss, member):
    assert as_(boss).post(of("meeting-cancel", meeting), {"why": ""}).status_code == 400
    assert as_(boss).post(of("meeting-cancel", meeting), {"why": "Sne på Storebælt"}).status_code == 302
    page = text_of(member, meeting.get_absolute_url())
    assert "Mødet er aflyst" in page and "Sne på Storebælt" in page
    assert "Meld dig til" not in page
    assert as_(member).post(of("meeting-cancel", meeting), {"why": "x"}).status_code == 403


# --- signing up -------------------------------------------------------------------------------------------


def test_the_link_is_read_by_those_with_a_seat_alone(meeting, boss, member):
    assert meeting.link not in text_of(member, meeting.get_absolute_url())
    assert meeting.link in text_of(boss, meeting.get_absolute_url())
    response = as_(member).post(of("meeting-sign-up", meeting), {"note": "Vegetar"}, follow=True)
    assert "Du er tilmeldt." in response.content.decode()
    assert meeting.link in response.content.decode()
    for person in (signed_up(meeting).user, signed_up(meeting).user):
        seat = Seat.objects.visible_to(person).get(user=person)
        assert (meeting.link in text_of(person, meeting.get_absolute_url())) is not seat.waits


def test_who_comes_too_late_waits_and_says_so(meeting, member):
    for _ in range(2):
        signed_up(meeting)
    assert "Skriv dig på ventelisten" in text_of(member, meeting.get_absolute_url())
    response = as_(member).post(of("meeting-sign-up", meeting), follow=True)
    assert "Du står på ventelisten" in response.content.decode()
    assert "Alle 2 pladser er taget, 1 på venteliste" in response.content.decode()
    as_(member).post(of("meeting-sign-off", meeting))
    assert not Seat.objects.visible_to(member).filter(user=member).exists()


def test_the_note_is_read_by_who_runs_the_meeting_alone(meeting, boss, member):
    signed_up(meeting, note="Jeg kommer med kørestol")
    assert "kørestol" in text_of(boss, meeting.get_absolute_url())
    assert "kørestol" not in text_of(member, meeting.get_absolute_url())
    response = as_(member).post(of("meeting-sign-up", meeting), {"note": "x" * 201})
    assert response.status_code == 400 and "for lang" in response.content.decode()


def test_in_an_open_space_an_outsider_reads_and_is_asked_to_come_in():
    meeting = MeetingFactory(space=SpaceFactory(kind="open"))
    outsider = MemberFactory()
    page = text_of(outsider, meeting.get_absolute_url())
    assert "Meld dig til" not in page and reverse("space-join", args=[meeting.space.slug]) in page
    assert as_(outsider).post(of("meeting-sign-up", meeting)).status_code == 403


@pytest.mark.parametrize("kind", ["on_request", "hidden"])
def test_an_outsider_is_answered_as_if_there_were_no_meeting(kind):
    meeting = MeetingFactory(space=SpaceFactory(kind=kind))
    outsider = MemberFactory()
    for name in ("meeting", "meeting-file", "meeting-edit", "meeting-notes"):
        assert as_(outsider).get(of(name, meeting)).status_code == 404
    for name in ("meeting-sign-up", "meeting-ask"):
        assert as_(outsider).post(of(name, meeting)).status_code == 404


def test_a_stranger_is_sent_to_sign_in_whether_it_is_there_or_not(meeting):
    there, nowhere = (as_(None).get(reverse("meeting", args=[pk, "moede"])) for pk in (meeting.pk, 99999))
    assert there.status_code == nowhere.status_code == 302
    assert there.url.replace(str(meeting.pk), "99999") == nowhere.url


# --- the agenda -------------------------------------------------------------------------------------------


def test_a_question_is_asked_voted_for_and_put_in_order(meeting, boss, member):
    thread = ThreadFactory(space=meeting.space, author=member, title="Hvornår er et hus tomt?")
    as_(boss).post(of("meeting-ask", meeting), {"text": "Hvad koster det?"})
    as_(member).post(of("meeting-ask", meeting), {"text": "Hvornår er det tomt?", "thread": thread.pk})
    page = text_of(member, meeting.get_absolute_url())
    assert page.index("Hvad koster det?") < page.index("Hvornår er det tomt?")
    assert "Fra tråden »Hvornår er et hus tomt?«" in page
    second = Question.objects.visible_to(member).get(text="Hvornår er det tomt?")
    as_(boss).post(of("meeting-question", meeting, second.pk, "stem"))
    page = text_of(member, meeting.get_absolute_url())
    assert page.index("Hvornår er det tomt?") < page.index("Hvad koster det?")
    assert "2 stemmer" in page
    as_(boss).post(of("meeting-question", meeting, second.pk, "tag-stemmen-tilbage"))
    as_(boss).post(of("meeting-question", meeting, second.pk, "fastgoer"))
    assert "Sat øverst" in text_of(member, meeting.get_absolute_url())
    as_(boss).post(of("meeting-question", meeting, second.pk, "tag-af"))
    assert "Hvornår er det tomt?" not in text_of(member, meeting.get_absolute_url())
    assert as_(member).post(of("meeting-question", meeting, second.pk, "saet-paa")).status_code == 403
    assert as_(boss).post(of("meeting-question", meeting, second.pk, "bages")).status_code == 404


def test_a_question_that_is_refused_stays_in_its_field(meeting, member):
    response = as_(member).post(of("meeting-ask", meeting), {"text": "Sagen om 010190-1234"})
    assert response.status_code == 400
    assert "Sagen om 010190-1234" in response.content.decode() and "CPR" in response.content.decode()


def test_over_the_limit_the_answer_is_429(meeting, member, settings):
    settings.NETWORK_LIMITS = {**settings.NETWORK_LIMITS, "questions": (0, 24)}
    response = as_(member).post(of("meeting-ask", meeting), {"text": "Og hvad så?"})
    assert response.status_code == 429 and response.headers["Retry-After"]


# --- notes and actions ------------------------------------------------------------------------------------


def test_the_notes_are_written_line_by_line_and_closed(begun, boss, member):
    first, second = (QuestionFactory(meeting=begun, text=text) for text in ("Hvad koster det?", "Hvem ringer?"))
    assert as_(member).get(of("meeting-notes", begun)).status_code == 403
    response = as_(boss).post(of("meeting-notes", begun))
    assert response.status_code == 409 and "Hvad koster det?" in response.content.decode()
    field = f"s{first.pk}-"
    response = as_(boss).post(of("meeting-line", begun, first.pk), {field + "text": "200.000 kr."})
    assert response.status_code == 400 and "200.000 kr." in response.content.decode()
    as_(boss).post(of("meeting-line", begun, first.pk), {field + "text": "200.000 kr.", field + "kind": "answer"})
    field = f"s{second.pk}-"
    owner = {field + "owner": member.pk, field + "due_on": str(timezone.localdate())}
    as_(boss).post(
        of("meeting-line", begun, second.pk), {field + "text": "Én ringer.", field + "kind": "action", **owner}
    )
    assert as_(boss).post(of("meeting-notes", begun)).status_code == 302
    page = text_of(member, begun.get_absolute_url())
    assert "Det kom der ud af mødet" in page and "200.000 kr." in page and "Én ringer." in page
    assert Thread.objects.visible_to(member).get().title == "Hvad koster det?"
    assert "Én ringer." in text_of(member, reverse("actions"))
    assert "Én ringer." not in text_of(boss, reverse("actions"))


def test_an_action_is_ticked_off_and_opened_again(begun, boss, member):
    action = write_line(
        boss, QuestionFactory(meeting=begun), "action", "Én ringer.", owner=member, due_on=timezone.localdate()
    )
    close_notes(boss, begun)
    assert as_(boss).post(reverse("action-tick", args=[action.pk]), {"on": "1"}).status_code == 404
    as_(member).post(reverse("action-tick", args=[action.pk]), {"on": "1"})
    assert Outcome.objects.visible_to(member).get().done_at
    as_(member).post(reverse("action-tick", args=[action.pk]))
    assert Outcome.objects.visible_to(member).get().done_at is None


def test_every_form_on_the_pages_bears_its_token(meeting, begun, boss, member):
    """A form without it is refused by the site: tests that post go past that."""
    agenda.ask(member, meeting, "Hvad koster det?")
    asked = QuestionFactory(meeting=begun)
    owner = {"owner": boss, "due_on": timezone.localdate()}
    pages = [text_of(boss, meeting.get_absolute_url()), text_of(boss, of("meeting-notes", begun))]
    write_line(boss, asked, "action", "Én ringer.", **owner)
    close_notes(boss, begun)
    pages += [text_of(boss, reverse(name)) for name in ("actions", "calendar-own", "meeting-new-for-all")]
    pages += [text_of(boss, of(name, meeting)) for name in ("meeting-edit", "meeting-cancel")]
    outsider, along = MemberFactory(), MeetingFactory(space=SpaceFactory(kind="open"))
    pages += [text_of(outsider, address.get_absolute_url()) for address in (along, along.space)]
    for page in pages:
        forms = re.findall(r'<form[^>]*method="post".*?</form>', page, re.DOTALL)
        assert forms and all("csrfmiddlewaretoken" in form for form in forms)


# --- letters ----------------------------------------------------------------------------------------------


def both_parts(letter):
    html = letter.alternatives[0][0]
    return letter.body, html


def test_who_moves_up_from_the_line_gets_one_letter(meeting, django_capture_on_commit_callbacks):
    first, _second, third = (signed_up(meeting).user for _ in range(3))
    with django_capture_on_commit_callbacks(execute=True):
        give_up_seat(first, meeting)
    deliver_waiting()
    assert [(letter.to, letter.subject) for letter in mail.outbox] == [
        ([third.email], "Du har fået plads: Møde om tomme huse")
    ]
    for part in both_parts(mail.outbox[0]):
        assert meeting.get_absolute_url() in part and "Rådhuset" in part
        assert meeting.link not in part


def test_those_signed_up_hear_of_a_new_place_once_for_the_last_change(meeting, boss):
    seats = [signed_up(meeting).user for _ in range(3)]
    change_meeting(boss, meeting, {"place": "Biblioteket"}, 0)
    change_meeting(boss, meeting, {"place": "Kroen"}, 1)
    deliver_waiting()
    assert sorted(letter.to[0] for letter in mail.outbox) == sorted(person.email for person in seats)
    assert all("Kroen" in part for letter in mail.outbox for part in both_parts(letter))


def test_those_signed_up_hear_that_it_is_off_but_not_who_may_no_longer_read(meeting, boss):
    stays, left = (signed_up(meeting).user for _ in range(2))
    cancel_meeting(boss, meeting, "Sne på Storebælt")
    Membership.objects.filter(user=left).delete()
    deliver_waiting()
    assert [letter.to for letter in mail.outbox] == [[stays.email]]
    assert all("Sne på Storebælt" in part for part in both_parts(mail.outbox[0]))


def test_those_absent_get_one_mail_with_what_came_of_it(begun, boss, member):
    there = MembershipFactory(space=begun.space).user
    gone = MembershipFactory(space=begun.space).user
    Seat.past_the_rule.create(meeting=begun, user=there, state="seated")
    for text, kind in (("Hvad koster det?", "answer"), ("Hvem fortæller?", "seed")):
        write_line(boss, QuestionFactory(meeting=begun, text=text), kind, f"Svar på {text}")
    due_on = timezone.localdate()
    write_line(boss, QuestionFactory(meeting=begun), "action", "Én ringer.", owner=member, due_on=due_on)
    close_notes(boss, begun)
    close_notes(boss, begun)
    Membership.objects.filter(user=gone).delete()
    Letter.objects.exclude(kind="meeting-outcomes").delete()
    deliver_waiting()
    assert [letter.to for letter in mail.outbox] == [[member.email]]
    for part in both_parts(mail.outbox[0]):
        assert "Svar på Hvad koster det?" in part and "Svar på Hvem fortæller?" in part and "Én ringer." in part
        assert "Frø til en casefortælling" in part and "En opgave har dit navn" in part
    thread = Thread.objects.visible_to(member).get(title="Hvad koster det?")
    assert thread.get_absolute_url() in mail.outbox[0].body


def test_an_action_reminds_once_on_its_day(begun, boss, member, django_capture_on_commit_callbacks):
    today = timezone.localdate()
    for text, day in (("Ring i dag", today), ("Ring siden", today + timedelta(days=1))):
        write_line(boss, QuestionFactory(meeting=begun), "action", text, owner=member, due_on=day)
    close_notes(boss, begun)
    Letter.objects.all().delete()
    for _ in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            call_command("remind_of_actions", verbosity=0)
    assert [letter.to for letter in mail.outbox] == [[member.email]]
    assert all("Ring i dag" in part and "Ring siden" not in part for part in both_parts(mail.outbox[0]))


def test_no_reminder_goes_to_one_who_may_no_longer_read_of_it(begun, boss, member, django_capture_on_commit_callbacks):
    write_line(boss, QuestionFactory(meeting=begun), "action", "Ring", owner=member, due_on=timezone.localdate())
    close_notes(boss, begun)
    Membership.objects.filter(user=member).delete()
    Letter.objects.all().delete()
    with django_capture_on_commit_callbacks(execute=True):
        call_command("remind_of_actions", verbosity=0)
    assert not mail.outbox


# --- the calendar -----------------------------------------------------------------------------------------


@pytest.fixture
def calendars(space):
    past = timezone.now() - timedelta(days=900)
    return {
        "own": MeetingFactory(space=space, title="I mit rum"),
        "other": MeetingFactory(space=SpaceFactory(kind="open"), title="I et andet rum"),
        "network": MeetingFactory(space=None, audience="network", title="For netværket"),
        "public": MeetingFactory(space=None, audience="public", title="For alle", starts_at=past),
    }


def test_a_stranger_sees_the_public_calendar_alone_and_a_member_her_own_too(calendars, member):
    address = reverse("calendar")
    for stranger in (None, UserFactory()):
        page = text_of(stranger, address)
        assert "For alle" in page and str(calendars["public"].starts_there.year) in page
        assert "I mit rum" not in page and "For netværket" not in page and "I et andet rum" not in page
    page = text_of(member, address)
    assert "I mit rum" in page and "For netværket" in page and "For alle" in page
    assert "I et andet rum" not in page


def test_no_cache_keeps_what_a_member_sees(calendars, member):
    for address in (reverse("calendar"), calendars["public"].get_absolute_url(), calendars["own"].get_absolute_url()):
        response = as_(member).get(address)
        assert response.headers["Cache-Control"] == "private, no-store"
    for address in (reverse("calendar"), calendars["public"].get_absolute_url()):
        response = as_(None).get(address)
        assert "no-store" not in response.headers.get("Cache-Control", "")
        assert "Cookie" in response.headers["Vary"]


def test_a_public_meeting_tells_a_stranger_of_nobody(member):
    meeting = MeetingFactory(space=None, audience="public", link="https://hemmelig.example/")
    person = MemberFactory(name="Dorthe Danserinde")
    meeting.organisers.add(person)
    signed_up(meeting, person)
    agenda.ask(person, meeting, "Hvem betaler kalaset?")
    page = text_of(None, meeting.get_absolute_url())
    assert "Dorthe" not in page and "kalaset" not in page and "hemmelig.example" not in page
    assert "kalaset" in text_of(member, meeting.get_absolute_url())


def test_the_front_page_names_the_next_meeting(calendars, member):
    page = text_of(member, reverse("network"))
    assert "Næste møde" in page and ("I mit rum" in page or "For netværket" in page)
    assert "Næste møde" not in text_of(member, reverse("profile"))


def test_a_space_without_meetings_has_no_tab_and_no_page(space, boss, member, meeting):
    assert reverse("space-meetings", args=[space.slug]) in text_of(member, space.get_absolute_url())
    type(space).objects.filter(pk=space.pk).update(has_meetings=False)
    assert reverse("space-meetings", args=[space.slug]) not in text_of(member, space.get_absolute_url())
    for person in (boss, member):
        assert as_(person).get(reverse("space-meetings", args=[space.slug])).status_code == 404
        assert as_(person).get(meeting.get_absolute_url()).status_code == 404


# --- queries ----------------------------------------------------------------------------------------------


def queries_of(client, address):
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def test_the_queries_do_not_grow_with_what_is_shown(meeting, member):
    client, space = as_(member), meeting.space

    def grow(number):
        for _ in range(number):
            MeetingFactory(space=space)
            asker = signed_up(meeting).user
            agenda.ask(asker, meeting, "Og hvad så?", thread=ThreadFactory(space=space, author=asker))

    most = {
        meeting.get_absolute_url(): 30,
        reverse("calendar"): 14,
        reverse("space-meetings", args=[space.slug]): 16,
    }
    grow(2)
    few = {address: queries_of(client, address) for address in most}
    grow(6)
    assert {address: queries_of(client, address) for address in most} == few
    assert all(few[address] <= number for address, number in most.items()), few
