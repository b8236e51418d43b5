"""Menu and footer as links: the pages of both streams are asked for together, however many there are.

The streams' own values would ask once a block, so the links are read from their raw data.
"""

from dataclasses import dataclass, field
from datetime import datetime

from django.db import DEFAULT_DB_ALIAS
from django.utils import timezone
from wagtail.models import Page

from content.listing import open_to_all
from content.models import SiteTexts
from content.prepared import prepared

FIELDS = ("id", "title", "url_path")


@dataclass(frozen=True)
class MenuLink:
    text: str
    href: str
    current: str = ""


@dataclass(frozen=True)
class MenuColumn:
    heading: str
    links: list[MenuLink]


@dataclass(frozen=True)
class SiteMenu:
    links: list[MenuLink] = field(default_factory=list)
    columns: list[MenuColumn] = field(default_factory=list)


def site_menu(request) -> SiteMenu:
    """Return the menu and the footer of the site: two queries, kept on the request.

    A link to a page that a stranger may not read is left out, as is a column without links.
    """
    if not hasattr(request, "_forkant_menu"):
        request._forkant_menu = _made(request)
    return request._forkant_menu


def _made(request):
    texts = SiteTexts.for_request(request)
    menu = [block["value"] for block in texts.menu.raw_data]
    columns = [(block["value"]["heading"], _list(block["value"]["links"])) for block in texts.footer.raw_data]
    pages = _pages([*menu, *(link for _heading, links in columns for link in links)], request)
    made = [MenuColumn(heading, _links(links, pages, request)) for heading, links in columns]
    return SiteMenu(_links(menu, pages, request), [column for column in made if column.links])


def _list(raw):
    """The items of a ListBlock, in the format of today or of old (without ids)."""
    return [item["value"] if item.get("type") == "item" else item for item in raw]


def _pages(links, request):
    ids = {link["page"] for link in links if link.get("page")}
    rows = open_pages(ids, timezone.now()) if ids else []
    pages = (Page.from_db(DEFAULT_DB_ALIAS, FIELDS, row) for row in rows)
    return {page.pk: (page.title, page.get_url(request)) for page in pages}


@prepared(int, datetime)
def open_pages(pks, now):
    return open_to_all(Page.objects.filter(pk__in=pks), now).order_by().values_list(*FIELDS)


def _links(links, pages, request):
    made = (_link(link, pages, request.path) for link in links)
    return [link for link in made if link]


def _link(link, pages, path):
    title, href = pages.get(link.get("page"), ("", link.get("url")))
    if not href:
        return None
    return MenuLink(link.get("label") or title or href, href, current(href, path))


def current(href: str, path: str) -> str:
    """Return the value of aria-current for a link to `href` on the page at `path`."""
    if href == path:
        return "page"
    return "true" if href not in ("", "/") and href.endswith("/") and path.startswith(href) else ""
