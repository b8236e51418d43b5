"""Engines on a real Elasticsearch, each with an index of one test's own."""

import uuid

import pytest

from search import engines
from search.engines.circuit import Guarded
from search.engines.elastic import ElasticEngine
from search.models import SearchEntry, SearchFacet, SearchTask, SearchWord


@pytest.fixture
def index_name(settings, db):
    # Another test may have loaded the campaign for the whole session.
    for rows in (SearchEntry, SearchTask, SearchWord):
        rows.objects.all().delete()
    settings.SEARCH_INDEX = f"test-{uuid.uuid4().hex[:12]}"
    return settings.SEARCH_INDEX


@pytest.fixture
def bare_elastic(elasticsearch_url, index_name):
    """An engine whose index does not exist yet; whatever it makes is deleted."""
    engine = ElasticEngine(elasticsearch_url)
    yield engine
    delete_all(engine)


@pytest.fixture
def elastic(bare_elastic):
    """An engine with an empty index in use."""
    bare_elastic.use(bare_elastic.create())
    return bare_elastic


@pytest.fixture
def site_on(monkeypatch):
    """Let the whole site search in an engine: `site_on(engine)` returns it behind its circuit breaker."""

    def put(engine):
        guarded = Guarded(engine)
        monkeypatch.setattr(engines, "remote", lambda: guarded)
        return guarded

    return put


def delete_all(engine):
    for name in engine._client.indices.get(index=f"{engine.alias}*", features="aliases"):
        engine._client.indices.delete(index=name)


def refresh(engine):
    """Let what was written be found now; otherwise it takes up to half a second."""
    engine._client.indices.refresh(index=engine.alias)


def make_row(pk, title="", *, body="", tags="", summary="", parts="", facets=(), **more):
    """Return a saved SearchEntry with these terms, read again as the outbox reads it."""
    row = SearchEntry.objects.create(
        pk=pk,
        source="prøve",
        object_id=pk,
        **{"kind": "method", "audience": "public", "url": f"/{pk}/", "analyzer": "prøve", "version": 1} | more,
        title=title,
        t_title=title,
        t_body=body,
        t_tags=tags,
        t_summary=summary,
        t_parts=parts,
    )
    SearchFacet.objects.bulk_create(SearchFacet(entry=row, field=field, value=value) for field, value in facets)
    return read_row(pk)


def read_row(pk):
    return SearchEntry.objects.prefetch_related("facets").get(pk=pk)
