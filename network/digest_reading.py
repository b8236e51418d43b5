"""What the collected mails of many readers tell: read for all of them at once, as they are about to be sent.

Who may read is asked here, by the rule the other way round (`network.readers`): of all these readers together, once
for each space with something new in it. What of that is news to one of them is told by her own rows.
"""

from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import Q, Value
from django.utils import timezone

from accounts.letters import reads_ahead
from network.digest import LETTER, parts
from network.models import (
    DigestSlot,
    Membership,
    Notice,
    NoticeSettings,
    Post,
    Profile,
    ReadMarker,
    Showing,
    Thread,
    ThreadChoice,
)
from network.notices import Choice, Level, Mail
from network.readers import readers_of

MOST_THREADS = 40
SPACES_AT_ONCE = 25  # asked in one statement


@dataclass
class Telling:
    """What one collected mail tells. `news`: the threads with something new, those with the newest post first."""

    slot: DigestSlot
    own: NoticeSettings
    news: list["News"] = field(default_factory=list)
    has_notices: bool = False
    parts: list = field(default_factory=list)

    @property
    def shown(self):
        return self.news[:MOST_THREADS]

    @property
    def more(self):
        return len(self.news) - len(self.shown)


@dataclass
class News:
    """A thread in which `number` posts are new to a reader; `post` is the newest."""

    thread: Thread
    number: int
    newest: tuple
    post: Post | None = None


@reads_ahead(LETTER)
def read_ahead(letters) -> None:
    """Bring along on each letter as `telling` what its collected mail tells; None where there is none to send."""
    people = {}
    for letter in letters:
        letter.recipient = people.setdefault(letter.recipient_id, letter.recipient)
    slots = DigestSlot.objects.in_bulk([letter.about["slot"] for letter in letters])
    chosen = {own.user_id: own for own in NoticeSettings.objects.filter(user__in=people)}
    found = {letter.pk: _telling(letter, slots, chosen) for letter in letters}
    tellings = [telling for telling in found.values() if telling is not None]
    if tellings:
        _bring_profiles(people)
        _bring_notices(tellings)
        _bring_parts(tellings)
        _bring_news(tellings)
    for letter in letters:
        letter.telling = found[letter.pk]


def _telling(letter, slots, chosen):
    slot = slots.get(letter.about["slot"])
    own = chosen.get(letter.recipient_id) or NoticeSettings(user=letter.recipient)
    if slot is None or slot.user_id != letter.recipient_id or own.cadence == own.Cadence.NEVER:
        return None
    return Telling(slot, own)


def _bring_profiles(people):
    for profile in Profile.objects.filter(user__in=people).select_related("municipality"):
        profile.user = people[profile.user_id]
        people[profile.user_id].profile = profile


def _window(tellings):
    slots = [telling.slot for telling in tellings]
    since, until = min(slot.since for slot in slots), max(slot.until for slot in slots)
    return {"created_at__gt": since, "created_at__lte": until}


def _is_within(slot, moment):
    return slot.since < moment <= slot.until


def _bring_notices(tellings):
    """Say who may have notices of other things than posts: what they are is asked for her alone."""
    people = {telling.slot.user_id for telling in tellings}
    told = Notice.objects.filter(Q(post=None) | Q(verb="helped"), user__in=people, mail=Mail.COLLECTED, read_at=None)
    found = set(told.filter(**_window(tellings)).values_list("user", flat=True))
    for telling in tellings:
        telling.has_notices = telling.slot.user_id in found


def _bring_parts(tellings):
    people, now = {telling.slot.user_id for telling in tellings}, timezone.now()
    for part in parts():
        waiting = set(part.waits_for(people, now))
        for telling in tellings:
            if telling.slot.user_id in waiting:
                telling.parts.append(part)


# --- what is new to whom --------------------------------------------------------------------------------


