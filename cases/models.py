from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel, PageChooserPanel
from wagtail.fields import StreamField
from wagtail.models import Orderable
from wagtail.search import index

from content.blocks import BODY_BLOCKS
from content.models import BasePage
from methods.panels import UsesPanel
from network.models import Municipality
from taxonomy.models import Classified

BODY_HELP = _(
    "Fortæl det i den rækkefølge, det skete: hvad kommunen stod med, hvad den gjorde, trin for trin, og hvad der kom "
    "ud af det. Læg trin, billeder og filer ind der, hvor læseren får brug for dem."
)


class ProjectPage(Classified, BasePage):
    """A municipality's project in the campaign. What is concluded and not read stands with its basis."""

    class ProjectKind(models.TextChoices):
        PILOT = "pilot", _("Pilotprojekt")
        SUPPORTED = "supported", _("Støttet strategiprojekt")

    kind = "projekt"
    kind_label = _("Projekt")
    kind_plural = _("Projekter")
    kind_icon = "i-project"
    template = "cases/project_page.html"
    parent_page_types = ["cases.ProjectIndexPage"]
    subpage_types = []

    # Never empty on a page that is out; a draft is kept before its municipality is chosen.
    municipality = models.ForeignKey(
        Municipality, verbose_name=_("kommune"), null=True, on_delete=models.PROTECT, related_name="projects"
    )
    project_name = models.CharField(
        _("projektets navn"), max_length=255, blank=True, help_text=_("Navnet, som kommunen selv brugte.")
    )
    title_basis = models.CharField(
        _("belæg for titlen"), max_length=255, blank=True, help_text=_("Hvis titlen er vores egen, så sig det her.")
    )
    project_kind = models.CharField(_("slags"), max_length=10, choices=ProjectKind.choices, blank=True)
    project_kind_basis = models.CharField(_("belæg for slagsen"), max_length=255, blank=True)
    main_theme_basis = models.CharField(_("belæg for hovedtemaet"), max_length=255, blank=True)
    challenge = models.TextField(_("udfordringen"), blank=True, help_text=_("Hvad stod kommunen med?"))
    goal = models.TextField(_("målet"), blank=True, help_text=_("Hvad ville kommunen opnå?"))
    grant_dkk = models.PositiveIntegerField(_("støtte i kroner"), null=True, blank=True)
    grant_basis = models.CharField(_("belæg for støtten"), max_length=255, blank=True)
    adviser = models.CharField(_("rådgiver"), max_length=255, blank=True)
    adviser_note = models.CharField(_("note om rådgiveren"), max_length=255, blank=True)
    period = models.CharField(_("periode"), max_length=120, blank=True)
    period_basis = models.CharField(_("belæg for perioden"), max_length=255, blank=True)
    participation_basis = models.CharField(
        _("belæg for deltagelsen"), max_length=255, blank=True, help_text=_("Hvordan ved vi, at kommunen var med?")
    )
    body = StreamField(BODY_BLOCKS, verbose_name=_("mere om projektet"), blank=True)

    content_panels = [
        *BasePage.opening_panels,
        MultiFieldPanel(
            [FieldPanel("municipality"), FieldPanel("project_name"), FieldPanel("cover")], heading=_("Hvor er det?")
        ),
        MultiFieldPanel([FieldPanel("challenge"), FieldPanel("goal")], heading=_("Hvad ville kommunen?")),
        InlinePanel(
            "results",
            label=_("Resultat"),
            heading=_("Det kom der ud af det"),
            help_text=_("Én ting i hvert felt. Skriv kun det, som kilderne fortæller, også det, der ikke lykkedes."),
        ),
        FieldPanel("body", help_text=BODY_HELP),
        UsesPanel(heading=_("Metoder og værktøjer i projektet")),
        *Classified.classification_panels,
        MultiFieldPanel(
            [
                FieldPanel("title_basis"),
                FieldRowPanel([FieldPanel("project_kind"), FieldPanel("project_kind_basis")]),
                FieldRowPanel([FieldPanel("grant_dkk"), FieldPanel("grant_basis")]),
                FieldRowPanel([FieldPanel("adviser"), FieldPanel("adviser_note")]),
                FieldRowPanel([FieldPanel("period"), FieldPanel("period_basis")]),
                FieldPanel("main_theme_basis"),
                FieldPanel("participation_basis"),
            ],
            heading=_("Fakta og belæg"),
            help_text=_("Et tomt felt vises som »Ikke oplyst endnu«. Det er bedre end et gæt."),
        ),
        *BasePage.source_panels,
        *BasePage.care_panels,
    ]
    search_fields = [
        *BasePage.search_fields,
        index.SearchField("challenge"),
        index.SearchField("goal"),
        index.RelatedFields("results", [index.SearchField("text")]),
        index.SearchField("body"),
        index.SearchField("adviser"),
        index.SearchField("period"),
        index.FilterField("municipality_id"),
    ]

    class Meta:
        verbose_name = _("projekt")
        verbose_name_plural = _("projekter")

    @property
    def also_called(self):
        return [*super().also_called, self.project_name]


