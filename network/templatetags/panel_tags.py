from django import template
from django.template.loader import get_template

register = template.Library()


@register.simple_tag(takes_context=True)
def show_panel(context, panel):
    """Print a MunicipalityPanel: its template stands on a floor above and finds its own names in the context."""
    with context.push(**panel.context):
        return get_template(panel.template).template.render(context)
