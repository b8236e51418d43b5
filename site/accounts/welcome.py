"""Making an account for someone else, and the key by which that person chooses a password."""

import hashlib
import secrets
from datetime import timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.addresses import normal
from accounts.letters import Words, queue, writes
from accounts.models import Letter, Welcome

LASTS = timedelta(days=10)
WELCOME = "welcome"


@transaction.atomic
def make_account(email: str, *, name: str = "", by=None):
    """Return (user, made): the account with that address, made if there was none.

    A new account has no password; a letter is queued with the way to choose one. Someone who has an account is left
    as is, but gets a new letter when they never came in and their key has run out. Raises ValidationError for what is
    no address.
    """
    email = normal(email)
    validate_email(email)
    user, made = get_user_model().objects.get_or_create(
        email=email, defaults={"name": name, "password": _no_password()}
    )
    if made:
        EmailAddress.objects.create(user=user, email=email, primary=True, verified=False)
    if made or _is_left_outside(user):
        _queue_welcome(user, by)
    return user, made


@transaction.atomic
def welcome_again(user, by=None) -> None:
    """Withdraw the keys of `user`, and queue a letter with a new one. Nothing happens to one who has a password."""
    user.welcomes.withdraw()
    Letter.objects.waiting().filter(kind=WELCOME, recipient=user).update(dropped_at=timezone.now())
    if not user.has_usable_password():
        _queue_welcome(user, by)


def make_key(user, by=None, letter=None) -> str:
    """Return the path of the page where `user` chooses a password. It cannot be had again: only its hash is kept."""
    key = secrets.token_urlsafe(32)
    Welcome.objects.create(user=user, by=by, letter=letter, key_hash=hashed(key), expires_at=timezone.now() + LASTS)
    return reverse("account_welcome", args=[key])


def key_holder(key: str):
    """Return the person whom `key` lets in, or None. Nothing is used up by asking."""
    welcome = _of(key).select_related("user").first()
    return welcome.user if welcome else None


@transaction.atomic
def use_key(key: str):
    """Use `key` up and return the person whom it let in, or None. Of any number at once, one is let in."""
    welcome = _of(key).select_related("user").first()
    if welcome is None or not Welcome.objects.open().filter(pk=welcome.pk).update(used_at=timezone.now()):
        return None
    welcome.user.welcomes.withdraw()
    prove_address(welcome.user)
    return welcome.user


def prove_address(user) -> None:
    """Mark the address of `user` as their own: they have followed a link that was sent there alone."""
    address, _made = EmailAddress.objects.get_or_create(user=user, email=user.email)
    if address.set_verified():
        address.set_as_primary()


def hashed(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


@writes(WELCOME)
def welcome_letter(letter):
    """Each sending makes a key of its own, so no secret waits in a row; keys of earlier sendings are withdrawn."""
    user = letter.recipient
    if user.has_usable_password():
        return None
    user.welcomes.exclude(letter=None).withdraw()
    path = make_key(user, letter=letter, by=get_user_model().objects.filter(pk=letter.about.get("by")).first())
    context = {"link": f"{settings.BASE_URL}{path}", "expires_at": timezone.now() + LASTS}
    return Words(_("Velkommen til På forkant: vælg en adgangskode"), "account/email/welcome_message", context)


def _queue_welcome(user, by):
    return queue(WELCOME, user, **({"by": by.pk} if by else {}))


def _of(key):
    return Welcome.objects.open().filter(key_hash=hashed(key), user__is_active=True)


def _is_left_outside(user):
    """Has someone never come in, and has nothing any more to come in with?"""
    if user.has_usable_password() or not user.is_active or user.welcomes.open().exists():
        return False
    return not Letter.objects.waiting().filter(kind=WELCOME, recipient=user).exists()


def _no_password():
    user = get_user_model()()
    user.set_unusable_password()
    return user.password
