"""The mails of the demo are read as their readers see them; in production there is no such place."""

import os
import re
import subprocess
import sys

import pytest
from django.conf import settings as conf
from django.core.mail import EmailMultiAlternatives

from accounts.dev_mail import KeptMail

pytestmark = pytest.mark.django_db


@pytest.fixture
def kept(settings, tmp_path):
    settings.DEV_MAIL = tmp_path / "mail"
    for to, subject in (("a@eksempel.example", "Første"), ("b@eksempel.example", "Anden æble")):
        message = EmailMultiAlternatives(subject, "Ren tekst med æøå", to=[to], headers={"List-Id": "<rum-1.x>"})
        message.attach_alternative(
            "<html><head></head><body><p>Pæn tekst<img src='http://ond.example/p.gif'>", "text/html"
        )
        KeptMail().send_messages([message])
    return settings.DEV_MAIL


def test_the_newest_mail_stands_first_and_each_reader_has_her_own(kept, client):
    page = client.get("/dev/mail/").content.decode()
    assert page.index("Anden æble") < page.index("Første")
    page = client.get("/dev/mail/?til=a@eksempel.example").content.decode()
    assert "Første" in page and "Anden æble</a>" not in page


def test_the_clock_of_a_mail_is_that_of_its_reader(kept, client):
    path = min(kept.iterdir())
    date = b"Date: Sat, 28 Nov 2026 01:32:43 -0000"
    path.write_bytes(re.sub(rb"Date: [^\r\n]+", date, path.read_bytes()))
    assert "lørdag 28. november kl. 2.32" in client.get(f"/dev/mail/{path.name}/").text.replace(" 2026", "")


def test_a_mail_is_shown_as_html_in_a_frame_as_text_and_with_its_headers(kept, client):
    name = max(path.name for path in kept.iterdir())
    page = client.get(f"/dev/mail/{name}/")
    text = page.content.decode()
    assert "Ren tekst med æøå" in text and "&lt;rum-1.x&gt;" in text and f"/dev/mail/{name}/html/" in text
    assert "Pæn tekst" not in text
    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]


def test_the_frame_fetches_nothing_and_runs_nothing(kept, client):
    name = max(path.name for path in kept.iterdir())
    frame = client.get(f"/dev/mail/{name}/html/")
    policy = frame.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "sandbox" in policy and "allow-scripts" not in policy
    assert "img-src" not in policy and frame.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "Pæn tekst" in frame.content.decode()


@pytest.mark.parametrize("name", ["..", "1-0.eml", "../../etc/passwd", "%2e%2e%2fhemmelig"])
def test_no_other_file_is_shown(kept, client, name):
    (kept.parent / "hemmelig").write_text("hemmelig")
    assert client.get(f"/dev/mail/{name}/").status_code == 404


def test_without_the_setting_the_page_is_not_there(kept, client, settings):
    settings.DEV_MAIL = None
    assert client.get("/dev/mail/").status_code == 404


def test_in_production_there_is_no_such_address():
    """The settings of production, in a process of its own: the resolver knows nothing below /dev/."""
    asked = (
        "import django; django.setup()\n"
        "from django.conf import settings\n"
        "from django.urls import resolve\n"
        "assert settings.DEV_MAIL is None and settings.EMAIL_BACKEND.endswith('smtp.EmailBackend')\n"
        "print(resolve('/dev/mail/').url_name)"
    )
    env = os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings.base",
        "SECRET_KEY": "x" * 50,
        "PYTHONPATH": f"{conf.SITE}{os.pathsep}{conf.ROOT}",
    }
    done = subprocess.run([sys.executable, "-c", asked], env=env, capture_output=True, text=True, cwd=conf.ROOT)
    assert done.stdout.strip() == "wagtail_serve", done.stderr
