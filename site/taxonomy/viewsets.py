from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from taxonomy.models import Challenge, Phase, Tag, TargetGroup, Theme


class TermViewSet(SnippetViewSet):
    list_display = ["title", "slug", "sort_order"]
    ordering = ["sort_order"]
    list_per_page = 50


class ThemeViewSet(TermViewSet):
    model = Theme
    icon = "tag"
    list_display = ["title", "slug", "ground", "sort_order"]


class PhaseViewSet(TermViewSet):
    model = Phase
    icon = "time"


class TargetGroupViewSet(TermViewSet):
    model = TargetGroup
    icon = "group"


class ChallengeViewSet(TermViewSet):
    model = Challenge
    icon = "warning"


class TagViewSet(SnippetViewSet):
    model = Tag
    icon = "tag"
    panels = [FieldPanel("name")]
    list_display = ["name", "slug"]
    ordering = ["sort_key"]
    search_fields = ["name"]


class VocabularyGroup(SnippetViewSetGroup):
    menu_label = _("Temaer og ord")
    menu_name = "vocabulary"
    menu_icon = "tag"
    menu_order = 300
    items = (ThemeViewSet, PhaseViewSet, TargetGroupViewSet, ChallengeViewSet, TagViewSet)
