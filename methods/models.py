from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, InlinePanel, MultiFieldPanel, PageChooserPanel
from wagtail.fields import StreamField
from wagtail.models import Orderable, Page
from wagtail.search import index

from content.blocks import BODY_BLOCKS, STEP_BLOCKS
from content.models import BasePage, File
from network.models import Municipality
from taxonomy.models import Classified

METHOD_OR_TOOL = _(
    "<p><strong>Metode eller værktøj?</strong> En metode er noget, I gør. Et værktøj er noget, I kan tage i hånden: "
    "et kort, en analyse, en skabelon. Spørg: Kan man sende det i en mail? Så er det et værktøj.</p>"
)


OWN_USES = InlinePanel(
    "method_uses",
    label=_("Brug"),
    heading=_("Brugt i kommuner"),
    help_text=_("Kun det, der ikke er fortalt på et projekt eller i en casefortælling: det kommer med af sig selv."),
)


class CostLevel(models.TextChoices):
    LOW = "low", _("Lav: egne timer")
    MEDIUM = "medium", _("Mellem: timer og mindre udgifter")
    HIGH = "high", _("Høj: køb af hjælp udefra")


class Documentation(models.TextChoices):
    NAMED = "named", _("Navngivet i kilderne")
    DESCRIBED = "described", _("Beskrevet i kilderne")
    EVALUATED = "evaluated", _("Evalueret af andre")


class GuidanceOrigin(models.TextChoices):
    EDITORS = "editors", _("Redaktionens vejledning")
    USERS = "users", _("Skrevet af en kommune, der har brugt den")


class Guidance(models.Model):
    """How it is done and what it takes: shared by methods and tools. A blank is a fact we do not have yet."""

    purpose = models.TextField(
        _("formål"), blank=True, help_text=_("Hvad kan det bruges til? To til fire sætninger, uden løfter.")
    )
    when_to_use = models.TextField(_("brug den, når"), blank=True, help_text=_("Hvilken opgave skal I stå med?"))
    when_not = models.TextField(
        _("brug den ikke, når"), blank=True, help_text=_("Vær ærlig. Det sparer en anden kommune for et halvt år.")
    )
    steps = StreamField(STEP_BLOCKS, verbose_name=_("trin"), blank=True)
    guidance_origin = models.CharField(
        _("hvis vejledning?"),
        max_length=10,
        choices=GuidanceOrigin.choices,
        default=GuidanceOrigin.EDITORS,
        help_text=_("Læseren skal kunne se, om vejledningen er vores egen eller bygger på brug i en kommune."),
    )
    people_needed = models.CharField(
        _("hvem skal med"), max_length=200, blank=True, help_text=_("Fx »1 projektleder og 2 interviewere«.")
    )
    weeks_from = models.PositiveSmallIntegerField(_("uger, mindst"), null=True, blank=True)
    weeks_to = models.PositiveSmallIntegerField(_("uger, højst"), null=True, blank=True)
    cost_level = models.CharField(_("pris"), max_length=10, choices=CostLevel.choices, blank=True)
    conditions = models.TextField(
        _("forudsætninger"),
        blank=True,
        help_text=_("Hvad skal være på plads: mandat, data, samtykke, en by af en vis størrelse?"),
    )
    documentation = models.CharField(
        _("dokumentation"), max_length=10, choices=Documentation.choices, default=Documentation.NAMED
    )
    title_en = models.CharField(_("titel på engelsk"), max_length=255, blank=True)
    summary_en = models.CharField(_("kort fortalt på engelsk"), max_length=400, blank=True)
    body = StreamField(BODY_BLOCKS, verbose_name=_("mere om den"), blank=True)

    guidance_panels = [
        MultiFieldPanel(
            [FieldPanel("purpose"), FieldPanel("when_to_use"), FieldPanel("when_not")], heading=_("Passer den?")
        ),
        MultiFieldPanel(
            [FieldPanel("steps"), FieldPanel("guidance_origin")],
            heading=_("Vejledning"),
            help_text=_(
                "Skriv trinene, så en, der ikke har prøvet det før, kan følge dem. Har trinnet et ark, så læg det ved."
            ),
        ),
        MultiFieldPanel(
            [
                FieldPanel("people_needed"),
                FieldRowPanel([FieldPanel("weeks_from"), FieldPanel("weeks_to")]),
                FieldPanel("cost_level"),
                FieldPanel("conditions"),
                FieldPanel("documentation"),
            ],
            heading=_("Hvad kræver den?"),
            help_text=_("Det står samlet i boksen ved siden af. Et tomt felt vises som »Ikke oplyst endnu«."),
        ),
        FieldPanel("body"),
    ]

    guidance_search_fields = [
        index.SearchField("purpose"),
        index.SearchField("when_to_use"),
        index.SearchField("when_not"),
        index.SearchField("steps"),
        index.SearchField("people_needed"),
        index.SearchField("conditions"),
        index.SearchField("body"),
        index.SearchField("summary_en"),
    ]

    class Meta:
        abstract = True

    def clean(self):
        super().clean()
        if self.weeks_from and self.weeks_to and self.weeks_from > self.weeks_to:
            raise ValidationError({"weeks_to": _("Det højeste antal uger er mindre end det mindste.")})

    @property
    def also_called(self):
        return [*super().also_called, self.title_en]

    @property
    def has_guidance(self):
        return bool(self.purpose or self.steps)


