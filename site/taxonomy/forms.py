"""The classification of a page, chosen with check boxes in its own form."""

from django import forms
from django.apps import apps
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminPageForm

ASSIGNED = {
    # form field: (word, relation on Page)
    "themes": ("Theme", "page_themes"),
    "phases": ("Phase", "page_phases"),
    "target_groups": ("TargetGroup", "page_target_groups"),
    "challenges": ("Challenge", "page_challenges"),
}


class TermsField(forms.ModelMultipleChoiceField):
    """Check boxes for one vocabulary; the words are read when the form is made, not when it is defined."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, model_name, **kwargs):
        self.model_name = model_name
        super().__init__(queryset=None, required=False, **kwargs)

    def __deepcopy__(self, memo):
        field = super().__deepcopy__(memo)
        field.queryset = apps.get_model("taxonomy", self.model_name).objects.all()
        return field


class ClassifiedForm(WagtailAdminPageForm):
    themes = TermsField("Theme", label=_("Temaer"), help_text=_("Et eller to. Vælg det, teksten handler mest om."))
    phases = TermsField(
        "Phase", label=_("Faser"), help_text=_("Hvornår i arbejdet bruges det? Vælg kun dem, teksten bærer.")
    )
    target_groups = TermsField("TargetGroup", label=_("Målgrupper"), help_text=_("Hvem taler eller virker det for?"))
    challenges = TermsField(
        "Challenge", label=_("Udfordringer"), help_text=_("Hvilken opgave hos kommunen svarer det på?")
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, (_model, relation) in ASSIGNED.items():
            if name in self.fields:
                self.initial[name] = [row.term_id for row in getattr(self.instance, relation).all()]

    def save(self, commit=True):
        # Tags that are set anew lose the reason they were given: so they are only set where they were changed.
        if "tags" not in self.changed_data:
            self.cleaned_data.pop("tags", None)
        for name, (_model, relation) in ASSIGNED.items():
            if name in self.fields and name in self.changed_data:
                assign(self.instance, relation, self.cleaned_data[name])
        return super().save(commit=commit)


def assign(page, relation, terms):
    """Let `page` stand under exactly `terms`; rows that stay keep their reason. Written when the page is saved."""
    manager = getattr(page, relation)
    kept = {row.term_id: row for row in manager.all()}
    manager.set([kept.get(term.pk) or manager.model(term=term) for term in terms])
