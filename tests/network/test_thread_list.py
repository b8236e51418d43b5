"""What is new to a reader stands first in the list of a space, whatever page it would be on by its date."""

from datetime import timedelta

import pytest
from django.utils import timezone

from network import thread_list
from network.models import Thread
from network.permissions import thread_for
from network.reading import mark_read
from tests.factories import MemberFactory, MembershipFactory, PostFactory, SpaceFactory, ThreadFactory
from tests.network.test_rooms_pages import as_, asked, listed, said

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def short_pages(monkeypatch):
    monkeypatch.setattr(thread_list, "A_PAGE", 3)


@pytest.fixture
def space(campaign):
    return SpaceFactory(name="Tomme boliger")


@pytest.fixture
def reader(space):
    """In the space since three days ago."""
    then = timezone.now() - timedelta(days=3)
    return MembershipFactory(space=space, joined_at=then, read_until=then).user


@pytest.fixture
def threads(space, reader):
    """Nine, the first the newest; what is in those at 4 and 7 the reader has not read."""
    made = [ThreadFactory(space=space, title=f"Tråd {place}") for place in range(9)]
    for place, thread in enumerate(made):
        at = timezone.now() - timedelta(hours=place)
        Thread.objects.visible_to(reader).filter(pk=thread.pk).update(last_post_at=at)
        if place not in (4, 7):
            mark_read(reader, thread_for(reader, thread.pk), 1)
    return made


def places(reader, space, **params):
    page = as_(reader).get(space.get_absolute_url(), params)
    assert page.status_code == 200
    return [int(thread.title.removeprefix("Tråd ")) for thread in page.context["list"].rows]


def test_what_is_new_comes_first_and_the_others_follow_by_date(space, reader, threads):
    pages = [places(reader, space, side=number) for number in (1, 2, 3)]
    assert pages == [[4, 7, 0], [1, 2, 3], [5, 6, 8]]


def test_what_is_new_can_be_longer_than_a_page(space, reader):
    made = [ThreadFactory(space=space, title=f"Tråd {place}") for place in range(8)]
    for place in (0, 1, 3):
        mark_read(reader, thread_for(reader, made[place].pk), 1)
    pages = [places(reader, space, side=number) for number in (1, 2, 3)]
    assert pages == [[7, 6, 5], [4, 2, 3], [1, 0]]


def test_the_pinned_stand_before_what_is_new(space, reader, threads):
    Thread.objects.visible_to(reader).filter(pk__in=[threads[7].pk, threads[8].pk]).update(pinned_at=timezone.now())
    assert places(reader, space) == [7, 8, 4, 0, 1]
    assert places(reader, space, side=2) == [2, 3, 5]


def test_unread_can_be_chosen_alone_with_its_number(space, reader, threads):
    Thread.objects.visible_to(reader).filter(pk=threads[7].pk).update(pinned_at=timezone.now())
    page = as_(reader).get(space.get_absolute_url())
    assert "Ulæste 2" in said(page) and "Ulæste først" in said(page)
    assert places(reader, space, vis="ulaeste") == [7, 4]
    for thread in threads:
        mark_read(reader, thread_for(reader, thread.pk), 1)
    assert "Du har læst alt i rummet" in said(as_(reader).get(space.get_absolute_url(), {"vis": "ulaeste"}))


def test_another_choice_has_what_is_new_first_too(space, reader, threads):
    PostFactory(thread=threads[7])
    pages = [places(reader, space, vis="uden-svar", side=number) for number in (1, 2, 3)]
    assert pages == [[4, 0, 1], [2, 3, 5], [6, 8]]


def test_who_is_not_in_the_space_has_no_news_of_it(space, threads):
    space.kind = space.Kind.OPEN
    space.save()
    outside = MemberFactory()
    page = said(as_(outside).get(space.get_absolute_url()))
    assert "Ulæste" not in page and "Nyeste øverst" in page
    assert places(outside, space, vis="ulaeste") == [0, 1, 2]


def test_what_is_new_costs_the_same_for_many_threads(space, reader, threads):
    few = asked(reader, space.get_absolute_url())
    for place in range(9, 30):
        ThreadFactory(space=space, title=f"Tråd {place}")
    many = asked(reader, space.get_absolute_url())
    assert len(many) <= len(few), f"few: {listed(few)}\n\nmany: {listed(many)}"
