from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SearchConfig(AppConfig):
    name = "search"
    verbose_name = _("Søgning")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from django.conf import settings
        from django.db.models.signals import post_migrate

        from search import analysis, outbox, related  # noqa: F401
        from search.engines.sqlite import keep_triggers

        post_migrate.connect(keep_triggers, sender=self, dispatch_uid="search_triggers")
        analysis.configure(settings.SEARCH_LEXICON)
        outbox.connect()
