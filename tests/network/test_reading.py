"""What is new to a reader, where a thread opens, and what a page that lies open is told."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from network.discuss import reply
from network.models import Membership, Post, ReadMarker, Showing, Thread
from network.permissions import thread_for
from network.reading import mark_read, news_for, opens_at, unread_by_space
from tests.factories import MemberFactory, MembershipFactory, SpaceFactory, ThreadFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def space():
    return SpaceFactory(name="Tomme huse")


@pytest.fixture
def reader(space):
    """In the space since yesterday."""
    yesterday = timezone.now() - timedelta(days=1)
    return MembershipFactory(space=space, joined_at=yesterday, read_until=yesterday).user


@pytest.fixture
def thread(space):
    return ThreadFactory(space=space)


def more(thread, number, author=None):
    for n in range(number):
        reply(author or thread.author, thread, f"Svar nummer {n}.")
    return thread


def as_(user):
    client = Client()
    client.force_login(user)
    return client


def said(response):
    return response.content.decode()


def address(name, thread):
    return reverse(name, args=[thread.space.slug, thread.pk, thread.slug])


def numbers(user):
    return {thread.pk: thread.unread for thread in news_for(user)}


# --- what is new ----------------------------------------------------------------------------------------


def test_what_others_wrote_since_one_came_is_new_until_it_is_read(thread, reader):
    more(thread, 2)
    assert numbers(reader) == {thread.pk: 3}
    as_(reader).get(thread.get_absolute_url())
    assert numbers(reader) == {}
    more(thread, 1)
    assert numbers(reader) == {thread.pk: 1}


def test_ones_own_posts_are_never_new(thread, reader):
    reply(reader, thread, "Mit eget svar.")
    assert numbers(reader) == {thread.pk: 1}
    assert numbers(thread.author) == {thread.pk: 1}


def test_what_was_written_before_one_came_is_not_new(thread):
    late = MembershipFactory(space=thread.space).user
    assert numbers(late) == {}
    more(thread, 1)
    assert numbers(late) == {thread.pk: 1}


@pytest.mark.parametrize("state", [Showing.HELD, Showing.HIDDEN, Showing.REMOVED])
def test_what_is_not_shown_is_not_counted(thread, reader, state):
    more(thread, 1)
    Post.objects.visible_to(reader).filter(thread=thread, number=2).update(state=state)
    assert numbers(reader) == {thread.pk: 1}


def test_nothing_is_new_to_someone_who_was_taken_out_or_never_was_in(thread, reader):
    Membership.objects.filter(user=reader).delete()
    assert numbers(reader) == numbers(MemberFactory()) == {}


def test_everything_is_counted_as_read_by_one_press_in_one_space_or_in_all(thread, reader):
    other = ThreadFactory(space=MembershipFactory(user=reader, read_until=thread.created_at).space)
    client = as_(reader)
    assert client.post(reverse("read-all"), {"rum": thread.space.slug}).status_code == 302
    assert numbers(reader) == {other.pk: 1}
    client.post(reverse("read-all"))
    assert numbers(reader) == {}


def test_nobody_counts_as_read_in_a_space_that_is_hidden_from_her(thread, reader):
    hidden = SpaceFactory(kind="hidden")
    assert as_(reader).post(reverse("read-all"), {"rum": hidden.slug}).status_code == 404


def test_news_are_counted_by_space(thread, reader):
    more(thread, 1)
    second = ThreadFactory(space=thread.space)
    third = ThreadFactory(space=MembershipFactory(user=reader, read_until=thread.created_at).space)
    assert unread_by_space(news_for(reader)) == {thread.space_id: 3, third.space_id: 1}
    assert second.pk in numbers(reader)


def test_news_take_the_same_two_queries_for_many_threads_as_for_one(thread, reader, django_assert_num_queries):
    for _ in range(5):
        ThreadFactory(space=thread.space)
    with django_assert_num_queries(1):
        assert len(news_for(reader)) == 6


# --- the marker -----------------------------------------------------------------------------------------


def test_the_marker_goes_on_and_never_back(thread, reader):
    more(thread, 4)
    for number, stands in ((3, 3), (2, 3), (5, 5)):
        mark_read(reader, thread_for(reader, thread.pk), number)
        assert ReadMarker.objects.get(user=reader).number == stands


def test_two_tabs_that_began_at_the_same_place_leave_the_further_marker(thread, reader):
    more(thread, 4)
    mark_read(reader, thread_for(reader, thread.pk), 1)
    one, other = thread_for(reader, thread.pk), thread_for(reader, thread.pk)
    mark_read(reader, one, 5)
    mark_read(reader, other, 2)
    assert ReadMarker.objects.get(user=reader).number == 5


def test_a_stranger_leaves_no_marker(thread):
    Client().get(thread.get_absolute_url())
    assert not ReadMarker.objects.exists()


# --- where a thread opens ---------------------------------------------------------------------------------


def test_the_line_stands_above_the_first_that_is_new_and_says_how_many(thread, reader):
    client = as_(reader)
    first = said(client.get(thread.get_absolute_url()))
    assert 'id="nyt"' not in first
    more(thread, 2)
    page = said(client.get(thread.get_absolute_url()))
    assert "2 nye indlæg siden sidst" in page
    assert page.index('id="indlaeg-1"') < page.index('id="nyt"') < page.index('id="indlaeg-2"')
    assert 'id="nyt"' not in said(client.get(thread.get_absolute_url()))


def test_a_long_thread_opens_at_the_line_and_has_a_way_to_the_top(thread, reader):
    more(thread, 34)
    client = as_(reader)
    client.get(f"{thread.get_absolute_url()}?side=2")
    more(thread, 40)
    response = client.get(thread.get_absolute_url())
    assert response.url == f"{thread.get_absolute_url()}?side=2#nyt"
    page = said(client.get(response.url))
    assert "40 nye indlæg siden sidst" in page
    assert f"{thread.get_absolute_url()}?side=1" in page
    assert client.get(f"{thread.get_absolute_url()}?side=1").status_code == 200


def test_a_long_thread_that_is_read_opens_at_its_last_post(thread, reader):
    more(thread, 34)
    client = as_(reader)
    client.get(f"{thread.get_absolute_url()}?side=2")
    assert client.get(thread.get_absolute_url()).url == f"{thread.get_absolute_url()}?side=2#indlaeg-35"


@pytest.mark.parametrize(
    ("typed", "leads_to"), [("33", "?side=2#indlaeg-33"), ("0", "#indlaeg-1"), ("999999", "?side=2#indlaeg-35")]
)
def test_any_post_is_reached_by_its_number(thread, reader, typed, leads_to):
    more(thread, 34)
    response = as_(reader).get(f"{thread.get_absolute_url()}?nr={typed}")
    assert response.url == thread.get_absolute_url() + leads_to


def test_what_is_no_number_leads_to_the_thread(thread, reader):
    assert as_(reader).get(f"{thread.get_absolute_url()}?nr=%C2%B2").url == thread.get_absolute_url()


def test_the_lasting_address_of_a_post_leads_to_where_it_stands(thread, reader):
    more(thread, 34)
    post = Post.objects.visible_to(reader).select_related("thread__space").get(thread=thread, number=31)
    assert as_(reader).get(post.get_absolute_url()).url == f"{thread.get_absolute_url()}?side=2#indlaeg-31"
    missing = reverse("post", args=[thread.space.slug, thread.pk, thread.slug, 36])
    assert as_(reader).get(missing).status_code == 404


def test_a_gap_in_the_numbers_moves_no_other_post(thread, reader):
    more(thread, 34)
    Post.objects.visible_to(reader).filter(thread=thread, number__in=[3, 4]).delete()
    assert opens_at(thread_for(reader, thread.pk)) == 1
    page = said(as_(reader).get(f"{thread.get_absolute_url()}?side=2"))
    assert 'id="indlaeg-31"' in page
    assert 'id="indlaeg-30"' not in page


# --- a page that lies open --------------------------------------------------------------------------------


def test_an_open_page_is_told_how_many_answers_have_come(thread, reader):
    client = as_(reader)
    quiet = client.get(address("thread-news", thread), {"efter": 1})
    assert (quiet.status_code, said(quiet)) == (204, "")
    assert (
        client.get(address("thread-news", thread), {"efter": 1}, HTTP_IF_NONE_MATCH=quiet["ETag"]).status_code == 304
    )
    more(thread, 2)
    told = client.get(address("thread-news", thread), {"efter": 1}, HTTP_IF_NONE_MATCH=quiet["ETag"])
    assert told.status_code == 200
    assert "2 nye svar" in said(told)
    assert f"{thread.get_absolute_url()}#indlaeg-2" in said(told)


def test_being_told_moves_no_marker(thread, reader):
    more(thread, 2)
    as_(reader).get(address("thread-news", thread), {"efter": 1})
    assert numbers(reader) == {thread.pk: 3}


def test_who_was_taken_out_is_told_nothing_not_even_that_nothing_changed(thread, reader):
    client = as_(reader)
    tag = client.get(address("thread-news", thread), {"efter": 1})["ETag"]
    Membership.objects.filter(user=reader).delete()
    answer = client.get(address("thread-news", thread), {"efter": 1}, HTTP_IF_NONE_MATCH=tag)
    assert answer.status_code == 403
    assert "ETag" not in answer.headers


@pytest.mark.parametrize("after", ["", "x", "-1", "²", "9" * 400])
def test_what_is_no_number_is_a_clear_400(thread, reader, after):
    answer = as_(reader).get(address("thread-news", thread), {"efter": after})
    assert answer.status_code == 400
    assert "nummer" in said(answer)


def test_a_thread_that_is_gone_is_gone_for_the_open_page_too(thread, reader):
    Thread.objects.visible_to(reader).filter(pk=thread.pk).update(state=Showing.HIDDEN)
    assert as_(reader).get(address("thread-news", thread), {"efter": 1}).status_code == 404
