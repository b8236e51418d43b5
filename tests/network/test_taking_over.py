"""Meetings one leads and open actions are handed over like the rest; and by a facilitator where mail comes back."""

from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from accounts.bounces import note_bounce, try_again
from network.leaving import duties_of, leave_job
from network.models import Handover, Meeting, Outcome, Seat, Space, Thread
from network.outcomes import close_notes, write_line
from tests.factories import (
    MeetingFactory,
    MemberFactory,
    MembershipFactory,
    QuestionFactory,
    SpaceFactory,
    ThreadFactory,
    signed_up,
)
from tests.network.test_rooms_pages import as_, said

pytestmark = pytest.mark.django_db
LEAVE = "/netvaerk/profil/skift-job/"


@pytest.fixture
def space(campaign):
    return SpaceFactory(name="Tomme boliger")


@pytest.fixture
def boss(space):
    return MembershipFactory(space=space, role="facilitator", user__name="Fie Facilitator").user


@pytest.fixture
def gerda(space):
    return MembershipFactory(space=space, user__name="Gerda Gårvidere")


@pytest.fixture
def heir(space):
    return MembershipFactory(space=space, user__name="Hanne Heir")


@pytest.fixture
def led(space, gerda):
    meeting = MeetingFactory(space=space, title="Mødet om molerne")
    meeting.organisers.add(gerda.user)
    return meeting


@pytest.fixture
def action(space, boss, gerda):
    over = MeetingFactory(space=space, starts_at=timezone.now() - timedelta(days=1))
    asked = QuestionFactory(meeting=over, text="Hvem ringer til Lemvig?")
    made = write_line(boss, asked, "action", "Gerda ringer.", owner=gerda.user, due_on=timezone.localdate())
    close_notes(boss, over)
    Outcome.objects.filter(pk=made.pk).update(reminded_at=timezone.now())
    return made


def organisers(meeting):
    return list(Meeting.objects.get(pk=meeting.pk).organisers.values_list("name", flat=True))


def comes_back(person):
    for number in range(3):
        note_bounce(person, "hard", f"brev-{number}")


def way(membership):
    return reverse("space-take-over", args=[membership.space.slug, membership.pk])


# --- leaving a job --------------------------------------------------------------------------------------


def test_meetings_and_actions_go_to_the_named_who_is_told(
    space, gerda, heir, led, action, django_capture_on_commit_callbacks
):
    page = said(as_(gerda.user).get(LEAVE))
    assert "Hvem tager dine møder og opgaver i »Tomme boliger«?" in page
    assert "Mødet om molerne" in page and "Hvem ringer til Lemvig?" in page
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        as_(gerda.user).post(LEAVE, {"then": "stay", f"meetings_{space.pk}": heir.pk})
    assert organisers(led) == ["Hanne Heir"]
    action.refresh_from_db()
    assert action.owner == heir.user and action.reminded_at is None
    (letter,) = mail.outbox
    assert letter.to == [heir.user.email]
    for text in (letter.body, letter.alternatives[0][0]):
        assert "Mødet om molerne" in text and "Hvem ringer til Lemvig?" in text
    assert not duties_of(gerda.user).at_meetings


def test_without_an_heir_they_stay_and_the_facilitators_run_the_meetings(space, boss, gerda, led, action):
    leave_job(gerda.user, closes=True)
    action.refresh_from_db()
    assert action.owner == gerda.user and Meeting.objects.run_by(boss).filter(pk=led.pk).exists()
    assert not Handover.objects.exists()


def test_a_meeting_that_is_over_is_off_or_is_kept_from_the_heir_is_not_given(space, boss, gerda, led):
    Space.objects.filter(pk=space.pk).update(shows_earlier=False)
    begun = MeetingFactory(space=space, starts_at=timezone.now() - timedelta(hours=1))
    begun.organisers.add(gerda.user)
    off = MeetingFactory(space=space, state="cancelled")
    off.organisers.add(gerda.user)
    late = MembershipFactory(space=space)
    leave_job(gerda.user, meetings={space.pk: late}, closes=False)
    assert organisers(led) == [late.user.name]
    assert organisers(begun) == organisers(off) == ["Gerda Gårvidere"]


