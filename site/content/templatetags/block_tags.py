from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from django import template

register = template.Library()


class Address(NamedTuple):
    host: str
    rest: str


@register.filter
def address(url):
    """https://www.realdania.dk/projekter/lemvig → host realdania.dk and rest /projekter/lemvig."""
    parts = urlsplit(url or "")
    return Address(parts.netloc.removeprefix("www."), unquote(parts.path).rstrip("/"))
