"""What is asked of Elasticsearch, seen in review: a change of a request is a change of a file in golden/."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from search.engines.elastic_request import MOST_VALUES, among_body, hits_body, numbers_body
from search.query import FURTHEST, Alternative, Clause, Query

GOLDEN = Path(__file__).parent / "golden"
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def clause(*alternatives):
    return Clause(tuple(Alternative(tuple(terms.split()), weight) for terms, weight in alternatives))


HOUSING = clause(("bosaetning", 1.0))
VILLAGES = clause(("landsbyudvikling", 1.0), ("landsby udvikling", 0.6), ("bydel", 0.7))
QUERIES = {
    "one_word": Query(clauses=(HOUSING,)),
    "most_of_three_words": Query(clauses=(HOUSING, VILLAGES, clause(("borger", 1.0), ("borg", 0.8)))).loosened(),
    "phrase_without_word": Query(
        clauses=(HOUSING,), phrases=(("lokal", "dialog"),), excluded=(clause(("havn", 1.0)),)
    ),
    "chosen_by_a_member": Query(
        clauses=(VILLAGES,),
        chosen={"tema": ("bosaetning", "byliv"), "type": ("case",)},
        audiences=frozenset({"public", "space:7", "space:12"}),
        page=3,
    ),
    "newest": Query(clauses=(HOUSING,), sort="nyeste"),
    "no_words": Query(chosen={"aar": ("2025",)}),
}


@pytest.mark.parametrize("name", QUERIES)
def test_the_request_is_the_one_that_was_reviewed(name):
    bodies = [hits_body(QUERIES[name], NOW), numbers_body(QUERIES[name], NOW)]
    assert bodies == json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))


def test_the_request_for_some_of_many_is_the_one_that_was_reviewed():
    body = among_body(QUERIES["chosen_by_a_member"], [3, 1], NOW)
    assert body == json.loads((GOLDEN / "among.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("page", "size"), [(1, 20), (FURTHEST // 20, 20), (FURTHEST // 20 + 1, 20), (10**12, 20), (2, 9_999)]
)
def test_no_page_goes_further_than_the_engine_leafs(page, size):
    body = hits_body(Query(page=page, size=size), NOW)
    assert body["from"] >= 0
    assert body["size"] >= 0
    assert body["from"] + body["size"] <= FURTHEST


def test_a_name_of_a_field_is_no_pattern():
    body = numbers_body(Query(chosen={'a.*|"~#<b>': ("x",)}), NOW)
    pattern = next(count for name, count in body["aggs"].items() if name.startswith("of "))["aggs"]["numbers"]["terms"]
    assert pattern["include"] == r"a\.\*\|\"\~\#\<b\>=.*"
    assert pattern["size"] == MOST_VALUES
