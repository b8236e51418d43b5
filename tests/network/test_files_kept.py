"""What is done to files while nobody asks: the virus scanner, the search, the sweep; and many at once."""

import os
import socket
import threading
import time
from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import connection, connections
from django.http import QueryDict
from django.test import Client
from django.utils import timezone

from accounts.models import Letter
from network.attach import attach, renew
from network.discuss import start_thread
from network.file_keeping import missing, read_unread, scan_waiting, sweep
from network.models import Attachment, AttachmentVersion, Membership, Post, Showing, Thread
from network.models.files import bytes_in, closed_files
from search import outbox, results
from tests.factories import MemberFactory, MembershipFactory, SpaceFactory
from tests.network import made_files as made

Scan = AttachmentVersion.Scan
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


@pytest.fixture(autouse=True)
def own_disk(settings, tmp_path):
    settings.STORAGES = {
        **settings.STORAGES,
        "members": {"BACKEND": "network.storage.ClosedFiles", "OPTIONS": {"location": tmp_path / "files"}},
    }
    return tmp_path / "files"


@pytest.fixture
def space(db):
    return SpaceFactory(name="Tomme boliger", slug="tomme-boliger")


@pytest.fixture
def member(space):
    return MembershipFactory(space=space).user


def sent(user, space, name="Referat.pdf", content=made.PDF):
    put_up = attach(user, space, made.upload(name, content))
    start_thread(user, space, "Se her", "Det er vedhæftet.", files=[put_up.pk])
    return Attachment.objects.select_related("post__thread__space").get(pk=put_up.pk)


# --- the virus scanner ----------------------------------------------------------------------------------


class Scanner:
    """A clamd of the test's own: it reads what it is sent, and answers `FOUND` for what holds EICAR; or hangs."""

    def __init__(self, path=""):
        if path:
            self.listening, self.url = socket.socket(socket.AF_UNIX), f"unix:{path}"
            self.listening.bind(path)
            self.listening.listen()
        else:
            self.listening = socket.create_server(("127.0.0.1", 0))
            self.url = f"clamav://127.0.0.1:{self.listening.getsockname()[1]}"
        self.mood, self.seen, self.lines = "well", [], []
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                line, _address = self.listening.accept()
            except OSError:
                return
            self.lines.append(line)
            if self.mood == "well":
                with line:
                    line.sendall(self._answer(line.makefile("rb")))

    def _answer(self, said):
        assert said.read(10) == b"zINSTREAM\0"
        content = b""
        while length := int.from_bytes(said.read(4), "big"):
            content += said.read(length)
        self.seen.append(content)
        return b"stream: Eicar-Signature FOUND\0" if EICAR in content else b"stream: OK\0"

    def close(self):
        self.listening.shutdown(socket.SHUT_RDWR)  # closed alone it would still let in the one that is waited for
        self.listening.close()
        for line in self.lines:
            line.close()


@pytest.fixture
def scanner(settings):
    made_here = Scanner()
    settings.CLAMAV_URL = made_here.url
    yield made_here
    if made_here.listening.fileno() >= 0:
        made_here.close()


def test_what_the_scanner_lets_through_can_be_read_at_once(space, member, scanner):
    file = sent(member, space)
    assert scanner.seen == [made.PDF]
    assert AttachmentVersion.objects.get().scan == Scan.CLEAN
    assert as_(member).get(file.get_absolute_url()).status_code == 200


def test_what_it_finds_something_in_is_refused_and_not_kept(space, member, scanner):
    with pytest.raises(ValidationError) as refusal:
        attach(member, space, made.upload("gave.txt", EICAR))
    assert "virustjekket fandt noget skadeligt" in refusal.value.messages[0]
    assert not Attachment.objects.exists()
    assert not list(closed_files().names())


@pytest.mark.parametrize("trouble", ["down", "hangs", "says nothing of use"])
def test_while_the_scanner_is_silent_a_file_is_held_and_that_is_said(space, member, scanner, monkeypatch, trouble):
    monkeypatch.setattr("network.scanner.scan.__defaults__", (1,))
    if trouble == "down":
        scanner.close()
    elif trouble == "hangs":
        scanner.mood = "hangs"
    else:
        monkeypatch.setattr(scanner, "_answer", lambda said: b"INSTREAM size limit exceeded. ERROR\0")
    began = time.monotonic()
    file = sent(member, space, "havn.jpg", made.picture())
    assert time.monotonic() - began < 15
    assert AttachmentVersion.objects.get().scan == Scan.WAITING
    for reader in (member, MembershipFactory(space=space).user):
        page = as_(reader).get(file.get_absolute_url())
        assert page.status_code == 409
        assert "venter på virustjek" in page.content.decode()
        assert as_(reader).get(file.get_absolute_url() + "?vis=lille").status_code == 409
        assert as_(reader).get(file.get_absolute_url() + "?udgave=1").status_code == 409
        thread = as_(reader).get(file.post.thread.get_absolute_url()).content.decode()
        assert "Venter på virustjek" in thread
        assert "<img" not in thread.split('class="postfiles"')[1].split("</ul>")[0]


