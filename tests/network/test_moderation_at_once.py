"""Many at the same time: a case is seen to once, a limit is one for all workers. SQLite lets in one writer anyway."""

import threading

import pytest
from django.db import connection

from accounts.models import User
from network.discuss import reply
from network.limits import TooMany
from network.models import Membership, ModerationAct, Municipality, Post, Space, Thread
from network.moderate import AlreadyDone, approve, hide, keep
from network.report import report
from search.models import SearchTask
from tests.factories import MembershipFactory, PostFactory, SpaceFactory, ThreadFactory

pytestmark = pytest.mark.skipif(connection.vendor != "postgresql", reason="PostgreSQL er ikke brugt.")
MANY = 8
FACILITATOR = Membership.Role.FACILITATOR


@pytest.fixture
def space(django_db_setup, django_db_blocker):
    """A space in rows that are really committed: other connections see no others."""
    with django_db_blocker.unblock():
        users, places = User.objects.count(), Municipality.anywhere.count()
        tasks = set(SearchTask.objects.values_list("pk", flat=True))
        made = SpaceFactory(name="På én gang", holds_first_post=True)
        yield made
        people = User.objects.filter(memberships__space=made)
        homes = list(people.values_list("profile__municipality", flat=True))
        people = list(people)
        Space.objects.filter(pk=made.pk).delete()
        for person in people:
            person.delete()
        Municipality.anywhere.filter(pk__in=homes).delete()
        SearchTask.objects.exclude(pk__in=tasks).delete()
        assert (User.objects.count(), Municipality.anywhere.count()) == (users, places)


def at_once(acts):
    """Run all at the same moment; return what each gave, or the fault it raised."""
    gate, answers = threading.Barrier(len(acts)), []

    def one(act):
        try:
            gate.wait()
            answers.append(act())
        except (AlreadyDone, TooMany) as fault:
            answers.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_of_many_facilitators_one_has_seen_to_it_and_the_others_are_told(space):
    thread = ThreadFactory(space=space)
    made = report(MembershipFactory(space=space).user, PostFactory(thread=thread), "advert")
    people = [MembershipFactory(space=space, role=FACILITATOR).user for _number in range(MANY)]
    verbs = [(keep, hide)[at % 2] for at in range(MANY)]
    answers = at_once([lambda v=v, u=u: v(u, made, "Derfor") for v, u in zip(verbs, people, strict=True)])
    assert [type(answer) for answer in answers].count(AlreadyDone) == MANY - 1
    assert ModerationAct.objects.filter(space=space).count() == 1
    shown = Post.objects.filter(thread=thread, state="visible").count()
    assert Thread.objects.get(pk=thread.pk).number_of_posts == shown


def test_approvals_and_answers_at_once_leave_each_its_own_number(space):
    thread = ThreadFactory(space=space)
    facilitator = MembershipFactory(space=space, role=FACILITATOR).user
    new = [MembershipFactory(space=space, is_on_trial=True).user for _number in range(MANY // 2)]
    held = [reply(user, thread, "Mit første") for user in new]
    PostFactory(thread=thread)
    old = [MembershipFactory(space=space).user for _number in range(MANY // 2)]
    at_once([lambda p=p: approve(facilitator, p) for p in held] + [lambda u=u: reply(u, thread, "Ja") for u in old])
    numbers = list(Post.objects.filter(thread=thread).order_by("number").values_list("number", flat=True))
    now = Thread.objects.get(pk=thread.pk)
    assert len(set(numbers)) == 2 + MANY and numbers[-1] == now.last_number
    assert now.number_of_posts == 2 + MANY


def test_of_many_answers_of_one_person_no_more_come_through_than_there_is_room_for(space, settings):
    settings.NETWORK_LIMITS = {**settings.NETWORK_LIMITS, "replies": (3, 1)}
    user = MembershipFactory(space=space).user
    threads = [ThreadFactory(space=space) for _number in range(MANY)]
    answers = at_once([lambda t=t: reply(user, t, "På én gang") for t in threads])
    assert [type(answer) for answer in answers].count(TooMany) == MANY - 3
    assert Post.objects.filter(author=user).count() == 3
