from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class HandoverQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Keep what `user` took over; who left reads nothing any more."""
        return self.filter(heir=user.pk) if user.is_authenticated else self.none()


class Handover(models.Model):
    """Someone left her job and gave things to one heir, or a facilitator (`by`) did it for her when mail reached her
    no more: ids alone, by their kind. Rows are only added.

    What the heir is told of them is asked again by the rule when it is told.
    """

    class What(models.TextChoices):
        SPACE = "space", _("rum")
        PAGE = "page", _("side")
        THREAD = "thread", _("spørgsmål")
        MEETING = "meeting", _("møde")
        ACTION = "action", _("opgave")

    giver = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    heir = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    things = models.JSONField(default=dict)  # {"space": [ids], "page": [ids], "thread": [ids] …}
    at = models.DateTimeField(auto_now_add=True)

    objects = HandoverQuerySet.as_manager()

    class Meta:
        verbose_name = _("overdragelse")
        verbose_name_plural = _("overdragelser")
        ordering = ["-pk"]

    def __str__(self):
        return f"{self.giver_id} → {self.heir_id}"

    def of(self, what):
        """Return the ids of what was given of one kind."""
        return self.things.get(what, [])
