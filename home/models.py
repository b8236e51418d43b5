from datetime import MAXYEAR, MINYEAR, datetime, time

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel, PageChooserPanel
from wagtail.fields import StreamField
from wagtail.models import Orderable, Page, PageViewRestriction
from wagtail.search import index

from content.blocks import BODY_BLOCKS
from content.models import BasePage, File
from network.models import Municipality
from taxonomy.models import Classified


class HomePage(BasePage):
    """The front door: the planner's task first, then the map, the themes and the stories."""

    kind = "forside"
    kind_label = _("Forside")
    kind_plural = _("Forsider")
    kind_icon = "i-map"
    findable = False
    template = "home/home_page.html"
    parent_page_types = ["wagtailcore.Page"]
    # The floors below cannot name the front door, so it is said here what may stand under it.
    subpage_types = [
        "methods.MethodIndexPage",
        "methods.ToolIndexPage",
        "cases.CaseIndexPage",
        "cases.ProjectIndexPage",
        "network.MunicipalityIndexPage",
        "home.MapPage",
        "home.CampaignPage",
        "home.PublicationIndexPage",
        "home.NewsIndexPage",
        "home.SectionPage",
        "home.InformationPage",
    ]

    kicker = models.CharField(_("over overskriften"), max_length=80, blank=True)
    headline = models.CharField(
        _("overskrift"), max_length=80, help_text=_("Løftet til planlæggeren. Højst otte ord.")
    )
    suggested_searches = models.CharField(
        _("forslag til søgning"), max_length=255, blank=True, help_text=_("Ord med komma imellem, højst fem.")
    )

    content_panels = [
        *BasePage.opening_panels,
        FieldPanel("cover"),
        MultiFieldPanel(
            [FieldPanel("kicker"), FieldPanel("headline"), FieldPanel("suggested_searches")], heading=_("Øverst")
        ),
        InlinePanel("featured", label=_("Fortælling"), heading=_("Udvalgte fortællinger"), max_num=4),
        *BasePage.care_panels,
    ]

    class Meta:
        verbose_name = _("forside")

    def route(self, request, path_components):
        """Find the page below in one query, however deep it stands (Wagtail asks twice a level).

        The nearest page to the address gets the rest of it and says itself what to do with that. The pages above
        come along in the same query, for the breadcrumb, and whether any of them is restricted.
        """
        if not path_components:
            return super().route(request, path_components)
        paths = [
            f"{self.url_path}{'/'.join(path_components[:depth])}/" for depth in range(1, len(path_components) + 1)
        ]
        above = [self.path[:length] for length in range(self.steplen, len(self.path) + 1, self.steplen)]
        below = Q(url_path__in=paths, path__startswith=self.path)
        closed = Exists(PageViewRestriction.objects.filter(page=OuterRef("pk")))
        way = list(Page.objects.filter(below | Q(path__in=above)).annotate(is_closed=closed).order_by("depth"))
        if not way or way[-1].depth <= self.depth:
            return super().route(request, path_components[:1])
        is_open = not any(page.is_closed for page in way)
        page = way.pop().specific
        page.way = [self if other.pk == self.pk else other for other in way]
        page.way_is_open = is_open
        return page.route(request, path_components[page.depth - self.depth :])

    @property
    def search_suggestions(self):
        return [word.strip() for word in self.suggested_searches.split(",") if word.strip()]


class FeaturedPage(Orderable):
    page = ParentalKey(HomePage, on_delete=models.CASCADE, related_name="featured")
    shown = models.ForeignKey(Page, verbose_name=_("side"), on_delete=models.CASCADE, related_name="+")

    panels = [PageChooserPanel("shown", ["cases.CaseStoryPage", "cases.ProjectPage"])]

    class Meta(Orderable.Meta):
        verbose_name = _("udvalgt fortælling")
        verbose_name_plural = _("udvalgte fortællinger")


