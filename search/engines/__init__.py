"""The engines: the database always, and one beside it where SEARCH_URL stands in the settings."""

from functools import lru_cache

from django.conf import settings

from search.engines.base import WEIGHTS, Engine, EngineDown, WrongAnalysis

__all__ = ["WEIGHTS", "Engine", "EngineDown", "WrongAnalysis", "database", "remote"]


def database() -> Engine:
    """Return the engine of the database, which holds the entries themselves."""
    from search.engines import sql

    return sql.engine()


def remote() -> Engine | None:
    """Return the engine that holds a copy of the entries, behind its circuit breaker; None where there is none."""
    return _remote(settings.SEARCH_URL, settings.SEARCH_API_KEY, settings.SEARCH_CA) if settings.SEARCH_URL else None


@lru_cache(maxsize=4)
def _remote(url, api_key, ca):
    from search.engines.circuit import Guarded
    from search.engines.elastic import ElasticEngine

    return Guarded(ElasticEngine(url, api_key=api_key, ca=ca))
