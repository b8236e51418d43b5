"""The one door: who comes in, where it leads, and when a session is dead."""

import re

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.core import mail
from django.test import Client
from django.urls import get_resolver, reverse

from tests.accounts.conftest import ADDRESS, PASSWORD, masked

pytestmark = pytest.mark.django_db
NEW_PASSWORD = "lampe-hegn-sommer-brev"


def copy_of(client):
    """Another browser that has got hold of the same session cookie."""
    other = Client()
    other.cookies[settings.SESSION_COOKIE_NAME] = client.cookies[settings.SESSION_COOKIE_NAME].value
    return other


def test_the_right_password_leads_to_the_network(person, sign_in):
    assert sign_in().answer.headers["Location"] == reverse("network")


def test_a_wrong_password_leads_nowhere_and_says_so_in_danish(person, sign_in, is_in):
    client = sign_in(password="forkert")
    assert client.answer.status_code == 200
    assert "Mailadressen og adgangskoden passer ikke sammen." in client.answer.content.decode()
    assert not is_in(client)


@pytest.mark.parametrize("written", [ADDRESS.upper(), f" {ADDRESS} ", "ｐlanlaegger@kommune.test"])
def test_other_ways_to_write_an_address_are_the_same_account(person, sign_in, is_in, written):
    assert is_in(sign_in(email=written))


def test_known_and_unknown_addresses_get_the_same_answer(person, sign_in):
    known = sign_in(password="forkert").answer
    unknown = sign_in(email="ukendt@kommune.test", password="forkert").answer
    assert known.status_code == unknown.status_code
    assert masked(known, ADDRESS) == masked(unknown, "ukendt@kommune.test")
    assert not mail.outbox


def test_an_account_without_password_is_answered_as_an_unknown_one(db, sign_in):
    get_user_model().objects.create_user("ny@kommune.test")
    waiting = sign_in(email="ny@kommune.test", password="forkert").answer
    unknown = sign_in(email="xx@kommune.test", password="forkert").answer
    assert masked(waiting, "ny@kommune.test") == masked(unknown, "xx@kommune.test")


def test_one_who_is_closed_out_learns_it_only_with_the_right_password(person, sign_in, is_in):
    get_user_model().objects.update(is_active=False)
    client = sign_in()
    assert client.answer.headers["Location"] == reverse("account_inactive")
    assert not is_in(client)
    unknown = sign_in(email="ukendt@kommune.test", password="forkert").answer
    assert masked(sign_in(password="forkert").answer, ADDRESS) == masked(unknown, "ukendt@kommune.test")


# --- where it leads ---------------------------------------------------------------------------------

OFF_SITE = [
    "https://ond.example/",
    "//ond.example/",
    "///ond.example/",
    "/\\ond.example/",
    "\\\\ond.example/",
    "https:ond.example",
    "http://testserver.ond.example/",
    "http://testserver@ond.example/",
    "javascript:alert(1)",
    "data:text/html,x",
    "/\t/ond.example/",
    " //ond.example/",
    "http://testserver/konto/",
]


def test_an_address_of_ours_is_led_to_after_signing_in(person, sign_in):
    assert sign_in(next="/konto/mail/?a=b").answer.headers["Location"] == "/konto/mail/?a=b"


@pytest.mark.parametrize("target", OFF_SITE)
def test_nothing_leads_off_the_site(person, sign_in, target):
    client = sign_in(next=target)
    assert client.answer.headers["Location"] == reverse("network")
    assert client.post("/konto/log-ud/", {"next": target}).headers["Location"] == "/"


def test_a_stranger_is_led_to_the_door_and_back(client):
    assert client.get("/konto/mail/").headers["Location"] == "/konto/log-ind/?next=/konto/mail/"


# --- sessions ---------------------------------------------------------------------------------------


def test_a_session_set_before_signing_in_is_not_the_one_after(person, sign_in, is_in):
    planted = Client()
    planted.get("/konto/log-ind/")
    planted.session["planted"] = True
    planted.session.save()
    before = planted.session.session_key
    other = Client()
    other.cookies[settings.SESSION_COOKIE_NAME] = before
    client = sign_in(client=planted)
    assert client.session.session_key != before
    assert is_in(client) and not is_in(other)


def test_a_session_is_dead_at_once_after_signing_out(person, sign_in, is_in):
    client = sign_in()
    thief = copy_of(client)
    assert is_in(thief)
    client.post("/konto/log-ud/")
    assert not is_in(client) and not is_in(thief)


def test_looking_at_the_page_does_not_sign_out(person, sign_in, is_in):
    client = sign_in()
    assert client.get("/konto/log-ud/").status_code == 200
    assert is_in(client)


