"""What must hold of every page type is an error here, with a hint how to mend it."""

from django.core.checks import Error, register
from django.template import TemplateDoesNotExist
from django.template.loader import get_template
from wagtail.models import get_page_models

FACE = ("kind", "kind_label", "kind_plural", "kind_icon")


@register()
def page_types_have_their_faces(app_configs, **kwargs):
    from content.models import BasePage

    errors = []
    for model in get_page_models():
        if model._meta.label == "wagtailcore.Page":
            continue
        if not issubclass(model, BasePage):
            errors.append(
                Error(
                    f"{model._meta.label} is a page type without summary, owner and status.",
                    hint="Let it inherit from content.models.BasePage.",
                    obj=model,
                    id="content.E001",
                )
            )
            continue
        errors.extend(_template_errors(model))
        if missing := [name for name in FACE if not getattr(model, name)]:
            errors.append(
                Error(
                    f"{model._meta.label} has no card face: {', '.join(missing)}.",
                    hint="Set kind (for addresses), kind_label and kind_plural (Danish) and kind_icon (a sprite id).",
                    obj=model,
                    id="content.E003",
                )
            )
        if not isinstance(model.findable, bool):
            errors.append(
                Error(
                    f"{model._meta.label} does not say whether it can be found.",
                    hint="Set findable = True, or False for pages that only lead on to others.",
                    obj=model,
                    id="content.E004",
                )
            )
    errors.extend(_kinds_are_unique(get_page_models()))
    return errors


def _template_errors(model):
    try:
        get_template(model.template)
    except TemplateDoesNotExist:
        return [
            Error(
                f"{model._meta.label} has no template {model.template}.",
                hint=f"Write templates/{model.template}, or set `template` on the page type.",
                obj=model,
                id="content.E002",
            )
        ]
    return []


def _kinds_are_unique(models):
    seen, errors = {}, []
    for model in models:
        kind = getattr(model, "kind", "")
        if kind and kind in seen:
            errors.append(
                Error(
                    f"{model._meta.label} and {seen[kind]._meta.label} share the kind {kind!r}.",
                    hint="Give each page type a kind of its own: addresses and counts are made of it.",
                    obj=model,
                    id="content.E005",
                )
            )
        seen.setdefault(kind, model)
    return errors
