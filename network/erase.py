"""Erasing a person: the account and all that hangs on it, and her name where others' texts name or quote her.

What she wrote stays, under »Tidligere medlem«. In the texts of others `@Anna Prøve` becomes `@tidligere medlem`, and
»Anna Prøve skrev« over what is quoted »Tidligere medlem skrev«; what else they say of someone is theirs. Nobody is
asked the rule: nothing is shown here.
"""

import re
from functools import partial
from html import escape as plainly_escape

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.html import escape

from content.findable import touch
from network.attach import delete_files
from network.finding import POST, THREAD
from network.models import Draft, Post, PostVersion, Thread

SOMEONE, SOMEONE_WROTE = "@tidligere medlem", "Tidligere medlem skrev"
AT_A_TIME = 500


@transaction.atomic
def erase(user) -> None:
    """Delete the account of `user` with everything that is hers alone, and take her name out of the texts of others.

    Whoever calls it has asked whether that is allowed. What is kept of her are the acts in the logs, without her.
    """
    _take_out_of_texts(user)
    profile = getattr(user, "profile", None)
    if profile is not None and profile.picture:
        transaction.on_commit(partial(delete_files, [profile.picture.name]), robust=True)
    user.delete()


def _take_out_of_texts(user):
    if not user.name:
        return
    posts = _rewrite(Post.objects, user, source="source", html="html")
    threads = _rewrite(Thread.objects, user, source="status_source", html="status_html")
    _rewrite(PostVersion.objects, user, source="source", html="html")
    for field in ("title", "text", "other"):
        _rewrite(Draft.objects, user, source=field)
    touch(POST, posts)
    touch(THREAD, threads)


def _rewrite(texts, user, source, html=""):
    """Write the texts anew that name her; return their ids. The HTML lies beside the source and is written with it."""
    names = Q(**{f"{source}__icontains": user.name})
    rows = texts.filter(names | Q(**{f"{html}__contains": _address(user)}) if html else names)
    changed = []
    for row in rows.only("pk", source, *filter(None, [html])).iterator(AT_A_TIME):
        fields = {source: _without(getattr(row, source), user)}
        if html:
            fields[html] = _without_in_html(getattr(row, html), user)
        if any(getattr(row, name) != text for name, text in fields.items()):
            texts.filter(pk=row.pk).update(**fields)
            changed.append(row.pk)
    return changed


def _address(user):
    return f'href="{reverse("member", args=[user.pk])}"'


def _without_in_html(html, user):
    """An apostrophe may stand there as it is, or written out."""
    html = re.sub(rf"<a\b[^>]*{re.escape(_address(user))}[^>]*>[^<]*</a>", SOMEONE, html)
    return _without(_without(html, user, escape), user, partial(plainly_escape, quote=False))


def _without(text, user, written=str):
    """`written`: how the name stands in the text."""
    name, profile = re.escape(written(user.name)), getattr(user, "profile", None)
    place = re.escape(written(profile.place)) if profile is not None and profile.place else ""
    form = rf"@{name}(?:, {place})?" if place else f"@{name}"
    text = re.sub(rf"{form}(?!\w)", SOMEONE, text, flags=re.IGNORECASE)
    return re.sub(rf"(?<!\w){name} skrev(?!\w)", SOMEONE_WROTE, text)
