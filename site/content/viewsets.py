"""Lists of pages as editors meet them: by kind, with who looks after each, when, and how far it is.

A room above adds its columns and filters: `class MethodListViewSet(PageListViewSet)` with `view` and `filters`.
"""

from django import forms
from django.contrib.auth import get_user_model
from django.db.models import BigIntegerField, F, Prefetch, Q
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django_filters import ChoiceFilter
from wagtail.admin.auth import user_has_any_page_permission
from wagtail.admin.filters import MultipleUserFilter, WagtailFilterSet
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.ui.tables.pages import BulkActionsColumn, PageTitleColumn
from wagtail.admin.views.pages.listing import IndexView
from wagtail.admin.viewsets.pages import PageListingViewSet
from wagtail.admin.widgets.button import Button, ButtonWithDropdown, HeaderButton
from wagtail.models import Page, WorkflowState, get_default_page_content_type

from content.adding import ways_to_add
from content.care import SOON, due_soon, may_open, overdue, review_words, types_with_care
from content.listing import narrow
from content.models import BasePage

# --- columns ------------------------------------------------------------------------------------------


class TitleColumn(PageTitleColumn):
    """The title, leading to its form, and what can be done with the page.

    Wagtail's own asks twice for each row whether it may be deleted and moved; both are found on the page itself.
    """

    cell_template_name = "content/listing/title_cell.html"

    def get_cell_context_data(self, instance, parent_context):
        context = super().get_cell_context_data(instance, parent_context)
        context["buttons"] = [_more(instance)]
        return context


def _more(page):
    label = _("Mere om »%(title)s«") % {"title": page.get_admin_display_title()}
    return ButtonWithDropdown(buttons=list(_ways_on(page)), icon_name="dots-horizontal", attrs={"aria-label": label})


def _ways_on(page):
    if page.may_open:
        yield Button(_("Rediger"), reverse("wagtailadmin_pages:edit", args=[page.pk]), icon_name="edit", priority=10)
    if page.may_open and page.has_unpublished_changes:
        draft = reverse("wagtailadmin_pages:view_draft", args=[page.pk])
        yield Button(_("Se kladden"), draft, icon_name="draft", priority=20)
    if page.live and page.url:
        yield Button(_("Se siden"), page.url, icon_name="view", priority=30)
    if page.may_open:
        history = reverse("wagtailadmin_pages:history", args=[page.pk])
        yield Button(_("Historik"), history, icon_name="history", priority=40)


class ReviewColumn(Column):
    """The date, and in words when it has passed or is near."""

    cell_template_name = "content/listing/review_cell.html"

    def get_cell_context_data(self, instance, parent_context):
        context = super().get_cell_context_data(instance, parent_context)
        today = timezone.localdate()
        is_far = instance.review_on and instance.review_on > today + SOON
        return {**context, "page": instance, "words": "" if is_far else review_words(instance.review_on, today)}


class StatusColumn(Column):
    """Live or draft, in workflow or not, and whether it is current or archived."""

    cell_template_name = "content/listing/status_cell.html"


class WordsColumn(Column):
    """Several short words, one under the other."""

    cell_template_name = "content/listing/words_cell.html"


# --- filters ------------------------------------------------------------------------------------------

STATES = [
    ("udgivet", _("Udgivet")),
    ("kladde", _("Ikke udgivet")),
    ("aendret", _("Udgivet med en nyere kladde")),
    ("tjek", _("Under tjek")),
]
REVIEWS = [
    ("overskredet", _("Overskredet")),
    ("snart", _("Inden for 30 dage")),
    ("ingen", _("Ingen dato")),
]


def owners(request):
    """Everyone who has the responsibility for a page."""
    kept = Q()
    for model in types_with_care():
        kept |= Q(pk__in=model.objects.exclude(content_owner=None).order_by().values("content_owner"))
    return get_user_model().objects.filter(kept).order_by("name", "email")


class StateFilter(ChoiceFilter):
    def filter(self, pages, value):
        asked = {
            "udgivet": Q(live=True),
            "kladde": Q(live=False),
            "aendret": Q(live=True, has_unpublished_changes=True),
            "tjek": Q(pk__in=_in_workflow()),
        }
        return pages.filter(asked[value]) if value in asked else pages


def _in_workflow():
    """The ids of pages; a workflow knows its page by a text, which PostgreSQL does not compare with a number."""
    states = WorkflowState.objects.filter(
        status=WorkflowState.STATUS_IN_PROGRESS, base_content_type=get_default_page_content_type()
    )
    return states.values(page_id=Cast("object_id", BigIntegerField()))


