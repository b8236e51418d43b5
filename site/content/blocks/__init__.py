"""Blocks by family: one module a family, one template and one preview a block."""

from content.blocks.callouts import CalloutBlock
from content.blocks.documents import DownloadBlock
from content.blocks.facts import FactsBlock
from content.blocks.links import LinkListBlock, MenuColumnBlock, MenuLinkBlock
from content.blocks.media import PictureBlock
from content.blocks.quotes import QuoteBlock
from content.blocks.steps import StepBlock
from content.blocks.table import DataTableBlock
from content.blocks.text import HeadingBlock, ParagraphBlock

BODY_BLOCKS = [
    ("heading", HeadingBlock()),
    ("paragraph", ParagraphBlock()),
    ("picture", PictureBlock()),
    ("callout", CalloutBlock()),
    ("facts", FactsBlock()),
    ("quote", QuoteBlock()),
    ("step", StepBlock()),
    ("links", LinkListBlock()),
    ("download", DownloadBlock()),
    ("table", DataTableBlock()),
]
STEP_BLOCKS = [("step", StepBlock())]
MENU_BLOCKS = [("link", MenuLinkBlock())]
FOOTER_BLOCKS = [("column", MenuColumnBlock())]
