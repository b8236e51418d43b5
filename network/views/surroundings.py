"""What stands beside the posts of a page: what the reader may do with each, and what went from there or came."""

from dataclasses import dataclass

from network.models import FormerPlace, Post, Showing, Thread
from network.permissions import can, can_put_back, can_remove_post, is_own, looks_after
from network.rule import Act


@dataclass
class Gap:
    """So many posts stand in another thread now; `post` is the first of them."""

    number: int
    post: Post


def give_tools(user, thread: Thread, posts: list[Post]) -> None:
    """Say of each post what `user` may do with it, and where it stands (`address`). It asks the database nothing."""
    writes, runs = can(user, Act.WRITE, thread.space), can(user, Act.RUN, thread.space)
    leads, replies = writes and (runs or looks_after(user, thread)), writes and (runs or not thread.is_closed)
    thread.address = thread.get_absolute_url()
    for post in posts:
        post.address = f"{thread.address}{post.number}/"
        is_shown = post.state == Showing.VISIBLE
        post.is_answer = is_shown and post.pk == thread.answer_id
        post.is_own = writes and is_own(user, post)
        post.may_thank = writes and is_shown and not is_own(user, post)
        post.may_be_answered = replies and is_shown
        post.may_be_reported = user.is_authenticated and is_shown and not is_own(user, post)
        post.may_be_split = runs and is_shown and post.number > 1
        post.may_be_answer = leads and is_shown and post.number > 1
        post.may_be_removed = can_remove_post(user, post)
        post.may_be_put_back = can_put_back(user, post)
        post.answers_here = post.answered_thread == thread.pk
        post.answers_shown = post.answers_here and post.answered_state == Showing.VISIBLE
        post.is_by_author = post.author_id is not None and post.state_by_id == post.author_id


def surround(user, thread: Thread, posts: list[Post], first: int, last: int) -> list[Gap]:
    """Say before each post what stood there and went, or came from elsewhere; return what went after the last.

    `first` and `last` are the numbers of the page. It asks the database only where a number is missing, or where
    another thread was merged into this one.
    """
    for post in posts:
        post.gaps, post.came_from = [], ""
    missing = set(range(first, min(last, thread.last_number) + 1)) - {post.number for post in posts}
    after = _gaps(user, thread, posts, missing) if missing else []
    if thread.has_joined:
        came = FormerPlace.objects.filter(thread=thread, number=None, post__in=[post.pk for post in posts])
        titles = dict(came.values_list("post", "title"))
        for post in posts:
            post.came_from = titles.get(post.pk, "")
    return after


def _gaps(user, thread, posts, missing):
    readable = Thread.objects.visible_to(user).order_by().values("pk")
    gone = FormerPlace.objects.filter(thread_pk=thread.pk, number__in=missing, post__thread__in=readable)
    gone = gone.select_related("post__thread__space").defer("post__source", "post__html").order_by("number")
    after = []
    for row in gone:
        following = next((post for post in posts if post.number > row.number), None)
        gaps = after if following is None else following.gaps
        if gaps and gaps[-1].post.thread_id == row.post.thread_id:
            gaps[-1].number += 1
        else:
            gaps.append(Gap(1, row.post))
    return after
