"""How often one may try: at n it goes, at n + 1 comes 429 with the time to wait; a forged header changes nothing."""

import time

import pytest
import time_machine
from django.core import mail
from django.core.cache import cache
from django.test import Client

from tests.accounts.conftest import ADDRESS, PASSWORD, masked

pytestmark = pytest.mark.django_db
NOW = "2026-11-23 10:00:00+00:00"


def attempt(email=ADDRESS, password="forkert", **headers):
    return Client().post("/konto/log-ind/", {"login": email, "password": password}, **headers)


def ask(email=ADDRESS, **headers):
    return Client().post("/konto/glemt-adgangskode/", {"email": email}, **headers)


def from_(ip):
    return {"REMOTE_ADDR": ip}


def assert_too_many(answer, most):
    assert answer.status_code == 429
    assert 60 <= int(answer.headers["Retry-After"]) <= most
    assert "Vent lidt" in answer.content.decode()
    assert "no-store" in answer.headers["Cache-Control"]


def test_five_wrong_passwords_are_answered_and_the_sixth_must_wait_half_an_hour(person):
    assert [attempt().status_code for _ in range(5)] == [200] * 5
    assert_too_many(attempt(), 1800)


def test_also_the_right_password_must_wait_then(person):
    for _ in range(5):
        attempt()
    assert attempt(password=PASSWORD).status_code == 429
    with time_machine.travel(time.time() + 1801):
        assert attempt(password=PASSWORD).status_code == 302


def test_four_wrong_passwords_and_the_right_one_let_in(person):
    for _ in range(4):
        attempt()
    assert attempt(password=PASSWORD).status_code == 302


def test_a_right_password_does_not_wipe_out_the_wrong_ones(person):
    for _ in range(4):
        attempt()
    attempt(password=PASSWORD)
    attempt()
    assert attempt().status_code == 429


def test_a_limit_of_one_account_does_not_touch_another(person):
    for _ in range(6):
        attempt(email="anden@kommune.test")
    assert attempt(password=PASSWORD).status_code == 302


def test_a_forged_header_gives_no_new_tries(person):
    for number in range(5):
        attempt(HTTP_X_FORWARDED_FOR=f"203.0.113.{number}")
    assert attempt(HTTP_X_FORWARDED_FOR="203.0.113.99").status_code == 429


@pytest.mark.parametrize("written", [ADDRESS.upper(), "ｐlanlaegger@kommune.test", f"{ADDRESS} "])
def test_look_alikes_of_an_address_share_its_tries(person, written):
    for _ in range(5):
        attempt()
    assert attempt(email=written).status_code == 429


def test_another_host_name_gives_no_new_tries(person):
    for _ in range(5):
        attempt()
    assert attempt(HTTP_HOST="localhost").status_code == 429


def test_the_refusal_is_the_same_for_known_and_unknown(person):
    with time_machine.travel(NOW, tick=False):
        for _ in range(5):
            attempt(), attempt(email="ukendt@kommune.test")
        known, unknown = attempt(), attempt(email="ukendt@kommune.test")
    assert known.headers["Retry-After"] == unknown.headers["Retry-After"] == "1800"
    assert masked(known, ADDRESS) == masked(unknown, "ukendt@kommune.test")


def test_a_hundred_wrong_passwords_from_one_place_are_answered_and_the_next_must_wait(person):
    answers = [attempt(email=f"navn{number}@kommune.test").status_code for number in range(100)]
    assert answers == [200] * 100
    assert_too_many(attempt(email="endnu-en@kommune.test", HTTP_X_FORWARDED_FOR="203.0.113.1"), 1800)
    assert attempt(email="endnu-en@kommune.test", **from_("198.51.100.7")).status_code == 200


def test_the_password_asked_for_again_counts_as_a_try(person, sign_in):
    client = sign_in()
    for _ in range(5):
        assert client.post("/konto/bekraeft/", {"password": "forkert"}).status_code == 200
    assert client.post("/konto/bekraeft/", {"password": PASSWORD}).status_code == 429


# --- behind a proxy ---------------------------------------------------------------------------------


def spent(ip):
    """Use up what one place may do."""
    for number in range(100):
        attempt(email=f"navn{number}@kommune.test", **ip)


def test_behind_a_known_proxy_its_word_counts_and_what_stands_before_it_does_not(person, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    spent({"HTTP_X_FORWARDED_FOR": "203.0.113.1"})
    assert attempt(email="ny@kommune.test", HTTP_X_FORWARDED_FOR="198.51.100.7, 203.0.113.1").status_code == 429
    assert attempt(email="ny@kommune.test", HTTP_X_FORWARDED_FOR="198.51.100.7").status_code == 200


# --- mail that anybody may ask for ------------------------------------------------------------------


@pytest.mark.parametrize("email", [ADDRESS, "ukendt@kommune.test"])
def test_two_resets_an_hour_are_sent_and_the_third_must_wait(person, email):
    assert [ask(email).status_code for _ in range(2)] == [302] * 2
    assert len(mail.outbox) == 2
    assert_too_many(ask(email.upper(), HTTP_X_FORWARDED_FOR="203.0.113.9"), 3600)
    assert len(mail.outbox) == 2


def test_five_resets_a_day_are_sent_and_the_sixth_must_wait(person):
    with time_machine.travel(NOW, tick=False) as clock:
        for _ in range(5):
            assert ask().status_code == 302
            clock.shift(3601)
        assert_too_many(ask(), 86_400)
        clock.shift(86_400)
        assert ask().status_code == 302


def test_twenty_resets_a_day_from_one_place_are_sent_and_the_next_must_wait(person):
    assert [ask(f"navn{number}@kommune.test").status_code for number in range(20)] == [302] * 20
    assert_too_many(ask("endnu-en@kommune.test", HTTP_X_FORWARDED_FOR="203.0.113.9"), 86_400)
    assert ask("endnu-en@kommune.test", **from_("198.51.100.7")).status_code == 302


def test_the_time_to_wait_is_the_time_that_is_left(person):
    with time_machine.travel(NOW, tick=False) as clock:
        ask(), ask()
        clock.shift(600)
        answer = ask()
        assert answer.headers["Retry-After"] == "3000"
        assert "Prøv igen om 50 minutter." in answer.content.decode()


def test_ten_keys_that_let_nobody_in_are_answered_and_the_next_must_wait(db):
    for number in range(10):
        assert Client().get(f"/konto/velkommen/forkert{number}/").status_code == 404
    assert_too_many(Client().get("/konto/velkommen/forkert/", HTTP_X_FORWARDED_FOR="203.0.113.9"), 3600)
    assert Client().get("/konto/velkommen/forkert/", **from_("198.51.100.7")).status_code == 404


def test_a_cache_that_does_not_answer_lets_nobody_in(person, monkeypatch):
    def fails(*_args, **_kwargs):
        raise ConnectionError

    monkeypatch.setattr(cache, "add", fails)
    client = Client(raise_request_exception=False)
    assert client.post("/konto/log-ind/", {"login": ADDRESS, "password": PASSWORD}).status_code == 500
    assert client.get("/konto/").status_code == 302