class SectionPage(BasePage):
    """A heading with the pages below it."""

    kind = "afsnit"
    kind_label = _("Afsnit")
    kind_plural = _("Afsnit")
    kind_icon = "i-info"
    findable = False
    template = "home/section_page.html"
    parent_page_types = ["home.HomePage", "home.SectionPage"]
    subpage_types = ["home.SectionPage", "home.InformationPage"]
    body = StreamField(BODY_BLOCKS, verbose_name=_("tekst"), blank=True)

    content_panels = [*BasePage.opening_panels, FieldPanel("cover"), FieldPanel("body"), *BasePage.care_panels]

    class Meta:
        verbose_name = _("afsnit med undersider")
        verbose_name_plural = _("afsnit med undersider")


class InformationPage(BasePage):
    """A plain page of text: about, privacy, accessibility, how we judge documentation."""

    kind = "information"
    kind_label = _("Om siden")
    kind_plural = _("Om siden")
    kind_icon = "i-info"
    template = "home/information_page.html"
    parent_page_types = ["home.HomePage", "home.SectionPage"]
    subpage_types = []
    body = StreamField(BODY_BLOCKS, verbose_name=_("tekst"), blank=True)

    content_panels = [
        *BasePage.opening_panels,
        FieldPanel("cover"),
        FieldPanel("body"),
        *BasePage.source_panels,
        *BasePage.care_panels,
    ]
    search_fields = [*BasePage.search_fields, index.SearchField("body")]

    class Meta:
        verbose_name = _("informationsside")
        verbose_name_plural = _("informationssider")


class NewsIndexPage(BasePage):
    kind = "nyhedsoversigt"
    kind_label = _("Oversigt")
    kind_plural = _("Oversigter")
    kind_icon = "i-news"
    findable = False
    template = "home/news_index_page.html"
    max_count = 1
    parent_page_types = ["home.HomePage"]
    subpage_types = ["home.NewsPage"]

    class Meta:
        verbose_name = _("oversigt over nyheder")


class NewsPage(Classified, BasePage):
    kind = "nyhed"
    kind_label = _("Nyhed")
    kind_plural = _("Nyheder")
    kind_icon = "i-news"
    template = "home/news_page.html"
    parent_page_types = ["home.NewsIndexPage"]
    subpage_types = []
    published_on = models.DateField(_("dato"), db_index=True, default=timezone.localdate)
    municipality = models.ForeignKey(
        Municipality, verbose_name=_("kommune"), null=True, blank=True, on_delete=models.PROTECT, related_name="news"
    )
    body = StreamField(BODY_BLOCKS, verbose_name=_("tekst"), blank=True)

    content_panels = [
        *BasePage.opening_panels,
        FieldPanel("cover"),
        FieldRowPanel([FieldPanel("published_on"), FieldPanel("municipality")]),
        FieldPanel("body"),
        *Classified.classification_panels,
        *BasePage.source_panels,
        *BasePage.care_panels,
    ]
    search_fields = [*BasePage.search_fields, index.SearchField("body"), index.FilterField("published_on")]

    class Meta:
        verbose_name = _("nyhed")
        verbose_name_plural = _("nyheder")

    @property
    def dated_at(self):
        return timezone.make_aware(datetime.combine(self.published_on, time()))


class PublicationIndexPage(BasePage):
    kind = "publikationsoversigt"
    kind_label = _("Oversigt")
    kind_plural = _("Oversigter")
    kind_icon = "i-publication"
    findable = False
    template = "home/publication_index_page.html"
    max_count = 1
    parent_page_types = ["home.HomePage"]
    subpage_types = ["home.PublicationPage"]

    class Meta:
        verbose_name = _("oversigt over publikationer")


