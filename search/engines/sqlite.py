"""SQLite: FTS5 over the rows of the entries, kept in step by triggers."""

import json
from collections import defaultdict
from heapq import nlargest

from django.db import connection

from search.engines import bits
from search.engines.base import WEIGHTS
from search.engines.sql import UNDATED, checked

COLUMNS = ", ".join(WEIGHTS)
IN_ORDER = "{" + " ".join(name for name in WEIGHTS if name != "t_parts") + "}"
HEAD = "{t_title t_tags}"
MANY = 300  # rows in a statement

# A migration that alters a column makes the table anew, and SQLite drops its triggers with it.
_NEW = ", ".join(f"new.{name}" for name in WEIGHTS)
_OLD = ", ".join(f"old.{name}" for name in WEIGHTS)
TRIGGERS = {
    "search_entry_made": f"""AFTER INSERT ON search_searchentry BEGIN
        INSERT INTO search_fts (rowid, {COLUMNS}) VALUES (new.id, {_NEW});
    END""",  # noqa: S608
    "search_entry_changed": f"""AFTER UPDATE OF id, {COLUMNS} ON search_searchentry BEGIN
        INSERT INTO search_fts (search_fts, rowid, {COLUMNS}) VALUES ('delete', old.id, {_OLD});
        INSERT INTO search_fts (rowid, {COLUMNS}) VALUES (new.id, {_NEW});
    END""",  # noqa: S608
    "search_entry_gone": f"""AFTER DELETE ON search_searchentry BEGIN
        INSERT INTO search_fts (search_fts, rowid, {COLUMNS}) VALUES ('delete', old.id, {_OLD});
        DELETE FROM search_row WHERE id = old.id;
        UPDATE search_places SET gone = 1 WHERE id = old.id;
    END""",  # noqa: S608
}


def keep_triggers(sender=None, using="default", **kwargs):
    """Make the triggers again where a migration dropped them, and mend what was missed meanwhile. For post_migrate."""
    from django.db import connections

    if connections[using].vendor != "sqlite":
        return
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE name LIKE 'search_entry_%%' OR name = 'search_fts'")
        there = {name for (name,) in cursor}
        missing = TRIGGERS.keys() - there
        if "search_fts" not in there or not missing:
            return
        for name in missing:
            cursor.execute(f"CREATE TRIGGER {name} {TRIGGERS[name]}")
        cursor.execute("INSERT INTO search_fts (search_fts) VALUES ('rebuild')")
        cursor.execute("DELETE FROM search_row WHERE id NOT IN (SELECT id FROM search_searchentry)")
        cursor.execute("UPDATE search_places SET gone = 1 WHERE id NOT IN (SELECT id FROM search_searchentry)")


