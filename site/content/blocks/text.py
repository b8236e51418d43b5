from django.utils.translation import gettext_lazy as _
from wagtail import blocks

PROSE_FEATURES = ["h3", "bold", "italic", "ol", "ul", "link", "document-link"]


class HeadingBlock(blocks.CharBlock):
    class Meta:
        label = _("Overskrift")
        icon = "title"
        group = _("Tekst")
        template = "blocks/heading.html"
        preview_value = "Hvad kom der ud af det?"
        description = _("En mellemoverskrift, som læseren kan finde ned til.")

    def __init__(self, **kwargs):
        super().__init__(max_length=120, **kwargs)


class ParagraphBlock(blocks.StructBlock):
    """Prose, and where it has its facts from."""

    text = blocks.RichTextBlock(label=_("Tekst"), features=PROSE_FEATURES)
    sources = blocks.ListBlock(
        blocks.URLBlock(label=_("Adresse")),
        label=_("Kilder til afsnittet"),
        required=False,
        default=[],
        collapsed=True,
        help_text=_("Skriv adressen, hvis afsnittet fortæller fakta om en kommune."),
    )

    class Meta:
        label = _("Afsnit")
        icon = "pilcrow"
        group = _("Tekst")
        template = "blocks/paragraph.html"
        preview_value = {
            "text": "<p>Kommunen delte sig i tre egne og skrev en profil for hver.</p>",
            "sources": ["https://example.org/kilde"],
        }
        description = _("Løbende tekst. Én tanke i hver sætning.")
