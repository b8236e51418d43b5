from django.db.models import Count, F
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from content.listing import open_to_all
from methods.models import MethodUse
from network.models import Municipality
from network.practice import register_uses
from taxonomy.facets import Facet, KindFacet, TagFacet, vocabulary_facets


@register_uses
def shown_uses():
    """The uses a stranger may read of: told on an open page, of an open method. Said once."""
    return told_uses().filter(method__in=_open_pages())


def told_uses():
    """The uses told on an open page, also those of a method that is not out yet: its editor sees them in a preview.

    A row without its municipality is half a row of a draft, and tells nothing.
    """
    return MethodUse.objects.filter(page__in=_open_pages(), municipality__isnull=False)


def _open_pages():
    return open_to_all(Page.objects.all()).values("pk")


class UsedInFacet(Facet):
    """Narrow methods and tools by the municipality that used them."""

    is_select = True

    def narrow(self, pages, values):
        return pages.filter(pk__in=shown_uses().filter(municipality__slug__in=values).values("method_id"))

    def labels(self, values):
        return dict(Municipality.objects.filter(slug__in=values).values_list("slug", "full_name"))

    def counted(self, pages):
        used = Municipality.objects.filter(method_uses__in=shown_uses().filter(method__in=pages.values("pk")))
        return self.row(used, F("slug"), F("full_name"), F("sort_key"), Count("method_uses__method", distinct=True))


def facets_for(types):
    kinds = [KindFacet("type", _("Type"), types)] if len(types) > 1 else []
    return [
        *kinds,
        *vocabulary_facets(),
        UsedInFacet("kommune", _("Brugt i kommune")),
        TagFacet("emneord", _("Emneord")),
    ]
