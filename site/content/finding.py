"""What of pages and files can be found (content.findable), and what an entry of each is made of.

The text of a page is what the `search_fields` of its type name, in their order, and what rooms above tell of it
(`register_text`). Pages whose entries tell of each other are neighbours (`register_neighbours`): whoever touches one
of them touches the others.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from django.contrib.contenttypes.models import ContentType
from django.db.models import (
    BigIntegerField,
    CharField,
    Exists,
    ExpressionWrapper,
    F,
    ManyToOneRel,
    OuterRef,
    QuerySet,
    Subquery,
)
from django.db.models.functions import Cast
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.blocks import ChoiceBlock, ListBlock, StreamBlock, StructBlock
from wagtail.blocks.field_block import ChooserBlock
from wagtail.fields import StreamField
from wagtail.models import CollectionViewRestriction, Page, ReferenceIndex
from wagtail.search.index import RelatedFields, SearchField

from content.cards import Card, add_details, card_of, cards_for
from content.file_text import text_of
from content.findable import PUBLIC, Entry, Findable, Kind, register, terms_of, touch
from content.listing import listed, open_to_all, page_types
from content.models import File
from content.prepared import prepared

PAGE, FILE = "page", "file"
BATCH = 500
_SHOWN_ALREADY = {"title", "summary"}
_ADDRESSES = ("https://", "http://", "/", "mailto:", "tel:")

_texts = []
_neighbours = []


def register_text(function):
    """Register `function(pks) -> {pk: [text, …]}`: what a reader of a page sees of a room above, in fixed queries."""
    _texts.append(function)
    return function


def register_neighbours(function):
    """Register `function(pks) -> pks`: the pages whose entries tell of the pages `pks`, or are told by them."""
    _neighbours.append(function)
    return function


def touch_pages(pks: Iterable[int], losing: bool = False) -> None:
    """Touch the entries of pages and of their neighbours; as `content.findable.touch`."""
    for part in _parts(pks):
        touch(PAGE, set(part).union(*(neighbours(part) for neighbours in _neighbours)), losing)


def touch_files_of(pks: Iterable[int], losing: bool = False) -> None:
    """Touch the files that the pages refer to, as they stand in the database."""
    for part in _parts(pks):
        touch(FILE, files_of(part), losing)


def files_of(pks: Iterable[int]) -> set[int]:
    """Return the ids of the files that the pages refer to."""
    rows = _told_by_pages().filter(object_id__in=[str(pk) for pk in pks])
    return {int(pk) for pk in rows.values_list("to_object_id", flat=True)}


def _parts(pks):
    pks = sorted(set(pks))
    return (pks[start : start + BATCH] for start in range(0, len(pks), BATCH))


def _told_by_pages():
    """The rows of Wagtail's index of references that lead from a page to a file, as both stand in the database."""
    types = ContentType.objects.get_for_models(Page, File)
    return ReferenceIndex.objects.filter(base_content_type=types[Page], to_content_type=types[File])


# --- pages ------------------------------------------------------------------------------------------


class Pages(Findable):
    """Every page type with `findable`; only what is open to all has an entry."""

    name = PAGE

    def kinds(self):
        return [Kind(kind.kind, kind.kind_label, kind.kind_plural, kind.kind_icon) for kind in page_types()]

    def after(self, pk, limit):
        pages = Page.objects.type(*page_types()).filter(pk__gt=pk).order_by("pk")
        return list(pages.values_list("pk", flat=True)[:limit])

    def entries(self, pks):
        pages = list(open_to_all(Page.objects.type(*page_types()).filter(pk__in=pks)).specific())
        found = [page.pk for page in pages]
        texts, under = _texts_of(pages), terms_of(self.name, found)
        cards = [card_of(page, url) for page in pages if (url := page.get_url())]
        add_details(cards)
        by_pk = {page.pk: page for page in pages}
        return [_page_entry(by_pk[card.pk], card, texts[card.pk], under[card.pk]) for card in cards]

    def cards(self, user, pks, request=None):
        return {card.pk: card for card in cards_for(listed(*page_types()).filter(pk__in=pks), request)}

    def let_through(self, user, kept, request=None):
        """All that stands on the card of a page is open, and whoever changes it touches the page."""
        return {pk: kept[pk] for (pk,) in open_among(kept, timezone.now())}

    def readable(self, user):
        return _readable().values("pk")


