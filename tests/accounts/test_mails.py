"""Every mail of the account as it is received: both parts, in Danish, without anything from elsewhere."""

import email
import re
import socket
from email import policy
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from allauth.account.adapter import get_adapter
from allauth.core import context
from django.conf import settings
from django.core import mail
from django.utils import timezone

from accounts.welcome import make_account
from tests.accounts.conftest import ADDRESS

pytestmark = pytest.mark.django_db
FOLDER = settings.ROOT / "templates" / "account" / "email"
KINDS = sorted(path.name.removesuffix("_message.txt") for path in FOLDER.glob("*_message.txt"))
ENGLISH = re.compile(r"\b(?:you|your|the|this|email|password|account|click|sign)\b", re.IGNORECASE)
DANGEROUS = '<b onclick="x">Ondt & "farligt"</b>'


@pytest.fixture
def context_of_mail(person):
    return {
        "user": person,
        "password_reset_url": "http://127.0.0.1:8000/konto/ny-adgangskode/1-a/",
        "activate_url": "http://127.0.0.1:8000/konto/bekraeft-mail/a/",
        "link": "http://127.0.0.1:8000/konto/velkommen/a/",
        "member_url": "http://127.0.0.1:8000/konto/bliv-medlem/",
        "reset_url": "http://127.0.0.1:8000/konto/glemt-adgangskode/",
        "expires_at": timezone.now(),
        "timestamp": timezone.now(),
        "ip": "203.0.113.1",
        "user_agent": DANGEROUS,
        "email": ADDRESS,
        "from_email": ADDRESS,
        "to_email": "ny@kommune.test",
        "deleted_email": "ny@kommune.test",
    }


def parts(kind, words):
    from django.template.loader import render_to_string

    return [render_to_string(f"account/email/{kind}_message.{ending}", words) for ending in ("txt", "html")]


@pytest.mark.parametrize("kind", KINDS)
def test_both_parts_of_a_mail_say_the_same_in_danish(kind, context_of_mail):
    text, html = parts(kind, context_of_mail)
    for part in (text, html):
        assert not ENGLISH.search(re.sub(r"<style.*?</style>|<[^>]+>|https?://\S+", " ", part, flags=re.DOTALL))
        assert "Du får denne mail, fordi" in part
    assert set(re.findall(r"http://127\S+(?=\s)", text)) <= set(re.findall(r'href="([^"]+)"', html))


@pytest.mark.parametrize("kind", KINDS)
def test_a_mail_fetches_nothing_and_runs_nothing(kind, context_of_mail):
    text, html = parts(kind, context_of_mail)
    assert not re.search(r"<img|<script|<link|url\(|@import|src=", html)
    assert DANGEROUS not in html
    assert "&lt;" not in text and "&quot;" not in text
    assert set(re.findall(r"https?://[^/\s\"]+", html)) <= {"http://127.0.0.1:8000"}


@pytest.mark.parametrize("kind", KINDS)
def test_a_mail_has_a_subject_of_one_line(kind, context_of_mail, rf):
    if kind == "welcome":
        return
    with context.request_context(rf.get("/")):
        message = get_adapter().render_mail(f"account/email/{kind}", ADDRESS, context_of_mail)
    assert message.subject and "\n" not in message.subject
    assert message.from_email == settings.DEFAULT_FROM_EMAIL


def test_every_mail_that_allauth_can_send_here_has_words_of_ours():
    """Signing up, codes and phone numbers are switched off, and so are their mails."""
    import allauth

    theirs = Path(allauth.__file__).parent / "templates" / "account" / "email"
    off = {"account_already_exists", "email_confirmation_signup", "email_confirm", "base"}
    names = {path.name.removesuffix("_message.txt") for path in theirs.glob("*_message.txt")}
    assert {name for name in names - off if not name.endswith("_code")} <= set(KINDS)


class Received:
    def __init__(self):
        self.letters = []

    async def handle_DATA(self, server, session, envelope):
        self.letters.append(envelope)
        return "250 OK"


@pytest.fixture
def mail_server(settings):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    received = Received()
    controller = Controller(received, hostname="127.0.0.1", port=port)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    yield received.letters
    controller.stop()


def lines(part):
    return part.get_content().replace("\r\n", "\n")


def test_the_mail_of_welcome_as_a_mail_server_receives_it(mail_server, committed):
    with committed():
        make_account("ny@kommune.test")
    (envelope,) = mail_server
    assert envelope.rcpt_tos == ["ny@kommune.test"]
    letter = email.message_from_bytes(envelope.content, policy=policy.default)
    assert letter["To"] == "ny@kommune.test"
    assert letter["From"] == "På forkant <svar-ikke@forkant.example>"
    assert letter["Subject"] == "Velkommen til På forkant: vælg en adgangskode"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Message-ID"].startswith("<brev-") and letter["Date"]
    assert letter.get_content_type() == "multipart/alternative"
    text, html = letter.iter_parts()
    assert text.get_content_type() == "text/plain" and html.get_content_type() == "text/html"
    link = re.search(r"^http://127\.0\.0\.1:8000/konto/velkommen/[\w-]{43}/$", lines(text), re.MULTILINE)[0]
    assert f'href="{link}"' in lines(html)
    assert max(map(len, envelope.content.splitlines())) <= 998
    assert not mail.outbox
