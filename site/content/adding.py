"""Where in the tree a page of a type may be added, by whom."""

from django.urls import reverse
from wagtail.models import Page
from wagtail.permissions import policy_registry


def ways_to_add(user, *types) -> dict:
    """Return {page type: address of the empty form} for the types this user may add somewhere. One query for all."""
    if not policy_registry.get_by_type(Page).user_has_permission(user, "add"):
        return {}
    above = {parent for model in types for parent in model.allowed_parent_page_models()}
    parents = list(Page.objects.type(*above).order_by("path")) if above else []
    found = {}
    for model in types:
        place = next((parent for parent in parents if _may_stand_under(model, parent, user)), None)
        if place:
            found[model] = _empty_form(model, place)
    return found


def _may_stand_under(model, parent, user):
    return (
        parent.specific_class in model.allowed_parent_page_models()
        and parent.permissions_for_user(user).can_add_subpage()
        and model.can_create_at(parent)
    )


def _empty_form(model, parent):
    return reverse("wagtailadmin_pages:add", args=[model._meta.app_label, model._meta.model_name, parent.pk])
