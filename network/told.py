"""What the network itself tells of, and to whom: answers and names, threads and posts, the doors of spaces."""

from django.db.models import Case, CharField, Exists, OuterRef, Q, Value, When
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from network.fan_out import tell_many
from network.finding import plain
from network.models import AccessRequest, Event, Membership, Notice, Post, Showing, ThreadChoice
from network.models.notices import OF_TEXT
from network.notices import Choice, Level, Mail, Preset, Told, Verb, mark_read, register, tell, waits_in, wishes
from network.rule import Act
from network.signals import happened
from network.who_sees import is_shown

What = Event.What
FIRST_WORDS = 160


def name_of(person):
    """Return the name as everyone in the network may know it: who has left has none any more."""
    profile = getattr(person, "profile", None)
    if person is None or (profile is not None and profile.is_complete and not is_shown(profile)):
        return _("Tidligere medlem")
    return person.get_full_name() or _("Nyt medlem")


# --- of texts -------------------------------------------------------------------------------------------


def said(sentence):
    """Return what makes the sentence of a notice, with the name of who did it."""
    return lambda notice: sentence % {"person": name_of(notice.who)}


def _of_post(name, sentence, whys, **more):
    return register(
        Verb(
            name=name,
            sentence=said(sentence),
            link=lambda notice: notice.post.get_absolute_url(),
            whys=whys,
            heading=lambda notice: notice.post.thread.title,
            place=lambda notice: notice.post.thread.space.name,
            words=_first_words,
            text=lambda notice: notice.post.source,
            **more,
        )
    )


def _first_words(notice):
    text = plain(notice.post.html)
    return text if len(text) <= FIRST_WORDS else f"{text[:FIRST_WORDS].rsplit(' ', 1)[0]} …"


def _audience(telling):
    """Those who follow the thread, or the space as far as this goes; not the author, nor who was told of the text."""
    event = telling.event
    posts = Post.objects.filter(pk=event.post_id, state=Showing.VISIBLE, thread__state=Showing.VISIBLE)
    post = posts.select_related("thread__space", "author").first()
    if post is None:
        return None
    event.post = post
    told = Notice.objects.filter(user=OuterRef("pk"), post=post.pk, verb__in=OF_TEXT)
    people = wishes(post.thread.space, post.thread).exclude(pk=post.author_id).filter(~Exists(told))
    all_of_it = Q(level=Level.ALL) | Q(level="", preset=Preset.EVERYTHING)
    if telling.verb == "thread":
        all_of_it |= Q(level=Level.THREADS)
    follows = Q(choice=Choice.FOLLOW) | Q(choice=Choice.WROTE) & (Q(level=None) | ~Q(level=Level.MENTIONED))
    follows &= Q(level=None) | ~Q(level=Level.NOTHING)
    at_once = all_of_it | Q(preset__in=[Preset.KEEP_UP, Preset.EVERYTHING])
    people = people.filter(all_of_it | follows).filter(Q(choice=None) | ~Q(choice=Choice.MUTE))
    return people.annotate(
        why=Case(
            When(choice=Choice.FOLLOW, then=Value("follow")),
            When(choice=Choice.WROTE, then=Value("wrote")),
            default=Value("space"),
            output_field=CharField(),
        ),
        mail=Case(When(at_once, then=Value(Mail.AT_ONCE)), default=Value(Mail.COLLECTED), output_field=CharField()),
    )


def _among(telling):
    event = telling.event
    members = Membership.objects.filter(space=event.post.thread.space_id)
    return [members, ThreadChoice.objects.filter(thread=event.post.thread_id).exclude(what=Choice.MUTE)]


