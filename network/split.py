"""Splitting posts off to a thread of their own."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from network.carry import carry_events, carry_former_places, note_posts
from network.discuss import checked_title, slug_of
from network.models import Event, FormerPlace, Post, ReadMarker, Showing, Thread
from network.permissions import check_run_space, check_see_thread
from network.rows import lock, put, tally
from network.signals import announce

MOST_POSTS = 500


@transaction.atomic
def split_thread(facilitator, thread: Thread, numbers: Iterable[int], title: str) -> Thread:
    """Put the posts of these numbers into a new thread called `title`, numbered from 1, and return it.

    The first post stays: it is the question. In the old thread a gap says where they went, and their addresses lead
    on. Status, poll and answer stay – the answer goes along with its post. Sent twice, it is done once: the thread
    that was made is returned. Raises ValidationError under `title` or `numbers`.
    """
    check_run_space(facilitator, thread.space)
    check_see_thread(facilitator, thread)
    title = checked_title(title)
    lock(thread)
    thread.refresh_from_db()
    numbers = sorted(set(numbers))
    if done := _split_before(thread, numbers):
        return done
    posts = list(_chosen(facilitator, thread, numbers))
    _check(numbers, posts)
    made = _make(thread, posts, title)
    _carry(facilitator, thread, posts, made)
    tally(facilitator, thread)
    tally(facilitator, made)
    announce(Event.What.SPLIT, thread.space, who=facilitator, whom=made.author, thread=made, post=posts[0])
    return made


def _split_before(thread, numbers):
    """Return the thread to which all of these posts went together, if they did."""
    gone = FormerPlace.objects.filter(thread_pk=thread.pk, number__in=numbers).select_related("thread__space")
    threads = {row.thread for row in gone}
    return threads.pop() if numbers and len(threads) == 1 and len(gone) == len(numbers) else None


def _chosen(user, thread, numbers):
    """Only what all can read: what waits or is hidden stays where those see it who decide about it."""
    posts = Post.objects.visible_to(user).filter(thread=thread.pk, number__in=numbers, state=Showing.VISIBLE)
    return posts.select_related("author").order_by("number")


def _check(numbers, posts):
    fault = ""
    if not numbers:
        fault = _("Vælg mindst ét indlæg.")
    elif 1 in numbers:
        fault = _("Det første indlæg bliver i tråden: det er spørgsmålet.")
    elif len(numbers) > MOST_POSTS:
        fault = _("Vælg højst 500 indlæg ad gangen.")
    elif len(posts) != len(numbers):
        fault = _("Nogle af indlæggene er flyttet, skjult eller fjernet i mellemtiden. Vælg igen.")
    if fault:
        raise ValidationError({"numbers": ValidationError(fault, code="numbers")})


def _make(thread, posts, title):
    # A space may keep from new members what began before they came: what is split off then began when the thread did.
    begun = thread.created_at if thread.space.hides_earlier else posts[0].created_at
    return Thread.objects.create(
        space=thread.space,
        title=title,
        slug=slug_of(title),
        author=posts[0].author,
        created_at=begun,
        last_post_at=posts[-1].created_at,
        last_number=len(posts),
    )


def _carry(user, thread, posts, made):
    before = {post.pk: post.number for post in posts}
    for number, post in enumerate(posts, 1):
        post.thread, post.number = made, number
    Post.objects.visible_to(user).bulk_update(posts, ["thread", "number"], batch_size=100)
    carry_former_places(before, made)
    note_posts(thread, before, made)
    carry_events(before, made)
    _carry_markers(thread, before, made)
    if thread.answer_id in before and thread.answer_id != posts[0].pk:
        put(made, answer_id=thread.answer_id)


def _carry_markers(thread, before, made):
    """Who had read some of the posts has read as many of the new thread."""
    numbers = sorted(before.values())
    markers = ReadMarker.objects.filter(thread=thread, number__gte=numbers[0]).values_list("user", "number")
    rows = [
        ReadMarker(thread=made, user_id=user, number=sum(number <= read for number in numbers))
        for user, read in markers
    ]
    ReadMarker.objects.bulk_create(rows, batch_size=500)
