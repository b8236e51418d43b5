from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from network.models.talk import Thread

USER = settings.AUTH_USER_MODEL


class PollQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Keep the polls of threads that `user` may read."""
        return self.filter(thread__in=Thread.objects.visible_to(user).order_by().values("pk"))


class Poll(models.Model):
    """One question to those who read a thread, with 2 to 10 choices."""

    class Result(models.TextChoices):
        ALWAYS = "always", _("hele tiden")
        AFTER = "after", _("når man har svaret, og når afstemningen er slut")
        CLOSED = "closed", _("når afstemningen er slut")

    thread = models.OneToOneField(Thread, on_delete=models.CASCADE, related_name="poll")
    question = models.CharField(_("spørgsmål"), max_length=140)
    is_multiple = models.BooleanField(_("man kan vælge flere"), default=False)
    closes_at = models.DateTimeField(_("slutter"), null=True, blank=True)
    result = models.CharField(_("resultatet vises"), max_length=6, choices=Result.choices, default=Result.AFTER)
    made_by = models.ForeignKey(USER, null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)

    objects = PollQuerySet.as_manager()

    class Meta:
        verbose_name = _("afstemning")
        verbose_name_plural = _("afstemninger")

    def __str__(self):
        return self.question

    @property
    def is_over(self):
        return self.closes_at is not None and self.closes_at <= timezone.now()


class PollChoice(models.Model):
    poll = models.ForeignKey(Poll, on_delete=models.CASCADE, related_name="choices")
    place = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=120)

    class Meta:
        verbose_name = _("svarmulighed")
        verbose_name_plural = _("svarmuligheder")
        ordering = ["place"]
        constraints = [models.UniqueConstraint(fields=["poll", "place"], name="choices_have_places")]

    def __str__(self):
        return self.text


class Vote(models.Model):
    """Someone chose this. Who voted what is shown to nobody."""

    choice = models.ForeignKey(PollChoice, on_delete=models.CASCADE, related_name="votes")
    user = models.ForeignKey(USER, on_delete=models.CASCADE, related_name="+")

    class Meta:
        verbose_name = _("stemme")
        verbose_name_plural = _("stemmer")
        constraints = [models.UniqueConstraint(fields=["choice", "user"], name="one_vote_a_choice")]

    def __str__(self):
        return f"{self.choice_id}"
