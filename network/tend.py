"""Tending the threads of a space, which its facilitators do: fasten one on top, close it, open it again."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from network.models import Event, Thread
from network.permissions import check_run_space, check_see_thread
from network.rows import lock, put
from network.signals import announce

WHY_LENGTH = 200


@transaction.atomic
def pin(facilitator, thread: Thread) -> Thread:
    """Fasten a thread on top of its space."""
    _take(facilitator, thread)
    if thread.pinned_at is None:
        put(thread, pinned_at=timezone.now())
        announce(Event.What.PINNED, thread.space, who=facilitator, thread=thread)
    return thread


@transaction.atomic
def unpin(facilitator, thread: Thread) -> Thread:
    _take(facilitator, thread)
    put(thread, pinned_at=None)
    return thread


@transaction.atomic
def close(facilitator, thread: Thread, why: str = "") -> Thread:
    """Close a thread: from then on only those who run the space write in it. `why`, if any, is read by all."""
    why = " ".join(why.split())
    if len(why) > WHY_LENGTH:
        raise ValidationError(
            _("Begrundelsen er for lang: højst %(room)s tegn."), params={"room": WHY_LENGTH}, code="long"
        )
    _take(facilitator, thread)
    if not thread.is_closed:
        put(thread, closed_at=timezone.now(), closed_by=facilitator, closed_why=why)
        announce(Event.What.CLOSED, thread.space, who=facilitator, thread=thread)
    return thread


@transaction.atomic
def reopen(facilitator, thread: Thread) -> Thread:
    """Let all members write in a closed thread again."""
    _take(facilitator, thread)
    if thread.is_closed:
        put(thread, closed_at=None, closed_by=None, closed_why="")
        announce(Event.What.OPENED, thread.space, who=facilitator, thread=thread)
    return thread


def _take(facilitator, thread):
    check_run_space(facilitator, thread.space)
    check_see_thread(facilitator, thread)
    lock(thread)
    thread.refresh_from_db(fields=["pinned_at", "closed_at"])
