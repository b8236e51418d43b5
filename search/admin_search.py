"""The search of the Wagtail admin: Wagtail's own index in the database, whatever engine serves the public.

Repairs what Wagtail's backends of today lack (docs/search.md names the reports): a lone quote or a NUL was an error,
very many words a RecursionError, and on SQLite a common word took seconds, since the score of each row was looked up
by itself.
"""

import re

from django.db import connection
from django.db.models import Case, IntegerField, Value, When
from modelsearch.backends.base import EmptySearchResults
from modelsearch.backends.database import SearchBackend as database_backend
from modelsearch.query import And, Boost, Fuzzy, MatchAll, Not, Or, Phrase, PlainText

MOST_WORDS = 12
LONGEST = 200
RANKED = 500  # rows of which the order is by how well they fit; the rest follow, the newest first
WEIGHTS = "1, 1, 10"  # of Wagtail's columns: autocomplete, body, title
_SIGNS = re.compile(r"[^\w\s@.+-]|_")


def plain(text: str) -> str:
    """Return the words of `text` without any sign that an engine could read, at most twelve of them."""
    text = text.encode("utf-8", "ignore").decode()
    text = "".join(char if char.isprintable() else " " for char in text[:LONGEST])
    words = (word.strip("@.+-") for word in _SIGNS.sub(" ", text).split())
    return " ".join([word for word in words if word][:MOST_WORDS])


def safe(query):
    """Return a query of modelsearch made safe, or None when nothing is left to search for."""
    if isinstance(query, str):
        return plain(query) or None
    if isinstance(query, PlainText):
        text = plain(query.query_string)
        return PlainText(text, operator=query.operator, boost=query.boost) if text else None
    if isinstance(query, Phrase):
        text = plain(query.query_string)
        return Phrase(text) if text else None
    if isinstance(query, Fuzzy):
        text = plain(query.query_string)
        return PlainText(text, operator=query.operator) if text else None
    if isinstance(query, Boost):
        return safe(query.subquery)
    if isinstance(query, Not):
        inner = safe(query.subquery)
        return Not(inner) if inner is not None else MatchAll()
    if isinstance(query, And | Or):
        parts = [part for part in map(safe, query.subqueries) if part is not None]
        return type(query)(parts) if len(parts) > 1 else next(iter(parts), None)
    return query


def SearchBackend(params):  # noqa: N802  the name that Wagtail looks for
    """Return the backend of the database that is used, careful with what is typed."""
    usual = type(database_backend(params))
    parts = {"search": _search, "autocomplete": _autocomplete, "usual": usual}
    if connection.vendor == "sqlite":
        parts["query_compiler_class"] = _ranked_once(usual.query_compiler_class)
    return type("AdminSearchBackend", (usual,), parts)(params)


def _search(self, query, rows, **options):
    query = safe(query)
    return EmptySearchResults() if query is None else self.usual.search(self, query, rows, **options)


def _autocomplete(self, query, rows, **options):
    query = safe(query)
    return EmptySearchResults() if query is None else self.usual.autocomplete(self, query, rows, **options)


def _ranked_once(usual):
    """A compiler that asks for the scores of all rows in one go instead of once a row."""
    from modelsearch.backends.database.sqlite.query import BM25, MatchExpression, SQLiteFTSIndexEntry, normalize
    from modelsearch.utils import get_descendants_content_types_pks

    class TitleFirst(BM25):
        """A word in the title counts ten times one in the text."""

        def as_sql(self, compiler, connection, **more):
            sql, params = super().as_sql(compiler, connection, **more)
            return f"{sql.removesuffix(')')}, {WEIGHTS})", params

    class RankedOnce(usual):
        def search(self, config, start, stop, score_field=None):
            is_plain = isinstance(self.query, PlainText | Phrase | And | Or)
            if score_field is not None or not self.order_by_relevance or not is_plain:
                return super().search(config, start, stop, score_field)
            query = normalize(self.query)
            self.order_by_relevance = False
            try:
                found = super().search(config, None, None).order_by()
            finally:
                self.order_by_relevance = True
            if not isinstance(query, PlainText | Phrase | And | Or):
                return found.order_by("-pk")[start:stop]
            wanted = self.build_search_query(query, config=config)
            match = MatchExpression(self.fields or self.FTS_TABLE_FIELDS, wanted)
            types = get_descendants_content_types_pks(self.queryset.model)
            rows = SQLiteFTSIndexEntry.objects.filter(match, index_entry__content_type__in=types)
            best = rows.annotate(score=TitleFirst()).order_by("score").values_list("index_entry__object_id", flat=True)
            places = [When(pk=int(key), then=Value(place)) for place, key in enumerate(best[:RANKED])]
            place = Case(*places, default=Value(RANKED), output_field=IntegerField())
            return found.annotate(_place=place).order_by("_place", "-pk")[start:stop]

    return RankedOnce
