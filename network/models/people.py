from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from network.models.places import Municipality
from network.storage import closed_files
from taxonomy.models import Theme


class Seen(models.TextChoices):
    """Who sees a field of a profile. The rule itself is `network.who_sees`."""

    ME = "me", _("Kun mig")
    SPACES = "spaces", _("Dem, jeg deler rum med")
    NETWORK = "network", _("Hele netværket")


def _seen(default=Seen.ME):
    return models.CharField(_("hvem kan se det"), max_length=8, choices=Seen.choices, default=default)


class Profile(models.Model):
    """Who someone is in the network. Shown to members of the network only."""

    class Kind(models.TextChoices):
        MUNICIPAL = "municipal", _("kommunal medarbejder")
        ADVISER = "adviser", _("rådgiver")
        PARTNER = "partner", _("partner")
        EDITORIAL = "editorial", _("redaktion")

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, verbose_name=_("person"), on_delete=models.CASCADE, related_name="profile"
    )
    role = models.CharField(
        _("stilling"), max_length=120, blank=True, help_text=_("Fx »landdistriktskoordinator«. Vises ved dine indlæg.")
    )
    municipality = models.ForeignKey(
        Municipality,
        verbose_name=_("kommune"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="profiles",
    )
    organisation = models.CharField(
        _("organisation"), max_length=120, blank=True, help_text=_("Hvis du ikke er ansat i en kommune.")
    )
    kind = models.CharField(_("du er"), max_length=10, choices=Kind.choices, default=Kind.MUNICIPAL)
    completed_at = models.DateTimeField(_("udfyldt"), null=True, blank=True, editable=False)

    themes = models.ManyToManyField(Theme, verbose_name=_("temaer"), blank=True, related_name="+")
    methods = models.ManyToManyField(Page, verbose_name=_("metoder og værktøjer"), blank=True, related_name="+")
    ask_limit = models.CharField(
        _("så meget kan du spørges"),
        max_length=80,
        blank=True,
        help_text=_("Fx »højst to spørgsmål om måneden«. Vises sammen med det, du kan spørges om."),
    )
    about = models.TextField(
        _("kort om dig"), max_length=500, blank=True, help_text=_("To-tre linjer om, hvad du arbejder med.")
    )
    phone = models.CharField(_("telefon"), max_length=20, blank=True)
    picture = models.FileField(_("billede"), storage=closed_files, max_length=200, blank=True, editable=False)

    # Who sees what of the above; the name is seen by the whole network.
    role_seen = _seen(Seen.NETWORK)
    place_seen = _seen(Seen.NETWORK)
    topics_seen = _seen()
    about_seen = _seen()
    phone_seen = _seen()
    picture_seen = _seen()

    class Meta:
        verbose_name = _("profil")
        verbose_name_plural = _("profiler")

    def __str__(self):
        return ", ".join(part for part in (self.role, self.place) if part) or str(self.user)

    def clean(self):
        super().clean()
        if self.kind == self.Kind.MUNICIPAL and self.municipality_id is None:
            raise ValidationError({"municipality": _("Vælg den kommune, du er ansat i.")})
        if self.kind != self.Kind.MUNICIPAL and not self.organisation and self.municipality_id is None:
            raise ValidationError({"organisation": _("Skriv, hvor du arbejder.")})

    @property
    def is_complete(self):
        return self.completed_at is not None

    @property
    def place(self):
        """Where the person works, as it is written beside the name."""
        return self.municipality.full_name if self.municipality_id else self.organisation
