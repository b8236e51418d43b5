from datetime import timedelta

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.addresses import normal


class UserManager(BaseUserManager):
    use_in_migrations = True

    def get_by_natural_key(self, email):
        return self.get(email=normal(email))

    def create_user(self, email, password=None, **fields):
        """Make an account; without a password it cannot sign in until one is chosen."""
        if not email:
            raise ValueError("An account needs an e-mail address.")
        user = self.model(email=normal(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email, password=None, **fields):
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """Who can sign in. Who they are to each other is the network's matter, not this model's."""

    email = models.EmailField(
        _("e-mail"),
        unique=True,
        error_messages={"unique": _("Der findes allerede en bruger med den adresse.")},
    )
    name = models.CharField(_("navn"), max_length=150, blank=True)
    is_staff = models.BooleanField(_("må se Djangos administration"), default=False)
    is_active = models.BooleanField(
        _("aktiv"), default=True, help_text=_("Slå fra i stedet for at slette, så historikken kan læses.")
    )
    date_joined = models.DateTimeField(_("oprettet"), default=timezone.now)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = []

    class Meta:
        verbose_name = _("bruger")
        verbose_name_plural = _("brugere")

    def __str__(self):
        return self.name or self.email

    @classmethod
    def normalize_username(cls, username):
        return normal(username)

    def get_full_name(self):
        return self.name

    def get_short_name(self):
        return self.name.split(" ")[0]

    @property
    def first_name(self):
        """What Wagtail's menu calls the person; without it, it would write the address."""
        return self.get_short_name()


class LetterQuerySet(models.QuerySet):
    def waiting(self):
        return self.filter(sent_at=None, dropped_at=None)

    def due(self):
        return self.waiting().filter(due_at__lte=timezone.now())


class Letter(models.Model):
    """A mail that is owed to someone. It holds ids alone: words and rights are asked when it is sent."""

    kind = models.CharField(_("slags"), max_length=40)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("modtager"), on_delete=models.CASCADE, related_name="letters"
    )
    about = models.JSONField(_("om"), default=dict, blank=True)
    queued_at = models.DateTimeField(_("lagt i kø"), default=timezone.now)
    due_at = models.DateTimeField(_("prøves tidligst"), default=timezone.now)
    sent_at = models.DateTimeField(_("sendt"), null=True, blank=True)
    dropped_at = models.DateTimeField(_("opgivet"), null=True, blank=True)
    unreached_at = models.DateTimeField(_("mailserver svarede ikke"), null=True, blank=True)
    tries = models.PositiveSmallIntegerField(_("forsøg"), default=0)
    last_error = models.CharField(_("seneste fejl"), max_length=120, blank=True)

    objects = LetterQuerySet.as_manager()

    class Meta:
        verbose_name = _("brev")
        verbose_name_plural = _("breve")
        indexes = [
            models.Index(
                fields=["due_at"],
                name="accounts_letters_waiting",
                condition=models.Q(sent_at=None, dropped_at=None),
            )
        ]

    def __str__(self):
        return f"{self.kind} {self.pk}"


class WelcomeQuerySet(models.QuerySet):
    def open(self):
        """Return the keys that still let someone in."""
        return self.filter(used_at=None, withdrawn_at=None, expires_at__gt=timezone.now())

    def withdraw(self):
        return self.filter(used_at=None, withdrawn_at=None).update(withdrawn_at=timezone.now())


class Welcome(models.Model):
    """A key that lets one person choose a password, once. Only its hash is kept."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("bruger"), on_delete=models.CASCADE, related_name="welcomes"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("oprettet af"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    letter = models.ForeignKey(
        Letter, verbose_name=_("sendt med"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    key_hash = models.CharField(max_length=64, unique=True, editable=False)
    made_at = models.DateTimeField(_("lavet"), default=timezone.now)
    expires_at = models.DateTimeField(_("udløber"))
    used_at = models.DateTimeField(_("brugt"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("trukket tilbage"), null=True, blank=True)

    objects = WelcomeQuerySet.as_manager()

    class Meta:
        verbose_name = _("velkomst")
        verbose_name_plural = _("velkomster")

    def __str__(self):
        return f"{self.user_id} {self.made_at:%Y-%m-%d}"


BOUNCES_COUNT_FOR = timedelta(days=30)


class BounceQuerySet(models.QuerySet):
    def of(self, user):
        """Keep what counts for the address that `user` has now."""
        since = timezone.now() - BOUNCES_COUNT_FOR
        return self.filter(user=user, address=normal(user.email), at__gt=since)


class Bounce(models.Model):
    """A mail came back from someone's address, or was called unwanted there."""

    class Kind(models.TextChoices):
        SOFT = "soft", _("kunne ikke leveres lige nu")
        HARD = "hard", _("kom tilbage")
        COMPLAINT = "complaint", _("meldt som uønsket")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("bruger"), on_delete=models.CASCADE, related_name="bounces"
    )
    address = models.EmailField(_("e-mail"))
    kind = models.CharField(_("slags"), max_length=10, choices=Kind.choices)
    source = models.CharField(max_length=200)
    at = models.DateTimeField(_("hvornår"), default=timezone.now)

    objects = BounceQuerySet.as_manager()

    class Meta:
        verbose_name = _("returmail")
        verbose_name_plural = _("returmails")
        constraints = [models.UniqueConstraint(fields=["user", "source"], name="a_bounce_counts_once")]

    def __str__(self):
        return f"{self.user_id} · {self.kind}"
