"""The forms of the account, in Danish. allauth's own are their ground; what they check is not checked again here."""

from allauth.account import forms as allauth
from django import forms
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.addresses import normal
from accounts.welcome import prove_address

ADVICE = _("Mindst 12 tegn. Fire ord, der ikke hører sammen, er let at huske og svært at gætte.")
AGAIN = _("Adgangskoden én gang til")
MISSING = {"required": _("Skriv din adgangskode.")}


class AddressField(forms.EmailField):
    """Reads an address in its one form, so that look-alikes neither find nor count as something else."""

    def to_python(self, value):
        return normal(super().to_python(value))


def address(label, **attrs):
    words = _("Skriv en hel mailadresse, fx navn@kommune.dk.")
    return AddressField(
        label=label,
        widget=forms.EmailInput(attrs={"autocomplete": "username", **attrs}),
        max_length=254,
        error_messages={"required": words, "invalid": words},
    )


def dress(form, labels, hints=None):
    """Give the fields of `form` our labels and hints. Placeholders go: a label that vanishes is none."""
    for name, label in labels.items():
        field = form.fields[name]
        field.label, field.help_text = label, (hints or {}).get(name, "")
        field.error_messages |= MISSING
        field.widget.attrs.pop("placeholder", None)


class SignInForm(allauth.LoginForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["login"] = address(_("Mailadresse"))
        self.order_fields(["login", "password", "remember"])
        dress(self, {"password": _("Adgangskode"), "remember": _("Husk mig på denne computer i 14 dage")})


class ForgottenForm(allauth.ResetPasswordForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["email"] = address(_("Mailadresse"))

    def clean_email(self):
        """Only the address an account goes by: one that is yet to be confirmed may belong to somebody else."""
        email = super().clean_email()
        self.users = [user for user in self.users if user.email == email]
        return email


class _TwicePassword:
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        dress(self, {"password1": _("Ny adgangskode"), "password2": AGAIN}, {"password1": ADVICE})


class NewPasswordForm(_TwicePassword, allauth.ResetPasswordKeyForm):
    """After a forgotten password. The link was sent to the address alone, so it is proven too."""

    def save(self):
        super().save()
        prove_address(self.user)


class SetPasswordForm(_TwicePassword, allauth.SetPasswordForm):
    pass


class ChangePasswordForm(_TwicePassword, allauth.ChangePasswordForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        dress(self, {"oldpassword": _("Nuværende adgangskode")})


class ReauthenticateForm(allauth.ReauthenticateForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        dress(self, {"password": _("Adgangskode")})


class ChangeAddressForm(allauth.AddEmailForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["email"] = address(_("Ny mailadresse"), autocomplete="email")


class WelcomeForm(forms.Form):
    """Choosing the first password."""

    password1 = forms.CharField(
        label=_("Adgangskode"),
        help_text=ADVICE,
        strip=False,
        error_messages=MISSING,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    password2 = forms.CharField(
        label=AGAIN,
        strip=False,
        error_messages=MISSING,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, user, *args, **kwargs):
        self.user = user
        super().__init__(*args, **kwargs)

    def clean_password1(self):
        password_validation.validate_password(self.cleaned_data["password1"], self.user)
        return self.cleaned_data["password1"]

    def clean(self):
        first, second = self.cleaned_data.get("password1"), self.cleaned_data.get("password2")
        if first and second and first != second:
            self.add_error(
                "password2", ValidationError(_("De to adgangskoder er ikke ens. Skriv den samme to gange."))
            )
