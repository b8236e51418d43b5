"""The roads by which mail comes and goes, with real servers and processes: SMTP out and in, a pipe, a mailbox.

What is written here is really committed, for other processes see nothing else; it is taken away afterwards.
"""

import io
import random
import re
import smtplib
import socket
import socketserver
import sys
import threading
import time
from collections import Counter
from email import message_from_bytes, policy

import pytest
from aiosmtpd.controller import Controller
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.utils import timezone

from accounts.models import Letter
from network import mail_spool
from network.by_mail import answer_headers
from network.models import IncomingMail, Membership, Municipality, Profile
from tests.factories import MembershipFactory, SpaceFactory, ThreadFactory
from tests.network.mails import mail_from
from tests.workers import Workers

LETTERS, KILLS, MANY = 30, 6, 110


@pytest.fixture
def talk(django_db_setup, django_db_blocker):
    """A thread and a member who may answer it, in rows that are really committed."""
    with django_db_blocker.unblock():
        space = SpaceFactory(name="Ad vejen", slug="ad-vejen")
        thread = ThreadFactory(space=space)
        member = MembershipFactory(space=space).user
        thread.member = member
        yield thread
        people = list(Membership.anyone.filter(space=space).values_list("user", flat=True))
        places = list(Profile.objects.filter(user__in=people).values_list("municipality", flat=True))
        space.delete()
        get_user_model().objects.filter(pk__in=people).delete()
        Municipality.anywhere.filter(pk__in=places).delete()


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@pytest.fixture
def smtp():
    """A mail server on loopback; its handler is given by the test."""
    running = []

    def start(handler):
        controller = Controller(handler, hostname="127.0.0.1", port=free_port())
        controller.start()
        running.append(controller)
        return controller.port

    yield start
    for controller in running:
        controller.stop()


class Slow:
    """Takes each letter, and lets a while pass between having it and saying so: there a kill hurts."""

    def __init__(self):
        self.taken, self.random = [], random.Random(7)

    async def handle_DATA(self, server, session, envelope):
        import asyncio

        self.taken.append(message_from_bytes(envelope.content, policy=policy.default)["Message-ID"])
        await asyncio.sleep(self.random.random() / 20)
        return "250 OK"


def wait_until(true, seconds=90):
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, "It took too long."
        time.sleep(0.002)


def test_a_worker_that_is_killed_again_and_again_loses_no_letter_and_doubles_at_most_one_a_kill(talk, smtp, tmp_path):
    row = IncomingMail.objects.create(key="dræb", user=talk.member, state="refused", told="Prøv igen.")
    letters = [Letter(kind="mail-refused", recipient=talk.member, about={"incoming": row.pk}) for _ in range(LETTERS)]
    Letter.objects.bulk_create(letters)
    numbers = [f"<brev-{letter.pk}@forkant.example>" for letter in letters]
    server, chance = Slow(), random.Random(11)
    workers = Workers(tmp_path, EMAIL_URL=f"smtp://127.0.0.1:{smtp(server)}")
    try:
        for _kill in range(KILLS):
            goal = len(server.taken) + chance.randint(1, 4)
            workers.start("send_letters")
            wait_until(lambda goal=goal: len(server.taken) >= goal)
            time.sleep(chance.random() / 25)
            assert workers.kill() == -9
            # Time moves on: what the killed one held is free again.
            workers.query("UPDATE accounts_letter SET due_at = %s WHERE sent_at IS NULL", past())
        assert workers.run("send_letters") == 0
        sent = workers.query(
            "SELECT count(*) FROM accounts_letter WHERE recipient_id = %s AND sent_at IS NOT NULL", talk.member.pk
        )
    finally:
        workers.close()
    times = Counter(number for number in server.taken if number in numbers)
    assert sent == [(LETTERS,)]
    assert set(times) == set(numbers), "A letter was lost."
    assert sum(times.values()) - LETTERS <= KILLS and max(times.values()) <= 1 + KILLS


