"""What search remembers between processes: numbers and texts by name."""

from django.db import transaction

from search.models import SearchState


def read(name: str, default: str = "") -> str:
    return SearchState.objects.filter(pk=name).values_list("value", flat=True).first() or default


def read_all(*names: str) -> dict[str, str]:
    """Return {name: value} of those of `names` that are remembered, in one query."""
    return dict(SearchState.objects.filter(pk__in=names).values_list("pk", "value"))


def write(name: str, value: str) -> None:
    SearchState.objects.update_or_create(pk=name, defaults={"value": value})


def take_turn(name: str) -> None:
    """Wait until no other transaction holds `name`, and hold it to the end of this one."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("A turn is taken inside a transaction.")
    SearchState.objects.get_or_create(pk=name)
    SearchState.objects.select_for_update().get(pk=name)
