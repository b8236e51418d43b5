"""The engine on a real Elasticsearch: what it finds, what it keeps, and what happens while it is made anew."""

import logging
import threading
import time
from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from search import analysis, rebuild, state
from search.engines import elastic as elastic_module
from search.engines.base import EngineDown, WrongAnalysis
from search.engines.elastic import QUERY_SECONDS, ElasticEngine
from search.models import SearchEntry
from search.query import Alternative, Clause, Query
from tests.search import corpus
from tests.search.elastic_server import make_row, read_row, refresh

pytestmark = pytest.mark.django_db
SECRET = "hemmeligtord"


def asks(*words, **more):
    return Query(clauses=tuple(Clause((Alternative((word,)),)) for word in words), **more)


def found(engine, query):
    refresh(engine)
    return [hit.entry_id for hit in engine.answer(query).hits]


# --- what it finds ----------------------------------------------------------------------------------


def test_what_is_written_is_found_within_two_seconds(elastic):
    elastic.write([make_row(1, "landsby")])
    began = time.monotonic()
    while not elastic.answer(asks("landsby")).total:
        assert time.monotonic() - began < 2
        time.sleep(0.05)


def test_a_word_weighs_by_where_it_stands(elastic):
    elastic.write(
        [
            make_row(1, "anden", parts="havn"),
            make_row(2, "anden", body="havn"),
            make_row(3, "anden", summary="havn"),
            make_row(4, "anden", tags="havn"),
            make_row(5, "havn"),
            make_row(6, "anden"),
        ]
    )
    assert found(elastic, asks("havn")) == [5, 4, 3, 2, 1]


def test_words_may_stand_in_different_columns(elastic):
    elastic.write([make_row(1, "havn", body="by"), make_row(2, "havn"), make_row(3, body="by")])
    assert found(elastic, asks("havn", "by")) == [1]
    assert set(found(elastic, asks("havn", "by", least=1))) == {1, 2, 3}


def test_the_best_alternative_counts_and_not_their_sum(elastic):
    best = Clause((Alternative(("landsbyudvikling",)), Alternative(("landsby", "udvikling"), 0.6)))
    elastic.write([make_row(1, "landsby", body="udvikling"), make_row(2, "landsbyudvikling"), make_row(3, "landsby")])
    assert found(elastic, Query(clauses=(best,))) == [2, 1]
    one, both = Alternative(("havn",)), Alternative(("brygge",))
    elastic.write([make_row(4, "havn brygge"), make_row(5, "havn øst")])
    refresh(elastic)
    alone = elastic.answer(Query(clauses=(Clause((one,)),))).hits[0].score
    with_synonym = elastic.answer(Query(clauses=(Clause((one, both)),))).hits
    assert max(hit.score for hit in with_synonym if hit.entry_id == 5) == pytest.approx(alone)


def test_a_phrase_stands_in_order_in_one_column(elastic):
    elastic.write(
        [
            make_row(1, body="en lokal dialog"),
            make_row(2, body="dialog lokal"),
            make_row(3, "lokal", body="dialog"),
            make_row(4, parts="lokal dialog"),
            make_row(5, tags="lokal dialog"),
        ]
    )
    assert set(found(elastic, Query(phrases=(("lokal", "dialog"),)))) == {1, 5}


def test_what_is_excluded_is_not_found(elastic):
    elastic.write([make_row(1, "havn", body="by"), make_row(2, "havn")])
    assert found(elastic, asks("havn", excluded=asks("by").clauses)) == [2]


def test_a_reader_finds_and_counts_only_what_she_may_read(elastic):
    elastic.write(
        [
            make_row(1, "havn", facets=[("tema", "a")]),
            make_row(2, "havn", audience="space:1", facets=[("tema", "b")]),
            make_row(3, "havn", audience="space:12", facets=[("tema", "c")]),
        ]
    )
    assert found(elastic, asks("havn")) == [1]
    assert elastic.answer(asks("havn")).total == 1
    assert elastic.answer(asks("havn")).facets == {"tema": {"a": 1}}
    member = asks("havn", audiences=frozenset({"public", "space:1"}))
    assert set(found(elastic, member)) == {1, 2}
    assert elastic.answer(member).facets == {"tema": {"a": 1, "b": 1}}
    assert elastic.among(asks("havn"), [3, 2, 1]) == [1]
    assert not found(elastic, asks("havn", audiences=frozenset()))


