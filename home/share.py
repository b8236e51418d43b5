"""The step before a page is shared on a foreign service: who gets to know what, and a way back."""

from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe
from wagtail.models import Page

from content.listing import open_to_all


@dataclass(frozen=True)
class Service:
    name: str
    host: str
    address: str
    url_parameter: str
    text_parameter: str = ""

    def link(self, url, title):
        """Return the service's own address for sharing `url`; nothing of the reader's is in it."""
        query = {self.url_parameter: url}
        if self.text_parameter:
            query[self.text_parameter] = title
        return f"{self.address}?{urlencode(query)}"


SERVICES = {
    "linkedin": Service("LinkedIn", "linkedin.com", "https://www.linkedin.com/sharing/share-offsite/", "url"),
    "facebook": Service("Facebook", "facebook.com", "https://www.facebook.com/sharer/sharer.php", "u"),
    "x": Service("X", "x.com", "https://x.com/intent/post", "url", "text"),
}


@require_safe
def share(request, service):
    if service not in SERVICES:
        raise Http404
    path = own_path(request.GET.get("side", ""))
    title = title_at(path, request)
    url = f"{settings.BASE_URL}{path}"
    link = SERVICES[service].link(url, title or settings.WAGTAIL_SITE_NAME)
    context = {"service": SERVICES[service], "link": link, "url": url, "path": path, "title": title}
    return render(request, "home/share.html", context)


def title_at(path: str, request) -> str:
    """Return the title of the page at `path`; empty where there is none that a stranger may read."""
    found = Page.route_for_request(request, path)
    if found and open_to_all(Page.objects.filter(pk=found.page.pk)).exists():
        return found.page.title
    return ""


def own_path(raw: str) -> str:
    """Return `raw` if it is a path on this site; raises Http404 for any address that could lead elsewhere."""
    parts = urlsplit(raw)
    if (
        parts.scheme
        or parts.netloc
        or not raw.startswith("/")
        or raw.startswith("//")
        or "\\" in raw
        or len(raw) > 500
    ):
        raise Http404
    return parts.path
