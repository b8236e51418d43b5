"""Mail that does not arrive: written down, and after three times no more is sent to that address.

What comes back from the mail server, from the provider's webhook and in reports by mail (RFC 3464) is counted alike.
A full mailbox counts once a day, so that it takes three days; a letter that comes back counts once, whoever tells.
"""

from django.contrib import messages
from django.db import transaction
from django.dispatch import Signal
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.addresses import normal
from accounts.models import Bounce, User

ENOUGH = 3

# Sent inside the transaction, with `user`: mail to her is stopped from now on. Listeners only write rows.
mail_stopped = Signal()


@transaction.atomic
def note_bounce(user, kind: str, source: str, at=None) -> bool:
    """Write down that mail to the address of `user` came back, or was called unwanted; return whether it is news.

    `source` names the letter or the report: told of again, it counts once.
    """
    User.objects.select_for_update().filter(pk=user.pk).exists()
    at = at or timezone.now()
    if kind == Bounce.Kind.SOFT:
        source = f"{timezone.localdate(at):%Y-%m-%d}"
    fields = {"address": normal(user.email), "kind": kind, "at": at}
    _bounce, is_news = Bounce.objects.get_or_create(user=user, source=source[:200], defaults=fields)
    if is_news and Bounce.objects.of(user).count() == ENOUGH:
        mail_stopped.send(User, user=user)
    return is_news


def is_stopped(user) -> bool:
    """Is no more mail sent to the address that `user` has now?"""
    return Bounce.objects.of(user).count() >= ENOUGH


def try_again(user) -> None:
    """She says that her address works: what came back before counts no more."""
    user.bounces.all().delete()


def tell_at_the_door(sender, request, user, **kwargs) -> None:
    """Listen to who signs in, and tell her whom mail does not reach."""
    if is_stopped(user):
        messages.warning(
            request,
            _(
                "Vores mails til dig er kommet tilbage, så vi sender ikke flere. Under »Din konto« kan du få dem igen "
                "eller skifte mailadresse."
            ),
        )
