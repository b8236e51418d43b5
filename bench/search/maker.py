"""Made-up entries in the shape of ours: Danish stems and compounds as often as in a language, alike for a seed.

The text is one of terms, as the analysis leaves it, so that a million entries are made in minutes; parts of compounds
stand in `t_parts`. Frequencies follow Zipf (the word of rank r as 1/r), and every twelfth word of a text is of its
own subject.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import accumulate, islice
from random import Random

from search import analysis
from search.models import SearchEntry, SearchFacet

FIRST = (
    "landsby by bolig havn kyst skov vej plan natur kultur energi klima borger ungdom turist handel land"
    " strand mark park vand vind jord museum skole idraet sogne marked gade torve stations erhvervs fritids"
    " faelles gaarde stue ferie"
)
LAST = (
    "udvikling fornyelse plan raad moede liv hus plads forening politik strategi indsats omraade kort saml"
    " vaerksted anlaeg sti fest center pulje midt net drift tur skolen gruppe skab arbejde proces dialog forum"
    " projekt"
)
BEGINNINGS = "b br d dr f fl fr g gl h k kl kn l m n p pl r s sk sl st t tr v sv bl kr"
VOWELS = "a e i o u y ae oe aa"
ENDINGS = "d g k l n r s t lde nde rk st ng ft mp lv rd sk nt gt"
WORDS, LENGTH = 30_000, (60, 220)
FIELDS = {"tema": 14, "fase": 6, "udfordring": 20, "maalgruppe": 12, "kommune": 98, "emneord": 150}
MOST_OF = {"tema": 2, "fase": 2, "udfordring": 2, "maalgruppe": 2, "kommune": 1, "emneord": 4}
KINDS = ("metode", "vaerktoej", "projekt", "historie", "nyhed", "dokument", "traad", "indlaeg")
AUDIENCES = ["public"] * 8 + [f"space:{number}" for number in range(1, 9)]
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
SOURCE = "bench"


FIRST, LAST, BEGINNINGS, VOWELS, ENDINGS = (text.split() for text in (FIRST, LAST, BEGINNINGS, VOWELS, ENDINGS))


class Words:
    """The vocabulary: `all` by rank, `parts` of the compounds."""

    def __init__(self, seed=1, number=WORDS):
        random = Random(seed)
        self.parts = {}
        made = {}
        while len(made) < number:
            made[self._word(random)] = True
        self.all = list(made)
        self.weights = list(accumulate(1 / rank for rank in range(1, number + 1)))

    def _word(self, random):
        if random.random() < 0.3:
            parts = random.choice(FIRST), random.choice(LAST)
            if random.random() < 0.4:
                parts = (_syllables(random, 1), *parts)
            self.parts["".join(parts)] = parts
            return "".join(parts)
        return _syllables(random, random.choice((1, 2, 2, 3)))

    def drawn(self, random, number):
        return random.choices(self.all, cum_weights=self.weights, k=number)


def _syllables(random, number):
    pieces = (BEGINNINGS, VOWELS, ENDINGS)
    return "".join(random.choice(piece) for _ in range(number) for piece in pieces)


def make_entries(number: int, seed: int = 1, words: Words | None = None) -> Iterator[tuple[SearchEntry, set]]:
    """Yield `number` unsaved entries, each with its facets as a set of (field, value)."""
    words, random = words or Words(seed), Random(seed)
    for place in range(1, number + 1):
        yield _entry(place, words, random)


def _entry(place, words, random):
    subject = words.drawn(random, 6)
    body = words.drawn(random, random.randint(*LENGTH))
    body[::12] = random.choices(subject, k=len(body[::12]))
    title, summary = _title(words, random, subject), [*words.drawn(random, 12), *subject[:2]]
    facets = _facets(random, place)
    tags = [term for field, value in sorted(facets) if field in ("tema", "emneord") for term in value.split("-")]
    columns = {"t_title": title, "t_tags": tags, "t_summary": summary, "t_body": body}
    parts = dict.fromkeys(part for column in columns.values() for word in column for part in words.parts.get(word, ()))
    kind = next(value for field, value in facets if field == "type")
    entry = SearchEntry(
        source=SOURCE,
        object_id=place,
        kind=kind,
        audience=random.choice(AUDIENCES),
        title=" ".join(title).capitalize(),
        summary=" ".join(summary).capitalize() + ".",
        text=" ".join(body).capitalize() + ".",
        url=f"/{kind}/{place}/",
        published=None if random.random() < 0.03 else NOW - timedelta(hours=random.randint(0, 80_000)),
        expires=NOW + timedelta(days=random.choice((-9, 99_999))) if random.random() < 0.03 else None,
        analyzer=analysis.VERSION,
        t_parts=" ".join(parts),
        **{name: " ".join(column) for name, column in columns.items()},
    )
    return entry, facets


def _title(words, random, subject):
    return [*subject[: random.randint(1, 3)], *words.drawn(random, random.randint(1, 4))]


def _facets(random, place):
    facets = {("type", KINDS[min(int(random.expovariate(0.5)), len(KINDS) - 1)]), ("aar", str(2017 + place % 10))}
    for field, size in FIELDS.items():
        for _ in range(random.randint(0, MOST_OF[field])):
            # Squared, so that the first values are the usual ones.
            facets.add((field, f"{field}-{int(size * random.random() ** 2)}"))
    return facets


def save_entries(number: int, seed: int = 1, batch: int = 1_000, write=None) -> None:
    """Save `number` entries with facets and hand each batch to `write(entries)`, the engine's own."""
    made = make_entries(number, seed)
    while some := list(islice(made, batch)):
        save(some)
        if write:
            write([entry for entry, _facets in some])


def save(made: list[tuple[SearchEntry, set]]) -> None:
    """Save entries and their facets in bulk; they are as if prefetched then, as an engine wants them."""
    SearchEntry.objects.bulk_create([entry for entry, _facets in made], batch_size=500)
    rows = [[SearchFacet(entry=entry, field=f, value=v) for f, v in sorted(facets)] for entry, facets in made]
    SearchFacet.objects.bulk_create((row for of_it in rows for row in of_it), batch_size=2_000)
    for (entry, _facets), of_it in zip(made, rows, strict=True):
        query = entry.facets.all()
        query._result_cache, query._prefetch_done = of_it, True
        entry._prefetched_objects_cache = {"facets": query}
