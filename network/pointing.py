"""What a text points at: people with @, and with # what can be found on the site, or a thread.

The forms are plain words, so that they can be typed and read without script:

- `@Anna Prøve`, or `@Anna Prøve, Lemvig Kommune` where two have the name. Only people who may read there are linked.
- `#Kortlægning af boliger`, the title of a method, tool, project or story, or the name of a municipality; the longest
  that stands there. Where two have the title: `#Byroller (metode)`.
- `#tråd-12`, by the number in the thread's address: its title is a secret of those who may read it, and so it stands
  neither in the text nor in the HTML made of it. It is filled in when the post is read (`network.references`).
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from content.cards import bare_cards
from content.finding import PAGE
from content.listing import listed, page_types
from danish import danish_to_ascii
from network.finding import MUNICIPALITY, THREAD
from network.markdown import Target, rendered, starts_pointer
from network.models import Event, Mention, Municipality, Post, Reference, Showing, Space, Thread
from network.person import face_of
from network.readers import in_network, known_readers, readers_of
from network.signals import announce, happened
from network.who_sees import Eyes

PERSON, CLOSED, SHARED = OF_PEOPLE = ("person", "closed", "shared")
KINDS = ("metode", "vaerktoej", "projekt", "casefortaelling")  # of pages, the first first where two have a title
THREAD_FORM = re.compile(r"tr(?:å|aa)d-(\d{1,12})(?!\w)", re.IGNORECASE)
AROUND = ".,;:!?…)]}»”\"'*_~|"
SITES, LONGEST, WORDS_OF_NAMES, WORDS_OF_TITLES = 30, 160, 8, 24
MOST_SIGNS = 4
MOST_PEOPLE, MOST_OF_NEWCOMERS, NEW_FOR = 10, 2, timedelta(days=1)
MOST_THINGS = 20


@dataclass
class Written:
    """A text made ready: its HTML, whom and what it points at, and the names that came to nothing.

    `closed`: people who may not read there. `shared`: names that several have. `writer`: who is told so.
    """

    html: str
    writer: object = None
    people: list = field(default_factory=list)
    things: list[tuple[str, int]] = field(default_factory=list)
    closed: list = field(default_factory=list)
    shared: list[str] = field(default_factory=list)


def write(user, space: Space, text: str, thread: Thread | None = None) -> Written:
    """Make a text that `network.markdown.checked` has let through ready to be kept in `space`, written by `user`.

    `thread` is the one it is written in: who came to the space later may not be able to read it.
    """
    targets = {"@": _people(user, space, thread, text), "#": _things(user, text)}
    made = rendered(text, targets)
    named = defaultdict(list)
    for what, thing in made.things:
        named[what].append(thing)
    things = [pair for pair in made.things + made.quoted if pair[0] not in OF_PEOPLE]
    people = [person for person in named[PERSON] if person != user]
    return Written(made.html, user, people, list(dict.fromkeys(things)), named[CLOSED], named[SHARED])


def check_numbers(user, written: Written) -> None:
    """Raise ValidationError with a Danish sentence where a text names too many people, or has too many references."""
    is_new = user.profile.completed_at > timezone.now() - NEW_FOR
    room, number = MOST_OF_NEWCOMERS if is_new else MOST_PEOPLE, len(written.people)
    if number > room:
        said = _("Du kan nævne højst %(room)s personer i et indlæg. Her er %(number)s: fjern @ foran nogle af dem.")
        raise ValidationError(said, code="people", params={"room": room, "number": number})
    if len(written.things) > MOST_THINGS:
        said = _("Du kan henvise til højst %(room)s ting i et indlæg. Her er %(number)s: fjern # foran nogle af dem.")
        raise ValidationError(said, code="things", params={"room": MOST_THINGS, "number": len(written.things)})


# --- what stands in a text ----------------------------------------------------------------------------


def _sites(text, sign) -> list[str]:
    """Return what stands after each `sign`, to the end of the line; each once, and not endlessly many."""
    found, at = {}, text.find(sign)
    while at >= 0 and len(found) < SITES:
        if starts_pointer(text, at):
            found[text[at + 1 : at + 1 + LONGEST].split("\n", 1)[0]] = None
        at = text.find(sign, at + 1)
    return list(found)


def _pieces(site, words) -> Iterator[str]:
    """Yield each run of words with which `site` begins, with and without the signs after it."""
    for number, word in enumerate(re.finditer(r"\S+", site)):
        if number == words:
            return
        piece = site[: word.end()]
        # One sign after the other: a name may end in one of them, and a sentence after it in the next.
        for _sign in range(MOST_SIGNS):
            yield piece
            if not piece.endswith(tuple(AROUND)):
                break
            piece = piece[:-1]
        if bare := piece.rstrip(AROUND):
            yield bare


def _all_pieces(sites, words) -> set[str]:
    """Names and titles are found as they are written, and with the first letter made large."""
    pieces = {piece for site in sites for piece in _pieces(site, words)}
    return pieces | {piece[:1].upper() + piece[1:] for piece in pieces}


# --- people -----------------------------------------------------------------------------------------


def _people(user, space, thread, text) -> dict[str, Target]:
    sites = _sites(text, "@")
    if not sites:
        return {}
    pieces = _all_pieces(sites, WORDS_OF_NAMES)
    readers = known_readers(user, space, thread).filter(pk=OuterRef("pk"))
    named = in_network().filter(name__in=pieces | {piece.title() for piece in pieces}).exclude(name="")
    forms, eyes = defaultdict(list), Eyes(user)
    for person in named.annotate(may_read=Exists(readers)).select_related("profile__municipality").order_by("pk"):
        for form in _forms(person, eyes):
            forms[form].append(person)
    return {form.lower(): _person(form, people) for form, people in forms.items()}


def _forms(person, eyes):
    place = face_of(eyes, person).place
    return [person.name, f"{person.name}, {place}"] if place else [person.name]


def _person(form, people) -> Target:
    readers = [person for person in people if person.may_read]
    if not readers:
        return Target((CLOSED, people[0]))
    if len(readers) > 1:
        return Target((SHARED, form))
    return Target((PERSON, readers[0]), reverse("member", args=[readers[0].pk]))


def notices(written: Written, space: Space) -> list[str]:
    """Return what the writer is told before she sends: of names that came to nothing."""
    if space.has_members or space.kind == Space.Kind.OPEN:
        closed = _("%(person)s kan ikke læse med her og får ikke besked, hvis du nævner vedkommende.")
    else:
        closed = _("%(person)s kan ikke nævnes her og får ikke besked.")
    shared = _("Flere her hedder %(name)s. Skriv også kommunen: »@%(name)s, Eksempel Kommune«.")
    eyes = Eyes(written.writer)
    told = [closed % {"person": _with_place(person, eyes)} for person in written.closed]
    return told + [shared % {"name": name} for name in written.shared]


def _with_place(person, eyes):
    return ", ".join(part for part in (person.name, face_of(eyes, person).place) if part)


# --- things -----------------------------------------------------------------------------------------


def folded_words(text) -> list[str]:
    """Return the words of a beginning that is typed, as titles are folded for finding."""
    return danish_to_ascii(text).split()[:8]


def begins_words(title, words) -> bool:
    """Does each of the folded `words` begin a word of `title`?"""
    there = danish_to_ascii(title).replace("-", " ").split()
    return all(any(own.lstrip("»(\"'").startswith(word) for own in there) for word in words)


def referable():
    """Return the page types that a text can point at."""
    return [model for model in page_types() if model.kind in KINDS]


def _things(user, text) -> dict[str, Target]:
    sites = _sites(text, "#")
    if not sites:
        return {}
    pieces = _all_pieces(sites, WORDS_OF_TITLES)
    return {**_places(pieces), **_pages(pieces), **_threads(user, sites)}


def _pages(pieces) -> dict[str, Target]:
    titles = pieces | {piece.rsplit(" (", 1)[0] for piece in pieces if piece.endswith(")")}
    cards = bare_cards(listed(*referable()).filter(title__in=titles).order_by("pk"))
    found = {}
    there = [card for card in cards if card.url]
    for card in sorted(there, key=lambda card: KINDS.index(card.kind), reverse=True):
        target = Target((PAGE, card.pk), card.url, card.title)
        found[card.title.lower()] = found[with_kind(card.title, card.kind_label).lower()] = target
    return found


def with_kind(title, label) -> str:
    """Return the form of a title that several pages have."""
    return f"{title} ({str(label).lower()})"


def _places(pieces) -> dict[str, Target]:
    found = {}
    for place in Municipality.objects.filter(full_name__in=pieces):
        found[place.full_name.lower()] = Target((MUNICIPALITY, place.pk), place.get_absolute_url(), place.full_name)
    return found


def _threads(user, sites) -> dict[str, Target]:
    forms = {form[0]: int(form[1]) for site in sites if (form := THREAD_FORM.match(site))}
    if not forms:
        return {}
    readable = set(Thread.objects.visible_to(user).filter(pk__in=forms.values()).values_list("pk", flat=True))
    return {form.lower(): thread_target(pk) for form, pk in forms.items() if pk in readable}


def thread_target(pk: int) -> Target:
    return Target((THREAD, pk), words=_("en tråd i et andet rum"), value=str(pk))


def thread_form(pk: int) -> str:
    """Return how a text points at a thread, without the sign."""
    return f"tråd-{pk}"


# --- what is kept of it -------------------------------------------------------------------------------


def keep(post: Post, written: Written) -> None:
    """Write down whom and what a post points at, and tell those who are named. In the verb's transaction.

    Someone who was told of this post before is not told again, however often it is edited.
    """
    _keep_people(post, written.people, new=post.version == 1)
    _keep_things(post, written.things, new=post.version == 1)


def _keep_people(post, people, new):
    if not people and new:
        return
    before = {} if new else {row.user_id: row for row in post.mentions.visible_to(post.author)}
    gone = before.keys() - {person.pk for person in people}
    if gone:
        post.mentions.visible_to(post.author).filter(user__in=gone).delete()
    added = [person for person in people if person.pk not in before]
    for person in added:
        Mention.objects.create(post=post, user=person)
    tell(post, added, new)


def tell(post: Post, people, new=False) -> None:
    """Announce that people are named in a post, where it is shown: what is held they may not read yet."""
    if not people or not post.state == post.thread.state == Showing.VISIBLE:
        return
    told = set() if new else set(_told(post))
    for person in people:
        if person.pk not in told:
            announce(
                Event.What.MENTIONED, post.thread.space, who=post.author, whom=person, thread=post.thread, post=post
            )


def _told(post):
    return Event.objects.filter(what=Event.What.MENTIONED, post=post).values_list("whom", flat=True)


def _keep_things(post, pairs, new):
    if not pairs and not post.has_references:
        return
    if post.has_references:
        post.references.visible_to(post.author).delete()
    for what, pk in pairs:
        Reference.objects.create(post=post, what=what, object_id=pk)
    if bool(pairs) != post.has_references:
        post.has_references = bool(pairs)
        Post.objects.visible_to(post.author).filter(pk=post.pk).update(has_references=post.has_references)


def held_is_shown(sender, event, **kwargs):
    """What waited for a facilitator comes out: now the people named in it can read it."""
    if event.what == Event.What.APPROVED and event.post is not None:
        post = Post.objects.visible_to(event.who).select_related("author", "thread__space").get(pk=event.post.pk)
        named = post.mentions.visible_to(event.who).values("user")
        tell(post, readers_of(post.thread.space, post.thread).filter(pk__in=named))


happened.connect(held_is_shown, dispatch_uid="network.pointing.held_is_shown")
