"""Where to go from a search that found little or nothing: other words, fewer choices, the whole of it."""

from dataclasses import replace

from content import findable
from search import analysis, finding, reading, suggest, vocabulary
from search.entries import KIND
from search.models import SearchWord
from search.query import Query
from taxonomy.facets import WayOut

MOST_WORDS = 6
MOST_ROADS = 4


def wider(found: finding.Found) -> list[str]:
    """Return words with a wider meaning than those asked for: parts of compounds, what editors call equal, and each
    word for itself. Only words that stand in public entries, as they are written most often there: one query."""
    runs = dict.fromkeys(_runs(found.query.clauses))
    terms = {term for run in runs for term in run}
    if not terms:
        return []
    written = {}
    rows = SearchWord.objects.filter(term__in=terms, entries__gt=0).order_by("-entries", "word")
    for term, word in rows.values_list("term", "word"):
        written.setdefault(term, word)
    asked = analysis.fold(found.asked.text)
    words = (" ".join(written[term] for term in run) for run in runs if all(term in written for term in run))
    return [word for word in dict.fromkeys(words) if analysis.fold(word) != asked][:MOST_WORDS]


def _runs(clauses):
    """Runs of terms: a synonym is kept whole, of a compound each part counts for itself."""
    for clause in clauses:
        for one in clause.alternatives:
            if one.weight == reading.SYNONYM:
                yield one.terms
            elif one.weight == reading.IN_PARTS:
                yield from ((term,) for term in one.terms)
    if len(clauses) > 1:
        yield from (clause.alternatives[0].terms for clause in clauses if clause.alternatives)


def ways_out(found: finding.Found, address, chips) -> list[WayOut]:
    """Nothing was found: which choice closes the road, and how many are there without it? A query for each of at most
    four. Values of one field are joined with OR, so only all of them together can close it."""
    query = replace(found.query, page=1, size=1)
    roads = {
        name: (replace(query, chosen={**query.chosen, name: ()}), address.choosing(name, ()))
        for name, values in address.chosen.items()
        if values
    }
    if address.text and roads:
        roads["q"] = replace(query, clauses=(), phrases=(), excluded=()), replace(address, text="")
    ways = []
    for name, (road, way) in list(roads.items())[-MOST_ROADS:]:
        if len(roads) > 1 and (number := finding.answer(road)[0].total):
            label = f"»{address.text}«" if name == "q" else ", ".join(c.label for c in chips if c.name == name)
            ways.append(WayOut(label, way.query(), number))
    return ways


def near(found: finding.Found) -> list[str]:
    """Return words near to those that found nothing, which public entries have: what was most likely meant, the same
    word with another ending, and wider ones."""
    asked = found.asked.words[:MOST_ROADS]
    meant = [found.meant] if found.meant else [vocabulary.nearest(word.written) for word in asked]
    endings = suggest.words(asked[-1].written) if asked else []
    words = [*filter(None, meant), *endings[:3], *wider(found)]
    typed = {analysis.fold(found.asked.text)}
    return [word for word in dict.fromkeys(words) if analysis.fold(word) not in typed][:MOST_WORDS]


def everything(user) -> dict[str, list[tuple[findable.Choice, int]]]:
    """Return the kinds (`type`) and the themes (`tema`) with their numbers, of all that `user` may read."""
    facets = finding.answer(Query(audiences=findable.audiences_of(user), size=1))[0].facets
    kinds = facets.get(KIND, {})
    counted = ((kind, kinds[kind.name]) for kind in findable.kinds() if kind.name in kinds)
    shown = {KIND: sorted(counted, key=lambda row: -row[1])}
    for narrowing in findable.fields():
        if narrowing.name == "tema":
            numbers = facets.get(narrowing.name, {})
            shown["tema"] = [(one, numbers[one.value]) for one in narrowing.choices(numbers)] if numbers else []
    return shown
