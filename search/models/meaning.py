from django.db import models
from django.utils.translation import gettext_lazy as _

from search.models.index import SearchEntry


class SearchVector(models.Model):
    """What an entry is about, as the sentence model reads it: 384 numbers of unit length, little-endian float32."""

    entry = models.OneToOneField(SearchEntry, on_delete=models.CASCADE, primary_key=True, related_name="vector")
    version = models.BigIntegerField()  # of the entry it was made from
    numbers = models.BinaryField()

    class Meta:
        verbose_name = _("betydning")
        verbose_name_plural = _("betydninger")

    def __str__(self):
        return str(self.entry_id)
