"""HTML that stands many times on a page, and on many pages: rendered once for each way it can look, and kept.

    written("network/person.html", (user.pk, name, place), {"person": user})

`key` holds all on which the HTML depends: what is not in it may not change it. A text that differs each time – a
number, an address – is given as `texts`: it is put in, escaped, where the template prints it, and nothing else may
depend on it. In tests (`CHECKS_KEPT`) the template is rendered anew each time and must give the same.
"""

from collections.abc import Hashable, Mapping

from django.conf import settings
from django.template.loader import get_template
from django.utils import timezone, translation
from django.utils.html import format_html
from django.utils.safestring import SafeString

MOST_KEPT = 10_000
OPEN, CLOSE = "\ue000", "\ue001"  # signs for private use: between them stands the name of a text

_kept: dict[Hashable, SafeString] = {}


def written(template: str, key: tuple, context: Mapping, texts: Mapping | None = None) -> SafeString:
    """Return `template` rendered with `context` and `texts`. What comes of it depends on `key` and `texts` alone."""
    key = template, translation.get_language(), timezone.get_current_timezone_name(), key
    if key not in _kept:
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        _kept[key] = _pattern(template, context, texts) if texts else _rendered(template, context)
    html = format_html(_kept[key], **texts) if texts else _kept[key]
    if settings.CHECKS_KEPT and html != (now := _rendered(template, {**context, **(texts or {})})):
        raise AssertionError(f"{template} depends on more than its key: {now} is not {html}")
    return html


def _pattern(template, context, texts):
    """The template as `format_html` takes it, with the names of the texts in braces."""
    html = _rendered(template, {**context, **{name: f"{OPEN}{name}{CLOSE}" for name in texts}})
    return html.replace("{", "{{").replace("}", "}}").replace(OPEN, "{").replace(CLOSE, "}")


def _rendered(template, context):
    return get_template(template).render(context)
