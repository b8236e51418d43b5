"""What a member says of herself, and who sees each thing of it."""

import re
from dataclasses import dataclass

from django import forms
from django.utils.translation import gettext_lazy as _

from content.listing import listed
from network.cpr import check_without_cpr
from network.filekinds import KINDS
from network.forms import ProfileForm
from network.person import askable
from network.who_sees import FIELDS
from taxonomy.models import Theme

PHONE = re.compile(r"\+?[0-9][0-9 ()-]{6,18}")
SEEN = _("Hvem kan se det?")
SEEN_FIELDS = [f"{field}_seen" for field in FIELDS]
PICTURES = ",".join(f".{name}" for name, kind in KINDS.items() if kind.is_picture)


@dataclass
class Section:
    """Fields that are seen by the same people, and the field that says by whom; none where it is the whole network."""

    fields: list
    seen: object = None


class PageChoice(forms.ModelMultipleChoiceField):
    def label_from_instance(self, page):
        return page.title


class GrownProfileForm(ProfileForm):
    """The form of one who is in the network already."""

    themes = forms.ModelMultipleChoiceField(
        label=_("Temaer, du kan spørges om"),
        queryset=Theme.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    methods = PageChoice(
        label=_("Metoder og værktøjer, du kan spørges om"),
        queryset=None,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Dem, du selv har prøvet. Det behøver ikke være gået godt."),
    )
    field_order = [*ProfileForm.field_order, "themes", "methods", "ask_limit", "about", "phone"]

    class Meta(ProfileForm.Meta):
        fields = [
            *ProfileForm.Meta.fields,
            "themes",
            "methods",
            "ask_limit",
            "about",
            "phone",
            *SEEN_FIELDS,
        ]
        labels = {
            "ask_limit": _("Så meget kan du spørges"),
            "about": _("Kort om dig"),
            "phone": _("Telefon"),
            **dict.fromkeys(SEEN_FIELDS, SEEN),
        }
        widgets = ProfileForm.Meta.widgets | {
            "about": forms.Textarea(attrs={"rows": 3, "maxlength": 500}),
            "phone": forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["themes"].queryset = Theme.objects.all()
        self.fields["methods"].queryset = listed(*askable()).order_by("sort_key")
        for name in SEEN_FIELDS:  # what the form does not say stays as it is
            self.fields[name].required = False

    def clean_about(self):
        return self._said("about")

    def clean_ask_limit(self):
        return self._said("ask_limit")

    def _said(self, name):
        check_without_cpr(self.cleaned_data[name])
        return self.cleaned_data[name]

    def clean_phone(self):
        phone = " ".join(self.cleaned_data["phone"].split())
        if phone and not PHONE.fullmatch(phone):
            raise forms.ValidationError(_("Skriv nummeret med tal, fx 12 34 56 78."), code="phone")
        return phone

    @property
    def who(self):
        return [
            Section([self["name"]]),
            Section([self["role"]], self["role_seen"]),
            Section([self["kind"], self["municipality"], self["organisation"]], self["place_seen"]),
        ]

    @property
    def topics(self):
        return Section([self["themes"], self["methods"], self["ask_limit"]], self["topics_seen"])

    @property
    def more(self):
        return [Section([self["about"]], self["about_seen"]), Section([self["phone"]], self["phone_seen"])]

    @property
    def chosen_methods(self):
        return len(self["methods"].value() or ())


class PictureForm(forms.Form):
    upload = forms.FileField(
        label=_("Billede"),
        widget=forms.FileInput(
            attrs={"accept": ",".join(f".{name}" for name, kind in KINDS.items() if kind.is_picture)}
        ),
        help_text=_("Fra bryst og op er nok. Vi fjerner det, kameraet har skrevet om tid og sted. Højst 25 MB."),
        error_messages={"required": _("Vælg et billede.")},
    )
