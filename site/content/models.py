"""What a page is: the part of every page type that readers, editors and lists rely on."""

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import (
    FieldPanel,
    FieldRowPanel,
    InlinePanel,
    MultiFieldPanel,
    PageChooserPanel,
    TitleFieldPanel,
)
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting
from wagtail.documents.models import AbstractDocument
from wagtail.fields import StreamField
from wagtail.images.models import AbstractImage, AbstractRendition
from wagtail.models import Orderable, Page, PageViewRestriction
from wagtail.search import index

from content.approval import CheckTask  # noqa: F401  Django finds models here
from content.blocks import FOOTER_BLOCKS, MENU_BLOCKS
from content.editing import WordsPanel
from content.file_text import FileText  # noqa: F401  as above
from content.here import site_here
from content.keepers import KeeperPanel
from content.pictures import without_metadata
from content.reading import shown_on
from content.widgets import WholeTextInput
from danish import danish_sort_key, danish_to_ascii


class Licence(models.TextChoices):
    CC_BY = "cc-by-4.0", "CC BY 4.0"
    CC_BY_SA = "cc-by-sa-4.0", "CC BY-SA 4.0"
    CC0 = "cc0-1.0", "CC0 1.0"
    RESERVED = "reserved", _("Alle rettigheder forbeholdes")


class Picture(AbstractImage):
    """A photo or drawing, with the person who holds the rights and words for those who cannot see it."""

    rights_holder = models.CharField(
        _("rettighedshaver"),
        max_length=200,
        help_text=_("Hvem har taget eller tegnet billedet, og hvem har givet lov? Vises under billedet."),
    )
    licence = models.CharField(_("licens"), max_length=20, choices=Licence.choices, default=Licence.RESERVED)

    admin_form_fields = (
        "title",
        "file",
        "description",
        "rights_holder",
        "licence",
        "collection",
        "tags",
        "focal_point_x",
        "focal_point_y",
        "focal_point_width",
        "focal_point_height",
    )

    class Meta(AbstractImage.Meta):
        verbose_name = _("billede")
        verbose_name_plural = _("billeder")

    def save(self, *args, **kwargs):
        if self.file and not self.file._committed:
            self.file = without_metadata(self.file)
            self._set_image_file_metadata()
        super().save(*args, **kwargs)

    def clean(self):
        super().clean()
        if not self.description.strip():
            raise ValidationError({"description": _("Skriv, hvad billedet viser, til læsere, der ikke kan se det.")})


class PictureRendition(AbstractRendition):
    image = models.ForeignKey(Picture, on_delete=models.CASCADE, related_name="renditions")

    class Meta:
        unique_together = [("image", "filter_spec", "focal_point_key")]


class File(AbstractDocument):
    """A document to take along, with its version and licence beside it."""

    version = models.CharField(_("version"), max_length=30, blank=True, help_text=_("Fx »1.0« eller »marts 2026«."))
    licence = models.CharField(_("licens"), max_length=20, choices=Licence.choices, default=Licence.RESERVED)
    preview = models.TextField(
        _("hvad er der i filen?"),
        blank=True,
        help_text=_("Tre til seks korte linjer, så læseren ved, hvad der er i, før filen hentes."),
    )

    admin_form_fields = ("title", "file", "version", "licence", "preview", "collection", "tags")

    class Meta(AbstractDocument.Meta):
        verbose_name = _("fil")
        verbose_name_plural = _("filer")

    @property
    def preview_lines(self):
        return [line for line in self.preview.splitlines() if line.strip()]


class Source(Orderable):
    """Where a page has its facts from. Hangs on Wagtail's Page, so that any page type can hold sources."""

    page = ParentalKey(Page, on_delete=models.CASCADE, related_name="sources")
    url = models.URLField(_("adresse"), max_length=500)
    title = models.CharField(_("titel"), max_length=255, blank=True)
    publisher = models.CharField(_("udgiver"), max_length=255, blank=True)
    read_on = models.DateField(_("læst den"), null=True, blank=True)

    panels = [FieldPanel("url"), FieldPanel("title"), FieldPanel("publisher"), FieldPanel("read_on")]

    class Meta(Orderable.Meta):
        verbose_name = _("kilde")
        verbose_name_plural = _("kilder")

    def __str__(self):
        return self.title or self.short_url

    @property
    def short_url(self):
        """The address as a reader says it: without protocol and www."""
        return self.url.split("://", 1)[-1].removeprefix("www.").rstrip("/")


