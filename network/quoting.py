"""The words of a post as a quote, to be answered below."""

import re

from django.utils.translation import gettext as _

from network.models import Post

LONGEST = 1_500
SPECIAL = re.compile(r"([\\`*_\[\]<>@#])")


def quote(post: Post) -> str:
    """Return what `post` says as Markdown: who wrote it, with a link to it, and its words without what it quotes."""
    name = str(post.author) if post.author and post.author.is_active else _("Tidligere medlem")
    wrote = _("%(person)s skrev") % {"person": SPECIAL.sub(r"\\\1", name)}
    head = f"[{wrote}]({post.get_absolute_url()}):"
    return "\n".join(f"> {line}".rstrip() for line in [head, "", *_own_lines(post.source)]) + "\n\n"


def _own_lines(source):
    text = "\n".join(line for line in source.split("\n") if not line.lstrip().startswith(">")).strip() or source
    return (text if len(text) <= LONGEST else text[:LONGEST].rsplit(" ", 1)[0] + " …").split("\n")
