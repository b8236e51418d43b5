from decimal import Decimal
from urllib.parse import quote, urlencode

from django import template
from django.conf import settings
from django.template.loader_tags import BLOCK_CONTEXT_KEY
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from wagtail.models import Page

from content import menu, pictures
from content.reading import is_previewed
from content.written import written

register = template.Library()

MINUS = "−"
HOME_DEPTH = 2
STEP = Page.steplen


@register.filter
def tal(value):
    """45069 → 45.069. Nothing becomes nothing, so that the template can say »Ikke oplyst endnu«."""
    return "" if value in (None, "") else _danish(value)


@register.filter
def procent(value):
    """-4 → −4,0 %. A gain carries its plus, as it stands beside losses."""
    if value in (None, ""):
        return ""
    sign = "+" if value > 0 else ""
    return f"{sign}{_danish(value, decimals=1)}\N{NO-BREAK SPACE}%"


@register.filter
def kr(value):
    """500000 → 500.000 kr."""
    return "" if value in (None, "") else f"{_danish(value)}\N{NO-BREAK SPACE}kr."


def _danish(value, decimals=None):
    if decimals is None:
        decimals = 0 if Decimal(str(value)) == int(value) else 1
    return number_format(value, decimals, use_l10n=True, force_grouping=True).replace("-", MINUS)


@register.simple_tag(takes_context=True)
def site_menu(context):
    """`{% site_menu as menu %}`: menu.links and menu.columns; empty where there is no request to know the site by."""
    request = context.get("request")
    return menu.site_menu(request) if request else menu.SiteMenu()


@register.simple_tag
def site_footer(texts, menu):
    """Print components/footer.html."""
    words = tuple(getattr(texts, name, "") for name in ("name", "about", "contact_text", "contact_email"))
    columns = tuple((column.heading, *column.links) for column in menu.columns)
    return written("components/footer.html", (words, columns), {"texts": texts, "menu": menu})


@register.simple_tag
def searchbox(id, **given):
    """`{% searchbox "q-top" label=label compact=True %}`: components/searchbox.html without a value."""
    return written("components/searchbox.html", (id, *given.items()), {"id": id, **given})


@register.simple_tag(takes_context=True)
def again(context, name):
    """Print a block of the shell a second time: a title stands in <title> and in og:title."""
    block = context.render_context[BLOCK_CONTEXT_KEY].get_block(name)
    return block.render(context) if block else ""


@register.simple_tag(takes_context=True)
def canonical(context):
    """The one address of this page: our own host, no choices of the reader's but the page number of a list."""
    request = context["request"]
    number = request.GET.get("side", "")
    rest = "?" + urlencode({"side": number}) if number.isdigit() and number != "1" else ""
    return f"{settings.BASE_URL}{request.path}{rest}"


@register.simple_tag
def base_url():
    return settings.BASE_URL


@register.simple_tag(takes_context=True)
def trail(context, page=None, title=""):
    """Return the way down to a page, or to a thing named `title` below it, as (title, url); the last has no url."""
    request = context.get("request")
    steps = [(_("Forside"), "/")]
    if page and (page.depth or 0) > HOME_DEPTH:
        steps += [(step.title, step.get_url(request)) for step in (*_above(page), page)]
    return [*steps, (title, "")] if title else [*steps[:-1], (steps[-1][0], "")]


def _above(page):
    """The pages between the front page and this one; asked for only where finding the page has not read them."""
    if (way := getattr(page, "way", None)) is not None:
        return [step for step in way[HOME_DEPTH:] if step.live]
    paths = [page.path[: STEP * depth] for depth in range(HOME_DEPTH + 1, page.depth)]
    return Page.objects.filter(path__in=paths, live=True).order_by("depth") if paths else []


@register.inclusion_tag("components/picture.html", takes_context=True)
def picture(context, image, size="wide", alt=None, caption=""):
    """Show `image` in the renditions that publishing made of it; where there are none, show nothing.

    In a preview nothing has been published yet, so there one is made.
    """
    make = pictures.ready_or_made if is_previewed(context.get("request")) else pictures.ready
    found = make(image, size) if image else {}
    largest = found.get("jpeg") or next(iter(found.values()), None)
    sources = [(form, found[form]) for form in ("avif", "webp") if form in found and found[form] is not largest]
    return {
        "image": image,
        "sources": sources,
        "shown": largest,
        "alt": image.description if image and alt is None else alt,
        "caption": caption,
    }


@register.simple_tag(takes_context=True)
def mail_link(context, page=None, title=""):
    """A mailto: with the page's name and address in it, for the reader's own mail program."""
    title = title or page.title
    return "mailto:?" + urlencode({"subject": title, "body": f"{title}\n{canonical(context)}"}, quote_via=quote)
