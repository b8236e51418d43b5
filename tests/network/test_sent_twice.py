"""A form that is sent twice is one post: a thousand pairs, by two workers at the same moment."""

import threading
from uuid import uuid4

import pytest
from django.db import connection

from network.discuss import reply
from network.models import Post
from network.permissions import thread_for
from tests.factories import MembershipFactory, ThreadFactory
from tests.network.test_moderation_at_once import space  # noqa: F401

pytestmark = pytest.mark.skipif(connection.vendor != "postgresql", reason="PostgreSQL er ikke brugt.")
PAIRS = 1_000


def test_a_thousand_pairs_are_a_thousand_posts(space, django_db_blocker, settings):  # noqa: F811
    settings.NETWORK_LIMITS = settings.NETWORK_LIMITS | {"replies": (10 * PAIRS, 1)}
    settings.SEARCH_WORKER = True
    with django_db_blocker.unblock():
        space.holds_first_post = False
        space.save()
        thread = ThreadFactory(space=space)
        writer = MembershipFactory(space=space).user
        keys, gate, faults = [uuid4() for _ in range(PAIRS)], threading.Barrier(2), []

        def worker():
            try:
                for key in keys:
                    gate.wait(timeout=60)
                    reply(writer, thread_for(writer, thread.pk), f"Svar {key}.", key)
            except Exception as fault:
                faults.append(fault)
                gate.abort()
            finally:
                connection.close()

        workers = [threading.Thread(target=worker) for _ in range(2)]
        for one in workers:
            one.start()
        for one in workers:
            one.join()
        assert not faults
        posts = Post.objects.visible_to(writer).filter(thread=thread, author=writer)
        assert sorted(posts.values_list("form_key", flat=True)) == sorted(keys)
        assert sorted(posts.values_list("number", flat=True)) == list(range(2, PAIRS + 2))
        there = thread_for(writer, thread.pk)
        assert (there.number_of_posts, there.last_number) == (PAIRS + 1, PAIRS + 1)
