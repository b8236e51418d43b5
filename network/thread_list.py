"""The threads of a space as a list: pinned first, then what is new to the reader, then the newest; narrowed by one
choice.

What is new is looked for among the newest `COUNTED` threads. It moves on as it is read, so someone who reads between
two pages may meet a thread on both, as in any list that is sorted by what changes.
"""

from dataclasses import dataclass

from django.db.models import Count, F, Q
from django.http import Http404
from django.utils.translation import gettext as _

from network.models import Space, Thread
from network.reading import MOST_NEWS, with_unread_of

A_PAGE = 30
COUNTED = 1_000  # however many threads there are: beyond these a number would cost more than it tells
FACES = ("author__profile__municipality",)
NEW = "ulaeste"
IS_NEW = Q(last_post_at__gt=F("own_read_until"), own_read__lt=F("last_number"), unread__gt=0)


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


def narrowings(user, space: Space) -> dict[str, tuple[str, Q]]:
    """Return what the list can be narrowed to, by its word in the address. Only who is in a space has news there."""
    return {
        "": (_("Alle"), Q()),
        **({NEW: (_("Ulæste"), IS_NEW)} if space.is_own else {}),
        "uden-svar": (_("Uden svar"), Q(number_of_posts__lte=1, answer=None)),
        "har-svar": (_("Har svar"), Q(answer__isnull=False)),
        "mine": (_("Mine"), Q(author=user.pk)),
    }


def thread_list(user, space: Space, params) -> ThreadList:
    """Return a page of what `user` may read. In `params` `vis` narrows, `side` is the page; Http404 for none."""
    ways = narrowings(user, space)
    chosen = params.get("vis", "") if params.get("vis", "") in ways else ""
    threads = space.threads.visible_to(user).order_by("-last_post_at", "-pk")
    number = _page_number(params.get("side", "1"))
    found = with_unread_of(threads, user).select_related(*FACES)
    new = _new(found) if space.is_own else {}
    narrowed = found.filter(pk__in=new) if chosen == NEW else found.filter(ways[chosen][1])
    counts, pinned_before = _counts(threads, ways, chosen, new)
    pinned, others = _rows(narrowed, number, _still_there(narrowed, new) if chosen else new)
    if number > 1 and not others:
        raise Http404
    before = pinned_before + (number - 1) * A_PAGE if number > 1 else 0
    return ThreadList(
        rows=unread_first(pinned) + others[:A_PAGE],
        choices=[Choice(name, label, counts.get(name), name == chosen) for name, (label, _way) in ways.items()],
        chosen=chosen,
        whole=counts.get(""),
        first=before + 1,
        total=counts.get(chosen),
        previous=number - 1 if number > 1 else None,
        next=number + 1 if len(others) > A_PAGE else None,
    )


def unread_first(threads: list[Thread]) -> list[Thread]:
    """Put those with something unread before the others, else in their order."""
    return sorted(threads, key=lambda thread: not thread.unread)


def _new(threads):
    """Return the threads with something new to the reader, {key: is it pinned?}, the newest first, at most 200."""
    lately = threads.values("pk")[:COUNTED]
    found = threads.filter(IS_NEW, pk__in=lately).values_list("pk", "pinned_at")[:MOST_NEWS]
    return {key: pinned_at is not None for key, pinned_at in found}


def _still_there(threads, new):
    """Keep those of `new` that are among `threads`."""
    there = set(threads.filter(pk__in=new).values_list("pk", flat=True)) if new else ()
    return {key: is_pinned for key, is_pinned in new.items() if key in there}


def _rows(threads, number, new):
    """Return the pinned threads, on the first page alone, and the others, the `new` ones first, with one too many if
    there is a next page."""
    pinned = list(threads.filter(pinned_at__isnull=False).order_by("-pinned_at")) if number == 1 else []
    news, others = [key for key, is_pinned in new.items() if not is_pinned], threads.filter(pinned_at=None)
    start, end = (number - 1) * A_PAGE, number * A_PAGE + 1
    first = list(others.filter(pk__in=news[start:end])) if news[start:end] else []
    start, end = max(0, start - len(news)), max(0, end - len(news))
    return pinned, first + (_rest(others, news, start, end) if end else [])


def _rest(threads, news, start, end):
    """The keys alone are passed by on the way to a late page: what is new would be counted in each that is passed."""
    rest = threads.exclude(pk__in=news) if news else threads
    return list(threads.filter(pk__in=rest.values("pk")[start:end]))


def _counts(threads, ways, chosen, new):
    """Return how many there are by choice, and how many of the chosen are pinned.

    All but what is new are counted in one query over the newest threads; of more than `COUNTED` nothing is said.
    """
    asked = [name for name in ways if name and name != NEW]
    numbers = {f"n{place}": Count("pk", filter=ways[name][1]) for place, name in enumerate(asked, start=1)}
    is_chosen = ways[chosen][1] if chosen != NEW else Q()
    pinned = Count("pk", filter=is_chosen & Q(pinned_at__isnull=False))
    found = threads[: COUNTED + 1].aggregate(n0=Count("pk"), pinned=pinned, **numbers)
    counts = {name: found[f"n{place}"] for place, name in enumerate(["", *asked])} if found["n0"] <= COUNTED else {}
    if len(new) < MOST_NEWS:
        counts[NEW] = len(new)
    return counts, sum(new.values()) if chosen == NEW else found["pinned"]


def _page_number(text):
    if not (text.isascii() and text.isdigit() and int(text[:6]) >= 1):
        raise Http404
    return int(text[:6])