class Sqlite:
    name = "SQLite"
    IS_AMONG = "IN (SELECT value FROM json_each(%s))"  # of keys that are `listed`

    def listed(self, keys):
        return json.dumps(list(keys))

    def most_ranked(self, query):
        return 3_000

    def settle(self):
        """Nothing is kept of how common words are."""

    def take_turn(self):
        """A transaction that writes is alone already."""

    def matching(self, branches, in_head=False, least=0):
        """Return a set for each branch: clauses that must all be satisfied, or a phrase. No key below `least`."""
        with connection.cursor() as cursor:
            return [self._matching(cursor, branch, in_head, least) for branch in branches]

    def _matching(self, cursor, branch, in_head, least):
        asked = _asked(branch)
        if asked is None:
            return {}
        if in_head:
            asked = f"{HEAD} : ({asked})"
        cursor.execute("SELECT rowid FROM search_fts WHERE search_fts MATCH %s AND rowid >= %s", [asked, least])
        return bits.of(key for (key,) in cursor.fetchall())

    def held_by(self, wanted):
        """Return {field: what stands under any of its values} for `wanted` ({field: values})."""
        held = {field: {} for field in wanted}
        pairs = [(field, value) for field, values in wanted.items() for value in values]
        with connection.cursor() as cursor:
            for some in _slices(pairs):
                cursor.execute(
                    f"SELECT field, chunk, bits FROM search_bits WHERE (field, value) IN (VALUES {_marks(some, 2)})",  # noqa: S608
                    [part for pair in some for part in pair],
                )
                for field, chunk, blob in cursor.fetchall():
                    held[field][chunk] = held[field].get(chunk, 0) | int.from_bytes(blob)
        return held

    def numbers(self, masks):
        """Yield (field, value, number): how many of the mask of the field, else of that of "", stand there."""
        numbers = defaultdict(int)
        with connection.cursor() as cursor:
            cursor.execute("SELECT field, value, chunk, bits FROM search_bits WHERE field <> ''")
            for field, value, chunk, blob in cursor.fetchall():
                mask = masks.get(field, masks[""]).get(chunk)
                if mask and (number := (int.from_bytes(blob) & mask).bit_count()):
                    numbers[field, value] += number
        return ((*key, number) for key, number in numbers.items())

    def ranked(self, query, among, number):
        """Return the best `number` of the keys `among` as (key, score), with all that are as good as the last."""
        scores = self._scores(query, among)
        if not scores:
            return []
        least = nlargest(number, scores.values())[-1]
        best = {key: score for key, score in scores.items() if score >= least}
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT published, id FROM search_row WHERE id IN (SELECT value FROM json_each(%s))",
                [json.dumps(list(best))],
            )
            order = sorted(((best[key], published, key) for published, key in cursor.fetchall()), reverse=True)
        return [(key, score) for score, _published, key in order]

    def _scores(self, query, among):
        """{key: sum over the clauses of the best alternative}."""
        scores = dict.fromkeys(among, 0.0)
        asked = [[((c,), one.weight) for one in clause.alternatives for c in [_only(one)]] for clause in query.clauses]
        asked += [[(phrase, 1.0)] for phrase in query.phrases]
        with connection.cursor() as cursor:
            for alternatives in asked:
                best = {}
                for branch, weight in alternatives:
                    for key, score in self._weighed(cursor, branch):
                        if key in scores and best.get(key, 0.0) < score * weight:
                            best[key] = score * weight
                for key, score in best.items():
                    scores[key] += score
        return scores

    def _weighed(self, cursor, branch):
        cursor.execute(
            f"SELECT rowid, -bm25(search_fts, {', '.join(map(str, WEIGHTS.values()))})"  # noqa: S608
            " FROM search_fts WHERE search_fts MATCH %s",
            [_asked(branch)],
        )
        return cursor.fetchall()

    def newest(self, keys, start, end):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT id FROM search_row WHERE id IN (SELECT value FROM json_each(%s))"
                " ORDER BY published DESC, id DESC LIMIT %s OFFSET %s",
                [json.dumps(list(keys)), end - start, start],
            )
            return [key for (key,) in cursor.fetchall()]

    def by_date(self, about):
        """Yield all keys, the newest first; `about` so many are wanted."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT id FROM search_row ORDER BY published DESC, id DESC")
            yield from (key for (key,) in cursor)

    def store(self, entries):
        with connection.cursor() as cursor:
            cursor.executemany(
                "INSERT OR REPLACE INTO search_row (id, published, expires) VALUES (%s, %s, %s)",
                [times(entry) for entry in entries],
            )

    def load(self, keys):
        """Return {(chunk, field, value): bits} of those of `keys` that are held."""
        held = {}
        with connection.cursor() as cursor:
            for some in _slices(list(keys)):
                cursor.execute(
                    "SELECT chunk, field, value, bits FROM search_bits"  # noqa: S608
                    f" WHERE (chunk, field, value) IN (VALUES {_marks(some, 3)})",
                    [part for key in some for part in key],
                )
                held |= {(chunk, field, value): int.from_bytes(blob) for chunk, field, value, blob in cursor}
        return held

    def save(self, held):
        with connection.cursor() as cursor:
            cursor.executemany(
                "INSERT OR REPLACE INTO search_bits (chunk, field, value, bits) VALUES (%s, %s, %s, %s)",
                [(*key, number.to_bytes(bits.BYTES)) for key, number in held.items() if number],
            )
            cursor.executemany(
                "DELETE FROM search_bits WHERE chunk = %s AND field = %s AND value = %s",
                [key for key, number in held.items() if not number],
            )

    def places(self, keys):
        """Return {key: {(field, value)}}: where the bits of `keys` stand, and those of what is gone."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT id, places FROM search_places"
                " WHERE id IN (SELECT value FROM json_each(%s)) UNION SELECT id, places FROM search_places WHERE gone",
                [json.dumps(list(keys))],
            )
            return {key: {tuple(pair) for pair in json.loads(places)} for key, places in cursor}

    def save_places(self, under, gone):
        with connection.cursor() as cursor:
            cursor.executemany(
                "INSERT OR REPLACE INTO search_places (id, places, gone) VALUES (%s, %s, 0)",
                [(key, json.dumps(sorted(pairs))) for key, pairs in under.items()],
            )
            cursor.executemany("DELETE FROM search_places WHERE id = %s", [(key,) for key in gone])


def times(entry):
    """Return key, publication and expiry of an entry, in seconds since 1970."""
    return (
        entry.pk,
        entry.published.timestamp() if entry.published else UNDATED,
        entry.expires.timestamp() if entry.expires else None,
    )


def _only(alternative):
    from search.query import Clause

    return Clause((alternative,))


def _asked(branch):
    """Return a branch in the words of FTS5, or None where nothing can satisfy it."""
    if isinstance(branch[0], str):
        return f'{IN_ORDER} : "{" ".join(map(checked, branch))}"'
    if not all(clause.alternatives for clause in branch):
        return None
    return " AND ".join(
        "(" + " OR ".join(f"({_all(one.terms)})" for one in clause.alternatives) + ")" for clause in branch
    )


def _all(terms):
    return " AND ".join(f'"{checked(term)}"' for term in terms)


def _slices(rows):
    return (rows[first : first + MANY] for first in range(0, len(rows), MANY))


def _marks(rows, width):
    return ", ".join(["(" + ", ".join(["%s"] * width) + ")"] * len(rows))
