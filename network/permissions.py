"""The rule of `network.rule`, asked for one thing. For many it is `visible_to` on the querysets.

Each `check_*` returns nothing and raises
- `Http404` where that the space exists is a secret to this person,
- `Refused` where it is not: the answer is the kind page that tells what the space is for.
"""

from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, Subquery
from django.http import Http404

from network.alike import for_readers_alike
from network.models import Attachment, Membership, Post, Showing, Space, Thread, ThreadChoice
from network.models.talk import last_day_to_put_back
from network.rule import Act, Standing, is_in_network, may


class Refused(PermissionDenied):
    """Not allowed here, and it may be said: `space` is known to the person, with its name and purpose."""

    def __init__(self, space, act):
        self.space, self.act = space, act
        super().__init__(str(act))


def standing(user, space: Space) -> Standing:
    """Return what `user` is to `space`; no query where the space was fetched `with_standing_of(user)`."""
    if not is_in_network(user):
        return Standing.STRANGER
    return Standing(space.own_standing if hasattr(space, "own_standing") else _standing(user, space))


def _standing(user, space):
    own = Membership.anyone.filter(user=user, space=space).first()
    if own is None:
        return Standing.NETWORK if space.admits(user.profile) else Standing.KEPT_OUT
    return own.role if own.state == Membership.State.MEMBER else own.state


def can(user, act: Act, space: Space) -> bool:
    """May `user` do `act` in `space`?"""
    return may(act, space.kind, standing(user, space), space.is_archived)


def check(user, act: Act, space: Space) -> None:
    """Raise unless `user` may do `act` in `space`."""
    if can(user, act, space):
        return
    if not can(user, Act.KNOW, space):
        raise Http404
    raise Refused(space, act)


def check_see_space(user, space: Space) -> None:
    check(user, Act.KNOW, space)


def check_read_space(user, space: Space) -> None:
    check(user, Act.READ, space)


def check_write_in_space(user, space: Space) -> None:
    check(user, Act.WRITE, space)


def check_run_space(user, space: Space) -> None:
    check(user, Act.RUN, space)


def thread_for(user, pk, *related, beside: Callable | None = None) -> Thread | None:
    """Return the thread with what `user` is to its space (`space.own_standing`) and how far she has read in it
    (`own_read`, `own_read_until`), and whether she follows it (`own_choice`); None unless she may read it.

    `related`: what else to bring along in the same query. `beside`, a function of a module, is given the threads, the
    user and the number, and returns the threads with more laid beside them. Here, and nowhere else, a thread is
    fetched before the rule is asked: asked of one thing, it costs no query more.
    """
    thread = next(iter(_thread(user, pk, related=related, beside=beside)), None)
    if thread is None:
        return None
    thread.space.own_standing = thread.own_standing
    return thread if can_see_thread(user, thread) else None


@for_readers_alike
def _thread(user, pk, related, beside):
    threads = Thread.objects.with_standing_of(user).with_reading_of(user)
    choice = ThreadChoice.objects.filter(user=user.pk, thread=OuterRef("pk")).values("what")[:1]
    threads = threads.annotate(own_choice=Subquery(choice))
    threads = threads.select_related("space__theme", "answer", *related).defer("answer__source", "answer__html")
    threads = threads.filter(pk=pk)
    return threads if beside is None else beside(threads, user, pk)


def can_see_thread(user, thread: Thread) -> bool:
    """The rule of `Thread.objects.visible_to`, asked of one: no query where it came from `thread_for`."""
    space = thread.space
    own = standing(user, space)
    if not may(Act.READ, space.kind, own, space.is_archived) or not space.has_threads:
        return False
    if not _is_shown(user, own, thread):
        return False
    return not space.hides_earlier or own is Standing.FACILITATOR or _came_before(user, thread)


def _is_shown(user, own, thing):
    """The rule of `network.models.talk.shown_to`, asked of one thread or post."""
    if own is Standing.FACILITATOR:
        return thing.state != Showing.REMOVED
    return thing.state == Showing.VISIBLE or (thing.state == Showing.HELD and is_own(user, thing))


