from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HomeConfig(AppConfig):
    name = "home"
    verbose_name = _("Forside")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from home import faces, figures, finding, front, lists, own_data, provenance  # noqa: F401
