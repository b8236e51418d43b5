"""What a thread and a space cost a member, beside a bare view of the same rows, in 10,000 to 1,000,000 posts.

DATABASE_URL=postgres://… python bench/network/pages.py --posts 100000 1000000

The bare view fetches the thread and the same thirty posts with their authors by their keys, asks nobody who may read,
and shows them in the plainest template there is (BARE) within the same shell: no tools, no form, nothing counted. Time
is CPU of our process, not the database's.
"""

import argparse
import os
import sys
import tempfile
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

HOUSE = Path(__file__).resolve().parents[2]


def command():
    parser = argparse.ArgumentParser(description="CPU of a thread page, a thread list and a reply.")
    parser.add_argument("--posts", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--rounds", type=int, default=40)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="forkant-bench-") as folder, scratch(Path(folder)):
        from bench.network.maker import make

        print("| posts | page | ms CPU | ms clock | queries | x bare view |\n| --- | --- | --- | --- | --- | --- |")
        there = 0
        for seed, posts in enumerate(sorted(asked.posts), 1):
            made = make(posts - there, seed)
            there = posts
            for row in measure(*made, rounds=asked.rounds):
                print(f"| {posts:,} | " + " | ".join(row) + " |", flush=True)


def measure(member, long, usual, space, rounds):
    """Yield the rows of the table; all addresses take turns, so that what the machine does falls on all of them."""
    from django.test import Client

    client = Client()
    client.force_login(member)
    last = (long.last_number - 1) // 30 + 1
    bare = f"/bar-maaling/{long.pk}/"
    pages = {
        "bare view, first page": f"{bare}1/",
        "thread, first page": f"{long.get_absolute_url()}?side=1",
        f"thread, page {last // 2}": f"{long.get_absolute_url()}?side={last // 2}",
        "bare view, last page": f"{bare}{last}/",
        "thread, last page": f"{long.get_absolute_url()}?side={last}",
        "thread of usual length": f"{usual.get_absolute_url()}?side=1",
        "space": space.get_absolute_url(),
        "front page": "/netvaerk/",
    }
    taken = {name: [] for name in pages}
    for number in range(rounds + 3):
        for name, address in pages.items():
            told = _ask(client, address)
            if number >= 3:
                taken[name].append(told)
    base = median(cpu for cpu, _clock in taken["bare view, first page"])
    for name, address in pages.items():
        cpu, clock = (1000 * median(values) for values in zip(*taken[name], strict=True))
        yield name, f"{cpu:.1f}", f"{clock:.1f}", str(queries(client, address)), f"{cpu / 1000 / base:.2f}"
    yield reply_row(member, long, rounds, base)


def reply_row(member, thread, rounds, base):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from network.discuss import reply
    from network.permissions import thread_for

    taken = []
    for number in range(rounds):
        began, clock = process_time(), perf_counter()
        reply(member, thread_for(member, thread.pk), f"Et svar til, nummer {number}.")
        taken.append((process_time() - began, perf_counter() - clock))
    there = thread_for(member, thread.pk)
    with CaptureQueriesContext(connection) as asked:
        reply(member, there, "Det sidste svar.")
    statements = [query for query in asked if not query["sql"].startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE"))]
    cpu, clock = (1000 * median(values) for values in zip(*taken, strict=True))
    return "a reply", f"{cpu:.1f}", f"{clock:.1f}", str(len(statements)), f"{cpu / 1000 / base:.2f}"


def _ask(client, address):
    began, clock = process_time(), perf_counter()
    response = client.get(address)
    taken = process_time() - began, perf_counter() - clock
    if response.status_code != 200:
        raise SystemExit(f"{address} answers {response.status_code}")
    return taken


def queries(client, address):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as asked:
        client.get(address)
    return len(asked)


BARE = """{% extends "network/layout.html" %}
{% block title %}{{ thread.title }}{% endblock %}
{% block inside %}
  <h1>{{ thread.title }}</h1>
  <p>{{ thread.space.name }}</p>
  {% for post in posts %}
    <article class="post" id="indlaeg-{{ post.number }}">
      <p><a href="{% url "member" post.author.pk %}">{{ post.author.get_full_name }}</a>,
      {{ post.author.profile.role }}, {{ post.author.profile.municipality.full_name }} ·
      <a href="{{ post.get_absolute_url }}"><time
      datetime="{{ post.created_at|date:"c" }}">{{ post.created_at|date:"l j. F Y H.i" }}</time></a></p>
      <div class="post__body">{{ post.body }}</div>
    </article>
  {% endfor %}
{% endblock %}"""


def bare_view(request, pk, page):
    """The same rows in a bare template, with no rule, no marker and nothing counted."""
    from django.http import HttpResponse

    from network.models import Thread

    faces = "author__profile__municipality"
    thread = Thread._base_manager.select_related("space__theme", faces).get(pk=pk)
    posts = list(
        thread.posts.filter(number__gt=page * 30 - 30, number__lte=page * 30).select_related(faces).order_by("number")
    )
    for post in posts:
        post.thread = thread
    return HttpResponse(_bare().render({"thread": thread, "posts": posts}, request))


@cache
def _bare():
    from django.template import engines

    return engines["django"].from_string(BARE)


@contextmanager
def scratch(folder):
    sys.path[:0] = [str(HOUSE), str(HOUSE / "site")]
    os.environ["VAR_DIR"] = str(folder)
    os.environ.setdefault("DATABASE_URL", f"sqlite:///{folder / 'bench.sqlite3'}")
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
    import django

    django.setup()
    from django.conf import settings
    from django.db import connection
    from django.urls import path

    import config.urls
    from home.loading.load import load

    settings.ALLOWED_HOSTS = ["*"]
    settings.NETWORK_LIMITS = {**settings.NETWORK_LIMITS, "replies": (100_000, 1)}
    settings.CHECKS_KEPT = False  # as in production: SQL that is kept is not written anew
    # As on a site of this size: what is written is indexed, and told of, by the workers.
    settings.SEARCH_WORKER = settings.NOTICES_WORKER = True
    before = connection.settings_dict["NAME"]
    connection.settings_dict["TEST"]["NAME"] = f"forkant_bench_{os.getpid()}"
    connection.settings_dict["CONN_MAX_AGE"] = None  # as in production: the connection stays open
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    config.urls.urlpatterns.insert(0, path("bar-maaling/<int:pk>/<int:page>/", bare_view))
    try:
        load(settings.SITE / "demo")
        yield
    finally:
        connection.creation.destroy_test_db(before, verbosity=0)


if __name__ == "__main__":
    command()
