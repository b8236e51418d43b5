"""The forms by which someone says how she wants to be told."""

from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from network.models import Membership, NoticeSettings

Preset, Level = NoticeSettings.Preset, Membership.Level

WHAT_A_PRESET_BRINGS = {
    Preset.CALM: _("Én samlet mail om ugen. Besked med det samme, når nogen nævner eller svarer dig."),
    Preset.KEEP_UP: _("Samlet mail hver dag. Besked med det samme om svar i tråde, du følger."),
    Preset.EVERYTHING: _("Mail med det samme om hvert nyt indlæg i dine rum."),
}
LEVELS = {
    "": _("Som mit valg"),
    Level.ALL: _("Alt"),
    Level.THREADS: _("Nye tråde"),
    Level.MENTIONED: _("Kun når jeg er nævnt"),
    Level.NOTHING: _("Intet"),
}


class PresetForm(forms.Form):
    preset = forms.ChoiceField(label=_("Hvor meget?"), choices=Preset.choices, widget=forms.RadioSelect)

    @property
    def rows(self):
        """Each preset with what it brings, and whether it is chosen."""
        chosen = self["preset"].value()
        return [(value, label, WHAT_A_PRESET_BRINGS[value], value == chosen) for value, label in Preset.choices]


class CollectedForm(forms.ModelForm):
    """When the collected mail comes. The weekday counts for a weekly one alone."""

    weekday = forms.TypedChoiceField(label=_("Ugedag"), choices=NoticeSettings.Weekday.choices, coerce=int)
    hour = forms.TypedChoiceField(
        label=_("Klokken"), choices=[(hour, f"{hour}.00") for hour in range(24)], coerce=int, initial=7
    )

    class Meta:
        model = NoticeSettings
        fields = ["cadence", "weekday", "hour", "zone"]
        labels = {"cadence": _("Hvor tit?"), "zone": _("Tidszone")}


class AnnounceForm(forms.Form):
    """What is wrong with the words the verb says. The key makes a form sent twice one announcement."""

    subject = forms.CharField(
        label=_("Emne"), required=False, strip=False, widget=forms.TextInput(attrs={"maxlength": 100})
    )
    text = forms.CharField(
        label=_("Tekst"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("Højst 2.000 tegn, uden opsætning. Skal I tale om det, så skriv en tråd i stedet."),
    )
    form_key = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial.setdefault("form_key", uuid4())


class LevelForm(forms.Form):
    """What one is told of in one space; empty is as the preset says."""

    level = forms.ChoiceField(
        choices=LEVELS.items(), required=False, widget=forms.Select(attrs={"class": "select u-w-auto"})
    )

    def __init__(self, *args, space="", **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["level"].label = _("Besked fra »%(space)s«") % {"space": space}

    @property
    def words(self):
        return LEVELS[self.cleaned_data["level"]]
