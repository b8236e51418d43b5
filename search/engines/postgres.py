"""PostgreSQL: a tsvector made here, literally, from the analysed terms, with a GIN index.

Beside a term stands `^term` where it is in title or tags, and `~term` where it is nothing but a part of a compound, so
that the index alone tells. ts_rank has no idf and knows four weights, not five: a part counts as a word of the text.
"""

import json
import re
from array import array
from collections import defaultdict
from functools import lru_cache, reduce
from hashlib import sha256
from math import log

from django.db import connection

from search.engines import bits, usual
from search.engines.base import WEIGHTS
from search.engines.bits_in_postgres import listed, read, written
from search.engines.sql import checked
from search.engines.sqlite import times
from search.query import Alternative, Clause

HEAD, ONLY_PART = "^", "~"
IN_HEAD = ("t_title", "t_tags")
ANALYSED = re.compile(r"[a-z0-9\s]*", re.ASCII)
LABELS = {"t_title": "A", "t_tags": "B", "t_summary": "C", "t_body": "D", "t_parts": "D"}
# Highest is 1, in the order D, C, B, A.
_SHARES = [WEIGHTS[name] / WEIGHTS["t_title"] for name in ("t_body", "t_summary", "t_tags", "t_title")]
RANKED_BY = "{" + ", ".join(map(str, _SHARES)) + "}"
LAST_PLACE, MOST_PLACES = 16_383, 255  # limits of a tsvector: the highest position, and positions of one term
GAP = 10  # between columns: a phrase does not reach across
LONGEST_TERM = 200
MOST_UNPACKED = 3  # times that unpacking a vector anew is cheaper than keeping a copy
WORDS = bits.SIZE // 64  # of 64 bits, in a chunk
WORD_OF_BITS = "id >> 6, bit_or(1::bigint << (~id & 63)::int)"
TURN = 5_501  # of pg_advisory_xact_lock


