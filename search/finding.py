"""Finding: from what someone typed and chose to what she gets to see. The page, and whoever asks later, ask here."""

import logging
import time
from collections import defaultdict
from dataclasses import dataclass, field, replace

from content import findable
from content.cards import Card
from search import analysis, engines, kept, meaning, present, ranking, reading, related, state, synonyms, vocabulary
from search.models import SearchEntry, SearchTask
from search.query import RELEVANCE, Answer, Hit, Query

log = logging.getLogger(__name__)

SEEDS = 5  # hits whose neighbours are shown where there are few
ENOUGH = 10  # hits, from which on no neighbours are shown, and none that have only some of the words
MOST = 0.5  # of the entries; a word that more have leads nowhere by itself
PATIENCE = 0.25  # seconds; what is asked later in one finding is asked of the database, so that all is said within one
CARD = ("source", "object_id", "kind", "title", "summary", "url", "card")  # the columns that a card is made of


@dataclass(frozen=True)
class Result:
    """A hit as it is shown: its card, and its title, summary and best passage in pieces (search.present)."""

    card: Card
    title: list[present.Piece]
    summary: list[present.Piece]
    passage: list[present.Piece]


@dataclass(frozen=True)
class Offer:
    """A word that is also a choice: »Lemvig« is a municipality. `rest`: what is typed without it."""

    field: str
    label: str
    value: str
    name: str
    rest: str


@dataclass
class Found:
    """`meant`: what was most likely meant, when a word is unknown. `corrected`: it was searched for instead, since
    no hit has all the words as they stand. `strict`: how many hits have them all. `loosened`: not every hit does.
    `by_meaning`: how near a hit is in meaning took part in the order.
    `simplified`: the engine does not answer, and the database does. `stale`: the index is of an older analysis.
    `known`: the words that public entries have.
    `alike`, and `beside` as they are shown: without the words, but like the few hits there are."""

    asked: reading.Asked
    query: Query
    answer: Answer
    results: list[Result] = field(default_factory=list)
    meant: str = ""
    corrected: bool = False
    strict: int = 0
    loosened: bool = False
    by_meaning: bool = False
    simplified: bool = False
    stale: bool = False
    known: frozenset[str] = frozenset()
    alike: list[Hit] = field(default_factory=list)
    beside: list[Result] = field(default_factory=list)
    offers: list[Offer] = field(default_factory=list)


def find(
    user, text, *, chosen=None, sort=RELEVANCE, page=1, exact=False, within=None, request=None, without=frozenset()
) -> Found:
    """Find what `user` (anonymous or not) may read.

    `chosen`: {field: values} from the address. `exact`: search for the words as they are written, whatever they may be
    meant as. `within`: a `findable.Corner` to search in alone. Any text is fine. Never raises for an engine that is
    down. `without`: parts left out to measure what they are worth ("parts", "synonyms", "meant", "meaning").
    """
    asked = reading.read(text)
    expansions = synonyms.expansions() if asked.words and "synonyms" not in without else {}
    audiences = findable.audiences_of(user)
    if within is not None:
        audiences &= within.audiences
    remembered = state.read_all("analyzer", vocabulary.NUMBER)
    everything = int(remembered.get(vocabulary.NUMBER) or 0)
    with_meaning = "meaning" not in without and meaning.is_available()

    def query_of(question):
        return reading.query_for(
            question,
            expansions,
            parts="parts" not in without,
            chosen=chosen or {},
            audiences=audiences,
            sort=sort,
            page=page,
        )

    until = time.monotonic() + PATIENCE
    found = _ask(asked, query_of(asked), until, everything, with_meaning)
    unknown = [] if exact or "meant" in without else _unknown(found)
    if unknown and (meant := _meant(asked, unknown)):
        found.meant = meant
        if not found.strict:
            other = reading.read(meant)
            better = _ask(other, query_of(other), until, everything, with_meaning)
            if better.strict or better.answer.total > found.answer.total:
                found = replace(better, meant=meant, corrected=True)
    found.stale = (remembered.get("analyzer") or analysis.VERSION) != analysis.VERSION
    found.alike = _alike(found, with_meaning)
    found.results, found.beside = _results(user, found.query, [found.answer.hits, found.alike], request)
    found.offers = _offers(found.asked, found.query)
    return found


