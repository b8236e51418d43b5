"""Writing by keyboard alone: a name and a method are suggested and taken, and what was written is there elsewhere."""

import re
import time

import pytest
from playwright.sync_api import expect

from tests.journeys.test_members_looks import sign_in

pytestmark = pytest.mark.browser

ROOM = "/netvaerk/rum/borgerdialog/"
MEMBER = "ejnar@forkant.example"
WAIT = 20


@pytest.fixture
def browser_of(chromium, house):
    """Call it for a page in a browser of its own in which the member is signed in; faults of scripts are kept."""
    contexts, faults = [], []

    def opened():
        context = chromium.new_context(viewport={"width": 1440, "height": 900}, base_url=house)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda fault: faults.append(str(fault)))
        page.on("console", lambda said: faults.append(said.text) if "Content Security" in said.text else None)
        sign_in(page, house, MEMBER)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not faults


def saved(page):
    """The answer to a draft that is saved."""
    return page.expect_response(lambda answer: answer.url.endswith("/netvaerk/kladder/"))


def test_a_name_and_a_method_are_taken_by_keyboard_and_the_draft_is_there_on_another_device(browser_of):
    office = browser_of()
    office.goto(f"{ROOM}ny/")
    office.get_by_label("Overskrift").fill("Hvem har prøvet det?")
    office.keyboard.press("Tab")
    area, choices = office.get_by_label("Tekst", exact=True), office.get_by_role("listbox")
    expect(area).to_be_focused()

    # A name: asked for by its beginning, taken with arrows and Enter; the field tells which one it stands at.
    area.press_sequentially("Hej @mads", delay=20)
    expect(choices.get_by_role("option").first).to_contain_text("Mads Landdistrikt")
    area.press("ArrowDown")
    expect(area).to_have_attribute("aria-activedescendant", re.compile("-0$"))
    expect(choices.get_by_role("option").first).to_have_attribute("aria-selected", "true")
    area.press("Enter")
    expect(area).to_have_value("Hej @Mads Landdistrikt (opdigtet) ")
    expect(choices).to_be_hidden()

    # Esc closes, and what was typed stays; Enter without a choice is a new line.
    area.press_sequentially("#kval", delay=20)
    expect(choices).to_be_visible()
    area.press("Escape")
    expect(choices).to_be_hidden()
    area.press_sequentially("i", delay=20)
    expect(choices).to_be_visible()
    area.press("ArrowDown")
    area.press("Tab")
    expect(area).to_have_value("Hej @Mads Landdistrikt (opdigtet) #Kvalitative interviews ")
    area.press("Enter")
    area.press_sequentially("Hvordan gik det?")

    # The preview comes without a new page, and the draft is saved.
    office.get_by_role("button", name="Se, hvordan det ser ud").press("Enter")
    preview = office.get_by_role("region", name="Sådan ser det ud")
    expect(preview.get_by_role("link", name="@Mads Landdistrikt")).to_be_visible()
    expect(preview.locator(".ref")).to_contain_text("Kvalitative interviews")
    area.focus()
    with saved(office):
        area.press("ControlOrMeta+s")
    expect(office.get_by_role("status").filter(has_text="Kladden er gemt kl.")).to_be_visible()

    # Another device goes on; the first one is told, with both texts, and nothing is lost.
    phone = browser_of()
    phone.goto(f"{ROOM}ny/")
    elsewhere = phone.get_by_label("Tekst", exact=True)
    expect(elsewhere).to_have_value(re.compile("Hvordan gik det"))
    elsewhere.press("End")
    elsewhere.press_sequentially(" Fra toget.")
    with saved(phone):
        elsewhere.press("ControlOrMeta+s")
    area.press_sequentially(" Fra kontoret.")
    with saved(office) as answer:
        area.press("ControlOrMeta+s")
    assert answer.value.status == 409
    told = office.get_by_role("alert").filter(has_text="et andet sted")
    told.get_by_text("Se den anden tekst").click()
    expect(told).to_contain_text("Fra toget.")
    expect(area).to_have_value(re.compile("Fra kontoret"))
    with saved(office) as answer:
        told.get_by_role("button", name="Behold min tekst").click()
    assert answer.value.status == 200

    # Sent, it is a thread, and the draft is gone.
    office.get_by_role("button", name="Send tråden").click()
    expect(office.get_by_role("heading", level=1)).to_have_text("Hvem har prøvet det?")
    expect(office.locator(".post__body a[href^='/netvaerk/medlem/']")).to_have_text("@Mads Landdistrikt (opdigtet)")
    office.goto("/netvaerk/kladder/")
    expect(office.get_by_role("main")).to_contain_text("Ingen kladder")


def test_what_is_written_is_saved_when_the_page_is_left(browser_of):
    page = browser_of()
    page.goto(f"{ROOM}ny/")
    page.get_by_label("Tekst", exact=True).press_sequentially("Vi nåede kun at begynde.")
    page.goto("/netvaerk/kladder/")
    until = time.monotonic() + WAIT
    while not page.get_by_role("article").count() and time.monotonic() < until:
        page.reload()
    expect(page.get_by_role("article")).to_contain_text("Vi nåede kun at begynde.")
    page.get_by_role("button", name="Smid kladden væk").click()
    expect(page.get_by_role("main")).to_contain_text("Ingen kladder")


def test_the_toolbar_writes_markdown_that_can_be_undone(browser_of):
    page = browser_of()
    page.goto(f"{ROOM}ny/")
    area = page.get_by_label("Tekst", exact=True)
    area.fill("et\nto")
    area.press("ControlOrMeta+a")
    page.keyboard.press("Tab")
    for _button in range(2):
        page.keyboard.press("ArrowRight")
    expect(page.get_by_role("button", name="Liste")).to_be_focused()
    page.keyboard.press("Enter")
    expect(area).to_have_value("- et\n- to")
    area.press("ControlOrMeta+z")
    expect(area).to_have_value("et\nto")
    area.press("ControlOrMeta+a")
    page.get_by_role("button", name="Fed").click()
    expect(area).to_have_value("**et\nto**")
    area.press("End")
    area.press_sequentially(" ")
    page.get_by_role("button", name="Henvisning").click()
    expect(area).to_have_value(re.compile(r"#$"))
    area.fill("")
