"""Make the index again, and see that it agrees with what it is made of. At no moment is there nothing to find.

In the database each entry is made again in its place. Another engine gets a new index beside the old, filled from the
entries; what changes meanwhile goes to both, and one swap of the alias takes the new one into use.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db import transaction

from content import findable
from search import analysis, engines, entries, meaning, outbox, related, state, vocabulary
from search.models import SearchEntry, SearchWord

BATCH = 200
PLACE, BUILDING = "rebuild", "building"


@dataclass
class Report:
    """What was seen and done: entries made or mended, per source."""

    seen: int = 0
    changed: int = 0
    copied: int = 0
    lines: list[str] = field(default_factory=list)


def rebuild(tell: Callable[[str], None], afresh: bool = False) -> Report:
    """Make every entry again and copy all to the other engine, where there is one. Goes on where a run was cut off.

    `tell(line)` is called with the progress. `afresh`: from the beginning, whatever was done before. Raises EngineDown
    when the other engine does not answer: what is done stays done, and the next run goes on from there.
    """
    report = Report()
    place = {} if afresh else json.loads(state.read(PLACE, "{}"))
    if place.get("analyzer") != analysis.VERSION:
        place = {"analyzer": analysis.VERSION, "done": []}
    for maker in findable.registered():
        if maker.name not in place["done"]:
            _again(maker, place, report, tell)
    _drop_strays(report, tell)
    _count_words(tell)
    engines.database().settle()
    state.write("analyzer", analysis.VERSION)
    tell(f"Indgange: {report.seen} set, {report.changed} skrevet.")
    meaning.refresh(tell=tell)
    number = related.refresh_all()
    tell(f"Lignende sider: {number} indgange.")
    if engines.remote() is not None:
        report.copied = copy(tell, afresh)
    state.write(PLACE, "{}")
    return report


def _again(maker, place, report, tell):
    last = place.get("last", 0) if place.get("source") == maker.name else 0
    while pks := maker.after(last, BATCH):
        with transaction.atomic():
            state.take_turn(outbox.TURN)
            told = entries.write(maker.name, pks)
            outbox.tell_engine(maker.name, told)
            last = pks[-1]
            place |= {"source": maker.name, "last": last}
            state.write(PLACE, json.dumps(place))
        report.seen += len(pks)
        report.changed += len(told)
        tell(f"{maker.name}: {report.seen} set, {report.changed} skrevet")
    place["done"].append(maker.name)
    state.write(PLACE, json.dumps(place))


def _drop_strays(report, tell):
    """Entries of things that are gone or are no longer registered were not met above: they are asked for alone."""
    number = 0
    for name in SearchEntry.objects.order_by().values_list("source", flat=True).distinct():
        maker, last = findable.named(name), 0
        while rows := list(
            SearchEntry.objects.filter(source=name, object_id__gt=last)
            .order_by("object_id")[:BATCH]
            .values_list("object_id", flat=True)
        ):
            there = set(_candidates(maker, last, rows[-1])) if maker else set()
            if strays := [pk for pk in rows if pk not in there]:
                with transaction.atomic():
                    state.take_turn(outbox.TURN)
                    told = entries.write(name, strays)
                    outbox.tell_engine(name, told, losing=True)
                number += len(told)
            last = rows[-1]
    report.changed += number
    if number:
        tell(f"Fjernet eller rettet uden for rækken: {number}")


def _candidates(maker, after, to):
    while pks := maker.after(after, BATCH):
        for pk in pks:
            if pk > to:
                return
            yield pk
        after = pks[-1]


def _count_words(tell):
    """Count the public words afresh: small faults of the running count end here."""
    with transaction.atomic():
        state.take_turn(outbox.TURN)
        SearchWord.objects.all().delete()
        state.write(vocabulary.NUMBER, "0")
        rows = []
        for row in SearchEntry.objects.filter(audience=findable.PUBLIC).iterator(BATCH):
            rows.append(row)
            if len(rows) == BATCH:
                vocabulary.change((), rows)
                rows = []
        vocabulary.change((), rows)
    tell(f"Ord i offentlige indgange: {SearchWord.objects.count()}")


def copy(tell, afresh=False) -> int:
    """Fill a new index of the other engine from the entries and take it into use; return the number of entries.

    Raises EngineDown; the next run goes on with the same index.
    """
    engine = engines.remote().engine
    building = {} if afresh else json.loads(state.read(BUILDING, "{}"))
    if building.get("analyzer") != analysis.VERSION or not engine.has(building.get("index", "")):
        building = {"index": engine.create(), "analyzer": analysis.VERSION, "last": 0}
        # From here on what changes is written to this index as well (engines.elastic), so nothing has to be replayed.
        state.write(BUILDING, json.dumps(building))
    number = 0
    while rows := list(
        SearchEntry.objects.filter(pk__gt=building["last"]).order_by("pk").prefetch_related("facets")[: 5 * BATCH]
    ):
        engine.fill(building["index"], rows)
        building["last"] = rows[-1].pk
        state.write(BUILDING, json.dumps(building))
        number += len(rows)
        tell(f"{engine.name}: {number} kopieret")
    engine.use(building["index"])
    state.write(BUILDING, "{}")
    tell(f"{engine.name}: indekset {building['index']} er taget i brug")
    return number


def check(tell, mend: bool = True) -> int:
    """Compare the index with what it is made of, and the other engine with the index; return the number of faults.

    With `mend` they are mended as they are found.
    """
    faults = 0
    with transaction.atomic():
        report = Report()
        for maker in findable.registered():
            last = 0
            while pks := maker.after(last, BATCH):
                state.take_turn(outbox.TURN)
                told = entries.write(maker.name, pks)
                outbox.tell_engine(maker.name, told)
                report.seen += len(pks)
                faults += len(told)
                last = pks[-1]
        before = report.changed
        _drop_strays(report, tell)
        faults += report.changed - before
        tell(f"Database: {report.seen} ting set, {faults} indgange {'rettet' if mend else 'passer ikke'}.")
        if not mend:
            transaction.set_rollback(True)
    held = engines.database().count()
    rows = SearchEntry.objects.count()
    if held != rows:
        faults += abs(held - rows)
        tell(f"{engines.database().name}: {held} indekseret, {rows} indgange.")
        if mend:
            _write_all(engines.database())
    if mend:
        engines.database().settle()
    return faults + (_check_copy(tell, mend) if engines.remote() is not None else 0)


def _write_all(engine):
    last = 0
    while rows := list(SearchEntry.objects.filter(pk__gt=last).order_by("pk").prefetch_related("facets")[:BATCH]):
        engine.write(rows)
        last = rows[-1].pk


def _check_copy(tell, mend):
    """Compare key and version of every entry, in slices, so that any number fits in memory."""
    engine, last, faults = engines.remote().engine, 0, 0
    while True:
        rows = dict(SearchEntry.objects.filter(pk__gt=last).order_by("pk")[: 5 * BATCH].values_list("pk", "version"))
        to = max(rows) if len(rows) == 5 * BATCH else None
        held = engine.versions(last, to)
        wrong = [key for key, version in rows.items() if held.get(key) != version]
        extra = [key for key in held if key not in rows]
        faults += len(wrong) + len(extra)
        if mend:
            # A database that was put back is behind its copy, which takes no older version.
            for key in wrong:
                if held.get(key, 0) > rows[key]:
                    SearchEntry.objects.filter(pk=key).update(version=held[key] + 1)
            engine.forget([(key, held[key] + 1) for key in extra])
            engine.write(SearchEntry.objects.filter(pk__in=wrong).prefetch_related("facets"))
        if to is None:
            break
        last = to
    tell(f"{engine.name}: {faults} indgange {'rettet' if mend else 'passer ikke'}.")
    return faults
