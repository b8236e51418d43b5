"""The stop link in a mail: signed, without a sign-in, by one click or by the page, with a way back."""

import re

import pytest
from django.test import Client

from accounts import stops
from accounts.checks import mailbox_for_answers_is_short
from accounts.stops import headers, link

pytestmark = pytest.mark.django_db
PATH = "http://127.0.0.1:8000"


@pytest.fixture
def lists(monkeypatch):
    """A kind of mail of the test's own: `on` holds who gets it."""
    monkeypatch.setattr(stops, "_kinds", dict(stops._kinds))
    levels = {}

    @stops.stops("trial")
    class Trial:
        def says(user, pk):
            return f"mail om prøve {pk}" if pk != 13 else None

        def stop(user, pk):
            return levels.pop((user.pk, pk), "none")

        def resume(user, pk, before):
            levels[user.pk, pk] = before

    return levels


def place(address):
    assert address.startswith(f"{PATH}/konto/stop-mail/")
    return address.removeprefix(PATH)


def test_looking_says_what_would_be_stopped_and_stops_nothing(person, lists, visitor):
    lists[person.pk, 7] = "all"
    for _scanner in range(3):
        page = visitor.get(place(link(person, "trial:7")))
    assert "Knappen stopper mail om prøve 7." in page.content.decode()
    assert lists == {(person.pk, 7): "all"}
    assert page.headers["Cache-Control"] == "private, no-store"


def test_one_click_of_a_mail_program_stops_at_once_without_cookie_or_form(person, lists):
    lists[person.pk, 7] = "all"
    told = headers(person, "trial:7", list_name="rum-7")
    assert told["List-Id"] == "<rum-7.forkant.example>"
    assert told["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    client = Client(enforce_csrf_checks=True)
    answer = client.post(
        place(told["List-Unsubscribe"].strip("<>")),
        "List-Unsubscribe=One-Click",
        content_type="application/x-www-form-urlencoded",
    )
    assert answer.status_code == 200 and not lists
    assert "Du får ikke længere mail om prøve 7." in answer.content.decode()


def test_the_way_back_leads_to_how_it_was(person, lists, visitor):
    lists[person.pk, 7] = "new-threads"
    page = visitor.post(place(link(person, "trial:7"))).content.decode()
    again = re.search(r'name="again" value="([^"]+)"', page)[1]
    assert not lists
    page = visitor.post(place(link(person, "trial:7")), {"again": again}).content.decode()
    assert lists == {(person.pk, 7): "new-threads"}
    assert "Fra nu af får du igen mail om prøve 7." in page


def test_the_way_back_of_one_link_brings_nothing_else_back(person, lists, visitor):
    lists[person.pk, 7] = "all"
    page = visitor.post(place(link(person, "trial:7"))).content.decode()
    again = re.search(r'name="again" value="([^"]+)"', page)[1]
    for key in (again, again[:-1] + "x", "noget"):
        page = visitor.post(place(link(person, "trial:8")), {"again": key}).content.decode()
        assert "Vejen tilbage virker ikke" in page
    assert not lists


def test_what_may_not_be_named_any_more_can_still_be_stopped(person, lists, visitor):
    lists[person.pk, 13] = "all"
    assert "prøve" not in visitor.get(place(link(person, "trial:13"))).content.decode()
    assert "Du får ikke længere den slags mail." in visitor.post(place(link(person, "trial:13"))).content.decode()
    assert not lists


def test_an_altered_link_and_one_of_a_closed_account_stop_nothing(person, lists, visitor):
    lists[person.pk, 7] = "all"
    good = place(link(person, "trial:7"))
    for bad in (good.replace(":7~", ":8~"), good[:-3] + "aa/", "/konto/stop-mail/noget/"):
        assert visitor.post(bad).status_code == 404
    person.is_active = False
    person.save()
    assert visitor.post(good).status_code == 404
    assert lists


def test_a_link_for_what_nobody_has_registered_is_refused(person, lists):
    with pytest.raises(LookupError):
        link(person, "unheard-of:1")
    with pytest.raises(ValueError, match="trial"):
        stops.stops("trial")(object())


@pytest.mark.parametrize(
    ("mailbox", "is_fault"),
    [
        ("", False),
        ("svar@post.example", False),
        ("svar", True),
        ("@post.example", True),
        ("svar+traad@post.example", True),
        ("et-navn-der-er-langt@post.example", True),
    ],
)
def test_a_mailbox_that_answers_cannot_come_to_is_an_error(settings, mailbox, is_fault):
    settings.MAIL_IN = mailbox
    assert bool(mailbox_for_answers_is_short(None)) is is_fault
