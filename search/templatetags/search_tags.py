from django import template
from django.utils.html import conditional_escape, format_html, format_html_join

register = template.Library()


@register.filter
def shown(pieces):
    """Show the pieces of a text (search.present), each escaped, with <mark> around what was asked for."""
    return format_html_join(
        "",
        "{}",
        ((format_html("<mark>{}</mark>", p.text) if p.is_marked else conditional_escape(p.text),) for p in pieces),
    )
