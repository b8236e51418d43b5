"""A forgotten password and a changed address: what is sent, to whom, and what it opens."""

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import get_user_model
from django.core import mail
from django.test import Client

from accounts.welcome import make_key
from tests.accounts.conftest import ADDRESS, PASSWORD, link_in, masked

pytestmark = pytest.mark.django_db
NEW_PASSWORD = "lampe-hegn-sommer-brev"
TWICE = {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
NEW_ADDRESS = "ny-adresse@kommune.test"


def ask(email, client=None, **headers):
    client = client or Client()
    return client.post("/konto/glemt-adgangskode/", {"email": email}, **headers)


def choose(link, client=None, **words):
    """Follow a link from a mail and send the form; return the answer."""
    client = client or Client()
    page = client.get(link, follow=True)
    return client.post(page.request["PATH_INFO"], TWICE | words)


def test_the_link_in_the_mail_lets_one_choose_a_new_password(person, sign_in, is_in):
    elsewhere = sign_in()
    ask(ADDRESS)
    assert choose(link_in(mail.outbox[0])).headers["Location"] == "/konto/ny-adgangskode/faerdig/"
    assert not is_in(elsewhere)
    assert is_in(sign_in(password=NEW_PASSWORD)) and not is_in(sign_in(password=PASSWORD))


def test_the_link_works_once_and_its_page_has_no_key_in_its_address(person):
    ask(ADDRESS)
    link = link_in(mail.outbox[0])
    page = Client().get(link, follow=True)
    assert page.request["PATH_INFO"].endswith("-set-password/")
    choose(link)
    assert "Linket virker ikke længere" in Client().get(link, follow=True).content.decode()


def test_the_link_of_another_key_opens_nothing(person):
    answer = Client().get("/konto/ny-adgangskode/1-abc-0123456789abcdef/", follow=True)
    assert "Linket virker ikke længere" in answer.content.decode()


def test_known_and_unknown_addresses_get_the_same_answer_and_one_mail_each(person):
    known, unknown = ask(ADDRESS), ask("ukendt@kommune.test")
    assert known.status_code == unknown.status_code == 302
    assert known.headers["Location"] == unknown.headers["Location"]
    assert [message.to for message in mail.outbox] == [[ADDRESS], ["ukendt@kommune.test"]]
    pages = [Client().get(answer.headers["Location"]) for answer in (known, unknown)]
    assert masked(pages[0]) == masked(pages[1])


def test_a_closed_account_is_answered_as_an_unknown_one(person):
    get_user_model().objects.update(is_active=False)
    ask(ADDRESS)
    assert mail.outbox[0].subject == "Der er ingen konto med din adresse"


def test_a_weak_password_is_refused_in_danish_and_the_link_still_works(person):
    ask(ADDRESS)
    link = link_in(mail.outbox[0])
    answer = choose(link, password1="123456", password2="123456")
    assert "Adgangskoden er for kort" in answer.content.decode() or "mindst 12 tegn" in answer.content.decode()
    assert choose(link).status_code == 302


def test_links_begin_with_our_own_address_whatever_the_browser_says(person):
    ask(ADDRESS, HTTP_HOST="localhost"), ask("ukendt@kommune.test", HTTP_X_FORWARDED_HOST="ond.example")
    for message in mail.outbox:
        assert link_in(message)
        assert "localhost" not in message.body and "ond.example" not in message.body
    assert ask(ADDRESS, HTTP_HOST="ond.example").status_code == 400
    assert len(mail.outbox) == 2


def test_whoever_follows_the_link_has_proven_the_address(db, sign_in, is_in):
    """Someone who lost the mail of welcome asks for a new password instead."""
    user = get_user_model().objects.create_user(ADDRESS)
    key = make_key(user)
    ask(ADDRESS)
    choose(link_in(mail.outbox[0]))
    assert is_in(sign_in(password=NEW_PASSWORD))
    assert Client().get(key).status_code == 404, "The key of the mail of welcome lies around no longer."


def test_an_address_that_is_not_confirmed_yet_cannot_fetch_the_account(person):
    EmailAddress.objects.create(user=person, email="skrevet-forkert@kommune.test", verified=False)
    ask("skrevet-forkert@kommune.test")
    assert mail.outbox[0].subject == "Der er ingen konto med din adresse"


def test_a_mail_server_that_fails_breaks_no_page(person, monkeypatch, caplog):
    def fails(*_args, **_kwargs):
        raise ConnectionRefusedError

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", fails)
    known, unknown = ask(ADDRESS), ask("ukendt@kommune.test")
    assert known.status_code == unknown.status_code == 302
    assert "was not sent" in caplog.text and ADDRESS not in caplog.text


# --- a new address ----------------------------------------------------------------------------------


@pytest.fixture
def asked(person, sign_in):
    """A client whose person has asked for a new address, after showing the password once more."""
    client = sign_in()
    first = client.post("/konto/mail/", {"email": NEW_ADDRESS, "action_add": ""})
    assert first.headers["Location"].startswith("/konto/bekraeft/?next=")
    client.post(first.headers["Location"], {"password": PASSWORD})
    return client


def test_a_new_address_is_used_only_when_it_is_confirmed(asked, person, sign_in, is_in):
    assert mail.outbox[0].to == [NEW_ADDRESS]
    assert f"Vi har sendt en mail til {NEW_ADDRESS}" in asked.get("/konto/mail/").content.decode()
    link = link_in(mail.outbox[0])
    asked.get(link)
    person.refresh_from_db()
    assert person.email == ADDRESS, "Looking at the link changes nothing."
    asked.post(link)
    person.refresh_from_db()
    assert person.email == NEW_ADDRESS
    assert is_in(sign_in(email=NEW_ADDRESS)) and not is_in(sign_in(email=ADDRESS))


def test_the_old_address_is_told(asked):
    asked.post(link_in(mail.outbox[0]))
    assert mail.outbox[1].to == [ADDRESS]
    assert NEW_ADDRESS in mail.outbox[1].body


def test_without_the_password_the_address_stays(person, sign_in):
    client = sign_in()
    first = client.post("/konto/mail/", {"email": NEW_ADDRESS, "action_add": ""})
    client.post(first.headers["Location"], {"password": "forkert"})
    assert not mail.outbox and not EmailAddress.objects.filter(email=NEW_ADDRESS).exists()


def test_an_address_that_another_account_has_is_answered_as_any_other(asked, person):
    other = get_user_model().objects.create_user("anden@kommune.test", PASSWORD)
    EmailAddress.objects.create(user=other, email=other.email, primary=True, verified=True)
    asked.get("/konto/mail/")
    free = asked.post("/konto/mail/", {"email": "fri@kommune.test", "action_add": ""})
    page_free = asked.get("/konto/mail/")
    taken = asked.post("/konto/mail/", {"email": other.email, "action_add": ""})
    page_taken = asked.get("/konto/mail/")
    assert (free.status_code, free.headers["Location"]) == (taken.status_code, taken.headers["Location"])
    assert masked(page_free, "fri@kommune.test") == masked(page_taken, other.email)
    assert [message.to for message in mail.outbox[1:]] == [["fri@kommune.test"], [other.email]]


def test_one_can_keep_the_old_address(asked):
    asked.post("/konto/mail/", {"email": NEW_ADDRESS, "action_remove": ""})
    assert not EmailAddress.objects.filter(email=NEW_ADDRESS).exists()
    assert "er fjernet" in asked.get("/konto/mail/").content.decode()
