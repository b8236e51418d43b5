from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column, NumberColumn
from wagtail.admin.views.generic import IndexView
from wagtail.admin.viewsets.model import ModelViewSet

from network.models import Municipality


class FiguresColumn(NumberColumn):
    """A number as Danes write it; nothing where it is not known."""

    def get_cell_context_data(self, instance, parent_context):
        context = super().get_cell_context_data(instance, parent_context)
        return {**context, "value": "" if context["raw_value"] is None else context["value"]}


class MunicipalityListView(IndexView):
    def search_queryset(self, queryset):
        return queryset.naming(self.search_query) if self.is_searching else queryset


class MunicipalityViewSet(ModelViewSet):
    """The 98, edited as plain rows: their names and figures are the same in every language."""

    model = Municipality
    icon = "place"
    menu_label = _("Kommuner")
    menu_name = "municipalities"
    add_to_admin_menu = True
    menu_order = 250
    index_view_class = MunicipalityListView
    list_display = [
        "name",
        Column("code", label=_("Kode"), sort_key="code"),
        Column("region", label=_("Region"), sort_key="region"),
        FiguresColumn("population_2023", label=_("Indbyggere 2023"), sort_key="population_2023"),
        Column(
            "is_peripheral",
            label=_("Yderområde"),
            sort_key="is_peripheral",
            accessor=lambda place: _("Ja") if place.is_peripheral else "",
        ),
    ]
    list_filter = ["region", "is_peripheral"]
    search_fields = ["name"]  # shows the field; what it finds is the queryset's own matter
    ordering = ["sort_key"]
    inspect_view_enabled = True