def _readable(now=None):
    return open_to_all(Page.objects.type(*page_types()), now)


@prepared(int, datetime)
def open_among(pks, now):
    """Those of the pages `pks` that a stranger may read."""
    return _readable(now).filter(pk__in=pks).order_by().values_list("pk")


def _page_entry(page, card, text, under):
    return Entry(
        pk=page.pk,
        kind=page.kind,
        title=page.title,
        url=card.url,
        audience=PUBLIC,
        summary=page.summary,
        text=text,
        under=under,
        also=tuple(name for name in page.also_called if name and name != page.title),
        published=page.dated_at,
        expires=page.expire_at,
        card=card,
    )


def _texts_of(pages) -> dict[int, str]:
    """Return the plain text of each page: a query for each relation of a type, whatever the number of pages."""
    pieces = {page.pk: [] for page in pages}
    by_type = defaultdict(list)
    for page in pages:
        by_type[type(page)].append(page)
    for model, of_type in by_type.items():
        for part in model.get_search_fields():
            _add_part(pieces, of_type, part)
    for tell in _texts:
        for pk, texts in tell(list(pieces)).items():
            pieces[pk] += texts
    return {pk: "\n".join(text for text in texts if text) for pk, texts in pieces.items()}


def _add_part(pieces, pages, part):
    if isinstance(part, RelatedFields):
        for row, pk in _rows_below(pages, part.field_name):
            pieces[pk] += [text for inner in part.fields for text in field_texts(row, inner)]
    elif part.field_name not in _SHOWN_ALREADY:
        for page in pages:
            pieces[page.pk] += field_texts(page, part)


def _rows_below(pages, name):
    """Yield (row, id of its page) of a child relation of the pages, in the editors' order."""
    relation = pages[0]._meta.get_field(name)
    if isinstance(relation, ManyToOneRel):
        rows = relation.related_model.objects.filter(**{f"{relation.field.name}__in": pages})
        yield from ((row, getattr(row, relation.field.attname)) for row in rows)


def field_texts(thing, part) -> list[str]:
    """Return the plain texts of one SearchField of `thing`; nothing of the other kinds of search fields."""
    if not isinstance(part, SearchField):
        return []
    field = part.get_field(type(thing))
    value = field.value_from_object(thing)
    if isinstance(field, StreamField):
        return list(stream_texts(value))
    if hasattr(field, "get_searchable_content"):
        value = field.get_searchable_content(value)
    return [str(text) for text in (value if isinstance(value, list) else [value]) if text]


def stream_texts(stream) -> Iterator[str]:
    """Yield the words of a stream, read from its raw data: its values would ask for every file and page chosen."""
    for child in stream.raw_data:
        if block := stream.stream_block.child_blocks.get(child["type"]):
            yield from _block_texts(block, child["value"])


def _block_texts(block, raw):
    if raw is None or isinstance(block, (ChooserBlock, ChoiceBlock)):
        return
    if isinstance(block, StructBlock):
        for name, inner in block.child_blocks.items():
            yield from _block_texts(inner, raw.get(name))
    elif isinstance(block, ListBlock):
        for item in raw:
            is_item = isinstance(item, dict) and item.get("type") == "item" and "value" in item
            yield from _block_texts(block.child_block, item["value"] if is_item else item)
    elif isinstance(block, StreamBlock):
        for child in raw:
            if inner := block.child_blocks.get(child["type"]):
                yield from _block_texts(inner, child["value"])
    else:
        texts = (str(text) for text in block.get_searchable_content(block.to_python(raw)))
        yield from (text for text in texts if text and not text.startswith(_ADDRESSES))


