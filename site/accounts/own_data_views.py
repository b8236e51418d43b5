"""All that is kept about oneself, in one file, after the password was asked once more."""

import logging

from allauth.account.decorators import reauthentication_required
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.limits import count, is_over, too_many, waiting_time
from accounts.own_data import parts, zipped

logger = logging.getLogger(__name__)
ACTION = "own_data"


@login_required
@reauthentication_required
@require_http_methods(["GET", "HEAD", "POST"])
def own_data(request):
    """Looking tells what the file holds; a POST hands it out."""
    if request.method != "POST":
        return render(request, "account/own_data.html", {"titles": dict.fromkeys(part.title for part in parts())})
    if is_over(request, ACTION):
        return too_many(request, waiting_time(request, ACTION))
    count(request, ACTION)
    logger.info("Own data: handed out to user %s", request.user.pk)
    response = HttpResponse(zipped(request.user), content_type="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="mine-data-{timezone.localdate():%Y-%m-%d}.zip"'
    return response
