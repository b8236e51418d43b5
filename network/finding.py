"""What the network makes findable – municipalities, and for those who may read them, threads and posts – and the words
and places by which everything found is narrowed: this is the first room that knows both pages and the vocabulary.
"""

from datetime import datetime
from functools import cache, lru_cache, partial
from html import unescape
from pathlib import Path

import nh3
from django.db.models import CharField, Exists, F, OuterRef, Value
from django.db.models.functions import Cast, LPad
from django.db.models.signals import post_delete, post_save, pre_delete, pre_save
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.models import Page

from content.cards import Card
from content.findable import (
    PUBLIC,
    Choice,
    Entry,
    Field,
    Findable,
    Kind,
    Term,
    register,
    register_audience,
    register_field,
    register_terms,
    terms_of,
    touch,
)
from content.finding import PAGE, touch_pages
from content.listing import open_to_all
from content.prepared import prepared
from danish import danish_to_ascii
from network.alike import for_readers_alike
from network.models import Event, Municipality, Post, Showing, Space, Thread
from network.signals import happened
from taxonomy import models as words
from taxonomy.standing import standings

MUNICIPALITY, THREAD, POST = "municipality", "thread", "post"
WORDS_ON_CARD = 200
SPACE_ON_CARD = ("space__name", "space__slug")
PLACES = Path(__file__).parent / "data" / "places.txt"

# --- municipalities ---------------------------------------------------------------------------------


def place_term(municipality: Municipality) -> Term:
    return Term(municipality.slug, municipality.full_name)


def places_in(slug: str) -> tuple[str, ...]:
    """Return the towns, islands and old regions by which a municipality is looked for too (PLACES)."""
    return _places().get(slug, ())


@cache
def _places():
    lines = PLACES.read_text(encoding="utf-8").splitlines()
    told = (line.partition(":") for line in lines if not line.startswith("#"))
    return {slug: tuple(name.strip() for name in names.split(",")) for slug, _colon, names in told}


class Municipalities(Findable):
    name = MUNICIPALITY
    kind = Kind("kommune", gettext_lazy("Kommune"), gettext_lazy("Kommuner"), "i-pin")

    def kinds(self):
        return [self.kind]

    def after(self, pk, limit):
        return list(Municipality.objects.filter(pk__gt=pk).order_by("pk").values_list("pk", flat=True)[:limit])

    def entries(self, pks):
        under = terms_of(self.name, pks)
        return [self._entry(place, under[place.pk]) for place in Municipality.objects.filter(pk__in=pks)]

    def _entry(self, place, under):
        return Entry(
            pk=place.pk,
            kind=self.kind.name,
            title=place.full_name,
            url=place.get_absolute_url(),
            audience=PUBLIC,
            summary=place.region,
            under={**under, "kommune": (place_term(place),)},
            also=(place.name, *places_in(place.slug)),
            card=self._card(place),
        )

    def cards(self, user, pks, request=None):
        return {place.pk: self._card(place) for place in Municipality.objects.filter(pk__in=pks)}

    def let_through(self, user, kept, request=None):
        return {pk: kept[pk] for pk in self.readable(user).filter(pk__in=kept).values_list("pk", flat=True)}

    def readable(self, user):
        return Municipality.objects.order_by().values("pk")

    def _card(self, place):
        return Card(
            pk=place.pk,
            title=place.full_name,
            url=place.get_absolute_url(),
            summary=place.region,
            kind=self.kind.name,
            kind_label=self.kind.label,
            icon=self.kind.icon,
        )


# --- what is said in the spaces ---------------------------------------------------------------------
#
# An entry is made without anyone asking for it, so here – and nowhere else – what is said is fetched past the rule
# (tests/network/test_one_rule.py). It goes to the index alone, under the token of its space, and whoever searches has
# the tokens of those spaces alone that she may read at that moment. A card is made by the rule, as ever.


OF_TOKENS = ("pk", "kind", "shows_earlier")


