"""A server that is killed at any moment: what was acknowledged is there, once, and what is sent again is not doubled.

A real gunicorn on a database of its own answers on the loopback. All of it is killed with SIGKILL while posts are
sent, and started anew; each form whose answer did not come is sent again, as a person does. And a form that is sent
twice at the same moment, to both of its workers, is one post: on the database that the tests run on, also SQLite.
"""

import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection

WRITERS, KILLS, MOST_POSTS, PAIRS = 3, 4, 60, 40
START_SECONDS = 60
MANAGE = [sys.executable, str(settings.ROOT / "manage.py")]
FILL = """
import json
from importlib import import_module
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from accounts.models import User
from tests.factories import MembershipFactory, MunicipalityFactory, SpaceFactory, ThreadFactory, UserFactory
for factory in (MunicipalityFactory, SpaceFactory, UserFactory):
    factory.reset_sequence(User.objects.count() + 1)  # each time in a process of its own, on the same database
sessions = import_module(settings.SESSION_ENGINE)
thread, told = ThreadFactory(), []
for number in range({writers}):
    user = MembershipFactory(space=thread.space).user
    session = sessions.SessionStore()
    session[SESSION_KEY], session[BACKEND_SESSION_KEY] = str(user.pk), "network.backends.MemberBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    told.append(session.session_key)
print(json.dumps([thread.pk, thread.get_absolute_url(), told]))
"""
TOLD = """
import json
from network.models import Event, Thread
thread = Thread.objects.get(pk={pk})
posts = list(thread.posts.exclude(number=1).order_by("number").values_list("number", "form_key"))
events = list(Event.objects.filter(what="post", thread=thread).values_list("post__form_key", flat=True))
print(json.dumps([thread.number_of_posts, thread.last_number, posts, events], default=str))
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("killed")


@pytest.fixture(scope="module")
def database(folder, django_db_blocker):
    """The address of an empty database of the kind that the tests run on."""
    if connection.vendor != "postgresql":
        yield f"sqlite:///{folder / 'killed.sqlite3'}"
        return
    name, told = f"forkant_killed_{os.getpid()}", connection.settings_dict
    with django_db_blocker.unblock():
        with connection._nodb_cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {name}")
        try:
            yield "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/{name}".format(name=name, **told)
        finally:
            with connection._nodb_cursor() as cursor:
                cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


class House:
    """A site that can be killed and started again at the same address."""

    def __init__(self, folder, database):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.env = {name: value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"} | {
            "DJANGO_SETTINGS_MODULE": "config.settings.demo",
            "VAR_DIR": str(folder),
            "DATABASE_URL": database,
            "BASE_URL": f"http://127.0.0.1:{self.port}",
            "PYTHONPATH": f"{settings.SITE}{os.pathsep}{settings.ROOT}",
        }
        self.env.pop("SEARCH_URL", None)
        self.env.pop("CACHE_URL", None)

    def tells(self, *command):
        return subprocess.run([*MANAGE, *command], env=self.env, check=True, capture_output=True, text=True).stdout

    def start(self):
        command = [sys.executable, "-m", "gunicorn", "config.wsgi", "-b", f"127.0.0.1:{self.port}", "-w", "2"]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self.server = subprocess.Popen(command, env=self.env, start_new_session=True, **quiet)
        until = time.monotonic() + START_SECONDS
        while True:
            try:
                return self.ask("GET", "/healthz")
            except (OSError, HTTPException):
                assert self.server.poll() is None and time.monotonic() < until, "The server did not answer in time."
                time.sleep(0.1)

    def kill(self):
        os.killpg(self.server.pid, signal.SIGKILL)
        self.server.wait(timeout=20)

    def ask(self, method, path, body=None, headers=()):
        asked = HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            asked.request(method, path, body, dict(headers))
            return asked.getresponse().status
        finally:
            asked.close()


@pytest.fixture(scope="module")
def house(folder, database):
    house = House(folder, database)
    house.tells("migrate", "-v0")
    house.tells("collectstatic", "--noinput", "-v0")
    house.start()
    yield house
    house.kill()


def send(house, address, session, key):
    """Send one form until it is answered, as often as that takes; return how often."""
    token = "a" * 32
    body = urlencode({"csrfmiddlewaretoken": token, "text": f"Svar {key}.", "form_key": key})
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": f"session={session}; csrf={token}",
    }
    for times in range(1, 1_000):
        try:
            status = house.ask("POST", f"{address}svar/", body, headers.items())
        except (OSError, HTTPException):
            time.sleep(0.05)
        else:
            assert status == 302, status
            return times
    raise AssertionError("No answer came.")


def begun(house):
    """Begin a thread; return its number, its address and the sessions of its writers."""
    return json.loads(house.tells("shell", "-v0", "-c", FILL.format(writers=WRITERS)).splitlines()[-1])


def check_each_is_there_once(house, pk, sent):
    told = house.tells("shell", "-v0", "-c", TOLD.format(pk=pk)).splitlines()[-1]
    number_of_posts, last_number, posts, events = json.loads(told)
    keys = [key for _number, key in posts]
    assert sorted(keys) == sorted(sent)
    assert [number for number, _key in posts] == list(range(2, len(keys) + 2))
    assert number_of_posts == last_number == len(keys) + 1
    assert sorted(events) == sorted(keys)


def test_a_form_sent_to_both_workers_at_once_is_one_post(house):
    pk, address, sessions = begun(house)
    keys, gate, faults = [str(uuid4()) for _ in range(PAIRS)], threading.Barrier(2, timeout=60), []

    def write():
        try:
            for key in keys:
                gate.wait()
                send(house, address, sessions[0], key)
        except Exception as fault:
            faults.append(fault)
            gate.abort()

    writers = [threading.Thread(target=write) for _ in range(2)]
    for one in writers:
        one.start()
    for one in writers:
        one.join(timeout=120)
    assert not faults and not any(one.is_alive() for one in writers)
    check_each_is_there_once(house, pk, keys)


def test_what_was_acknowledged_is_there_once_however_often_the_server_is_killed(house):
    pk, address, sessions = begun(house)
    acknowledged, again, faults, done = [], [], [], threading.Event()

    def write(session):
        try:
            while not done.is_set() and len(acknowledged) < MOST_POSTS:
                key = str(uuid4())
                times = send(house, address, session, key)
                acknowledged.append(key)
                again.extend([key] * (times > 1))
        except Exception as fault:
            faults.append(fault)

    writers = [threading.Thread(target=write, args=[session]) for session in sessions]
    for one in writers:
        one.start()
    chance = random.Random(6)  # noqa: S311  moments, no secrets
    for _kill in range(KILLS):
        time.sleep(chance.uniform(0.2, 1.2))
        house.kill()
        house.start()
    time.sleep(0.3)
    done.set()
    for one in writers:
        one.join(timeout=60)
    assert not faults and not any(one.is_alive() for one in writers)
    assert again, "No form was sent while the server was away: nothing was shown."

    check_each_is_there_once(house, pk, acknowledged)
