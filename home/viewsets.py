from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import DateColumn

from home.models import NewsPage
from network.classified import (
    ClassifiedFilterSet,
    ClassifiedListView,
    ClassifiedListViewSet,
    PlaceFilter,
    places_named,
)


def news_of(places):
    return NewsPage.objects.filter(municipality__in=places).values("pk")


class NewsFilterSet(ClassifiedFilterSet):
    kommune = PlaceFilter(queryset=places_named(news__isnull=False), found_by=news_of)


class NewsListView(ClassifiedListView):
    default_ordering = "-published_on"
    words_columns = (
        DateColumn("published_on", label=_("Dato"), sort_key="published_on"),
        *ClassifiedListView.theme_columns,
    )


class NewsListViewSet(ClassifiedListViewSet):
    model = NewsPage
    name = "nyheder"
    icon = "news"
    menu_name = "news"
    menu_order = 50
    index_view_class = NewsListView
    filterset_class = NewsFilterSet
