"""Members' text: Markdown to HTML by one safe road, walked once when it is saved.

Raw HTML is off, pictures and headings are off, what comes out is narrowed by an allow list of our own, and texts that
would take long are refused before they are parsed (10,000 × `![` took markdown-it-py 3.4 s).
"""

import nh3
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from markdown_it import MarkdownIt

from network.cpr import check_without_cpr

MAX_LENGTH = 20_000
MAX_BRACKETS = 400
MAX_DEPTH = 20

TAGS = {
    "a", "blockquote", "br", "code", "del", "em", "hr", "li", "ol", "p", "pre", "strong",
    "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
# Without a word on all tags nh3 would let title and lang through.
ATTRIBUTES = {"*": set(), "a": {"href"}, "ol": {"start"}}
SCHEMES = {"http", "https", "mailto"}

_parser = (
    MarkdownIt("commonmark", {"html": False, "linkify": True, "breaks": True, "maxNesting": MAX_DEPTH})
    .enable(["linkify", "strikethrough", "table"])
    .disable(["image", "heading", "lheading", "html_block", "html_inline", "reference"])
)


class Clean(str):
    """HTML that has been through `render`: a template prints it as it is."""

    __slots__ = ()

    def __html__(self):
        return self


def checked(text: str) -> str:
    """Return `text` with even line ends and without control characters; raise ValidationError with a Danish sentence.

    Empty, longer than 20,000 characters, so full of brackets or signs of quoting that parsing would take long, or with
    what looks like a CPR number.
    """
    text = "".join(sign for sign in text.replace("\r\n", "\n").replace("\r", "\n") if sign in "\n\t" or sign >= " ")
    text = text.encode("utf-8", "ignore").decode("utf-8").strip("\n").rstrip()
    if not text.strip():
        raise ValidationError(_("Skriv en tekst."), code="empty")
    if len(text) > MAX_LENGTH:
        raise ValidationError(
            _("Teksten er på %(length)s tegn. Der er plads til %(room)s: del den, eller læg den i en fil."),
            code="long",
            params={"length": len(text), "room": MAX_LENGTH},
        )
    if text.count("[") > MAX_BRACKETS or text.count("![") > MAX_BRACKETS:
        raise ValidationError(_("Teksten har for mange kantede parenteser. Fjern nogle af dem."), code="brackets")
    check_without_cpr(text)
    return text


def render(text: str) -> str:
    """Return the HTML of a text that `checked` has let through."""
    return nh3.clean(
        _parser.render(text),
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes=SCHEMES,
        link_rel="nofollow noopener noreferrer",
        strip_comments=True,
    )
