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
from network.digest import LETTER
from network.digest_reading import read_ahead
from network.finding import plain
from network.letters import address_of
from network.models import NoticeSettings
from network.notices import Mail, fill, shown_to, verb_of
from network.person import own_face
from network.stops import DIGEST
from network.who_sees import Eyes

LINE = 140
MOST_NOTICES = 40
# The grounds of themes as mail can show them: no mail program knows our stylesheet.
COLOURS = {"lyng": "#6f4080", "tegl": "#9f3d26", "rug": "#7d5a0c", "eng": "#38683a"}
FJORD = "#0d4a58"
Cadence = NoticeSettings.Cadence


@writes(LETTER)
def digest(letter):
    """Nothing where all of it is read by now, or may not be read any more."""
    if not hasattr(letter, "telling"):
        read_ahead([letter])
    user, telling = letter.recipient, letter.telling
    if telling is None:
        return None
    told, more_told = _others(user, telling)
    groups = [*_threads(user, telling), *told]
    if not groups:
        return None
    title = _title(telling, sum(row["number"] for group in told for row in group["rows"]))
    context = {
        "groups": groups,
        "title": title,
        "kicker": _kicker(telling.own),
        "spaces": [group["name"] for group in groups if group["is_space"]],
        "own": telling.own,
        "more": telling.more,
        "more_told": more_told,
        "notices": address_of(reverse("notices")),
        "link": address_of(reverse("network")),
        "settings": address_of(reverse("notice-settings")),
        "stop": link(user, DIGEST),
    }
    return Words(title, "network/letters/digest", context, headers(user, DIGEST, "samlet"))


# --- threads --------------------------------------------------------------------------------------------


def _threads(user, telling):
    groups, eyes = {}, Eyes(user)
    for news in telling.shown:
        thread, post = news.thread, news.post
        if post is None:
            continue
        head = {
            "name": thread.space.name,
            "colour": COLOURS.get(thread.space.ground, FJORD),
            "is_space": True,
            "rows": [],
        }
        post.thread = thread
        groups.setdefault(thread.space_id, head)["rows"].append(
            {
                "title": thread.title,
                "link": address_of(post.get_absolute_url()),
                "number": news.number,
                "line": _line(eyes, news),
            }
        )
    return list(groups.values())


def _line(eyes, news):
    """How many are new, who wrote last, and one line of it."""
    post = news.post
    face = own_face(eyes, post.author) if post.author else None
    said = plain(post.html)
    words = {
        "number": news.number,
        "person": (face and face.words) or _("medlem"),
        "said": said if len(said) <= LINE else f"{said[:LINE].rsplit(' ', 1)[0]}\N{NO-BREAK SPACE}…",
    }
    return (
        ngettext("%(number)s nyt, %(person)s: %(said)s", "%(number)s nye, senest %(person)s: %(said)s", news.number)
        % words
    )


# --- what is told beside it -----------------------------------------------------------------------------


def _others(user, telling):
    """Return what is told of other things than posts, and what rooms above have to say; and whether there is more."""
    rows, has_more = _notices(user, telling.slot) if telling.has_notices else ([], False)
    groups = [{"name": _("Andet nyt"), "colour": FJORD, "is_space": False, "rows": rows}] if rows else []
    for part in telling.parts:
        rows = [{**row, "number": 0} for row in part.rows(user, telling.slot.since, telling.slot.until)]
        if rows:
            groups.append({"name": part.heading, "colour": FJORD, "is_space": False, "rows": rows})
    return groups, has_more


def _notices(user, slot):
    told = shown_to(user).unread().filter(Q(post=None) | Q(verb="helped"), mail=Mail.COLLECTED)
    told = list(told.filter(created_at__gt=slot.since, created_at__lte=slot.until)[: MOST_NOTICES + 1])
    rows = []
    for notice in fill(told[:MOST_NOTICES], user):
        verb = verb_of(notice.verb)
        said = ": ".join(part for part in (verb.sentence(notice), verb.words(notice)) if part)
        rows.append({"title": verb.heading(notice), "link": address_of(verb.link(notice)), "number": 1, "line": said})
    return rows, len(told) > MOST_NOTICES


# --- the words around it ----------------------------------------------------------------------------------


def _title(telling, others):
    """»5 nye indlæg i to af dine rum«, or what there is where nobody has written; `others`: how many notices."""
    spaces = {news.thread.space_id: news.thread.space.name for news in telling.news}
    posts = sum(news.number for news in telling.news)
    if not posts:
        return _("Nyt om det, du følger") if others else _("Det venter på dig")
    new = ngettext("%(number)s nyt indlæg", "%(number)s nye indlæg", posts) % {"number": posts}
    if len(spaces) == 1:
        return _("%(new)s i »%(space)s«") % {"new": new, "space": next(iter(spaces.values()))}
    return _("%(new)s i %(number)s af dine rum") % {"new": new, "number": _number_word(len(spaces))}


def _number_word(number):
    words = [_("to"), _("tre"), _("fire"), _("fem"), _("seks"), _("syv"), _("otte"), _("ni"), _("ti")]
    return words[number - 2] if number <= 10 else str(number)


def _kicker(own):
    """Whose it is, and the day as it is where the reader is."""
    day = date_format(timezone.now().astimezone(ZoneInfo(own.zone)), "l j. F")
    kinds = {Cadence.DAILY: _("Dagens mail"), Cadence.WEEKLY: _("Ugens mail"), Cadence.MONTHLY: _("Månedens mail")}
    return f"{kinds[own.cadence]} · {day}"
