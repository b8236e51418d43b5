"""The words of public entries, as they are written: what may be suggested. A word said in a closed space is none."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from django.db import connection
from django.db.models import Q
from rapidfuzz import process
from rapidfuzz.distance import OSA

from content.findable import PUBLIC
from search import analysis, state
from search.models import SearchEntry, SearchWord

SHORTEST, LONGEST = 3, 40
SHORTEST_PART, SHORTEST_REST = 4, 6  # letters; a shorter rest is near to too much
NEAREST = 20
NUMBER = "public"
_NO_SIGNS = str.maketrans("æøåäöéü", "aoaaoeu")  # as who leaves the signs out


def change(without: Iterable[SearchEntry], having: Iterable[SearchEntry]) -> None:
    """Count the words of entries that went or are about to change down, and those of their new rows up."""
    without, having = [[row for row in rows if row.audience == PUBLIC] for rows in (without, having)]
    if len(without) != len(having):
        state.write(NUMBER, str(number_of_entries() + len(having) - len(without)))
    delta = Counter()
    for row in without:
        delta.subtract(words_of(row))
    for row in having:
        delta.update(words_of(row))
    delta = {word: number for word, number in delta.items() if number}
    if not delta:
        return
    rows = [(word, analysis.fold(word), analysis.term(word), number) for word, number in sorted(delta.items())]
    table = SearchWord._meta.db_table
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {table} (word, folded, term, entries) VALUES (%s, %s, %s, %s)"  # noqa: S608
            f" ON CONFLICT (word) DO UPDATE SET entries = {table}.entries + excluded.entries",
            rows,
        )
    if any(number < 0 for number in delta.values()):
        SearchWord.objects.filter(entries__lte=0).delete()
    state.write("words", str(int(state.read("words", "0")) + 1))


def number_of_entries() -> int:
    """Return how many public entries there are, without counting them."""
    return int(state.read(NUMBER, "0"))


def words_of(row: SearchEntry) -> set[str]:
    """Return the words of a public entry; none of any other."""
    if row.audience != PUBLIC:
        return set()
    texts = (row.title, row.summary, row.text, row.also)
    return {
        word.text.lower()
        for text in texts
        for word in analysis.words(text)
        if SHORTEST <= len(word.text) <= LONGEST and any(char.isalpha() for char in word.text)
    }


def number_with(terms: Iterable[str]) -> dict[str, int]:
    """Return {term: about how many public entries have it}; terms that none has are left out."""
    counts = Counter()
    for term, number in SearchWord.objects.filter(term__in=set(terms)).values_list("term", "entries"):
        counts[term] += number
    return counts


@dataclass(frozen=True)
class Spread:
    """What public entries say of a question. `numbers`: {term: about how many of them have it}, without those that
    none has. `known`: those of its words that stand in one, in whatever form of theirs."""

    numbers: Mapping[str, int] = field(default_factory=dict)
    known: frozenset[str] = frozenset()


def spread_of(terms: Iterable[str], words: Iterable[str]) -> Spread:
    """Return what public entries say of `terms` and of `words` as they are written, in one query."""
    by_word = {word: {analysis.fold(word), *analysis.readings(word)} for word in words}
    forms, numbers, found = set().union(*by_word.values()), Counter(), set()
    rows = SearchWord.objects.filter(Q(term__in=forms.union(terms)) | Q(folded__in=forms))
    for term, folded, number in rows.values_list("term", "folded", "entries"):
        numbers[term] += number
        found |= {term, folded}
    return Spread(numbers, frozenset(word for word, forms in by_word.items() if forms & found))


def nearest(word: str) -> str | None:
    """Return the public word that `word` was most likely meant as, or None.

    The distance is optimal string alignment (Damerau 1964, adjacent letters may change places): 1 up to seven letters,
    2 above. Of equally near words first the one that a keyboard without æ, ø and å makes so (oer: øer, not der), then
    the most frequent. A small word (search.analysis.STOP_WORDS) is meant by nobody: it would not be asked for.
    """
    words = _loaded(state.read("words", "0"))
    return _nearest(analysis.fold(word), words) or _nearest_compound(word, words)


def _nearest_compound(word, words):
    """Of a word that nobody knows a known beginning, the longest, and the word that the rest was meant as."""
    for at in range(len(word) - SHORTEST_REST, SHORTEST_PART - 1, -1):
        if analysis.is_known(word[:at]) and (rest := _nearest(analysis.fold(word[at:]), words)):
            return word[:at] + rest
    return None


def _nearest(folded, words):
    limit = 1 if len(folded) <= 7 else 2
    near = process.extract(folded, words, scorer=OSA.distance, score_cutoff=limit, limit=NEAREST)
    by_distance = {form: distance for form, distance, _place in near}
    if not by_distance:
        return None
    # Asked of the table again: what is kept in memory may be a moment old.
    rows = SearchWord.objects.filter(folded__in=by_distance.keys() - analysis.STOP_WORDS, entries__gt=0)
    best = min(rows, key=lambda row: _farness(row, by_distance[row.folded], folded), default=None)
    return best.word if best else None


def _farness(row, distance, folded):
    return distance, row.word.translate(_NO_SIGNS) != folded, -row.entries, row.word


@lru_cache(maxsize=1)
def _loaded(_version):
    return list(SearchWord.objects.values_list("folded", flat=True).distinct())