class PublicationPage(Classified, BasePage):
    """Something written elsewhere: a book, a plan, an analysis; with the way to it."""

    kind = "publikation"
    kind_label = _("Publikation")
    kind_plural = _("Publikationer")
    kind_icon = "i-publication"
    template = "home/publication_page.html"
    parent_page_types = ["home.PublicationIndexPage"]
    subpage_types = []

    publication_type = models.CharField(_("type"), max_length=60, help_text=_("Fx rapport, analyse, strategiplan."))
    title_basis = models.CharField(
        _("belæg for titlen"), max_length=255, blank=True, help_text=_("Hvis titlen er vores egen, så sig det her.")
    )
    author = models.CharField(_("forfatter"), max_length=255, blank=True)
    publisher = models.CharField(_("udgiver"), max_length=255, blank=True)
    year = models.PositiveSmallIntegerField(_("år"), null=True, blank=True, db_index=True)
    year_basis = models.CharField(_("belæg for året"), max_length=255, blank=True)
    isbn = models.CharField(_("ISBN"), max_length=20, blank=True)
    print_run = models.PositiveIntegerField(_("oplag"), null=True, blank=True)
    summary_en = models.CharField(_("kort fortalt på engelsk"), max_length=400, blank=True)
    file = models.ForeignKey(
        File, verbose_name=_("fil"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    body = StreamField(BODY_BLOCKS, verbose_name=_("tekst"), blank=True)

    content_panels = [
        *BasePage.opening_panels,
        FieldPanel("cover"),
        FieldRowPanel([FieldPanel("publication_type"), FieldPanel("year"), FieldPanel("year_basis")]),
        FieldRowPanel([FieldPanel("author"), FieldPanel("publisher")]),
        FieldRowPanel([FieldPanel("isbn"), FieldPanel("print_run")]),
        FieldPanel("title_basis"),
        FieldPanel("file"),
        FieldPanel("body"),
        InlinePanel("about", label=_("Kommune"), heading=_("Handler om kommuner")),
        *Classified.classification_panels,
        *BasePage.source_panels,
        *BasePage.care_panels,
    ]
    search_fields = [
        *BasePage.search_fields,
        index.SearchField("publication_type"),
        index.SearchField("author"),
        index.SearchField("publisher"),
        index.SearchField("isbn"),
        index.SearchField("body"),
        index.SearchField("summary_en"),
        index.FilterField("year"),
    ]

    class Meta:
        verbose_name = _("publikation")
        verbose_name_plural = _("publikationer")

    @property
    def dated_at(self):
        """The first day of the year it came out; the day it was put here where the year is not known."""
        is_known = self.year and MINYEAR < self.year < MAXYEAR
        return timezone.make_aware(datetime(self.year, 1, 1)) if is_known else super().dated_at


class PublicationMunicipality(Orderable):
    page = ParentalKey(PublicationPage, on_delete=models.CASCADE, related_name="about")
    municipality = models.ForeignKey(
        Municipality, verbose_name=_("kommune"), on_delete=models.PROTECT, related_name="publications"
    )

    panels = [FieldPanel("municipality")]


class CampaignPage(BasePage):
    """What the campaign was, in figures that carry their source, and charts computed from our own data."""

    kind = "kampagne"
    kind_label = _("Kampagnen")
    kind_plural = _("Kampagnen")
    kind_icon = "i-info"
    template = "home/campaign_page.html"
    parent_page_types = ["home.HomePage"]
    max_count = 1
    subpage_types = []

    former_name = models.CharField(_("tidligere navn"), max_length=120, blank=True)
    aim = models.TextField(_("formål"))
    focus_areas = models.TextField(_("indsatser"), blank=True, help_text=_("Én på hver linje."))
    partners = models.TextField(_("partnere"), help_text=_("Én på hver linje."))
    earlier_partners = models.TextField(_("tidligere partnere"), blank=True, help_text=_("Én på hver linje."))
    period = models.CharField(_("periode"), max_length=120)
    period_basis = models.CharField(_("belæg for perioden"), max_length=255, blank=True)
    projects_period = models.CharField(_("projekternes periode"), max_length=120, blank=True)
    budget_dkk = models.PositiveIntegerField(_("samlet ramme i kroner"), null=True, blank=True)
    cofinancing_dkk = models.PositiveIntegerField(_("kommunernes bidrag i kroner"), null=True, blank=True)
    cofinancing_basis = models.CharField(_("belæg for bidraget"), max_length=255, blank=True)
    max_grant_dkk = models.PositiveIntegerField(_("højeste støtte i kroner"), null=True, blank=True)
    max_grant_share_pct = models.PositiveSmallIntegerField(_("højeste andel i procent"), null=True, blank=True)
    grant_use = models.CharField(_("støtten gik til"), max_length=255, blank=True)
    eligibility = models.TextField(_("hvem kunne søge"), blank=True)
    selection_criteria = models.TextField(_("udvælgelse"), blank=True, help_text=_("Ét kriterium på hver linje."))
    network_note = models.TextField(_("netværket"), blank=True)
    follow_up = models.TextField(_("hvad kom bagefter"), blank=True)
    count_headline = models.CharField(_("om antallet af projekter"), max_length=255, blank=True)
    count_note = models.TextField(_("forklaring på antallet"), blank=True)
    body = StreamField(BODY_BLOCKS, verbose_name=_("tekst"), blank=True)

    content_panels = [
        *BasePage.opening_panels,
        FieldPanel("cover"),
        FieldPanel("former_name"),
        FieldPanel("aim"),
        FieldPanel("focus_areas"),
        MultiFieldPanel([FieldPanel("partners"), FieldPanel("earlier_partners")], heading=_("Partnere")),
        MultiFieldPanel(
            [FieldPanel("period"), FieldPanel("period_basis"), FieldPanel("projects_period")], heading=_("Periode")
        ),
        MultiFieldPanel(
            [
                FieldPanel("budget_dkk"),
                FieldPanel("cofinancing_dkk"),
                FieldPanel("cofinancing_basis"),
                FieldPanel("max_grant_dkk"),
                FieldPanel("max_grant_share_pct"),
                FieldPanel("grant_use"),
            ],
            heading=_("Penge"),
        ),
        MultiFieldPanel([FieldPanel("eligibility"), FieldPanel("selection_criteria")], heading=_("Udvælgelse")),
        FieldPanel("network_note"),
        FieldPanel("follow_up"),
        MultiFieldPanel(
            [FieldPanel("count_headline"), FieldPanel("count_note"), InlinePanel("counts", label=_("Antal"))],
            heading=_("Hvor mange projekter?"),
        ),
        FieldPanel("body"),
        *BasePage.source_panels,
        *BasePage.care_panels,
    ]
    search_fields = [
        *BasePage.search_fields,
        index.SearchField("aim"),
        index.SearchField("focus_areas"),
        index.SearchField("partners"),
        index.SearchField("earlier_partners"),
        index.SearchField("period"),
        index.SearchField("projects_period"),
        index.SearchField("grant_use"),
        index.SearchField("eligibility"),
        index.SearchField("selection_criteria"),
        index.SearchField("network_note"),
        index.SearchField("follow_up"),
        index.SearchField("count_headline"),
        index.SearchField("count_note"),
        index.RelatedFields("counts", [index.SearchField("what")]),
        index.SearchField("body"),
    ]

    class Meta:
        verbose_name = _("side om kampagnen")

    @property
    def also_called(self):
        return [*super().also_called, self.former_name]


class CampaignCount(Orderable):
    """How many projects, according to whom."""

    page = ParentalKey(CampaignPage, on_delete=models.CASCADE, related_name="counts")
    count = models.PositiveSmallIntegerField(_("antal"))
    what = models.CharField(_("hvad er talt"), max_length=160)
    when = models.CharField(_("hvornår"), max_length=40, blank=True)
    source = models.URLField(_("kilde"), max_length=500)

    panels = [FieldPanel("count"), FieldPanel("what"), FieldPanel("when"), FieldPanel("source")]

    class Meta(Orderable.Meta):
        verbose_name = _("optælling")
        verbose_name_plural = _("optællinger")


class MapPage(BasePage):
    """The projects on a map with an equal list beside it."""

    kind = "kort"
    kind_label = _("Kort")
    kind_plural = _("Kort")
    kind_icon = "i-map"
    findable = False
    template = "home/map_page.html"
    parent_page_types = ["home.HomePage"]
    max_count = 1
    subpage_types = []

    class Meta:
        verbose_name = _("kort")


class Provenance(models.Model):
    """What the loader last wrote, field by field, so that it can tell an editor's change from its own."""

    key = models.CharField(max_length=120, unique=True)
    hashes = models.JSONField(default=dict)
    object_id = models.CharField(max_length=40)
    model = models.CharField(max_length=80)
    loaded_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("indlæst felt")
        verbose_name_plural = _("indlæste felter")

    def __str__(self):
        return self.key
