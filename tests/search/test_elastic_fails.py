"""Elasticsearch goes away, drags or lags: readers are answered in time, by the database, and no change is lost."""

import threading
import time
from collections import Counter

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from content import findable
from content.cards import Card
from content.findable import PUBLIC, Entry, Findable, Kind
from search import finding, outbox, rebuild
from search.engines.base import EngineDown
from search.engines.circuit import REST
from search.engines.elastic import ElasticEngine
from search.models import SearchEntry, SearchTask
from search.query import Alternative, Clause, Query
from tests.search import corpus
from tests.search.elastic_server import refresh

pytestmark = pytest.mark.django_db
PROMISED = 1.0  # seconds
HANGING = 3.0  # what a busy machine may add before the test calls it broken; the figure itself is printed


class Things(Findable):
    """Findable things of no model, with cards that anyone may see."""

    name = "prøve"

    def __init__(self):
        self.rows = {}

    def kinds(self):
        return [Kind("ting", "Ting", "Ting", "i-tool")]

    def after(self, pk, limit):
        return sorted(key for key in self.rows if key > pk)[:limit]

    def entries(self, pks):
        return [self.rows[pk] for pk in pks if pk in self.rows]

    def cards(self, user, pks, request=None):
        return {pk: Card(pk, self.rows[pk].title, self.rows[pk].url, "", "ting", "Ting", "i-tool") for pk in pks}


@pytest.fixture
def things(db, monkeypatch):
    made = Things()
    monkeypatch.setitem(findable._findables, made.name, made)
    return made


def put(things, pk, title, audience=PUBLIC):
    things.rows[pk] = Entry(pk=pk, kind="ting", title=title, url=f"/{pk}/", audience=audience)
    findable.touch(things.name, [pk])


def drop(things, pk):
    del things.rows[pk]
    findable.touch(things.name, [pk], losing=True)


@pytest.fixture
def behind_a_door(elastic, door, site_on, things):
    """The site searches through a door that can be made to fail; twelve things are indexed."""
    guarded = site_on(ElasticEngine(door.url))
    for pk in range(1, 13):
        put(things, pk, f"Planteskole ved fjorden {pk}")
    outbox.work()
    refresh(elastic)
    assert not SearchTask.objects.exists()
    return guarded


def find(text="planteskole"):
    began = time.monotonic()
    found = finding.find(AnonymousUser(), text)
    took = time.monotonic() - began
    print(f"{text!r}: {took:.2f} s, {'databasen' if found.simplified else 'Elasticsearch'}")
    return found, took


def test_the_engine_answers_while_it_is_well(behind_a_door):
    found, _took = find()
    assert found.answer.total == 12
    assert not found.simplified


@pytest.mark.parametrize("text", ["planteskole", "planteskole ukendtord"])
@pytest.mark.parametrize("mode", ["refuse", "hang", "delay 5", "cut 20"])
def test_the_database_answers_in_time_and_says_so(behind_a_door, door, mode, text):
    find(text)  # the lexicon is read once in a process
    door.set(mode)
    found, took = find(text)
    assert found.simplified
    assert found.answer.total == 12
    assert took < HANGING
    if took > PROMISED:
        # Busy or broken? What the engine may take is fixed, so a second try on a quiet machine keeps the promise.
        behind_a_door.circuit._close()
        _found, took = find(text)
    assert took < PROMISED


def test_an_open_circuit_costs_a_reader_nothing_and_closes_alone(behind_a_door, door):
    clock = [1000.0]
    behind_a_door.circuit.clock = lambda: clock[0]
    door.set("hang")
    for _ in range(3):
        find()
    assert behind_a_door.circuit.is_open
    found, took = find()
    assert found.simplified
    assert took < 0.5
    door.set("ok")
    clock[0] += REST * 8
    found, _took = find()
    assert not found.simplified
    assert not behind_a_door.circuit.is_open


