from math import log

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel

from content.models import BasePage
from danish import danish_sort_key, danish_to_ascii


class MunicipalityQuerySet(models.QuerySet):
    def naming(self, text):
        """Keep those in whose name or region every word of `text` stands, folded as Danish."""
        for word in danish_to_ascii(text).split()[:8]:
            self = self.filter(find_text__contains=word)
        return self


class RealManager(models.Manager.from_queryset(MunicipalityQuerySet)):
    """The 98 alone: lists, map, facets, figures and choosers never meet a made-up one."""

    def get_queryset(self):
        return super().get_queryset().filter(is_fictional=False)


class Municipality(models.Model):
    """One of the 98 municipalities, with the figures a planner compares by."""

    code = models.CharField(_("kommunekode"), max_length=4, unique=True)
    name = models.CharField(_("navn"), max_length=60, help_text=_("Uden »Kommune«, fx »Lemvig«."))
    full_name = models.CharField(_("fulde navn"), max_length=80, help_text=_("Fx »Lemvig Kommune«."))
    slug = models.SlugField(_("kort navn i adresser"), max_length=60, unique=True)
    region = models.CharField(_("region"), max_length=40)
    population_2014 = models.PositiveIntegerField(_("indbyggere 1. januar 2014"), null=True, blank=True)
    population_2023 = models.PositiveIntegerField(_("indbyggere 1. januar 2023"), null=True, blank=True)
    area_km2 = models.DecimalField(_("areal i km²"), max_digits=7, decimal_places=1, null=True, blank=True)
    latitude = models.DecimalField(_("breddegrad"), max_digits=7, decimal_places=4, null=True, blank=True)
    longitude = models.DecimalField(_("længdegrad"), max_digits=7, decimal_places=4, null=True, blank=True)
    is_peripheral = models.BooleanField(
        _("yderområde 2014–2020"), default=False, help_text=_("Udpeget af Erhvervsstyrelsen for 2014–2020.")
    )
    is_fictional = models.BooleanField(
        _("opdigtet"),
        default=False,
        editable=False,
        help_text=_("Til demoens opdigtede medlemmer. Står i ingen liste."),
    )
    figures_source = models.TextField(_("kilder til tallene"), blank=True)
    sort_key = models.CharField(max_length=200, editable=False, db_index=True)
    find_text = models.CharField(max_length=200, editable=False)

    objects = RealManager()
    anywhere = MunicipalityQuerySet.as_manager()

    panels = [
        FieldRowPanel([FieldPanel("code"), FieldPanel("name"), FieldPanel("full_name"), FieldPanel("slug")]),
        FieldPanel("region"),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("population_2014"), FieldPanel("population_2023"), FieldPanel("area_km2")]),
                FieldRowPanel([FieldPanel("latitude"), FieldPanel("longitude"), FieldPanel("is_peripheral")]),
                FieldPanel("figures_source"),
            ],
            heading=_("Tal"),
        ),
    ]

    class Meta:
        verbose_name = _("kommune")
        verbose_name_plural = _("kommuner")
        ordering = ["sort_key"]

    def save(self, *args, **kwargs):
        self.sort_key = danish_sort_key(self.name)
        self.find_text = danish_to_ascii(f"{self.name} {self.full_name} {self.region}")
        super().save(*args, **kwargs)

    def __str__(self):
        return self.full_name

    def get_absolute_url(self):
        return reverse("municipality", args=[self.slug])

    @property
    def title(self):
        return self.full_name

    @property
    def summary(self):
        return self.region

    @property
    def growth(self):
        """Change in population 2014-2023 in per cent, one decimal; None where a figure is missing."""
        if not self.population_2014 or not self.population_2023:
            return None
        return round(100 * (self.population_2023 - self.population_2014) / self.population_2014, 1)

    def most_like(self, places, number=5):
        """Return the `number` among `places` nearest in size and growth, nearest first.

        Distance: |ln(population 2023 / theirs)| + |difference in growth 2014-2023, in percentage points| / 5.
        """
        others = [place for place in places if place.pk != self.pk and place.population_2023]
        return sorted(others, key=lambda other: (self.distance_to(other), other.sort_key))[:number]

    def distance_to(self, other):
        size = abs(log(self.population_2023 / other.population_2023)) if self.population_2023 else 0
        return size + abs((self.growth or 0) - (other.growth or 0)) / 5


class MunicipalityIndexPage(BasePage):
    """The 98 municipalities A-Å. Each has its own address below, made from the figures and what apps register."""

    kind = "kommuner"
    kind_label = _("Oversigt")
    kind_plural = _("Oversigter")
    kind_icon = "i-pin"
    findable = False
    template = "network/municipality_index_page.html"
    max_count = 1
    subpage_types = []

    class Meta:
        verbose_name = _("oversigt over kommuner")
