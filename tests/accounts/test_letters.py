"""Mail from rows: owed inside the transaction, sent once after it, with rights asked at the last moment."""

from datetime import timedelta
from io import StringIO
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected
from types import SimpleNamespace

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from accounts import letters
from accounts.letters import Words, deliver, one_line, queue, writes
from accounts.models import Letter

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def kind(monkeypatch):
    """A kind of letter of the test's own; `may` says whether it may still be sent."""
    monkeypatch.setattr(letters, "_writers", dict(letters._writers))
    allowed = {"may": True, "subject": "Prøve"}

    @writes("trial")
    def trial(letter):
        context = {"link": "http://127.0.0.1:8000/", "expires_at": timezone.now()}
        headers = {"List-Id": "rum\r\nBcc: ond@kommune.test"}
        return Words(allowed["subject"], "account/email/welcome_message", context, headers) if allowed["may"] else None

    return allowed


@pytest.fixture
def server(monkeypatch):
    """A mail server that fails as it is told; `sent` is what it took."""

    class Server:
        trouble = None

    send = EmailBackend.send_messages

    def send_messages(backend, messages):
        if Server.trouble:
            raise Server.trouble
        return send(backend, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", send_messages)
    return Server


def owe(person, **about):
    with transaction.atomic():
        return queue("trial", person, **about)


def send_letters():
    out = StringIO()
    call_command("send_letters", stdout=out)
    return out.getvalue().strip()


def test_a_letter_is_sent_once_the_transaction_is_committed(person, committed):
    with committed():
        owe(person, thread=7)
        assert not mail.outbox
    assert [message.to for message in mail.outbox] == [[person.email]]
    letter = Letter.objects.get()
    assert letter.sent_at and letter.about == {"thread": 7} and letter.tries == 1


def test_a_transaction_that_is_rolled_back_sends_nothing(person, committed):
    with committed(), pytest.raises(ZeroDivisionError), transaction.atomic():
        queue("trial", person)
        1 / 0
    assert not mail.outbox and not Letter.objects.exists()
    assert send_letters() == "0 sendt, 0 venter."


def test_a_letter_outside_a_transaction_is_refused(person, monkeypatch):
    monkeypatch.setattr(letters, "connection", SimpleNamespace(in_atomic_block=False))
    with pytest.raises(transaction.TransactionManagementError):
        queue("trial", person)


def test_a_letter_holds_ids_alone(person):
    with pytest.raises(TypeError):
        queue("trial", person, text="Planlagte ord")


def test_a_kind_that_nobody_writes_is_refused(person):
    with pytest.raises(LookupError):
        queue("unheard-of", person)


def test_two_writers_of_one_kind_are_refused():
    with pytest.raises(ValueError, match="trial"):
        writes("trial")(lambda letter: None)


def test_rights_are_asked_when_the_letter_is_sent(person, kind):
    letter = owe(person)
    kind["may"] = False
    assert not deliver(letter)
    letter.refresh_from_db()
    assert letter.dropped_at and not letter.sent_at and not mail.outbox


def test_a_closed_account_gets_no_letters(person):
    letter = owe(person)
    get_user_model().objects.update(is_active=False)
    assert not deliver(Letter.objects.get(pk=letter.pk))
    assert not mail.outbox


def test_a_letter_is_sent_once_however_often_it_is_delivered(person):
    letter = owe(person)
    twin = Letter.objects.get(pk=letter.pk)
    assert deliver(letter)
    assert not deliver(letter) and not deliver(twin)
    assert len(mail.outbox) == 1


def test_two_senders_that_read_the_same_row_send_once(person, monkeypatch):
    """The second comes while the first is in the middle of it."""
    letter = owe(person)
    twin, answers = Letter.objects.get(pk=letter.pk), []
    send = EmailBackend.send_messages

    def slowly(backend, messages):
        answers.append(deliver(twin))
        return send(backend, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", slowly)
    assert deliver(letter)
    assert answers == [False] and len(mail.outbox) == 1


# --- a server that fails ----------------------------------------------------------------------------


def test_a_server_that_fails_breaks_nothing_and_the_letter_comes_once_later(person, server, committed):
    server.trouble = SMTPServerDisconnected("Connection unexpectedly closed")
    with committed():
        owe(person)
    letter = Letter.objects.get()
    assert (letter.sent_at, letter.tries, letter.last_error) == (None, 1, "SMTPServerDisconnected")
    server.trouble = None
    assert send_letters() == "0 sendt, 1 venter."
    with time_machine.travel(timezone.now() + 2 * MINUTE):
        assert send_letters() == "1 sendt, 0 venter."
        assert send_letters() == "0 sendt, 0 venter."
    assert len(mail.outbox) == 1


def test_the_time_between_tries_doubles_up_to_a_quarter(person, server):
    server.trouble = ConnectionRefusedError()
    letter = owe(person)
    waits = []
    with time_machine.travel("2026-11-23 10:00:00+00:00", tick=False) as clock:
        Letter.objects.update(due_at=timezone.now())
        for _ in range(7):
            deliver(Letter.objects.get(pk=letter.pk))
            letter.refresh_from_db()
            waits.append((letter.due_at - timezone.now()) / MINUTE)
            clock.shift(letter.due_at - timezone.now())
    assert waits == [1, 2, 4, 8, 15, 15, 15]


def test_after_two_hours_without_a_server_each_letter_comes_once(person, server, committed):
    server.trouble = ConnectionRefusedError()
    with committed():
        for number in range(5):
            owe(person, thread=number)
    start = timezone.now()
    with time_machine.travel(start, tick=False) as clock:
        for _ in range(120):
            clock.shift(MINUTE)
            send_letters()
        server.trouble = None
        for _ in range(16):
            clock.shift(MINUTE)
            send_letters()
    assert len(mail.outbox) == 5 and not Letter.objects.waiting().exists()


def test_a_server_that_is_away_is_not_waited_for_by_every_page(person, server, committed, monkeypatch):
    server.trouble = TimeoutError()
    with committed():
        owe(person)
    tried = []
    monkeypatch.setattr(letters, "deliver", tried.append)
    with committed():
        owe(person)
    assert not tried
    with time_machine.travel(timezone.now() + 2 * MINUTE), committed():
        owe(person)
    assert len(tried) == 1


def test_a_mailbox_that_refuses_three_times_is_given_up(person, server):
    server.trouble = SMTPRecipientsRefused({person.email: (550, b"No such user")})
    letter = owe(person)
    for number in range(1, 4):
        with time_machine.travel(timezone.now() + number * 20 * MINUTE):
            assert not Letter.objects.get(pk=letter.pk).dropped_at
            deliver(Letter.objects.get(pk=letter.pk))
    letter.refresh_from_db()
    assert letter.dropped_at and letter.last_error == "SMTPRecipientsRefused"


def test_a_writer_that_fails_holds_up_no_other_letter(person, kind, monkeypatch):
    broken, whole = owe(person), owe(person)
    monkeypatch.setitem(letters._writers, "broken", lambda letter: 1 / 0)
    Letter.objects.filter(pk=broken.pk).update(kind="broken")
    assert send_letters() == "1 sendt, 1 venter."
    whole.refresh_from_db()
    assert whole.sent_at


def test_what_went_wrong_is_noted_without_words_or_addresses(person, server, caplog):
    server.trouble = SMTPRecipientsRefused({person.email: (550, b"No such user")})
    deliver(owe(person))
    assert person.email not in caplog.text + Letter.objects.get().last_error
    assert "SMTPRecipientsRefused" in caplog.text


# --- many at once ---------------------------------------------------------------------------------------


def test_many_are_read_for_together_and_each_is_marked_by_itself(person, kind, monkeypatch):
    monkeypatch.setattr(letters, "SOME", 3)
    monkeypatch.setattr(letters, "monotonic", lambda: 0.0)  # a busy machine would read for them anew
    asked = []
    monkeypatch.setitem(letters._reads_ahead, "trial", lambda same: asked.append(len(same)))
    for _letter in range(7):
        owe(person)
    assert send_letters() == "7 sendt, 0 venter."
    assert asked == [3, 3, 1] and len(mail.outbox) == 7


def test_reading_ahead_that_fails_holds_up_nothing(person, kind, monkeypatch):
    monkeypatch.setitem(letters._reads_ahead, "trial", lambda same: 1 / 0)
    owe(person)
    assert send_letters() == "1 sendt, 0 venter."


def test_what_a_slow_server_does_not_take_in_time_is_left_and_comes_once_later(person, kind, monkeypatch):
    for _letter in range(4):
        owe(person)
    clock = iter([0, 0, 0, 0, 1, 10_000])
    with monkeypatch.context() as patch:
        patch.setattr(letters, "monotonic", lambda: next(clock))
        assert send_letters() == "2 sendt, 2 venter."
    with time_machine.travel(timezone.now() + 6 * MINUTE):
        send_letters()
    assert len(mail.outbox) == 4 and not Letter.objects.waiting().exists()


def test_what_was_read_for_several_is_read_anew_when_sending_takes_long(person, kind, monkeypatch):
    asked, now = [], [0.0]
    monkeypatch.setattr(letters, "monotonic", lambda: now[0])
    monkeypatch.setitem(letters._reads_ahead, "trial", lambda same: asked.append([letter.pk for letter in same]))
    first, second, third, fourth = (owe(person).pk for _letter in range(4))
    send_one = letters._send

    def slowly(letter, *rest):
        Letter.objects.filter(pk=second).delete()  # it was read on the site meanwhile
        now[0] += letters.FRESH + 1
        return send_one(letter, *rest)

    monkeypatch.setattr(letters, "_send", slowly)
    assert send_letters() == "3 sendt, 0 venter."
    assert asked == [[first, second, third, fourth], [third, fourth], [fourth]]


def test_while_the_server_is_away_one_run_tries_a_few(person, kind, server, monkeypatch):
    monkeypatch.setattr(letters, "SOME", 2)
    server.trouble = ConnectionRefusedError()
    for _letter in range(5):
        owe(person)
    send_letters()
    assert Letter.objects.exclude(unreached_at=None).count() == 2
    server.trouble = None
    with time_machine.travel(timezone.now() + 2 * MINUTE):
        assert send_letters() == "5 sendt, 0 venter."


def test_many_go_over_one_connection(person, kind, monkeypatch):
    opened = []
    monkeypatch.setattr(EmailBackend, "close", lambda backend: opened.append(backend))
    for _letter in range(3):
        owe(person)
    send_letters()
    assert len(mail.outbox) == 3 and len(opened) == 1


# --- what a letter bears ----------------------------------------------------------------------------


def test_a_letter_says_that_a_machine_wrote_it_and_bears_one_name_however_often_it_is_tried(person, server):
    server.trouble = ConnectionRefusedError()
    letter = owe(person)
    deliver(letter)
    server.trouble = None
    with time_machine.travel(timezone.now() + 2 * MINUTE):
        deliver(Letter.objects.get())
    message = mail.outbox[0].message()
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"] == f"<brev-{letter.pk}@forkant.example>"


@pytest.mark.parametrize(
    "subject", ["Rum\r\nBcc: ond@kommune.test", "Rum\nX-Ond: 1", "Rum\u2028Bcc: a", "Rum\x0bBcc: a"]
)
def test_no_word_of_anybody_becomes_a_header(person, kind, subject):
    kind["subject"] = subject
    assert deliver(owe(person))
    message = mail.outbox[0].message()
    assert message["Bcc"] is None and message["X-Ond"] is None
    assert mail.outbox[0].recipients() == [person.email]
    assert "\n" not in message["List-Id"]


def test_one_line_keeps_the_words():
    assert one_line(" Æbler\r\n og\tpærer ") == "Æbler og pærer"
