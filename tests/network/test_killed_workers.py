"""The worker of notices and collected mails is killed with SIGKILL, again and again: nothing is lost, nothing doubled.

A real process, on the database of the tests (on SQLite on a copy). And two workers at once double nothing. What is
written here is really committed, for other processes see nothing else; it is taken away afterwards.
"""

import random
import time
from collections import Counter
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from accounts.models import Letter
from network.discuss import start_thread
from network.models import DigestSlot, Membership, Municipality, Notice, NoticeSettings, Profile, Telling
from tests.factories import MembershipFactory, MunicipalityFactory, SpaceFactory
from tests.workers import Workers

User = get_user_model()
FOLLOWERS, READERS, KILLS = 2_050, 350, 6  # three batches of notices, four of collected mails
TURNS = 30


class Crowd:
    """A space of which some want to hear all at once, and some have it collected."""

    def __init__(self):
        self.space = SpaceFactory(name="Mange", slug="mange-til-at-draebe")
        self.writer = MembershipFactory(space=self.space).user
        self.place = MunicipalityFactory()
        self.followers = self.people("foelger", FOLLOWERS, "everything", cadence="never")
        self.readers = self.people("laeser", READERS, "calm", cadence="weekly")

    def begin(self):
        """Let a thread have begun of which nobody was told, and every collected mail be due."""
        people = Membership.objects.filter(space=self.space).values("user")
        for model, person in ((Notice, "user"), (DigestSlot, "user"), (Letter, "recipient")):
            model._base_manager.filter(**{f"{person}__in": people}).delete()
        Telling.objects.filter(event__space=self.space.pk).delete()
        now = timezone.now()
        due = {"collected_until": now - timedelta(days=7), "next_at": now - timedelta(minutes=5)}
        NoticeSettings.objects.filter(user__in=people, cadence="weekly").update(**due)
        thread = start_thread(self.writer, self.space, "Til jer alle", "Hvordan gør I?")
        thread.posts.visible_to(self.writer).update(created_at=now - timedelta(hours=1))

    def people(self, name, number, preset, **chosen):
        now = timezone.now()
        people = User.objects.bulk_create(
            User(email=f"{name}-{n}@mange.example", name=f"Person {n}", password="!") for n in range(number)
        )
        Profile.objects.bulk_create(
            Profile(user=user, role="planlægger", municipality=self.place, completed_at=now) for user in people
        )
        NoticeSettings.objects.bulk_create(NoticeSettings(user=user, preset=preset, **chosen) for user in people)
        Membership.objects.bulk_create(
            Membership(user=user, space=self.space, joined_at=now, read_until=now - timedelta(days=30))
            for user in people
        )
        return {user.pk for user in people}

    def take_away(self):
        people = [*self.followers, *self.readers, self.writer.pk]
        place = Profile.objects.get(user=self.writer).municipality_id
        Telling.objects.filter(event__space=self.space.pk).delete()
        self.space.delete()
        for first in range(0, len(people), 500):
            User.objects.filter(pk__in=people[first : first + 500]).delete()
        Municipality.anywhere.filter(pk__in=[self.place.pk, place]).delete()


@pytest.fixture(scope="module")
def people(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        made = Crowd()
        yield made
        made.take_away()


@pytest.fixture
def crowd(people, django_db_blocker, settings):
    settings.NOTICES_WORKER = True
    with django_db_blocker.unblock():
        people.begin()
        yield people


def counted(workers, table, **where):
    """How many rows each person has in `table`."""
    said = " AND ".join(f"{name} = %s" for name in where) or "1 = 1"
    person = "recipient_id" if table == "accounts_letter" else "user_id"
    return Counter(pk for (pk,) in workers.query(f"SELECT {person} FROM {table} WHERE {said}", *where.values()))


def run_until_all_is_told(workers):
    """As the clock does, minute after minute: the database may hold for a while what a killed worker had locked."""
    for _turn in range(TURNS):
        assert workers.run("look_after_notices") == 0
        if workers.query("SELECT count(*) FROM network_telling") == [(0,)]:
            return
        time.sleep(0.1)
    raise AssertionError("Something is left to tell.")


def check_each_was_told_once(workers, crowd):
    notices = counted(workers, "network_notice", verb="thread")
    slots = counted(workers, "network_digestslot")
    letters = {kind: counted(workers, "accounts_letter", kind=kind) for kind in ("notice", "digest")}
    for found, people in (
        (notices, crowd.followers),
        (letters["notice"], crowd.followers),
        (slots, crowd.readers),
        (letters["digest"], crowd.readers),
    ):
        mine = {pk: number for pk, number in found.items() if pk in crowd.followers | crowd.readers}
        assert set(mine) == people, "Someone was not told, or someone else was."
        assert set(mine.values()) == {1}, "Someone was told twice."


def test_a_worker_that_is_killed_again_and_again_tells_each_once(crowd, tmp_path):
    workers, chance, cut_short = Workers(tmp_path), random.Random(7), 0  # noqa: S311  moments, no secrets
    try:
        for _kill in range(KILLS):
            workers.start("look_after_notices")
            time.sleep(chance.uniform(0.05, 0.4))
            cut_short += workers.kill() == -9
        assert cut_short > 1, "No worker was killed at its work: nothing was shown."
        run_until_all_is_told(workers)
        check_each_was_told_once(workers, crowd)
        assert workers.run("look_after_notices") == 0
        check_each_was_told_once(workers, crowd)
    finally:
        workers.close()


def test_two_workers_at_once_tell_each_once(crowd, tmp_path):
    folders = tmp_path / "en", tmp_path / "to"
    for folder in folders:
        folder.mkdir()
    first = Workers(folders[0])
    second = Workers(folders[1], **first.same_database())
    try:
        for workers in (first, second):
            workers.start("look_after_notices")
        assert [first.end(), second.end()] == [0, 0]
        run_until_all_is_told(first)
        check_each_was_told_once(first, crowd)
    finally:
        first.close()
        second.close()
