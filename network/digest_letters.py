"""What stands in a collected mail: a row for each thread under its space, the newest first. Asked when it is sent."""

from zoneinfo import ZoneInfo

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.letters import Words, writes
from accounts.stops import headers, link
from network.digest import LETTER, parts
from network.finding import plain
from network.letters import address_of
from network.models import (
    DigestSlot,
    Membership,
    Notice,
    NoticeSettings,
    Post,
    ReadMarker,
    Showing,
    ThreadChoice,
)
from network.notice_choices import settings_of
from network.notices import Choice, Level, Mail, fill, shown_to, verb_of
from network.person import own_face
from network.stops import DIGEST
from network.who_sees import Eyes

LINE = 140
MOST_THREADS = 40
# The grounds of themes as mail can show them: no mail program knows our stylesheet.
COLOURS = {"lyng": "#6f4080", "tegl": "#9f3d26", "rug": "#7d5a0c", "eng": "#38683a"}
FJORD = "#0d4a58"
Cadence = NoticeSettings.Cadence


@writes(LETTER)
def digest(letter):
    """Nothing where all of it is read by now, or may not be read any more."""
    slot = DigestSlot.objects.filter(pk=letter.about["slot"], user=letter.recipient).first()
    if slot is None:
        return None
    own = settings_of(letter.recipient)
    if own.cadence == Cadence.NEVER:
        return None
    user = letter.recipient
    groups = [*_threads(user, slot), *_others(user, slot)]
    if not groups:
        return None
    number = sum(row["number"] for group in groups for row in group["rows"])
    context = {
        "groups": groups,
        "title": _title(groups, number),
        "kicker": _kicker(own),
        "spaces": [group["name"] for group in groups if group["is_space"]],
        "own": own,
        "link": address_of(reverse("network")),
        "settings": address_of(reverse("notice-settings")),
        "stop": link(user, DIGEST),
    }
    return Words(context["title"], "network/letters/digest", context, headers(user, DIGEST, "samlet"))


# --- threads --------------------------------------------------------------------------------------------


def _threads(user, slot):
    new = _new_posts(user, slot)
    newest = [posts[-1] for posts in new.values()]
    posts = Post.objects.visible_to(user).filter(pk__in=newest)
    posts = posts.select_related("thread__space__theme", "author__profile__municipality").defer("source")
    posts = {post.thread_id: post for post in posts.order_by("-created_at", "-pk")[:MOST_THREADS]}
    threads = [post.thread for post in posts.values()]
    for thread in threads:
        thread.number = len(new[thread.pk])
    groups, eyes = {}, Eyes(user)
    for thread in threads:
        post = posts.get(thread.pk)
        if post is None:
            continue
        post.thread = thread
        head = {
            "name": thread.space.name,
            "colour": COLOURS.get(thread.space.ground, FJORD),
            "is_space": True,
            "rows": [],
        }
        groups.setdefault(thread.space_id, head)["rows"].append(
            {
                "title": thread.title,
                "link": address_of(post.get_absolute_url()),
                "number": thread.number,
                "line": _line(eyes, thread, post),
            }
        )
    return list(groups.values())


