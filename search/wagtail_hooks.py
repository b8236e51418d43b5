from django.contrib.auth.models import Permission
from django.urls import path
from wagtail import hooks
from wagtail.snippets.models import register_snippet

from search.insight_panel import InsightPanel
from search.insight_views import MAY_SEE, DraftChoiceView, DraftView, InsightView
from search.viewsets import SearchGroup

register_snippet(SearchGroup)

AFTER_THE_DESK = 1010  # home sets the panels of its desk at 1000


@hooks.register("register_admin_urls")
def insight_urls():
    form = "<slug:content_type_app_name>/<slug:content_type_model_name>/<int:parent_page_id>/"
    return [
        path("soegeindsigt/", InsightView.as_view(), name="search_insight"),
        path("soegeindsigt/kladde/", DraftChoiceView.as_view(), name="search_draft"),
        path(f"soegeindsigt/kladde/{form}", DraftView.as_view(), name="search_draft_form"),
    ]


@hooks.register("register_permissions")
def permissions():
    app, codename = MAY_SEE.split(".")
    return Permission.objects.filter(content_type__app_label=app, codename=codename)


@hooks.register("construct_homepage_panels", order=AFTER_THE_DESK)
def desk(request, panels):
    if request.user.has_perm(MAY_SEE):
        panels.append(InsightPanel())
