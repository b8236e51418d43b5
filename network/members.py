"""Making members: by an administrator anywhere, by a facilitator for her own space."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.letters import queue
from accounts.welcome import make_account
from network.join import add
from network.letters import ADDED
from network.models import Profile, Space
from network.permissions import check_run_space

MAKES_MEMBERS = "accounts.add_user"


@transaction.atomic
def make_member(by, email: str, *, kind: str = Profile.Kind.MUNICIPAL, space: Space | None = None):
    """Make or find an account, with a profile to fill in, for `email`; let the person into `space` if one is named.

    Returns (user, made). A new account gets the mail to choose a password; a known one is told of the space.
    Raises PermissionDenied or Refused where `by` may not, ValidationError where `email` is none.
    """
    if space is not None:
        check_run_space(by, space)
    elif not by.has_perm(MAKES_MEMBERS):
        raise PermissionDenied
    email = email.strip()
    try:
        validate_email(email)
    except ValidationError:
        raise ValidationError(_("»%(email)s« er ikke en mailadresse."), params={"email": email[:254]}) from None
    user, made = make_account(email, by=by)
    if not user.is_active:
        raise ValidationError(_("Kontoen er lukket. Skriv til redaktionen, hvis den skal åbnes igen."), code="closed")
    Profile.objects.get_or_create(user=user, defaults={"kind": kind})
    if space is not None:
        was_in = space.memberships.filter(user=user).exists()
        add(by, space, user)
        if not made and not was_in:
            queue(ADDED, user, space=space.pk)
    return user, made


def complete(profile: Profile) -> Profile:
    """Save a filled-in profile; from the first time on its person is a member of the network."""
    profile.full_clean()
    profile.completed_at = profile.completed_at or timezone.now()
    profile.save()
    return profile
