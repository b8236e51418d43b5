from django.conf import settings
from django.core.checks import Error, Tags, Warning, register

from accounts.demo import demo_accounts_out_of_place, sentence

ALONE = {"django.core.cache.backends.locmem.LocMemCache", "django.core.cache.backends.dummy.DummyCache"}


@register(Tags.database)
def demo_accounts_stay_in_the_demo(app_configs, databases=None, **kwargs):
    """accounts.E001: asked by migrate, and by check --database default."""
    if "default" not in (databases or []):
        return []
    found = demo_accounts_out_of_place()
    hint = "Deactivate them, or set DATABASE_URL to a database that was never a demo."
    return [Error(sentence(found), hint=hint, id="accounts.E001")] if found else []


@register(Tags.security, deploy=True)
def limits_are_shared(app_configs, **kwargs):
    """accounts.W001: a limit that each process counts for itself is as many limits as there are processes."""
    if settings.CACHES["default"]["BACKEND"] not in ALONE:
        return []
    hint = "Set CACHE_URL to a cache that all processes share, for instance redis://127.0.0.1:6379/0."
    return [Warning("The limits on signing in are counted by each process alone.", hint=hint, id="accounts.W001")]