class ProjectResult(Orderable):
    page = ParentalKey(ProjectPage, on_delete=models.CASCADE, related_name="results")
    text = models.TextField(_("resultat"))

    panels = [FieldPanel("text")]

    class Meta(Orderable.Meta):
        verbose_name = _("resultat")
        verbose_name_plural = _("resultater")

    def __str__(self):
        return self.text


class CaseStoryPage(Classified, BasePage):
    """The story of how it went in one place: of a project, or of a municipality outside the campaign."""

    kind = "casefortaelling"
    kind_label = _("Casefortælling")
    kind_plural = _("Casefortællinger")
    kind_icon = "i-story"
    template = "cases/case_story_page.html"
    parent_page_types = ["cases.CaseIndexPage"]
    subpage_types = []

    # As a project's.
    municipality = models.ForeignKey(
        Municipality, verbose_name=_("kommune"), null=True, on_delete=models.PROTECT, related_name="stories"
    )
    project = models.ForeignKey(
        ProjectPage,
        verbose_name=_("projekt"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="stories",
        help_text=_("Står tomt, når fortællingen er fra en kommune uden for kampagnen."),
    )
    period = models.CharField(
        _("periode"), max_length=120, blank=True, help_text=_("Fx »2015–2016« eller »foråret 2015«.")
    )
    body = StreamField(BODY_BLOCKS, verbose_name=_("fortællingen"), blank=True)
    unknown = models.TextField(
        _("det ved vi ikke"), blank=True, help_text=_("Én linje for hver ting, kilderne ikke fortæller.")
    )

    content_panels = [
        *BasePage.opening_panels,
        MultiFieldPanel(
            [
                FieldPanel("municipality"),
                PageChooserPanel("project", "cases.ProjectPage"),
                FieldPanel("period"),
                FieldPanel("cover"),
            ],
            heading=_("Hvor er det fra?"),
        ),
        FieldPanel("body", help_text=BODY_HELP),
        FieldPanel("unknown"),
        UsesPanel(heading=_("Metoder og værktøjer i fortællingen")),
        *Classified.classification_panels,
        *BasePage.source_panels,
        *BasePage.care_panels,
    ]
    search_fields = [
        *BasePage.search_fields,
        index.SearchField("body"),
        index.SearchField("unknown"),
        index.SearchField("period"),
        index.FilterField("municipality_id"),
    ]

    class Meta:
        verbose_name = _("casefortælling")
        verbose_name_plural = _("casefortællinger")

    @property
    def unknown_lines(self):
        return [line for line in self.unknown.splitlines() if line.strip()]


class CaseIndexPage(BasePage):
    """Case stories and projects in one list."""

    kind = "casefortaellinger"
    kind_label = _("Oversigt")
    kind_plural = _("Oversigter")
    kind_icon = "i-story"
    findable = False
    template = "cases/case_index_page.html"
    max_count = 1
    subpage_types = ["cases.CaseStoryPage"]
    listed_types = (CaseStoryPage, ProjectPage)

    class Meta:
        verbose_name = _("oversigt over casefortællinger og projekter")


class ProjectIndexPage(BasePage):
    """The projects alone."""

    kind = "projekter"
    kind_label = _("Oversigt")
    kind_plural = _("Oversigter")
    kind_icon = "i-project"
    findable = False
    template = "cases/case_index_page.html"
    max_count = 1
    subpage_types = ["cases.ProjectPage"]
    listed_types = (ProjectPage,)

    class Meta:
        verbose_name = _("oversigt over projekter")