def _came_before(user, thread):
    own = Membership.objects.filter(user=user, space=thread.space_id)
    return own.filter(joined_at__lte=thread.created_at).exists()


def check_see_thread(user, thread: Thread) -> None:
    """What is held, hidden, removed or from before one came is answered as if it were not there."""
    check(user, Act.READ, thread.space)
    if not can_see_thread(user, thread):
        raise Http404


def can_see_post(user, post: Post) -> bool:
    return can_see_thread(user, post.thread) and _is_shown(user, standing(user, post.thread.space), post)


def check_see_post(user, post: Post) -> None:
    check(user, Act.READ, post.thread.space)
    if not can_see_post(user, post):
        raise Http404


def is_own(user, thing) -> bool:
    """Did `user` write this thread or post herself?"""
    return thing.author_id is not None and thing.author_id == user.pk


def can_edit_post(user, post: Post) -> bool:
    """One's own, as long as one is in the space and it is there."""
    is_there = post.state in (Showing.VISIBLE, Showing.HELD)
    return is_own(user, post) and is_there and can(user, Act.WRITE, post.thread.space)


def can_remove_post(user, post: Post) -> bool:
    """One's own while it is there, and whoever runs the space any."""
    space = post.thread.space
    if post.state == Showing.REMOVED:
        return False
    return can(user, Act.RUN, space) or can_edit_post(user, post)


def check_remove_post(user, post: Post) -> None:
    if not can_remove_post(user, post):
        check_write_in_space(user, post.thread.space)
        raise Refused(post.thread.space, Act.RUN)


def can_put_back(user, post: Post) -> bool:
    """The rule of `Post.objects.restorable_by`, asked of one."""
    if post.state != Showing.REMOVED or post.state_at is None or post.state_at <= last_day_to_put_back():
        return False
    if post.author_id is not None and post.state_by_id == post.author_id:
        return is_own(user, post) and can(user, Act.WRITE, post.thread.space)
    return can(user, Act.RUN, post.thread.space)


def check_put_back(user, post: Post) -> None:
    """Refused where it is not for her to do, or too late."""
    if not can_put_back(user, post):
        check_read_space(user, post.thread.space)
        raise Refused(post.thread.space, Act.RUN)


def looks_after(user, thread: Thread) -> bool:
    """Is it her question: asked by herself, or left to her by one who went (network.leaving)?"""
    return is_own(user, thread) or (thread.kept_by_id is not None and thread.kept_by_id == user.pk)


def can_lead_thread(user, thread: Thread) -> bool:
    """Write »Status nu« and choose the answer: whose question it is, and whoever runs the space; nothing in an
    archive.
    """
    space = thread.space
    return can(user, Act.WRITE, space) and (looks_after(user, thread) or can(user, Act.RUN, space))


def check_lead_thread(user, thread: Thread) -> None:
    check_write_in_space(user, thread.space)
    if not can_lead_thread(user, thread):
        raise Refused(thread.space, Act.RUN)


def check_edit_post(user, post: Post) -> None:
    check_write_in_space(user, post.thread.space)
    if not can_edit_post(user, post):
        raise Refused(post.thread.space, Act.WRITE)


def is_own_file(user, attachment: Attachment) -> bool:
    """Did `user` put it up herself?"""
    return attachment.uploaded_by_id is not None and attachment.uploaded_by_id == user.pk


def can_renew_file(user, attachment: Attachment) -> bool:
    """Put up a new version of a file that is sent: who put it up, and whoever runs the space."""
    if not attachment.post_id:
        return False
    post = attachment.post
    space = post.thread.space
    act = Act.WRITE if is_own_file(user, attachment) else Act.RUN
    return space.has_files and not space.is_archived and can(user, act, space) and can_see_post(user, post)


def check_renew_file(user, attachment: Attachment) -> None:
    check_write_in_space(user, attachment.room)
    if not can_renew_file(user, attachment):
        raise Refused(attachment.room, Act.RUN)
