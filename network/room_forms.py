"""The forms of those who run a space."""

from copy import copy

from django import forms
from django.utils.translation import gettext_lazy as _

from network.arrange import FIELDS, PLACES, mark_of
from network.forms import AddForm
from network.join import TEXT_LENGTH
from network.models import Membership, Municipality, Space
from network.person import with_words
from network.who_sees import Eyes

ASK_COLLEAGUES = _(
    "**Situationen:** Hvad står I med, og hvor?\n\n"
    "**Det har vi prøvet:** Hvad gjorde I, og hvordan gik det?\n\n"
    "**Det vil vi vide:** Hvad skal kollegerne svare på?"
)


class SpaceSettingsForm(forms.ModelForm):
    """How a space is arranged, with the mark of how it was when the form was opened, and what has been warned of."""

    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    warned = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    class Meta:
        model = Space
        fields = [*FIELDS, PLACES]
        labels = {
            "name": _("Navn"),
            "purpose": _("Formål"),
            "theme": _("Tema"),
            "kind": _("Hvem kan være med?"),
            "admits_advisers": _("Rådgivere kan være med"),
            "admits_partners": _("Partnere kan være med"),
            "municipalities": _("Kun folk fra disse kommuner"),
            "shows_earlier": _("Nye medlemmer kan læse det, der er skrevet, før de kom"),
            "has_threads": _("Tråde"),
            "has_files": _("Filer"),
            "has_meetings": _("Møder"),
            "has_members": _("Medlemsliste"),
            "first_words": _("Skabelon til en ny tråd"),
            "holds_first_post": _("Det første, et nyt medlem skriver, venter på facilitator"),
        }
        help_texts = {
            "has_threads": _(
                "Slår du tråde fra, kan ingen læse dem, før du slår dem til igen. De bliver ikke slettet."
            ),
        }
        widgets = {
            "name": forms.TextInput(attrs={"maxlength": 80}),
            "purpose": forms.Textarea(attrs={"rows": 4}),
            "kind": forms.RadioSelect,
            "municipalities": forms.CheckboxSelectMultiple,
            "first_words": forms.Textarea(attrs={"rows": 6}),
        }

    def __init__(self, data=None, *, space):
        # A form writes what it reads into its row already when it is checked.
        super().__init__(data, instance=copy(space))
        self.initial["seen"] = mark_of(space)
        self.initial[PLACES] = list(space.limits)
        self.fields["kind"].choices = Space.Kind.choices
        self.fields["theme"].empty_label = _("Intet tema")
        # The made-up municipalities of the demo have members too.
        self.fields["municipalities"].queryset = Municipality.anywhere.order_by("sort_key")

    @property
    def values(self):
        return {name: self.cleaned_data[name] for name in (*FIELDS, PLACES)}


class ReasonForm(forms.Form):
    """Why something is done to someone. What is wrong with the text the verb says."""

    why = forms.CharField(
        label=_("Begrundelse"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": TEXT_LENGTH}),
    )

    def __init__(self, *args, hint="", **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["why"].help_text = hint


class HandOverForm(forms.Form):
    heir = forms.ModelChoiceField(
        label=_("Ny facilitator"),
        queryset=None,
        empty_label=_("Vælg et medlem"),
        error_messages={
            "required": _("Vælg, hvem der skal tage over."),
            "invalid_choice": _("Vedkommende er ikke med i rummet mere. Vælg en anden."),
        },
    )

    def __init__(self, *args, space, user, **kwargs):
        super().__init__(*args, **kwargs)
        members = Membership.objects.filter(space=space).exclude(user=user)
        able = members.filter(user__is_active=True, user__profile__completed_at__isnull=False)
        rows = able.select_related("user__profile__municipality").order_by("user__name")
        self.fields["heir"].queryset = rows
        eyes = Eyes(user)
        self.fields["heir"].label_from_instance = lambda row: with_words(eyes, row.user)


class TakeOverForm(HandOverForm):
    """Who looks after what a member did whom mail does not reach: another one, or whoever runs the space herself."""

    def __init__(self, *args, space, user, but, **kwargs):
        super().__init__(*args, space=space, user=but, **kwargs)
        self.fields["heir"].label = _("Hvem ser efter det?")
        eyes = Eyes(user)
        self.fields["heir"].label_from_instance = lambda row: with_words(eyes, row.user)


class InviteForm(AddForm):
    """Whom to ask to join: people found by name, others by address, and what is said to them."""

    people = forms.ModelMultipleChoiceField(
        label=_("Medlemmer af netværket"),
        queryset=None,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("Vedkommende kan ikke inviteres mere. Søg igen.")},
    )
    words = forms.CharField(
        label=_("Hvad vil du sige til dem?"),
        required=False,
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": TEXT_LENGTH}),
        help_text=_("Står i invitationen, som kun de og facilitatorerne læser."),
    )
    field_order = ["people", "addresses", "words"]

    def __init__(self, *args, people, reader, **kwargs):
        super().__init__(*args, **kwargs)
        eyes = Eyes(reader)
        self.fields["people"].queryset = people
        self.fields["people"].label_from_instance = lambda person: with_words(eyes, person)
        self.fields["addresses"].required = False
        self.fields["addresses"].help_text = _("Én på hver linje. De skal være medlemmer af netværket.")

    def clean(self):
        chosen = super().clean()
        if not self.errors and not chosen["people"] and not chosen["addresses"]:
            self.add_error("addresses", _("Vælg et medlem, eller skriv en mailadresse."))
        return chosen
