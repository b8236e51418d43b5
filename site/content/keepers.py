"""Who can look after a page. Members of the network are not named to editors: their profiles are for members."""

from django.contrib.auth import get_user_model
from django.db.models import Q
from wagtail.admin.panels import FieldPanel
from wagtail.models import Page
from wagtail.permissions import policy_registry


def editors():
    """Return everyone who may do something with pages, by name."""
    policy = policy_registry.get_by_type(Page)
    may = policy.users_with_any_permission({"add", "change", "publish"}).order_by().values("pk")
    return get_user_model().objects.filter(pk__in=may).order_by("name", "email")


class KeeperPanel(FieldPanel):
    """Choose among those who can look after a page, and the one who does so now."""

    class BoundPanel(FieldPanel.BoundPanel):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            if self.bound_field is not None:
                now = Q(pk=getattr(self.instance, f"{self.field_name}_id"))
                people = get_user_model().objects.filter(Q(pk__in=editors().order_by().values("pk")) | now)
                self.bound_field.field.queryset = people.order_by("name", "email")
