from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NetworkConfig(AppConfig):
    name = "network"
    verbose_name = _("Netværk")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from network import (  # noqa: F401
            announce,
            change,
            contacts,
            digest_letters,
            directory,
            due_actions,
            faces,
            file_finding,
            finding,
            letters,
            mail_letters,
            mail_webhook,
            meeting_finding,
            meeting_letters,
            meeting_notices,
            moderate,
            notice_letters,
            own_data,
            pointing,
            references,
            search_in_spaces,
            seats,
            told,
            unreached,
        )
