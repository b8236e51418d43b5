from django.utils.translation import gettext_lazy as _
from wagtail.contrib.table_block.blocks import TableBlock


class DataTableBlock(TableBlock):
    class Meta:
        label = _("Tabel")
        icon = "table"
        group = _("Fakta")
        template = "blocks/table.html"
        preview_value = {
            "table_caption": "Indbyggere",
            "first_row_is_table_header": True,
            "first_col_is_header": False,
            "data": [["År", "Indbyggere"], ["2014", "20.953"], ["2023", "19.371"]],
        }
        description = _("Tal i rækker og kolonner. Skriv altid, hvad tabellen viser.")
