from django.contrib import messages
from django.utils.translation import gettext as _
from wagtail import hooks

from content.editing import register_word
from network.change import note_change
from network.choosers import MunicipalityChooserViewSet
from network.meeting_viewset import MeetingViewSet
from network.models.meetings import ARRANGES
from network.models.moderation import ADMINISTERS, MODERATES
from network.review_panel import ReviewPanel
from network.seeds_panel import SeedsPanel, seeds_for
from network.space_viewset import SpaceViewSet
from network.viewsets import MunicipalityViewSet


@hooks.register("register_admin_viewset")
def spaces():
    return SpaceViewSet("spaces")


@hooks.register("register_admin_viewset")
def municipalities():
    return [MunicipalityViewSet("municipalities"), MunicipalityChooserViewSet("municipality_chooser")]


@hooks.register("register_admin_viewset")
def meetings():
    return MeetingViewSet("meetings")


AFTER_THE_DESK = 1020  # home sets the panels of its desk at 1000


@hooks.register("construct_homepage_panels", order=AFTER_THE_DESK)
def desk(request, panels):
    if request.user.has_perm(MODERATES) or request.user.has_perm(ADMINISTERS):
        panels.append(ReviewPanel(request.user))
    if request.user.has_perm(ARRANGES) and seeds_for(request.user).exists():
        panels.append(SeedsPanel(request.user))


FOLLOWED = ("metode", "vaerktoej", "projekt", "casefortaelling")


@register_word(order=300)
def is_it_material(page, request):
    """Ask what has changed, on a page that is out and can be followed, by itself or by what it stands under."""
    return {"template": "network/admin/change_word.html"} if page.live and page.kind in FOLLOWED else None


@hooks.register("before_publish_page")
def note_before_publishing(request, page):
    _note(request, page)


@hooks.register("after_edit_page")
def note_until_publishing(request, page):
    if "action-publish" not in request.POST:
        _note(request, page)


def _note(request, page):
    if not request.POST.get("change_is_material"):
        return
    line = request.POST.get("change_line", "").strip()
    if line:
        note_change(page, line)
    else:
        messages.warning(request, _("Skriv i én linje, hvad der er ændret. Ellers får ingen besked."))
