from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import MenuItem
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, PageChooserPanel
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.widgets import AdminAutoHeightTextInput
from wagtail.snippets.views.snippets import CreateView, SnippetViewSet, SnippetViewSetGroup

from content.listing import page_types
from search.insight import normal
from search.insight_views import MAY_SEE
from search.models import Promotion, Synonym


class PrefilledCreateView(CreateView):
    """An empty form, but for a word that the address brings along from the insight."""

    filled = ""

    def get_initial(self):
        word = normal(self.request.GET.get("ord", ""))
        return {**super().get_initial(), **({self.filled: f"{word}\n"} if word else {})}


class SynonymCreateView(PrefilledCreateView):
    filled = "words"


class PromotionCreateView(PrefilledCreateView):
    filled = "queries"


class SynonymViewSet(SnippetViewSet):
    model = Synonym
    icon = "link"
    menu_label = _("Synonymer")
    add_view_class = SynonymCreateView
    list_display = ["__str__", "way_in_words"]
    list_filter = ["way"]
    list_per_page = 50
    search_fields = ["words", "also"]
    copy_view_enabled = False
    panels = [
        FieldPanel("way"),
        FieldPanel("words", widget=AdminAutoHeightTextInput(attrs={"rows": 4})),
        FieldPanel("also", widget=AdminAutoHeightTextInput(attrs={"rows": 2})),
    ]


class PromotionViewSet(SnippetViewSet):
    model = Promotion
    icon = "pick"
    menu_label = _("Fremhævede sider")
    add_view_class = PromotionCreateView
    list_display = ["__str__", Column("page", label=_("Side")), DateColumn("since"), DateColumn("until")]
    list_per_page = 50
    search_fields = ["queries", "reason"]
    copy_view_enabled = False

    panels = [
        FieldPanel("queries", widget=AdminAutoHeightTextInput(attrs={"rows": 3})),
        PageChooserPanel("page", page_type=page_types()),
        FieldPanel("reason"),
        MultiFieldPanel([FieldRowPanel([FieldPanel("since"), FieldPanel("until")])], heading=_("Hvornår?")),
        FieldPanel("sort_order"),
    ]

    def get_queryset(self, request):
        return Promotion.objects.select_related("page")


class InsightMenuItem(MenuItem):
    def is_shown(self, request):
        return request.user.has_perm(MAY_SEE)


class SearchGroup(SnippetViewSetGroup):
    menu_label = _("Søgning")
    menu_name = "searching"
    menu_icon = "search"
    menu_order = 350
    items = (SynonymViewSet, PromotionViewSet)

    def get_submenu_items(self):
        insight = InsightMenuItem(_("Søgeindsigt"), reverse("search_insight"), icon_name="search", order=0)
        return [insight, *super().get_submenu_items()]
