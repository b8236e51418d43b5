"""How far someone has read: what is new to her, and where she goes on.

A post is new to a reader when it is somebody else's, stands above her marker in the thread, and came after what counts
as read anyway (`Membership.read_until`: the day she came, or when she last said »Markér alt som læst«).
"""

from django.db import transaction
from django.db.models import Count, Exists, F, IntegerField, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from network import bell, notices
from network.models import Membership, Post, ReadMarker, Showing, Space, Thread
from network.rule import Standing, is_in_network

MOST_NEWS = 200


def with_unread_of(threads, user):
    """Bring along as `unread` how many posts are new to `user` in each of `threads`, which she may read."""
    if not is_in_network(user):
        return threads.annotate(unread=Value(0))
    threads = threads.with_reading_of(user)
    new = (
        # Within a query for threads that the rule let through, it asks the rule no second time: only a number comes.
        Post.objects.filter(thread=OuterRef("pk"), state=Showing.VISIBLE)
        .filter(number__gt=OuterRef("own_read"), created_at__gt=OuterRef("own_read_until"))
        .exclude(author=user)
        .order_by()
        .values("thread")
        .values(n=Count("pk"))
    )
    return threads.annotate(unread=Coalesce(Subquery(new, output_field=IntegerField()), 0))


def news_for(user, space: Space | None = None) -> list[Thread]:
    """Return the threads in which something is new to `user`, in the spaces she is in, or in `space` alone.

    Newest first, with `unread`, their space and the face of who began them; at most 200.
    """
    if not is_in_network(user):
        return []
    own = Membership.objects.filter(user=user, space=OuterRef("space_id"), read_until__lt=OuterRef("last_post_at"))
    threads = Thread.objects.visible_to(user).filter(Exists(own), **({"space": space} if space else {}))
    found = with_unread_of(threads, user).filter(own_read__lt=F("last_number"), unread__gt=0)
    return list(found.select_related("space__theme", "author__profile__municipality")[:MOST_NEWS])


def unread_by_space(news: list[Thread]) -> dict[int, int]:
    """Return how many posts are new in each space of `news`, by the id of the space."""
    found: dict[int, int] = {}
    for thread in news:
        found[thread.space_id] = found.get(thread.space_id, 0) + thread.unread
    return found


def mark_read(user, thread: Thread, number: int) -> None:
    """Move the marker of `user` in `thread`, which came `with_reading_of` her, on to `number`; never back."""
    if not is_in_network(user) or number <= thread.own_read:
        return
    markers = ReadMarker.objects.filter(user=user, thread=thread)
    if thread.own_read:
        markers.filter(number__lt=number).update(number=number, at=timezone.now())
    else:
        ReadMarker.objects.bulk_create([ReadMarker(user=user, thread=thread, number=number)], ignore_conflicts=True)
    if bell.rings(user):
        notices.mark_read(user, post__thread=thread.pk, post__number__lte=number)


@transaction.atomic
def read_all(user, space: Space | None = None) -> int:
    """Count everything as read in the spaces `user` is in, or in `space` alone. Return in how many spaces."""
    own = Membership.objects.filter(user=user, **({"space": space} if space else {}))
    notices.mark_read(user, **({"post__thread__space": space.pk} if space else {"post__isnull": False}))
    return own.update(read_until=timezone.now())


def opens_at(thread: Thread) -> int:
    """Return the number at which a thread that came `with_reading_of` a reader opens: the first that is new to her.

    Where everything is read it is the last she read; where nothing is, it is the first post.
    """
    return min(thread.own_read + 1, thread.last_number) if thread.own_read else 1


def is_new_to(user, thread: Thread, post: Post) -> bool:
    """Is this post, of a thread that came `with_reading_of` `user`, new to her?"""
    return (
        post.number > thread.own_read
        and post.created_at > thread.own_read_until
        and post.author_id != user.pk
        and post.state == Showing.VISIBLE
    )


def new_above(user, thread: Thread, number: int) -> int:
    """Return how many posts new to `user` stand above `number` in a thread that came from `permissions.thread_for`."""
    if thread.last_post_at <= thread.own_read_until or number >= thread.last_number:
        return 0
    posts = Post.objects.in_thread(thread, user, Standing(thread.own_standing))
    new = posts.filter(number__gt=number, state=Showing.VISIBLE, created_at__gt=thread.own_read_until)
    return new.exclude(author=user.pk).order_by().count()
