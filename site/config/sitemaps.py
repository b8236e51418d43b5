from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps.views import sitemap as sitemap_view
from django.urls import reverse
from wagtail.models import Page, Site

from content.listing import open_to_all
from network.models import Meeting, Municipality


class PageSitemap(Sitemap):
    """Every page a stranger may read."""

    def __init__(self, request):
        self.request = request

    def items(self):
        root = Site.find_for_request(self.request).root_page
        return open_to_all(Page.objects.descendant_of(root, inclusive=True)).order_by("path")

    def location(self, page):
        return page.get_url(self.request)

    def lastmod(self, page):
        return page.last_published_at


class MunicipalitySitemap(Sitemap):
    def items(self):
        return Municipality.objects.all()


class NetworkSitemap(Sitemap):
    """What the network shows to strangers: its front page, with the doors of the spaces, and the calendar."""

    def items(self):
        return ["network", "calendar"]

    def location(self, name):
        return reverse(name)


class MeetingSitemap(Sitemap):
    """The meetings that a stranger may read."""

    def items(self):
        return Meeting.objects.visible_to(None).order_by("pk")

    def lastmod(self, meeting):
        return meeting.changed_at


def sitemap(request):
    parts = {
        "sider": PageSitemap(request),
        "kommuner": MunicipalitySitemap(),
        "netvaerk": NetworkSitemap(),
        "moeder": MeetingSitemap(),
    }
    return sitemap_view(request, sitemaps=parts)
