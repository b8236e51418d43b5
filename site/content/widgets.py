from wagtail.admin.widgets import AdminAutoHeightTextInput


class WholeTextInput(AdminAutoHeightTextInput):
    """A field that takes all of what is pasted: too long is said at the field, and nothing is cut off in silence."""

    def build_attrs(self, base_attrs, extra_attrs=None):
        attrs = super().build_attrs(base_attrs, extra_attrs)
        attrs.pop("maxlength", None)
        return attrs
