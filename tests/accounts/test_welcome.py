"""An account that someone else makes, and the key that lets its person in once."""

import re
from datetime import timedelta
from types import SimpleNamespace

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.contrib.auth import get_user_model
from django.core import mail
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import welcome
from accounts.models import Letter, Welcome
from accounts.welcome import hashed, key_holder, make_account, make_key, use_key, welcome_again
from tests.accounts.conftest import PASSWORD, link_in, masked

pytestmark = pytest.mark.django_db
TWICE = {"password1": PASSWORD, "password2": PASSWORD}


@pytest.fixture
def welcomed(committed):
    """Someone new, and the link in the mail that came."""
    with committed():
        user, _made = make_account("Ny@Kommune.test", name="Nina Ny")
    user.link = link_in(mail.outbox[-1])
    return user


def key_in(link):
    return link.rstrip("/").rpartition("/")[2]


def test_a_new_account_cannot_sign_in_and_is_told_by_mail(welcomed, sign_in, is_in):
    assert welcomed.email == "ny@kommune.test" and not welcomed.has_usable_password()
    assert mail.outbox[0].to == ["ny@kommune.test"]
    assert not is_in(sign_in(email=welcomed.email, password=PASSWORD))


def test_the_link_leads_in_once_a_password_is_chosen(welcomed, sign_in, is_in):
    client = Client()
    answer = client.post(welcomed.link, TWICE)
    assert answer.headers["Location"] == reverse("network")
    assert is_in(client)
    assert is_in(sign_in(email=welcomed.email))
    assert EmailAddress.objects.get(user=welcomed).verified
    assert len(mail.outbox) == 1, "Nobody is told of what they have just done themselves."


def test_looking_changes_nothing_however_often(welcomed):
    """Programs that test the links of a mail look too, with HEAD as well."""
    for _ in range(20):
        assert Client().get(welcomed.link).status_code == 200
    assert Client().head(welcomed.link).status_code == 200
    assert Welcome.objects.open().count() == 1
    assert Client().post(welcomed.link, TWICE).status_code == 302


def test_the_page_says_which_address_the_password_is_for(welcomed):
    page = Client().get(welcomed.link).content.decode()
    assert "ny@kommune.test" in page
    assert not re.search(rf'(?:href|src|action)="[^"]*{key_in(welcomed.link)}', page)


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        ({"password1": "kort", "password2": "kort"}, "mindst 12 tegn"),
        ({"password1": "123456789012", "password2": "123456789012"}, "udelukkende"),
        ({"password1": PASSWORD, "password2": "noget-helt-andet"}, "De to adgangskoder er ikke ens."),
        ({"password1": "", "password2": ""}, "Skriv din adgangskode."),
        ({"password1": "ny@kommune.test", "password2": "ny@kommune.test"}, "minder"),
    ],
)
def test_a_password_that_will_not_do_is_refused_and_the_key_still_works(welcomed, words, fault):
    answer = Client().post(welcomed.link, words)
    assert answer.status_code == 200 and fault in answer.content.decode()
    assert Client().post(welcomed.link, TWICE).status_code == 302


def test_used_withdrawn_run_out_and_never_made_keys_get_the_same_answer(welcomed, committed):
    client = Client()
    never = client.get(reverse("account_welcome", args=["aldrig-lavet"]))
    withdrawn = make_key(welcomed)
    welcomed.welcomes.filter(key_hash=hashed(key_in(withdrawn))).withdraw()
    with time_machine.travel(timezone.now() + timedelta(days=10, seconds=1)):
        run_out = client.get(welcomed.link)
    Client().post(welcomed.link, TWICE)
    answers = [never, run_out, client.get(withdrawn), client.get(welcomed.link), client.post(welcomed.link, TWICE)]
    assert {answer.status_code for answer in answers} == {404}
    assert len({masked(answer) for answer in answers}) == 1
    assert "Linket virker ikke længere" in never.content.decode()


def test_a_key_lasts_ten_days(welcomed):
    with time_machine.travel(timezone.now() + timedelta(days=10, seconds=-5)):
        assert Client().post(welcomed.link, TWICE).status_code == 302


def test_a_key_of_a_closed_account_opens_nothing(welcomed):
    get_user_model().objects.update(is_active=False)
    assert Client().get(welcomed.link).status_code == 404
    assert Client().post(welcomed.link, TWICE).status_code == 404


def test_only_the_hash_of_a_key_is_kept(welcomed):
    key = key_in(welcomed.link)
    assert len(key) >= 43, "256 bits"
    row = Welcome.objects.values().get()
    assert key not in str(row) and row["key_hash"] == hashed(key)
    assert key not in str(list(Letter.objects.values()))


def test_a_key_is_used_up_by_one_update_that_asks_for_everything_again(welcomed, monkeypatch):
    """Both have looked and found the key open; the second is told no by the database."""
    key = key_in(welcomed.link)
    row = welcome._of(key).select_related("user").first()
    assert use_key(key) == welcomed
    read_before = SimpleNamespace(select_related=lambda *_names: SimpleNamespace(first=lambda: row))
    monkeypatch.setattr(welcome, "_of", lambda key: read_before)
    assert key_holder(key) == welcomed
    assert use_key(key) is None


def test_a_new_mail_withdraws_the_older_key(welcomed, committed):
    with committed():
        welcome_again(welcomed)
    newer = link_in(mail.outbox[1])
    assert Client().get(welcomed.link).status_code == 404
    assert Client().get(newer).status_code == 200


def test_whoever_has_a_password_gets_no_more_welcomes(welcomed, committed):
    Client().post(welcomed.link, TWICE)
    welcomed.refresh_from_db()
    with committed():
        welcome_again(welcomed)
    assert len(mail.outbox) == 1


def test_one_who_has_an_account_is_left_as_is(person, committed):
    with committed():
        user, made = make_account(person.email.upper(), name="Et andet navn")
    assert (user, made) == (person, False)
    assert user.name == "Paula Planlægger" and not mail.outbox


def test_one_who_never_came_in_gets_a_new_mail_when_the_key_has_run_out(welcomed, committed):
    with committed():
        make_account(welcomed.email)
    assert len(mail.outbox) == 1
    with time_machine.travel(timezone.now() + timedelta(days=11)), committed():
        assert make_account(welcomed.email) == (welcomed, False)
    assert len(mail.outbox) == 2


@pytest.mark.parametrize(
    "email", ["", "uden-snabel", "a@b", "to@steder.test, tre@steder.test", "a@b.test\nBcc: c@d.test"]
)
def test_what_is_no_address_makes_no_account(email):
    with pytest.raises(ValidationError):
        make_account(email)
    assert not get_user_model().objects.exists()


def test_the_key_stands_in_no_log(welcomed, caplog, settings):
    import logging

    from accounts.masking import KeysStaySecret

    key = key_in(welcomed.link)
    Client().post(welcomed.link, TWICE)
    Client().get(welcomed.link)
    kept = KeysStaySecret()
    lines = [record.getMessage() for record in caplog.records if kept.filter(record)]
    assert any("/konto/velkommen/…" in line for line in lines)
    assert not any(key in line for line in lines)
    assert "keys" in settings.LOGGING["handlers"]["console"]["filters"]
    assert logging.getLogger("django.server").handlers[0].filters
