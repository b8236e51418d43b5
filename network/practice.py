"""Which municipality has used which method, told by the floor above that knows: registered, not imported."""

from collections.abc import Callable

from django.db.models import QuerySet

_tellers: list[Callable[[], QuerySet]] = []


def register_uses(teller: Callable[[], QuerySet]):
    """Register `teller() -> QuerySet`: rows with `method` and `municipality`, the uses that a stranger may read of."""
    _tellers.append(teller)
    return teller


def uses() -> list[QuerySet]:
    """Return the rows of all who tell of uses; the fields of each are `method` and `municipality`."""
    return [teller() for teller in _tellers]
