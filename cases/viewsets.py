from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column, NumberColumn

from cases.models import CaseStoryPage, ProjectPage
from methods.models import MethodUse
from network.classified import (
    ClassifiedFilterSet,
    ClassifiedListView,
    ClassifiedListViewSet,
    PlaceFilter,
    places_named,
)


def stories_of(places):
    return CaseStoryPage.objects.filter(municipality__in=places).values("pk")


def projects_of(places):
    return ProjectPage.objects.filter(municipality__in=places).values("pk")


class StoryFilterSet(ClassifiedFilterSet):
    kommune = PlaceFilter(queryset=places_named(stories__isnull=False), found_by=stories_of)


class ProjectFilterSet(ClassifiedFilterSet):
    kommune = PlaceFilter(queryset=places_named(projects__isnull=False), found_by=projects_of)


def methods_told():
    """How many methods and tools the page in the outer row tells of."""
    told = MethodUse.objects.filter(page=OuterRef("pk")).order_by().values("page")
    return Coalesce(Subquery(told.annotate(n=Count("method", distinct=True)).values("n")), 0)


class CaseListView(ClassifiedListView):
    """With the municipality instead of phases."""

    words_columns = (
        Column("municipality", label=_("Kommune"), sort_key="municipality__sort_key"),
        *ClassifiedListView.theme_columns,
    )
    number_columns = (NumberColumn("told", label=_("Metoder"), sort_key="told"),)

    def annotate_queryset(self, pages):
        return super().annotate_queryset(pages).select_related("municipality").annotate(told=methods_told())


class StoryListViewSet(ClassifiedListViewSet):
    model = CaseStoryPage
    name = "casefortaellinger"
    icon = "story"
    menu_name = "stories"
    menu_order = 30
    index_view_class = CaseListView
    filterset_class = StoryFilterSet


class ProjectListViewSet(ClassifiedListViewSet):
    model = ProjectPage
    name = "projekter"
    icon = "project"
    menu_name = "projects"
    menu_order = 40
    index_view_class = CaseListView
    filterset_class = ProjectFilterSet
