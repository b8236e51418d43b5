"""The judged queries asked of this site's own search, engine by engine, and what each of its parts is worth."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from unittest import mock

from django.contrib.auth.models import AnonymousUser
from django.db import transaction

from search import analysis, engines, finding, meaning, rebuild
from search.analysis import terms
from search.evaluation.pool import unjudged
from search.evaluation.run import DEPTH, Report, compare, evaluate
from search.models import SearchEntry

PARTS = ("parts", "synonyms", "meant", "meaning")


def key_of(row: SearchEntry) -> str:
    """Return the key of an entry as the judgements name it: its kind and the last part of its address, without the
    ending of a file and the number of a meeting.
    """
    name = row.url.split("?")[0].strip("/").split("/")[-1]
    if row.kind == "fil":
        name = name.rsplit(".", 1)[0]
    if row.kind == "moede":
        name = name.partition("-")[2]
    return f"{row.kind}:{name}"


def answer(text: str, without: frozenset[str] = frozenset()) -> list[str]:
    """Return the keys of the first ten rows of the page that a stranger gets for `text`."""
    found = finding.find(AnonymousUser(), text, without=without)
    hits = [*found.answer.hits, *found.alike]
    rows = SearchEntry.objects.in_bulk([hit.entry_id for hit in hits])
    keys = dict.fromkeys(key_of(rows[hit.entry_id]) for hit in hits if hit.entry_id in rows)
    return list(keys)[:DEPTH]


def reports(held: bool | None = None) -> dict[str, Report]:
    """Return a report for each engine there is: the database, and the other one where SEARCH_URL stands."""
    found = {}
    with mock.patch.object(engines, "remote", return_value=None):
        found[engines.database().name] = evaluate(answer, held)
    if engine := engines.remote():
        engine.count()  # raises EngineDown: a table of the database's answers must not bear its name
        found[engine.name] = evaluate(answer, held)
    return found


def lines(held=False, ablation=False, misses=False) -> Iterator[str]:
    """Yield the tables of `manage.py search evaluate`. Queries held back from tuning are told apart, never by name."""
    if not held:
        for name, report in reports(held=False).items():
            yield f"{name} · til tuning\n{report.as_table()}\n"
            if misses:
                yield from _misses(report)
    every = reports(held=True)
    for name, report in every.items():
        yield f"{name} · holdt tilbage\n{report.as_table()}\n"
    every = reports()
    for name, report in every.items():
        yield f"{name} · alle\n{report.as_table()}\n"
    for difference in compare(every):
        yield (
            f"{difference.first} – {difference.second}, {difference.measure}: "
            f"{difference.difference:+.3f} (p = {difference.p:.2f})"
        )
    if ablation:
        yield from _ablation()


def pool(path: Path) -> str:
    """Write what nobody has judged of the answers of each engine there is, whole and without each of PARTS, to `path`;
    return a line that tells how much it is. Held queries stand among them: it is not for the eyes of who tunes.
    """
    asked = [partial(_of_database, without=without) for without in _leaving_out()]
    if engines.remote():
        asked += [partial(answer, without=without) for without in _leaving_out()]
    rows = unjudged(asked)
    path.write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return f"{sum(len(row['entries']) for row in rows)} par af {len(rows)} spørgsmål er ikke bedømt: {path}"


def _of_database(text, without=frozenset()):
    with mock.patch.object(engines, "remote", return_value=None):
        return answer(text, without)


def _leaving_out():
    yield frozenset()
    yield from (frozenset({part}) for part in PARTS if part != "meaning" or meaning.is_available())


def _misses(report):
    from search.evaluation.run import read

    texts = {query["id"]: query["text"] for query in read("queries")}
    for score in sorted(report.scores, key=lambda score: score.ndcg10):
        if score.ndcg10 < 0.8 or not score.hit5:
            text = texts[score.query]
            yield f"{score.ndcg10:.2f} {score.kind:<13} {text}  ->  {', '.join(answer(text)[:5])}"


def _ablation():
    yield f"{'uden':<26}{'ndcg@10':>9}{'mrr@10':>8}{'hit@5':>7}{'zero':>7}"
    for name, report in ablations():
        row = report.total
        yield f"{name:<26}{row.ndcg10:>9.3f}{row.mrr10:>8.3f}{row.hit5:>7.2f}{row.zero:>7.2f}"


def ablations() -> Iterator[tuple[str, Report]]:
    """Yield (what is left out, report over all queries) in the database, one part at a time; nothing is kept of it."""
    with mock.patch.object(engines, "remote", return_value=None):
        yield "ingenting", evaluate(answer)
        for part in PARTS:
            if part != "meaning" or meaning.is_available():
                yield part, evaluate(lambda text, part=part: answer(text, frozenset({part})))
        for name, read in (("lemma", _stemmed), ("lemma, dele", _stemmed), ("lemma, stamme, dele", _written)):
            without = frozenset({"parts"}) if "dele" in name else frozenset()
            with transaction.atomic(), _analysed_by(read):
                rebuild.rebuild(lambda line: None, afresh=True)
                yield name, evaluate(lambda text, without=without: answer(text, without))
                transaction.set_rollback(True)


@contextmanager
def _analysed_by(read):
    caches = (terms._readings, terms._parts, terms._inner_parts)
    with mock.patch.object(terms, "_read", read), mock.patch.object(analysis, "VERSION", read.__name__):
        for cache in caches:
            cache.cache_clear()
        try:
            yield
        finally:
            for cache in caches:
                cache.cache_clear()


def _stemmed(word):
    return terms._Read((terms._stem(word),), known=True)


def _written(word):
    return terms._Read((word,), known=True)