# In a space that keeps from new members what was begun before they came, each thread has a token of its own.
@register_audience
def readable_spaces(user):
    return tokens_of(user, _with_threads(user))


@for_readers_alike
def _with_threads(user):
    return Space.objects.readable_by(user).filter(has_threads=True).only(*OF_TOKENS)


def tokens_of(user, spaces):
    """Return the tokens of what `user` may read of the threads in `spaces`, which have threads."""
    tokens = [f"space:{space.pk}" for space in spaces if not space.hides_earlier]
    if hiding := [space.pk for space in spaces if space.hides_earlier]:
        threads = Thread.objects.visible_to(user).filter(space__in=hiding).order_by()
        tokens += [f"thread:{pk}" for pk in threads.values_list("pk", flat=True)]
    return tokens


def token_of(thread):
    """Return the token of the entries of a thread, and of what hangs on it."""
    return f"thread:{thread.pk}" if thread.space.hides_earlier else f"space:{thread.space_id}"


def plain(html: str) -> str:
    """Return the words of a text that network.markdown made: each block stands on its own line there."""
    return " ".join(unescape(nh3.clean(html, tags=set())).split())


def under_of(space):
    return {"tema": (Term(space.theme.slug, space.theme.title),)} if space.theme_id else {}


def _beginning(text):
    return text if len(text) <= WORDS_ON_CARD else text[:WORDS_ON_CARD].rsplit(" ", 1)[0] + " …"


class Threads(Findable):
    """A thread is found by its title and its first post."""

    name = THREAD
    kind = Kind("traad", gettext_lazy("Tråd"), gettext_lazy("Tråde"), "i-talk", is_closed=True)

    def kinds(self):
        return [self.kind]

    def after(self, pk, limit):
        return list(Thread.objects.filter(pk__gt=pk).order_by("pk").values_list("pk", flat=True)[:limit])

    def entries(self, pks):
        shown = Post.objects.filter(thread__in=pks, number=1, state=Showing.VISIBLE)
        first = dict(shown.values_list("thread_id", "html"))
        threads = Thread.objects.filter(pk__in=pks, state=Showing.VISIBLE).select_related("space__theme")
        return [
            Entry(
                pk=thread.pk,
                kind=self.kind.name,
                title=thread.title,
                url=thread.get_absolute_url(),
                audience=token_of(thread),
                text=plain(first.get(thread.pk, "")),
                under=under_of(thread.space),
                published=thread.created_at,
            )
            for thread in threads
        ]

    def cards(self, user, pks, request=None):
        first = {post.thread_id: post.html for post in _first_posts(user, *pks)}
        return {thread.pk: self._card(thread, first.get(thread.pk, "")) for thread in _threads(user, *pks)}

    def readable(self, user):
        return Thread.objects.visible_to(user).order_by().values("pk")

    def _card(self, thread, html):
        replies = ngettext("%(n)s svar", "%(n)s svar", thread.replies) % {"n": thread.replies}
        return Card(
            pk=thread.pk,
            title=thread.title,
            url=thread.get_absolute_url(),
            summary=_beginning(plain(html)),
            kind=self.kind.name,
            kind_label=self.kind.label,
            icon=self.kind.icon,
            kicker=[thread.space.name],
            facts=[replies] if thread.replies else [],
        )


