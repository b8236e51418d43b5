"""The rows that the verbs lock and write: a thread is locked before anything in it is counted, numbered or moved."""

from django.db.models import Count, Max, Q

from network.models import Post, Showing, Thread


def lock(*threads: Thread) -> None:
    """Lock the rows of threads until the transaction ends: in one order, so that two can never wait for each other."""
    rows = Thread.objects.select_for_update().filter(pk__in=[thread.pk for thread in threads])
    list(rows.order_by("pk").values_list("pk", flat=True))


def lock_with_thread(post: Post) -> Post:
    """Lock the thread of a post, and bring the post up to date: it may have been moved or changed while one waited."""
    thread = post.thread
    lock(thread)
    post.refresh_from_db(fields=["thread", "number", "author", "state", "state_by", "state_at", "state_before"])
    if post.thread_id == thread.pk:
        post.thread = thread
    else:
        lock(post.thread)
    return post


def put(thing, **fields) -> None:
    """Write `fields` of a thread or a post, on the row and on `thing`, as long as the row is there."""
    type(thing).objects.select_for_update().filter(pk=thing.pk).update(**fields)
    for name, value in fields.items():
        setattr(thing, name, value)


def tally(user, thread: Thread) -> None:
    """Count again what is shown in a thread, for someone who reads all that is shown in it. It is locked already.

    An answer that is not shown is no answer. Where nothing is shown, the date of the last post stays.
    """
    shown = Post.objects.visible_to(user).filter(thread=thread.pk, state=Showing.VISIBLE)
    found = shown.aggregate(posts=Count("pk"), last=Max("created_at"), first=Count("pk", filter=Q(number=1)))
    put(thread, number_of_posts=found["posts"], first_is_shown=bool(found["first"]))
    if found["last"]:
        put(thread, last_post_at=found["last"])
    thread.refresh_from_db(fields=["answer"])
    if thread.answer_id and not shown.filter(pk=thread.answer_id).exists():
        put(thread, answer=None)
