"""What a mail provider tells us (anymail): mail that came in, and letters that did not arrive.

An answer other than 200 makes the provider come again: what fails here is raised.
"""

import re

from anymail.signals import inbound, tracking
from django.contrib.auth import get_user_model

from accounts.addresses import normal
from accounts.bounces import OF_LETTER, note_bounce
from accounts.models import Bounce
from accounts.stops import host
from network.mail_in import take

# What anymail calls the reasons that say something of the address, and not of us.
OF_THE_ADDRESS = {"invalid", "bounced", "other", None}


def take_inbound(sender, event, esp_name, **kwargs):
    """Take in a mail. That it is delivered twice is seen by its Message-ID."""
    message = event.message
    recipients = [message.envelope_recipient] if message.envelope_recipient else []
    take(message, recipients, message.envelope_sender)


def note_tracking(sender, event, esp_name, **kwargs):
    """Write down that a letter came back, or was called unwanted. What is delayed is not the last word."""
    kind = _kind(event)
    user = get_user_model().objects.filter(email=normal(event.recipient or "")).first() if kind else None
    if user is not None:
        note_bounce(user, kind, _source(event, esp_name), at=event.timestamp)


def _source(event, esp_name):
    """Name the letter, where the provider knows it by our Message-ID, as a report by mail does; else as it does."""
    number = (event.message_id or "").strip("<>")
    ours = re.fullmatch(rf"({OF_LETTER}\d+)@{re.escape(host())}", number)
    return ours[1] if ours else f"{esp_name} {number or event.event_id}"


def _kind(event):
    if event.event_type == "complained":
        return Bounce.Kind.COMPLAINT
    if event.event_type == "bounced" and event.reject_reason in OF_THE_ADDRESS:
        is_soft = (event.mta_response or "").lstrip().startswith("4")
        return Bounce.Kind.SOFT if is_soft else Bounce.Kind.HARD
    return None


inbound.connect(take_inbound, dispatch_uid="network.mail_webhook")
tracking.connect(note_tracking, dispatch_uid="network.mail_webhook")
