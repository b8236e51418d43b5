"""Wagtail's windows for links have fields without labels, which show their English names."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import choosers

LABELS = {
    "link_text": _("Linkets tekst"),
    "email_address": _("E-mailadresse"),
    "phone_number": _("Telefonnummer"),
    "subject": _("Emne"),
    "body": _("Tekst"),
}
FORMS = (
    choosers.ExternalLinkChooserForm,
    choosers.AnchorLinkChooserForm,
    choosers.EmailLinkChooserForm,
    choosers.PhoneLinkChooserForm,
)


def connect():
    for form in FORMS:
        for name in LABELS.keys() & form.base_fields.keys():
            form.base_fields[name].label = LABELS[name]
