"""The mails of the demo, kept in files and shown as their readers see them. Only where DEV_MAIL names a folder."""

import email
import re
import time
from dataclasses import dataclass, field
from datetime import UTC
from email import policy
from functools import wraps
from pathlib import Path

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp, csp_update
from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

NAME = re.compile(r"\d+-\d+\.eml")
MOST = 200
# What a mail program lets a mail do, and less: links open in the whole window.
POLICY = {
    "default-src": [NONE],
    "style-src": [UNSAFE_INLINE],
    "frame-ancestors": [SELF],
    "sandbox": ["allow-top-navigation-by-user-activation"],
}


class KeptMail(BaseEmailBackend):
    """Keeps each mail as a file of its own, and sends none."""

    def send_messages(self, messages):
        settings.DEV_MAIL.mkdir(parents=True, exist_ok=True)
        for number, message in enumerate(messages):
            name = f"{time.time_ns()}-{number}.eml"
            half = settings.DEV_MAIL / f"{name}.half"
            half.write_bytes(message.message().as_bytes(linesep="\r\n"))
            half.rename(settings.DEV_MAIL / name)
        return len(messages)


@dataclass
class Kept:
    """A mail that was kept."""

    name: str
    message: object = field(repr=False)

    @property
    def sent_at(self):
        at = self.message["Date"].datetime
        return at if timezone.is_aware(at) else timezone.make_aware(at, UTC)  # »-0000« is UTC, of no place

    @property
    def to(self):
        return str(self.message["To"])

    @property
    def subject(self):
        return str(self.message["Subject"]).strip()  # a long one begins on the next line

    @property
    def headers(self):
        return [(name, str(value)) for name, value in self.message.items()]

    @property
    def text(self):
        return self._part("plain")

    @property
    def html(self):
        return self._part("html").replace("<head>", '<head><base target="_top">', 1)

    def _part(self, kind):
        part = self.message.get_body((kind,))
        return part.get_content() if part else ""


def in_the_demo(view):
    """Say 404 where mails are not kept."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if not settings.DEV_MAIL:
            raise Http404
        response = view(request, *args, **kwargs)
        response.headers["Cache-Control"] = "private, no-store"
        return response

    return guarded


@in_the_demo
@require_safe
def mails(request):
    """The newest mails, of everyone or of one reader."""
    kept = [_read(path) for path in sorted(_files(), reverse=True)[:MOST]]
    readers = sorted({mail.to for mail in kept})
    to = request.GET.get("til", "")
    shown = [mail for mail in kept if not to or mail.to == to]
    return render(request, "dev/mails.html", {"mails": shown, "readers": readers, "to": to})


@in_the_demo
@require_safe
@csp_update({"frame-src": [SELF]})
def mail(request, name):
    """One mail: as HTML in a frame, as text, and its headers."""
    return render(request, "dev/mail.html", {"mail": _found(name)})


@in_the_demo
@require_safe
@xframe_options_sameorigin
@csp(POLICY)
def mail_html(request, name):
    """The HTML of a mail, under a policy that fetches nothing and runs nothing."""
    return HttpResponse(_found(name).html)


def _files():
    folder = settings.DEV_MAIL
    return [path for path in folder.iterdir() if NAME.fullmatch(path.name)] if folder.is_dir() else []


def _found(name):
    path = settings.DEV_MAIL / name
    if not NAME.fullmatch(name) or not path.is_file():
        raise Http404
    return _read(path)


def _read(path: Path):
    return Kept(path.name, email.message_from_bytes(path.read_bytes(), policy=policy.default))
