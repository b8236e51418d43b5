"""What goes along when posts come to stand in another thread, and how their old addresses lead on."""

from collections.abc import Iterable

from network.models import Event, FormerPlace, ModerationAct, Thread


def note_posts(thread: Thread, numbers: dict[int, int], to: Thread) -> None:
    """Write down where posts stood: `numbers` are those they had in `thread`, by post."""
    rows = [FormerPlace(thread_pk=thread.pk, number=number, thread=to, post_id=pk) for pk, number in numbers.items()]
    FormerPlace.objects.bulk_create(rows, batch_size=500)


def carry_former_places(posts: Iterable[int], to: Thread) -> None:
    """Let the addresses that led to these posts before lead to them still, without a stop on the way."""
    FormerPlace.objects.filter(post__in=list(posts), number__isnull=False).update(thread=to)


def carry_events(posts: Iterable[int], to: Thread) -> None:
    """What happened to a post is of the thread in which it stands – but not that a thread began with it."""
    posts = list(posts)
    Event.objects.filter(post__in=posts).exclude(what=Event.What.THREAD).update(thread=to)
    ModerationAct.objects.select_for_update().filter(post__in=posts).update(thread=to)
