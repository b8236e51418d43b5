"""The rule of `network.rule`, asked for one thing. For many it is `visible_to` on the querysets.

Each `check_*` returns nothing and raises
- `Http404` where that the space exists is a secret to this person,
- `Refused` where it is not: the answer is the kind page that tells what the space is for.
"""

from django.core.exceptions import PermissionDenied
from django.http import Http404

from network.models import Membership, Post, Space, Thread
from network.rule import Act, Standing, is_in_network, may, standing_outside


class Refused(PermissionDenied):
    """Not allowed here, and it may be said: `space` is known to the person, with its name and purpose."""

    def __init__(self, space, act):
        self.space, self.act = space, act
        super().__init__(str(act))


def standing(user, space: Space) -> Standing:
    """Return what `user` is to `space`; no query where the space was fetched `with_role_of(user)`."""
    if not is_in_network(user):
        return Standing.STRANGER
    role = space.own_role if hasattr(space, "own_role") else _role(user, space)
    return Standing(role) if role else standing_outside(user)


def _role(user, space):
    return Membership.objects.filter(user=user, space=space).values_list("role", flat=True).first()


def can(user, act: Act, space: Space) -> bool:
    """May `user` do `act` in `space`?"""
    return may(act, space.kind, standing(user, space))


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


def check_see_thread(user, thread: Thread) -> None:
    check(user, Act.READ, thread.space)


def check_see_post(user, post: Post) -> None:
    check(user, Act.READ, post.thread.space)


def can_edit_post(user, post: Post) -> bool:
    """One's own, as long as one is in the space."""
    return post.author_id is not None and post.author_id == user.pk and can(user, Act.WRITE, post.thread.space)


def check_edit_post(user, post: Post) -> None:
    check_write_in_space(user, post.thread.space)
    if not can_edit_post(user, post):
        raise Refused(post.thread.space, Act.WRITE)
