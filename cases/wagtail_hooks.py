from wagtail import hooks

from cases.viewsets import ProjectListViewSet, StoryListViewSet


@hooks.register("register_admin_viewset")
def lists():
    return [StoryListViewSet(), ProjectListViewSet()]
