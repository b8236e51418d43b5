from wagtail import hooks

from methods.viewsets import MethodListViewSet, ToolListViewSet


@hooks.register("register_admin_viewset")
def lists():
    return [MethodListViewSet(), ToolListViewSet()]
