"""A space is searched alone, and so are all that one is in; what is closed is answered as what is not there."""

import pytest
from bs4 import BeautifulSoup
from django.core.cache import cache
from django.test import Client

from content import findable
from network.models import Space
from search import outbox
from tests.factories import MemberFactory, MembershipFactory, PostFactory, SpaceFactory, ThreadFactory

pytestmark = pytest.mark.django_db

WORD = "kvabsoplukning"


@pytest.fixture(autouse=True)
def _no_tries_before():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def said(campaign):
    """The same word in an own space, in another one's closed space and in an open one."""
    own, closed = SpaceFactory(name="Eget rum"), SpaceFactory(name="Lukket rum", kind=Space.Kind.HIDDEN)
    everyone = SpaceFactory(name="Åbent rum", kind=Space.Kind.OPEN)
    for space in (own, closed, everyone):
        thread = ThreadFactory(space=space, title=f"{WORD.capitalize()} i {space.name}")
        PostFactory(thread=thread, text=f"Et svar om {WORD}.")
    outbox.work()
    return own, closed, everyone


@pytest.fixture
def member(said):
    return MembershipFactory(space=said[0]).user


def found(user, **asked):
    client = Client()
    if user is not None:
        client.force_login(user, backend="network.backends.MemberBackend")
    response = client.get("/soeg/", {"q": WORD, **asked})
    assert response.status_code == 200
    page = BeautifulSoup(response.content, "html.parser")
    return page, [link.get_text() for link in page.select(".entries .entry__title a")]


def test_in_a_space_only_what_is_said_there_is_found(said, member):
    own, _closed, everyone = said
    for space, other in ((own, everyone), (everyone, own)):
        page, titles = found(member, rum=space.slug)
        assert titles and all(space.name in title or other.name not in title for title in titles)
        assert not any(other.name in title for title in titles)
        assert f"Rummet »{space.name}«" in page.get_text()
    assert len(found(member)[1]) == 4


def test_my_spaces_are_searched_together(said, member):
    own, closed, everyone = said
    _page, titles = found(member, rum="mine-rum")
    assert any(own.name in title for title in titles) and not any(everyone.name in title for title in titles)
    MembershipFactory(space=closed, user=member)
    assert any(closed.name in title for title in found(member, rum="mine-rum")[1])


@pytest.mark.parametrize("reader", ["stranger", "member of the network"])
def test_a_closed_space_is_answered_as_one_that_is_not_there(said, member, reader):
    user = None if reader == "stranger" else MemberFactory()
    _own, closed, _everyone = said
    page, titles = found(user, rum=closed.slug)
    other, other_titles = found(user, rum="findes-ikke")
    assert titles == other_titles
    assert page.get_text().replace(closed.slug, "findes-ikke") == other.get_text()
    assert closed.name not in page.get_text()
    assert findable.corner_of(user, closed.slug) is None


def test_who_left_searches_there_no_more(said, member):
    own = said[0]
    assert found(member, rum=own.slug)[1]
    own.memberships.filter(user=member).delete()
    page, titles = found(member, rum=own.slug)
    assert not any(own.name in title for title in titles)
    assert found(member, rum="mine-rum")[1] == []


def test_choices_and_the_next_search_stay_in_the_space_until_one_leaves_it(said, member):
    own = said[0]
    page, _titles = found(member, rum=own.slug)
    main = page.find("main")
    assert {field["value"] for field in main.select('input[name="rum"]')} == {own.slug}
    tabs = [link["href"] for link in main.select(".tabs a")]
    assert tabs and all(f"rum={own.slug}" in href for href in tabs)
    away = main.find("a", string=lambda text: text and "Søg på hele siden" in text)
    away = away or next(link for link in main.find_all("a") if "Søg på hele siden" in link.get_text())
    assert "rum=" not in away["href"]


def test_the_box_stands_in_a_space_and_on_the_front_page(said, member):
    client = Client()
    client.force_login(member, backend="network.backends.MemberBackend")
    for address, name in ((said[0].get_absolute_url(), said[0].slug), ("/netvaerk/", "mine-rum")):
        page = BeautifulSoup(client.get(address).content, "html.parser")
        assert page.find("main").select_one('form[role="search"] input[name="rum"]')["value"] == name
