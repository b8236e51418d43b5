from functools import lru_cache
from itertools import groupby

from django import template
from django.utils.html import conditional_escape, format_html, format_html_join

from danish import danish_to_ascii

register = template.Library()
_folded = lru_cache(maxsize=1024)(danish_to_ascii)


@register.filter
def marked(text, words):
    """Put <mark> around each place where a word of `words` stands in `text`, folded as in content.listing.narrow."""
    if not words:
        return conditional_escape(text)
    text = str(text)
    found = _places(text, danish_to_ascii(words).split()[:8])
    runs = groupby(range(len(text)), key=lambda index: index in found)
    pieces = ((hit, "".join(text[index] for index in run)) for hit, run in runs)
    return format_html_join(
        "", "{}", ((format_html("<mark>{}</mark>", piece) if hit else piece,) for hit, piece in pieces)
    )


def _places(text, words):
    """Return the indexes in `text` of the signs that belong to a word; one sign may fold to two (å to aa)."""
    signs = [(part, index) for index, sign in enumerate(text) for part in _folded(sign)]
    folded = "".join(part for part, _index in signs)
    found = set()
    for word in words:
        start = folded.find(word)
        while start >= 0:
            found.update(index for _part, index in signs[start : start + len(word)])
            start = folded.find(word, start + 1)
    return found