class ReviewFilter(ChoiceFilter):
    def filter(self, pages, value):
        today = timezone.localdate()
        asked = {"overskredet": overdue(today), "snart": due_soon(today), "ingen": Q(review_on=None)}
        return pages.filter(asked[value]) if value in asked else pages


class PageFilterSet(WagtailFilterSet):
    """What every list of pages can be narrowed by. The names stand in the address."""

    tilstand = StateFilter(label=_("Tilstand"), choices=STATES, empty_label=_("Alle"), widget=forms.RadioSelect)
    ses_efter = ReviewFilter(label=_("Ses efter"), choices=REVIEWS, empty_label=_("Alle"), widget=forms.RadioSelect)
    ansvarlig = MultipleUserFilter(
        field_name="content_owner", label=_("Ansvarlig"), queryset=owners, widget=forms.CheckboxSelectMultiple
    )
    status = ChoiceFilter(
        label=_("Status"), choices=BasePage.Status.choices, empty_label=_("Alle"), widget=forms.RadioSelect
    )

    class Meta:
        model = Page
        fields = []


def _workflow_states():
    """What `prefetch_workflow_states` does for pages that are told of as plain ones."""
    states = WorkflowState.objects.active().select_related("current_task_state__task")
    return Prefetch("_specific_workflow_states", queryset=states, to_attr="_current_workflow_states")


# --- the list -----------------------------------------------------------------------------------------


class PageListView(IndexView):
    """One kind of page in one list. `words_columns` stand after the title, `number_columns` before the last change."""

    template_name = "content/listing/index.html"
    default_ordering = "sort_key"
    base_filterset_class = PageFilterSet
    words_columns = ()
    number_columns = ()

    @cached_property
    def columns(self):
        return [
            BulkActionsColumn("bulk_actions"),
            TitleColumn("title", label=_("Titel"), sort_key="sort_key", classname="title"),
            *self.words_columns,
            Column("content_owner", label=_("Ansvarlig"), sort_key="content_owner__name"),
            ReviewColumn("review_on", label=_("Ses efter"), sort_key="review_on"),
            StatusColumn("status", label=_("Status"), sort_key="live"),
            *self.number_columns,
            DateColumn("latest_revision_created_at", label=_("Ændret"), sort_key="latest_revision_created_at"),
        ]

    def annotate_queryset(self, pages):
        """As Wagtail's, for pages that are of their own type already: no second query for each of them."""
        return (
            pages.defer_streamfields()
            .select_related("content_owner", "content_type")
            .prefetch_related(_workflow_states())
            .annotate_site_root_state()
            .annotate_approved_schedule()
        )

    def paginate_queryset(self, queryset, page_size):
        """The rows that are shown carry `may_open`, asked for all of them at once."""
        paginator, page, pages, is_paginated = super().paginate_queryset(queryset, page_size)
        page.object_list = pages = list(pages)
        open_to_user = may_open(self.request.user, pages)
        for row in pages:
            row.may_open = row.pk in open_to_user
        return paginator, page, pages, is_paginated

    def order_queryset(self, queryset):
        """Pages without a date come last, whichever way; and two that are alike keep their place."""
        name, down = self.ordering.lstrip("-"), self.ordering.startswith("-")
        key = F(name).desc(nulls_last=True) if down else F(name).asc(nulls_last=True)
        return queryset.order_by(key, "sort_key", "pk")

    def get_ordering(self):
        return super().get_ordering() or self.default_ordering

    def search_queryset(self, queryset):
        """Every word must stand in title, summary or tags, folded as Danish; or the words in a draft's new title."""
        if not self.is_searching:
            return queryset
        found = narrow(self.model.objects.all(), self.search_query).values("pk")
        return queryset.filter(Q(pk__in=found) | Q(draft_title__icontains=self.search_query))

    def get_add_url(self):
        return ways_to_add(self.request.user, self.model).get(self.model)

    @cached_property
    def add_button(self):
        label = _("Tilføj %(kind)s") % {"kind": self.model._meta.verbose_name}
        return HeaderButton(label, url=self.add_url, icon_name="plus")


class PageMenuItem(MenuItem):
    def is_shown(self, request):
        return user_has_any_page_permission(request.user)


class PageListViewSet(PageListingViewSet):
    """A list of one page type in the menu, for those who may do something with pages."""

    index_view_class = PageListView
    filterset_class = PageFilterSet
    menu_item_class = PageMenuItem
    add_to_admin_menu = True
    columns = PageListingViewSet.UNDEFINED

    @cached_property
    def menu_label(self):
        return self.model.kind_plural