FOLLOWING = {
    "follow": gettext_lazy("fordi du følger tråden"),
    "wrote": gettext_lazy("fordi du har skrevet i tråden"),
    "space": gettext_lazy("fordi du følger rummet"),
}
_of_post(
    "mentioned",
    gettext_lazy("%(person)s nævner dig"),
    {"mentioned": gettext_lazy("fordi du er nævnt")},
    act="network/notice_answer.html",
)
_of_post(
    "answered",
    gettext_lazy("%(person)s svarer dig"),
    {
        "asked": gettext_lazy("fordi du har spurgt"),
        "answered": gettext_lazy("fordi det er et svar på dit indlæg"),
    },
    act="network/notice_answer.html",
)
_of_post(
    "thread",
    gettext_lazy("%(person)s begynder en tråd"),
    FOLLOWING,
    audience=_audience,
    among=_among,
    act="network/notice_answer.html",
)
_of_post(
    "post",
    gettext_lazy("%(person)s skriver"),
    FOLLOWING,
    audience=_audience,
    among=_among,
    act="network/notice_answer.html",
)
_of_post(
    "helped",
    gettext_lazy("%(person)s siger, at dit svar hjalp"),
    {"yours": gettext_lazy("fordi det er dit indlæg")},
)


def _thanked(notice):
    others = notice.post.number_of_thanks - 1
    if others < 1:
        return _("%(person)s siger tak") % {"person": name_of(notice.who)}
    said = ngettext("%(person)s og %(others)s anden siger tak", "%(person)s og %(others)s andre siger tak", others)
    return said % {"person": name_of(notice.who), "others": others}


register(
    Verb(
        name="thanked",
        sentence=_thanked,
        link=lambda notice: notice.post.get_absolute_url(),
        whys={"yours": gettext_lazy("fordi det er dit indlæg")},
        heading=lambda notice: notice.post.thread.title,
        place=lambda notice: notice.post.thread.space.name,
        words=_first_words,
    )
)

# --- of doors -------------------------------------------------------------------------------------------


def _of_space(name, sentence, whys, link=None, **more):
    return register(
        Verb(
            name=name,
            sentence=said(sentence),
            link=link or (lambda notice: notice.space.get_absolute_url()),
            whys=whys,
            heading=lambda notice: notice.space.name,
            **more,
        )
    )


def _requests(notices):
    """Bring along the request that waits; one that is answered has nothing to be told of any more."""
    rows = AccessRequest.objects.visible_to(notices[0].user).waiting()
    rows = rows.filter(space__in=[notice.space_id for notice in notices]).select_related("user__profile__municipality")
    waiting = {(row.space_id, row.user_id): row for row in rows}
    for notice in notices:
        notice.thing = waiting.get((notice.space_id, notice.who_id))


_of_space(
    "asked",
    gettext_lazy("%(person)s beder om adgang"),
    {"runs": gettext_lazy("fordi du er facilitator")},
    link=lambda notice: reverse("space-members", args=[notice.space.slug]),
    words=lambda notice: notice.thing.reason if notice.thing else "",
    load=_requests,
    act="network/notice_let_in.html",
)
YOU = {"you": gettext_lazy("fordi det gælder dig")}
_of_space("accepted", gettext_lazy("%(person)s har lukket dig ind"), YOU)
_of_space("refused", gettext_lazy("%(person)s har svaret på din anmodning"), YOU)
_of_space("added", gettext_lazy("%(person)s har tilføjet dig"), YOU)
_of_space("restored", gettext_lazy("%(person)s har lukket dig ind igen"), YOU)


def _invitations(notices):
    rows = Membership.anyone.filter(user=notices[0].user_id, state=Membership.State.INVITED)
    waiting = {row.space_id: row for row in rows.filter(space__in=[notice.space_id for notice in notices])}
    for notice in notices:
        notice.thing = waiting.get(notice.space_id)


_of_space(
    "invited",
    gettext_lazy("%(person)s inviterer dig"),
    YOU,
    load=_invitations,
    act="network/notice_invited.html",
)

# --- who is told of what happens ------------------------------------------------------------------------

TO_WHOM = {
    What.ACCEPTED: "accepted",
    What.REFUSED: "refused",
    What.ADDED: "added",
    What.RESTORED: "restored",
    What.INVITED: "invited",
}
WRITTEN = {What.THREAD, What.POST, What.APPROVED}
NO_LONGER_IN = {What.LEFT, What.REMOVED, What.SUSPENDED}
INVITATION_IS_OVER = {What.JOINED, What.DECLINED, What.WITHDRAWN}


