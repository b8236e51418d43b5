from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.images.blocks import ImageChooserBlock


class PictureBlock(blocks.StructBlock):
    picture = ImageChooserBlock(label=_("Billede"))
    caption = blocks.CharBlock(
        label=_("Billedtekst"), max_length=200, required=False, help_text=_("Hvem, hvad, hvor. Ikke det, man kan se.")
    )

    class Meta:
        label = _("Billede")
        icon = "image"
        group = _("Medier")
        template = "blocks/picture.html"
        preview_value = {"caption": "Borgermøde i forsamlingshuset"}
        description = _("Et billede med rettighedshaver og billedtekst.")
