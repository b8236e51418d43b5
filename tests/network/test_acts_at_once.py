"""Many at the same moment: everyone is counted once, and nothing that was sent is lost.

SQLite lets in one at a time.
"""

import threading

import pytest
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import connection
from django.http import Http404

from network.merge import merge_threads
from network.models import FormerPlace, Membership, Municipality, Post, Profile, Thanks, Thread
from network.permissions import thread_for
from network.remove import remove_post
from network.thank import take_thanks_back, thank
from tests.factories import MembershipFactory, PostFactory, SpaceFactory, ThreadFactory

pytestmark = pytest.mark.skipif(connection.vendor != "postgresql", reason="PostgreSQL er ikke brugt.")
MANY = 6


@pytest.fixture
def space(django_db_setup, django_db_blocker):
    """A space with facilitators, in rows that are really committed: other connections see no others."""
    with django_db_blocker.unblock():
        made = SpaceFactory(name="På én gang", slug="paa-en-gang")
        for _number in range(MANY):
            MembershipFactory(space=made, role="facilitator")
        yield made
        people = list(Membership.anyone.filter(space=made).values_list("user", flat=True))
        places = list(Profile.objects.filter(user__in=people).values_list("municipality", flat=True))
        made.delete()
        get_user_model().objects.filter(pk__in=people).delete()
        Municipality.anywhere.filter(pk__in=places).delete()


@pytest.fixture
def people(space):
    return [row.user for row in Membership.objects.filter(space=space, role="facilitator").order_by("pk")]


def at_once(*acts):
    """Do all acts at the same moment, each on a connection of its own; return what each gave or raised."""
    gate, answers = threading.Barrier(len(acts)), {}

    def one(number, act):
        try:
            gate.wait()
            answers[number] = act()
        except (ValidationError, Http404) as refusal:
            answers[number] = refusal
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return [answers[number] for number in range(len(acts))]


def fresh(user, post):
    return Post.objects.visible_to(user).select_related("thread__space").get(pk=post.pk)


def row(thing):
    return type(thing)._base_manager.get(pk=thing.pk)


def test_many_thanks_at_the_same_moment_are_all_counted_and_each_once(space, people):
    post = PostFactory(thread=ThreadFactory(space=space))
    at_once(*(lambda user=user: thank(user, fresh(user, post)) for user in people for _twice in range(2)))
    assert row(post).number_of_thanks == MANY == Thanks.objects.filter(post=post).count()
    at_once(*(lambda user=user: take_thanks_back(user, fresh(user, post)) for user in people for _twice in range(2)))
    assert row(post).number_of_thanks == 0 == Thanks.objects.filter(post=post).count()


def test_posts_taken_away_at_the_same_moment_are_counted_right_and_the_last_takes_the_thread(space, people):
    thread = ThreadFactory(space=space)
    posts = [fresh(people[0], thread.posts.get()), *(PostFactory(thread=thread) for _number in range(MANY - 1))]
    pairs = zip(people, posts, strict=True)
    at_once(*(lambda user=user, post=post: remove_post(user, fresh(user, post)) for user, post in pairs))
    assert (row(thread).number_of_posts, row(thread).state) == (0, "removed")


def test_two_threads_merged_into_each_other_at_the_same_moment_are_merged_one_way(space, people):
    one, other = (ThreadFactory(space=space) for _twice in range(2))

    def merge(user, thread, into):
        return merge_threads(user, thread_for(user, thread.pk), thread_for(user, into.pk))

    answers = at_once(lambda: merge(people[0], one, other), lambda: merge(people[1], other, one))
    assert sorted(isinstance(answer, Thread) for answer in answers) == [False, True]
    assert Post.objects.visible_to(people[0]).filter(thread__space=space).count() == 2


@pytest.mark.parametrize("turn", range(5))
def test_what_is_written_while_its_thread_is_merged_is_in_the_one_that_stays(space, people, turn, client):
    thread, into = (ThreadFactory(space=space) for _twice in range(2))
    address = f"{thread.get_absolute_url()}svar/"

    def write():
        client.force_login(people[1])
        return client.post(address, {"text": "Skrevet imens."}).status_code

    def merge():
        return merge_threads(people[0], thread_for(people[0], thread.pk), thread_for(people[0], into.pk))

    assert at_once(write, merge)[0] == 302
    written = Post.objects.visible_to(people[0]).get(thread__space=space, source="Skrevet imens.")
    assert written.thread_id == into.pk
    assert row(into).number_of_posts == 3
    assert FormerPlace.objects.filter(thread_pk=thread.pk, number=None).get().thread == into
