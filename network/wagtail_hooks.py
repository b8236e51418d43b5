from wagtail import hooks

from network.choosers import MunicipalityChooserViewSet
from network.space_viewset import SpaceViewSet
from network.viewsets import MunicipalityViewSet


@hooks.register("register_admin_viewset")
def spaces():
    return SpaceViewSet("spaces")


@hooks.register("register_admin_viewset")
def municipalities():
    return [MunicipalityViewSet("municipalities"), MunicipalityChooserViewSet("municipality_chooser")]
