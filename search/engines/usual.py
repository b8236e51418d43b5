"""PostgreSQL: which entries have a usual word is kept as bits too, beside the index.

The index tells them row by row, 200 ns each: 10 ms for a word that half of 100,000 entries have. A word is usual where
a tenth have it, as the database counted when `choose` was called last. What is written keeps the bits in step.

A row without bits says that a word is usual at all. What was deleted keeps its bits here: those of its audience are
gone, and no key is given twice.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from time import monotonic

from django.db import connection, transaction

from search.engines import bits
from search.engines.bits_in_postgres import listed, read, written

LEAST = 0.1
MANY = bits.SIZE  # entries; of fewer the index tells soon enough
SIGN = -1  # stands as the chunk of the row that says so
LATELY = 60.0  # seconds

_remembered = {"words": frozenset(), "until": 0.0}


def held(words: set[str]) -> dict[str, bits.Bits]:
    """Return {word: who has it} of those of `words` that are usual. One that has just become so may be left out."""
    asked, found = _lately().intersection(words), {}
    if not asked:
        return found
    with connection.cursor() as cursor:
        cursor.execute("SELECT word, chunk, bit_send(bits) FROM search_usual WHERE word = ANY(%s)", [sorted(asked)])
        for word, chunk, sent in cursor:
            entries = found.setdefault(word, {})
            if chunk != SIGN:
                entries[chunk] = read(sent)
    return found


def keep(words_of: Mapping[int, Iterable[str]]) -> None:
    """Set the bits of what is about to be written, {key: its words}. Call it in turn, before it is."""
    usual = _usual()
    if not usual:
        return
    before = _standing(words_of)
    old = {key: usual.intersection(before.get(key, ())) for key in words_of}
    new = {key: usual.intersection(words) for key, words in words_of.items()}
    if len(words_of) == 1:
        (key,) = words_of
        _set(key, new[key] - old[key], old[key] - new[key])
    else:
        _move(old, new)


def _set(key, words, without):
    """Of one entry the bits are set where they are: that is sooner done than to fetch them."""
    chunk, at = divmod(key, bits.SIZE)
    with connection.cursor() as cursor:
        if words:
            cursor.execute(
                f"INSERT INTO search_usual (word, chunk, bits) SELECT word, %s, set_bit(0::bit({bits.SIZE}), %s, 1)"  # noqa: S608
                " FROM unnest(%s::text[]) AS given (word)"
                " ON CONFLICT (word, chunk) DO UPDATE SET bits = set_bit(search_usual.bits, %s, 1)",
                [chunk, at, sorted(words), at],
            )
        if without:
            cursor.execute(
                "UPDATE search_usual SET bits = set_bit(bits, %s, 0) WHERE chunk = %s AND word = ANY(%s)",
                [at, chunk, sorted(without)],
            )


def _move(old, new):
    fill, clear = defaultdict(list), defaultdict(list)
    for key, words in new.items():
        for word in words - old[key]:
            fill[word, key // bits.SIZE].append(key)
        for word in old[key] - words:
            clear[word, key // bits.SIZE].append(key)
    places = fill.keys() | clear.keys()
    now = _load(places)
    for place in places:
        (_word, chunk) = place
        without, having = (bits.of(keys.get(place, ())).get(chunk, 0) for keys in (clear, fill))
        now[place] = now.get(place, 0) & ~without | having
    _save(now)


def choose(find: Callable[[str], bits.Bits], take_turn: Callable[[], None]) -> None:
    """Choose anew which words are usual; `find(word)` asks the index who has one.

    Each has a transaction of its own, so that whoever writes meanwhile waits for one word, not for all.
    """
    wanted = _counted()
    with transaction.atomic(), connection.cursor() as cursor:
        take_turn()
        cursor.execute("DELETE FROM search_usual WHERE word <> ALL(%s)", [sorted(wanted)])
    for word in sorted(wanted - _usual()):
        with transaction.atomic(), connection.cursor() as cursor:
            take_turn()
            _save({(word, chunk): entries for chunk, entries in find(word).items()})
            cursor.execute("INSERT INTO search_usual (word, chunk) VALUES (%s, %s)", [word, SIGN])
    _usual()


def _lately():
    """Which are usual, as of some seconds ago: whether a word still is, its rows tell."""
    if monotonic() > _remembered["until"]:
        _usual()
    return _remembered["words"]


def _usual():
    with connection.cursor() as cursor:
        cursor.execute("SELECT word FROM search_usual WHERE bits IS NULL")
        words = frozenset(word for (word,) in cursor)
    _remembered.update(words=words, until=monotonic() + LATELY)
    return words


def _counted():
    """The words that many have: PostgreSQL counts them in a sample, for its planner."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE search_row (vector)")
        cursor.execute(
            "SELECT word FROM pg_stats, unnest(most_common_elems::text::text[], most_common_elem_freqs)"
            " AS counted (word, share) WHERE schemaname = current_schema() AND tablename = 'search_row'"
            " AND attname = 'vector' AND share >= %s AND word !~ '^~'"
            " AND (SELECT reltuples FROM pg_class WHERE oid = 'search_row'::regclass) >= %s",
            [LEAST, MANY],
        )
        return {word for (word,) in cursor}


def _standing(keys):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, tsvector_to_array(vector) FROM search_row WHERE id = ANY(%s::bigint[])", [listed(keys)]
        )
        return dict(cursor.fetchall())


def _load(places):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT word, chunk, bit_send(bits) FROM search_usual"
            " JOIN unnest(%s::text[], %s::int[]) AS wanted (word, chunk) USING (word, chunk)",
            [list(column) for column in zip(*places, strict=True)] or [[], []],
        )
        return {(word, chunk): read(sent) for word, chunk, sent in cursor}


def _save(entries):
    words, chunks = zip(*entries, strict=True) if entries else ((), ())
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO search_usual (word, chunk, bits)"  # noqa: S608
            f" SELECT word, chunk, bits::bit({bits.SIZE}) FROM unnest(%s::text[], %s::int[], %s::text[])"
            " AS given (word, chunk, bits) ON CONFLICT (word, chunk) DO UPDATE SET bits = excluded.bits",
            [list(words), list(chunks), listed(map(written, entries.values()))],
        )
