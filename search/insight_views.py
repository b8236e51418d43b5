"""What is heard of a search that was shown, and what editors see of all searches."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import resolve, reverse
from django.utils.decorators import method_decorator
from django.utils.http import urlencode
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe
from django.views.generic import TemplateView
from wagtail.admin.auth import permission_required
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.admin.views.pages.create import CreateView
from wagtail.coreutils import find_available_slug
from wagtail.models import Page
from wagtail.permissions import policy_registry

from content.adding import ways_to_add
from content.listing import page_types
from danish import danish_to_ascii
from search import insight, insight_figures
from search.models import Promotion, Synonym

MAY_SEE = "search.view_searchweek"
STANDARD_PERIOD = 4


@require_safe
def heard(request):
    """What the script of the page tells: the answer is the same whatever it says."""
    if request.method == "GET":
        insight.note_event(request.GET.get("bevis", ""), request.GET.get("h", ""))
    response = HttpResponse(status=204)
    response.headers["Cache-Control"] = "no-store"
    return response


@method_decorator(permission_required(MAY_SEE), name="dispatch")
class InsightView(WagtailAdminTemplateMixin, TemplateView):
    """Searches by week, kind and word, with a way on from what found nothing."""

    template_name = "search/admin/insight.html"
    page_title = gettext_lazy("Søgeindsigt")
    header_icon = "search"

    def get_breadcrumbs_items(self):
        return [*super().get_breadcrumbs_items(), {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs):
        period = _period(self.request.GET.get("uger", ""))
        shown = insight_figures.weeks()
        rows = insight_figures.words(period)
        return super().get_context_data(
            weeks=shown[::-1],
            columns=insight_figures.columns(shown),
            viewbox=f"0 0 {insight_figures.WIDTH} {insight_figures.HEIGHT}",
            total=insight_figures.summed(shown[-period:]),
            kinds=insight_figures.kinds(period),
            tables=insight_figures.tables(rows),
            period=period,
            periods=insight_figures.PERIODS,
            least=insight_figures.LEAST,
            may=_ways_on(self.request.user),
            **kwargs,
        )


def _period(asked):
    return int(asked) if asked in map(str, insight_figures.PERIODS) else STANDARD_PERIOD


def _ways_on(user):
    """The empty forms that this user may open from a word, for the template to add the word to."""
    ways = {}
    for key, model in (("synonym", Synonym), ("promotion", Promotion)):
        if user.has_perm(f"search.add_{model._meta.model_name}"):
            ways[key] = reverse(model.snippet_viewset.get_url_name("add"))
    if policy_registry.get_by_type(Page).user_has_permission(user, "add"):
        ways["draft"] = reverse("search_draft")
    return ways


@method_decorator(permission_required(MAY_SEE), name="dispatch")
class DraftChoiceView(WagtailAdminTemplateMixin, TemplateView):
    """Which kind of page shall answer what was searched for? Of the kinds that one may write."""

    template_name = "search/admin/draft.html"
    page_title = gettext_lazy("Lav kladde")
    header_icon = "doc-empty"

    def get(self, request, *args, **kwargs):
        self.ways = ways_to_add(request.user, *_answers())
        if not self.ways:
            raise Http404(_("Du må ikke skrive nye sider."))
        if len(self.ways) == 1:
            return redirect(self._address(*self.ways.values()))
        return super().get(request, *args, **kwargs)

    def get_breadcrumbs_items(self):
        above = {"url": reverse("search_insight"), "label": InsightView.page_title}
        return [*super().get_breadcrumbs_items(), above, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs):
        ways = [(model.kind_label, self._address(address)) for model, address in self.ways.items()]
        return super().get_context_data(ways=ways, title=_title(self.request), **kwargs)

    def _address(self, empty_form):
        place = resolve(empty_form)
        return f"{reverse('search_draft_form', args=[*place.args, *place.kwargs.values()])}?" + urlencode(
            {"titel": _title(self.request)}
        )


def _answers():
    """The kinds of page there may be several of; of a front page or a list there is one."""
    return [model for model in page_types() if model.max_count is None]


@method_decorator(permission_required(MAY_SEE), name="dispatch")
class DraftView(CreateView):
    """Wagtail's own empty form of a new page, with the words of a search for a title. It is sent to Wagtail's view."""

    http_method_names = ["get", "head", "options"]

    def get(self, request):
        self.page.title = _title(request)
        # In a browser the slug follows a title that is typed; this one was not.
        if slug := slugify(danish_to_ascii(self.page.title)):
            self.page.slug = find_available_slug(self.parent_page, slug)
        return super().get(request)


def _title(request):
    text = insight.normal(request.GET.get("titel", ""))
    return text[:1].upper() + text[1:]