def held(space, member, scanner, settings, content):
    settings.CLAMAV_URL = "clamav://127.0.0.1:1"
    file = sent(member, space, "gave.txt", content)
    settings.CLAMAV_URL = scanner.url
    return file


def test_a_held_file_is_let_through_when_the_scanner_is_back(space, member, scanner, settings):
    file = held(space, member, scanner, settings, b"Et referat.")
    assert scan_waiting() == 1
    assert as_(member).get(file.get_absolute_url()).status_code == 200
    assert scan_waiting() == 0


def test_a_held_file_with_something_in_it_goes_from_the_disk_and_its_owner_is_told(
    space, member, scanner, settings, mailoutbox, django_capture_on_commit_callbacks
):
    file = held(space, member, scanner, settings, EICAR)
    with django_capture_on_commit_callbacks(execute=True):
        assert scan_waiting() == 1
    assert not list(closed_files().names())
    version = AttachmentVersion.objects.get()
    assert (version.scan, version.file.name, version.size) == (Scan.INFECTED, "", 0)
    assert as_(member).get(file.get_absolute_url()).status_code == 409
    assert (
        "virustjekket fandt noget skadeligt" in as_(member).get(file.post.thread.get_absolute_url()).content.decode()
    )
    assert [letter.to for letter in mailoutbox] == [[member.email]]
    assert "gave.txt" in mailoutbox[0].body


def test_who_is_no_longer_in_the_space_gets_no_letter_about_a_file_in_it(space, member, scanner, settings, mailoutbox):
    held(space, member, scanner, settings, EICAR)
    Membership.objects.filter(user=member).delete()
    scan_waiting()
    call_command("send_letters", verbosity=0)
    assert not mailoutbox
    assert Letter.objects.get().sent_at is None


def test_while_a_new_version_is_held_the_one_before_is_handed_out(space, member, scanner, settings):
    file = sent(member, space)
    settings.CLAMAV_URL = "clamav://127.0.0.1:1"
    renew(member, file, made.upload("ny.pdf", made.PDF + b"% ny"))
    page = as_(member).get(file.get_absolute_url())
    assert b"".join(page.streaming_content) == made.PDF
    assert (
        "En nyere udgave venter på virustjek" in as_(member).get(file.post.thread.get_absolute_url()).content.decode()
    )


def test_one_file_that_the_scanner_chokes_on_stands_in_nobodys_way(space, member, scanner, settings):
    for content in (b"kvaeles", b"et", b"to", b"tre"):
        held(space, member, scanner, settings, content)
    answer = scanner._answer

    def chokes(said):
        told = answer(said)
        return b"stream: ERROR\0" if scanner.seen[-1] == b"kvaeles" else told

    scanner._answer = chokes
    assert scan_waiting() == 3
    assert AttachmentVersion.objects.filter(scan=Scan.WAITING).count() == 1


def test_without_a_scanner_nothing_waits(space, member, settings):
    assert settings.CLAMAV_URL == ""
    sent(member, space)
    assert not AttachmentVersion.objects.exclude(scan=Scan.CLEAN).exists()


def test_the_scanner_can_be_asked_over_a_socket_of_the_machine(space, member, settings, tmp_path):
    scanner = Scanner(str(tmp_path / "clamd"))
    settings.CLAMAV_URL = scanner.url
    sent(member, space)
    scanner.close()
    assert scanner.seen == [made.PDF]
    assert AttachmentVersion.objects.get().scan == Scan.CLEAN


# --- the search -----------------------------------------------------------------------------------------


def as_(user):
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


def found_by(user, words):
    address = results.read_address(QueryDict(f"q={words}&type=rumfil"))
    return [row.card.title for row in results.results(user or AnonymousUser(), address).rows]


TEXTS = {
    "a.pdf": made.PDF,
    "a.docx": made.docx(),
    "a.xlsx": made.xlsx(),
    "a.pptx": made.pptx(),
    "a.odt": made.opendocument(),
    "a.txt": b"En svanevinge.",
    "a.csv": "ord;tal\nsvanevinge;1".encode("utf-16"),
}


@pytest.mark.parametrize("name", TEXTS)
def test_the_text_of_a_file_is_read_by_the_worker_and_not_by_the_request(space, member, name):
    sent(member, space, name, TEXTS[name])
    assert AttachmentVersion.objects.get().text == ""
    assert read_unread() == 1
    assert "svanevinge" in AttachmentVersion.objects.get().text
    assert read_unread() == 0


def test_a_file_that_cannot_be_read_is_read_once_and_has_no_words(space, member):
    sent(member, space, "a.pdf", b"%PDF-1.4 i stykker")
    assert read_unread() == 1
    assert AttachmentVersion.objects.get().text_read_at is not None
    assert AttachmentVersion.objects.get().text == ""


