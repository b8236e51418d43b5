from functools import wraps

from allauth.account.adapter import get_adapter
from allauth.account.utils import get_next_redirect_url, perform_login
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.contrib.messages import get_messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from accounts.bounces import is_stopped, try_again
from accounts.forms import WelcomeForm
from accounts.limits import count, is_over, too_many, waiting_time
from accounts.welcome import key_holder, use_key

ADMIN = "wagtailadmin.access_admin"
WELCOME = "welcome"


def unkept(view):
    """No cache keeps what `view` answers, and nobody is told more than our host of the address it stands at.

    The whole address may hold a key. `no-referrer` would hide the host too, but then browsers send `Origin: null`
    with the form, and Django's guard against forged requests refuses it. The headers come from a middleware
    (config.headers.OwnEyesMiddleware): where a view asks for the password again another one answers.
    """

    @wraps(view)
    def unkept_view(request, *args, **kwargs):
        request.is_unkept = True
        return view(request, *args, **kwargs)

    return unkept_view


@login_required
@require_safe
def account(request):
    return render(request, "account/account.html", {"mail_is_stopped": is_stopped(request.user)})


@login_required
def mail_again(request):
    """She says that her address works: mail is sent to it again."""
    if request.method == "POST":
        try_again(request.user)
        messages.success(
            request, _("Vi sender dig mail igen fra nu af. Det, der blev holdt tilbage, kan læses på siden.")
        )
    return redirect("account")


@sensitive_post_parameters()
@sensitive_variables("key")
@require_http_methods(["GET", "HEAD", "POST"])
def welcome(request, key):
    """Choose the first password. Looking changes nothing: programs that test the links of a mail look too."""
    if is_over(request, WELCOME):
        return too_many(request, waiting_time(request, WELCOME))
    user = key_holder(key)
    if user is None:
        return _no_way_in(request)
    form = WelcomeForm(user, request.POST if request.method == "POST" else None)
    if form.is_valid():
        return _come_in(request, key, form.cleaned_data["password1"])
    return render(request, "account/welcome.html", {"form": form, "person": user})


@sensitive_variables("key", "password")
def _come_in(request, key, password):
    with transaction.atomic():
        user = use_key(key)
        if user is None:
            return _no_way_in(request)
        get_adapter().set_password(user, password)
    response = perform_login(request, user, email=user.email, redirect_url=reverse("network"))
    request.session.set_expiry(0)
    return response


def _no_way_in(request):
    """One answer for used, withdrawn, run out and never made; each counts as a try at guessing."""
    count(request, WELCOME)
    return render(request, "account/welcome_over.html", status=404)


def admin_door(request):
    """The admin has no sign-in of its own: strangers go to ours, those without rights get the refusal at once."""
    if request.user.is_anonymous:
        return redirect_to_login(get_next_redirect_url(request) or reverse("wagtailadmin_home"))
    if not request.user.has_perm(ADMIN):
        list(get_messages(request))  # Wagtail's own words about it, which no page of ours would show
        raise PermissionDenied
    return redirect(get_next_redirect_url(request) or "wagtailadmin_home")
