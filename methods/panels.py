"""The uses of methods in the form of a page that tells of them."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import InlinePanel


class NamesTheMethod:
    """Part of the form of a use that is told elsewhere than on the method itself: there it must say which it is of."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["method"].required = True
        self.fields["method"].help_text = ""


class UsesPanel(InlinePanel):
    """The uses that a project or a story tells of, each with its method and its municipality."""

    def __init__(self, relation_name="method_uses", **kwargs):
        kwargs.setdefault("label", _("Brug af metode"))
        kwargs.setdefault(
            "help_text",
            _("Én for hver metode og hvert værktøj. Den vises også på metodens og kommunens egne sider."),
        )
        super().__init__(relation_name, **kwargs)

    def get_form_options(self):
        options = super().get_form_options()
        uses = options["formsets"][self.relation_name]
        uses["form"] = type("ToldUseForm", (NamesTheMethod, uses["form"]), {})
        return options
