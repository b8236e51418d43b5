"""The first administrator, and why production does not start on a demo's data."""

import re
from io import StringIO

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core import mail
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import DatabaseError
from django.test import Client

from accounts import demo
from tests.accounts.conftest import PASSWORD, link_in

pytestmark = pytest.mark.django_db
TWICE = {"password1": PASSWORD, "password2": PASSWORD}


@pytest.fixture
def group():
    return Group.objects.get_or_create(name="Administrator")[0]


def create_admin(*arguments):
    out = StringIO()
    call_command("create_admin", *arguments, stdout=out)
    return out.getvalue()


def printed_link(said):
    return re.search(r"^http://127\.0\.0\.1:8000(/konto/velkommen/\S+)$", said, re.MULTILINE)[1]


def test_an_administrator_gets_the_group_and_no_right_beside_it(group, committed):
    with committed():
        said = create_admin("Ada@Kommune.test", "--name", "Ada")
    user = get_user_model().objects.get(email="ada@kommune.test")
    assert list(user.groups.all()) == [group] and user.name == "Ada"
    assert not user.is_staff and not user.is_superuser
    assert "ada@kommune.test er oprettet som administrator." in said
    assert mail.outbox[0].to == ["ada@kommune.test"]


@pytest.mark.parametrize("which", ["printed", "mailed"])
def test_the_printed_link_and_the_mailed_one_both_work_until_one_is_used(group, committed, which):
    with committed():
        said = create_admin("ada@kommune.test")
    links = {"printed": printed_link(said), "mailed": link_in(mail.outbox[0])}
    assert Client().post(links.pop(which), TWICE).status_code == 302
    (other,) = links.values()
    assert Client().post(other, TWICE).status_code == 404


def test_the_printed_link_outlives_a_mail_server_that_is_away(group, committed, monkeypatch):
    def fails(*_args, **_kwargs):
        raise ConnectionRefusedError

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", fails)
    with committed():
        said = create_admin("ada@kommune.test")
    call_command("send_letters", stdout=StringIO())
    assert Client().get(printed_link(said)).status_code == 200


def test_one_who_has_an_account_becomes_administrator_and_keeps_the_password(group, person, committed):
    with committed():
        said = create_admin(person.email)
    assert "er nu administrator" in said and "velkommen" not in said
    assert list(person.groups.all()) == [group] and not mail.outbox


def test_without_the_groups_nothing_is_made_and_it_says_what_to_do(db):
    Group.objects.filter(name="Administrator").delete()
    with pytest.raises(CommandError, match="set_up_roles"):
        create_admin("ada@kommune.test")
    assert not get_user_model().objects.exists()


def test_what_is_no_address_makes_no_administrator(group):
    with pytest.raises(CommandError, match="ikke en mailadresse"):
        create_admin("ada")


# --- demo accounts stay in the demo -----------------------------------------------------------------


@pytest.fixture
def production(settings):
    del settings.DEMO_PASSWORD


@pytest.fixture
def demo_account(db):
    return get_user_model().objects.create_user("administrator@forkant.example", PASSWORD)


def faults():
    return {fault.id for fault in run_checks(databases=["default"])} & {"accounts.E001"}


def test_production_does_not_start_with_a_demo_account(production, demo_account):
    with pytest.raises(ImproperlyConfigured, match=r"Siden starter ikke.*administrator@forkant\.example"):
        demo.refuse_demo_accounts()
    assert faults() == {"accounts.E001"}


def test_production_starts_without_one(production, person):
    demo.refuse_demo_accounts()
    assert not faults()


def test_production_starts_when_the_demo_account_cannot_sign_in(production, demo_account):
    get_user_model().objects.update(is_active=False)
    demo.refuse_demo_accounts()
    demo_account.set_unusable_password()
    demo_account.is_active = True
    demo_account.save()
    demo.refuse_demo_accounts()
    assert not faults()


def test_the_demo_starts_with_its_accounts(demo_account):
    demo.refuse_demo_accounts()
    assert not faults()


def test_a_database_that_does_not_answer_stops_no_worker(production, monkeypatch):
    def fails(using):
        raise DatabaseError

    monkeypatch.setattr(demo, "demo_accounts", fails)
    demo.refuse_demo_accounts()


def test_the_server_asks_before_it_answers_anybody(settings):
    text = (settings.ROOT / "site" / "config" / "wsgi.py").read_text(encoding="utf-8")
    assert re.search(r"^refuse_demo_accounts\(\)$", text, re.MULTILINE)


@pytest.mark.parametrize(
    ("backend", "ids"),
    [
        ("django.core.cache.backends.locmem.LocMemCache", {"accounts.W001"}),
        ("django.core.cache.backends.dummy.DummyCache", {"accounts.W001"}),
        ("django.core.cache.backends.redis.RedisCache", set()),
    ],
)
def test_limits_that_no_two_processes_share_are_told_of_before_going_live(settings, backend, ids):
    settings.CACHES = {"default": {"BACKEND": backend, "LOCATION": "redis://127.0.0.1:6379"}}
    found = {fault.id for fault in run_checks(include_deployment_checks=True)}
    assert found & {"accounts.W001"} == ids
    assert "accounts.W001" not in {fault.id for fault in run_checks()}


@pytest.mark.parametrize(
    ("mailbox", "server", "ids"),
    [
        ("svar@post.example", "ingen", {"accounts.W002"}),
        ("svar@post.example", "", {"accounts.W003"}),
        ("svar@post.example", "mx.post.example", set()),
        ("", "", set()),
        ("", "ingen", set()),
    ],
)
def test_that_nobody_vouches_for_senders_is_told_before_going_live(settings, mailbox, server, ids):
    settings.MAIL_IN, settings.MAIL_IN_TRUSTS = mailbox, server
    found = {fault.id for fault in run_checks(include_deployment_checks=True)}
    both = {"accounts.W002", "accounts.W003"}
    assert found & both == ids
    assert not both & {fault.id for fault in run_checks()}