def test_two_senders_at_once_send_each_letter_once(talk, smtp, tmp_path):
    """More than either takes at a time, so that they take turns."""
    row = IncomingMail.objects.create(key="to", user=talk.member, state="refused", told="Prøv igen.")
    letters = [Letter(kind="mail-refused", recipient=talk.member, about={"incoming": row.pk}) for _ in range(MANY)]
    Letter.objects.bulk_create(letters)
    server, folders = Slow(), [tmp_path / "en", tmp_path / "to"]
    for folder in folders:
        folder.mkdir()
    sending = {"EMAIL_URL": f"smtp://127.0.0.1:{smtp(server)}"}
    first = Workers(folders[0], **sending)
    second = Workers(folders[1], **sending, **first.same_database())
    try:
        for workers in (first, second):
            workers.start("send_letters")
        assert [first.end(), second.end()] == [0, 0]
        left = first.query("SELECT count(*) FROM accounts_letter WHERE sent_at IS NULL")
    finally:
        first.close()
        second.close()
    assert left == [(0,)]
    assert Counter(server.taken) == dict.fromkeys((f"<brev-{letter.pk}@forkant.example>" for letter in letters), 1)


def past():
    return (timezone.now() - timezone.timedelta(minutes=10)).strftime("%Y-%m-%d %H:%M:%S+00:00")


class Piping:
    """As Postfix does it: each mail goes to the command on standard input, and comes again where that says 75."""

    def __init__(self, workers, folder):
        self.workers, self.folder, self.exits = workers, folder, []

    async def handle_DATA(self, server, session, envelope):
        kept = self.folder / f"{len(self.exits)}.eml"
        kept.write_bytes(envelope.original_content)
        envelopes = [f"--sender={envelope.mail_from}", *(f"--recipient={to}" for to in envelope.rcpt_tos)]
        self.exits.append(self.workers.run("receive_mail", *envelopes, stdin=kept))
        return "250 OK" if not self.exits[-1] else "451 Later"


def test_an_answer_sent_by_smtp_stands_in_the_thread_once_however_often_it_is_delivered(talk, smtp, tmp_path):
    workers = Workers(tmp_path)
    road = Piping(workers, tmp_path)
    message = mail_from(talk.member, answer_headers(talk.member, talk)["Reply-To"], "Ad den lange vej.\n\nMvh\nBo")
    try:
        port = smtp(road)
        for _delivery in range(2):
            with smtplib.SMTP("127.0.0.1", port, timeout=60) as client:
                client.send_message(message)
        posts = workers.query("SELECT source FROM network_post WHERE thread_id = %s AND number > 1", talk.pk)
        owed = workers.query("SELECT kind FROM accounts_letter WHERE recipient_id = %s", talk.member.pk)
    finally:
        workers.close()
    assert road.exits == [0, 0] and posts == [("Ad den lange vej.",)] and owed == [("mail-posted",)]


# --- the pipe, and what it says -------------------------------------------------------------------------


@pytest.fixture
def piped(monkeypatch):
    def piped(raw, *argv):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw)))
        try:
            call_command("receive_mail", *argv)
        except SystemExit as stopped:
            return stopped.code
        return 0

    return piped


@pytest.mark.parametrize("trouble", [OperationalError("ukendt kvadrilleord"), OSError("No space left"), MemoryError()])
def test_what_is_wrong_with_us_lets_the_mail_come_again(piped, monkeypatch, trouble, caplog):
    def fails(*args, **kwargs):
        raise trouble

    monkeypatch.setattr(mail_spool, "take", fails)
    assert piped(b"From: a@eksempel.example\r\n\r\nkvadrilleord") == 75
    assert "kvadrilleord" not in caplog.text and type(trouble).__name__ in caplog.text


@pytest.mark.django_db
@pytest.mark.parametrize("raw", [b"", b"\x00\xff", b"From: a@ond.example\r\nTo: svar@forkant.example\r\n\r\nhej"])
def test_what_is_not_for_us_is_taken_and_forgotten(piped, raw):
    assert piped(raw) == 0


@pytest.mark.django_db
def test_nothing_of_a_mail_stays_on_the_disk(piped, settings):
    piped(b"From: a@ond.example\r\n\r\n" + b"x" * 3_000_000)
    assert not list((settings.VAR / "mail-in").iterdir())


# --- the mailbox ----------------------------------------------------------------------------------------


