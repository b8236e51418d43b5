"""Lists over several page types at once, with the part of the face that a list shows.

The rows are plain Wagtail pages with `summary`, `sort_key` and `find_text` beside them: one query for all kinds.
"""

from django.db.models import CharField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone
from wagtail.models import Page, PageViewRestriction, get_page_models

from content.models import BasePage
from danish import danish_to_ascii

FACE_FIELDS = ("summary", "sort_key", "find_text", "status")


def page_types():
    """Return every page type of the house that can be found, in the order the apps are installed."""
    return [model for model in get_page_models() if issubclass(model, BasePage) and model.findable]


def open_to_all(pages: QuerySet, now=None) -> QuerySet:
    """Narrow to what a stranger may read: live, not expired, under no view restriction. Said once, asked by all.

    `now`: the moment to ask for, where the SQL is written before the question (content.prepared).
    """
    asked = ExpressionWrapper(OuterRef("path"), output_field=CharField())
    closed = PageViewRestriction.objects.annotate(asked=asked).filter(asked__startswith=F("page__path"))
    expired = Q(expire_at__isnull=False, expire_at__lte=now or timezone.now())
    return pages.filter(~Exists(closed), live=True).exclude(expired)


def listed(*types) -> QuerySet:
    """Return pages of `types` (page classes) that a stranger may read, with the fields of the face annotated."""
    names = [model._meta.model_name for model in types]
    face = {
        field: Coalesce(*(F(f"{name}__{field}") for name in names)) if len(names) > 1 else F(f"{names[0]}__{field}")
        for field in FACE_FIELDS
    }
    return open_to_all(Page.objects.type(*types)).annotate(**face)


def narrow(pages: QuerySet, text: str) -> QuerySet:
    """Keep the pages of `listed` in whose title, summary or tags every word of `text` stands, folded as Danish."""
    for word in danish_to_ascii(text).split()[:8]:
        tagged = Q(pk__in=_tagged(word))
        pages = pages.filter(Q(find_text__contains=word) | tagged)
    return pages


def _tagged(word):
    rows = Page._meta.get_field("tagged_items").related_model.objects
    return rows.filter(tag__slug__contains=word).values("content_object_id")
