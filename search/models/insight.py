from django.db import models
from django.utils.translation import gettext_lazy as _


class SearchWeek(models.Model):
    """How often something was searched for in a week. Of those who asked it tells only how many they are at least.

    `text`: as it was typed, in small letters; empty stands for all searches of the kind. `kind`: that chosen, or "".
    Each search sets one of 256 bits, chosen by a secret of the week (search.insight). So many as are set asked at
    least; whose a bit is nobody can say once the secret is gone.
    """

    week = models.DateField()  # its Monday
    text = models.CharField(max_length=100, blank=True)
    kind = models.CharField(max_length=40, blank=True)
    searches = models.PositiveIntegerField(default=0)
    without_results = models.PositiveIntegerField(default=0)
    clicked = models.PositiveIntegerField(default=0)
    reformulated = models.PositiveIntegerField(default=0)
    # The 256 bits in four columns, so that a bit is set by one UPDATE and none is lost when two search at once.
    askers_0 = models.BigIntegerField(default=0)
    askers_1 = models.BigIntegerField(default=0)
    askers_2 = models.BigIntegerField(default=0)
    askers_3 = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("uges søgninger")
        verbose_name_plural = _("ugers søgninger")
        constraints = [models.UniqueConstraint(fields=["week", "text", "kind"], name="one_row_a_search_a_week")]

    def __str__(self):
        return f"{self.week} {self.text}"
