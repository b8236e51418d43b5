from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import NumberColumn

from methods.facets import shown_uses
from methods.models import MethodPage, ToolPage
from methods.uses import number_of_users
from network.classified import (
    ClassifiedFilterSet,
    ClassifiedListView,
    ClassifiedListViewSet,
    PlaceFilter,
    places_named,
)


def used_in(places):
    return shown_uses().filter(municipality__in=places).values("method")


class MethodFilterSet(ClassifiedFilterSet):
    kommune = PlaceFilter(queryset=places_named(method_uses__isnull=False), found_by=used_in)


class MethodListView(ClassifiedListView):
    """The number of municipalities is the one that readers see."""

    number_columns = (NumberColumn("users", label=_("Brugt i kommuner"), sort_key="users"),)

    def annotate_queryset(self, pages):
        return super().annotate_queryset(pages).annotate(users=number_of_users())


class MethodListViewSet(ClassifiedListViewSet):
    model = MethodPage
    name = "metoder"
    icon = "method"
    menu_name = "methods"
    menu_order = 10
    index_view_class = MethodListView
    filterset_class = MethodFilterSet


class ToolListViewSet(MethodListViewSet):
    model = ToolPage
    name = "vaerktoejer"
    icon = "tool"
    menu_name = "tools"
    menu_order = 20
