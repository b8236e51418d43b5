from django.utils.translation import gettext_lazy as _
from wagtail import blocks


class CalloutBlock(blocks.StructBlock):
    tone = blocks.ChoiceBlock(
        label=_("Slags"),
        choices=[("info", _("Værd at vide")), ("tip", _("Godt råd")), ("warning", _("Pas på"))],
        default="info",
    )
    heading = blocks.CharBlock(label=_("Overskrift"), max_length=80, required=False)
    text = blocks.RichTextBlock(label=_("Tekst"), features=["bold", "italic", "link", "ul"])

    class Meta:
        label = _("Fremhævet")
        icon = "info-circle"
        group = _("Tekst")
        template = "blocks/callout.html"
        preview_value = {
            "tone": "tip",
            "heading": "Spørg tidligt",
            "text": "<p>Ring til lokalrådet, før datoen er lagt fast.</p>",
        }
        description = _("Én ting, læseren ikke må overse. Brug den sjældent.")
