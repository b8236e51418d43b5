"""The questions someone looks after – her own, and those she was given – and giving them to another."""

from django.db.models import Q, QuerySet

from network.models import Space, Thread
from network.permissions import can_see_thread
from network.rows import lock, put


def questions_of(reader, person) -> QuerySet:
    """Return the open questions that `person` looks after, as far as `reader` may read them, the newest first.

    One that she asked and gave to another is hers again when the other's account is closed.
    """
    is_hers = Q(kept_by=person) | Q(author=person) & (Q(kept_by=None) | Q(kept_by__is_active=False))
    return Thread.objects.visible_to(reader).filter(is_hers, answer=None, closed_at=None).order_by("-created_at")


def give_questions(space: Space, threads: list[Thread], heir) -> list[int]:
    """Let `heir` look after those of `threads`, in `space`, that she may read; return their ids.

    Call it inside the transaction. A space may keep the older ones from her.
    """
    lock(*threads)
    given = []
    for thread in threads:
        thread.space = space
        if can_see_thread(heir, thread):
            put(thread, kept_by=heir)
            given.append(thread.pk)
    return given
