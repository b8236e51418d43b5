from django import forms
from django.utils.translation import gettext_lazy as _

from network.join import TEXT_LENGTH
from network.models import Report


class ReportForm(forms.Form):
    reason = forms.ChoiceField(
        label=_("Hvorfor skal indlægget ses efter?"),
        choices=Report.Reason.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Vælg, hvorfor indlægget skal ses efter.")},
    )
    words = forms.CharField(
        label=_("Med dine ord"),
        required=False,
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": TEXT_LENGTH}),
        help_text=_("Kan springes over, undtagen ved »Andet«."),
    )


class WhyForm(forms.Form):
    """Why something is done. Who reads it is said in the help text; what is wrong with it the verb says."""

    why = forms.CharField(
        label=_("Hvorfor?"),
        required=False,
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 5, "maxlength": TEXT_LENGTH}),
    )

    def __init__(self, *args, label, hint, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["why"].label, self.fields["why"].help_text = label, hint
