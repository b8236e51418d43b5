"""What belongs to writing: drafts, and what a text points at."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from network.models.talk import OfPostQuerySet, Post

USER = settings.AUTH_USER_MODEL


class DraftQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Keep the own drafts: nobody else reads them."""
        return self.filter(user=user.pk)


class Draft(models.Model):
    """What someone has begun to write: one for each place, kept over sign-out and from device to device."""

    user = models.ForeignKey(USER, on_delete=models.CASCADE, related_name="+")
    place = models.CharField(max_length=40, help_text=_("»ny:<rum>«, »svar:<tråd>« eller »ret:<indlæg>«."))
    title = models.CharField(max_length=140, blank=True)
    text = models.TextField(blank=True)
    at = models.DateTimeField(auto_now=True)
    # Two devices may write in one place: who saves on top of a version she has not seen is told.
    version = models.PositiveIntegerField(default=1, editable=False)
    base = models.PositiveIntegerField(
        null=True, editable=False, help_text=_("Udgaven af indlægget, som en rettelse begyndte fra.")
    )
    other = models.TextField(blank=True, help_text=_("Det, der stod i kladden på en anden enhed."))

    objects = DraftQuerySet.as_manager()

    class Meta:
        verbose_name = _("kladde")
        verbose_name_plural = _("kladder")
        constraints = [models.UniqueConstraint(fields=["user", "place"], name="one_draft_a_place")]

    def __str__(self):
        return f"{self.user_id} · {self.place}"

    @property
    def words(self):
        """All that is written in it, as one text."""
        return "\n\n".join(part for part in (self.title, self.text) if part)


class Mention(models.Model):
    """A post names a person who may read it."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="mentions")
    user = models.ForeignKey(USER, on_delete=models.CASCADE, related_name="+")

    objects = OfPostQuerySet.as_manager()

    class Meta:
        verbose_name = _("omtale af en person")
        verbose_name_plural = _("omtaler af personer")
        constraints = [models.UniqueConstraint(fields=["post", "user"], name="one_mention_a_post")]

    def __str__(self):
        return f"{self.post_id} · {self.user_id}"


class Reference(models.Model):
    """A post points at a method, a story, a municipality, a thread …: `what` is the name of its findable face."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="references")
    what = models.CharField(max_length=30)
    object_id = models.BigIntegerField()

    objects = OfPostQuerySet.as_manager()

    class Meta:
        verbose_name = _("henvisning")
        verbose_name_plural = _("henvisninger")
        constraints = [models.UniqueConstraint(fields=["post", "what", "object_id"], name="one_reference_a_post")]
        indexes = [models.Index(fields=["what", "object_id"], name="references_to_a_thing")]

    def __str__(self):
        return f"{self.post_id} · {self.what} {self.object_id}"
