"""Reports that come back by mail: that a letter could not be delivered (RFC 3464), or is called unwanted (RFC 5965).

They come to the address that the letter was sent from, which says by itself which letter it is and is signed: nobody
who has not had that letter can say that it came back.
"""

from accounts.bounces import note_bounce
from accounts.models import Bounce, Letter

FEEDBACK = "message/feedback-report"


def take_report(message, letter_pk: int, user_pk: int) -> bool:
    """Write down what a report says of the letter; return whether it was one that counts."""
    letter = Letter.objects.filter(pk=letter_pk, recipient=user_pk).select_related("recipient").first()
    kind = kind_of(message)
    if letter is None or kind is None:
        return False
    return note_bounce(letter.recipient, kind, f"brev-{letter.pk}")


def kind_of(message) -> str | None:
    """Return the kind of bounce that `message` tells of; None where it is none, or says nothing of the address."""
    if message.get_content_type() != "multipart/report":
        return None
    for part in message.walk():
        if part.get_content_type() == FEEDBACK:
            return Bounce.Kind.COMPLAINT
        if part.get_content_type() == "message/delivery-status":
            for block in part.get_payload():
                if kind := _of_block(block):
                    return kind
    return None


def _of_block(block):
    if str(block.get("Action", "")).strip().lower() != "failed":
        return None  # delayed, relayed, delivered: it is not the last word
    status = str(block.get("Status", "")).strip()
    if status.startswith("4."):
        return Bounce.Kind.SOFT
    # 5.7 is about us and not about the address: a list of senders, a missing signature.
    return None if status.startswith("5.7") else Bounce.Kind.HARD
