"""From a change to the index: a row in the transaction that makes the change, worked off after the commit.

A row goes through two stages. First the entry is made again in the database; then, where another engine holds a copy,
it is sent there. What fails stays and is tried again, later each time; loss of access and deletion go first.
"""

import logging
from collections import defaultdict
from datetime import timedelta

from django.conf import settings
from django.db import Error, connection, transaction
from django.db.models import Q
from django.utils import timezone

from content import findable
from search import engines, entries, meaning, related, state
from search.models import SearchEntry, SearchTask

log = logging.getLogger(__name__)

BATCH = 100
LONGEST_WAIT = timedelta(minutes=15)
TURN = "outbox"
RELATED = 400  # entries whose neighbours are found anew in one go; `search rebuild` sees to all


def note(sender, name, pks, losing, **kwargs):
    """Hear `content.findable.touched`: write the rows, and see to them after the commit."""
    SearchTask.objects.bulk_create(
        (SearchTask(source=name, object_id=pk, losing=losing) for pk in pks), batch_size=500
    )
    if settings.SEARCH_WORKER:
        return
    if not any(function is work_quietly for _sids, function, *_rest in connection.run_on_commit):
        transaction.on_commit(work_quietly)


def work_quietly():
    """Work off what waits, after a reader's own request: a fault is logged and leaves the rows for the next time."""
    try:
        work()
    except Error:
        log.exception("The outbox of the search could not be worked off.")


def work() -> int:
    """Work off what is due, both stages; return the number of rows seen to. What fails now is not tried again now."""
    number, changed, now = 0, [], timezone.now()
    while done := make_entries(changed, now):
        number += done
    while done := send(now):
        number += done
    meaning.refresh(changed[:RELATED])
    related.refresh(changed[:RELATED])
    return number


def waiting(stage=None, now=None):
    """Return the rows that are due `now`, the losing ones first."""
    due = SearchTask.objects.filter(Q(not_before=None) | Q(not_before__lte=now or timezone.now()))
    return due.filter(stage=stage) if stage else due


def make_entries(changed: list | None = None, now=None) -> int:
    """Make the entries of one batch again; return the number of rows worked off. `changed` gets the keys written."""
    changed = [] if changed is None else changed
    with transaction.atomic():
        state.take_turn(TURN)
        tasks = list(waiting(SearchTask.Stage.ENTRY, now)[:BATCH])
        if not tasks:
            return 0
        try:
            with transaction.atomic():
                changed += _make(tasks)
        except Exception:  # whatever a room's own code raises: one thing must not stop the others
            faults = defaultdict(list)
            for task in tasks:
                try:
                    with transaction.atomic():
                        changed += _make([task])
                except Exception as fault:
                    faults[type(fault)].append(task)
            for kind, failed in faults.items():
                _put_off(failed, kind)
    return len(tasks)


def _make(tasks):
    by_source = defaultdict(set)
    for task in tasks:
        by_source[task.source].add(task.object_id)
    losing = {(task.source, task.object_id) for task in tasks if task.losing}
    keys = []
    for source, pks in by_source.items():
        told = entries.write(source, pks)
        keys += [key for key, _version in told]
        tell_engine(source, told, losing=any((source, pk) in losing for pk in pks))
    SearchTask.objects.filter(pk__in=[task.pk for task in tasks]).delete()
    return keys


def tell_engine(source, told, losing=False):
    """Write the rows by which the other engine, where there is one, gets the entries `told`: (key, version)."""
    if engines.remote() is not None:
        SearchTask.objects.bulk_create(
            SearchTask(
                source=source,
                object_id=0,
                stage=SearchTask.Stage.ENGINE,
                losing=losing,
                entry_id=key,
                entry_version=version,
            )
            for key, version in told
        )


def send(now=None) -> int:
    """Send one batch to the other engine; return the number of rows worked off, 0 when it does not answer."""
    engine = engines.remote()
    if engine is None:
        return 0
    tasks = list(waiting(SearchTask.Stage.ENGINE, now)[:BATCH])
    if not tasks:
        return 0
    wanted = {task.entry_id: task.entry_version for task in tasks}
    rows = list(SearchEntry.objects.filter(pk__in=wanted).prefetch_related("facets"))
    there = {row.pk for row in rows}
    try:
        engine.forget([(key, version) for key, version in wanted.items() if key not in there])
        engine.write(rows)
    except engines.EngineDown as fault:
        _put_off(tasks, type(fault))
        return 0
    SearchTask.objects.filter(pk__in=[task.pk for task in tasks]).delete()
    return len(tasks)


def _put_off(tasks, kind):
    """Try again later: after 1 s, 2 s, 4 s … at most a quarter of an hour. The log holds the kind of fault alone."""
    log.warning("Search: %s rows are put off (%s).", len(tasks), kind.__name__)
    for task in tasks:
        task.attempts += 1
        task.not_before = timezone.now() + _delay(task.attempts)
        task.fault = kind.__name__
    SearchTask.objects.bulk_update(tasks, ["attempts", "not_before", "fault"])


def _delay(attempts):
    return min(timedelta(seconds=2 ** min(attempts - 1, 12)), LONGEST_WAIT)


def connect():
    findable.touched.connect(note, dispatch_uid="search.outbox")
