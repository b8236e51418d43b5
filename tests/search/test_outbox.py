"""From a change to the index: in the same transaction, losing ones first, nothing lost, no word of anyone in a log."""

import logging
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from content import findable
from content.findable import Entry, Findable, Kind
from search import engines, entries, outbox, state
from search.models import SearchEntry, SearchFacet, SearchTask, SearchTitle, SearchWord


class Things(Findable):
    """Findable things of no model: what a room registers, and nothing else."""

    name = "thing"

    def __init__(self):
        self.rows = {}

    def kinds(self):
        return [Kind("ting", "Ting", "Ting", "i-tool")]

    def after(self, pk, limit):
        return sorted(key for key in self.rows if key > pk)[:limit]

    def entries(self, pks):
        found = [self.rows[pk] for pk in pks if pk in self.rows]
        for one in found:
            if isinstance(one, Exception):
                raise one
        return found

    def cards(self, user, pks, request=None):
        return {}


@pytest.fixture
def things(db, monkeypatch):
    made = Things()
    monkeypatch.setitem(findable._findables, made.name, made)
    return made


def entry(pk, title="Planteskole ved fjorden", audience=findable.PUBLIC, **more):
    return Entry(pk=pk, kind="ting", title=title, url=f"/ting/{pk}/", audience=audience, **more)


def put(things, *made):
    for one in made:
        things.rows[one.pk] = one
    findable.touch(things.name, [one.pk for one in made])


def test_a_touch_writes_a_row_and_the_row_becomes_an_entry(things, worked_off):
    put(things, entry(1))
    task = SearchTask.objects.get(source="thing")
    assert (task.object_id, task.stage, task.losing) == (1, "entry", False)
    worked_off()
    assert not SearchTask.objects.filter(source="thing").exists()
    row = SearchEntry.objects.get(source="thing", object_id=1)
    assert row.title == "Planteskole ved fjorden"
    assert row.t_title.split()
    assert SearchFacet.objects.filter(entry=row, field="type", value="ting").exists()


def test_a_row_is_undone_with_the_change_that_wrote_it(things):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        put(things, entry(1))
        raise ZeroDivisionError
    assert not SearchTask.objects.filter(source="thing").exists()


