"""What is kept of an account, for its person to take along (accounts.own_data)."""

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.utils.translation import gettext_lazy as _

from accounts.models import Bounce, Letter, User, Welcome
from accounts.own_data import brings, names


@names(Group)
def groups(user, ids):
    return dict(user.groups.filter(pk__in=ids).values_list("pk", "name"))


brings(
    _("Din konto"),
    User,
    whose=["pk"],
    tells={
        "name": _("Navn"),
        "email": _("Mailadresse"),
        "date_joined": _("Oprettet"),
        "last_login": _("Sidst logget ind"),
        "is_active": _("Kontoen er åben"),
        "is_staff": _("Må se Djangos administration"),
        "is_superuser": _("Har alle rettigheder"),
        "groups": _("Grupper"),
    },
    leaves={"password": "only what proves it is kept", "user_permissions": "rights are given by groups"},
)
brings(
    _("Dine mailadresser"),
    EmailAddress,
    whose=["user"],
    tells={"email": _("Mailadresse"), "verified": _("Bekræftet"), "primary": _("Bruges til at logge ind")},
)
brings(
    _("Mails, vi har skrevet til dig"),
    Letter,
    whose=["recipient"],
    tells={
        "kind": _("Slags"),
        "queued_at": _("Skrevet"),
        "sent_at": _("Sendt"),
        "dropped_at": _("Opgivet"),
    },
    leaves={
        "about": "numbers of other rows",
        "due_at": "of the sending alone",
        "unreached_at": "of the sending alone",
        "tries": "of the sending alone",
        "last_error": "of the sending alone",
    },
)
brings(
    _("Mails, der kom tilbage"),
    Bounce,
    whose=["user"],
    tells={"address": _("Mailadresse"), "kind": _("Hvad der skete"), "at": _("Hvornår")},
    leaves={"source": "the number by which it is counted once"},
)
brings(
    _("Invitationer til at vælge en adgangskode"),
    Welcome,
    whose=["user", "by"],
    tells={
        "user": _("Til"),
        "by": _("Fra"),
        "made_at": _("Lavet"),
        "expires_at": _("Udløber"),
        "used_at": _("Brugt"),
        "withdrawn_at": _("Trukket tilbage"),
    },
    leaves={"letter": "stands among the mails", "key_hash": "only what proves the key is kept"},
)