class Posts(Findable):
    """A reply is found by its own words: those of the thread's title would bring every reply beside the thread."""

    name = POST
    kind = Kind("indlaeg", gettext_lazy("Indlæg"), gettext_lazy("Indlæg"), "i-reply")

    def kinds(self):
        return [self.kind]

    def after(self, pk, limit):
        replies = Post.objects.filter(pk__gt=pk, number__gt=1).order_by("pk")
        return list(replies.values_list("pk", flat=True)[:limit])

    def entries(self, pks):
        shown = Post.objects.filter(state=Showing.VISIBLE, thread__state=Showing.VISIBLE)
        posts = shown.filter(pk__in=pks, number__gt=1).select_related("thread__space__theme")
        return [
            Entry(
                pk=post.pk,
                kind=self.kind.name,
                title="",
                url=post.get_absolute_url(),
                audience=token_of(post.thread),
                text=plain(post.html),
                under=under_of(post.thread.space),
                published=post.created_at,
            )
            for post in posts
        ]

    def cards(self, user, pks, request=None):
        return {post.pk: self._card(post) for post in _replies(user, *pks)}

    def readable(self, user):
        return Post.objects.visible_to(user).filter(number__gt=1).order_by().values("pk")

    def _card(self, post):
        return Card(
            pk=post.pk,
            title=_("Svar i »%(title)s«") % {"title": post.thread.title},
            url=post.get_absolute_url(),
            summary=_beginning(plain(post.html)),
            kind=self.kind.name,
            kind_label=self.kind.label,
            icon=self.kind.icon,
            kicker=[post.thread.space.name],
        )


@for_readers_alike
def _threads(user, *pks):
    threads = Thread.objects.visible_to(user).filter(pk__in=pks).select_related("space").order_by()
    return threads.only("title", "slug", "number_of_posts", "first_is_shown", *SPACE_ON_CARD)


@for_readers_alike
def _first_posts(user, *threads):
    return Post.objects.visible_to(user).filter(thread__in=threads, number=1).order_by().only("thread", "html")


@for_readers_alike
def _replies(user, *pks):
    posts = Post.objects.visible_to(user).filter(pk__in=pks, number__gt=1).select_related("thread__space").order_by()
    return posts.only(
        "number", "html", "thread__title", "thread__slug", *(f"thread__{name}" for name in SPACE_ON_CARD)
    )


register(Municipalities())
register(Threads())
register(Posts())

# --- what pages stand under -------------------------------------------------------------------------

VOCABULARIES = {
    # field: (its words, the rows that tie pages to them, the name in taxonomy.standing)
    "tema": (words.Theme, words.PageTheme, "themes"),
    "fase": (words.Phase, words.PagePhase, "phases"),
    "maalgruppe": (words.TargetGroup, words.PageTargetGroup, "target_groups"),
    "udfordring": (words.Challenge, words.PageChallenge, "challenges"),
}
TOGETHER = (*VOCABULARIES, "kommune", "emneord")  # the fields whose choices are asked for in one query


@register_terms(PAGE)
def words_of(pks):
    names = {field: name for field, (_words, _rows, name) in VOCABULARIES.items()} | {"emneord": "tags"}
    found = standings(pks, *names.values()) if pks else {}
    return {
        pk: {field: [Term(word.slug, word.title) for word in getattr(standing, name)] for field, name in names.items()}
        for pk, standing in found.items()
    }


# --- ways to narrow ---------------------------------------------------------------------------------


def named_among(rows, text: str) -> str | None:
    """Return the value among `rows`, tuples of (value, name, …), that `text` names: whole, or by a beginning of one.

    Folded as Danish. None where nothing, or more than one, begins like that.
    """
    text = _folded(text)
    if not text:
        return None
    folded = {row[0]: {_folded(part) for part in row} for row in rows}
    whole = [value for value, names in folded.items() if text in names]
    begun = [value for value, names in folded.items() if any(name.startswith(text) for name in names)]
    return next((found[0] for found in (whole, begun) if len(found) == 1), None)


@lru_cache(maxsize=2_048)
def _folded(text):
    return " ".join(danish_to_ascii(text).replace("-", " ").split())


def _term_named(model, text):
    return named_among(model.objects.values_list("slug", "title"), text)


def open_tags(now=None):
    """The tags of pages that are open to all: the others betray what is being written."""
    pages = open_to_all(Page.objects.filter(tagged_items__tag=OuterRef("pk")), now)
    return words.Tag.objects.filter(Exists(pages))


def _tag_named(text):
    return named_among(open_tags().values_list("slug", "name"), text)