def test_what_is_over_is_not_found(elastic):
    soon = timezone.now() + timedelta(seconds=1.5)
    elastic.write(
        [
            make_row(1, "havn", expires=timezone.now() - timedelta(seconds=1)),
            make_row(2, "havn", expires=soon),
            make_row(3, "havn"),
        ]
    )
    assert set(found(elastic, asks("havn"))) == {2, 3}
    time.sleep(max(0, (soon - timezone.now()).total_seconds()) + 0.01)
    assert found(elastic, asks("havn")) == [3]


def test_a_field_is_counted_under_the_choices_of_the_others(elastic):
    elastic.write(
        [
            make_row(1, "havn", facets=[("tema", "a"), ("type", "case")]),
            make_row(2, "havn", facets=[("tema", "b"), ("type", "case")]),
            make_row(3, "havn", facets=[("tema", "b"), ("type", "method"), ("aar", "2025")]),
        ]
    )
    query = asks("havn", chosen={"tema": ("b",), "type": ("case", "news")})
    assert found(elastic, query) == [2]
    answer = elastic.answer(query)
    assert answer.total == 1
    assert answer.facets == {"tema": {"a": 1, "b": 1}, "type": {"case": 1, "method": 1}}


def test_a_value_may_hold_any_sign(elastic):
    odd = 'a=b.*"\\ æ|#<>'
    elastic.write([make_row(1, "havn", facets=[("tema", odd)]), make_row(2, "havn", facets=[("tema", "b")])])
    assert found(elastic, asks("havn", chosen={"tema": (odd,)})) == [1]
    assert elastic.answer(asks("havn", chosen={"tema": (odd,)})).facets == {"tema": {odd: 1, "b": 1}}


def test_the_newest_come_first_and_those_without_a_date_last(elastic):
    now = timezone.now()
    dates = {1: now - timedelta(days=2), 2: None, 3: now, 4: now, 5: None}
    elastic.write([make_row(pk, "havn", published=published) for pk, published in dates.items()])
    assert found(elastic, asks("havn", sort="nyeste")) == [4, 3, 1, 5, 2]
    assert found(elastic, Query()) == [4, 3, 1, 5, 2]


def test_pages_are_slices_of_one_order_as_far_as_one_may_leaf(elastic, monkeypatch):
    elastic.write([make_row(pk, "havn") for pk in range(1, 46)])
    refresh(elastic)
    pages = [[hit.entry_id for hit in elastic.answer(asks("havn", page=page)).hits] for page in (1, 2, 3, 4)]
    assert [len(page) for page in pages] == [20, 20, 5, 0]
    assert sorted(sum(pages, [])) == list(range(1, 46))
    far = elastic.answer(asks("havn", page=10**9))
    assert (far.hits, far.total) == ((), 45)


def test_as_many_words_as_the_page_lets_through_are_answered(elastic):
    row = make_row(1, "havn", body=" ".join(f"w{number}" for number in range(900)))
    elastic.write([row])
    numbers = iter(range(900))
    widest = Query(
        clauses=tuple(
            Clause(tuple(Alternative(tuple(f"w{next(numbers)}" for _ in range(6))) for _ in range(12)))
            for _ in range(12)
        )
    )
    assert found(elastic, widest) == [1]


@pytest.mark.parametrize(
    "word", ["*", "t_title:havn", '"havn', "havn OR by", "\\", "{}", "æøå", "\ud800", "a" * 40_000]
)
def test_no_word_is_an_operator(elastic, word):
    elastic.write([make_row(1, "havn")])
    if word == "\ud800":
        word = word.encode("utf-8", "replace").decode()
    assert found(elastic, asks(word)) == []


def test_it_finds_what_the_reference_finds(elastic):
    corpus.save_entries(700, write=elastic.write)
    refresh(elastic)
    rows = corpus.rows()
    questions = corpus.Questions(rows).some(360)
    assert corpus.differences(elastic, questions, rows) == []
    found = [elastic.answer(question).total for question in questions]
    # How many drawn questions find something depends on the order of the rows; a third is enough to compare.
    assert sum(total > 0 for total in found) > 120


