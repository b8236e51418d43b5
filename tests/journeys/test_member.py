"""A member's way: the password is forgotten, the door is closed, and in the end something is said and taken back."""

import email
import email.policy
import re
import time
from pathlib import Path

import pytest
from playwright.sync_api import expect

from config.settings.demo import DEMO_PASSWORD

pytestmark = pytest.mark.browser

MEMBER = "birgit@forkant.example"
FACILITATOR = "facilitator@forkant.example"
NEW_PASSWORD = "kaffe-paa-kajen-18"
WAIT = 20


@pytest.fixture
def someone(chromium, house):
    """Call it for a page in a browser of its own; script is off, since all of this works without."""
    contexts = []

    def opened():
        context = chromium.new_context(
            viewport={"width": 1440, "height": 900}, java_script_enabled=False, base_url=house
        )
        contexts.append(context)
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()


def signs_in(page, address, password):
    page.goto("/konto/log-ind/")
    page.get_by_label("Mailadresse").fill(address)
    page.get_by_label("Adgangskode", exact=True).fill(password)
    page.get_by_role("button", name="Log ind").click()
    expect(page).to_have_url(re.compile("/netvaerk/$"))


def letters_to(var, address):
    """The mails that the house has sent to `address`, the newest last."""
    found = []
    for path in sorted(Path(var, "mail").glob("*"), key=lambda path: path.stat().st_mtime_ns):
        for text in path.read_bytes().split(b"-" * 79 + b"\n"):
            mail = email.message_from_bytes(text.strip(), policy=email.policy.default)
            if mail["To"] == address:
                found.append(mail)
    return found


def newest_letter(var, address, subject):
    """Wait for a mail whose subject holds `subject`, and return its text."""
    until = time.monotonic() + WAIT
    while time.monotonic() < until:
        found = [mail for mail in letters_to(var, address) if subject in mail["Subject"]]
        if found:
            return found[-1].get_body(("plain",)).get_content()
        time.sleep(0.2)
    raise AssertionError(f"No mail to {address} about »{subject}«.")


def link_in(text, house):
    return re.search(re.escape(house) + r"\S+", text)[0].removeprefix(house)


def test_from_a_forgotten_password_to_a_post_and_out_again(house, house_var, someone):
    member, facilitator = someone(), someone()

    # The password is forgotten, and a new one chosen by the link in the mail.
    member.goto("/konto/log-ind/")
    member.get_by_role("link", name=re.compile("glemt", re.IGNORECASE)).click()
    member.get_by_label("Mailadresse").fill(MEMBER)
    member.get_by_role("main").get_by_role("button").click()
    expect(member.get_by_role("main")).to_contain_text(re.compile("mail", re.IGNORECASE))
    member.goto(link_in(newest_letter(house_var, MEMBER, "dgangskode"), house))
    for field in member.get_by_role("main").locator("input[type=password]").all():
        field.fill(NEW_PASSWORD)
    member.get_by_role("main").get_by_role("button").click()
    signs_in(member, MEMBER, NEW_PASSWORD)

    # The door of a closed space: what it is for, and nothing of what is said.
    closed = member.goto("/netvaerk/rum/tomme-huse/")
    assert closed.status == 403
    expect(member.get_by_role("heading", level=1)).to_have_text("Tomme huse")
    expect(member.get_by_role("main")).to_contain_text("For kommunalt ansatte")
    expect(member.locator(".thread")).to_have_count(0)
    member.get_by_label("Hvorfor vil du være med?").fill("Vi skal i gang med 40 tomme huse til foråret.")
    member.get_by_role("button", name="Send anmodning").click()
    expect(member.get_by_role("status")).to_contain_text("anmodning")

    # The facilitator hears of it by mail, reads the reason, and lets in.
    asked = newest_letter(house_var, FACILITATOR, "beder om adgang")
    assert "40 tomme huse" in asked
    signs_in(facilitator, FACILITATOR, DEMO_PASSWORD)
    facilitator.goto(link_in(asked, house))
    waiting = facilitator.get_by_role("article").filter(has_text="40 tomme huse")
    waiting.get_by_label("Svar til den, der spørger").fill("Velkommen. Begynd med tråden om brevene.")
    waiting.get_by_role("button", name=re.compile("^Luk ind")).click()
    expect(facilitator.get_by_role("status")).to_contain_text("lukket ind")
    assert "Begynd med tråden om brevene." in newest_letter(house_var, MEMBER, "Svar på din anmodning")

    # Inside: read, write, edit one's own.
    member.goto("/netvaerk/rum/tomme-huse/")
    expect(member.locator(".thread").first).to_be_visible()
    member.get_by_role("link", name="Skriv en tråd").first.click()
    member.get_by_label("Overskrift").fill("Hvem ringer først, kommunen eller naboen?")
    member.get_by_label("Tekst").fill("Vi tænker på **naboen**. Hvad har I gjort?")
    member.get_by_role("button", name="Send tråden").click()
    expect(member.get_by_role("heading", level=1)).to_have_text("Hvem ringer først, kommunen eller naboen?")
    expect(member.locator(".post__body strong")).to_have_text("naboen")
    thread = member.url
    facilitator.goto(thread)
    facilitator.get_by_label("Dit svar").fill("Naboen. Kommunen ringer bagefter.")
    facilitator.get_by_role("button", name="Send svar").click()
    expect(facilitator.locator(".post")).to_have_count(2)
    member.goto(thread)
    expect(member.locator(".post")).to_have_count(2)
    member.get_by_role("link", name=re.compile("^Ret")).click()
    member.get_by_label("Dit indlæg").fill("Vi tænker på naboen eller *lokalrådet*. Hvad har I gjort?")
    member.get_by_role("button", name="Gem rettelsen").click()
    expect(member.locator(".post").first).to_contain_text("lokalrådet")
    expect(member.locator(".post").first).to_contain_text("rettet")

    # And out again: from then on the door is closed as before.
    member.goto("/netvaerk/rum/tomme-huse/forlad/")
    member.get_by_role("button", name="Forlad rummet").click()
    expect(member).to_have_url(re.compile("/netvaerk/$"))
    assert member.goto(thread).status == 403
    assert "Hvem ringer først" not in member.content()
    facilitator.goto(thread)
    expect(facilitator.locator(".post")).to_have_count(2)
