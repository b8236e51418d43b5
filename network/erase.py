"""Erasing a person: the account and all that hangs on it, and her name where others' texts name or quote her.

What she wrote stays, under »Tidligere medlem«. In the texts of others – posts, what meetings ask and note, what is
written to a space or about a post – `@Anna Prøve` becomes `@tidligere medlem`, and »Anna Prøve skrev« over what is
quoted »Tidligere medlem skrev«; what else they say of someone is theirs. What was cut from a mail is no text of its
sender's: there her name goes in any form. Nobody is asked the rule: nothing is shown here.
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
from network.discuss import slug_of
from network.finding import POST, THREAD
from network.meeting_finding import MEETING
from network.models import (
    AccessRequest,
    Announcement,
    Draft,
    FormerPlace,
    IncomingMail,
    Meeting,
    MembershipChange,
    ModerationAct,
    Outcome,
    Poll,
    PollChoice,
    Post,
    PostVersion,
    Question,
    Report,
    Seat,
    Thread,
)

SOMEONE, SOMEONE_WROTE = "@tidligere medlem", "Tidligere medlem skrev"
AT_A_TIME = 500
# Where members' words stand without HTML beside them, apart from those that the search holds.
PLAIN = {
    AccessRequest: ["reason", "answer"],
    Announcement: ["subject", "text"],
    Draft: ["title", "text", "other"],
    FormerPlace: ["title"],
    MembershipChange: ["why"],
    ModerationAct: ["why"],
    Poll: ["question"],
    PollChoice: ["text"],
    Report: ["words"],
    Seat: ["note"],
}


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
    threads += _rewrite(Thread.objects, user, source="closed_why")
    titled = _rewrite(Thread.objects, user, source="title")
    for thread in Thread.objects.filter(pk__in=titled).only("title"):
        Thread.objects.filter(pk=thread.pk).update(slug=slug_of(thread.title))
    _rewrite(PostVersion.objects, user, source="source", html="html")
    meetings = _rewrite(Meeting.objects, user, source="source", html="html")
    for column in ("place", "when_note", "cancelled_why", "title"):
        meetings += _rewrite(Meeting.objects, user, source=column)
    for meeting in Meeting.objects.filter(pk__in=meetings):
        meeting.save(update_fields=["slug"])  # which is made of the title
    asked, noted = (_rewrite(model.objects, user, source="text") for model in (Question, Outcome))
    asked += Outcome.objects.filter(pk__in=noted).values_list("question", flat=True)
    meetings += Question.objects.filter(pk__in=asked).values_list("meeting", flat=True)
    for model, columns in PLAIN.items():
        for column in columns:
            _rewrite(model._base_manager, user, source=column)
    _cut_out(user)
    touch(POST, posts)
    touch(THREAD, [*threads, *titled])
    touch(MEETING, meetings)


def _cut_out(user):
    """What was cut from a mail of another's quotes letters of ours, which name people in many ways."""
    name = re.compile(rf"(?<!\w){re.escape(user.name)}(?!\w)", re.IGNORECASE)
    for row in IncomingMail.objects.filter(cut__icontains=user.name).only("cut").iterator(AT_A_TIME):
        IncomingMail.objects.filter(pk=row.pk).update(cut=name.sub(SOMEONE[1:], row.cut))


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
