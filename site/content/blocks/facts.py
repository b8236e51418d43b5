from django.utils.translation import gettext_lazy as _
from wagtail import blocks


class FactBlock(blocks.StructBlock):
    figure = blocks.CharBlock(label=_("Tal"), max_length=40, help_text=_("Fx »49« eller »omkring 25«."))
    text = blocks.CharBlock(label=_("Hvad tallet er"), max_length=160)
    source = blocks.URLBlock(label=_("Kilde"), required=False)

    class Meta:
        label = _("Tal")
        icon = "order"
        template = "blocks/fact.html"
        preview_value = {"figure": "49", "text": "bysamfund blev kortlagt", "source": "https://example.org/"}
        description = _("Ét tal med det, det tæller, og hvor det står.")


class FactsBlock(blocks.StructBlock):
    facts = blocks.ListBlock(FactBlock(), label=_("Tal"), min_num=1, max_num=4)

    class Meta:
        label = _("Tal i en boks")
        icon = "order"
        group = _("Fakta")
        template = "blocks/facts.html"
        preview_value = {"facts": [{"figure": "49", "text": "bysamfund blev kortlagt"}]}
        description = _("Et til fire tal, som bærer fortællingen.")
