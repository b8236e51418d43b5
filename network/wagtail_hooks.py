from wagtail import hooks

from network.choosers import MunicipalityChooserViewSet
from network.models.moderation import ADMINISTERS, MODERATES
from network.review_panel import ReviewPanel
from network.space_viewset import SpaceViewSet
from network.viewsets import MunicipalityViewSet


@hooks.register("register_admin_viewset")
def spaces():
    return SpaceViewSet("spaces")


@hooks.register("register_admin_viewset")
def municipalities():
    return [MunicipalityViewSet("municipalities"), MunicipalityChooserViewSet("municipality_chooser")]


AFTER_THE_DESK = 1020  # home sets the panels of its desk at 1000


@hooks.register("construct_homepage_panels", order=AFTER_THE_DESK)
def desk(request, panels):
    if request.user.has_perm(MODERATES) or request.user.has_perm(ADMINISTERS):
        panels.append(ReviewPanel(request.user))
