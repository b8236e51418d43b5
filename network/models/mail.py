from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from network.models.talk import Post

USER = settings.AUTH_USER_MODEL


class IncomingMailQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Keep what `user` has sent herself: nobody else reads what was cut off, or why a mail was refused."""
        return self.filter(user=user.pk)


class IncomingMail(models.Model):
    """A mail that a member sent to us, and what became of it. It holds what was cut off, and nothing else of the mail.

    `key` is made of its Message-ID: the same mail is taken once, however often and by how many roads it comes.
    """

    class State(models.TextChoices):
        POSTED = "posted", _("står i netværket")
        REFUSED = "refused", _("blev ikke taget imod")

    key = models.CharField(max_length=64, unique=True, editable=False)
    user = models.ForeignKey(USER, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(_("modtaget"), auto_now_add=True)
    state = models.CharField(_("tilstand"), max_length=8, choices=State.choices)
    post = models.ForeignKey(Post, null=True, on_delete=models.CASCADE, related_name="+")
    cut = models.TextField(_("skåret væk"), blank=True)
    # What the sender is told: why it was refused, or which files did not come along. Our words, never hers.
    told = models.TextField(blank=True)

    objects = IncomingMailQuerySet.as_manager()

    class Meta:
        verbose_name = _("mail ind")
        verbose_name_plural = _("mails ind")
        indexes = [models.Index(fields=["state", "at"], name="mails_in_by_state")]

    def __str__(self):
        return f"{self.get_state_display()} · {self.pk}"
