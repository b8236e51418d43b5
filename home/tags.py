"""The free words: all of them under their letters, and everything that stands under one."""

from itertools import groupby

from django.db.models import Count
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from wagtail.models import Page

from content.cards import cards_for
from content.listing import listed, narrow, open_to_all, page_types
from danish import danish_letter
from network.follow import TAG, offer
from taxonomy.facets import KindFacet, Sort, narrowed
from taxonomy.models import Tag

SORTS = [Sort("titel", _("Titel, A–Å"), ("sort_key",)), Sort("nyeste", _("Nyeste først"), ("-first_published_at",))]


@require_safe
def tag(request, slug):
    """Everything that stands under one free word."""
    shown = get_object_or_404(_open_tags(), slug=slug)
    types = page_types()
    pages = listed(*types).filter(pk__in=shown.tagged_pages.values("content_object_id"))
    listing = narrowed(pages, [KindFacet("type", _("Type"), types)], SORTS, request.GET, narrow)
    context = {"tag": shown, "listing": listing, "cards": cards_for(listing.page, request)}
    return render(request, "home/tag.html", {**context, **offer(request, "emneord", TAG, shown.pk)})


@require_safe
def tags(request):
    """The free words under their letters, with the number of pages under each."""
    rows = _open_tags().order_by("sort_key")
    letters = [(letter, list(group)) for letter, group in groupby(rows, key=lambda row: danish_letter(row.sort_key))]
    return render(request, "home/tags.html", {"letters": letters})


def _open_tags():
    pages = open_to_all(Page.objects.all()).values("pk")
    return Tag.objects.filter(tagged_pages__content_object__in=pages).annotate(number=Count("tagged_pages"))
