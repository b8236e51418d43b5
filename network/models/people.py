from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from network.models.places import Municipality


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