def answer(query: Query, until: float | None = None) -> tuple[Answer, bool]:
    """Ask the engine that serves now; return its answer and whether it is the simplified one of the database.

    While something that was lost or closed has not left the other engine, the database answers: it knows already.
    `until` (by the monotonic clock): from then on the other engine is not waited for.
    """
    engine = engines.remote()
    if engine is None:
        return engines.database().answer(query), False
    if until is not None and time.monotonic() > until:
        return engines.database().answer(query), True
    if not SearchTask.objects.filter(stage=SearchTask.Stage.ENGINE, losing=True).exists():
        try:
            return engine.answer(query), False
        except engines.EngineDown as fault:
            log.warning("Search: %s does not answer (%s); the database does.", engine.name, type(fault).__name__)
            return engines.database().answer(query), True
    return engines.database().answer(query), False


def _ask(asked, query, until, everything, with_meaning):
    spread = _spread_of(asked, query)
    first, simplified = answer(_wide(query), until)
    found = Found(asked, query, first, simplified=simplified, strict=first.total, known=spread.known)
    loose = query.loosened(
        common={term for term, number in spread.numbers.items() if number > MOST * everything},
        missing=set(present.wanted_terms(query)) - spread.numbers.keys(),
    )
    if (first.total < ENOUGH or asked.is_question) and (len(loose.clauses) > 1 or loose.clauses != query.clauses):
        looser, simplified = answer(_wide(loose), until)
        if looser.total > first.total:
            found = replace(found, query=loose, answer=looser, simplified=simplified, loosened=True)
    if not _is_ranked(query):
        return found
    near = _near(found) if with_meaning and found.loosened else {}
    return replace(found, answer=_ordered(found.query, found.answer, spread, everything, near), by_meaning=bool(near))


def _spread_of(asked, query):
    """The loosened query has the same terms."""
    if not query.asks_for_words:
        return vocabulary.Spread()
    return vocabulary.spread_of(present.wanted_terms(query), {word.written for word in asked.words})


def _is_ranked(query):
    return query.sort == RELEVANCE and query.asks_for_words and query.start + query.size <= ranking.WINDOW


def _wide(query):
    """What an engine is asked: its best hundred, where they are put in order here."""
    return replace(query, page=1, size=ranking.WINDOW, any_order=True) if _is_ranked(query) else query


def _near(found):
    """Words that are not all there tell less of what a hit is about: there the sentence model knows something more."""
    return meaning.closeness(found.asked.text, [hit.entry_id for hit in found.answer.hits])


def _ordered(query, wide, spread, everything, near):
    """The engine's answer, its best hundred put in order (search.ranking). Which they are, and the numbers, stay."""
    keys = [hit.entry_id for hit in wide.hits]
    found = SearchEntry.objects.filter(pk__in=keys).values_list("pk", *engines.WEIGHTS, named=True)
    rows = {row.pk: row for row in found}
    scores = ranking.order(query, [rows[key] for key in keys if key in rows], spread.numbers, everything, near)
    shown = list(scores.items())[query.start : query.start + query.size]
    return replace(wide, hits=tuple(Hit(key, score) for key, score in shown))


