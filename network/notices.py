"""What people are told: the registry of verbs, and the rows that are written by it.

A verb is registered once and brings all that is said of it: its sentence, where it leads, who cares and why. A room
above registers its own (`register`), and writes by `tell` where few care, or by `network.fan_out.tell_many` where many
do: a row in the transaction, worked off after the commit.

Nobody gets to see a notice but by `shown_to`, which asks the rights again.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from accounts.letters import queue_many
from network.models import (
    Event,
    Meeting,
    Membership,
    Notice,
    NoticeSettings,
    Post,
    Space,
    Telling,
    Thread,
    ThreadChoice,
)
from network.readers import readers_of

Mail, Preset = Notice.Mail, NoticeSettings.Preset
Level, Choice = Membership.Level, ThreadChoice.What
LETTER = "notice"
KEPT_FOR = timedelta(days=180)
SWEPT_AT_ONCE = 5_000


@dataclass(frozen=True)
class Told:
    """Someone who is to be told, why, and how it is mailed."""

    user: int
    why: str
    mail: str = Mail.NONE


@dataclass(frozen=True)
class Verb:
    """What is said of one kind of thing that happens.

    `sentence(notice)`: who did what, in Danish, without a full stop. `link(notice)`: the path it leads to.
    `whys`: {why: »fordi …«}. `words(notice)`: the first of what somebody wrote, if there
    is something to read; `text(notice)`: all of it, for a mail.
    `heading(notice)`: under what it stands in the list, with `place(notice)`, where that is: a thread and its space.
    `audience(telling)`: the people who are to be told, with `why` and `mail`, where there are many; where there is no
    event, it says on `telling` who did it and in which `space`. They are sought among those whose rows, with a `user`,
    `among(telling)` returns: the database goes through these in their order, and through nobody else.
    `readable(user)`: what must hold besides `Notice.objects.visible_to`. `load(notices)`: brings along in fixed
    queries what `about` numbers. `act`: the template of what can be done where it stands.
    """

    name: str
    sentence: Callable[[Notice], str]
    link: Callable[[Notice], str]
    whys: dict
    heading: Callable[[Notice], str]
    place: Callable[[Notice], str] = lambda notice: ""
    words: Callable[[Notice], str] = lambda notice: ""
    text: Callable[[Notice], str] = lambda notice: ""
    audience: Callable[[Telling], QuerySet] | None = None
    among: Callable[[Telling], list[QuerySet]] | None = None
    readable: Callable[..., Q] | None = None
    load: Callable[[list], None] | None = None
    act: str = ""


_verbs: dict[str, Verb] = {}


def register(verb: Verb) -> Verb:
    if _verbs.setdefault(verb.name, verb) is not verb:
        raise ValueError(f"Two verbs are called {verb.name}.")
    return verb


def verb_of(name: str) -> Verb:
    """Raise LookupError for a verb that nobody registered."""
    return _verbs[name]


# --- read -----------------------------------------------------------------------------------------------


def shown_to(user) -> QuerySet:
    """Return the notices of `user` that she may read at this moment, newest first, with what they tell of."""
    found = Notice.objects.visible_to(user).filter(verb__in=list(_verbs))
    for verb in _verbs.values():
        if verb.readable is not None:
            found = found.filter(~Q(verb=verb.name) | verb.readable(user))
    return found.select_related(
        "who__profile__municipality", "event", "space__theme", "post__thread__space__theme"
    ).defer("post__source")


def fill(notices: list[Notice], reader=None) -> list[Notice]:
    """Bring along in fixed queries what each of `notices` numbers; return those whose thing is there.

    `reader`: whose they are, where she is at hand; she is fetched otherwise.
    """
    by_verb = {}
    for notice in notices:
        notice.thing = None
        if reader is not None:
            notice.user = reader
        by_verb.setdefault(notice.verb, []).append(notice)
    for name, same in by_verb.items():
        if verb_of(name).load is not None:
            verb_of(name).load(same)
    return [notice for notice in notices if verb_of(notice.verb).load is None or notice.thing is not None]


# --- written --------------------------------------------------------------------------------------------


def wishes(space: Space, thread: Thread | None = None) -> QuerySet:
    """Return those who may read there, with how they want to be told: `level`, `preset` and `choice`."""
    own = Membership.objects.filter(user=OuterRef("pk"), space=space.pk)
    found = readers_of(space, thread).annotate(
        level=Subquery(own.values("level")[:1]), preset=F("notice_settings__preset")
    )
    if thread is not None:
        choices = ThreadChoice.objects.filter(user=OuterRef("pk"), thread=thread.pk)
        found = found.annotate(choice=Subquery(choices.values("what")[:1]))
    return found


def waits_in(thread: Thread) -> Exists:
    """Has someone a notice of an answer in `thread`, mailed at once, that she has not read?"""
    told = Notice.objects.filter(user=OuterRef("pk"), read_at=None, verb="answered", mail=Mail.AT_ONCE)
    return Exists(told.filter(post__thread=thread.pk))


def tell(
    verb: str,
    people: Iterable[Told],
    *,
    event: Event | None = None,
    about: int | None = None,
    who=None,
    space: Space | None = None,
    post: Post | None = None,
    meeting: Meeting | None = None,
) -> None:
    """Write that `people` are told of an `event`, or of the thing numbered `about`. Call it inside the transaction.

    Whoever has been told of it already, or of the same text, is not told again.
    """
    now = timezone.now()
    rows = [
        Notice(
            user_id=told.user,
            verb=verb_of(verb).name,
            why=told.why,
            mail=told.mail,
            event=event,
            about=about,
            who=who,
            space=space,
            post=post,
            meeting=meeting,
            created_at=now,
        )
        for told in people
    ]
    if not rows:
        return
    Notice.objects.bulk_create(rows, ignore_conflicts=True)
    at_once = [row.user_id for row in rows if row.mail == Mail.AT_ONCE]
    if at_once:
        _owe_mail(at_once, now, {"event": event, "about": about, "verb": verb})


def _owe_mail(people, now, which):
    """One letter for each row that was written just now: one that was there before has its own."""
    rows = Notice.objects.filter(user__in=people, mail=Mail.AT_ONCE, created_at=now, **which)
    letters = [(user, {"notice": pk}) for pk, user in rows.values_list("pk", "user")]
    queue_many(LETTER, letters, due_at=now + timedelta(minutes=settings.NOTICE_MAIL_WAIT))


# --- read on the web, and gone --------------------------------------------------------------------------


def mark_read(user, **which) -> int:
    """Count those of the own notices as read, and thereby cancel the mail that is not sent yet."""
    return Notice.objects.filter(user=user.pk, read_at=None, **which).update(read_at=timezone.now())


def settle(user) -> int:
    """Count as read what she may no longer read, and say how many: they would stand at the bell and nowhere else."""
    unread = Notice.objects.filter(user=user.pk, read_at=None)
    gone = unread.exclude(pk__in=shown_to(user).order_by().values("pk"))
    return gone.update(read_at=timezone.now())


def sweep() -> int:
    """Delete what was read, or could have been, half a year ago; return how many, at most 5,000 at a time."""
    old = Notice.objects.filter(created_at__lt=timezone.now() - KEPT_FOR).order_by("pk").values_list("pk", flat=True)
    pks = list(old[:SWEPT_AT_ONCE])
    Notice.objects.filter(pk__in=pks).delete()
    return len(pks)