def test_while_it_is_away_changes_wait_and_none_is_lost(behind_a_door, door, elastic, things):
    door.set("refuse")
    put(things, 13, "Planteskole ny")
    put(things, 1, "Ishal")
    drop(things, 2)
    outbox.work()
    waiting = list(SearchTask.objects.all())
    assert len(waiting) == 3
    assert all(task.stage == "engine" and task.attempts == 1 and task.not_before for task in waiting)
    waits = []
    for _ in range(3):
        SearchTask.objects.update(not_before=None)
        behind_a_door.circuit._close()
        outbox.work()
        waits.append((SearchTask.objects.first().not_before - timezone.now()).total_seconds())
    assert waits == sorted(waits)
    assert 5 < waits[-1] <= 8
    door.set("ok")
    SearchTask.objects.update(not_before=None)
    behind_a_door.circuit._close()
    outbox.work()
    assert not SearchTask.objects.exists()
    assert elastic.versions(0, None) == dict(SearchEntry.objects.values_list("pk", "version"))


def test_what_is_lost_is_gone_at_once_though_the_copy_still_holds_it(behind_a_door, door, things):
    door.set("refuse")
    drop(things, 3)
    outbox.work()
    door.set("ok")
    behind_a_door.circuit._close()
    found, _took = find()
    assert found.answer.total == 11
    assert behind_a_door.engine.answer(found.query).total == 12, "the copy holds it still"
    SearchTask.objects.update(not_before=None)
    outbox.work()
    refresh(behind_a_door.engine)
    found, _took = find()
    assert (found.answer.total, found.simplified) == (11, False)


def test_an_index_of_another_analysis_is_not_asked(behind_a_door, monkeypatch):
    monkeypatch.setattr("search.engines.elastic._fits", lambda told: False)
    behind_a_door.engine._fitting = ""
    found, _took = find()
    assert found.simplified
    assert found.answer.total == 12


@pytest.mark.cluster
def test_the_master_of_a_cluster_dies_while_all_is_made_anew_and_readers_search(cluster, index_name, site_on):
    number = 6_000
    corpus.save_entries(number)
    # Entries of the campaign that the session loaded may stand beside them.
    number = SearchEntry.objects.count()
    engine = ElasticEngine(cluster.url)
    site_on(engine)
    rebuild.copy(lambda line: None)
    readers = Readers(ElasticEngine(cluster.url), number)
    lines, killed = [], []

    def tell(line):
        lines.append(line)
        if len(lines) == 3:
            killed.append(cluster.kill_master())

    tries = 0
    try:
        while True:
            tries += 1
            try:
                rebuild.copy(tell)
                break
            except EngineDown as fault:
                assert tries < 20, fault
                time.sleep(1)
        readers.tell_on_for(1)
    finally:
        readers.stop()
    assert killed
    print(f"{killed[0]} dræbt; {tries} forsøg; {readers.told()}")
    assert not readers.faults
    assert readers.answers["Elasticsearch"] > 0
    assert patiently(engine.count) == number
    assert patiently(lambda: engine.versions(0, None)) == dict(SearchEntry.objects.values_list("pk", "version"))


def patiently(ask):
    """The answer, once the two that are left have settled: what is there is asked, not how soon."""
    for _second in range(30):
        try:
            return ask()
        except EngineDown:
            time.sleep(1)
    return ask()


class Readers:
    """Two who search all the time, each with a request of her own; what the engine does not answer, the database
    would: it is counted as simplified. Anything else is a fault."""

    def __init__(self, engine, number):
        self.engine, self.number = engine, number
        self.answers, self.faults, self.longest = Counter(), [], 0.0
        self.stopped = threading.Event()
        self.threads = [threading.Thread(target=self._read) for _ in range(2)]
        for thread in self.threads:
            thread.start()

    def _read(self):
        everything = Query(audiences=frozenset({PUBLIC, *(f"space:{number}" for number in range(1, 9))}))
        word = Query(clauses=(Clause((Alternative((corpus.Words().all[0],)),)),))
        while not self.stopped.is_set():
            for query in (everything, word):
                began = time.monotonic()
                try:
                    total = self.engine.answer(query).total
                    self.answers["Elasticsearch"] += 1
                    if not total or (query is everything and total > self.number):
                        self.faults.append(f"{total} hits")
                except EngineDown:
                    self.answers["simplified"] += 1
                except Exception as fault:  # whatever it is, a reader would have seen it
                    self.faults.append(repr(fault))
                self.longest = max(self.longest, time.monotonic() - began)
            time.sleep(0.01)

    def tell_on_for(self, seconds):
        self.stopped.wait(seconds)

    def stop(self):
        self.stopped.set()
        for thread in self.threads:
            thread.join()

    def told(self):
        return f"{dict(self.answers)}, længste {self.longest:.2f} s"
