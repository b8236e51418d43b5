"""Suggestions while someone types: words, pages and municipalities. From public entries alone, for everyone alike."""

from dataclasses import dataclass, field

from django.utils import timezone

from content import findable
from search import analysis
from search.models import SearchEntry, SearchTitle, SearchWord
from search.reading import tidy

MOST = 7
WORDS = 3
SHORTEST = 2
LOOKED_AT = 40
LAST = "\U0010ffff"


@dataclass(frozen=True)
class Suggestion:
    """`url` leads there; without one it is a `text` to search for."""

    text: str
    label: str = ""
    icon: str = ""
    url: str = ""


@dataclass
class Group:
    label: str
    rows: list[Suggestion] = field(default_factory=list)


def titles(text: str) -> list[SearchEntry]:
    """Return public entries in whose title a run of words begins as `text` does: whole titles first."""
    key = " ".join(analysis.fold(word.text) for word in analysis.words(text))
    if len(key) < SHORTEST:
        return []
    found = SearchTitle.objects.filter(key__gte=key, key__lt=key + LAST).order_by("key", "place")
    places = {}
    for entry, place in found.values_list("entry", "place")[:LOOKED_AT]:
        places[entry] = min(place, places.get(entry, place))
    rows = SearchEntry.objects.filter(pk__in=places, audience=findable.PUBLIC).exclude(expires__lte=timezone.now())
    rows = rows.only("kind", "title", "url", "source", "object_id")
    return sorted(rows, key=lambda row: (places[row.pk] > 0, len(row.title), row.title))


def words(text: str) -> list[str]:
    """Return what is typed with its last word made whole, the most frequent first."""
    found = analysis.words(text)
    if not found or text[found[-1].end :].strip():
        return []
    last = found[-1]
    key = analysis.fold(last.text)
    if len(key) < SHORTEST or text.endswith(" "):
        return []
    rows = SearchWord.objects.filter(folded__gte=key, folded__lt=key + LAST, entries__gt=0)
    seen, made = set(), []
    for row in rows.order_by("-entries", "word")[:LOOKED_AT]:
        if row.term not in seen and row.folded != key:
            seen.add(row.term)
            made.append(text[: last.start] + row.word)
    return made


def suggestions(text: str) -> list[Group]:
    """Return at most seven suggestions in groups. `text` may be anything."""
    text = tidy(text)[:100]
    kinds = {kind.name: kind for kind in findable.kinds()}
    rows = _readable(titles(text))
    said = words(text)[: max(WORDS, MOST - len(rows))]
    groups = {}
    if said:
        groups[""] = Group("", [Suggestion(text=one) for one in said])
    for row in rows[: MOST - len(said)]:
        kind = kinds.get(row.kind)
        if kind:
            group = groups.setdefault(row.kind, Group(str(kind.plural)))
            group.rows.append(Suggestion(row.title, str(kind.label), kind.icon, row.url))
    return list(groups.values())


def _readable(rows):
    """Keep those that a stranger may read now, asked of each model itself."""
    by_source = {}
    for row in rows[:MOST]:
        by_source.setdefault(row.source, []).append(row.object_id)
    shown = set()
    for source, pks in by_source.items():
        maker = findable.named(source)
        readable = maker.readable(None).filter(pk__in=pks).values_list("pk", flat=True) if maker else ()
        shown |= {(source, pk) for pk in readable}
    return [row for row in rows if (row.source, row.object_id) in shown]
