from django.db.models import Count, F, Q
from django.utils.translation import gettext_lazy as _

from network.models import Municipality
from taxonomy.facets import Facet, KindFacet, TagFacet, vocabulary_facets


class PlaceFacet(Facet):
    """Narrow projects and stories by the municipality they are from."""

    is_select = True

    def narrow(self, pages, values):
        return pages.filter(
            Q(projectpage__municipality__slug__in=values) | Q(casestorypage__municipality__slug__in=values)
        )

    def labels(self, values):
        return dict(Municipality.objects.filter(slug__in=values).values_list("slug", "full_name"))

    def counted(self, pages):
        ids = pages.values("pk")
        places = Municipality.objects.filter(Q(projects__in=ids) | Q(stories__in=ids))
        number = Count("projects", filter=Q(projects__in=ids), distinct=True) + Count(
            "stories", filter=Q(stories__in=ids), distinct=True
        )
        return self.row(places, F("slug"), F("full_name"), F("sort_key"), number)


def facets_for(types):
    kinds = [KindFacet("type", _("Type"), types)] if len(types) > 1 else []
    return [*kinds, *vocabulary_facets(), PlaceFacet("kommune", _("Kommune")), TagFacet("emneord", _("Emneord"))]
