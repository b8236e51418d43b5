from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.documents.blocks import DocumentChooserBlock


class StepBlock(blocks.StructBlock):
    """One step of a guide, with what it takes and the sheet to fill in."""

    title = blocks.CharBlock(label=_("Trin"), max_length=120, help_text=_("Begynd med udsagnsordet: »Find …«."))
    text = blocks.TextBlock(label=_("Sådan gør I"), rows=4, help_text=_("To til fem sætninger, der kan følges."))
    duration = blocks.CharBlock(
        label=_("Tid"), max_length=60, required=False, help_text=_("Fx »2 timer« eller »1–2 uger«.")
    )
    who = blocks.CharBlock(label=_("Hvem"), max_length=120, required=False)
    sheet = DocumentChooserBlock(label=_("Ark til trinnet"), required=False)

    class Meta:
        label = _("Trin")
        icon = "list-ol"
        group = _("Vejledning")
        template = "blocks/step.html"
        preview_value = {
            "title": "Find ti at tale med",
            "text": "Vælg folk, der kender stedet på hver sin måde. Ring, og aftal tid.",
            "duration": "1–2 uger",
            "who": "Projektlederen",
        }
        description = _("Et trin i en vejledning, med tid, hvem og et ark.")
