"""A municipality is found by typing a part of its name, in every form that names one."""

import re

import pytest
from django.urls import reverse

from cases.models import CaseIndexPage, ProjectIndexPage
from methods.models import MethodIndexPage
from network.models import Municipality
from tests.desk import group, person
from tests.factories import MunicipalityFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(client, campaign):
    user = person(group("Redaktør", "add", "change"))
    client.force_login(user)
    return client


def results(client, words=""):
    html = client.get(reverse("municipality_chooser:choose_results"), {"q": words}).content.decode()
    return re.findall(r"data-chooser-modal-choice[^>]*>\s*([^<]+?)\s*<", html), html


def test_the_window_lists_the_municipalities_in_danish_order_with_their_region(editor):
    names, html = results(editor)
    assert names == [place.full_name for place in Municipality.objects.order_by("sort_key")[:20]]
    assert "Region Hovedstaden" in html


@pytest.mark.parametrize(
    ("words", "name"), [("ærø", "Ærø Kommune"), ("AEROE", "Ærø Kommune"), ("mvig", "Lemvig Kommune")]
)
def test_a_part_of_the_name_finds_it_however_it_is_typed(editor, words, name):
    assert results(editor, words)[0] == [name]


def test_a_region_finds_those_in_it(editor):
    names, _html = results(editor, "nordjylland")
    assert "Læsø Kommune" in names
    assert "Lemvig Kommune" not in names


def test_a_made_up_municipality_is_never_offered(editor):
    MunicipalityFactory(name="Opdigtet", is_fictional=True)
    assert results(editor, "opdigtet")[0] == []


def test_the_chosen_one_comes_back_with_its_id_and_name(editor):
    place = Municipality.objects.get(slug="lemvig")
    answer = editor.get(reverse("municipality_chooser:chosen", args=[place.pk])).json()
    assert (answer["result"]["id"], answer["result"]["title"]) == (str(place.pk), "Lemvig Kommune")


@pytest.mark.parametrize(
    ("index", "app", "model"),
    [
        (MethodIndexPage, "methods", "methodpage"),
        (ProjectIndexPage, "cases", "projectpage"),
        (CaseIndexPage, "cases", "casestorypage"),
    ],
)
def test_every_form_that_names_a_municipality_has_the_chooser(editor, index, app, model):
    html = editor.get(reverse("wagtailadmin_pages:add", args=[app, model, index.objects.get().pk])).content.decode()
    assert reverse("municipality_chooser:choose") in html
    assert not re.search(r'<select[^>]*name="[^"]*municipality"', html)


def test_a_stranger_is_not_shown_the_window(visitor, campaign):
    assert visitor.get(reverse("municipality_chooser:choose")).status_code == 302
