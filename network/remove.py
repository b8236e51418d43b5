"""Taking a post out of a thread, and putting it back. What is gone for good is wiped by `network.clear`."""

from django.db import transaction
from django.utils import timezone

from network.join import checked_text
from network.models import (
    Event,
    ModerationAct,
    Post,
    Showing,
)
from network.moderation_letters import owe_to_person, owe_undone
from network.permissions import check_put_back, check_remove_post, check_see_thread, is_own
from network.rows import lock_with_thread, put, tally
from network.signals import announce

AT_A_TIME = 200


@transaction.atomic
def remove_post(user, post: Post, why: str = "") -> Post:
    """Take a post away: one's own, or as facilitator any. Done twice it is done once.

    Its place says who did it and when. With the last post that is left the thread goes, too. What a facilitator does
    is kept with `why`, at most 1,000 characters, among the acts of moderation, and told to the author by letter.
    """
    check_see_thread(user, post.thread)
    post = lock_with_thread(post)
    if post.state == Showing.REMOVED and post.state_by_id == user.pk:
        return post
    check_remove_post(user, post)
    thread, why = post.thread, checked_text(why)
    put(post, state_before=post.state, state=Showing.REMOVED, state_by=user, state_at=timezone.now())
    tally(user, thread)
    if not _is_any_left(thread):
        _show(thread, Showing.REMOVED)
    if not is_own(user, post):
        _note(user, post, why)
    _tell(Event.What.TAKEN_DOWN, user, post)
    return post


@transaction.atomic
def put_back(user, post: Post) -> Post:
    """Put a removed post back as it was, for 30 days: what one took away oneself, or a facilitator removed.

    With it comes the thread that went with it. Whether it was the answer is for the asker to say again.
    """
    post = lock_with_thread(post)
    if post.state != Showing.REMOVED:
        check_see_thread(user, post.thread)
        return post
    check_put_back(user, post)
    put(post, state=post.state_before or Showing.VISIBLE, state_by=None, state_at=None, state_before="")
    thread = post.thread
    thread.refresh_from_db(fields=["state"])
    if thread.state == Showing.REMOVED:
        _show(thread, post.state if post.number == 1 else Showing.VISIBLE)
    tally(user, thread)
    acts = ModerationAct.objects.visible_to(user).filter(post=post, what=ModerationAct.What.REMOVED, undone_at=None)
    for act in acts.select_related("person"):
        ModerationAct.objects.visible_to(user).filter(pk=act.pk).update(undone_at=timezone.now(), undone_by=user)
        owe_undone(act)
    _tell(Event.What.PUT_BACK, user, post)
    return post


def _show(thread, state):
    # Saved, and not only the row written: the index hears of it.
    thread.state = state
    thread.save(update_fields=["state"])


def _is_any_left(thread):
    left = Post.objects.select_for_update().filter(thread=thread.pk).exclude(state=Showing.REMOVED)
    return bool(left.values_list("pk", flat=True)[:1])


def _note(user, post, why):
    act = ModerationAct.objects.create(
        what=ModerationAct.What.REMOVED,
        space=post.thread.space,
        thread=post.thread,
        post=post,
        person=post.author,
        by=user,
        why=why,
    )
    owe_to_person(act)


def _tell(what, user, post):
    whom = None if is_own(user, post) else post.author
    announce(what, post.thread.space, who=user, whom=whom, thread=post.thread, post=post)
