"""The mails of the demo: in no other place."""

from django.urls import path

from accounts import dev_mail

urlpatterns = [
    path("", dev_mail.mails, name="dev-mails"),
    path("<str:name>/", dev_mail.mail, name="dev-mail"),
    path("<str:name>/html/", dev_mail.mail_html, name="dev-mail-html"),
]
