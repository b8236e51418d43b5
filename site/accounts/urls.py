"""allauth's views at Danish addresses, under the names it knows them by; and our own."""

from allauth.account import views as allauth
from django.urls import path, register_converter

from accounts import own_data_views, stop_views, views
from accounts.views import unkept


class PersonConverter:
    regex = "[0-9A-Za-z]+"

    def to_python(self, value):
        return value

    to_url = to_python


register_converter(PersonConverter, "person")

urlpatterns = [
    path("", unkept(views.account), name="account"),
    path("log-ind/", unkept(allauth.login), name="account_login"),
    path("log-ud/", unkept(allauth.logout), name="account_logout"),
    path("bliv-medlem/", unkept(allauth.signup), name="account_signup"),
    path("velkommen/<str:key>/", unkept(views.welcome), name="account_welcome"),
    path("glemt-adgangskode/", unkept(allauth.password_reset), name="account_reset_password"),
    path("glemt-adgangskode/sendt/", unkept(allauth.password_reset_done), name="account_reset_password_done"),
    path(
        "ny-adgangskode/faerdig/",
        unkept(allauth.password_reset_from_key_done),
        name="account_reset_password_from_key_done",
    ),
    path(
        "ny-adgangskode/<person:uidb36>-<str:key>/",
        unkept(allauth.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path("adgangskode/", unkept(allauth.password_change), name="account_change_password"),
    path("adgangskode/vaelg/", unkept(allauth.password_set), name="account_set_password"),
    path("mail/", unkept(allauth.email), name="account_email"),
    path("bekraeft-mail/", unkept(allauth.email_verification_sent), name="account_email_verification_sent"),
    path("bekraeft-mail/<str:key>/", unkept(allauth.confirm_email), name="account_confirm_email"),
    path("bekraeft/", unkept(allauth.reauthenticate), name="account_reauthenticate"),
    path("mine-data/", unkept(own_data_views.own_data), name="account_own_data"),
    path("stop-mail/<str:key>/", unkept(stop_views.stop_mail), name="account_stop_mail"),
    path("faa-mail-igen/", unkept(views.mail_again), name="account_mail_again"),
    path("lukket/", unkept(allauth.account_inactive), name="account_inactive"),
]