def _place_named(text):
    return named_among(Municipality.objects.values_list("slug", "name", "full_name"), text)


def _places_called(texts):
    """Lemvig and Lemvig Kommune, and no mere beginning of it: who types a word in a row of words means the word."""
    asked = {_folded(text): text for text in texts}
    found = {}
    for slug, name, full_name in Municipality.objects.values_list("slug", "name", "full_name"):
        for form in (_folded(name), _folded(full_name)):
            if form in asked:
                found[asked[form]] = Choice(slug, full_name)
    return found


def _choices_together(wanted):
    """The choices of vocabularies, municipalities and tags, asked in one query for all; {field: values} -> Choices."""
    rows = rows_of_choices(*(wanted.get(name, ()) for name in TOGETHER), timezone.now())
    found = {name: [] for name in wanted}
    for name, slug, label, _place, mark in sorted(rows, key=lambda row: (row[3], row[1])):
        found[name].append(Choice(slug, label, mark))
    return found


@prepared(*[str] * len(TOGETHER), datetime)
def rows_of_choices(*given):
    *wanted, now = given
    first, *others = (_rows_of_choices(name, values, now) for name, values in zip(TOGETHER, wanted, strict=True))
    return first.union(*others, all=True)


def _rows_of_choices(name, values, now):
    label, place, mark = "title", LPad(Cast("sort_order", CharField()), 10, Value("0")), F("ground")
    if name == "kommune":
        rows, label, place = Municipality.objects, "full_name", F("sort_key")
    elif name == "emneord":
        rows, label, place = open_tags(now), "name", F("sort_key")
    else:
        rows = VOCABULARIES[name][0].objects
    if name != "tema":
        mark = Value("", output_field=CharField())
    field = Value(name, output_field=CharField())
    rows = rows.filter(slug__in=values).order_by().annotate(field=field, place=place, mark=mark)
    return rows.values_list("field", "slug", label, "place", "mark")


def _choices(name, values):
    return _choices_together({name: values})[name]


def _year_choices(values):
    return [Choice(year, year) for year in sorted({value for value in values if _year_named(value)}, reverse=True)]


def _year_named(text):
    text = text.strip()
    return text if len(text) == 4 and text.isascii() and text.isdigit() and text >= "1800" else None


def _vocabulary(name, label, prefixes, order):
    named = partial(_term_named, VOCABULARIES[name][0])
    choices = partial(_choices, name)
    register_field(Field(name, label, choices, named, prefixes, _choices_together, is_shelf=True, order=order))


_vocabulary("tema", gettext_lazy("Tema"), ("tema",), 10)
_vocabulary("fase", gettext_lazy("Fase"), ("fase",), 20)
_vocabulary("udfordring", gettext_lazy("Udfordring"), ("udfordring",), 30)
_vocabulary("maalgruppe", gettext_lazy("Målgruppe"), ("målgruppe", "maalgruppe"), 40)
register_field(
    Field(
        "kommune",
        gettext_lazy("Kommune"),
        partial(_choices, "kommune"),
        _place_named,
        ("kommune",),
        _choices_together,
        called=_places_called,
        is_select=True,
        order=50,
    )
)
register_field(
    Field(
        "emneord",
        gettext_lazy("Emneord"),
        partial(_choices, "emneord"),
        _tag_named,
        ("tag", "emneord"),
        _choices_together,
        is_select=True,
        order=60,
    )
)
register_field(Field("aar", gettext_lazy("År"), _year_choices, _year_named, ("år", "aar"), is_select=True, order=70))

# --- when something changes -------------------------------------------------------------------------


def _hear(model, receiver, *signals):
    for signal in signals:
        signal.connect(receiver, sender=model, dispatch_uid=f"network.finding.{model.__name__}.{receiver.__name__}")


def municipality_changed(sender, instance, **kwargs):
    touch(MUNICIPALITY, [instance.pk])