def _bring_news(tellings):
    people = {telling.slot.user_id for telling in tellings}
    heard = _heard(people)
    told, mailed = _told(people, _window(tellings))
    spaces = {space for own in heard.values() for space in own}
    posts = _written(spaces, set().union(*told.values()), _window(tellings))
    by_space = defaultdict(list)
    for row in posts:
        by_space[row[4]].append(row)
    threads = Thread.objects.filter(state=Showing.VISIBLE).select_related("space__theme")
    threads = threads.in_bulk({row[1] for row in posts})
    may_read = _readers(threads.values(), people)
    read, muted = _markers(people, threads), _muted(people, threads)
    for telling in tellings:
        user, found = telling.slot.user_id, defaultdict(list)
        elsewhere = {row[4] for row in posts if row[0] in told[user]} if told[user] else set()
        for space in heard[user].keys() | elsewhere:
            for pk, thread, number, at, _space, author in by_space[space]:
                is_new = pk in told[user] or (space in heard[user] and at > heard[user][space])
                if (
                    is_new
                    and author != user
                    and _is_within(telling.slot, at)
                    and pk not in mailed[user]
                    and number > read.get((user, thread), 0)
                    and (user, thread) not in muted
                    and user in may_read.get(thread, ())
                ):
                    found[thread].append((at, pk))
        news = [News(threads[thread], len(new), max(new)) for thread, new in found.items()]
        telling.news = sorted(news, key=lambda one: one.newest, reverse=True)
    _bring_posts(tellings)


def _heard(people):
    """Return {person: {space: up to when all counts as read}} of the spaces that each wants to hear of."""
    heard = {person: {} for person in people}
    own = Membership.objects.filter(user__in=people).exclude(level__in=[Level.MENTIONED, Level.NOTHING])
    for user, space, read_until in own.values_list("user", "space", "read_until"):
        heard[user][space] = read_until
    return heard


def _told(people, window):
    """Return {person: posts} of what is to stand in the collected mail, and of what was mailed at once."""
    told, mailed = {person: set() for person in people}, {person: set() for person in people}
    rows = Notice.objects.filter(user__in=people, post__isnull=False, created_at__gt=window["created_at__gt"])
    for user, post, mail, read_at in rows.values_list("user", "post", "mail", "read_at"):
        if mail == Mail.AT_ONCE:
            mailed[user].add(post)
        elif mail == Mail.COLLECTED and read_at is None:
            told[user].add(post)
    return told, mailed


def _written(spaces, told, window):
    heard = Q(thread__space__in=spaces) | Q(pk__in=told)
    posts = Post.objects.filter(heard, state=Showing.VISIBLE, **window).order_by("created_at", "pk")
    return list(posts.values_list("pk", "thread", "number", "created_at", "thread__space", "author"))


def _readers(threads, people):
    """Return {thread: those of `people` who may read it}. Where no thread is kept from anyone who may read in its
    space, one stands for all of them.
    """
    alike = defaultdict(list)
    for thread in threads:
        alike[thread.space_id, thread.pk if thread.space.hides_earlier else None].append(thread)
    found, groups = {}, list(alike.values())
    for first in range(0, len(groups), SPACES_AT_ONCE):
        some = groups[first : first + SPACES_AT_ONCE]
        asked = [_among(people, same[0]) for same in some]
        readers = defaultdict(set)
        for pk, user in asked[0].union(*asked[1:], all=True):
            readers[pk].add(user)
        found |= {thread.pk: readers[same[0].pk] for same in some for thread in same}
    return found


def _among(people, thread):
    readers = readers_of(thread.space, thread).filter(pk__in=people)
    return readers.order_by().annotate(of=Value(thread.pk)).values_list("of", "pk")


def _markers(people, threads):
    rows = ReadMarker.objects.filter(user__in=people, thread__in=threads)
    return {(user, thread): number for user, thread, number in rows.values_list("user", "thread", "number")}


def _muted(people, threads):
    rows = ThreadChoice.objects.filter(user__in=people, thread__in=threads, what=Choice.MUTE)
    return set(rows.values_list("user", "thread"))


def _bring_posts(tellings):
    shown = [news for telling in tellings for news in telling.shown]
    posts = Post.objects.select_related("author__profile__municipality").defer("source")
    posts = posts.in_bulk({news.newest[1] for news in shown})
    for news in shown:
        news.post = posts.get(news.newest[1])
