"""The shared vocabulary and how a page is classified by it.

The rows that tie a page to a word hang on Wagtail's own Page, not on each page type: so one question
finds methods, projects and news alike, and lists over several kinds need no query per kind.
"""

from django.db import models
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from modelcluster.contrib.taggit import ClusterTaggableManager
from modelcluster.fields import ParentalKey
from taggit.models import ItemBase, TagBase
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.models import TranslatableMixin

from danish import danish_sort_key, danish_to_ascii
from taxonomy.forms import ClassifiedForm


class Term(TranslatableMixin, models.Model):
    """One word of a vocabulary: editors order them, pages point at them."""

    title = models.CharField(_("navn"), max_length=120)
    slug = models.SlugField(
        _("kort navn i adresser"),
        max_length=80,
        help_text=_("Små bogstaver uden æ, ø og å. Skift det ikke, når først der er links til det."),
    )
    description = models.CharField(
        _("forklaring"),
        max_length=255,
        blank=True,
        help_text=_("Én sætning, som en planlægger forstår uden at kende kampagnen."),
    )
    sort_order = models.PositiveSmallIntegerField(_("rækkefølge"), default=0, db_index=True)

    panels = [
        FieldPanel("title"),
        FieldPanel("slug"),
        FieldPanel("description"),
        FieldPanel("sort_order"),
    ]

    class Meta(TranslatableMixin.Meta):
        abstract = True
        ordering = ["sort_order", "slug"]
        unique_together = [("translation_key", "locale"), ("slug", "locale")]

    def __str__(self):
        return self.title


class Theme(Term):
    """One of the campaign's themes, shown with a ground cover: a colour and a map signature together."""

    class Ground(models.TextChoices):
        LYNG = "lyng", _("lyng (lilla, totter)")
        TEGL = "tegl", _("tegl (rød, bygninger)")
        RUG = "rug", _("rug (gul, furer)")
        ENG = "eng", _("eng (grøn, ringe)")

    ground = models.CharField(
        _("farve og signatur"),
        max_length=8,
        choices=Ground.choices,
        help_text=_("Bunddækket på kortet. Vælg ét, som intet andet tema bruger."),
    )

    panels = [*Term.panels, FieldPanel("ground")]

    class Meta(Term.Meta):
        verbose_name = _("tema")
        verbose_name_plural = _("temaer")


class Phase(Term):
    class Meta(Term.Meta):
        verbose_name = _("fase")
        verbose_name_plural = _("faser")


class TargetGroup(Term):
    class Meta(Term.Meta):
        verbose_name = _("målgruppe")
        verbose_name_plural = _("målgrupper")


class Challenge(Term):
    class Meta(Term.Meta):
        verbose_name = _("udfordring")
        verbose_name_plural = _("udfordringer")


class Assignment(models.Model):
    """A page stands under a word. `reason` tells on what the editors' reading rests."""

    reason = models.CharField(_("begrundelse"), max_length=255, blank=True)

    class Meta:
        abstract = True

    def __str__(self):
        return f"{self.page} – {self.term}"


class PageTheme(Assignment):
    page = ParentalKey("wagtailcore.Page", on_delete=models.CASCADE, related_name="page_themes")
    term = models.ForeignKey(Theme, on_delete=models.PROTECT, related_name="assignments")
    is_main = models.BooleanField(_("hovedtema"), default=False)

    class Meta(Assignment.Meta):
        constraints = [models.UniqueConstraint(fields=["page", "term"], name="page_theme_once")]


class PagePhase(Assignment):
    page = ParentalKey("wagtailcore.Page", on_delete=models.CASCADE, related_name="page_phases")
    term = models.ForeignKey(Phase, on_delete=models.PROTECT, related_name="assignments")

    class Meta(Assignment.Meta):
        constraints = [models.UniqueConstraint(fields=["page", "term"], name="page_phase_once")]


class PageTargetGroup(Assignment):
    page = ParentalKey("wagtailcore.Page", on_delete=models.CASCADE, related_name="page_target_groups")
    term = models.ForeignKey(TargetGroup, on_delete=models.PROTECT, related_name="assignments")

    class Meta(Assignment.Meta):
        constraints = [models.UniqueConstraint(fields=["page", "term"], name="page_target_group_once")]


class PageChallenge(Assignment):
    page = ParentalKey("wagtailcore.Page", on_delete=models.CASCADE, related_name="page_challenges")
    term = models.ForeignKey(Challenge, on_delete=models.PROTECT, related_name="assignments")

    class Meta(Assignment.Meta):
        constraints = [models.UniqueConstraint(fields=["page", "term"], name="page_challenge_once")]


class Tag(TagBase):
    """A free word in lower case; written twice in two ways it is still one tag."""

    free_tagging = True
    sort_key = models.CharField(max_length=200, editable=False, db_index=True)

    class Meta:
        verbose_name = _("emneord")
        verbose_name_plural = _("emneord")
        ordering = ["sort_key"]

    def save(self, *args, **kwargs):
        self.name = " ".join(self.name.lower().split())
        self.sort_key = danish_sort_key(self.name)
        super().save(*args, **kwargs)

    def slugify(self, tag, i=None):
        slug = slugify(danish_to_ascii(tag))
        return slug if i is None else f"{slug}-{i}"


class TaggedPage(ItemBase):
    content_object = ParentalKey("wagtailcore.Page", on_delete=models.CASCADE, related_name="tagged_items")
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="tagged_pages")
    reason = models.CharField(_("begrundelse"), max_length=255, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["content_object", "tag"], name="page_tagged_once")]


class Classified(models.Model):
    """A page type joins this by plain addition and can be found by theme, phase, group, challenge and tag."""

    tags = ClusterTaggableManager(
        through=TaggedPage,
        blank=True,
        verbose_name=_("emneord"),
        help_text=_("Tre til seks almindelige ord med små bogstaver. Brug helst ord, som andre sider har."),
    )

    base_form_class = ClassifiedForm

    classification_panels = [
        MultiFieldPanel(
            [
                FieldPanel("themes"),
                FieldPanel("phases"),
                FieldPanel("target_groups"),
                FieldPanel("challenges"),
                FieldPanel("tags"),
            ],
            heading=_("Hvor hører siden til?"),
        )
    ]

    class Meta:
        abstract = True