class BasePage(Page):
    """A page of the house: a card, a hit, a feed entry, with an owner and a date to be looked at again.

    A page type sets the face (`kind`, `kind_label`, `kind_plural`, `kind_icon`); `content.checks` sees to it.
    Its form begins with `opening_panels` and ends with `source_panels` and `care_panels`.
    """

    class Preview(models.TextChoices):
        VISITOR = "visitor", _("Som besøgende")
        MEMBER = "member", _("Som medlem")

    class Status(models.TextChoices):
        CURRENT = "current", _("Gældende")
        REVISING = "revising", _("Under revision")
        ARCHIVED = "archived", _("Arkiveret")

    kind = ""
    kind_label = ""
    kind_plural = ""
    kind_icon = ""
    findable = True
    preview_modes = Preview.choices
    # The pages above, from the root down, where finding this page has read them already (home.HomePage.route).
    way = None
    way_is_open = False  # asked there as well: neither this page nor one above it is restricted

    summary = models.CharField(
        _("kort fortalt"),
        max_length=300,
        help_text=_("Højst 300 tegn. Sig, hvad det er, og hvad man kan bruge det til. Vises i lister og søgning."),
    )
    cover = models.ForeignKey(
        Picture,
        verbose_name=_("forsidebillede"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("Kan undværes: uden billede vises et kortudsnit eller ingenting."),
    )
    content_owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("ansvarlig"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("Den, der svarer på spørgsmål og ser siden efter."),
    )
    backup_owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("afløser"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("Den, der tager over, når den ansvarlige er væk."),
    )
    review_on = models.DateField(
        _("ses efter den"), null=True, blank=True, help_text=_("Hvornår skal nogen se, om siden stadig passer?")
    )
    licence = models.CharField(_("licens"), max_length=20, choices=Licence.choices, default=Licence.CC_BY)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.CURRENT)
    successor = models.ForeignKey(
        Page,
        verbose_name=_("afløst af"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("Siden, som læseren skal gå til i stedet, når denne er arkiveret."),
    )
    sort_key = models.CharField(max_length=200, editable=False, db_index=True, default="")
    find_text = models.TextField(editable=False, default="")

    search_fields = [
        *Page.search_fields,
        index.SearchField("summary"),
        index.FilterField("status"),
        index.FilterField("review_on"),
        index.FilterField("content_owner"),
    ]

    opening_panels = [
        WordsPanel(),
        TitleFieldPanel(
            "title",
            help_text=_("Sig, hvad det handler om, på højst ti ord. Når titlen står her, gemmes kladden af sig selv."),
        ),
        FieldPanel("summary", widget=WholeTextInput),
    ]
    source_panels = [
        InlinePanel(
            "sources",
            label=_("Kilde"),
            heading=_("Kilder"),
            help_text=_(
                "Hver oplysning om en kommune skal kunne læses et sted. Skriv adressen, og hvem der udgiver den."
            ),
        )
    ]
    care_panels = [
        MultiFieldPanel(
            [FieldRowPanel([KeeperPanel("content_owner"), KeeperPanel("backup_owner")]), FieldPanel("review_on")],
            heading=_("Hvem ser efter siden?"),
            help_text=_("En side uden ansvarlig bliver gammel. Vælg en person og en dato højst et år frem."),
        )
    ]
    content_panels = [*opening_panels, FieldPanel("cover"), *care_panels]
    promote_panels = [
        FieldPanel(
            "slug", help_text=_("Sidens navn i adressen. Skift det ikke, når siden er ude: så dør andres links.")
        ),
        MultiFieldPanel(
            [
                FieldPanel("seo_title", help_text=_("Kan stå tomt: så bruges titlen.")),
                FieldPanel("search_description", help_text=_("Kan stå tomt: så bruges »kort fortalt«.")),
            ],
            heading=_("I søgemaskiner og delte links"),
        ),
    ]
    settings_panels = [
        MultiFieldPanel([FieldPanel("status"), PageChooserPanel("successor")], heading=_("Status")),
        FieldPanel("licence", help_text=_("Hvad må andre gøre med teksten? Billeder og filer har deres egen licens.")),
        *Page.settings_panels,
    ]

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        self.sort_key = danish_sort_key(self.title)
        self.find_text = danish_to_ascii(f"{self.title} {self.summary}")
        super().save(*args, **kwargs)

    def full_clean(self, *args, **kwargs):
        self.slug = slugify(danish_to_ascii(self.slug))
        super().full_clean(*args, **kwargs)

    def _get_autogenerated_slug(self, base_slug):
        return super()._get_autogenerated_slug(danish_to_ascii(base_slug))

    def clean(self):
        super().clean()
        if self.status == self.Status.ARCHIVED and self.successor_id and self.successor_id == self.pk:
            raise ValidationError({"successor": _("En side kan ikke afløse sig selv.")})

    def get_context(self, request, *args, **kwargs):
        return {**super().get_context(request, *args, **kwargs), **shown_on(self, request)}

    def serve_preview(self, request, mode_name):
        """Show the page as it stands in hand: to a visitor, or with `Preview.MEMBER` to the editor's own account."""
        if mode_name != self.Preview.MEMBER:
            request.user = AnonymousUser()
        return super().serve_preview(request, mode_name)

    def get_view_restrictions(self):
        """As Wagtail's; in one query or none where the pages above are known and none of them is an alias."""
        pages = [*(self.way or []), self]
        if self.way is None or any(page.alias_of_id for page in pages):
            return super().get_view_restrictions()
        if self.way_is_open:
            return PageViewRestriction.objects.none()
        return PageViewRestriction.objects.filter(page_id__in=[page.pk for page in pages])

    @property
    def dated_at(self):
        """When it counts as written where the newest come first: a datetime, or None."""
        return self.first_published_at

    @property
    def also_called(self) -> list[str]:
        """Other names that someone may look for."""
        return [self.seo_title]

    @property
    def is_overdue(self):
        return bool(self.review_on and self.review_on < timezone.localdate())


@register_setting(icon="site")
class SiteTexts(BaseSiteSetting):
    """Menu, footer, contact and the few sentences that stand on every page."""

    name = models.CharField(_("sidens navn"), max_length=60, default="På forkant")
    about = models.TextField(_("kort om siden"), blank=True, help_text=_("Står i bunden af alle sider."))
    contact_email = models.EmailField(_("redaktionens e-mail"), blank=True)
    contact_text = models.CharField(_("kontakttekst"), max_length=255, blank=True)
    share_note = models.CharField(
        _("tekst ved delelinks"),
        max_length=255,
        default=_(
            "Delelinkene er almindelige links. Ingen andre får at vide, at du har læst siden, før du selv klikker."
        ),
    )
    menu = StreamField(MENU_BLOCKS, verbose_name=_("menu"), blank=True)
    footer = StreamField(FOOTER_BLOCKS, verbose_name=_("bund"), blank=True)

    panels = [
        FieldPanel("name"),
        FieldPanel("about"),
        FieldPanel("contact_email"),
        FieldPanel("contact_text"),
        FieldPanel("share_note"),
        FieldPanel("menu"),
        FieldPanel("footer"),
    ]

    class Meta:
        verbose_name = _("menu, bund og tekster")
        verbose_name_plural = _("menu, bund og tekster")

    @classmethod
    def for_request(cls, request):
        if not hasattr(request, "_wagtail_site"):
            site = site_here(request)
            if site is not None and hasattr(site, "sitetexts"):
                setattr(request, cls.get_cache_attr_name(), site.sitetexts)
        return super().for_request(request)
