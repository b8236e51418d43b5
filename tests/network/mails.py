"""Mails as a member's program makes them, for the tests of the roads by which they come in."""

from email import policy
from email.message import EmailMessage

NUMBERS = iter(range(1, 10_000))


def mail_from(person, to, text="Vi gjorde det om sommeren.", subject="Re: Svar", number=None, **headers):
    """Return a mail from `person`, or from an address."""
    message = EmailMessage(policy=policy.default)
    address = getattr(person, "email", person)
    message["From"], message["To"], message["Subject"] = f"Nogen <{address}>", to, subject
    message["Message-ID"] = f"<{number or next(NUMBERS)}@post.eksempel.example>"
    message["Date"] = "Mon, 23 Nov 2026 10:00:00 +0100"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message


def report(to, status="5.1.1", action="failed"):
    """Return what a mail server says of a letter that it could not deliver (RFC 3464)."""
    raw = (
        f"Return-Path: <>\r\nFrom: MAILER-DAEMON@eksempel.example\r\nTo: {to}\r\nSubject: Undelivered Mail\r\n"
        "Message-ID: <dsn-1@eksempel.example>\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="grænse"\r\n\r\n'
        "--grænse\r\nContent-Type: text/plain\r\n\r\nKunne ikke leveres.\r\n"
        "--grænse\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; eksempel.example\r\n\r\n"
        f"Final-Recipient: rfc822; nogen@eksempel.example\r\nAction: {action}\r\nStatus: {status}\r\n"
        "Diagnostic-Code: smtp; 550 no such user\r\n\r\n--grænse--\r\n"
    )
    return raw.replace("grænse", "g1234").encode()
