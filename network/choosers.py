"""How an editor finds a municipality: by a part of its name or region, folded as Danish."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.choosers import BaseFilterForm, SearchFilterMixin
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic.chooser import ChooseResultsView, ChooseView
from wagtail.admin.viewsets.chooser import ChooserViewSet

from network.models import Municipality


class MunicipalityFilterForm(SearchFilterMixin, BaseFilterForm):
    def filter(self, objects):
        self.search_query = self.cleaned_data["q"]
        self.is_searching = bool(self.search_query)
        return objects.naming(self.search_query)


class _Places:
    """The part that the window and its list of results share."""

    filter_form_class = MunicipalityFilterForm
    ordering = "sort_key"
    per_page = 20

    @property
    def columns(self):
        return [*super().columns, Column("region", label=_("Region"))]


class ChooseMunicipalityView(_Places, ChooseView):
    pass


class ChooseMunicipalityResultsView(_Places, ChooseResultsView):
    pass


class MunicipalityChooserViewSet(ChooserViewSet):
    """Registered once, it is the field of every relation to a municipality in the admin's forms."""

    model = Municipality
    icon = "place"
    choose_one_text = _("Vælg kommune")
    choose_another_text = _("Vælg en anden kommune")
    edit_item_text = _("Ret kommunens tal")
    choose_view_class = ChooseMunicipalityView
    choose_results_view_class = ChooseMunicipalityResultsView
