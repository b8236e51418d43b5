"""The button »Passer stadig« on the front page of the admin."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from wagtail.admin import messages
from wagtail.admin.utils import get_valid_next_url_from_request
from wagtail.models import Page
from wagtail.permissions import policy_registry

from content.care import still_fits


@require_POST
def confirm(request, pk):
    """Set the review a year ahead and go back. A page that the person cannot find in the tree is not found here."""
    tree = policy_registry.get_by_type(Page).explorable_instances(request.user)
    page = get_object_or_404(Page.objects.filter(pk__in=tree.values("pk")), pk=pk)
    try:
        day = still_fits(request.user, page)
    except PermissionDenied as refusal:
        messages.error(request, _("»%(title)s« er ikke ændret. %(why)s") % {"title": page.title, "why": refusal})
    else:
        told = {"title": page.title, "day": date_format(day, "j. F Y")}
        messages.success(request, _("»%(title)s« passer stadig. Den ses efter igen %(day)s.") % told)
    return redirect(get_valid_next_url_from_request(request) or "wagtailadmin_home")