def test_the_work_is_done_once_after_the_commit(things, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        put(things, entry(1))
        put(things, entry(2))
    assert len(callbacks) == 1
    assert SearchEntry.objects.filter(source="thing").count() == 2


def test_with_a_worker_the_request_itself_does_nothing(things, settings, django_capture_on_commit_callbacks):
    settings.SEARCH_WORKER = True
    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        put(things, entry(1))
    assert not callbacks
    assert SearchTask.objects.filter(source="thing").count() == 1


def test_what_is_no_longer_there_leaves_with_everything_that_was_made_of_it(things, worked_off):
    put(things, entry(1, title="Xylofonværksted"))
    worked_off()
    assert SearchWord.objects.filter(word="xylofonværksted", entries=1).exists()
    del things.rows[1]
    findable.touch("thing", [1], losing=True)
    worked_off()
    assert not SearchEntry.objects.filter(source="thing").exists()
    assert not SearchWord.objects.filter(word="xylofonværksted").exists()
    assert not SearchTitle.objects.filter(key__startswith="xylofon").exists()


def test_the_losing_are_seen_to_first(things):
    put(things, *(entry(pk) for pk in range(1, 4)))
    findable.touch("thing", [9], losing=True)
    assert outbox.waiting().filter(source="thing").first().object_id == 9


def test_an_entry_that_is_the_same_is_not_written_again(things, worked_off):
    put(things, entry(1))
    worked_off()
    before = SearchEntry.objects.get(source="thing").version
    findable.touch("thing", [1])
    worked_off()
    assert SearchEntry.objects.get(source="thing").version == before
    put(things, entry(1, title="Et andet navn"))
    worked_off()
    assert SearchEntry.objects.get(source="thing").version == before + 1


def test_the_words_of_a_closed_entry_are_no_words_of_ours(things, worked_off):
    put(things, entry(1, title="Kvadrilleaften", audience="space:7", text="mazurkabod"))
    worked_off()
    assert SearchEntry.objects.filter(source="thing").exists()
    assert not SearchWord.objects.filter(folded__in=["kvadrilleaften", "mazurkabod"]).exists()
    assert not SearchTitle.objects.filter(key__startswith="kvadrille").exists()


def test_an_entry_that_becomes_closed_takes_its_words_along(things, worked_off):
    put(things, entry(1, title="Kvadrilleaften"))
    worked_off()
    assert SearchWord.objects.filter(word="kvadrilleaften").exists()
    put(things, entry(1, title="Kvadrilleaften", audience="space:7"))
    worked_off()
    assert not SearchWord.objects.filter(word="kvadrilleaften").exists()
    assert not SearchTitle.objects.filter(key__startswith="kvadrille").exists()


def test_one_thing_that_cannot_be_read_stops_no_other_and_is_tried_again(things, worked_off, caplog):
    put(things, entry(1), entry(3))
    things.rows[2] = ValueError("hemmeligheden")
    findable.touch("thing", [2])
    with caplog.at_level(logging.WARNING):
        worked_off()
    assert set(SearchEntry.objects.filter(source="thing").values_list("object_id", flat=True)) == {1, 3}
    task = SearchTask.objects.get(source="thing")
    assert (task.object_id, task.attempts, task.fault) == (2, 1, "ValueError")
    assert task.not_before > timezone.now()
    assert "hemmeligheden" not in caplog.text
    things.rows[2] = entry(2)
    SearchTask.objects.update(not_before=timezone.now() - timedelta(seconds=1))
    worked_off()
    assert SearchEntry.objects.filter(source="thing", object_id=2).exists()


def test_what_fails_is_tried_once_in_one_go_and_told_in_one_line(things, caplog, monkeypatch):
    """Else a fault of every entry would keep the request that changed something for ever."""
    for pk in range(1, 30):
        things.rows[pk] = KeyError()
    findable.touch("thing", range(1, 30))
    monkeypatch.setattr(outbox, "_delay", lambda attempts: timedelta(0))
    with caplog.at_level(logging.WARNING):
        outbox.work()
    assert set(SearchTask.objects.filter(source="thing").values_list("attempts", flat=True)) == {1}
    assert len(caplog.records) == 1


def test_each_try_waits_longer_and_none_longer_than_a_quarter_of_an_hour(things, worked_off):
    things.rows[2] = ValueError()
    findable.touch("thing", [2])
    waits = []
    for _try in range(14):
        SearchTask.objects.update(not_before=None)
        worked_off()
        waits.append((SearchTask.objects.get(source="thing").not_before - timezone.now()).total_seconds())
    assert waits[0] < 2 < waits[3] < waits[6]
    assert max(waits) <= outbox.LONGEST_WAIT.total_seconds()


def test_terms_are_letters_and_digits_alone():
    assert entries.terms_only(["land-by", "a.b", "", "x"]) == "land by a b x"


def test_a_turn_is_taken_inside_a_transaction_alone(db, monkeypatch):
    with monkeypatch.context() as outside:
        outside.setattr(transaction.get_connection(), "in_atomic_block", False)
        with pytest.raises(RuntimeError):
            state.take_turn("outbox")


class Elsewhere(engines.Engine):
    """Another engine that keeps a copy, and fails when told."""

    name = "et andet sted"

    def __init__(self):
        self.held, self.is_down, self.acts = {}, False, []

    def write(self, rows):
        if self.is_down:
            raise engines.EngineDown("nede")
        for row in rows:
            self.acts.append(("write", row.pk))
            self.held[row.pk] = row.version

    def forget(self, rows):
        if self.is_down:
            raise engines.EngineDown("nede")
        for key, _version in rows:
            self.acts.append(("forget", key))
            self.held.pop(key, None)

    def answer(self, query):
        if self.is_down:
            raise engines.EngineDown("nede")
        return engines.database().answer(query)


@pytest.fixture
def elsewhere(monkeypatch):
    made = Elsewhere()
    monkeypatch.setattr(engines, "remote", lambda: made)
    return made


def test_a_copy_goes_to_the_other_engine_and_leaves_it_again(things, elsewhere, worked_off):
    put(things, entry(1))
    worked_off()
    row = SearchEntry.objects.get(source="thing")
    assert elsewhere.held[row.pk] == row.version
    del things.rows[1]
    findable.touch("thing", [1], losing=True)
    worked_off()
    assert row.pk not in elsewhere.held
    assert not SearchTask.objects.filter(source="thing").exists()


def test_while_the_other_engine_is_down_nothing_is_lost(things, elsewhere, worked_off):
    elsewhere.is_down = True
    put(things, *(entry(pk) for pk in range(1, 6)))
    worked_off()
    assert SearchEntry.objects.filter(source="thing").count() == 5
    waiting = SearchTask.objects.filter(source="thing", stage="engine")
    assert waiting.count() == 5
    assert all(task.attempts == 1 and task.not_before for task in waiting)
    elsewhere.is_down = False
    SearchTask.objects.update(not_before=None)
    worked_off()
    assert not SearchTask.objects.filter(source="thing").exists()
    assert set(elsewhere.held) == set(SearchEntry.objects.filter(source="thing").values_list("pk", flat=True))


def test_what_was_lost_goes_to_the_other_engine_before_what_is_new(things, elsewhere, worked_off):
    put(things, entry(1))
    worked_off()
    gone = SearchEntry.objects.get(source="thing").pk
    elsewhere.is_down = True
    put(things, entry(2))
    worked_off()
    del things.rows[1]
    findable.touch("thing", [1], losing=True)
    worked_off()
    elsewhere.is_down = False
    SearchTask.objects.update(not_before=None)
    elsewhere.acts.clear()
    worked_off()
    assert elsewhere.acts[0] == ("forget", gone)
