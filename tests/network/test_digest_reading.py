"""Collected mails are read for many at once: each tells what its reader would find asked alone, and no word more."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.letters import deliver_waiting
from accounts.models import Letter
from network import digest, fan_out, join
from network.digest_letters import MOST_NOTICES
from network.digest_reading import MOST_THREADS, read_ahead
from network.discuss import reply, start_thread
from network.models import (
    DigestSlot,
    Membership,
    Notice,
    NoticeSettings,
    Post,
    ReadMarker,
    Showing,
    Space,
    Thread,
    ThreadChoice,
)
from network.notices import Choice, Level, Mail
from tests.factories import MemberFactory, MembershipFactory, SpaceFactory

pytestmark = pytest.mark.django_db
A_DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _much_is_written(settings):
    settings.NETWORK_LIMITS = {**settings.NETWORK_LIMITS, "threads": (1_000, 1), "replies": (1_000, 1)}


def collects(user):
    now = timezone.now()
    due = {"collected_until": now - 10 * A_DAY, "next_at": now - timedelta(minutes=5)}
    NoticeSettings.objects.update_or_create(user=user, defaults=due)
    return user


def earlier(**where):
    long_ago = timezone.now() - 40 * A_DAY
    Membership.objects.filter(**where).update(read_until=long_ago, joined_at=long_ago)


@pytest.fixture
def house():
    """Spaces of every kind, some of which keep the earlier threads from new members, with something new in each."""
    spaces = [SpaceFactory(kind=kind, shows_earlier=shows) for kind in Space.Kind for shows in (True, False)]
    spaces.append(SpaceFactory(kind="open", admits_advisers=False))
    spaces.append(SpaceFactory(kind="hidden", has_threads=False))
    writer = MemberFactory()
    for space in spaces:
        MembershipFactory(space=space, user=writer, role="facilitator")
        Space.objects.filter(pk=space.pk).update(has_threads=True)
        space.has_threads = True
        for number in range(3):
            thread = start_thread(writer, space, f"Tråd {number}", "Tekst.")
            reply(writer, thread, "Og mere.")
        Post.objects.filter(thread=thread).update(state=Showing.HIDDEN)
        Thread.objects.filter(pk=thread.pk).update(state=Showing.HIDDEN)
    Space.objects.filter(pk=spaces[-1].pk).update(has_threads=False)
    earlier(user=writer)
    return spaces, writer


def readers(spaces):
    """People of every standing in all of the spaces, who have read, muted or turned down one or the other."""
    people = {
        name: collects(MemberFactory()) for name in ("member", "late", "suspended", "gone", "outside", "follows")
    }
    people["adviser"] = collects(MemberFactory(profile__kind="adviser"))
    people["facilitator"], people["half"] = collects(MemberFactory()), collects(MemberFactory())
    boss = MemberFactory()
    for space in spaces:
        MembershipFactory(space=space, user=boss, role="facilitator")
        for name in ("member", "late", "suspended", "gone", "adviser", "half"):
            MembershipFactory(space=space, user=people[name])
        MembershipFactory(space=space, user=people["facilitator"], role="facilitator")
    for name in ("member", "suspended", "gone", "adviser", "half", "facilitator"):
        earlier(user=people[name])
    Membership.objects.filter(user=people["late"]).update(read_until=timezone.now() - 40 * A_DAY)
    Thread.objects.filter(title="Tråd 0").update(created_at=timezone.now() - 5 * A_DAY)
    Membership.objects.filter(user=people["late"]).update(joined_at=timezone.now() - 2 * A_DAY)
    for space in spaces:
        join.suspend(boss, Membership.objects.get(space=space, user=people["suspended"]), "Fordi.")
        join.remove(boss, Membership.objects.get(space=space, user=people["gone"]))
    threads = list(Thread.objects.visible_to(people["half"]).order_by("pk"))
    ReadMarker.objects.create(user=people["half"], thread=threads[0], number=1)
    ThreadChoice.objects.create(user=people["half"], thread=threads[1], what="mute")
    Membership.objects.filter(user=people["half"], space=spaces[1]).update(level="nothing")
    for thread in threads[:5]:
        post = thread.posts.visible_to(people["half"]).first()
        Notice.objects.create(user=people["half"], verb="post", why="follow", post=post, mail="at_once")
        Notice.objects.create(user=people["follows"], verb="post", why="follow", post=post, mail="collected")
    return people


def alone(user, slot):
    """What is new to one reader, asked of her alone by the rule: {thread: its new posts}."""
    window = {"created_at__gt": slot.since, "created_at__lte": slot.until}
    own = Membership.objects.filter(user=user).exclude(level__in=[Level.MENTIONED, Level.NOTHING])
    heard = dict(own.values_list("space", "read_until"))
    told = set(mine(user, Mail.COLLECTED))
    posts = Post.objects.visible_to(user).filter(state=Showing.VISIBLE, thread__state=Showing.VISIBLE, **window)
    posts = posts.filter(Q(thread__space__in=list(heard)) | Q(pk__in=told)).exclude(author=user)
    read = dict(ReadMarker.objects.filter(user=user).values_list("thread", "number"))
    muted = set(ThreadChoice.objects.filter(user=user, what=Choice.MUTE).values_list("thread", flat=True))
    found = {}
    for post in posts.exclude(pk__in=mine(user, Mail.AT_ONCE)).select_related("thread"):
        space = post.thread.space_id
        is_new = post.pk in told or (space in heard and post.created_at > heard[space])
        if is_new and post.thread_id not in muted and post.number > read.get(post.thread_id, 0):
            found.setdefault(post.thread_id, []).append(post.pk)
    return found


def mine(user, mail):
    return list(Notice.objects.filter(user=user, mail=mail, post__isnull=False).values_list("post", flat=True))


def test_what_many_are_told_is_what_each_would_find_alone(house):
    spaces, _writer = house
    people = readers(spaces)
    until = timezone.now() + timedelta(minutes=1)
    slots = {
        name: DigestSlot.objects.create(user=user, period="nu", since=until - 10 * A_DAY, until=until)
        for name, user in people.items()
    }
    letters = [
        Letter(pk=number, kind="digest", recipient=people[name], about={"slot": slot.pk})
        for number, (name, slot) in enumerate(slots.items(), 1)
    ]
    read_ahead(letters)
    told = {}
    for name, letter in zip(slots, letters, strict=True):
        expected = alone(people[name], slots[name])
        told[name] = {news.thread.pk: news.number for news in letter.telling.news}
        assert told[name] == {thread: len(posts) for thread, posts in expected.items()}, name
        readable = set(Post.objects.visible_to(people[name]).values_list("pk", flat=True))
        assert {news.post.pk for news in letter.telling.shown} <= readable
    # And each of them is told something else, or nothing: else the house would show nothing.
    assert told["member"] and told["late"] and told["follows"] and told["half"]
    assert told["late"].keys() < told["member"].keys() and told["half"] != told["member"]
    assert not told["suspended"] and not told["gone"] and not told["outside"]


@pytest.fixture
def space():
    return SpaceFactory(name="Tomme huse")


@pytest.fixture
def writer(space):
    return MembershipFactory(space=space).user


def made(space, number):
    people = [collects(MembershipFactory(space=space).user) for _number in range(number)]
    earlier(space=space)
    return people


def send():
    digest.make_due(timezone.now() + timedelta(minutes=2))
    fan_out.work()
    Letter.objects.exclude(kind="digest").update(dropped_at=timezone.now())
    Letter.objects.update(due_at=timezone.now())
    return deliver_waiting()[0]


def test_a_reader_more_is_a_statement_more(space, writer, mailoutbox, monkeypatch):
    monkeypatch.setattr("accounts.letters.monotonic", lambda: 0.0)  # a busy machine would read them anew
    collects(writer)
    counts = []
    for number in (2, 12):
        made(space, number)
        start_thread(writer, space, "Hvordan gør I?", "Vi står med det.")
        fan_out.work()
        digest.make_due(timezone.now() + timedelta(minutes=2))
        Letter.objects.exclude(kind="digest").update(dropped_at=timezone.now())
        Letter.objects.update(due_at=timezone.now())
        with CaptureQueriesContext(connection) as queries:
            counts.append((deliver_waiting()[0], len(queries)))
        NoticeSettings.objects.update(next_at=timezone.now() + 30 * A_DAY)
    (few, first), (many, second) = counts
    assert (few, many) == (2, 12) and first <= 24
    assert second - first <= many - few + 1


def test_what_there_is_no_room_for_is_counted_with_the_way_to_it(space, writer, mailoutbox):
    (reader,) = made(space, 1)
    for number in range(MOST_THREADS + 3):
        start_thread(writer, space, f"Tråd {number}", "Tekst.")
    assert send() == 1
    (mail,) = mailoutbox
    assert mail.subject == f"{MOST_THREADS + 3} nye indlæg i »Tomme huse«"
    for text in (mail.body, mail.alternatives[0][0]):
        assert text.count("-trad-") + text.count("-traad-") == MOST_THREADS
        assert "Og 3 tråde mere" in text and "/netvaerk/" in text


def test_notices_there_is_no_room_for_are_told_with_the_way_to_them(space, writer, mailoutbox):
    (reader,) = made(space, 1)
    Notice.objects.bulk_create(
        Notice(user=reader, verb="restored", why="you", about=number, space=space, who=writer, mail="collected")
        for number in range(MOST_NOTICES + 1)
    )
    Notice.objects.update(created_at=timezone.now() - A_DAY)
    assert send() == 1
    (mail,) = mailoutbox
    for text in (mail.body, mail.alternatives[0][0]):
        assert "Og flere beskeder" in text and "/netvaerk/beskeder/" in text


def test_who_was_removed_between_two_at_once_is_told_nothing(space, writer, mailoutbox, monkeypatch):
    """Rights are asked of some at a time, as they go: what changes before the next is seen by the next."""
    from accounts import letters

    monkeypatch.setattr(letters, "SOME", 1)
    first, second = made(space, 2)
    start_thread(writer, space, "Planteordet kvadrille", "Tekst.")
    send_one = letters._send

    def removes(letter, *rest):
        done = send_one(letter, *rest)
        Membership.objects.filter(space=space, user=second).delete()
        return done

    monkeypatch.setattr(letters, "_send", removes)
    assert send() == 1
    assert [mail.to for mail in mailoutbox] == [[first.email]]


def test_who_was_removed_while_another_was_sent_slowly_is_told_nothing(space, writer, mailoutbox, monkeypatch):
    """What was read for several is read anew when sending them takes more than two seconds."""
    from accounts import letters

    now = [0.0]
    monkeypatch.setattr(letters, "monotonic", lambda: now[0])
    first, second = made(space, 2)
    start_thread(writer, space, "Planteordet kvadrille", "Tekst.")
    send_one = letters._send

    def removes_slowly(letter, *rest):
        done = send_one(letter, *rest)
        Membership.objects.filter(space=space, user=second).delete()
        now[0] += letters.FRESH + 1
        return done

    monkeypatch.setattr(letters, "_send", removes_slowly)
    assert send() == 1
    assert [mail.to for mail in mailoutbox] == [[first.email]]