class Postgres:
    name = "PostgreSQL"
    IS_AMONG = "= ANY(%s::bigint[])"  # of keys that are `listed`

    def listed(self, keys):
        return listed(keys)

    def most_ranked(self, query):
        """Fewer the more terms there are to weigh."""
        terms = sum(len(one.terms) for clause in query.clauses for one in clause.alternatives)
        return max(200, 300 // max(1, terms // 4))

    def take_turn(self):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TURN])

    def matching(self, branches, in_head=False, least=0):
        """Return a set for each branch: clauses that must all be satisfied, or a phrase. No key below `least`. One
        statement.

        Keys come as words of 64 bits, so that half the index is not sent row by row.
        """
        mark = HEAD if in_head else ""
        held = usual.held(_lexemes_asked(branches, mark))
        parts = [_parts(branch, mark, held) for branch in branches]
        found = iter(self._looked_up([rest for part in parts for _known, rest in part if rest], mark, least))
        return [
            _all_in([bits.either(known, next(found)) if rest else known for known, rest in part]) for part in parts
        ]

    def _looked_up(self, branches, mark, least):
        """Ask the index."""
        parts, values = [], []
        for number, branch in enumerate(branches):
            part, of_it = _branch(number, branch, mark)
            parts += part
            values += of_it
        chunks = [defaultdict(_no_words) for _ in branches]
        if parts:
            with connection.cursor() as cursor:
                above = f" AND id >= {least:d}" if least else ""
                cursor.execute(" UNION ALL ".join(f"{part}{above} GROUP BY 2" for part in parts), values)
                for number, place, word in cursor.fetchall():
                    chunks[number][place // WORDS][place % WORDS] |= word
        return [{chunk: _joined(words) for chunk, words in one.items()} for one in chunks]

    def settle(self):
        def find(lexeme):
            mark = HEAD if lexeme.startswith(HEAD) else ""
            term = Alternative((lexeme.removeprefix(HEAD),))
            return self._looked_up([(Clause((term,)),)], mark, 0)[0]

        usual.choose(find, self.take_turn)

    def held_by(self, wanted):
        """Return {field: what stands under any of its values} for `wanted` ({field: values})."""
        held = {field: {} for field in wanted}
        pairs = [(field, value) for field, values in wanted.items() for value in values]
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT field, chunk, bit_send(bit_or(bits)) FROM search_bits"
                " JOIN unnest(%s::text[], %s::text[]) AS wanted (field, value) USING (field, value)"
                " GROUP BY field, chunk",
                [list(column) for column in zip(*pairs, strict=True)] or [[], []],
            )
            for field, chunk, sent in cursor:
                held[field][chunk] = read(sent)
        return held

    def numbers(self, masks):
        """Yield (field, value, number): how many of the mask of the field, else of that of "", stand there."""
        given = [(chunk, field, mask) for field, held in masks.items() for chunk, mask in held.items() if mask]
        if not given:
            return []
        chunks, fields, sets = zip(*given, strict=True)
        with connection.cursor() as cursor:
            # OFFSET keeps the selects apart: a mask is read once, and the bits themselves are never sorted.
            cursor.execute(
                f"""
                SELECT field, value, sum(number)::bigint FROM (
                    SELECT held.field, held.value, bit_count(held.bits & mask.bits) AS number
                    FROM (
                        SELECT chunk, field, bits::bit({bits.SIZE}) AS bits
                        FROM unnest(%s::int[], %s::text[], %s::text[]) AS given (chunk, field, bits) OFFSET 0
                    ) AS mask
                    JOIN search_bits AS held ON held.chunk = mask.chunk
                        AND (held.field = mask.field OR mask.field = '' AND held.field <> ALL(%s))
                    WHERE held.field <> '' OFFSET 0
                ) AS counted GROUP BY field, value
                """,  # noqa: S608
                [list(chunks), list(fields), listed(map(written, sets)), [field for field in masks if field]],
            )
            return [row for row in cursor.fetchall() if row[2]]

    def ranked(self, query, among, number):
        """Return the best `number` of the keys `among` as (key, score)."""
        score, values = self._score(query)
        # With many terms to weigh the vector is unpacked once, not for each; OFFSET keeps the two selects apart.
        v = "vector || ''" if score.count("ts_rank") > MOST_UNPACKED else "vector"
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT id, ({score})::float8 AS score FROM (SELECT id, published, {v} AS v FROM search_row"  # noqa: S608
                " WHERE id = ANY(%s::bigint[]) OFFSET 0) AS picked"
                " ORDER BY score DESC, published DESC, id DESC LIMIT %s",
                [*values, listed(among), number],
            )
            return cursor.fetchall()

    def _score(self, query):
        """Return the sum over the clauses of the best alternative, as an expression and its values.

        An alternative is the sum of idf · ts_rank over its terms, if all are there; idf = ln(1 + N / n) as in BM25
        (Robertson & Zaragoza 2009), of public entries.
        """
        from search import vocabulary

        clauses = [[(one.terms, one.weight) for one in clause.alternatives] for clause in query.clauses]
        clauses += [[(phrase, 1.0)] for phrase in query.phrases]
        terms = {term for clause in clauses for alternative, _weight in clause for term in alternative}
        # Of one term alone the order is the same whatever its idf.
        spread = vocabulary.number_with(terms) if len(terms) > 1 else {}
        everything = self._about_all() if spread else 0
        summed, values = [], []
        for alternatives in clauses:
            best = []
            for alternative, weight in alternatives:
                ranks = " + ".join(["%s * ts_rank(%s, v, %s::tsquery, 1)"] * len(alternative))
                # A term that is not there has the rank 0, and makes the others of its alternative worth nothing.
                if len(alternative) > 1:
                    ranks = f"CASE WHEN v @@ %s::tsquery THEN {ranks} ELSE 0 END"
                    values.append(_all(alternative))
                best.append(ranks)
                for term in alternative:
                    idf = log(1 + max(everything, 1) / spread.get(term, 1))
                    values += [weight * idf, RANKED_BY, _quoted(term)]
            if best:
                summed.append(f"greatest({', '.join(best)})")
        return " + ".join(summed) or "0", values

    def _about_all(self):
        with connection.cursor() as cursor:
            cursor.execute("SELECT reltuples FROM pg_class WHERE oid = 'search_row'::regclass")
            return cursor.fetchone()[0]

    def newest(self, keys, start, end):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT id FROM search_row WHERE id = ANY(%s::bigint[])"
                " ORDER BY published DESC, id DESC LIMIT %s OFFSET %s",
                [listed(keys), end - start, start],
            )
            return [key for (key,) in cursor]

    def by_date(self, about):
        """Yield all keys, the newest first; `about` so many are wanted. No cursor of the server's: outside of a
        transaction it would read them all before it gives the first."""
        last = (float("inf"), 0)
        while True:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT published, id FROM search_row WHERE (published, id) < (%s::float8, %s)"
                    " ORDER BY published DESC, id DESC LIMIT %s",
                    [*last, about],
                )
                rows = cursor.fetchall()
            yield from (key for _published, key in rows)
            if len(rows) < about:
                return
            last = rows[-1]

    def store(self, entries):
        vectors = {entry.pk: vector(entry) for entry in entries}
        usual.keep({key: lexemes for key, (_literal, _is_long, lexemes) in vectors.items()})
        rows = [(*times(entry), *vectors[entry.pk][:2]) for entry in entries]
        columns = [list(column) for column in zip(*rows, strict=True)]
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO search_row (id, published, expires, vector, is_long)"
                " SELECT id, published, expires, vector::tsvector, is_long FROM unnest("
                " %s::bigint[], %s::float8[], %s::float8[], %s::text[], %s::boolean[])"
                " AS given (id, published, expires, vector, is_long)"
                " ON CONFLICT (id) DO UPDATE SET published = excluded.published, expires = excluded.expires,"
                " vector = excluded.vector, is_long = excluded.is_long",
                [*columns[:3], listed(f'"{literal}"' for literal in columns[3]), columns[4]],
            )
            # What waits beside the index makes it look so dear to the planner that 300 entries written since the last
            # vacuum were enough for it to read every vector instead: 270 ms at 100,000 entries.
            cursor.execute("SELECT gin_clean_pending_list('search_row_words')")

    def load(self, keys):
        """Return {(chunk, field, value): bits} of those of `keys` that are held."""
        keys = list(keys)
        if not keys:
            return {}
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT chunk, field, value, bit_send(bits) FROM search_bits"
                " JOIN unnest(%s::int[], %s::text[], %s::text[]) AS wanted (chunk, field, value)"
                " USING (chunk, field, value)",
                [list(column) for column in zip(*keys, strict=True)],
            )
            return {(chunk, field, value): read(sent) for chunk, field, value, sent in cursor}

    def save(self, held):
        with connection.cursor() as cursor:
            if full := [(*key, written(number)) for key, number in held.items() if number]:
                *keys, sets = zip(*full, strict=True)
                cursor.execute(
                    "INSERT INTO search_bits (chunk, field, value, bits)"  # noqa: S608
                    f" SELECT chunk, field, value, bits::bit({bits.SIZE})"
                    " FROM unnest(%s::int[], %s::text[], %s::text[], %s::text[]) AS given (chunk, field, value, bits)"
                    " ON CONFLICT (chunk, field, value) DO UPDATE SET bits = excluded.bits",
                    [*map(list, keys), listed(sets)],
                )
            if empty := [key for key, number in held.items() if not number]:
                cursor.execute(
                    "DELETE FROM search_bits"
                    " USING unnest(%s::int[], %s::text[], %s::text[]) AS gone (chunk, field, value)"
                    " WHERE (search_bits.chunk, search_bits.field, search_bits.value)"
                    " = (gone.chunk, gone.field, gone.value)",
                    [list(column) for column in zip(*empty, strict=True)],
                )

    def places(self, keys):
        """Return {key: {(field, value)}}: where the bits of `keys` stand, and those of what is gone."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT id, places FROM search_places WHERE id = ANY(%s)"
                " UNION SELECT id, places FROM search_places WHERE gone",
                [list(keys)],
            )
            return {key: {tuple(pair) for pair in json.loads(places)} for key, places in cursor}

    def save_places(self, under, gone):
        with connection.cursor() as cursor:
            if under:
                cursor.execute(
                    "INSERT INTO search_places (id, places) SELECT key::bigint, value FROM json_each_text(%s::json)"
                    " ON CONFLICT (id) DO UPDATE SET places = excluded.places, gone = false",
                    [json.dumps({key: json.dumps(sorted(pairs)) for key, pairs in under.items()})],
                )
            if gone:
                cursor.execute("DELETE FROM search_places WHERE id = ANY(%s)", [list(gone)])


def vector(entry) -> tuple[str, bool, list[str]]:
    """Return the tsvector of an entry as a literal, whether it is too long to know the place of every word, and its
    lexemes."""
    places, marks, place, is_long = {}, {}, 0, False
    for column, label in LABELS.items():
        lexemes, is_head, is_part = _lexemes(getattr(entry, column)), column in IN_HEAD, column == "t_parts"
        for lexeme in lexemes:
            place += 1 + is_part  # no part stands next to another: they are no phrase
            held = places.get(lexeme)
            if held is None:
                held = places[lexeme] = []
                if is_part:
                    marks[ONLY_PART + lexeme] = True
            if len(held) < MOST_PLACES:
                held.append(f"{place}{label}" if place < LAST_PLACE else f"{LAST_PLACE}{label}")
            elif not is_part:
                is_long = True
            if is_head:
                marks[HEAD + lexeme] = True
        is_long = is_long or (not is_part and place > LAST_PLACE - GAP)
        place += GAP
    placed = [f"{lexeme}:{','.join(held)}" for lexeme, held in places.items()]
    return " ".join([*placed, *marks]), is_long, [*places, *marks]


def _lexemes(column):
    """Looked at as a whole: of each term alone it is a third of the time that a vector takes."""
    terms = column.split()
    if not ANALYSED.fullmatch(column):
        terms = map(checked, terms)
    return [term if len(term) <= LONGEST_TERM else _lexeme(term) for term in terms]


def _lexemes_asked(branches, mark):
    clauses = (clause for branch in branches if not isinstance(branch[0], str) for clause in branch)
    return {mark + _lexeme(term) for clause in clauses for one in clause.alternatives for term in one.terms}


def _parts(branch, mark, held):
    """Return what must all be satisfied for a branch, each as (a set that is known, what else the index is asked for
    or nothing): usual words are known, and what stands beside them is asked for."""
    if isinstance(branch[0], str):
        return [({}, branch)]
    parts, others = [], []
    for clause in branch:
        known, unknown = {}, []
        for one in clause.alternatives:
            lexemes = [mark + _lexeme(term) for term in one.terms]
            if all(lexeme in held for lexeme in lexemes):
                known = bits.either(known, _all_in([held[lexeme] for lexeme in lexemes]))
            else:
                unknown.append(one)
        if len(unknown) < len(clause.alternatives):
            parts.append((known, (Clause(tuple(unknown)),) if unknown else ()))
        else:
            others.append(clause)
    return [*parts, ({}, tuple(others))] if others else parts


def _all_in(sets):
    return reduce(bits.both, sets)


def _branch(number, branch, mark):
    """Return the selects that find a branch, and their values; none where nothing can satisfy it. Their rows, to be
    grouped by the second column, are (number, place of a word of 64 bits, that word).

    The words stand in a SELECT of their own, so that the planner does not see how common they are: of a common one it
    would read every vector rather than the index, which alone knows.
    """
    select = f"SELECT {number}, {WORD_OF_BITS} FROM search_row WHERE"  # noqa: S608
    if isinstance(branch[0], str):
        return _phrase(number, select, branch)
    if not all(clause.alternatives for clause in branch):
        return [], []
    asked = " & ".join(
        "(" + " | ".join(f"({_all(one.terms, mark)})" for one in clause.alternatives) + ")" for clause in branch
    )
    return [f"{select} vector @@ (SELECT %s::tsquery)"], [asked]


def _phrase(number, select, terms):
    """Where a vector is too long to know every place, the terms are looked for in the columns themselves."""
    if len(terms) == 1:
        return [f"{select} vector @@ (SELECT %s::tsquery)"], [f"{_quoted(terms[0])} & !{_quoted(terms[0], ONLY_PART)}"]
    columns = [name for name in WEIGHTS if name != "t_parts"]
    stands = " OR ".join(f"position(%s in ' ' || {name} || ' ') > 0" for name in columns)
    long = (
        f"SELECT {number}, {WORD_OF_BITS} FROM search_row JOIN search_searchentry USING (id)"  # noqa: S608
        f" WHERE is_long AND vector @@ (SELECT %s::tsquery) AND ({stands})"
    )
    followed = " <-> ".join(map(_quoted, terms))
    return (
        [f"{select} NOT is_long AND vector @@ (SELECT %s::tsquery)", long],
        [followed, _all(terms), *[f" {' '.join(terms)} "] * len(columns)],
    )


def _all(terms, mark=""):
    return " & ".join(_quoted(term, mark) for term in terms)


def _quoted(term, mark=""):
    return f"'{mark}{_lexeme(term)}'"


@lru_cache(maxsize=50_000)
def _lexeme(term):
    """A term as it stands in a vector, which takes no word of 2 KB: of a very long one the beginning and a sum."""
    checked(term)
    if len(term) <= LONGEST_TERM:
        return term
    return term[:LONGEST_TERM] + sha256(term.encode()).hexdigest()


def _no_words():
    return array("q", bytes(bits.BYTES))


def _joined(words):
    words.byteswap()
    return int.from_bytes(words.tobytes(), "big")
