"""Controls of Django's forms in the dress of the design."""

from django import forms, template

register = template.Library()

CLASSES = ((forms.Textarea, "textarea"), (forms.Select, "select"), (forms.CheckboxInput, ""), (forms.Widget, "input"))


def css_class(widget):
    return next(name for kind, name in CLASSES if isinstance(widget, kind))


@register.simple_tag
def control(field, hint="", **attrs):
    """Print the control of a bound field; keyword arguments become attributes, `_` read as `-`.

    It names its hint (the field's own help text, or `hint`) and its errors in aria-describedby, in the order in which
    components/field.html prints them.
    """
    names = [css_class(field.field.widget), field.field.widget.attrs.get("class"), attrs.pop("class", "")]
    given = {name.replace("_", "-"): value for name, value in attrs.items() if value}
    if joined := " ".join(filter(None, names)):
        given["class"] = joined
    if described := described_by(field, hint):
        given["aria-describedby"] = described
    return field.as_widget(attrs=given)


@register.simple_tag
def described_by(field, hint=""):
    """Return the ids of the hint and the errors of `field`, those that are there."""
    parts = {"helptext": hint or field.help_text, "error": field.errors}
    return " ".join(f"{field.auto_id}_{name}" for name, there in parts.items() if there)
