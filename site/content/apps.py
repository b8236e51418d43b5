from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ContentConfig(AppConfig):
    name = "content"
    verbose_name = _("Indhold")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from content import approval_mail, checks, finding, link_labels, receivers, touching  # noqa: F401

        receivers.connect()
        approval_mail.connect()
        link_labels.connect()
        touching.connect()
