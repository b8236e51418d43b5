"""An editor writes, the session ends, and nothing that was typed is lost."""

import re

import pytest
from playwright.sync_api import expect

from config.settings.demo import DEMO_PASSWORD, SESSION_COOKIE_NAME
from tests.journeys.conftest import sign_in

pytestmark = pytest.mark.browser
EDITOR = "redaktion@forkant.example"
SLOW = 20_000  # milliseconds, on a machine with other things to do


@pytest.fixture
def page(chromium, house):
    """A new case story, opened by an editor."""
    context = chromium.new_context(viewport={"width": 1440, "height": 1000}, locale="da-DK")
    page = context.new_page()
    page.set_default_timeout(SLOW)
    sign_in(page, house, EDITOR, DEMO_PASSWORD)
    page.goto(f"{house}/admin/casefortaellinger/")
    page.get_by_role("link", name=re.compile("Ny casefortælling|Tilføj casefortælling", re.I)).first.click()
    yield page
    context.close()


def saved_with(page, text):
    """The moment at which the server has taken `text` in. What the page says of it may be of the time before."""

    def holds(answer):
        return answer.ok and answer.request.method == "POST" and text in (answer.request.post_data or "")

    return page.expect_response(lambda answer: "/preview/" not in answer.url and holds(answer), timeout=SLOW)


def mark(page, state):
    """Wait for Wagtail's mark: saving, saved or paused."""
    expect(page.locator("#w-autosave-indicator")).to_have_attribute("data-w-autosave-state-value", state, timeout=SLOW)


def end_session(page):
    page.context.clear_cookies(name=SESSION_COOKIE_NAME)


def begin_anew(page, house):
    """Sign in again in another tab."""
    tab = page.context.new_page()
    sign_in(tab, house, EDITOR, DEMO_PASSWORD)
    tab.close()


def add_step(page, title):
    page.get_by_role("button", name="Indsæt en blok").first.click()
    page.get_by_role("option", name=re.compile("^Trin")).click()
    page.locator("[name=body-0-value-title]").fill(title)


def test_a_half_written_story_is_there_after_the_session_has_ended(page, house):
    with saved_with(page, "Et trin uden tekst endnu"):
        page.locator("#id_title").fill("Halvt skrevet historie")
        page.get_by_role("button", name=re.compile("^Tilføj brug af metode", re.I)).click()
        page.locator("[name=method_uses-0-how_used]").fill("De gik en tur med byrådet")
        add_step(page, "Et trin uden tekst endnu")
    mark(page, "saved")
    expect(page).to_have_url(re.compile(r"/edit/$"))
    address = page.url
    end_session(page)
    page.close(run_before_unload=False)
    page = page.context.new_page()
    sign_in(page, house, EDITOR, DEMO_PASSWORD)
    page.goto(address)
    expect(page.locator("#id_title")).to_have_value("Halvt skrevet historie")
    expect(page.locator("[name=method_uses-0-how_used]")).to_have_value("De gik en tur med byrådet")
    expect(page.locator("[name=body-0-value-title]")).to_have_value("Et trin uden tekst endnu")


def test_what_is_written_after_the_session_ended_is_saved_once_one_is_signed_in_again(page, house):
    with saved_with(page, "Skrevet med kaffen"):
        page.locator("#id_title").fill("Skrevet i to omgange")
        page.locator("#id_summary").fill("Skrevet med kaffen")
    mark(page, "saved")
    end_session(page)
    page.locator("#id_summary").fill("Skrevet uden at vide det")
    expect(page.get_by_text("Du er logget ud. Teksten står her stadig.")).to_be_visible(timeout=SLOW)
    expect(page.get_by_role("link", name="Log ind i en ny fane")).to_be_visible()
    begin_anew(page, house)
    with saved_with(page, "og lidt til"):
        page.locator("#id_summary").fill("Skrevet uden at vide det og lidt til")
    mark(page, "saved")
    page.reload()
    expect(page.locator("#id_summary")).to_have_value("Skrevet uden at vide det og lidt til")


def test_pressing_save_without_a_session_keeps_the_text_and_saves_it_afterwards(page, house):
    with saved_with(page, "Skrevet foer"):
        page.locator("#id_title").fill("Gemt ved en lukket dør")
        page.locator("#id_summary").fill("Skrevet foer")
    mark(page, "saved")
    end_session(page)
    page.locator("#id_summary").fill("Skrevet lige foer knappen")
    save = page.get_by_role("button", name="Gem kladde")
    save.click()
    expect(page.get_by_text("Du er logget ud. Teksten står her stadig.")).to_be_visible(timeout=SLOW)
    expect(page.locator("#id_summary")).to_have_value("Skrevet lige foer knappen")
    begin_anew(page, house)
    save.click()
    expect(page.locator(".messages .success")).to_be_visible(timeout=SLOW)
    page.reload()
    expect(page.locator("#id_summary")).to_have_value("Skrevet lige foer knappen")
