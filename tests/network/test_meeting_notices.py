"""Meetings are told of: who, how, once, and never to one who may not read them at that moment."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.letters import deliver_waiting
from accounts.models import Letter
from network import fan_out, join
from network.meet import cancel_meeting, change_meeting, plan_meeting
from network.models import Meeting, Membership, Notice, NoticeSettings, Seat, Space
from network.notices import settle, shown_to
from network.seats import give_up_seat, sign_up
from tests.factories import MemberFactory, MembershipFactory, SpaceFactory, signed_up

Mail = Notice.Mail
LIST = reverse("notices")
pytestmark = pytest.mark.django_db


@pytest.fixture
def space():
    return SpaceFactory(name="Tomme huse", kind="on_request")


@pytest.fixture
def boss(space):
    return MembershipFactory(space=space, role="facilitator", user__name="Ada Asker").user


@pytest.fixture
def reader(space):
    return MembershipFactory(space=space, user__name="Clara Kyst").user


def planned(boss, space, **values):
    starts = timezone.now() + timedelta(days=7)
    given = {"title": "Møde om planteord", "place": "Havnen", "starts_at": starts, **values}
    return plan_meeting(boss, space, {"ends_at": given["starts_at"] + timedelta(hours=2), **given})


def later(boss, meeting, days=1):
    now = Meeting.objects.select_related("space").get(pk=meeting.pk)
    times = {"starts_at": now.starts_at + timedelta(days=days), "ends_at": now.ends_at + timedelta(days=days)}
    return change_meeting(boss, now, times, now.sequence)


def told(user):
    """What someone is told, the newest first: (verb, why, mail)."""
    fan_out.work()
    return list(Notice.objects.filter(user=user).order_by("-pk").values_list("verb", "why", "mail"))


def mailed(user, mailoutbox):
    """Send all that waits, and return the subjects of what came to `user`."""
    fan_out.work()
    Letter.objects.update(due_at=timezone.now())
    deliver_waiting()
    return [mail.subject for mail in mailoutbox if mail.to == [user.email]]


# --- who, why and how -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("preset", "level", "mail"),
    [
        (None, "", Mail.COLLECTED),
        ("keep_up", "", Mail.COLLECTED),
        ("everything", "", Mail.AT_ONCE),
        (None, "all", Mail.AT_ONCE),
        (None, "threads", Mail.AT_ONCE),
        ("everything", "mentioned", None),
        ("everything", "nothing", None),
    ],
)
def test_who_is_in_the_space_is_invited_as_she_wants_to_be_told(space, boss, reader, preset, level, mail):
    if preset:
        NoticeSettings.objects.create(user=reader, preset=preset)
    Membership.objects.filter(user=reader).update(level=level)
    planned(boss, space)
    assert told(reader) == ([("meeting", "space", mail)] if mail else [])
    assert told(boss) == []


def test_a_meeting_for_all_is_told_to_the_network_and_to_nobody_else(space, boss, reader):
    member, gone = MemberFactory(), MemberFactory(is_active=False)
    planned(boss, None)
    assert told(reader) == told(member) == [("meeting", "network", Mail.COLLECTED)]
    assert told(gone) == []


def test_who_has_signed_up_has_one_mail_of_a_change_and_of_the_end(space, boss, reader, mailoutbox):
    NoticeSettings.objects.create(user=reader, preset="everything")
    meeting = planned(boss, space)
    fan_out.work()
    signed_up(meeting, reader)
    later(boss, meeting)
    assert mailed(reader, mailoutbox) == ["Mødet er ændret: Møde om planteord"]
    assert told(reader)[0] == ("rescheduled", "signed_up", Mail.NONE)
    mailoutbox.clear()
    cancel_meeting(boss, meeting, "Sygdom.")
    assert mailed(reader, mailoutbox) == ["Mødet er aflyst: Møde om planteord"]
    assert told(reader)[0] == ("called_off", "signed_up", Mail.NONE)


def test_who_gave_up_her_seat_after_the_letter_is_not_mailed_again(space, boss, reader):
    meeting = planned(boss, space)
    told(reader)
    Notice.objects.update(read_at=timezone.now())
    signed_up(meeting, reader)
    later(boss, meeting)
    give_up_seat(reader, Meeting.objects.select_related("space").get(pk=meeting.pk))
    assert told(reader)[0] == ("rescheduled", "signed_up", Mail.NONE)


def test_an_organiser_who_has_no_seat_is_mailed_by_her_notice(space, boss, reader, mailoutbox):
    meeting = planned(boss, space)
    meeting.organisers.add(reader)
    later(boss, meeting)
    assert told(reader)[0] == ("rescheduled", "organises", Mail.AT_ONCE)
    (subject,) = mailed(reader, mailoutbox)
    assert subject == "Møde om planteord: Ada Asker har ændret mødet"


def test_who_was_invited_and_knows_it_is_told_when_it_is_off_and_others_hear_nothing(space, boss, reader):
    other = MembershipFactory(space=space).user
    meeting = planned(boss, space)
    told(reader)
    Notice.objects.filter(user=reader).update(read_at=timezone.now())
    cancel_meeting(boss, meeting, "Sygdom.")
    assert told(reader)[0] == ("called_off", "told", Mail.COLLECTED)
    assert [verb for verb, *_rest in told(other)] == ["meeting"]
    assert not shown_to(other).exists()  # an invitation to what is off is none
    assert settle(other) == 1


def test_a_seat_that_came_free_is_told_once_and_mailed_once(space, boss, reader, mailoutbox):
    meeting = planned(boss, space, seat_limit=1)
    first = signed_up(meeting).user
    signed_up(meeting, reader)
    give_up_seat(first, meeting)
    assert told(reader)[0] == ("seat", "waited", Mail.NONE)
    assert mailed(reader, mailoutbox) == ["Du har fået plads: Møde om planteord"]


def test_changed_twice_before_the_worker_comes_it_is_told_once(space, boss, reader):
    meeting = planned(boss, space)
    meeting.organisers.add(reader)
    later(boss, meeting)
    later(boss, meeting)
    assert [verb for verb, *_rest in told(reader)].count("rescheduled") == 1


def test_who_has_signed_up_before_the_worker_comes_is_not_invited(space, boss, reader):
    signed_up(planned(boss, space), reader)
    assert told(reader) == []


def test_what_is_over_when_it_is_written_down_invites_nobody(space, boss, reader):
    meeting = planned(boss, space)
    Meeting.objects.filter(pk=meeting.pk).update(ends_at=timezone.now() - timedelta(minutes=1))
    assert told(reader) == []


# --- rights ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["removed", "suspended", "parts", "turned-down"])
def test_it_is_asked_again_when_it_is_shown_and_when_it_is_mailed(way, space, boss, reader, mailoutbox):
    NoticeSettings.objects.create(user=reader, preset="everything")
    planned(boss, space)
    fan_out.work()
    assert shown_to(reader).count() == 1
    own = Membership.objects.get(space=space, user=reader)
    if way == "removed":
        join.remove(boss, own)
    elif way == "suspended":
        join.suspend(boss, own, "Fordi.")
    elif way == "parts":
        Space.objects.filter(pk=space.pk).update(has_meetings=False)
    else:
        Membership.objects.filter(pk=own.pk).update(level="mentioned")
    assert not [subject for subject in mailed(reader, mailoutbox) if "planteord" in subject]
    assert shown_to(reader).exists() is (way == "turned-down")


def test_who_may_no_longer_read_when_the_worker_comes_is_not_told(space, boss, reader):
    planned(boss, space)
    join.remove(boss, Membership.objects.get(space=space, user=reader))
    assert told(reader) == []


def test_reading_on_the_site_cancels_the_letter_that_is_not_sent(client, space, boss, reader, mailoutbox):
    meeting = planned(boss, space)
    signed_up(meeting, reader)
    later(boss, meeting)
    fan_out.work()
    client.force_login(reader)
    client.get(meeting.get_absolute_url())
    assert mailed(reader, mailoutbox) == []


# --- where it stands ------------------------------------------------------------------------------------


def test_an_invitation_is_answered_where_it_stands_and_taken_back(client, space, boss, reader):
    meeting = planned(boss, space)
    fan_out.work()
    client.force_login(reader)
    page = client.get(LIST).text
    for words in ("Ada Asker inviterer til møde", "Møde om planteord", "Havnen", "Jeg kommer", "Jeg kommer ikke"):
        assert words in page
    up, off = (reverse(f"meeting-sign-{way}", args=[meeting.pk, meeting.slug]) for way in ("up", "off"))
    done = client.post(up, {"fra": "beskeder"}, follow=True)
    assert Seat.past_the_rule.get(user=reader).state == "seated"
    assert not Notice.objects.filter(user=reader, read_at=None).exists()
    assert "Meld dig fra" in done.text and "Jeg kommer" not in done.text
    assert client.post(off, {"fra": "beskeder"}).url == LIST
    assert not Seat.past_the_rule.exists()


def test_what_happens_to_one_meeting_stands_together(client, space, boss, reader):
    meeting = planned(boss, space)
    fan_out.work()
    signed_up(meeting, reader)
    later(boss, meeting)
    fan_out.work()
    client.force_login(reader)
    (group,) = client.get(LIST).context["groups"]
    assert [row.sentence for row in group["rows"]] == ["Ada Asker har ændret mødet", "Ada Asker inviterer til møde"]


def test_the_list_asks_no_more_the_more_meetings_there_are(client, space, boss, reader, django_assert_max_num_queries):
    client.force_login(reader)
    planned(boss, space)
    fan_out.work()
    client.get(LIST)
    with django_assert_max_num_queries(40) as one:
        client.get(LIST)
    for number in range(3):
        planned(boss, space, title=f"Møde nummer {number}")
    fan_out.work()
    with django_assert_max_num_queries(len(one)):
        assert len(client.get(LIST).context["groups"]) == 4


def test_signing_up_on_the_page_counts_the_invitation_as_read(space, boss, reader):
    meeting = planned(boss, space)
    fan_out.work()
    sign_up(reader, meeting)
    assert not Notice.objects.filter(user=reader, read_at=None).exists()


def test_it_stands_in_the_collected_mail(space, boss, reader, mailoutbox):
    from network.digest import make_due

    NoticeSettings.objects.create(
        user=reader, collected_until=timezone.now() - timedelta(days=7), next_at=timezone.now() - timedelta(minutes=5)
    )
    planned(boss, space)
    fan_out.work()
    assert make_due(timezone.now() + timedelta(minutes=2)) == 1
    mailed(reader, mailoutbox)
    (mail,) = [mail for mail in mailoutbox if mail.to == [reader.email]]
    assert "Møde om planteord" in mail.body and "Ada Asker inviterer til møde" in mail.body