@pytest.mark.parametrize("alternatives", [(), (Alternative(()),)])
def test_a_clause_that_nothing_can_satisfy_finds_nothing(elastic, alternatives):
    elastic.write([make_row(1, "havn")])
    assert not found(elastic, Query(clauses=(Clause(alternatives),)))
    assert found(elastic, Query(clauses=(Clause(alternatives), *asks("havn").clauses), least=1)) == [1]
    assert found(elastic, asks("havn", excluded=(Clause(alternatives),))) == [1]


def test_a_phrase_without_words_asks_for_nothing(elastic):
    elastic.write([make_row(1, "havn")])
    assert found(elastic, Query(phrases=((),))) == [1]


def test_where_no_word_is_needed_those_that_have_it_come_first(elastic):
    elastic.write([make_row(1, "havn"), make_row(2, "by")])
    assert found(elastic, asks("havn", least=0)) == [1, 2]


# --- what it keeps ----------------------------------------------------------------------------------


def test_a_late_copy_does_not_overwrite_a_newer_one(elastic):
    new, old = make_row(1, "ny", version=5), make_row(2, "gammel", version=4)
    old.pk = 1
    elastic.write([new])
    elastic.write([old])
    assert found(elastic, asks("ny")) == [1]
    assert not found(elastic, asks("gammel"))
    assert elastic.versions(0, None) == {1: 5}


def test_a_late_copy_does_not_bring_back_what_was_deleted(elastic):
    row = make_row(1, "havn", version=3)
    elastic.write([row])
    elastic.forget([(1, 4)])
    elastic.write([row])
    assert not found(elastic, asks("havn"))
    assert elastic.versions(0, None) == {}


def test_what_is_not_held_is_forgotten_without_a_fault(elastic):
    elastic.forget([(99, 7)])
    assert elastic.count() == 0


def test_versions_are_told_in_slices(elastic, monkeypatch):
    monkeypatch.setattr(elastic_module, "SLICE", 3)
    elastic.write([make_row(pk, "havn", version=pk) for pk in range(1, 12)])
    assert elastic.versions(2, 9) == {pk: pk for pk in range(3, 10)}
    assert elastic.versions(0, None) == {pk: pk for pk in range(1, 12)}


def test_a_fault_in_one_entry_is_told(elastic):
    row = make_row(1, "havn")
    row.version = -1
    with pytest.raises(EngineDown):
        elastic.write([row])


def test_check_mends_what_has_drifted(elastic, site_on):
    site_on(elastic)
    rows = [make_row(pk, "havn") for pk in range(1, 5)]
    elastic.write(rows[:3])
    elastic.forget([(2, 2)])
    stranger = make_row(9, "fremmed")
    elastic.write([stranger])
    SearchEntry.objects.filter(pk=9).delete()
    SearchEntry.objects.filter(pk=3).update(version=2)
    SearchEntry.objects.filter(pk=2).update(version=3)
    lines = []
    assert rebuild._check_copy(lines.append, mend=False) == 4
    assert rebuild._check_copy(lines.append, mend=True) == 4
    assert rebuild._check_copy(lines.append, mend=True) == 0
    assert elastic.versions(0, None) == {1: 1, 2: 3, 3: 2, 4: 1}


# --- made by another analysis, or not at all --------------------------------------------------------


def test_without_an_index_it_is_down_and_makes_none_by_itself(bare_elastic):
    row = make_row(1, "havn")
    for call in (
        lambda: bare_elastic.answer(asks("havn")),
        lambda: bare_elastic.among(asks("havn"), [1]),
        lambda: bare_elastic.write([row]),
        lambda: bare_elastic.forget([(1, 2)]),
        bare_elastic.count,
    ):
        with pytest.raises(EngineDown):
            call()
    assert not bare_elastic._client.indices.get(index=f"{bare_elastic.alias}*").body


def test_an_index_of_another_analysis_is_refused_until_it_is_made_anew(elastic, site_on, monkeypatch):
    site_on(elastic)
    elastic.write([make_row(1, "havn")])
    refresh(elastic)
    assert elastic.answer(asks("havn")).total == 1
    monkeypatch.setattr(analysis, "VERSION", "another")
    newcomer = ElasticEngine("http://127.0.0.1:1", index=elastic.alias)
    newcomer._client = elastic._client
    with pytest.raises(WrongAnalysis):
        newcomer.answer(asks("havn"))
    rebuild.copy(lambda line: None)
    assert newcomer.answer(asks("havn")).total == 1


