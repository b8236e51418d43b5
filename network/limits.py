"""How much one person may write, report, ask and invite: NETWORK_LIMITS, told in docs/addresses.md.

It is counted in what happened (Event), inside the transaction that would make one more happen: right over all workers,
and over a restart. What is hidden or removed afterwards counts, too.
"""

import math
import re
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from network.models import Event, Profile

What = Event.What
FIRST, LATER = Q(what=What.HELD, post__number=1), Q(what=What.HELD, post__number__gt=1)
# What was held and let forth happened twice, but is one post.
COUNTED = {
    "threads": (Q(what=What.THREAD) | FIRST, "post"),
    "replies": (Q(what=What.POST) | LATER, "post"),
    "reports": (Q(what=What.REPORTED), "pk"),
    "requests": (Q(what=What.ASKED), "pk"),
    "announcements": (Q(what=What.ANNOUNCED), "pk"),
    "invitations": (Q(what__in=[What.INVITED, What.ADDED]), "pk"),
    "meetings": (Q(what=What.MEETING), "pk"),
    "questions": (Q(what=What.QUESTION), "pk"),
}
# As many requests of one person may run at once; further from the limit nobody needs to wait for another.
AT_ONCE = 20
SHORTEST = 60
# A link on this site is an address without a host.
LINK_AWAY = re.compile(r'<a href="(?!/(?!/)|#)')


class TooMany(ValidationError):
    """The limit is reached: `wait` is the seconds until it is not. The sentence says so kindly."""

    def __init__(self, message, wait):
        super().__init__(message, code="too_many")
        self.wait = wait


def check(user, what: str) -> None:
    """Raise TooMany where `user` has done as much of `what` as there is room for. Call it inside the transaction.

    `what`: threads, replies, reports, requests, invitations, meetings or questions.
    """
    now = timezone.now()
    free_at = _new_until(user)
    number = settings.NETWORK_NEW_LIMITS.get(what)
    if number is not None and free_at > now:
        span = timedelta(hours=settings.NETWORK_NEW_HOURS)
        if at := _full_until(user, what, number, span, now):
            raise _too_many(_new_words(what, number), min(at, free_at), now)
    number, hours = settings.NETWORK_LIMITS[what]
    if at := _full_until(user, what, number, timedelta(hours=hours), now):
        raise _too_many(_words(what, number), at, now)


def check_links(user, html: str) -> None:
    """Raise ValidationError where someone new puts more links to other places into one text than there is room for."""
    room, free_at = settings.NETWORK_NEW_LIMITS["links"], _new_until(user)
    if free_at <= timezone.now() or len(LINK_AWAY.findall(html)) <= room:
        return
    sentence = ngettext(
        "Det første døgn i netværket er der plads til %(room)s link i et indlæg. Fjern nogle, eller send %(when)s.",
        "Det første døgn i netværket er der plads til %(room)s links i et indlæg. Fjern nogle, eller send %(when)s.",
        room,
    )
    raise ValidationError(sentence % {"room": room, "when": _when(free_at)}, code="links")


def _new_until(user):
    return user.profile.completed_at + timedelta(hours=settings.NETWORK_NEW_HOURS)


def _full_until(user, what, number, span, now):
    """Return when there is room again, or None where there is now."""
    condition, each = COUNTED[what]
    done = Event.objects.filter(condition, who=user, at__gt=now - span)
    if number > AT_ONCE and _number_of(done, each) < number - AT_ONCE:
        return None
    # Two requests of one person count one after the other.
    Profile.objects.select_for_update().filter(user=user).exists()
    if _number_of(done, each) < number:
        return None
    ages = list(done.order_by("-at").values_list("at", flat=True)[:number])
    return (ages[-1] if ages else now) + span


def _number_of(done, each):
    return done.aggregate(number=Count(each, distinct=True))["number"]


def _too_many(sentence, at, now):
    kept = _("Det, du har skrevet, står her endnu.")
    again = _("Prøv igen %(when)s.") % {"when": _when(at)}
    return TooMany(f"{sentence} {again} {kept}", max(SHORTEST, math.ceil((at - now).total_seconds())))


def _when(at):
    """The minute after, so that it is not told too early."""
    at = timezone.localtime(at + timedelta(minutes=1))
    clock = _("kl. %(clock)s") % {"clock": date_format(at, "G.i")}
    if at.date() == timezone.localdate():
        return clock
    if at.date() == timezone.localdate() + timedelta(days=1):
        return _("i morgen %(clock)s") % {"clock": clock}
    return f"{date_format(at, 'j. F')} {clock}"


def _words(what, number):
    sentence = {
        "threads": _("Du har begyndt %(number)s tråde det seneste døgn, og flere er der ikke plads til."),
        "replies": _("Du har skrevet %(number)s svar den seneste time. Giv de andre tid til at læse med."),
        "reports": _("Du har anmeldt %(number)s indlæg det seneste døgn, og flere kan vi ikke se på."),
        "requests": _("Du har bedt om adgang %(number)s gange det seneste døgn."),
        "announcements": _(
            "Du har skrevet til alle %(number)s gange det seneste døgn, og flere er der ikke plads til."
        ),
        "invitations": _("Du har inviteret og tilføjet %(number)s det seneste døgn, og flere er der ikke plads til."),
        "meetings": _("Du har planlagt %(number)s møder det seneste døgn, og flere er der ikke plads til."),
        "questions": _("Du har stillet %(number)s spørgsmål til møder det seneste døgn. Giv de andre plads."),
    }[what]
    return sentence % {"number": number}


def _new_words(what, number):
    sentence = {
        "threads": _("Du er ny her. Det første døgn er der plads til %(number)s tråde."),
        "replies": _("Du er ny her. Det første døgn er der plads til %(number)s svar."),
    }[what]
    return sentence % {"number": number}
