"""What was written is told from what the program put around it, in stored mails of seven families of programs."""

import email
import re
import time
from collections import Counter
from email import policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from network.mail_text import content_of, read_text

HERE = Path(__file__).parent / "mail"
MAILS = sorted(HERE.glob("*/*.eml"))
FAMILIES = {"andre", "apple-mail", "gmail", "outlook-da", "outlook-en", "outlook-web", "telefon"}


def message_in(path):
    return email.message_from_bytes(path.read_bytes(), policy=policy.default)


def meant(path):
    return path.with_suffix(".txt").read_text(encoding="utf-8").strip()


def is_right(path):
    return read_text(message_in(path)).text == meant(path)


def test_the_text_is_right_in_95_of_100_and_the_report_says_so_for_each_family(record_property, capsys):
    right, all_of_it = Counter(), Counter(path.parent.name for path in MAILS)
    for path in MAILS:
        right[path.parent.name] += is_right(path)
    for family, number in sorted(all_of_it.items()):
        record_property(family, f"{right[family]}/{number}")
    with capsys.disabled():
        print(
            "\nmails read right:", ", ".join(f"{name} {right[name]}/{all_of_it[name]}" for name in sorted(all_of_it))
        )
    assert set(all_of_it) == FAMILIES and min(all_of_it.values()) >= 5 and sum(all_of_it.values()) >= 40
    assert sum(right.values()) >= 0.95 * sum(all_of_it.values())


@pytest.mark.parametrize("path", MAILS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_stored_mail_has_a_full_head_and_nobody_real_in_it(path):
    message, raw = message_in(path), path.read_bytes().replace(b"=\r\n", b"")
    for name in ("Received", "From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "References"):
        assert message[name], name
    hosts = re.findall(rb"@([\w.-]+\.[a-z]{2,})", raw)
    assert {host.rsplit(b".", 1)[1] for host in hosts} == {b"example"}


@pytest.mark.parametrize("path", MAILS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_nothing_is_lost_between_what_was_meant_and_what_was_cut(path):
    """Of a plain text each word is in one of the two – but for pictures and addresses in brackets."""
    message = message_in(path)
    part = message.get_body(("plain",))
    if part is None:
        return
    read, words = read_text(message), re.findall(r"[\wæøå]{4,}", re.sub(r"<[^>]*>|\[cid:[^]]*]", "", content_of(part)))
    kept = set(re.findall(r"[\wæøå]{4,}", f"{read.text} {read.cut}"))
    assert not set(words) - kept


HOSTILE = {
    "»den 1« without an end": "Den 1 " * 60_000,
    "heads": "Fra: x\n" * 50_000,
    "quotes": "> " * 150_000,
    "addresses": "<http://" * 40_000,
    "drawn lines": "\n\n\n________________\n" * 20_000,
    "greetings": "hilsen\n" * 50_000,
    "greetings before a long line": "hilsen\n" * 50_000 + "x" * 200,
    "html that is deep": "<html>" + "<blockquote><ul>" * 30_000 + "x",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_mail_takes_no_longer_than_it_is_long(text):
    """Twice as much takes about twice as long: the time of the process is compared, and no clock."""

    def seconds(size):
        message = EmailMessage(policy=policy.default)
        message.set_content(text[: len(text) * size // 4], subtype="html" if text.startswith("<html") else "plain")
        begun = time.process_time()
        read_text(message)
        return time.process_time() - begun

    assert seconds(4) < 6 * max(seconds(2), 0.02)


@pytest.mark.parametrize("path", MAILS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_the_text_is_what_was_meant(path):
    assert read_text(message_in(path)).text == meant(path)