def test_an_index_swapped_by_another_process_is_looked_at_again(elastic, monkeypatch):
    elastic.write([make_row(1, "havn")])
    refresh(elastic)
    assert elastic.answer(asks("havn")).total == 1
    with monkeypatch.context() as other:
        other.setattr(analysis, "VERSION", "another")
        deployed = ElasticEngine("http://127.0.0.1:1", index=elastic.alias)
        deployed._client = elastic._client
        deployed.use(deployed.create())
    with pytest.raises(WrongAnalysis):
        elastic.answer(asks("havn"))


# --- made anew --------------------------------------------------------------------------------------


def test_a_rebuild_takes_along_what_changes_meanwhile(elastic, site_on, monkeypatch):
    site_on(elastic)
    monkeypatch.setattr(rebuild, "BATCH", 2)
    elastic.write([make_row(pk, "havn") for pk in range(1, 41)])
    refresh(elastic)
    changes = iter(
        [
            lambda: change(elastic, 1, "ny"),  # copied already
            lambda: change(elastic, 39, "ny"),  # not yet copied
            lambda: remove(elastic, 2),
            lambda: remove(elastic, 40),
            lambda: elastic.write([make_row(50, "havn")]),
        ]
    )
    seen = []

    def meanwhile(line):
        seen.append(elastic.answer(Query()).total)
        next(changes, lambda: None)()

    assert rebuild.copy(meanwhile) >= 38
    assert min(seen) >= 37, "there was a moment without results"
    assert set(elastic.versions(0, None)) == set(SearchEntry.objects.values_list("pk", flat=True))
    assert {hit.entry_id for hit in elastic.answer(asks("ny")).hits} == {1, 39}
    assert elastic.answer(asks("havn", size=100)).total == 37
    assert len(list(elastic._client.indices.get(index=f"{elastic.alias}-*"))) == 1


def change(engine, pk, word):
    SearchEntry.objects.filter(pk=pk).update(t_title=word, version=2)
    engine.write([read_row(pk)])


def remove(engine, pk):
    SearchEntry.objects.filter(pk=pk).delete()
    engine.forget([(pk, 2)])


def test_a_fresh_index_of_a_small_library_lies_in_one_part(elastic):
    def parts():
        return elastic._client.indices.segments(index=index)["indices"][index]["shards"]["0"][0]["num_search_segments"]

    index = elastic.create()
    for number in (1, 2, 3):
        elastic.fill(index, [make_row(number, "havn")])
        elastic._client.indices.refresh(index=index)
    assert parts() == 3
    elastic.use(index)
    assert parts() == 1
    assert set(found(elastic, asks("havn"))) == {1, 2, 3}


def test_a_batch_that_was_read_before_a_change_does_not_undo_it(elastic):
    building = elastic.create()
    stale, gone = make_row(1, "gammel"), make_row(2, "væk")
    change(elastic, 1, "ny")
    remove(elastic, 2)
    elastic.fill(building, [stale, gone])
    elastic.use(building)
    assert elastic.versions(0, None) == {1: 2}
    assert found(elastic, asks("ny")) == [1]


def test_a_rebuild_that_was_cut_off_goes_on(elastic, site_on, monkeypatch):
    site_on(elastic)
    monkeypatch.setattr(rebuild, "BATCH", 2)
    for pk in range(1, 31):
        make_row(pk, "havn")
    fill, calls = elastic.fill, []

    def dies_the_second_time(index, rows):
        calls.append(len(rows))
        if len(calls) == 2:
            raise EngineDown("cut off")
        fill(index, rows)

    monkeypatch.setattr(elastic, "fill", dies_the_second_time)
    with pytest.raises(EngineDown):
        rebuild.copy(lambda line: None)
    assert elastic.count() == 0, "the old index is still the one in use"
    assert rebuild.copy(lambda line: None) == 20
    assert elastic.count() == 30
    assert state.read(rebuild.BUILDING) == "{}"


def test_of_two_rebuilds_at_once_the_later_one_wins(elastic):
    first = elastic.create()
    second = elastic.create()
    row = make_row(1, "havn")
    assert not elastic.has(first)
    assert elastic.has(second)
    for call in (lambda: elastic.fill(first, [row]), lambda: elastic.use(first)):
        with pytest.raises(EngineDown):
            call()
    elastic.fill(second, [row])
    elastic.use(second)
    assert found(elastic, asks("havn")) == [1]


