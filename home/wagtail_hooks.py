from django.urls import path
from wagtail import hooks

from home import admin_menu
from home.desk import PANELS
from home.review import confirm
from home.viewsets import NewsListViewSet

hooks.register("register_admin_menu_item", admin_menu.people)


@hooks.register("register_admin_viewset")
def lists():
    return NewsListViewSet()


@hooks.register("register_admin_urls")
def desk_urls():
    return [path("passer-stadig/<int:pk>/", confirm, name="still_fits")]


@hooks.register("construct_homepage_panels", order=1000)
def desk(request, panels):
    panels[:] = [panel(request.user) for panel in PANELS]


@hooks.register("construct_homepage_summary_items", order=1000)
def no_summary(request, items):
    """Three totals tell an editor nothing to do."""
    items.clear()


@hooks.register("construct_main_menu")
def main_menu(request, items):
    admin_menu.arrange(items)


@hooks.register("construct_settings_menu")
def settings_menu(request, items):
    admin_menu.without(items, "users")


@hooks.register("construct_help_menu")
def help_menu(request, items):
    """Wagtail's own news and guide are in English and about Wagtail; the shortcuts are of use."""
    items[:] = [item for item in items if item.name == "keyboard-shortcuts-trigger"]