def listen(sender, event, **kwargs):
    """Write who is told of what happened: rows alone, in the transaction that made it happen."""
    if event.what in WRITTEN:
        _text_is_there(event)
    elif event.what == What.MENTIONED:
        _named(event)
    elif event.what in (What.ANSWER, What.THANKED):
        _post_was_of_use(event)
    elif event.what == What.ASKED:
        running = Membership.objects.who_may(Act.RUN).filter(space=event.space_id).exclude(user=event.who)
        # It is mailed by a letter of its own.
        people = [Told(user, "runs") for user in running.values_list("user", flat=True)]
        tell("asked", people, event=event, who=event.who, space=event.space)
    elif event.what in TO_WHOM and event.whom_id and event.whom_id != event.who_id:
        _door_was_answered(event)
    elif event.what in NO_LONGER_IN:
        _is_gone(event)
    elif event.what in INVITATION_IS_OVER:
        person = event.whom if event.what == What.WITHDRAWN else event.who
        mark_read(person, verb="invited", space=event.space_id)


happened.connect(listen, dispatch_uid="network.told")


def _text_is_there(event):
    post, thread = event.post, event.thread
    if post.author_id is not None:
        follows = ThreadChoice(user_id=post.author_id, thread=thread, what=Choice.WROTE)
        ThreadChoice.objects.bulk_create([follows], ignore_conflicts=True)
    _answered(event, post, thread)
    tell_many("thread" if post.number == 1 else "post", event=event)


def _answered(event, post, thread):
    """Whoever asked, and whoever is answered, is told in the same transaction."""
    answered = post.reply_to.author_id if post.reply_to_id else None
    asked = thread.author_id if post.number > 1 else None
    people = {answered, asked} - {None, post.author_id}
    if not people:
        return
    wish = wishes(event.space, thread).filter(pk__in=people).annotate(waits=waits_in(thread))
    told = []
    for pk, level, preset, choice, waits in wish.values_list("pk", "level", "preset", "choice", "waits"):
        if level == Level.NOTHING or choice == Choice.MUTE:
            continue
        # Quietly: one mail for a thread, until she has read it.
        is_quiet = waits and preset in (None, Preset.CALM) and level != Level.ALL
        told.append(Told(pk, "answered" if pk == answered else "asked", Mail.COLLECTED if is_quiet else Mail.AT_ONCE))
    tell("answered", told, event=event, who=post.author, post=post)


def _named(event):
    """Being named is told at once, also of a thread that is muted; but not where one wants to hear nothing."""
    level = Membership.objects.filter(user=event.whom_id, space=event.space_id).values_list("level", flat=True)
    if Level.NOTHING not in level:
        told = [Told(event.whom_id, "mentioned", Mail.AT_ONCE)]
        tell("mentioned", told, event=event, who=event.who, post=event.post)


def _post_was_of_use(event):
    author = event.post.author_id
    if author is None or author == event.who_id:
        return
    if event.what == What.ANSWER:
        tell("helped", [Told(author, "yours", Mail.COLLECTED)], event=event, who=event.who, post=event.post)
    else:
        tell("thanked", [Told(author, "yours")], about=event.post_id, who=event.who, post=event.post)


def _door_was_answered(event):
    tell(TO_WHOM[event.what], [Told(event.whom_id, "you")], event=event, who=event.who, space=event.space)
    if event.what in (What.ACCEPTED, What.REFUSED):
        asked = Notice.objects.filter(verb="asked", space=event.space_id, who=event.whom_id, read_at=None)
        asked.update(read_at=event.at)


def _is_gone(event):
    """What she was told of a space she is no longer in stands at her bell no longer."""
    person = event.who if event.what == What.LEFT else event.whom
    if person is not None:
        mark_read(person, post__thread__space=event.space_id)
        mark_read(person, meeting__space=event.space_id)
