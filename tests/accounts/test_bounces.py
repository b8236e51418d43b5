"""Mail that comes back: counted, stopped after three, told – and begun again by the one it is about."""

from datetime import timedelta
from smtplib import SMTPRecipientsRefused

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from accounts import letters
from accounts.bounces import is_stopped, mail_stopped, note_bounce, try_again
from accounts.letters import Words, deliver, queue, writes
from accounts.models import Bounce, Letter
from network.models import Membership
from tests.factories import PASSWORD, MemberFactory, MembershipFactory, SpaceFactory

pytestmark = pytest.mark.django_db
HARD, SOFT, COMPLAINT = Bounce.Kind.HARD, Bounce.Kind.SOFT, Bounce.Kind.COMPLAINT


@pytest.fixture
def member(monkeypatch):
    monkeypatch.setattr(letters, "_writers", dict(letters._writers))
    context = {"link": "http://127.0.0.1:8000/", "expires_at": timezone.now()}
    writes("trial")(lambda letter: Words("Prøve", "account/email/welcome_message", context))
    return MemberFactory(name="Ulla Uden Mail")


def owe(person):
    with transaction.atomic():
        return queue("trial", person)


def bounce_thrice(person):
    for number in range(3):
        note_bounce(person, HARD, f"brev-{number}")


def test_after_three_no_more_is_sent(member):
    note_bounce(member, HARD, "brev-1")
    note_bounce(member, COMPLAINT, "brev-2")
    assert deliver(owe(member)) and not is_stopped(member)
    note_bounce(member, HARD, "brev-3")
    letter = owe(member)
    assert is_stopped(member) and not deliver(letter)
    letter.refresh_from_db()
    assert letter.dropped_at and letter.last_error == "stopped" and len(mail.outbox) == 1


def test_what_is_told_twice_counts_once(member):
    for _again in range(5):
        note_bounce(member, HARD, "brev-1")
    assert Bounce.objects.count() == 1 and not is_stopped(member)


def test_what_a_provider_and_a_report_tell_of_counts_once(member):
    for number in range(2):
        note_bounce(member, HARD, f"Postmark x-{number}")
        note_bounce(member, HARD, f"brev-{number}")
    assert Bounce.objects.count() == 4 and not is_stopped(member)
    note_bounce(member, HARD, "Postmark x-3")
    assert is_stopped(member)


def test_different_things_told_by_two_roads_count_both(member):
    note_bounce(member, HARD, "brev-1")
    note_bounce(member, COMPLAINT, "Postmark x-1")
    assert not is_stopped(member)
    note_bounce(member, COMPLAINT, "Postmark x-2")
    assert is_stopped(member)


def test_who_runs_her_spaces_is_told_once_whichever_road_told_first(member):
    heard = []
    listen = lambda sender, user, **kwargs: heard.append(user)  # noqa: E731
    mail_stopped.connect(listen)
    try:
        for number in range(4):
            note_bounce(member, HARD, f"brev-{number}")
            note_bounce(member, HARD, f"Postmark x-{number}")
    finally:
        mail_stopped.disconnect(listen)
    assert heard == [member]


def test_a_full_mailbox_is_given_three_days(member):
    with time_machine.travel("2026-11-23 10:00:00+00:00") as clock:
        for number in range(10):
            note_bounce(member, SOFT, f"brev-{number}")
        assert not is_stopped(member)
        for _day in range(2):
            clock.shift(timedelta(days=1))
            note_bounce(member, SOFT, "brev-11")
        assert is_stopped(member)


def test_what_is_long_ago_and_what_came_from_another_address_counts_no_more(member):
    bounce_thrice(member)
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        assert not is_stopped(member)
    assert is_stopped(member)
    member.email = "ny@eksempel.example"
    member.save()
    assert not is_stopped(member)


@pytest.mark.parametrize(
    ("said", "counts"),
    [
        ((550, b"5.1.1 No such user"), True),
        ((550, b"No such user"), True),
        ((550, b"5.7.1 Your server is not welcome"), False),
        ((450, b"4.2.2 Mailbox full"), False),
    ],
)
def test_a_refusal_at_the_door_counts_where_it_is_about_the_mailbox(member, monkeypatch, said, counts):
    def refuse(backend, messages):
        raise SMTPRecipientsRefused({member.email: said})

    monkeypatch.setattr(EmailBackend, "send_messages", refuse)
    letter = owe(member)
    for number in range(3):
        with time_machine.travel(timezone.now() + number * timedelta(hours=1)):
            deliver(Letter.objects.get(pk=letter.pk))
    assert Bounce.objects.filter(source=f"brev-{letter.pk}").exists() is counts


def test_the_facilitators_of_her_spaces_are_told_once_and_not_her_address(member, django_capture_on_commit_callbacks):
    run, other = SpaceFactory(name="Havnen"), SpaceFactory(name="Havets bund", kind="hidden")
    facilitator = MembershipFactory(space=run, role="facilitator").user
    Membership.objects.create(space=run, user=member)
    Membership.objects.create(space=other, user=member)
    second = SpaceFactory(name="Skoven")
    for person, role in ((facilitator, "facilitator"), (member, "member")):
        Membership.objects.create(space=second, user=person, role=role)
    with django_capture_on_commit_callbacks(execute=True):
        bounce_thrice(member)
        note_bounce(member, HARD, "brev-9")
    (told,) = mail.outbox
    assert told.to == [facilitator.email] and told.subject == "Mail når ikke frem til Ulla Uden Mail"
    for part in (told.body, told.alternatives[0].content):
        assert "Havnen" in part and "Skoven" in part and "Havets bund" not in part
        assert member.email not in part


def test_nobody_is_told_of_one_who_has_come_back_meanwhile(member):
    facilitator = MembershipFactory(space=SpaceFactory(), role="facilitator")
    Membership.objects.create(space=facilitator.space, user=member)
    bounce_thrice(member)
    try_again(member)
    call_command("send_letters")
    assert not mail.outbox and Letter.objects.get().dropped_at


def test_she_is_told_when_she_signs_in_and_begins_again_herself(member, client):
    EmailAddress.objects.create(user=member, email=member.email, primary=True, verified=True)
    bounce_thrice(member)
    page = client.post("/konto/log-ind/", {"login": member.email, "password": PASSWORD}, follow=True)
    assert "Vores mails til dig er kommet tilbage" in page.content.decode()
    account = client.get("/konto/").content.decode()
    assert "er kommet tilbage flere gange" in account
    client.get("/konto/faa-mail-igen/")
    assert is_stopped(member)
    page = client.post("/konto/faa-mail-igen/", follow=True).content.decode()
    assert "Vi sender dig mail igen" in page and "flere gange" not in page
    assert not is_stopped(member) and deliver(owe(member))