class Mailbox(socketserver.StreamRequestHandler):
    """As much of an IMAP server (RFC 3501) as one needs who reads a mailbox and empties it."""

    mails: dict = {}

    def handle(self):
        self.say("* OK klar")
        for line in self.rfile:
            tag, rest = line.decode().strip().split(" ", 1)
            verb = re.match(r"(?:UID )?(\w+)", rest, re.IGNORECASE)[1].upper()
            answer = getattr(self, f"do_{verb.lower()}", lambda rest: None)(rest)
            self.say(f"{tag} {answer or 'OK gjort'}")
            if verb == "LOGOUT":
                return

    def say(self, text):
        self.wfile.write(f"{text}\r\n".encode())

    def do_capability(self, rest):
        self.say("* CAPABILITY IMAP4rev1")

    def do_login(self, rest):
        return None if rest == 'LOGIN svar "ord@et"' else "NO forkert"

    def do_select(self, rest):
        self.say(f"* {len(self.mails)} EXISTS")

    def do_search(self, rest):
        self.say(" ".join(["* SEARCH", *(str(number) for number, mail in self.mails.items() if not mail["gone"])]))

    def do_fetch(self, rest):
        number, begin, length = map(int, re.match(r"UID FETCH (\d+) \(BODY\.PEEK\[\]<(\d+)\.(\d+)>\)", rest).groups())
        piece = self.mails[number]["raw"][begin : begin + length]
        self.wfile.write(f"* 1 FETCH (UID {number} BODY[]<{begin}> {{{len(piece)}}}\r\n".encode() + piece + b")\r\n")

    def do_store(self, rest):
        self.mails[int(rest.split(" ")[2])]["gone"] = True

    def do_expunge(self, rest):
        for number in [number for number, mail in self.mails.items() if mail["gone"]]:
            del self.mails[number]


@pytest.fixture
def mailbox(settings):
    mails = {}
    handler = type("OneMailbox", (Mailbox,), {"mails": mails})
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    settings.MAIL_IN_IMAP = f"imap://svar:ord%40et@127.0.0.1:{server.server_address[1]}/INBOX"
    yield (
        lambda *raw: (
            mails.update({len(mails) + 1 + at: {"raw": one, "gone": False} for at, one in enumerate(raw)}) or mails
        )
    )
    server.shutdown()
    server.server_close()


@pytest.fixture
def thread(db):
    made = ThreadFactory()
    made.member = MembershipFactory(space=made.space).user
    return made


def read():
    out = io.StringIO()
    call_command("read_mailbox", stdout=out)
    return out.getvalue().strip()


def test_a_mailbox_is_read_and_emptied(thread, mailbox):
    to = answer_headers(thread.member, thread)["Reply-To"]
    long = mail_from(thread.member, to, "Lang. " * 3000)
    long.add_attachment(b"0,1\n" * 400_000, maintype="text", subtype="csv", filename="tal.csv")
    mails = mailbox(
        mail_from(thread.member, to, "Ad postkassen.").as_bytes(), b"From: x@ond.example\r\n\r\nhej", long.as_bytes()
    )
    assert read() == "3 taget imod, 0 bliver liggende."
    assert not mails
    assert list(thread.posts.order_by("number").values_list("number", "has_files")) == [
        (1, False),
        (2, False),
        (3, True),
    ]
    assert read() == "0 taget imod, 0 bliver liggende."


def test_a_mail_that_could_not_be_taken_stays_and_comes_again(thread, mailbox, monkeypatch):
    to = answer_headers(thread.member, thread)["Reply-To"]
    mails = mailbox(mail_from(thread.member, to).as_bytes(), mail_from(thread.member, to).as_bytes())
    first, take = [], mail_spool.take

    def fails_once(*args, **kwargs):
        if not first:
            first.append(1)
            raise OperationalError("nede")
        return take(*args, **kwargs)

    monkeypatch.setattr(mail_spool, "take", fails_once)
    assert read() == "1 taget imod, 1 bliver liggende."
    assert len(mails) == 1 and thread.posts.count() == 2
    assert read() == "1 taget imod, 0 bliver liggende."
    assert not mails and thread.posts.count() == 3


def test_a_mail_that_was_taken_and_not_deleted_before_a_kill_is_one_post(thread, mailbox):
    raw = mail_from(thread.member, answer_headers(thread.member, thread)["Reply-To"]).as_bytes()
    mailbox(raw)
    read()
    mailbox(raw)
    assert read() == "1 taget imod, 0 bliver liggende."
    assert thread.posts.count() == 2


def test_a_mailbox_that_does_not_let_us_in_is_told_without_the_word(thread, mailbox, settings):
    settings.MAIL_IN_IMAP = settings.MAIL_IN_IMAP.replace("ord%40et", "hemmeligt")
    with pytest.raises(CommandError) as told:
        read()
    assert "hemmeligt" not in str(told.value)
    settings.MAIL_IN_IMAP = ""
    with pytest.raises(CommandError, match="MAIL_IN_IMAP"):
        read()
