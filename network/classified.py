"""Lists of pages for editors that know the vocabulary too: where content and taxonomy meet in the admin."""

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django_filters import ModelMultipleChoiceFilter

from content.viewsets import PageFilterSet, PageListView, PageListViewSet, WordsColumn
from network.models import Municipality
from taxonomy.models import PagePhase, PageTheme, Phase, Theme
from taxonomy.standing import standings


class TermFilter(ModelMultipleChoiceFilter):
    """Pages that stand under one of the chosen words; `rows` is the model that ties them."""

    def __init__(self, *args, rows, **kwargs):
        self.rows = rows
        super().__init__(*args, widget=forms.CheckboxSelectMultiple, **kwargs)

    def filter(self, pages, terms):
        return pages.filter(pk__in=self.rows.objects.filter(term__in=terms).values("page")) if terms else pages


class PlaceFilter(ModelMultipleChoiceFilter):
    """Pages of the chosen municipalities. `found_by` is called with them and returns the ids of pages."""

    def __init__(self, *args, found_by, **kwargs):
        self.found_by = found_by
        super().__init__(*args, label=_("Kommune"), widget=forms.CheckboxSelectMultiple, **kwargs)

    def filter(self, pages, places):
        return pages.filter(pk__in=self.found_by(places)) if places else pages


def themes(request):
    return Theme.objects.all()


def phases(request):
    return Phase.objects.all()


def places_named(**lookup):
    """Return a function of a request for a filter: the municipalities that `lookup` finds, each once."""

    def queryset(request):
        found = Municipality.objects.filter(**lookup).order_by().values("pk")
        return Municipality.objects.filter(pk__in=found).order_by("sort_key")

    return queryset


class ClassifiedFilterSet(PageFilterSet):
    tema = TermFilter(label=_("Tema"), queryset=themes, rows=PageTheme)
    fase = TermFilter(label=_("Fase"), queryset=phases, rows=PagePhase)


def _titles(name):
    return lambda page: [word.title for word in getattr(page.standing, name)]


class ClassifiedListView(PageListView):
    """A list whose rows carry `standing`: the words they stand under, asked for all rows at once."""

    base_filterset_class = ClassifiedFilterSet
    theme_columns = (WordsColumn("temaer", label=_("Tema"), accessor=_titles("themes")),)
    phase_columns = (WordsColumn("faser", label=_("Fase"), accessor=_titles("phases")),)

    @cached_property
    def words_columns(self):
        return (*self.theme_columns, *self.phase_columns)

    def paginate_queryset(self, queryset, page_size):
        paginator, page, pages, is_paginated = super().paginate_queryset(queryset, page_size)
        found = standings([row.pk for row in pages], "themes", "phases") if pages else {}
        for row in pages:
            row.standing = found[row.pk]
        return paginator, page, pages, is_paginated


class ClassifiedListViewSet(PageListViewSet):
    index_view_class = ClassifiedListView
    filterset_class = ClassifiedFilterSet