def test_indices_of_another_site_on_the_cluster_are_left_alone(elastic, elasticsearch_url):
    neighbour = ElasticEngine(elasticsearch_url, index=f"{elastic.alias}-2")
    neighbour.use(neighbour.create())
    neighbour.write([make_row(1, "havn")])
    elastic.use(elastic.create())
    assert found(neighbour, asks("havn")) == [1]
    assert elastic.count() == 0


def test_searches_see_no_error_while_indices_are_swapped(elastic):
    elastic.write([make_row(1, "havn")])
    refresh(elastic)
    row, faults, totals, stop = read_row(1), [], [], threading.Event()

    def read():
        while not stop.is_set():
            try:
                totals.append(elastic.answer(asks("havn")).total)
            except EngineDown as fault:
                faults.append(str(fault))

    reader = threading.Thread(target=read)
    reader.start()
    for _ in range(2):
        building = elastic.create()
        elastic.fill(building, [row])
        elastic.use(building)
    stop.set()
    reader.join()
    assert len(totals) > 10
    assert not faults
    assert set(totals) == {1}


# --- when it fails ----------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["refuse", "hang", "delay 5", "cut 20"])
def test_an_engine_that_fails_says_so_in_time_and_in_no_ones_words(elastic, door, mode, caplog):
    caplog.set_level(logging.INFO)
    behind = ElasticEngine(door.url)
    behind.answer(asks("havn"))
    door.set(mode)
    began = time.monotonic()
    with pytest.raises(EngineDown) as raised:
        behind.answer(asks(SECRET))
    took = time.monotonic() - began
    print(f"{mode}: {took:.2f} s")
    assert took < QUERY_SECONDS + 0.3
    assert SECRET not in str(raised.value) + caplog.text
    door.set("ok")
    assert behind.answer(asks("havn")).total == 0


def test_an_error_of_the_engine_is_told_without_its_reason(elastic, caplog, monkeypatch):
    bad = {"query": {"match_phrase": {"t_title": {"query": SECRET, "slop": -3}}}}
    monkeypatch.setattr(elastic_module, "hits_body", lambda query, now: bad)
    with pytest.raises(EngineDown, match="400") as raised:
        elastic.answer(asks(SECRET))
    assert SECRET not in str(raised.value) + caplog.text
    assert raised.value.__cause__ is None
    assert raised.value.__suppress_context__


def test_another_host_answers_when_one_is_dead(elastic, elasticsearch_url, door):
    alive = elasticsearch_url.split(",")[0]
    for mode in ("refuse", "hang"):
        door.set(mode)
        engine = ElasticEngine(f"{door.url},{alive}")
        for _ in range(4):
            began = time.monotonic()
            assert engine.answer(asks("havn")).total == 0
            assert time.monotonic() - began < QUERY_SECONDS + 0.3


@pytest.mark.parametrize("address", ["", " , ", "localhost:9200", "ftp://a:1", "https://"])
def test_what_is_no_address_is_refused_at_once(address):
    with pytest.raises(ImproperlyConfigured):
        ElasticEngine(address)


# --- behind TLS and an API key ----------------------------------------------------------------------


def test_it_goes_by_tls_with_an_api_key(elastic, front):
    engine = ElasticEngine(front["SEARCH_URL"], api_key=front["SEARCH_API_KEY"], ca=front["SEARCH_CA"])
    engine.write([make_row(1, "havn")])
    assert found(elastic, asks("havn")) == [1]
    assert engine.answer(asks("havn")).total == 1
    building = engine.create()
    engine.fill(building, [read_row(1)])
    engine.use(building)
    assert engine.versions(0, None) == {1: 1}


def test_a_wrong_key_or_an_unknown_authority_is_down(elastic, front):
    key, ca = front["SEARCH_API_KEY"], front["SEARCH_CA"]
    for wrong in ({"api_key": "d3Jvbmc6a2V5", "ca": ca}, {"ca": ca}, {"api_key": key}):
        engine = ElasticEngine(front["SEARCH_URL"], **wrong)
        with pytest.raises(EngineDown) as raised:
            engine.answer(asks("havn"))
        assert key not in str(raised.value)
