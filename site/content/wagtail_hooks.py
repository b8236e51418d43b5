from django.templatetags.static import static
from django.urls import path
from django.utils.html import format_html
from wagtail import hooks

from content import history, still_here, touching
from content.bulk_actions import GiveBulkAction, StillFitsBulkAction

ICONS = ("method", "tool", "story", "project", "news", "place")

hooks.register("register_bulk_action", StillFitsBulkAction)
hooks.register("register_bulk_action", GiveBulkAction)
hooks.register("register_log_actions", history.register)
hooks.register("insert_editor_js", still_here.script)
hooks.register("after_bulk_action", touching.after_bulk_action)


@hooks.register("register_icons")
def icons(known):
    return [*known, *(f"content/icons/{name}.svg" for name in ICONS)]


@hooks.register("insert_global_admin_css")
def house_colours():
    return format_html('<link rel="stylesheet" href="{}">', static("css/admin/house.css"))


@hooks.register("register_admin_urls")
def still_here_url():
    return [path("er-jeg-inde/", still_here.still_here, name="still_here")]
