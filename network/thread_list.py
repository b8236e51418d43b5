"""The threads of a space as a list: pinned first, then the newest, narrowed by one choice."""

from dataclasses import dataclass

from django.db.models import Count, Q
from django.http import Http404
from django.utils.translation import gettext as _

from network.models import Space, Thread
from network.reading import with_unread_of

A_PAGE = 30
COUNTED = 1_000  # however many threads there are: beyond these a number would cost more than it tells
FACES = ("author__profile__municipality",)


@dataclass(frozen=True)
class Choice:
    name: str
    label: str
    number: int | None
    is_chosen: bool


@dataclass(frozen=True)
class ThreadList:
    """A page of threads. `whole` is how many there are in the space, None where they are too many to count."""

    rows: list[Thread]
    choices: list[Choice]
    chosen: str
    whole: int | None
    first: int
    total: int | None
    previous: int | None
    next: int | None

    @property
    def last(self):
        return self.first + len(self.rows) - 1


def narrowings(user) -> dict[str, tuple[str, Q]]:
    """Return what the list can be narrowed to, by its word in the address."""
    return {
        "": (_("Alle"), Q()),
        "uden-svar": (_("Uden svar"), Q(number_of_posts__lte=1, answer=None)),
        "har-svar": (_("Har svar"), Q(answer__isnull=False)),
        "mine": (_("Mine"), Q(author=user.pk)),
    }


def thread_list(user, space: Space, params) -> ThreadList:
    """Return a page of what `user` may read. In `params` `vis` narrows, `side` is the page; Http404 for none."""
    ways = narrowings(user)
    chosen = params.get("vis", "") if params.get("vis", "") in ways else ""
    threads = space.threads.visible_to(user).order_by("-last_post_at", "-pk")
    counts = _counts(threads, ways, chosen)
    number = _page_number(params.get("side", "1"))
    pinned, others = _rows(with_unread_of(threads.filter(ways[chosen][1]), user).select_related(*FACES), number)
    if number > 1 and not others:
        raise Http404
    before = counts["pinned"] + (number - 1) * A_PAGE if number > 1 else 0
    return ThreadList(
        rows=unread_first(pinned) + unread_first(others[:A_PAGE]),
        choices=[
            Choice(name, label, counts["by_choice"].get(name), name == chosen) for name, (label, _way) in ways.items()
        ],
        chosen=chosen,
        whole=counts["by_choice"].get(""),
        first=before + 1,
        total=counts["by_choice"].get(chosen),
        previous=number - 1 if number > 1 else None,
        next=number + 1 if len(others) > A_PAGE else None,
    )


def unread_first(threads: list[Thread]) -> list[Thread]:
    """Put those with something unread before the others, else in their order."""
    return sorted(threads, key=lambda thread: not thread.unread)


def _rows(threads, number):
    """Return the pinned threads, on the first page alone, and the others with one too many if there is a next page."""
    start = (number - 1) * A_PAGE
    pinned = list(threads.filter(pinned_at__isnull=False).order_by("-pinned_at")) if number == 1 else []
    return pinned, list(threads.filter(pinned_at=None)[start : start + A_PAGE + 1])


def _counts(threads, ways, chosen):
    """Count every choice in one query over the newest threads; of more than `COUNTED` nothing is said."""
    numbers = {f"n{place}": Count("pk", filter=way) for place, (_label, way) in enumerate(ways.values()) if way}
    pinned = Count("pk", filter=ways[chosen][1] & Q(pinned_at__isnull=False))
    found = threads[: COUNTED + 1].aggregate(n0=Count("pk"), pinned=pinned, **numbers)
    by_choice = {name: found[f"n{place}"] for place, name in enumerate(ways)} if found["n0"] <= COUNTED else {}
    return {"by_choice": by_choice, "pinned": found["pinned"]}


def _page_number(text):
    if not (text.isascii() and text.isdigit() and int(text[:6]) >= 1):
        raise Http404
    return int(text[:6])
