import logging

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from django.conf import settings
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from accounts.addresses import normal
from accounts.letters import own_headers
from accounts.limits import too_many, waiting_time

logger = logging.getLogger(__name__)


class AccountAdapter(DefaultAccountAdapter):
    """The one door: nobody signs up alone, nothing leads off the site, and every link begins with our own address."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": _("Kontoen er lukket."),
        "duplicate_email": _("Det er den adresse, du bruger nu."),
        "email_password_mismatch": _(
            "Mailadressen og adgangskoden passer ikke sammen. Prøv igen, eller vælg en ny adgangskode."
        ),
        "email_taken": _("Adressen bruges af en anden konto."),
        "enter_current_password": _("Det er ikke din nuværende adgangskode. Prøv igen."),
        "incorrect_password": _("Det er ikke din adgangskode. Prøv igen."),
        "invalid_password_reset": _("Linket virker ikke længere. Bed om et nyt."),
        "too_many_login_attempts": _("Der er prøvet for mange gange. Vent lidt, og prøv igen."),
        "rate_limited": _("Der er prøvet for mange gange. Vent lidt, og prøv igen."),
    }

    def is_open_for_signup(self, request):
        return False

    def is_ajax(self, request):
        """Pages only: allauth's answers in JSON are a second door that nobody uses."""
        return False

    def is_safe_url(self, url):
        return bool(url) and url.startswith("/") and url_has_allowed_host_and_scheme(url, allowed_hosts=None)

    def clean_email(self, email):
        return normal(email)

    def set_password(self, user, password):
        """Set the password; keys that could set it again lose their power."""
        super().set_password(user, password)
        user.welcomes.withdraw()

    def get_password_change_redirect_url(self, request):
        return reverse("account")

    def get_email_verification_redirect_url(self, email_address):
        return reverse("account") if self.request.user.is_authenticated else reverse("account_login")

    # --- mail -------------------------------------------------------------------------------------

    def get_reset_password_from_key_url(self, key):
        uid, _dash, token = key.partition("-")
        return own_address("account_reset_password_from_key", uidb36=uid, key=token)

    def get_email_confirmation_url(self, request, emailconfirmation):
        return own_address("account_confirm_email", key=emailconfirmation.key)

    def send_mail(self, template_prefix, email, context):
        """Send at once, as text and HTML. A mail server that fails breaks no page: the page tells how to ask again."""
        own = {
            "email": email,
            "member_url": own_address("account_signup"),
            "reset_url": own_address("account_reset_password"),
        }
        try:
            message = self.render_mail(template_prefix, email, own | context, own_headers())
            message.send()
        except OSError as error:
            logger.error("A mail of the kind %s was not sent: %s", template_prefix, type(error).__name__)

    # --- limits -----------------------------------------------------------------------------------

    def _get_login_attempts_cache_key(self, request, **credentials):
        """Count per address, not per address and host name, and look-alikes as one."""
        return normal(credentials.get("email"))

    def pre_authenticate(self, request, **credentials):
        """Answer 429 where allauth would answer with a form; the same for known and unknown."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError as error:
            key = self._get_login_attempts_cache_key(request, **credentials)
            wait = waiting_time(request, "login_failed", key)
            raise ImmediateHttpResponse(too_many(request, wait)) from error


def own_address(name, **parts):
    return f"{settings.BASE_URL}{reverse(name, kwargs=parts)}"
