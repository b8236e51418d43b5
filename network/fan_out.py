"""Where many care: a row in the transaction (`Telling`), and the notices made from it after the commit, in batches.

Each batch is one transaction that ends with how far it came, so a worker that is killed loses and doubles nothing. Who
may read is asked at the batch, not when it happened.
"""

import logging
from datetime import timedelta

from django.conf import settings
from django.db import Error, connection, transaction
from django.db.models import Q
from django.utils import timezone

from network.models import Event, Telling
from network.notices import Told, tell, verb_of

log = logging.getLogger(__name__)

BATCH = 1_000
A_FEW = 3
LONGEST_WAIT = 15  # minutes


def tell_many(verb: str, *, event: Event | None = None, about: int | None = None) -> None:
    """Write that all who care are to be told. Call it inside the transaction; said twice it is one row."""
    if verb_of(verb).audience is None:
        raise LookupError(f"The verb {verb} does not say who cares.")
    Telling.objects.bulk_create([Telling(verb=verb, event=event, about=about)], ignore_conflicts=True)
    if settings.NOTICES_WORKER:
        return
    if not any(function is work_quietly for _sids, function, *_rest in connection.run_on_commit):
        transaction.on_commit(work_quietly)


def work_quietly():
    """Work off a few batches of what waits, after someone's own request: she waits for no more than that."""
    try:
        for _turn in range(A_FEW):
            pk = waiting().values_list("pk", flat=True).first()
            if pk is None or tell_batch(pk) is None:
                return
    except Error:
        log.exception("Notices could not be written.")


def waiting():
    """Return what is due, the oldest first."""
    return Telling.objects.filter(Q(not_before=None) | Q(not_before__lte=timezone.now())).order_by("pk")


def work() -> int:
    """Work off all that is due; return how many were told. What fails now is tried again later."""
    number = 0
    while pk := waiting().values_list("pk", flat=True).first():
        done = tell_batch(pk)
        if done is None:
            return number
        number += done
    return number


def tell_batch(pk: int) -> int | None:
    """Tell the next of those who care about one thing; return how many, None where another is at it.

    A fault is logged and puts the row off, each time for longer.
    """
    try:
        with transaction.atomic():
            telling = Telling.objects.select_for_update(skip_locked=True).filter(pk=pk).first()
            return None if telling is None else _tell(telling)
    except Exception as fault:  # whatever a room's own code raises: one thing must not stop the others
        log.exception("Telling %s could not go on.", pk)
        _put_off(pk, fault)
        return 0


def _tell(telling):
    verb = verb_of(telling.verb)
    audience = verb.audience(telling)
    people = [] if audience is None else _next(verb.among(telling), telling.reached)
    batch = []
    if people:
        batch = [Told(*row) for row in audience.filter(pk__in=people).values_list("pk", "why", "mail")]
        tell(telling.verb, batch, event=telling.event, about=telling.about, **_where(telling))
    if len(people) < BATCH:
        telling.delete()
    else:
        telling.reached = people[-1]
        telling.save(update_fields=["reached"])
    return len(batch)


def _next(among, reached):
    """Return the next of those who may care, in their order: the rule and their choices are asked of these alone."""
    found = set()
    for rows in among:
        ids = rows.filter(user__gt=reached).order_by("user").values_list("user", flat=True)
        found.update(ids.distinct()[:BATCH])
    return sorted(found)[:BATCH]


def _where(telling):
    """What stands on each notice beside what it tells of; without an event the verb's `audience` may have said so."""
    event = telling.event
    if event is None:
        return {"who": getattr(telling, "who", None), "space": getattr(telling, "space", None)}
    if event.post_id is not None:
        return {"who": event.post.author, "post": event.post}
    return {"who": event.who, "space": event.space, "meeting": event.meeting}


def _put_off(pk, fault):
    telling = Telling.objects.filter(pk=pk).first()
    if telling is not None:
        telling.tries += 1
        wait = min(2 ** min(telling.tries - 1, 4), LONGEST_WAIT)
        telling.not_before = timezone.now() + timedelta(minutes=wait)
        telling.save(update_fields=["tries", "not_before"])
