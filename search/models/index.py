"""What search keeps: an entry for each findable thing, what stands in the outbox, and the public words."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class SearchEntry(models.Model):
    """One findable thing, analysed. Every engine is filled from these rows, and the database searches them itself."""

    source = models.CharField(max_length=40)  # the name of its content.findable.Findable
    object_id = models.BigIntegerField()
    kind = models.CharField(max_length=40)
    audience = models.CharField(max_length=60)
    title = models.TextField()
    summary = models.TextField(blank=True)
    text = models.TextField(blank=True)
    also = models.TextField(blank=True)  # what it stands under, and other names; found, not shown
    url = models.TextField()
    language = models.CharField(max_length=10, default="da")
    published = models.DateTimeField(null=True)
    expires = models.DateTimeField(null=True)
    # The lines of its card, of what is open to all (search.kept); null where cards are made anew for each reader.
    card = models.JSONField(null=True)
    # Terms with spaces between, ready for any engine: letters a-z and digits only (search.analysis).
    t_title = models.TextField(blank=True)
    t_tags = models.TextField(blank=True)
    t_summary = models.TextField(blank=True)
    t_body = models.TextField(blank=True)
    t_parts = models.TextField(blank=True)
    analyzer = models.CharField(max_length=40)  # the analysis that made the terms
    # Grows with every writing of the row; a late copy to another engine cannot overwrite a newer one.
    version = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("søgeindgang")
        verbose_name_plural = _("søgeindgange")
        constraints = [models.UniqueConstraint(fields=["source", "object_id"], name="one_entry_a_thing")]
        indexes = [models.Index(fields=["audience", "kind"], name="entries_by_audience")]

    def __str__(self):
        return f"{self.source}:{self.object_id}"


class SearchFacet(models.Model):
    """An entry stands under a value of a field; `kind` is a field like the others here."""

    entry = models.ForeignKey(SearchEntry, on_delete=models.CASCADE, related_name="facets")
    field = models.CharField(max_length=20)
    value = models.CharField(max_length=100)

    class Meta:
        verbose_name = _("facet")
        verbose_name_plural = _("facetter")
        constraints = [models.UniqueConstraint(fields=["entry", "field", "value"], name="one_facet_an_entry")]
        indexes = [models.Index(fields=["field", "value", "entry"], name="facets_by_value")]

    def __str__(self):
        return f"{self.field}={self.value}"


class SearchTask(models.Model):
    """The outbox: an entry is to be made again. Written in the transaction that changes the thing."""

    class Stage(models.TextChoices):
        ENTRY = "entry", _("indgangen laves")
        ENGINE = "engine", _("indgangen sendes til søgemaskinen")

    source = models.CharField(max_length=40)
    object_id = models.BigIntegerField()
    stage = models.CharField(max_length=6, choices=Stage.choices, default=Stage.ENTRY)
    losing = models.BooleanField(default=False)  # may be gone, or closed to someone: seen to first
    # The entry that goes to another engine, or leaves it with this version.
    entry_id = models.BigIntegerField(null=True)
    entry_version = models.BigIntegerField(default=0)
    written_at = models.DateTimeField(auto_now_add=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField(null=True)
    fault = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("søgeopgave")
        verbose_name_plural = _("søgeopgaver")
        ordering = ["-losing", "pk"]
        indexes = [models.Index(fields=["stage", "-losing", "id"], name="tasks_losing_first")]

    def __str__(self):
        return f"{self.source}:{self.object_id} · {self.stage}"


class SearchState(models.Model):
    """What search remembers of itself between processes: a named number or text."""

    name = models.CharField(max_length=40, primary_key=True)
    value = models.TextField(blank=True)

    class Meta:
        verbose_name = _("søgetilstand")
        verbose_name_plural = _("søgetilstande")

    def __str__(self):
        return self.name


class SearchWord(models.Model):
    """A word as it is written in public entries, and in how many: for suggestions and for »mente du«."""

    word = models.CharField(max_length=60, primary_key=True)
    folded = models.CharField(max_length=80, db_index=True)
    term = models.CharField(max_length=80, db_index=True)
    entries = models.IntegerField(default=0)

    class Meta:
        verbose_name = _("ord")
        verbose_name_plural = _("ord")

    def __str__(self):
        return self.word


class SearchTitle(models.Model):
    """The title of a public entry, folded, from each of its words on: for suggestions while someone types."""

    entry = models.ForeignKey(SearchEntry, on_delete=models.CASCADE, related_name="titles")
    key = models.CharField(max_length=60)
    place = models.PositiveSmallIntegerField()  # 0 is the whole title

    class Meta:
        verbose_name = _("titel til forslag")
        verbose_name_plural = _("titler til forslag")
        indexes = [models.Index(fields=["key", "place"], name="titles_by_key")]

    def __str__(self):
        return self.key


class SearchRelated(models.Model):
    """A public entry that is like another public one, nearest first."""

    entry = models.ForeignKey(SearchEntry, on_delete=models.CASCADE, related_name="related")
    other = models.ForeignKey(SearchEntry, on_delete=models.CASCADE, related_name="+")
    place = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = _("lignende")
        verbose_name_plural = _("lignende")
        ordering = ["place"]
        constraints = [models.UniqueConstraint(fields=["entry", "other"], name="one_related_a_pair")]

    def __str__(self):
        return f"{self.entry_id} – {self.other_id}"
