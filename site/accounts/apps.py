from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("Brugere")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from allauth.account.signals import user_logged_in

        from accounts import checks, own_account, welcome  # noqa: F401  they announce themselves
        from accounts.bounces import tell_at_the_door

        user_logged_in.connect(tell_at_the_door, dispatch_uid="accounts.bounces")
