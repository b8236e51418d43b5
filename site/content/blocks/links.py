from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError


class LinkValue(blocks.StructValue):
    @property
    def href(self):
        """Where the link goes, or an empty string when its page is gone."""
        if page := self.get("page"):
            return page.url or ""
        return self.get("url") or ""

    @property
    def text(self):
        page = self.get("page")
        return self.get("label") or (page.title if page else self.get("url"))


class LinkBlock(blocks.StructBlock):
    """One link: to a page of ours or to an address, never both and never neither."""

    label = blocks.CharBlock(label=_("Tekst"), max_length=80, required=False)
    page = blocks.PageChooserBlock(label=_("Side"), required=False)
    url = blocks.CharBlock(
        label=_("Adresse"),
        max_length=500,
        required=False,
        help_text=_("Fx https://… eller en sti her på siden, /soeg/."),
    )

    class Meta:
        label = _("Link")
        icon = "link"
        value_class = LinkValue
        template = "blocks/link.html"
        preview_value = {"label": "Kampagnens egen side", "url": "https://example.org/"}
        description = _("Et link til en side eller en adresse.")

    def clean(self, value):
        value = super().clean(value)
        page, url = value.get("page"), value.get("url")
        if bool(page) == bool(url):
            raise StructBlockValidationError(
                block_errors={"page": ValidationError(_("Vælg en side, eller skriv en adresse – kun én af dem."))}
            )
        if url and not url.startswith(("https://", "http://", "/", "mailto:", "tel:")):
            raise StructBlockValidationError(
                block_errors={"url": ValidationError(_("Adressen skal begynde med https://, / eller mailto:."))}
            )
        if url and not value.get("label"):
            raise StructBlockValidationError(
                block_errors={"label": ValidationError(_("Skriv, hvad der skal stå på linket."))}
            )
        return value


class LinkListBlock(blocks.StructBlock):
    heading = blocks.CharBlock(label=_("Overskrift"), max_length=80, required=False)
    links = blocks.ListBlock(LinkBlock(), label=_("Links"))

    class Meta:
        label = _("Liste med links")
        icon = "list-ul"
        group = _("Links")
        template = "blocks/links.html"
        preview_value = {"heading": "Læs også", "links": [{"label": "Alle metoder", "url": "/metoder/"}]}
        description = _("To til otte links, som læseren kan gå videre til.")


class MenuLinkBlock(LinkBlock):
    class Meta:
        label = _("Menupunkt")
        icon = "link"


class MenuColumnBlock(blocks.StructBlock):
    heading = blocks.CharBlock(label=_("Overskrift"), max_length=60)
    links = blocks.ListBlock(MenuLinkBlock(), label=_("Links"))

    class Meta:
        label = _("Kolonne")
        icon = "list-ul"
        template = "blocks/links.html"
        preview_value = {"heading": "Om siden", "links": [{"label": "Privatliv", "url": "/privatliv/"}]}
        description = _("En kolonne i bunden af siden.")
