from django.utils.translation import gettext_lazy as _
from wagtail import blocks


class QuoteBlock(blocks.StructBlock):
    text = blocks.TextBlock(label=_("Citat"), rows=3, help_text=_("Ordret. Citationstegn sættes af sig selv."))
    who = blocks.CharBlock(label=_("Hvem"), max_length=120, help_text=_("Navn og rolle, eller kilden."))
    source = blocks.URLBlock(label=_("Kilde"), required=False)

    class Meta:
        label = _("Citat")
        icon = "openquote"
        group = _("Tekst")
        template = "blocks/quote.html"
        preview_value = {"text": "Vi begyndte med det, stedet allerede kunne.", "who": "Planlægger, Eksempel Kommune"}
        description = _("Et ordret citat fra en, der har sagt ja til at stå ved det.")
