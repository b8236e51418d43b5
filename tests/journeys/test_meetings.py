"""A meeting from plan to outcomes, in a browser: it is planned, voted on, signed up to, written up, and acted on."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from tests.journeys.test_talk import ASKER, COLLEAGUE, FACILITATOR, ROOM, browser_of

pytestmark = pytest.mark.browser
__all__ = ["browser_of"]
QUESTION = "Hvor længe skal et kort hænge fremme?"


def clock(hours):
    """A moment so many hours from now, as the field of a form holds it."""
    moment = datetime.now(ZoneInfo("Europe/Copenhagen")) + timedelta(hours=hours)
    return moment.strftime("%Y-%m-%dT%H:%M")


def plans(page):
    page.goto(ROOM)
    page.get_by_role("link", name=re.compile("^Møder")).click()
    page.get_by_role("link", name="Planlæg et møde").click()
    page.get_by_label("Titel").fill("Kort på væggen")
    page.get_by_label("Begynder").fill(clock(-1))
    page.get_by_label("Slutter").fill(clock(2))
    page.get_by_label("Sted").fill("Biblioteket i Eksempelby (opdigtet)")
    page.get_by_label(re.compile("Antal pladser")).fill("1")
    page.get_by_role("button", name="Planlæg mødet").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Kort på væggen")
    return page.url


def answers_where_it_is_told(page):
    """Among the notices, on a narrow screen."""
    wide = page.viewport_size
    page.set_viewport_size({"width": 320, "height": 700})
    page.goto("/netvaerk/beskeder/")
    told = page.locator("article", has_text="Kort på væggen")
    expect(told).to_contain_text("inviterer til møde")
    expect(told).to_contain_text("Biblioteket i Eksempelby")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    told.get_by_role("button", name=re.compile(r"^Jeg kommer\s*:")).click()
    expect(page).to_have_url(re.compile("/netvaerk/beskeder/$"))
    expect(page.locator("article", has_text="Kort på væggen").get_by_role("button")).to_have_count(0)
    page.set_viewport_size(wide)


def test_a_meeting_is_planned_voted_on_signed_up_to_and_ends_in_an_action(browser_of):
    facilitator, member, colleague = (browser_of(who) for who in (FACILITATOR, ASKER, COLLEAGUE))
    address = plans(facilitator)

    member.goto(address)
    member.get_by_label("Dit spørgsmål").fill(QUESTION)
    member.get_by_role("button", name="Sæt spørgsmålet på dagsordenen").click()
    expect(member.locator(".agenda")).to_contain_text("1 stemme")
    answers_where_it_is_told(member)
    member.goto(address)
    expect(member.locator("#tilmelding-h")).to_have_text("Du er tilmeldt")

    colleague.goto(address)
    colleague.get_by_role("button", name=re.compile("Stem på det")).click()
    expect(colleague.locator(".agenda")).to_contain_text("2 stemmer")
    colleague.get_by_role("button", name="Skriv dig på ventelisten").click()
    expect(colleague.locator("#tilmelding-h")).to_have_text("Du står på ventelisten")

    facilitator.goto(address)
    facilitator.get_by_role("link", name="Skriv noter").click()
    facilitator.get_by_role("button", name="Luk noterne").click()
    expect(facilitator.get_by_role("alert").first).to_contain_text(QUESTION)
    facilitator.get_by_label("Linjen i noterne").fill("To uger. Vi prøver det på torvet.")
    facilitator.get_by_label("en opgave").check()
    owner = facilitator.get_by_label("Hvem gør det?")
    owner.select_option(value=owner.locator("option", has_text="Ane").get_attribute("value"))
    facilitator.get_by_label("Senest").fill(clock(48)[:10])
    facilitator.get_by_role("button", name=re.compile("Gem linjen")).click()
    facilitator.get_by_role("button", name="Luk noterne").click()
    expect(facilitator.get_by_role("heading", name="Det kom der ud af mødet")).to_be_visible()

    colleague.goto(address)
    expect(colleague.locator("#udfald")).to_contain_text("To uger. Vi prøver det på torvet.")
    # He waited in the line and was not there: one mail tells him what came of it.
    colleague.goto(f"/dev/mail/?til={COLLEAGUE}")
    told = colleague.get_by_role("link", name="Kort på væggen: det kom der ud af 1 spørgsmål")
    expect(told).to_have_count(1)
    told.click()
    expect(colleague.frame_locator("iframe").locator("body")).to_contain_text("To uger. Vi prøver det på torvet.")
    member.goto("/netvaerk/opgaver/")
    task = member.locator("article", has_text=QUESTION)
    task.get_by_role("button", name=re.compile("Opgaven er gjort")).click()
    expect(
        member.locator("article", has_text=QUESTION).get_by_role("button", name=re.compile("Åbn igen"))
    ).to_be_visible()