def test_a_file_is_found_by_its_words_and_its_name_by_those_who_may_read_it(space, member):
    sent(member, space, "Ordbog.pdf")
    read_unread()
    outbox.work()
    for words in ("svanevinge", "ordbog"):
        assert "Ordbog.pdf" in found_by(member, words)
        assert found_by(MemberFactory(), words) == []
        assert found_by(None, words) == []


@pytest.mark.parametrize("what", ["post", "thread", "files", "left"])
def test_a_file_that_may_no_longer_be_read_is_no_longer_found_before_and_after_the_index_knows(space, member, what):
    file = sent(member, space, "Ordbog.pdf")
    read_unread()
    outbox.work()
    reader = MembershipFactory(space=space).user
    assert "Ordbog.pdf" in found_by(reader, "svanevinge")
    if what == "post":
        Post.objects.filter(pk=file.post_id).update(state=Showing.HIDDEN)
    elif what == "thread":
        Thread.objects.filter(pk=file.post.thread_id).update(state=Showing.REMOVED)
    elif what == "files":
        space.has_files = False
        space.save()
    else:
        Membership.objects.filter(user=reader).delete()
    assert found_by(reader, "svanevinge") == []
    outbox.work()
    assert found_by(reader, "svanevinge") == []


def test_the_newest_version_that_may_be_read_is_found(space, member):
    file = sent(member, space, "Ord.txt", b"En svanevinge.")
    renew(member, file, made.upload("Ord.txt", b"En gaasefjer."))
    assert read_unread() == 2
    outbox.work()
    assert "Ord.txt" in found_by(member, "gaasefjer")
    assert found_by(member, "svanevinge") == []


def test_a_file_that_is_not_sent_or_is_held_is_found_by_nobody(space, member, settings):
    attach(member, space, made.upload("Ordbog.txt", b"svanevinge"))
    settings.CLAMAV_URL = "clamav://127.0.0.1:1"
    sent(member, space, "Ordbog.pdf")
    assert read_unread() == 0
    outbox.work()
    assert found_by(member, "svanevinge") == found_by(member, "ordbog") == []


# --- the sweep ------------------------------------------------------------------------------------------


def test_what_was_put_up_and_not_sent_is_swept_after_a_day_and_not_before(
    space, member, django_capture_on_commit_callbacks
):
    file = sent(member, space)
    old, fresh = (attach(member, space, made.upload(f"{name}.txt", b"tal")) for name in ("gammel", "frisk"))
    day = timezone.now() - timedelta(days=1, minutes=1)
    Attachment.objects.filter(pk__in=[old.pk, file.pk]).update(uploaded_at=day)
    with django_capture_on_commit_callbacks(execute=True):
        assert sweep() == 1
    assert set(Attachment.objects.all()) == {file, fresh}
    assert len(list(closed_files().names())) == 2


def test_a_file_without_a_row_is_swept_when_no_request_can_be_at_work_with_it(space, member, own_disk):
    sent(member, space, "havn.jpg", made.picture())
    for name, age in (("gammel", 7200), ("frisk", 60)):
        (own_disk / name).write_bytes(b"0")
        os.utime(own_disk / name, (time.time() - age,) * 2)
    for name, _written in list(closed_files().names()):
        if len(name) > 10:
            os.utime(own_disk / name, (time.time() - 7200,) * 2)
    assert sweep() == 1
    assert (own_disk / "frisk").exists()
    assert len(list(closed_files().names())) == 3
    assert missing() == 0


def test_a_row_without_its_file_is_counted(space, member, own_disk):
    sent(member, space)
    (own_disk / AttachmentVersion.objects.get().file.name).unlink()
    assert missing() == 1


def test_the_command_says_what_it_did(space, member, capsys):
    sent(member, space)
    call_command("look_after_files", "--missing")
    assert capsys.readouterr().out.splitlines() == [
        "0 virustjekket, 1 læst, 0 ryddet væk.",
        "0 mangler på disken.",
    ]


# --- many at once ---------------------------------------------------------------------------------------


@pytest.fixture
def committed(django_db_setup, django_db_blocker):
    """A space with little room and a member, in rows that are really committed: other connections see no others."""
    with django_db_blocker.unblock():
        membership = MembershipFactory(space__file_room=1)
        yield membership
        place = membership.user.profile.municipality
        membership.space.delete()
        membership.user.delete()
        place.delete()


@pytest.mark.skipif(connection.vendor != "postgresql", reason="PostgreSQL er ikke brugt.")
def test_two_files_at_once_do_not_take_the_same_room(committed):
    space, member = committed.space, committed.user
    half, starts, told = made.PDF + b"0" * 600_000, threading.Barrier(4), []

    def put_up(number):
        try:
            starts.wait()
            attach(member, space, made.upload(f"{number}.pdf", half))
            told.append("kept")
        except ValidationError as refusal:
            told.append(refusal.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=put_up, args=[number]) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["kept", "room", "room", "room"]
    assert bytes_in(space) == len(half)
    assert len(list(closed_files().names())) == 1