def municipality_goes(sender, instance, **kwargs):
    touch(MUNICIPALITY, [instance.pk], losing=True)


def word_changed(sender, instance, **kwargs):
    """Its name stands in the entries of the pages under it, and a theme's in those of what is said under it."""
    rows = next(rows for model, rows, _name in VOCABULARIES.values() if model is sender)
    touch_pages(rows.objects.filter(term=instance.pk).values_list("page_id", flat=True))
    if sender is words.Theme:
        touch_spaces(theme=instance.pk)


def tag_changed(sender, instance, **kwargs):
    touch_pages(words.TaggedPage.objects.filter(tag=instance.pk).values_list("content_object_id", flat=True))


def space_changes(sender, instance, **kwargs):
    """Address and theme stand in the entries of what is said in it, and whether earlier threads are kept from new
    members; who may read it is asked at each search.
    """
    before = Space.objects.filter(pk=instance.pk).only("slug", "theme_id", "kind", "shows_earlier").first()
    if before and _in_entries(before) != _in_entries(instance):
        touch_spaces(pk=instance.pk, losing=instance.hides_earlier)


def _in_entries(space):
    return space.slug, space.theme_id, space.hides_earlier


def touch_spaces(losing=False, **spaces) -> None:
    """Touch all that is said in the spaces that `spaces` (a lookup) finds."""
    found = list(Space.objects.filter(**spaces).values_list("pk", flat=True))
    touch_threads(Thread.objects.filter(space__in=found).values_list("pk", flat=True), losing)


def touch_threads(pks, losing=False) -> None:
    """Touch threads and every reply in them: they were moved, hidden, shown again, or have another audience."""
    pks = list(pks)
    touch(THREAD, pks, losing)
    # The first one, too: it may have been a reply in the thread it was split off from.
    touch(POST, Post.objects.filter(thread__in=pks).values_list("pk", flat=True), losing)


IN_THREAD_ENTRY = {"title", "slug", "space", "space_id", "state"}


def thread_written(sender, instance, update_fields=None, **kwargs):
    """How many answers it has, and when the last came, stand in no entry."""
    if update_fields is None or IN_THREAD_ENTRY.intersection(update_fields):
        touch(THREAD, [instance.pk])


def thread_goes(sender, instance, **kwargs):
    touch(THREAD, [instance.pk], losing=True)


def post_written(sender, instance, **kwargs):
    _touch_post(instance)


def post_goes(sender, instance, **kwargs):
    _touch_post(instance, losing=True)


APPEARS = {Event.What.PUT_BACK, Event.What.APPROVED, Event.What.KEPT}
GOES = {Event.What.TAKEN_DOWN, Event.What.HIDDEN, Event.What.MOVED, Event.What.MERGED, Event.What.SPLIT}


def said_otherwise(sender, event, **kwargs):
    """What a verb changes by UPDATE goes past `save()`; a new answer does not."""
    if event.what == Event.What.POST:
        return
    losing = event.what in GOES
    if event.post is not None and (event.what == Event.What.EDITED or event.post.number > 1):
        _touch_post(event.post, losing)
    elif event.thread is not None and event.what in APPEARS | GOES:
        touch_threads([event.thread.pk], losing)


def _touch_post(post, losing=False):
    if post.number == 1:
        touch(THREAD, [post.thread_id], losing)
    else:
        touch(POST, [post.pk], losing)


_hear(Municipality, municipality_changed, post_save)
_hear(Municipality, municipality_goes, pre_delete)
for _model, _rows, _name in VOCABULARIES.values():
    _hear(_model, word_changed, post_save, pre_delete)
_hear(words.Tag, tag_changed, post_save, pre_delete)
_hear(Space, space_changes, pre_save)
_hear(Thread, thread_written, post_save)
_hear(Thread, thread_goes, post_delete)
_hear(Post, post_written, post_save)
_hear(Post, post_goes, post_delete)
happened.connect(said_otherwise, dispatch_uid="network.finding.said_otherwise")
