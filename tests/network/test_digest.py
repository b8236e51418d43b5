"""The collected mail: once a local period, of all that is new and readable, once each, and never empty."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.utils import timezone

from accounts.letters import deliver_waiting
from network import digest, fan_out, join
from network.discuss import reply, start_thread
from network.lead import choose_answer
from network.models import DigestSlot, Membership, NoticeSettings, Post, ReadMarker, ThreadChoice
from network.move import move_thread
from tests.factories import MembershipFactory, SpaceFactory

pytestmark = pytest.mark.django_db
A_DAY = timedelta(days=1)


@pytest.fixture
def space():
    return SpaceFactory(name="Tomme huse")


@pytest.fixture
def writer(space):
    return MembershipFactory(space=space, user__name="Bo Bysted", user__profile__role="konsulent").user


@pytest.fixture
def reader(space):
    user = MembershipFactory(space=space, user__name="Clara Kyst").user
    Membership.objects.update(read_until=timezone.now() - 40 * A_DAY, joined_at=timezone.now() - 40 * A_DAY)
    collect(user)
    return user


def collect(user, **chosen):
    """Let the collected mail of `user` be due now, of what is new since ten days ago."""
    now = timezone.now()
    due = {"collected_until": now - 10 * A_DAY, "next_at": now - timedelta(minutes=5), **chosen}
    NoticeSettings.objects.update_or_create(user=user, defaults=due)


def send(now=None):
    """Make the digests that are due in two minutes and send them."""
    made = digest.make_due(now or timezone.now() + timedelta(minutes=2))
    fan_out.work()
    from accounts.models import Letter

    Letter.objects.exclude(kind="digest").update(dropped_at=timezone.now())
    Letter.objects.update(due_at=timezone.now())
    deliver_waiting()
    return made


# --- what stands in it ------------------------------------------------------------------------------------


def test_what_is_new_stands_once_a_thread_under_its_space(space, writer, reader, mailoutbox):
    other = SpaceFactory(name="Borgerdialog")
    for user in (writer, reader):
        MembershipFactory(space=other, user=user, read_until=timezone.now() - 40 * A_DAY)
    first = start_thread(writer, space, "Hvordan gør I?", "Vi står med det.")
    reply(writer, first, "Vi skrev til ejerne.")
    start_thread(writer, other, "Hvem kommer?", "Fortæl, hvem der kommer.")
    send()
    (mail,) = mailoutbox
    assert mail.subject == "3 nye indlæg i to af dine rum"
    for text in (mail.body, mail.alternatives[0][0]):
        assert text.count(f"-{first.slug}/") == 1
        assert "2 nye, senest Konsulent," in text and "Vi skrev til ejerne." in text
        assert "Hvem kommer?" in text and "1 nyt, Konsulent," in text
        assert text.lower().index("borgerdialog") < text.lower().index("tomme huse")
        assert "/konto/stop-mail/" in text
    assert mail.extra_headers["List-Id"].startswith("<samlet.")
    assert mail.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_it_fetches_nothing_from_elsewhere(space, writer, reader, mailoutbox):
    start_thread(writer, space, "Hvordan gør I?", "Vi står med det.")
    send()
    html = mailoutbox[0].alternatives[0][0]
    assert not [word for word in ("<img", "src=", "url(", "<link", "@import", "<script") if word in html]


def test_with_nothing_new_no_mail_is_sent(space, writer, reader, mailoutbox):
    assert send() == 0
    assert not mailoutbox and not DigestSlot.objects.exists()


@pytest.mark.parametrize("way", ["own", "read", "muted", "mentioned", "nothing", "mailed", "all-read"])
def test_what_is_own_read_muted_turned_down_or_mailed_already_does_not_stand_in_it(
    way, space, writer, reader, mailoutbox
):
    thread = start_thread(reader if way == "own" else writer, space, "Hvordan gør I?", "Vi står med det.")
    own = Membership.objects.filter(user=reader, space=space)
    if way == "read":
        ReadMarker.objects.create(user=reader, thread=thread, number=1)
    elif way == "muted":
        ThreadChoice.objects.create(user=reader, thread=thread, what="mute")
    elif way == "mailed":
        own.update(level="all")
    elif way == "all-read":
        own.update(read_until=timezone.now())
    elif way != "own":
        own.update(level=way)
    fan_out.work()
    send()
    assert not mailoutbox


def test_a_thread_one_follows_stands_in_it_although_the_space_does_not(space, writer, reader, mailoutbox):
    thread = start_thread(writer, space, "Hvordan gør I?", "Vi står med det.")
    Membership.objects.filter(user=reader).update(level="mentioned")
    ThreadChoice.objects.create(user=reader, thread=thread)
    fan_out.work()
    reply(writer, thread, "Vi skrev til ejerne.")
    fan_out.work()
    send()
    assert "Vi skrev til ejerne." in mailoutbox[0].body


@pytest.mark.parametrize("way", ["removed", "suspended", "moved", "account-closed", "never"])
def test_what_one_may_no_longer_read_when_it_is_sent_does_not_stand_in_it(way, space, writer, reader, mailoutbox):
    facilitator = MembershipFactory(space=space, role="facilitator").user
    thread = start_thread(writer, space, "Planteordet kvadrille", "Mazurka.")
    assert digest.make_due(timezone.now() + timedelta(minutes=2)) >= 1
    if way == "removed":
        join.remove(facilitator, Membership.objects.get(space=space, user=reader))
    elif way == "suspended":
        join.suspend(facilitator, Membership.objects.get(space=space, user=reader), "Fordi.")
    elif way == "moved":
        other = SpaceFactory(kind="hidden")
        MembershipFactory(space=other, user=facilitator, role="facilitator")
        move_thread(facilitator, thread, other)
    elif way == "never":
        NoticeSettings.objects.filter(user=reader).update(cadence="never")
    else:
        reader.is_active = False
        reader.save()
    send()
    assert not [mail for mail in mailoutbox if mail.to == [reader.email] and "vadrille" in mail.body + mail.subject]


def test_that_ones_answer_helped_stands_in_it(space, writer, reader, mailoutbox):
    thread = start_thread(writer, space, "Hvordan gør I?", "Vi står med det.")
    ReadMarker.objects.create(user=reader, thread=thread, number=9)
    choose_answer(writer, reply(reader, thread, "Sådan."))
    send()
    (mail,) = [mail for mail in mailoutbox if mail.to == [reader.email]]
    assert "Bo Bysted siger, at dit svar hjalp" in mail.body


def test_a_row_above_has_its_place_in_it(reader, mailoutbox, monkeypatch):
    class Actions:
        heading = "Det skal du gøre"

        @staticmethod
        def waits_for(people, now):
            return people & {reader.pk}

        @staticmethod
        def rows(user, since, until):
            return [{"title": "Ring til Lemvig", "link": "http://x.example/", "line": "Senest fredag."}]

    monkeypatch.setattr(digest, "_parts", [Actions])
    send()
    assert "Ring til Lemvig" in mailoutbox[0].body and "DET SKAL DU GØRE" in mailoutbox[0].body


def test_it_is_stopped_by_one_click_and_brought_back(client, space, writer, reader, mailoutbox):
    start_thread(writer, space, "Hvordan gør I?", "Vi står med det.")
    send()
    link = mailoutbox[0].extra_headers["List-Unsubscribe"].strip("<>").removeprefix(settings.BASE_URL)
    assert "den samlede mail" in client.get(link).text
    done = client.post(link, {"List-Unsubscribe": "One-Click"})
    assert NoticeSettings.objects.get(user=reader).cadence == "never"
    client.post(link, {"again": done.context["again"]})
    assert NoticeSettings.objects.get(user=reader).cadence == "weekly"


# --- once -------------------------------------------------------------------------------------------------


def test_made_twice_or_by_two_it_is_one(space, writer, reader):
    start_thread(writer, space, "Hvordan gør I?", "Vi står med det.")
    now = timezone.now() + timedelta(minutes=2)
    assert digest.make_due(now) == 1
    assert digest.make_due(now) == 0
    # As another worker sees it, who read the row before.
    collect(reader)
    DigestSlot.objects.update(period=digest.period_of(reader.notice_settings, timezone.now() - timedelta(minutes=5)))
    assert digest.make_due(now) == 0
    assert DigestSlot.objects.count() == 1


def test_what_came_while_no_worker_ran_is_told_once_all_together(space, writer, reader, mailoutbox):
    collect(reader, cadence="daily", next_at=timezone.now() - 3 * A_DAY)
    for number in range(3):
        made = start_thread(writer, space, f"Tråd {number}", "Tekst.")
        long_ago = timezone.now() - (3 - number) * A_DAY
        Post.objects.filter(thread=made).update(created_at=long_ago)
    send()
    send(timezone.now() + timedelta(minutes=4))
    (mail,) = mailoutbox
    assert all(f"Tråd {number}" in mail.body for number in range(3))
    assert NoticeSettings.objects.get(user=reader).next_at > timezone.now()


def test_nothing_is_lost_or_told_twice_from_one_to_the_next(space, writer, reader, mailoutbox):
    collect(reader, cadence="daily")
    start_thread(writer, space, "Den første", "Tekst.")
    send()
    second = start_thread(writer, space, "Den anden", "Tekst.")
    Post.objects.filter(thread=second).update(created_at=timezone.now() + timedelta(minutes=2))
    type(second).objects.filter(pk=second.pk).update(last_post_at=timezone.now() + timedelta(minutes=2))
    NoticeSettings.objects.filter(user=reader).update(next_at=timezone.now() + A_DAY)
    send(timezone.now() + A_DAY + timedelta(minutes=2))
    assert ["Den første" in mail.body for mail in mailoutbox] == [True, False]
    assert ["Den anden" in mail.body for mail in mailoutbox] == [False, True]


def test_who_has_never_chosen_is_told_weekly_from_the_first_day_on(space, writer):
    newcomer = MembershipFactory(space=space).user
    digest.make_due()
    own = NoticeSettings.objects.get(user=newcomer)
    local = own.next_at.astimezone(ZoneInfo("Europe/Copenhagen"))
    assert (own.preset, own.cadence, local.weekday(), local.hour) == ("calm", "weekly", 1, 7)


@pytest.mark.parametrize("zone", NoticeSettings.Zone.values)
@pytest.mark.parametrize("hour", [0, 1, 2, 3, 7, 23])
def test_daily_is_once_each_local_day_for_four_hundred_days(zone, hour):
    own = NoticeSettings(cadence="daily", hour=hour, zone=zone)
    moment = datetime(2026, 3, 1, tzinfo=UTC)
    days = []
    for _number in range(400):
        moment = digest.next_slot(own, moment)
        days.append(digest.period_of(own, moment))
    first = datetime.fromisoformat(days[0]).date()
    assert days == [(first + number * A_DAY).isoformat() for number in range(400)]


@pytest.mark.parametrize("zone", NoticeSettings.Zone.values)
def test_weekly_and_monthly_are_once_a_week_and_once_a_month(zone):
    weekly = NoticeSettings(cadence="weekly", weekday=6, hour=2, zone=zone)
    monthly = NoticeSettings(cadence="monthly", hour=0, zone=zone)
    for own, number in ((weekly, 60), (monthly, 14)):
        moment, periods = datetime(2026, 1, 10, tzinfo=UTC), []
        for _number in range(number):
            moment = digest.next_slot(own, moment)
            periods.append(digest.period_of(own, moment))
        assert len(set(periods)) == number and periods == sorted(periods)


@pytest.mark.parametrize(
    ("zone", "hour", "after", "due"),
    [
        # The clocks go forward: there is no 2 o'clock in Denmark; the mail comes at 3.
        ("Europe/Copenhagen", 2, "2026-03-28T12:00", "2026-03-29T01:00"),
        # They go back: 2 o'clock comes twice; the mail comes at the first.
        ("Europe/Copenhagen", 2, "2026-10-24T12:00", "2026-10-25T00:00"),
        ("Atlantic/Faroe", 7, "2026-10-24T12:00", "2026-10-25T07:00"),
        ("America/Nuuk", 22, "2026-03-28T12:00", "2026-03-29T00:00"),
        ("America/Nuuk", 22, "2026-03-29T12:00", "2026-03-29T23:00"),
    ],
)
def test_clock_changes(zone, hour, after, due):
    own = NoticeSettings(cadence="daily", hour=hour, zone=zone)
    moment = digest.next_slot(own, datetime.fromisoformat(after).replace(tzinfo=UTC))
    assert moment == datetime.fromisoformat(due).replace(tzinfo=UTC)


def test_a_hundred_digests_are_made_by_a_dozen_queries(space, writer, django_assert_max_num_queries):
    people = [MembershipFactory(space=space).user for _number in range(30)]
    Membership.objects.update(read_until=timezone.now() - 40 * A_DAY)
    for person in people:
        collect(person)
    collect(writer, next_at=None, cadence="never")
    start_thread(writer, space, "Hvordan gør I?", "Vi står med det.")
    with django_assert_max_num_queries(12):
        assert digest._make_batch(timezone.now() + timedelta(minutes=2)) == 30
