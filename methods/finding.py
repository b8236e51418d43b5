"""What the uses of methods add to finding: their words on both pages, and where a method was used."""

from collections import defaultdict

from django.db.models import Q
from django.db.models.signals import post_delete, post_save, pre_save

from content.findable import register_terms
from content.finding import PAGE, register_neighbours, register_text, touch_pages
from methods.facets import shown_uses
from methods.models import MethodUse
from network.finding import place_term
from network.models import Municipality

WORDS = ("how_used", "what_changed", "how_it_went")


@register_text
def words_of_uses(pks):
    """What was done, on the method's page and on the page that tells of it; there the method's name too."""
    found = defaultdict(list)
    rows = shown_uses().filter(Q(page__in=pks) | Q(method__in=pks)).order_by("sort_order", "pk")
    for page, method, title, *told in rows.values_list("page_id", "method_id", "method__title", *WORDS):
        for pk in {page, method}:
            found[pk] += told if pk == method else [title, *told]
    return {pk: found[pk] for pk in pks if pk in found}


@register_terms(PAGE)
def used_in(pks):
    """A method stands under the municipalities that used it."""
    found = defaultdict(lambda: {"kommune": []})
    uses = shown_uses().filter(method__in=pks).select_related("municipality").order_by("municipality__sort_key")
    for use in uses:
        found[use.method_id]["kommune"].append(place_term(use.municipality))
    return found


@register_neighbours
def told_and_telling(pks):
    uses = MethodUse.objects.filter(Q(page__in=pks) | Q(method__in=pks)).values_list("page_id", "method_id")
    return {pk for pair in uses for pk in pair if pk}


def use_changes(sender, instance, **kwargs):
    """The method it was a use of until now."""
    if instance.pk:
        touch_pages(filter(None, MethodUse.objects.filter(pk=instance.pk).values_list("method_id", flat=True)))


def use_changed(sender, instance, **kwargs):
    touch_pages(filter(None, (instance.method_id, instance.page_id)))


def place_changed(sender, instance, **kwargs):
    touch_pages(
        MethodUse.objects.filter(municipality=instance.pk, method__isnull=False).values_list("method", flat=True)
    )


pre_save.connect(use_changes, sender=MethodUse, dispatch_uid="methods.finding.use_changes")
for signal in (post_save, post_delete):
    signal.connect(use_changed, sender=MethodUse, dispatch_uid="methods.finding.use_changed")
post_save.connect(place_changed, sender=Municipality, dispatch_uid="methods.finding.place_changed")
