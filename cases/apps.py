from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CasesConfig(AppConfig):
    name = "cases"
    verbose_name = _("Casefortællinger og projekter")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from cases import faces, finding, reading  # noqa: F401
