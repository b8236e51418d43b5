"""The pages for what went wrong. 404 and 403 share one text, so that a hidden thing is not betrayed."""

from django.shortcuts import render


def not_found(request, exception=None):
    return render(request, "home/not_found.html", status=404)


def refused(request, exception=None):
    return render(request, "home/not_found.html", status=403)


def bad_request(request, exception=None):
    return render(request, "home/bad_request.html", status=400)


def failed(request):
    """Must stand on nothing that may be what failed: no database, no menu."""
    return render(None, "500.html", status=500)
