"""Mail that does not arrive: written down, and after three times no more is sent to that address.

What comes back from the mail server, from the provider's webhook and in reports by mail (RFC 3464) is counted alike.
A full mailbox counts once a day, so that it takes three days; a letter that comes back counts once, whoever tells.
"""

from collections import Counter

from django.contrib import messages
from django.db import transaction
from django.dispatch import Signal
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.addresses import normal
from accounts.models import Bounce, User

ENOUGH = 3
OF_LETTER = "brev-"  # so begins the source of what is told of one of our letters by its number

# Sent inside the transaction, with `user`: mail to her is stopped from now on. Listeners only write rows.
mail_stopped = Signal()


@transaction.atomic
def note_bounce(user, kind: str, source: str, at=None) -> bool:
    """Write down that mail to the address of `user` came back, or was called unwanted; return whether it is news.

    `source` names the letter (OF_LETTER and its number), or the report: told of again, it counts once.
    """
    User.objects.select_for_update().filter(pk=user.pk).exists()
    before, at = number_of(user), at or timezone.now()
    if kind == Bounce.Kind.SOFT:
        source = f"{timezone.localdate(at):%Y-%m-%d}"
    fields = {"address": normal(user.email), "kind": kind, "at": at}
    _bounce, is_news = Bounce.objects.get_or_create(user=user, source=source[:200], defaults=fields)
    if is_news and before < ENOUGH <= number_of(user):
        mail_stopped.send(User, user=user)
    return is_news


def number_of(user) -> int:
    """Return how many mails came back from the address that `user` has now.

    What we know of by the number of a letter, and what a provider tells by numbers of its own, may be the same mails:
    of each kind the larger number counts, and not both.
    """
    rows = Bounce.objects.of(user).values_list("kind", "source")
    told = Counter((kind, source.startswith(OF_LETTER)) for kind, source in rows)
    return sum(max(told[kind, True], told[kind, False]) for kind in Bounce.Kind)


def is_stopped(user) -> bool:
    """Is no more mail sent to the address that `user` has now?"""
    return number_of(user) >= ENOUGH


def stopped_among(people) -> set[int]:
    """Return the ids of those of `people` to whom no more mail is sent."""
    bounced = set(Bounce.objects.filter(user__in=people).values_list("user", flat=True))
    return {person.pk for person in people if person.pk in bounced and is_stopped(person)}


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
