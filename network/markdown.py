"""Members' text: Markdown to HTML by one safe road, walked once when it is saved.

Raw HTML is off, pictures and headings are off, what comes out is narrowed by an allow list of our own, and texts that
would take long are refused before they are parsed (10,000 × `![` took markdown-it-py 3.4 s).

What a text points at with @ and # is found by `network.pointing` and given to the parser, which makes a token of each:
never a replacement in HTML.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import nh3
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml

from network.cpr import check_without_cpr

MAX_LENGTH = 20_000
MAX_BRACKETS = 400
MAX_DEPTH = 20

TAGS = {
    "a", "blockquote", "br", "code", "data", "del", "em", "hr", "li", "ol", "p", "pre", "strong",
    "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
# Without a word on all tags nh3 would let title and lang through.
# `data` stands for a thread: no text of a member's can become one.
ATTRIBUTES = {"*": set(), "a": {"href"}, "data": {"value"}, "ol": {"start"}}
SCHEMES = {"http", "https", "mailto"}
POINTER, SIGNS = "pointer", "@#"
INSIDE_WORDS = {"@", "#", "/", "&", "_"}

_parser = (
    MarkdownIt("commonmark", {"html": False, "linkify": True, "breaks": True, "maxNesting": MAX_DEPTH})
    .enable(["linkify", "strikethrough", "table"])
    .disable(["image", "heading", "lheading", "html_block", "html_inline", "reference"])
)


@dataclass(frozen=True)
class Target:
    """What a sign and the words after it point at: `thing` is for whoever asked, `url` where it leads.

    Without `url` the words stand as they are. `words` are shown in their place; `value` makes them a <data>.
    """

    thing: object
    url: str = ""
    words: str = ""
    value: str = ""


@dataclass(frozen=True)
class Rendered:
    """The HTML of a text, and the things it points at, each once, in their order; `quoted`: in what it quotes."""

    html: str
    things: list = field(default_factory=list)
    quoted: list = field(default_factory=list)


def starts_pointer(text: str, at: int) -> bool:
    """Can the sign at `at` point at something: does it stand at the beginning of a word?"""
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    return not (before.isalnum() or before in INSIDE_WORDS) and bool(after.strip()) and after not in SIGNS


def _longest(text, at, targets):
    """Return the longest of the words in `targets` that stands at `at`, as it is written there; else ""."""
    for words in targets:
        end = at + len(words)
        if text[at:end].lower() == words and not text[end : end + 1].isalnum():
            return text[at:end]
    return ""


def _point(state, silent):
    sign = state.src[state.pos]
    targets = state.env.get(sign) if sign in SIGNS else None
    if not targets or state.linkLevel or not starts_pointer(state.src, state.pos):
        return False
    typed = _longest(state.src, state.pos + 1, targets)
    if not typed:
        return False
    if not silent:
        token = state.push(POINTER, "", 0)
        token.content, token.meta = f"{sign}{typed}", {"target": targets[typed.lower()]}
    state.pos += 1 + len(typed)
    return True


def _shown(_renderer, tokens, index, _options, _env):
    token, target = tokens[index], tokens[index].meta["target"]
    words = escapeHtml(target.words or token.content)
    if target.value:
        return f'<data value="{escapeHtml(target.value)}">{words}</data>'
    return f'<a href="{escapeHtml(target.url)}">{words}</a>' if target.url else words


_parser.inline.ruler.after("escape", POINTER, _point)
_parser.add_render_rule(POINTER, _shown)


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
    return rendered(text, {}).html


def rendered(text: str, targets: Mapping[str, Mapping[str, Target]]) -> Rendered:
    """Return the HTML of a text that `checked` has let through, with what it points at.

    `targets`: for the signs @ and # what the words after them may be, in small letters, and what they stand for.
    """
    env = {sign: dict(sorted(known.items(), key=_by_length)) for sign, known in targets.items() if known}
    tokens = _parser.parse(text, env)
    return Rendered(_cleaned(_parser.renderer.render(tokens, _parser.options, env)), *_things_in(tokens))


def _by_length(pair):
    return -len(pair[0])


def _things_in(tokens):
    """What is quoted was pointed at by someone else, and before."""
    depth, said, quoted = 0, {}, {}
    for token in tokens:
        depth += {"blockquote_open": 1, "blockquote_close": -1}.get(token.type, 0)
        found = quoted if depth else said
        found |= {child.meta["target"].thing: None for child in token.children or () if child.type == POINTER}
    return list(said), list(quoted)


def _cleaned(html):
    return nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes=SCHEMES,
        link_rel="nofollow noopener noreferrer",
        strip_comments=True,
    )