def test_a_new_password_ends_all_sessions_but_ones_own(person, sign_in, is_in):
    here, elsewhere = sign_in(), sign_in()
    answer = here.post(
        "/konto/adgangskode/", {"oldpassword": PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    )
    assert answer.headers["Location"] == "/konto/"
    assert is_in(here) and not is_in(elsewhere)
    assert "Din adgangskode er skiftet" in mail.outbox[0].subject


def test_the_old_password_must_be_known(person, sign_in):
    client = sign_in()
    answer = client.post(
        "/konto/adgangskode/", {"oldpassword": "forkert", "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    )
    assert "Det er ikke din nuværende adgangskode." in answer.content.decode()
    person.refresh_from_db()
    assert person.check_password(PASSWORD)


def test_a_session_is_dead_at_once_when_the_account_is_closed(person, sign_in, is_in):
    client = sign_in()
    get_user_model().objects.update(is_active=False)
    assert not is_in(client)


def test_the_session_ends_with_the_browser_unless_one_asks_to_be_remembered(person, sign_in):
    assert sign_in().session.get_expire_at_browser_close()
    assert sign_in(remember="on").session.get_expiry_age() == 14 * 24 * 3600


# --- pages ------------------------------------------------------------------------------------------


def pages_of_the_account():
    resolver = next(entry for entry in get_resolver().url_patterns if str(entry.pattern) == "konto/")
    return [pattern.name for pattern in resolver.url_patterns]


def address_of(name):
    parts = {"account_welcome": ["noegle"], "account_confirm_email": ["a:b"], "account_stop_mail": ["a"]}
    parts["account_reset_password_from_key"] = ["1", "abc-def"]
    return reverse(name, args=parts.get(name, []))


@pytest.mark.parametrize("name", pages_of_the_account())
@pytest.mark.parametrize("who", ["stranger", "person"])
def test_no_page_of_the_account_is_kept_or_indexed_or_tells_its_address(name, who, person, sign_in):
    client = sign_in() if who == "person" else Client()
    answer = client.get(address_of(name))
    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.headers["Referrer-Policy"] == "strict-origin"
    if not 300 <= answer.status_code < 400:
        assert '<meta name="robots" content="noindex">' in answer.content.decode()


def test_nobody_signs_up_alone_and_the_page_says_how_one_becomes_a_member(db):
    client = Client()
    assert "Sådan bliver du medlem" in client.get("/konto/bliv-medlem/").content.decode()
    client.post("/konto/bliv-medlem/", {"email": "ny@kommune.test", "password1": NEW_PASSWORD})
    assert not get_user_model().objects.exists() and not mail.outbox


def test_faults_are_said_at_the_field_and_above_the_form(client):
    page = client.post("/konto/log-ind/", {"login": "uden-snabel", "password": ""}).content.decode()
    assert 'role="alert"' in page
    assert '<a href="#id_login">Mailadresse: Skriv en hel mailadresse' in page
    control = re.search(r'<input type="email"[^>]*>', page)[0]
    assert 'aria-invalid="true"' in control and 'aria-describedby="id_login_error"' in control
    assert page.index('id="id_login_error"') < page.index(control)


def test_the_account_page_names_the_person(person, sign_in):
    page = sign_in().get("/konto/").content.decode()
    assert "Paula Planlægger" in page and ADDRESS in page and reverse("profile") in page


# --- the admin --------------------------------------------------------------------------------------


def test_the_admin_has_no_sign_in_of_its_own(client):
    answer = client.get("/admin/pages/", follow=True)
    assert [step[0] for step in answer.redirect_chain] == [
        "/admin/login/?next=/admin/pages/",
        "/konto/log-ind/?next=/admin/pages/",
    ]
    assert client.post("/admin/login/", {"username": ADDRESS, "password": PASSWORD}).status_code == 302


def test_an_editor_comes_from_the_door_into_the_admin(person, sign_in):
    person.user_permissions.add(Permission.objects.get(codename="access_admin"))
    client = sign_in(next="/admin/")
    assert client.answer.headers["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200
    assert client.get("/admin/login/").headers["Location"] == "/admin/"


def test_one_without_rights_to_the_admin_is_refused_and_not_sent_in_circles(person, sign_in):
    answer = sign_in().get("/admin/", follow=True)
    assert answer.status_code == 403
    assert len(answer.redirect_chain) == 1


def test_signing_out_of_the_admin_is_signing_out(person, sign_in, is_in):
    client = sign_in()
    assert client.post("/admin/logout/").headers["Location"] == "/"
    assert not is_in(client)
