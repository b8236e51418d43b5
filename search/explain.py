"""Why a hit stands where it stands, in words an editor understands."""

from dataclasses import dataclass
from math import log

from django.utils.translation import gettext as _

from search import engines, finding, reading, vocabulary
from search.models import SearchEntry
from search.query import Query

PLACES = {
    "t_title": _("i titlen"),
    "t_tags": _("i emneord eller kommune"),
    "t_summary": _("i »kort fortalt«"),
    "t_body": _("i teksten eller som tema, fase, udfordring eller målgruppe"),
    "t_parts": _("som del af et sammensat ord"),
}


@dataclass(frozen=True)
class Reason:
    """Where one of the words asked for stands in an entry, and its share of the entry's weight in per cent."""

    written: str
    by: str
    places: tuple[str, ...]
    share: int


def reasons(query: Query, row: SearchEntry) -> list[Reason]:
    """Return for each clause that `row` satisfies where it stands.

    The shares are an estimate, the same for any engine: weight of the column · ln(1 + N / n) per term, as in BM25
    (Robertson & Zaragoza 2009) without its saturation.
    """
    spread = vocabulary.number_with(t for clause in query.clauses for one in clause.alternatives for t in one.terms)
    everything = max(SearchEntry.objects.count(), 1)
    columns = {column: row_terms(row, column) for column in PLACES}
    found = []
    for clause in query.clauses:
        best = None
        for one in clause.alternatives:
            where = [[column for column in PLACES if term in columns[column]] for term in one.terms]
            if not all(where):
                continue
            score = one.weight * sum(
                max(engines.WEIGHTS[column] for column in places) * log(1 + everything / spread.get(term, 1))
                for term, places in zip(one.terms, where, strict=True)
            )
            if best is None or score > best[0]:
                best = (score, one, dict.fromkeys(column for places in where for column in places))
        if best:
            found.append((clause, *best))
    whole = sum(score for _clause, score, _one, _where in found) or 1
    return [
        Reason(clause.written, " + ".join(one.terms), tuple(str(PLACES[c]) for c in where), round(100 * score / whole))
        for clause, score, one, where in found
    ]


def row_terms(row, column):
    return set(getattr(row, column).split())


def explain(text: str, number: int = 5, user=None) -> list[str]:
    """Return lines that tell how `text` is read and why its first `number` hits stand where they do."""
    found = finding.find(user, text)
    lines = [*_how_read(found), *_how_many(found)]
    rows = SearchEntry.objects.in_bulk([hit.entry_id for hit in found.answer.hits[:number]])
    for place, hit in enumerate(found.answer.hits[:number], start=1):
        row = rows.get(hit.entry_id)
        if row is None:
            continue
        lines += ["", f"{place}. {row.title}  ({row.kind}, {hit.score:.2f})"]
        lines += [
            f"   »{reason.written}« {_('fundet som')} {reason.by}: {', '.join(reason.places)} · {reason.share} %"
            for reason in reasons(found.query, row)
        ]
    return lines


def _how_read(found):
    asked = found.asked
    if not asked.words and not asked.phrases:
        yield _("Ingen ord at søge efter: alt vises, det nyeste først.")
    for clause in found.query.clauses:
        others = [" + ".join(one.terms) for one in clause.alternatives]
        yield f"»{clause.written}« {_('søges som')}: {' / '.join(others)}"
    for phrase in found.query.phrases:
        yield _("Præcis denne følge af ord: %(words)s") % {"words": " ".join(phrase)}
    for clause in found.query.excluded:
        yield _("Uden: %(word)s") % {"word": clause.written}
    for name, values in found.query.chosen.items():
        yield _("Kun %(field)s: %(values)s") % {"field": name, "values": ", ".join(values)}
    if found.meant:
        yield _("Mente du: %(text)s") % {"text": found.meant}
    if asked.cut:
        yield _("Kun de første %(number)s ord læses.") % {"number": reading.MOST_CLAUSES}


def _how_many(found):
    if found.by_meaning:
        yield _("Rækkefølgen er også efter, hvor nær et resultat er i betydning.")
    yield _total(found)


def _total(found):
    total = found.answer.total
    if found.loosened:
        return _("%(total)s resultater, hvor de fleste af ordene står. Alle ordene står i færre end %(few)s.") % {
            "total": total,
            "few": finding.ENOUGH,
        }
    return _("%(total)s resultater.") % {"total": total}