class MethodUse(Orderable):
    """A municipality used a method or tool. Entered once, shown on the method, where it is told, and the place.

    `page` is where the use is told: a project, a story, or the method's own page where it is told nowhere else.
    """

    page = ParentalKey(Page, on_delete=models.CASCADE, related_name="method_uses", verbose_name=_("fortalt på"))
    method = models.ForeignKey(
        Page,
        verbose_name=_("metode eller værktøj"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="uses",
        help_text=_("Kan stå tomt på metodens egen side."),
    )
    # Never empty where a use is shown (methods.facets.told_uses); a draft is kept before it is chosen.
    municipality = models.ForeignKey(
        Municipality, verbose_name=_("kommune"), null=True, on_delete=models.PROTECT, related_name="method_uses"
    )
    year = models.PositiveSmallIntegerField(_("år"), null=True, blank=True)
    how_used = models.TextField(
        _("sådan blev den brugt"), blank=True, help_text=_("Hvad gjorde kommunen, med hvem, og hvor meget?")
    )
    what_changed = models.TextField(
        _("det blev ændret"), blank=True, help_text=_("Hvad gjorde kommunen anderledes end vejledningen?")
    )
    how_it_went = models.TextField(
        _("sådan gik det"), blank=True, help_text=_("Også det, der ikke virkede. Skriv kun det, der er belæg for.")
    )
    basis = models.CharField(_("belæg"), max_length=500, blank=True, help_text=_("Hvad bygger oplysningerne på?"))

    panels = [
        PageChooserPanel("method", ["methods.MethodPage", "methods.ToolPage"]),
        FieldRowPanel([FieldPanel("municipality"), FieldPanel("year")]),
        FieldPanel("how_used"),
        FieldPanel("what_changed"),
        FieldPanel("how_it_went"),
        FieldPanel("basis"),
    ]

    class Meta(Orderable.Meta):
        verbose_name = _("brug af metode")
        verbose_name_plural = _("brug af metoder")

    def __str__(self):
        return f"{self.method or self.page} – {self.municipality}"

    def save(self, *args, **kwargs):
        # On the method's own page the editor need not name the method: it is the page itself.
        if not self.method_id and issubclass(self.page.specific_class, Guidance):
            self.method_id = self.page_id
        super().save(*args, **kwargs)

    @property
    def is_told_elsewhere(self):
        return self.page_id != self.method_id


class MethodPage(Guidance, Classified, BasePage):
    """A way of working: what it is for, when not to use it, how it is done, and who has used it."""

    kind = "metode"
    kind_label = _("Metode")
    kind_plural = _("Metoder")
    kind_icon = "i-method"
    template = "methods/method_page.html"
    parent_page_types = ["methods.MethodIndexPage"]
    subpage_types = []

    content_panels = [
        HelpPanel(content=METHOD_OR_TOOL),
        *BasePage.opening_panels,
        FieldPanel("cover"),
        *Guidance.guidance_panels,
        OWN_USES,
        *Classified.classification_panels,
        *BasePage.source_panels,
        *BasePage.care_panels,
    ]
    search_fields = [*BasePage.search_fields, *Guidance.guidance_search_fields]

    class Meta:
        verbose_name = _("metode")
        verbose_name_plural = _("metoder")


class ToolPage(Guidance, Classified, BasePage):
    """Something to take in the hand: a map, an analysis, a sheet; with its files first."""

    kind = "vaerktoej"
    kind_label = _("Værktøj")
    kind_plural = _("Værktøjer")
    kind_icon = "i-tool"
    template = "methods/tool_page.html"
    parent_page_types = ["methods.ToolIndexPage"]
    subpage_types = []

    used_with = ParentalManyToManyField(
        MethodPage,
        verbose_name=_("bruges sammen med"),
        blank=True,
        related_name="tools",
        help_text=_("Metoder, som værktøjet er lavet til eller passer til."),
    )

    content_panels = [
        HelpPanel(content=METHOD_OR_TOOL),
        *BasePage.opening_panels,
        FieldPanel("cover"),
        InlinePanel(
            "tool_files",
            label=_("Fil"),
            heading=_("Filer at hente"),
            help_text=_("Det, læseren kom efter. Den vigtigste fil først, i et format, som andre kan rette i."),
        ),
        *Guidance.guidance_panels,
        FieldPanel("used_with"),
        OWN_USES,
        *Classified.classification_panels,
        *BasePage.source_panels,
        *BasePage.care_panels,
    ]
    search_fields = [
        *BasePage.search_fields,
        *Guidance.guidance_search_fields,
        index.RelatedFields("tool_files", [index.SearchField("note")]),
    ]

    class Meta:
        verbose_name = _("værktøj")
        verbose_name_plural = _("værktøjer")


class ToolFile(Orderable):
    """A file of a tool. Version, licence and preview stand on the file itself."""

    page = ParentalKey(ToolPage, on_delete=models.CASCADE, related_name="tool_files")
    file = models.ForeignKey(File, verbose_name=_("fil"), on_delete=models.PROTECT, related_name="+")
    note = models.CharField(_("hvad er det?"), max_length=255, blank=True)

    panels = [FieldPanel("file"), FieldPanel("note")]

    class Meta(Orderable.Meta):
        verbose_name = _("fil til værktøj")
        verbose_name_plural = _("filer til værktøj")


class MethodIndexPage(BasePage):
    """Methods and tools in one list, narrowed by facets."""

    kind = "metoder"
    kind_label = _("Oversigt")
    kind_plural = _("Oversigter")
    kind_icon = "i-method"
    findable = False
    template = "methods/method_index_page.html"
    max_count = 1
    subpage_types = ["methods.MethodPage"]
    listed_types = (MethodPage, ToolPage)

    class Meta:
        verbose_name = _("oversigt over metoder og værktøjer")


class ToolIndexPage(BasePage):
    """The tools alone."""

    kind = "vaerktoejer"
    kind_label = _("Oversigt")
    kind_plural = _("Oversigter")
    kind_icon = "i-tool"
    findable = False
    template = "methods/method_index_page.html"
    max_count = 1
    subpage_types = ["methods.ToolPage"]
    listed_types = (ToolPage,)

    class Meta:
        verbose_name = _("oversigt over værktøjer")
