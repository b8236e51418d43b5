"""What every engine promises, asked of the one the database is: the entries of the reference, and their order."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from search.engines import bits, sql, sqlite, usual
from search.models import SearchEntry, SearchFacet
from search.query import Alternative, Clause, Query
from tests.search import corpus

pytestmark = pytest.mark.django_db


@pytest.fixture
def engine():
    SearchEntry.objects.all().delete()
    engine = sql.engine()
    engine.forget([])
    return engine


def word(*terms):
    return Clause(tuple(Alternative((term,)) for term in terms), terms[0])


def asking(*words, **kwargs):
    return Query(clauses=tuple(word(one) for one in words), **kwargs)


def write(engine, number, facets=(), **columns):
    columns = {"audience": "public", "kind": "metode", "t_title": "", "analyzer": "x", "url": "/", **columns}
    entry, _made = SearchEntry.objects.update_or_create(source="test", object_id=number, defaults=columns)
    entry.facets.all().delete()
    SearchFacet.objects.bulk_create(SearchFacet(entry=entry, field=f, value=v) for f, v in facets)
    engine.write([entry])
    return entry.pk


def keys(engine, query):
    return [hit.entry_id for hit in engine.answer(query).hits]


def test_the_engine_finds_what_the_reference_finds(engine):
    corpus.save_entries(700, write=engine.write)
    rows = corpus.rows()
    questions = corpus.Questions(rows).some(360)
    assert corpus.differences(engine, questions, rows) == []
    found = [engine.answer(question).total for question in questions]
    assert sum(total > 0 for total in found) > 150
    assert sum(total == 0 for total in found) > 20


def test_it_finds_the_same_when_only_a_part_is_ranked(engine, monkeypatch):
    monkeypatch.setattr(type(engine.dialect), "most_ranked", lambda self, query: 7)
    monkeypatch.setattr(sql, "about_walked", lambda whole, total, end: 7)
    monkeypatch.setattr(sql, "SPARSE", 0)
    corpus.save_entries(400, write=engine.write)
    rows = corpus.rows()
    assert corpus.differences(engine, corpus.Questions(rows, seed=2).some(60), rows) == []


def test_where_any_order_will_do_the_same_entries_are_found(engine):
    corpus.save_entries(60, write=engine.write)
    query = asking(corpus.Words().all[0], size=100)
    ordered, free = engine.answer(query), engine.answer(replace(query, any_order=True))
    assert len(free.hits) == free.total == ordered.total > 20
    assert {hit.entry_id for hit in free.hits} == {hit.entry_id for hit in ordered.hits}
    few = replace(query, size=10)
    assert engine.answer(replace(few, any_order=True)).hits == engine.answer(few).hits


@pytest.mark.skipif(connection.vendor != "postgresql", reason="Usual words are kept as bits in PostgreSQL alone.")
def test_it_finds_the_same_when_usual_words_are_kept_as_bits(engine, monkeypatch):
    monkeypatch.setattr(usual, "MANY", 1)
    corpus.save_entries(300, write=engine.write)
    engine.settle()
    assert usual.held({corpus.Words().all[0]})
    gone, changed, *_others = SearchEntry.objects.order_by("-pk").prefetch_related("facets")
    SearchEntry.objects.filter(pk=gone.pk).delete()
    changed.t_title, changed.t_body = "havn", corpus.Words().all[1]
    changed.save()
    engine.write([changed])
    more = list(corpus.make_entries(40, seed=2))
    for entry, _facets in more:
        entry.object_id += 1_000
    corpus.save(more)
    engine.write([entry for entry, _facets in more[:30]])
    for entry, _facets in more[30:]:
        engine.write([entry])
    rows = corpus.rows()
    questions = corpus.Questions(rows, seed=3).some(120)
    assert corpus.differences(engine, questions, rows) == []
    # A word may be usual no more, or from now on.
    monkeypatch.setattr(usual, "LEAST", 0.3)
    engine.settle()
    assert corpus.differences(engine, questions[:40], rows) == []


@pytest.mark.skipif(connection.vendor != "postgresql", reason="Only PostgreSQL lets words wait beside the index.")
def test_what_is_written_does_not_wait_beside_the_index(engine):
    write(engine, 1, t_title="havn")
    with connection.cursor() as cursor:
        cursor.execute("SELECT gin_clean_pending_list('search_row_words')")
        assert cursor.fetchone() == (0,)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="Usual words are kept as bits in PostgreSQL alone.")
def test_in_a_small_library_no_word_is_kept_as_bits(engine):
    corpus.save_entries(40, write=engine.write)
    engine.settle()
    assert usual.held({corpus.Words().all[0]}) == {}


def test_pages_follow_each_other_without_gap_or_repeat(engine, monkeypatch):
    monkeypatch.setattr(type(engine.dialect), "most_ranked", lambda self, query: 30)
    monkeypatch.setattr(sql, "about_walked", lambda whole, total, end: 40)
    corpus.save_entries(300, write=engine.write)
    common = corpus.Words().all[0]
    for sort in ("relevans", "nyeste"):
        whole = keys(engine, asking(common, size=300, sort=sort))
        assert len(whole) > 100
        pages = [keys(engine, asking(common, page=page, sort=sort)) for page in range(1, len(whole) // 20 + 3)]
        assert [key for page in pages for key in page] == whole


def test_written_again_an_entry_is_found_by_its_new_words_and_values_alone(engine):
    key = write(engine, 1, [("type", "metode"), ("tema", "by")], t_title="havn", t_parts="vand")
    assert keys(engine, asking("havn")) == keys(engine, asking("vand")) == [key]
    write(engine, 1, [("type", "metode"), ("tema", "land")], t_title="skov", audience="space:1")
    assert keys(engine, asking("havn")) == keys(engine, asking("skov")) == []
    answer = engine.answer(asking("skov", audiences=frozenset({"space:1"})))
    assert (answer.total, answer.facets) == (1, {"type": {"metode": 1}, "tema": {"land": 1}})
    assert engine.count() == 1


def test_deleted_by_whatever_way_an_entry_leaves_no_trace(engine):
    one, two = (write(engine, number, [("type", "metode")], t_title="havn") for number in (1, 2))
    SearchEntry.objects.filter(pk=one).delete()
    assert keys(engine, asking("havn")) == keys(engine, Query()) == [two]
    assert engine.answer(Query()).facets == {"type": {"metode": 1}}
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM search_searchfacet")
        cursor.execute("DELETE FROM search_searchentry")
    assert engine.answer(asking("havn")).total == engine.answer(Query()).total == engine.count() == 0
    engine.forget([(one, 2), (two, 2)])
    with connection.cursor() as cursor:
        cursor.execute("SELECT (SELECT count(*) FROM search_bits), (SELECT count(*) FROM search_places)")
        assert cursor.fetchone() == (0, 0)


def test_an_expired_entry_is_gone_by_itself(engine):
    now = timezone.now()
    write(engine, 1, t_title="havn", expires=now - timedelta(seconds=2))
    later = write(engine, 2, t_title="havn", expires=now + timedelta(hours=1))
    assert keys(engine, asking("havn")) == keys(engine, Query()) == [later]


def test_the_title_counts_more_than_tags_then_summary_then_text(engine):
    filling = "mark eng sti dal"
    order = [
        write(engine, number, t_title=filling, t_tags=filling, t_summary=filling, t_body=filling)
        for number in range(4)
    ]
    for column, key in zip(("t_title", "t_tags", "t_summary", "t_body"), order, strict=True):
        entry = SearchEntry.objects.get(pk=key)
        setattr(entry, column, "mark eng havn dal")
        entry.save()
        engine.write([entry])
    assert keys(engine, asking("havn")) == order


def test_of_equals_the_newest_is_first_then_the_highest_key(engine):
    now = timezone.now()
    undated = write(engine, 1, t_title="havn")
    old = write(engine, 2, t_title="havn", published=now - timedelta(days=9))
    new, new_too = (write(engine, number, t_title="havn", published=now) for number in (3, 4))
    for query in (asking("havn"), asking("havn", sort="nyeste"), Query()):
        assert keys(engine, query) == [new_too, new, old, undated]


def test_the_best_alternative_counts_by_its_weight(engine):
    second, first = (write(engine, number, t_title=term) for number, term in ((1, "havn"), (2, "kaj")))
    for number in range(3, 9):
        write(engine, number, t_title="skov")
    clause = Clause((Alternative(("havn",), 0.5), Alternative(("kaj",), 1.0)))
    assert keys(engine, Query(clauses=(clause,))) == [first, second]


def test_a_phrase_is_known_far_into_a_long_text(engine):
    # A tsvector knows no place above 16,383 and no more than 255 of a term.
    long = " ".join(f"ord{number}" for number in range(20_000))
    far = write(engine, 1, t_body=f"{long} lange havn")
    many = write(engine, 2, t_body=f"{'havn skov ' * 400} lange havn")
    write(engine, 3, t_body=f"{long} havn lange")
    write(engine, 4, t_title="lange", t_tags="havn", t_parts="lange havn")
    assert set(keys(engine, Query(phrases=(("lange", "havn"),)))) == {far, many}


def test_a_phrase_of_one_word_is_no_part_of_a_compound(engine):
    key = write(engine, 1, t_title="havn")
    write(engine, 2, t_title="havneplads", t_parts="havn plads")
    assert keys(engine, Query(phrases=(("havn",),))) == [key]


def test_very_long_terms_are_told_apart(engine):
    one, other = "a" * 3000 + "b", "a" * 3000 + "c"
    key = write(engine, 1, t_title=one)
    write(engine, 2, t_title=other)
    assert keys(engine, asking(one)) == [key]


def test_the_greatest_question_is_answered(engine):
    key = write(engine, 1, t_title=" ".join(f"ord{number}" for number in range(300)))
    clauses = tuple(
        Clause(tuple(Alternative(tuple(f"ord{(c * 7 + a * 5 + t) % 300}" for t in range(6))) for a in range(12)))
        for c in range(40)
    )
    query = Query(clauses=clauses, audiences=frozenset({"public", *(f"space:{n}" for n in range(500))}))
    assert keys(engine, query) == keys(engine, query.loosened()) == [key]


@pytest.mark.parametrize("term", ['a"b', "a'b", "NEAR(", "a b", "", "Æ", "\0", "A", "a*", "a:b"])
def test_what_is_no_term_goes_no_further(engine, term):
    with pytest.raises(ValueError, match="no analysed term"):
        engine.answer(asking(term))
    with pytest.raises(ValueError, match="no analysed term"):
        engine.answer(Query(phrases=((term, "havn"),)))


def test_words_of_the_query_languages_are_only_words(engine):
    key = write(engine, 1, t_title="and or not near rowid")
    for term in ("and", "or", "not", "near", "rowid"):
        assert keys(engine, asking(term)) == [key]


def test_an_alternative_without_terms_asks_for_nothing(engine):
    key = write(engine, 1, t_title="havn")
    empty = Clause((Alternative(()),))
    assert keys(engine, Query(clauses=(empty,))) == []
    assert keys(engine, replace(asking("havn"), clauses=(word("havn"), empty), least=1)) == [key]
    assert keys(engine, Query(phrases=((),))) == [key]


def test_an_answer_takes_few_statements_whatever_is_found(engine, django_assert_max_num_queries):
    corpus.save_entries(200, write=engine.write)
    common = corpus.Words().all[:2]
    for query in (asking(*common), asking(*common, chosen={"type": ("metode",), "tema": ("tema-0",)}), Query()):
        with django_assert_max_num_queries(10 if connection.vendor == "sqlite" else 7):
            engine.answer(query)


def test_it_leaves_to_no_row_beyond_the_furthest_but_counts_them(engine, monkeypatch):
    monkeypatch.setattr(sql, "FURTHEST", 30)
    corpus.save_entries(60, write=engine.write)
    everyone = frozenset(SearchEntry.objects.values_list("audience", flat=True))
    answer = engine.answer(Query(audiences=everyone, page=2))
    assert len(answer.hits) == 10
    assert answer.total > 50
    assert engine.answer(Query(audiences=everyone, page=9)).hits == ()


@pytest.mark.skipif(connection.vendor != "sqlite", reason="Triggers are only lost where tables are made anew.")
def test_lost_triggers_are_made_again_and_what_they_missed_is_mended(engine):
    gone, changed = (write(engine, number, t_title="havn") for number in (1, 2))
    with connection.cursor() as cursor:
        for name in sqlite.TRIGGERS:
            cursor.execute(f"DROP TRIGGER {name}")
    SearchEntry.objects.filter(pk=gone).delete()
    SearchEntry.objects.filter(pk=changed).update(t_title="skov")
    sqlite.keep_triggers()
    assert keys(engine, Query()) == keys(engine, asking("skov")) == [changed]
    assert keys(engine, asking("havn")) == []
    SearchEntry.objects.filter(pk=changed).delete()
    assert keys(engine, asking("skov")) == []
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO search_fts (search_fts, rank) VALUES ('integrity-check', 1)")


def test_sets_of_bits_are_sets():
    one, other = {0, 5, 16_383, 16_384, 40_000}, {5, 16_384, 99_999}
    a, b = bits.of(one), bits.of(other)
    assert set(bits.keys(bits.both(a, b))) == one & other
    assert set(bits.keys(bits.either(a, b))) == one | other
    assert set(bits.keys(bits.without(a, b))) == one - other
    assert list(bits.keys(a)) == sorted(one, reverse=True)
    assert bits.count(a) == 5
    assert [bits.least_of_highest(a, number) for number in (1, 2, 3, 6)] == [32_768, 16_384, 0, 0]
    assert [key for key in range(99_999 + 1) if bits.has(b, key)] == sorted(other)
    assert set(bits.keys(bits.at_least(2, [a, b, bits.of({0, 99_999})]))) == {0, 5, 16_384, 99_999}
