from uuid import uuid4

from django import forms
from django.contrib.auth import get_user_model
from django.utils.translation import gettext_lazy as _

from network.discuss import TITLE_LENGTH
from network.join import TEXT_LENGTH
from network.models import Membership, Municipality, Profile
from network.tend import WHY_LENGTH

MAX_ADDRESSES = 50


class TextForm(forms.Form):
    """A text, with the key by which a form sent twice is known again. What is wrong with the text the verb says."""

    text = forms.CharField(
        label=_("Dit svar"), required=False, max_length=None, strip=False, widget=forms.Textarea(attrs={"rows": 8})
    )
    form_key = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial.setdefault("form_key", uuid4())


class ThreadForm(TextForm):
    title = forms.CharField(
        label=_("Overskrift"),
        required=False,
        widget=forms.TextInput(attrs={"maxlength": TITLE_LENGTH}),
        help_text=_("Sig, hvad du spørger om, så en kollega kan se, om hun kan svare. Højst 140 tegn."),
    )
    field_order = ["title", "text", "form_key"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["text"].label = _("Tekst")
        self.fields["text"].help_text = _("Fortæl, hvad I står med, hvad I har prøvet, og hvad du gerne vil vide.")


class EditForm(TextForm):
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["text"].label = _("Dit indlæg")


class DraftForm(forms.Form):
    """What a script saves while someone writes."""

    place = forms.CharField(max_length=40)
    title = forms.CharField(required=False, strip=False)
    text = forms.CharField(required=False, strip=False)
    draft_version = forms.IntegerField(required=False, min_value=0)
    version = forms.IntegerField(required=False, min_value=1, max_value=2_000_000_000)
    form_key = forms.UUIDField(required=False)
    leaving = forms.BooleanField(required=False)


class WhyForm(forms.Form):
    why = forms.CharField(
        label=_("Hvorfor"),
        required=False,
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": TEXT_LENGTH}),
    )


class CloseForm(forms.Form):
    why = forms.CharField(
        label=_("Hvorfor"),
        required=False,
        max_length=WHY_LENGTH,
        widget=forms.TextInput(attrs={"maxlength": WHY_LENGTH}),
        help_text=_("Står øverst i tråden. Fx »Fortsætter i tråden om tomme huse«."),
    )


class StatusForm(forms.Form):
    text = forms.CharField(
        label=_("Status nu"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Hvor står sagen? Højst 1.000 tegn. Et tomt felt tager status væk."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)


class SplitForm(forms.Form):
    """The title of what is split off. Which posts it is stands beside them, not in a field of its own."""

    title = forms.CharField(
        label=_("Overskrift på den nye tråd"),
        required=False,
        widget=forms.TextInput(attrs={"maxlength": TITLE_LENGTH}),
        help_text=_("Højst 140 tegn."),
    )


class AskForm(forms.Form):
    reason = forms.CharField(
        label=_("Hvorfor vil du være med?"),
        required=False,
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": TEXT_LENGTH}),
        help_text=_("Skriv to linjer om, hvad du arbejder med. Facilitator læser dem."),
    )


class AnswerForm(forms.Form):
    answer = forms.CharField(
        label=_("Svar til den, der spørger"),
        required=False,
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": TEXT_LENGTH}),
        help_text=_("Skal skrives, når svaret er nej."),
    )


class AddForm(forms.Form):
    addresses = forms.CharField(
        label=_("Mailadresser"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Én på hver linje. Den, der ikke har en konto, får en mail og vælger selv sin adgangskode."),
        error_messages={"required": _("Skriv mindst én mailadresse.")},
    )

    def clean_addresses(self):
        found = [line.strip() for line in self.cleaned_data["addresses"].replace(",", "\n").splitlines()]
        addresses = list(dict.fromkeys(line for line in found if line))
        if len(addresses) > MAX_ADDRESSES:
            raise forms.ValidationError(
                _("Du kan tilføje %(room)s ad gangen. Her er %(number)s: del dem op."),
                params={"room": MAX_ADDRESSES, "number": len(addresses)},
            )
        return addresses


class RoleForm(forms.Form):
    role = forms.ChoiceField(label=_("Rolle"), choices=Membership.Role.choices)


class ProfileForm(forms.ModelForm):
    name = forms.CharField(
        label=_("Navn"),
        max_length=get_user_model()._meta.get_field("name").max_length,
        error_messages={"required": _("Skriv dit navn, så kolleger ved, hvem de taler med.")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    field_order = ["name", "role", "kind", "municipality", "organisation"]

    class Meta:
        model = Profile
        fields = ["role", "kind", "municipality", "organisation"]
        error_messages = {"role": {"required": _("Skriv din stilling. Den vises ved dine indlæg.")}}
        widgets = {"role": forms.TextInput(attrs={"autocomplete": "organization-title"})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["name"].initial = self.instance.user.name
        self.fields["role"].required = True
        # The made-up municipalities of the demo have members too; where there is no demo there are none of them.
        self.fields["municipality"].queryset = Municipality.anywhere.all()
        self.fields["municipality"].empty_label = _("Vælg kommune")
        # Who belongs to the campaign's own office is said by an administrator.
        if self.instance.kind != Profile.Kind.EDITORIAL:
            self.fields["kind"].choices = [
                choice for choice in Profile.Kind.choices if choice[0] != Profile.Kind.EDITORIAL
            ]

    def clean_name(self):
        name = " ".join("".join(sign for sign in self.cleaned_data["name"] if sign.isprintable()).split())
        if not name:
            raise forms.ValidationError(self.fields["name"].error_messages["required"], code="required")
        return name
