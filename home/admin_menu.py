"""The menu of the admin, by the words of those who use it, and the order they come to them."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import MenuItem
from wagtail.permissions import policy_registry

from accounts.models import User

LABELS = {"documents": _("Filer")}
ORDER = [
    "methods",
    "tools",
    "stories",
    "projects",
    "news",
    "meetings",
    "municipalities",
    "vocabulary",
    "searching",
    "spaces",
    "people",
    "explorer",
    "images",
    "documents",
    "reports",
    "settings",
    "help",
]


class PeopleMenuItem(MenuItem):
    """Stands in the main menu, for those who may make, change or remove people."""

    def is_shown(self, request):
        policy = policy_registry.get_by_type(User)
        return policy.user_has_any_permission(request.user, ["add", "change", "delete"])


def people():
    return PeopleMenuItem(_("Brugere"), reverse("wagtailusers_users:index"), name="people", icon_name="user")


def arrange(items):
    """Set order and label of the known ones; what nobody named stands before the reports, where Wagtail puts it."""
    known = {name: place for place, name in enumerate(ORDER)}
    strangers = known["reports"] - 0.5
    for item in items:
        item.order = known.get(item.name, strangers)
        item.label = LABELS.get(item.name, item.label)


def without(items, *names):
    items[:] = [item for item in items if item.name not in names]