def test_what_is_for_all_goes_to_someone_she_is_in_a_space_with(space, boss, gerda, heir):
    meeting = MeetingFactory(space=None, audience="network", title="Årsmøde")
    meeting.organisers.add(gerda.user)
    assert "i netværket?" in said(as_(gerda.user).get(LEAVE))
    as_(gerda.user).post(LEAVE, {"then": "stay", "meetings_0": heir.pk})
    assert organisers(meeting) == ["Hanne Heir"]


def test_who_closes_her_account_gives_her_seat_at_a_meeting_for_all_to_the_next(space, gerda, heir):
    meeting = MeetingFactory(space=None, audience="network", seat_limit=1)
    for row in (gerda, heir):
        signed_up(meeting, row.user)
    leave_job(gerda.user, closes=True)
    seat = Seat.past_the_rule.get(meeting=meeting)
    assert (seat.user, seat.state) == (heir.user, "seated")


# --- by a facilitator -----------------------------------------------------------------------------------


def test_a_facilitator_is_offered_it_when_mail_comes_back_for_good(
    space, boss, gerda, heir, led, action, django_capture_on_commit_callbacks
):
    thread = ThreadFactory(space=space, author=gerda.user, title="Hvem kender loven?")
    assert as_(boss).get(way(gerda)).status_code == 404  # mail reaches her still
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        comes_back(gerda.user)
    (told,) = [letter for letter in mail.outbox if letter.to == [boss.email]]
    assert way(gerda) in told.body and way(gerda) in told.alternatives[0][0]
    page = said(as_(boss).get(way(gerda)))
    for words in ("Hvem kender loven?", "Mødet om molerne", "Hvem ringer til Lemvig?", "Hanne Heir"):
        assert words in page
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        assert as_(boss).post(way(gerda), {"heir": heir.pk}).status_code == 302
    assert Thread.objects.get(pk=thread.pk).kept_by == heir.user
    assert organisers(led) == ["Hanne Heir"] and Outcome.objects.get(pk=action.pk).owner == heir.user
    handover = Handover.objects.get()
    assert (handover.giver, handover.by, handover.heir) == (gerda.user, boss, heir.user)
    (letter,) = mail.outbox
    assert "Fie Facilitator har derfor givet dette videre" in letter.body
    # Pressed twice it is done once.
    as_(boss).post(way(gerda), {"heir": heir.pk})
    assert Handover.objects.count() == 1


def test_only_who_runs_the_space_and_only_what_stands_in_it(space, boss, gerda, heir, led):
    other = SpaceFactory(name="Et andet", kind="hidden")
    MembershipFactory(space=other, user=gerda.user)
    ThreadFactory(space=other, author=gerda.user, title="Planteordet kvadrille")
    comes_back(gerda.user)
    assert "kvadrille" not in said(as_(boss).get(way(gerda)))
    assert as_(heir.user).get(way(gerda)).status_code == 403
    assert as_(heir.user).post(way(gerda), {"heir": heir.pk}).status_code == 403
    assert as_(MemberFactory()).get(way(gerda)).status_code == 403
    assert organisers(led) == ["Gerda Gårvidere"]


def test_bad_choices_are_told_and_do_nothing(space, boss, gerda, heir, led):
    comes_back(gerda.user)
    elsewhere = MembershipFactory()
    for chosen in ("", gerda.pk, elsewhere.pk, "x"):
        answer = as_(boss).post(way(gerda), {"heir": chosen})
        assert answer.status_code == 400 and "Vælg" in said(answer)
    try_again(gerda.user)
    assert as_(boss).post(way(gerda), {"heir": heir.pk}).status_code == 404
    assert organisers(led) == ["Gerda Gårvidere"]


def test_who_looks_after_nothing_is_named_without_a_way(space, boss, gerda, django_capture_on_commit_callbacks):
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        comes_back(gerda.user)
    assert way(gerda) not in mail.outbox[0].body
    assert "ser ikke efter noget" in said(as_(boss).get(way(gerda)))
