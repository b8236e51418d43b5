from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.documents.blocks import DocumentChooserBlock


class DownloadBlock(blocks.StructBlock):
    document = DocumentChooserBlock(label=_("Fil"))
    text = blocks.CharBlock(label=_("Hvad kan den bruges til?"), max_length=200, required=False)

    class Meta:
        label = _("Fil")
        icon = "doc-full"
        group = _("Medier")
        template = "blocks/download.html"
        preview_value = {"text": "Skema til at udfylde sammen"}
        description = _("En fil at hente, med format, størrelse, version og licens.")
