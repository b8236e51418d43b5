"""What a script does at a post without leaving the place: thanks, and an answer below that loses nothing."""

import pytest
from playwright.sync_api import expect

from tests.journeys.test_talk import ASKER, COLLEAGUE, asks, browser_of

pytestmark = pytest.mark.browser
__all__ = ["browser_of"]


def test_thanks_are_said_and_taken_back_in_place_and_an_answer_keeps_what_was_begun(browser_of):
    asker, reader = browser_of(ASKER), browser_of(COLLEAGUE)
    reader.goto(asks(asker, "Hvem kan bygge en bænk?", "Af gamle paller.\n\nGerne i foråret."))
    post, field = reader.locator("#indlaeg-1"), reader.get_by_label("Dit svar")
    thanks, count = post.locator("[data-thanks]"), post.locator("[data-thanks] .count")
    seen = reader.get_by_role("status")
    reader.evaluate("window.stays = true")
    field.fill("Jeg har begyndt.")

    # Said, and said aloud; a second press takes it back.
    thanks.click()
    expect(thanks).to_have_attribute("aria-pressed", "true")
    expect(count).to_have_text("1")
    expect(seen.filter(has_text="Du har sagt tak")).to_have_count(1)
    thanks.press("Enter")
    expect(thanks).to_have_attribute("aria-pressed", "false")
    expect(count).to_be_hidden()
    expect(seen.filter(has_text="Din tak er taget tilbage")).to_have_count(1)

    # Where the house does not answer it says so, and nothing pretends to have been said.
    reader.route("**/tak/", lambda route: route.abort())
    thanks.click()
    expect(seen.filter(has_text="Det gik ikke. Prøv igen.")).to_have_count(1)
    expect(thanks).to_have_attribute("aria-pressed", "false")
    expect(thanks).not_to_have_attribute("aria-busy", "true")
    reader.unroute("**/tak/")

    # Answered below, on the same page: what stood in the field stands there still, and the quote after it.
    post.get_by_role("link", name="Svar på indlæg 1").click()
    expect(field).to_be_focused()
    expect(field).to_have_value("Jeg har begyndt.")
    expect(reader.locator("[data-answered]")).to_contain_text("Svar til Ane")
    post.locator("summary").filter(has_text="Mere").click()
    post.get_by_role("link", name="Svar med citat").click()
    expect(field).to_have_value("Jeg har begyndt.\n\n> Af gamle paller.\n> \n> Gerne i foråret.\n\n")
    assert reader.evaluate("window.stays"), "The page was left."
    field.fill("Det kan vi.")
    reader.get_by_role("button", name="Send svar").click()
    expect(reader.locator("#indlaeg-2 .post__answers")).to_contain_text("svar til Ane")
