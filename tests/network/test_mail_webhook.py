"""What a provider's webhook tells: a mail that came in, and letters that did not arrive. Real views of anymail."""

import base64
import json

import pytest
from django.core import mail
from django.db import OperationalError
from django.test import Client
from django.urls import include, path, resolve

from accounts.models import Bounce, Letter
from accounts.signed_addresses import RETURNED, signed_address
from config import urls
from network import mail_webhook
from network.by_mail import answer_headers
from network.models import Attachment, Post
from tests.factories import MembershipFactory, ThreadFactory
from tests.network.mails import mail_from, report

pytestmark = pytest.mark.django_db
urlpatterns = [path("mail/ind/", include("anymail.urls")), *urls.urlpatterns]
SECRET = "postvæsen:ord-af-hemmelighed"


@pytest.fixture(autouse=True)
def webhook(settings):
    settings.ANYMAIL = {"WEBHOOK_SECRET": SECRET}
    settings.ROOT_URLCONF = __name__


@pytest.fixture
def thread():
    made = ThreadFactory()
    made.member = MembershipFactory(space=made.space).user
    made.to = answer_headers(made.member, made)["Reply-To"]
    return made


def tell(kind, told, secret=SECRET, client=None):
    basic = base64.b64encode(secret.encode()).decode()
    address = f"/mail/ind/postmark/{kind}/"
    client = client or Client(enforce_csrf_checks=True)
    body = json.dumps(told)
    return client.post(address, body, content_type="application/json", headers={"Authorization": f"Basic {basic}"})


def inbound(message, to, sender):
    returned = {"Name": "Return-Path", "Value": f"<{sender}>"}
    raw = message if isinstance(message, str) else message.as_string()
    return {"RawEmail": raw, "FromFull": {}, "OriginalRecipient": to, "Headers": [returned]}


def test_a_mail_from_the_provider_is_a_post_once_however_often_it_is_told(thread):
    message = mail_from(thread.member, thread.to, "Ad udbyderens vej.\n\nMvh\nBo")
    message.add_attachment(b"1;2\n", maintype="text", subtype="csv", filename="tal.csv")
    for _again in range(3):
        assert tell("inbound", inbound(message, thread.to, thread.member.email)).status_code == 200
    post = Post.objects.get(thread=thread, number=2)
    assert post.source == "Ad udbyderens vej." and thread.posts.count() == 2
    assert Attachment.objects.get().post == post


def test_a_report_by_the_providers_road_comes_from_nobody_and_is_no_post(thread):
    assert tell("inbound", inbound(mail_from(thread.member, thread.to), thread.to, "")).status_code == 200
    assert tell("inbound", inbound(report(thread.to).decode(), thread.to, "")).status_code == 200
    assert thread.posts.count() == 1 and not mail.outbox


@pytest.mark.parametrize("secret", ["postvæsen:forkert", ":", "x"])
def test_who_does_not_know_the_word_tells_nothing(thread, secret):
    told = inbound(mail_from(thread.member, thread.to), thread.to, thread.member.email)
    assert tell("inbound", told, secret).status_code == 400
    assert thread.posts.count() == 1


def test_what_fails_is_told_again(thread, monkeypatch):
    def fails(*args, **kwargs):
        raise OperationalError("nede")

    monkeypatch.setattr(mail_webhook, "take", fails)
    told = inbound(mail_from(thread.member, thread.to), thread.to, thread.member.email)
    client = Client(raise_request_exception=False)
    assert tell("inbound", told, client=client).status_code == 500
    monkeypatch.undo()
    assert tell("inbound", told).status_code == 200
    assert thread.posts.count() == 2


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        ({"RecordType": "Bounce", "Type": "HardBounce", "Details": "550 5.1.1 unknown"}, "hard"),
        ({"RecordType": "Bounce", "Type": "SoftBounce", "Details": "452 4.2.2 full"}, "soft"),
        ({"RecordType": "SpamComplaint", "Type": "SpamComplaint"}, "complaint"),
        ({"RecordType": "Bounce", "Type": "Transient"}, None),
        ({"RecordType": "Bounce", "Type": "Blocked"}, None),
        ({"RecordType": "Delivery"}, None),
    ],
)
def test_a_letter_that_came_back_counts_once_however_often_it_is_told(thread, told, kind):
    when = {"BouncedAt": "2026-11-23T10:00:00Z", "DeliveredAt": "2026-11-23T10:00:00Z"}
    for _again in range(3):
        told = told | {"Email": thread.member.email.upper(), "MessageID": "brev-1", "ID": 7} | when
        assert tell("tracking", told).status_code == 200
    assert list(Bounce.objects.values_list("user", "kind")) == ([(thread.member.pk, kind)] if kind else [])


def test_what_the_provider_and_a_report_tell_of_one_letter_counts_once(thread):
    letter = Letter.objects.create(kind="digest", recipient=thread.member)
    told = {"RecordType": "Bounce", "Type": "HardBounce", "Details": "550 5.1.1 unknown", "ID": 7}
    told |= {"Email": thread.member.email, "MessageID": f"brev-{letter.pk}@forkant.example"}
    assert tell("tracking", told | {"BouncedAt": "2026-11-23T10:00:00Z"}).status_code == 200
    address = signed_address(RETURNED, letter.pk, thread.member.pk)
    assert tell("inbound", inbound(report(address).decode(), address, "")).status_code == 200
    assert Bounce.objects.get().source == f"brev-{letter.pk}"


def test_without_a_word_there_is_no_webhook(settings):
    assert resolve("/mail/ind/postmark/inbound/").app_name == "anymail"
    assert resolve("/mail/ind/postmark/inbound/", urlconf="config.urls").url_name == "wagtail_serve"
