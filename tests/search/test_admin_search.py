"""The admin's own search: any sign is safe, the best fits come first, and a common word is asked for once."""

from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import Page
from wagtail.search.backends import get_search_backend
from wagtail.search.utils import parse_query_string

from search.admin_search import plain, safe
from tests.redaction import As, House

HOSTILE = [
    '"',
    "'",
    'havn "',
    "\0",
    "havn\0by",
    "\ud800",
    "*",
    "-",
    "NOT",
    "AND OR NOT NEAR(",
    "title:havn",
    "{title}: havn",
    "^havn",
    "(((((",
    "havn*",
    "%",
    "\\",
    "'; DROP TABLE wagtailcore_page; --",
    '"havn" -by "',
    " ".join("abcdefghijklmnopqrstuvwxyz" * 10),
    "x" * 10_000,
    '"a" "b" "c" d e f',
]


@pytest.fixture
def desk(db):
    return As(House().users["Administrator"])


BOXES = ["wagtailadmin_pages:search", "wagtailimages:index", "wagtaildocs:index", "wagtailadmin_choose_page_search"]


@pytest.mark.parametrize("name", BOXES)
def test_any_sign_in_a_box_of_the_admin_is_answered(desk, name):
    for text in HOSTILE:
        sent = quote(text.encode("utf-8", "surrogatepass"))
        assert desk.client.get(f"{reverse(name)}?q={sent}").status_code == 200, repr(text[:40])


def test_any_sign_is_safe_for_the_backend_itself(campaign):
    backend = get_search_backend()
    for text in HOSTILE:
        assert list(backend.search(text, Page)) is not None
        assert list(backend.autocomplete(text, Page)) is not None
        _filters, query = parse_query_string(text)
        assert list(backend.search(query, Page)) is not None


def test_what_is_left_of_a_text_are_its_words():
    assert plain('"havn" -by: (kyst)*') == "havn by kyst"
    assert plain("co-creation anne@kommune.dk 2.0") == "co-creation anne@kommune.dk 2.0"
    assert plain('"-*\0') == ""
    assert safe('"') is None


def test_the_page_with_the_words_in_its_title_comes_before_those_that_only_name_them(campaign):
    found = list(get_search_backend().search("kvalitative interviews", Page))
    assert found[0].slug == "kvalitative-interviews"
    assert len(found) > 1


def test_a_phrase_and_a_word_together_come_in_the_right_order(campaign):
    """Wagtail's own backend for SQLite has the worst first here."""
    _filters, query = parse_query_string('"kvalitative interviews" borgere')
    found = list(get_search_backend().search(query, Page))
    assert found
    assert "kvalitative interviews" in found[0].title.lower()


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="SQLite er ikke brugt.")
def test_on_sqlite_no_score_is_looked_up_row_by_row(campaign):
    with CaptureQueriesContext(connection) as asked:
        assert len(list(get_search_backend().search("kommune", Page))) > 20
    ranked = [query["sql"] for query in asked if "bm25" in query["sql"]]
    assert len(ranked) == 1
    assert '"_score"' not in ranked[0]


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="PostgreSQL er ikke brugt.")
def test_on_postgresql_an_index_covers_the_query(campaign):
    sql, _params = get_search_backend().search("kommune", Page).get_queryset().query.sql_with_params()
    assert '("wagtailsearch_indexentry"."title" || "wagtailsearch_indexentry"."body")' in sql
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("EXPLAIN SELECT 1 FROM wagtailsearch_indexentry WHERE (title || body) @@ to_tsquery('kommune')")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "entries_title_and_body" in plan, plan
