"""Demo accounts have a password that everybody can read. Where nothing is a demo, nobody may come in by them."""

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError
from django.utils.translation import gettext as _

ENDING = ".example"  # reserved: nobody's real address ends so (RFC 2606)


def is_demo() -> bool:
    return bool(getattr(settings, "DEMO_PASSWORD", ""))


def demo_accounts(using="default") -> list[str]:
    """Return the addresses of the demo accounts that can sign in."""
    people = get_user_model().objects.using(using).filter(is_active=True, email__iendswith=ENDING)
    people = people.exclude(password__startswith=UNUSABLE_PASSWORD_PREFIX).exclude(password="")
    return sorted(people.values_list("email", flat=True))


def demo_accounts_out_of_place(using="default") -> list[str]:
    """Return the demo accounts that can sign in where they must not; empty where there is no database to ask yet."""
    if is_demo():
        return []
    try:
        return demo_accounts(using)
    except DatabaseError:
        return []


def refuse_demo_accounts() -> None:
    """Raise ImproperlyConfigured when demo accounts can sign in outside the demo.

    A database that does not answer stops nobody: a worker that starts anew must outlive its restart.
    """
    found = demo_accounts_out_of_place()
    if found:
        raise ImproperlyConfigured(sentence(found))


def sentence(addresses) -> str:
    return _(
        "Siden starter ikke: databasen har demokonti, som alle kender adgangskoden til (%(addresses)s). "
        "Slå dem fra, eller brug en anden database."
    ) % {"addresses": ", ".join(addresses)}
