"""Many at the same time: a key lets one in, a letter is sent once. SQLite lets in one writer at a time anyway."""

import threading

import pytest
from django.contrib.auth import get_user_model
from django.core import mail
from django.db import connection

from accounts import letters
from accounts.letters import Words, deliver
from accounts.models import Letter
from accounts.welcome import make_key, use_key

pytestmark = pytest.mark.skipif(connection.vendor != "postgresql", reason="PostgreSQL er ikke brugt.")
MANY = 20


@pytest.fixture
def newcomer(django_db_setup, django_db_blocker):
    """Someone new, in rows that are really committed: other connections see no others."""
    with django_db_blocker.unblock():
        user = get_user_model().objects.create_user("paa-en-gang@kommune.test")
        yield user
        user.delete()


def at_once(act):
    gate, answers = threading.Barrier(MANY), []

    def one():
        try:
            gate.wait()
            answers.append(act())
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _ in range(MANY)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_of_many_with_one_key_one_is_let_in(newcomer):
    key = make_key(newcomer).rstrip("/").rpartition("/")[2]
    answers = at_once(lambda: use_key(key))
    assert len(answers) == MANY
    assert [user for user in answers if user] == [newcomer]


def test_of_many_senders_of_one_letter_one_sends(newcomer, monkeypatch):
    words = Words("Prøve", "account/email/welcome_message", {"link": "x"})
    monkeypatch.setattr(letters, "_writers", {"trial": lambda letter: words})
    letter = Letter.objects.create(kind="trial", recipient=newcomer)
    answers = at_once(lambda: deliver(Letter.objects.get(pk=letter.pk)))
    assert sorted(answers) == [False] * (MANY - 1) + [True]
    assert len(mail.outbox) == 1
