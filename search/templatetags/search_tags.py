from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString

register = template.Library()

NOTHING, MARK, END = map(SafeString, ("", "<mark>", "</mark>"))


@register.filter
def shown(pieces):
    """Show the pieces of a text (search.present), each escaped, with <mark> around what was asked for."""
    html = NOTHING
    for piece in pieces:
        html += MARK + escape(piece.text) + END if piece.is_marked else escape(piece.text)
    return html