# --- files ------------------------------------------------------------------------------------------


class Files(Findable):
    """Files that an open page refers to, outside closed collections: who may read the page may take the file."""

    name = FILE
    kind = Kind("fil", gettext_lazy("Fil"), gettext_lazy("Filer"), "i-file")

    def kinds(self):
        return [self.kind]

    def after(self, pk, limit):
        return list(File.objects.filter(pk__gt=pk).order_by("pk").values_list("pk", flat=True)[:limit])

    def entries(self, pks):
        places = _open_places(pks)
        files = File.objects.filter(pk__in=places).select_related("read")
        under = terms_of(self.name, list(places))
        return [
            Entry(
                pk=file.pk,
                kind=self.kind.name,
                title=file.title,
                url=file.url,
                audience=PUBLIC,
                summary=_summary(file),
                text=text_of(file),
                under=under[file.pk],
                also=tuple(name for name in (file.version,) if name),
                published=file.created_at,
                card=self._card(file, places[file.pk]),
            )
            for file in files
        ]

    def cards(self, user, pks, request=None):
        places = _open_places(pks)
        return {file.pk: self._card(file, places[file.pk]) for file in File.objects.filter(pk__in=places)}

    def let_through(self, user, kept, request=None):
        """The page it belongs to may have closed since, and another open page refer to it: that line is made anew."""
        return {
            pk: replace(kept[pk], kicker=[*kept[pk].kicker[:-1], _belongs_to(place)])
            for pk, place in _open_places(kept).items()
        }

    def readable(self, user):
        # The index of references keeps ids as text, which PostgreSQL does not compare with a number.
        pages = open_to_all(Page.objects.annotate(as_text=Cast("pk", CharField()))).values("as_text")
        told = _told_by_pages().filter(object_id__in=pages).values(as_number=Cast("to_object_id", BigIntegerField()))
        return _in_open_collections(File.objects.filter(pk__in=told)).values("pk")

    def _card(self, file, place):
        size = filesizeformat(file.file_size) if file.file_size is not None else ""
        return Card(
            pk=file.pk,
            title=file.title,
            url=file.url,
            summary=_summary(file),
            kind=self.kind.name,
            kind_label=self.kind.label,
            icon=self.kind.icon,
            kicker=[
                ", ".join(part for part in (file.file_extension.upper(), size) if part),
                _belongs_to(place),
            ],
        )


def _belongs_to(place):
    return _("Hører til »%(title)s«") % {"title": place}


def _summary(file):
    return " · ".join(line.strip() for line in file.preview_lines)


def _open_places(pks) -> dict[int, str]:
    """Return {file id: title of the first page open to all that refers to it} of files outside closed collections."""
    told = places_of_files(map(str, pks), timezone.now())
    first = sorted(((int(file), int(page), title) for file, page, title in told if title is not None), reverse=True)
    return {file: title for file, _page, title in first}


@prepared(str, datetime)
def places_of_files(files, now):
    """The pages that refer to those of `files` outside closed collections, each with its title if it is open to all.
    Ids are kept as text there.
    """
    page, file = (Cast(OuterRef(name), BigIntegerField()) for name in ("object_id", "to_object_id"))
    title = Subquery(open_to_all(Page.objects.filter(pk=page), now).values("title")[:1])
    is_open = Exists(_in_open_collections(File.objects.filter(pk=file)))
    rows = _told_by_pages().filter(is_open, to_object_id__in=files).annotate(title=title)
    return rows.values_list("to_object_id", "object_id", "title")


def _in_open_collections(files: QuerySet) -> QuerySet:
    asked = ExpressionWrapper(OuterRef("collection__path"), output_field=CharField())
    closed = CollectionViewRestriction.objects.annotate(asked=asked).filter(asked__startswith=F("collection__path"))
    return files.filter(~Exists(closed))


register(Pages())
register(Files())
