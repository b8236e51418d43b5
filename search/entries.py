"""From a findable thing to its rows in the index: analysed once, here, for every engine."""

import re
from collections import Counter
from collections.abc import Iterable

from django.db.models import prefetch_related_objects

from content import findable
from search import analysis, engines, kept, vocabulary
from search.models import SearchEntry, SearchFacet, SearchTitle

KIND = "type"  # the field of an entry's kind, as it stands in addresses
COLUMNS = [
    field.name
    for field in SearchEntry._meta.concrete_fields
    if field.name not in {"id", "source", "object_id", "version"}
]
PARTS_WEIGH = {"t_title": 8, "t_tags": 5, "t_summary": 3, "t_body": 1}
MOST_OFTEN = 16
TITLE_WORDS = 12
KEY_LENGTH = 60
TEXT_LENGTH = 200_000
_NOT_TERM = re.compile(r"[^a-z0-9]+")


def write(name: str, pks: Iterable[int]) -> list[tuple[int, int]]:
    """Make the entries of `pks` of the findable `name` again, and drop those that are no longer to be found.

    Call it in a transaction, in turn (search.state.take_turn). Returns (key, version) of the entries that changed or
    went: what another engine has to be told.
    """
    pks = sorted(set(pks))
    maker = findable.named(name)
    made = {entry.pk: entry for entry in maker.entries(pks)} if maker else {}
    old = {row.object_id: row for row in SearchEntry.objects.filter(source=name, object_id__in=pks)}
    prefetch_related_objects(list(old.values()), "facets")
    gone = [old[pk] for pk in old if pk not in made]
    kinds = {kind.name: str(kind.label) for kind in maker.kinds()} if maker else {}
    new = [_row(name, entry, kinds[entry.kind]) for entry in made.values()]
    changed = [(row, facets) for row, facets in new if not _is_same(old.get(row.object_id), row, facets)]
    for row, _facets in changed:
        before = old.get(row.object_id)
        row.pk, row.version = (before.pk, before.version + 1) if before else (None, 1)
    told = [(row.pk, row.version + 1) for row in gone]
    vocabulary.change(
        without=[*gone, *(old[row.object_id] for row, _facets in changed if row.object_id in old)],
        having=[row for row, _facets in changed],
    )
    _drop(gone, told)
    _save(changed)
    return told + [(row.pk, row.version) for row, _facets in changed]


def _drop(gone, told):
    if gone:
        SearchEntry.objects.filter(pk__in=[row.pk for row in gone]).delete()
        engines.database().forget(told)


def _save(changed):
    rows = [row for row, _facets in changed]
    fresh = [row for row in rows if row.pk is None]
    SearchEntry.objects.bulk_create(fresh, batch_size=100)
    for row in rows:
        if row not in fresh:
            row.save(force_update=True)
    keys = [row.pk for row in rows]
    SearchFacet.objects.filter(entry__in=keys).delete()
    SearchFacet.objects.bulk_create(
        (SearchFacet(entry=row, field=field, value=value) for row, facets in changed for field, value in facets),
        batch_size=500,
    )
    SearchTitle.objects.filter(entry__in=keys).delete()
    SearchTitle.objects.bulk_create((title for row in rows for title in _titles(row)), batch_size=500)
    for row in rows:
        row._prefetched_objects_cache = {}
    prefetch_related_objects(rows, "facets")
    if rows:
        engines.database().write(rows)


def _is_same(old, row, facets):
    return (
        old is not None
        and all(getattr(old, name) == getattr(row, name) for name in COLUMNS)
        and {(facet.field, facet.value) for facet in old.facets.all()} == facets
    )


def _row(name, entry, kind):
    """Return the unsaved row of an entry and its facets as a set of (field, value)."""
    shelves, labels = _labels(entry)
    shelves.append(kind)  # »metode til fototur« asks for a method
    text = _clean(entry.text)[:TEXT_LENGTH]
    columns = {
        "t_title": analysis.analyse(_clean(entry.title)),
        "t_tags": analysis.analyse(_joined([*labels, *entry.also])),
        "t_summary": analysis.analyse(_clean(entry.summary)),
        "t_body": analysis.analyse(f"{_joined(shelves)}\n{text}"),
    }
    parts = _weighed({column: analysed.parts for column, analysed in columns.items()})
    row = SearchEntry(
        source=name,
        object_id=entry.pk,
        kind=entry.kind,
        audience=entry.audience,
        title=_clean(entry.title),
        summary=_clean(entry.summary),
        text=text,
        also=_joined([*shelves, *labels, *entry.also]),
        url=entry.url,
        language=entry.language,
        published=entry.published,
        expires=entry.expires,
        card=kept.lines_of(entry.card),
        analyzer=analysis.VERSION,
        t_parts=terms_only(parts),
        **{column: terms_only(analysed.terms) for column, analysed in columns.items()},
    )
    facets = {(field, term.value[:100]) for field, terms in entry.under.items() for term in terms}
    return row, facets | {(KIND, entry.kind)}


def _labels(entry):
    """The names of what an entry stands under: of its shelves, and the others."""
    shelves = {narrowing.name for narrowing in findable.fields() if narrowing.is_shelf}
    labels = [(field in shelves, term.label) for field, terms in entry.under.items() for term in terms]
    return [label for on_shelf, label in labels if on_shelf], [label for on_shelf, label in labels if not on_shelf]


def _joined(names):
    return " · ".join(dict.fromkeys(_clean(name) for name in names if name))


def _weighed(parts):
    """The parts of compounds, each as often as the columns weigh where it stands: one in a title tells most."""
    often = Counter()
    for column, terms in parts.items():
        for term in terms:
            often[term] += PARTS_WEIGH[column]
    return [term for term, number in often.items() for _time in range(min(number, MOST_OFTEN))]


def terms_only(terms: Iterable[str]) -> str:
    """Join terms so that every engine reads the same ones: letters a-z and digits, a space between."""
    return " ".join(part for term in terms for part in _NOT_TERM.split(term) if part)


def _clean(text):
    return text.replace("\0", " ").encode("utf-8", "replace").decode()


def _titles(row):
    """The title from each of its words on, of a public entry alone: a title betrays as much as a text."""
    if row.audience != findable.PUBLIC:
        return []
    words = [analysis.fold(word.text) for word in analysis.words(row.title)][:TITLE_WORDS]
    return [
        SearchTitle(entry=row, key=" ".join(words[place:])[:KEY_LENGTH], place=place) for place in range(len(words))
    ]


def term_counts(row) -> Counter:
    """Return how often each term stands in an entry, weighed by where (engines.base.WEIGHTS)."""
    counts = Counter()
    for column, weight in engines.WEIGHTS.items():
        for term in getattr(row, column).split():
            counts[term] += weight
    return counts