def _alike(found, with_meaning):
    """Few hits: what the first of them are like, then what is near the words in meaning, under the same choices.

    None of them holds the words; all are public or the reader's own.
    """
    if not found.asked.words or found.query.page > 1 or found.answer.total >= ENOUGH:
        return []
    wanted = ENOUGH - found.answer.total
    keys = _others(found, related.of([hit.entry_id for hit in found.answer.hits[:SEEDS]]))
    if with_meaning and len(keys) < wanted:
        keys += _others(found, meaning.nearest(found.asked.text, found.query.audiences))
    return [Hit(key) for key in dict.fromkeys(keys)][:wanted]


def _others(found, keys):
    """Those of `keys` that the reader may see under her choices, without the hits."""
    among = engines.database().among(Query(chosen=found.query.chosen, audiences=found.query.audiences), keys)
    by_words = {hit.entry_id for hit in found.answer.hits}  # all of them: they are few
    return [key for key in among if key not in by_words]


def _unknown(found):
    """Words that no public text has and nobody knows; where nothing is found, also words that only no text has."""
    return [
        word
        for word in found.asked.words
        if word.written not in found.known and (not found.strict or not analysis.is_known(word.written))
    ]


def _meant(asked, unknown):
    """The text with each unknown word in its nearest public form, or nothing where no word has one."""
    text, changed = asked.text, False
    for word in sorted(unknown, key=lambda word: -word.start):
        if nearest := vocabulary.nearest(word.written):
            text, changed = text[: word.start] + nearest + text[word.end :], True
    return text if changed else ""


def _results(user, query, lists, request):
    """Lists of hits as cards, in their order. Rights are asked again of each model itself, for all at once."""
    keys = {hit.entry_id for hits in lists for hit in hits}
    found = SearchEntry.objects.filter(pk__in=keys).values_list("pk", "text", *CARD, named=True) if keys else []
    rows = {row.pk: row for row in found}
    wanted = present.wanted_terms(query)
    cards = cards_of(user, rows.values(), request)
    return [
        [_result(rows[hit.entry_id], cards[hit.entry_id], wanted) for hit in hits if hit.entry_id in cards]
        for hits in lists
    ]


def cards_of(user, rows, request=None) -> dict[int, Card]:
    """Return {key of entry: card} of those `rows` that `user` may read. One that is refused here is a fault."""
    by_source = defaultdict(dict)
    for row in rows:
        by_source[row.source][row.object_id] = row
    cards = {}
    for source, of_source in by_source.items():
        shown = _let_through(findable.named(source), of_source, user, request)
        cards |= {of_source[pk].pk: card for pk, card in shown.items()}
        for pk in of_source.keys() - shown.keys():
            log.error("Search: the second lock refused %s %s, which the engine had found.", source, pk)
    return cards


def _let_through(maker, rows, user, request):
    """The second lock: cards of those of `rows` ({id: entry}) that `maker` lets `user` see, kept ones or made anew."""
    if maker is None:
        return {}
    cards = kept.cards_of(row for row in rows.values() if row.card is not None)
    shown = maker.let_through(user, cards, request) if cards else {}
    others = [pk for pk in rows if pk not in cards]
    return {**shown, **(maker.cards(user, others, request) if others else {})}


def _result(row, card, wanted):
    passage = present.passage(row.text, wanted)
    return Result(card, present.marked(card.title, wanted), present.marked(card.summary, wanted), passage)


def _offers(asked, query):
    """Words, and runs of up to three, that are the name of a choice not chosen yet: the longest run of each field."""
    words = [word.written for word in asked.words]
    runs = {}
    for length in range(1, min(3, len(words)) + 1):
        for at in range(len(words) - length + 1):
            runs[" ".join(words[at : at + length])] = " ".join(words[:at] + words[at + length :])
    offers = []
    for narrowing in findable.fields() if runs else ():
        called = narrowing.called(runs) if narrowing.called else {}
        for run in sorted(called, key=len, reverse=True)[:1]:
            choice = called[run]
            if choice.value not in query.chosen.get(narrowing.name, ()):
                offers.append(Offer(narrowing.name, narrowing.label, choice.value, choice.label, runs[run]))
    return offers
