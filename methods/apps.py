from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MethodsConfig(AppConfig):
    name = "methods"
    verbose_name = _("Metoder og værktøjer")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from methods import faces, finding, reading  # noqa: F401
