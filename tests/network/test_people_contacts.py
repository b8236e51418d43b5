"""Who can be asked, on the pages of municipalities and methods: told to members, by what each shows."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from methods.models import MethodPage
from network.contacts import MOST
from network.models import Municipality, Profile, Seen
from tests.factories import MemberFactory, MethodUseFactory, UserFactory
from tests.network.test_people_sight import everything, shared, show
from tests.network.test_rooms_pages import as_, said

pytestmark = pytest.mark.django_db
CONTACTS, ASKED = "Kontakter i netværket", "Kan spørges om det"


@pytest.fixture
def place(campaign):
    return Municipality.objects.get(name="Lemvig")


@pytest.fixture
def anna(place):
    user = MemberFactory(name="Anna Prøve", profile__role="havnefoged", profile__municipality=place)
    everything(user, Seen.ME)
    show(user, place=Seen.NETWORK, role=Seen.NETWORK)
    return user


@pytest.fixture
def method(campaign):
    return MethodPage.objects.get(slug="kvalitative-interviews")


def test_the_municipality_tells_members_who_is_there_and_nobody_else(anna, place):
    address = place.get_absolute_url()
    inside = as_(MemberFactory()).get(address)
    assert CONTACTS in said(inside) and "Anna Prøve Havnefoged" in said(inside)
    assert inside.headers["Cache-Control"] == "private, no-store"
    for client in (Client(), as_(UserFactory())):
        outside = client.get(address)
        assert CONTACTS not in said(outside) and "Anna Prøve" not in said(outside)
    outside = Client().get(address)
    assert "Cookie" not in outside.headers.get("Vary", "")
    assert "private" not in outside.headers.get("Cache-Control", "")


def test_a_stranger_costs_no_query_more_for_the_contacts_there_are(anna, place):
    def queries():
        with CaptureQueriesContext(connection) as found:
            Client().get(place.get_absolute_url())
        return len(found)

    queries()
    before = queries()
    MemberFactory(profile__municipality=place)
    assert queries() == before


def test_who_hides_her_place_is_no_contact_there_but_for_those_she_shows_it(anna, place):
    reader, colleague = MemberFactory(), shared(anna)
    for to, who in ((Seen.ME, []), (Seen.SPACES, [colleague]), (Seen.NETWORK, [reader, colleague])):
        show(anna, place=to)
        for person in (reader, colleague):
            page = said(as_(person).get(place.get_absolute_url()))
            assert ("Anna Prøve" in page) is (person in who), to
    anna.is_active = False
    anna.save()
    assert "Anna Prøve" not in said(as_(reader).get(place.get_absolute_url()))


def test_of_many_contacts_some_are_shown_and_the_way_leads_to_all(anna, place):
    for number in range(MOST):
        MemberFactory(name=f"Bo {number}", profile__municipality=place)
    reader = as_(MemberFactory())
    page = reader.get(place.get_absolute_url())
    assert "Bo 4" in said(page) and "Bo 5" not in said(page)
    assert f"/netvaerk/medlemmer/?kommune={place.slug}" in page.content.decode()
    assert reader.get(f"/netvaerk/medlemmer/?kommune={place.slug}").context["found"].total == MOST + 1


def test_a_method_tells_members_whom_to_ask_by_their_own_word_or_their_municipality_s_use(anna, place, method):
    reader = MemberFactory()
    assert ASKED not in said(as_(reader).get(method.url))
    profile = Profile.objects.get(user=anna)
    profile.methods.add(method.pk)
    assert ASKED not in said(as_(reader).get(method.url))
    show(anna, topics=Seen.NETWORK)
    page = as_(reader).get(method.url)
    assert ASKED in said(page) and "Anna Prøve" in said(page)
    assert page.headers["Cache-Control"] == "private, no-store"
    assert "Anna Prøve" not in said(Client().get(method.url))
    profile.methods.clear()
    assert "Anna Prøve" not in said(as_(reader).get(method.url))
    MethodUseFactory(method=method, municipality=place)
    assert "Anna Prøve" in said(as_(reader).get(method.url))
    show(anna, place=Seen.ME)
    assert "Anna Prøve" not in said(as_(reader).get(method.url))