def _new_posts(user, slot):
    """Return {thread: its new posts}: since then, not read and not mailed, in spaces one wants to hear of, or told of
    otherwise. What one has chosen and read is fetched beside: within one query the database weighs it all at once.
    """
    window = {"created_at__gt": slot.since, "created_at__lte": slot.until}
    own = Membership.objects.filter(user=user).exclude(level__in=[Level.MENTIONED, Level.NOTHING])
    spaces = dict(own.values_list("space", "read_until"))
    notices = Notice.objects.visible_to(user).filter(post__isnull=False, **window)
    mails = {post: (mail, read_at) for post, mail, read_at in notices.values_list("post", "mail", "read_at")}
    told = {post for post, found in mails.items() if found == (Mail.COLLECTED, None)}
    mailed = {post for post, (mail, _read_at) in mails.items() if mail == Mail.AT_ONCE}
    heard = Q(thread__space__in=list(spaces)) | Q(pk__in=told)
    posts = Post.objects.visible_to(user).filter(heard, state=Showing.VISIBLE, **window).exclude(author=user)
    posts = list(
        posts.order_by("created_at", "pk").values_list("pk", "thread", "number", "created_at", "thread__space")
    )
    threads = {row[1] for row in posts}
    read = dict(ReadMarker.objects.filter(user=user, thread__in=threads).values_list("thread", "number"))
    choices = ThreadChoice.objects.filter(user=user, thread__in=threads, what=Choice.MUTE)
    muted = set(choices.values_list("thread", flat=True))
    found = {}
    for pk, thread, number, at, space in posts:
        is_new = pk in told or (space in spaces and at > spaces[space])
        if is_new and thread not in muted and number > read.get(thread, 0) and pk not in mailed:
            found.setdefault(thread, []).append(pk)
    return found


def _line(eyes, thread, post):
    """How many are new, who wrote last, and one line of it."""
    face = own_face(eyes, post.author) if post.author else None
    said = plain(post.html)
    words = {
        "number": thread.number,
        "person": (face and face.words) or _("medlem"),
        "said": said if len(said) <= LINE else f"{said[:LINE].rsplit(' ', 1)[0]} …",
    }
    return (
        ngettext("%(number)s nyt, %(person)s: %(said)s", "%(number)s nye, senest %(person)s: %(said)s", thread.number)
        % words
    )


# --- what is told beside it -----------------------------------------------------------------------------


def _others(user, slot):
    """Return what is told of other things than posts, and what rooms above have to say."""
    told = shown_to(user).unread().filter(Q(post=None) | Q(verb="helped"), mail=Mail.COLLECTED)
    told = fill(list(told.filter(created_at__gt=slot.since, created_at__lte=slot.until)[:MOST_THREADS]))
    rows = []
    for notice in told:
        verb = verb_of(notice.verb)
        said = ": ".join(part for part in (verb.sentence(notice), verb.words(notice)) if part)
        rows.append({"title": verb.heading(notice), "link": address_of(verb.link(notice)), "number": 1, "line": said})
    groups = [{"name": _("Andet nyt"), "colour": FJORD, "is_space": False, "rows": rows}] if rows else []
    for part in parts():
        rows = [{**row, "number": 0} for row in part.rows(user, slot.since, slot.until)]
        if rows:
            groups.append({"name": part.heading, "colour": FJORD, "is_space": False, "rows": rows})
    return groups


# --- the words around it ----------------------------------------------------------------------------------


def _title(groups, number):
    """»5 nye indlæg i to af dine rum«, or what there is where nobody has written."""
    spaces = [group for group in groups if group["is_space"]]
    posts = sum(row["number"] for group in spaces for row in group["rows"])
    if not posts:
        return _("Nyt om det, du følger") if number else _("Det venter på dig")
    new = ngettext("%(number)s nyt indlæg", "%(number)s nye indlæg", posts) % {"number": posts}
    if len(spaces) == 1:
        return _("%(new)s i »%(space)s«") % {"new": new, "space": spaces[0]["name"]}
    return _("%(new)s i %(number)s af dine rum") % {"new": new, "number": _number_word(len(spaces))}


def _number_word(number):
    words = [_("to"), _("tre"), _("fire"), _("fem"), _("seks"), _("syv"), _("otte"), _("ni"), _("ti")]
    return words[number - 2] if number <= 10 else str(number)


def _kicker(own):
    """Whose it is, and the day as it is where the reader is."""
    day = date_format(timezone.now().astimezone(ZoneInfo(own.zone)), "l j. F")
    kinds = {Cadence.DAILY: _("Dagens mail"), Cadence.WEEKLY: _("Ugens mail"), Cadence.MONTHLY: _("Månedens mail")}
    return f"{kinds[own.cadence]} · {day}"
