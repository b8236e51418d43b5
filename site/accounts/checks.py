from django.conf import settings
from django.core.checks import Error, Tags, Warning, register

from accounts.demo import demo_accounts_out_of_place, sentence
from accounts.signed_addresses import MAILBOX, NOBODY, is_on

ALONE = {"django.core.cache.backends.locmem.LocMemCache", "django.core.cache.backends.dummy.DummyCache"}


@register(Tags.database)
def demo_accounts_stay_in_the_demo(app_configs, databases=None, **kwargs):
    """accounts.E001: asked by migrate, and by check --database default."""
    if "default" not in (databases or []):
        return []
    found = demo_accounts_out_of_place()
    hint = "Deactivate them, or set DATABASE_URL to a database that was never a demo."
    return [Error(sentence(found), hint=hint, id="accounts.E001")] if found else []


@register()
def mailbox_for_answers_is_short(app_configs, **kwargs):
    """accounts.E002: before the @ of an address stand at most 64 signs, and ours says what it is about."""
    mailbox, at, host = settings.MAIL_IN.rpartition("@")
    if not settings.MAIL_IN or (at and host and 0 < len(mailbox) <= MAILBOX and "+" not in mailbox):
        return []
    hint = f"Set MAIL_IN to an address with at most {MAILBOX} signs before the @, and no plus: svar@post.example."
    return [Error("MAIL_IN is no mailbox that answers can come to.", hint=hint, id="accounts.E002")]


@register(Tags.security, deploy=True)
def limits_are_shared(app_configs, **kwargs):
    """accounts.W001: a limit that each process counts for itself is as many limits as there are processes."""
    if settings.CACHES["default"]["BACKEND"] not in ALONE:
        return []
    hint = "Set CACHE_URL to a cache that all processes share, for instance redis://127.0.0.1:6379/0."
    return [Warning("The limits on signing in are counted by each process alone.", hint=hint, id="accounts.W001")]


@register(Tags.security, deploy=True)
def senders_are_proven(app_configs, **kwargs):
    """accounts.W002: where no server vouches, who has got hold of an address for answers can forge its owner.
    accounts.W003: where nothing is said of it, nobody can answer by mail."""
    if not is_on() or settings.MAIL_IN_TRUSTS not in ("", NOBODY):
        return []
    hint = "Let your mail server check DMARC, DKIM and SPF, and set MAIL_IN_TRUSTS to its name (docs/mail.md)."
    if not settings.MAIL_IN_TRUSTS:
        return [Warning("Nobody can answer by mail: MAIL_IN_TRUSTS is not set.", hint=hint, id="accounts.W003")]
    return [Warning("Nobody vouches for the senders of mail that comes in.", hint=hint, id="accounts.W002")]
