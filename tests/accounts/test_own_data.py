"""A member takes along everything that is kept about her: every column is classified, and the door is watched."""

import json
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.apps import apps
from django.conf import settings
from django.test import Client
from wagtail.models import Page

from accounts.models import User
from accounts.own_data import REST, left_out, parts
from tests.accounts.conftest import ADDRESS, PASSWORD

pytestmark = pytest.mark.django_db
PLACE = "/konto/mine-data/"
OURS = {"accounts", "cases", "content", "home", "methods", "network", "search", "taxonomy"}


def pointing_at_people():
    """Every column of every table that points at a person, as (model, column)."""
    for model in apps.get_models():
        for column in (*model._meta.local_fields, *model._meta.local_many_to_many):
            if column.is_relation and column.related_model is User:
                yield model, column.name


def is_page_with_care(model):
    """Who looks after a page stands on the page; all kinds are told as one part."""
    return issubclass(model, Page)


def test_whatever_points_at_a_person_is_taken_along_or_left_out_for_a_reason():
    """A new model that points at people fails here: bring it in the own_data.py of its room, or say why not."""
    whose = {(part.model, column) for part in parts() for column in (*part.whose, *part.leaves)}
    whole = {part.model for part in parts() if REST in part.leaves} | set(left_out())
    missing = [
        f"{model._meta.label}.{column}"
        for model, column in pointing_at_people()
        if (model, column) not in whose and model not in whole and not is_page_with_care(model)
    ]
    assert not missing
    assert all(left_out().values())


def test_every_column_of_a_row_that_is_hers_is_told_or_left_out_for_a_reason():
    """A new column fails here: tell it, or say why not."""
    for part in parts():
        columns = {column.name for column in (*part.model._meta.concrete_fields, *part.model._meta.many_to_many)}
        columns.discard(part.model._meta.pk.name)
        said = {*part.tells, *part.leaves, *(column for column in part.whose if "__" not in column and column != "pk")}
        assert all(part.leaves.values()), part.model
        if REST in part.leaves:
            assert part.model._meta.app_label not in OURS or part.model._meta.app_label == "content"
            assert set(part.tells) <= columns
        else:
            assert said == columns, (part.model, said ^ columns)
        assert set(part.own_words) <= set(part.tells) and set(part.in_words) <= set(part.tells)


def confirmed(client):
    """She is signed in, and has written her password once more."""
    client.post("/konto/log-ind/", {"login": ADDRESS, "password": PASSWORD})
    client.post("/konto/bekraeft/", {"password": PASSWORD})
    return client


def test_the_password_is_asked_once_more_before_anything_is_handed_out(person, client):
    assert client.get(PLACE).headers["Location"].startswith("/konto/log-ind/")
    client.post("/konto/log-ind/", {"login": ADDRESS, "password": PASSWORD})
    for response in (client.get(PLACE), client.post(PLACE)):
        assert response.status_code == 302 and response.headers["Location"].startswith("/konto/bekraeft/")
    wrong = client.post(f"/konto/bekraeft/?next={PLACE}", {"password": "ikke-den", "next": PLACE})
    assert wrong.status_code != 302 and "application/zip" not in wrong.headers["Content-Type"]
    # She had pressed the button, so the file is what she gets once it is her; and from then on the page is hers.
    answer = client.post(f"/konto/bekraeft/?next={PLACE}", {"password": PASSWORD, "next": PLACE})
    assert answer.headers["Content-Type"] == "application/zip"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "Hent filen" in client.get(PLACE).text


def test_the_file_holds_a_page_to_read_and_the_same_for_a_machine(person, client, caplog):
    with caplog.at_level("INFO", logger="accounts.own_data_views"):
        response = confirmed(client).post(PLACE)
    assert response.headers["Content-Type"] == "application/zip"
    assert response.headers["Cache-Control"] == "private, no-store"
    assert response.headers["Content-Disposition"].startswith('attachment; filename="mine-data-2')
    archive = ZipFile(BytesIO(response.content))
    assert archive.namelist() == ["mine-data.json", "laes-mig.html"]
    told = json.loads(archive.read("mine-data.json"))
    (account,) = told["Din konto"]
    assert account["Navn"] == "Paula Planlægger" and account["Mailadresse"] == ADDRESS
    page = archive.read("laes-mig.html").decode()
    assert "Paula Planlægger" in page and "Din konto" in page and "<script" not in page and "http" not in page
    assert person.password not in page and "password" not in archive.read("mine-data.json").decode()
    (line,) = [record.getMessage() for record in caplog.records if "Own data" in record.getMessage()]
    assert line == f"Own data: handed out to user {person.pk}"


def test_it_is_handed_out_five_times_an_hour(person, client):
    confirmed(client)
    number, _span, _who = settings.ACCOUNT_RATE_LIMITS["own_data"].replace("/", " ").split()
    assert [client.post(PLACE).status_code for _time in range(int(number))] == [200] * 5
    refused = client.post(PLACE)
    assert refused.status_code == 429 and int(refused.headers["Retry-After"]) > 0


def test_no_other_site_can_make_her_browser_fetch_it(person):
    client = confirmed(Client(enforce_csrf_checks=False))
    client.handler.enforce_csrf_checks = True
    assert client.post(PLACE).status_code == 403
