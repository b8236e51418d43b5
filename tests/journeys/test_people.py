"""A colleague is found by topic, sees what she shows, hides it again, and leaves her job, in a browser."""

import re
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.journeys.test_talk import browser_of  # noqa: F401

pytestmark = pytest.mark.browser

SEEKER, KNOWS, PLACE = "ane@forkant.example", "henrik@forkant.example", "/netvaerk/medlemmer/"


def picture():
    made = BytesIO()
    Image.new("RGB", (640, 480), "#7a4b8f").save(made, "JPEG")
    return {"name": "mig.jpg", "mimeType": "image/jpeg", "buffer": made.getvalue()}


def test_a_colleague_is_found_by_topic_and_shows_what_she_will(browser_of):  # noqa: F811
    knows, seeker = browser_of(KNOWS), browser_of(SEEKER)

    # Who knows it says so, and puts up a picture for those she shares a space with.
    knows.goto("/netvaerk/profil/")
    knows.locator("summary").filter(has_text="Metoder og værktøjer").click()
    knows.get_by_label("Landskabsanalyse", exact=True).check()
    knows.locator("#id_topics_seen").select_option("network")
    knows.locator("#id_picture_seen").select_option("network")
    knows.get_by_role("button", name="Gem profilen").click()
    expect(knows.get_by_text("Din profil er gemt.")).to_be_visible()
    knows.goto("/netvaerk/profil/billede/")
    knows.get_by_label("Billede", exact=True).set_input_files(picture())
    knows.get_by_role("button", name="Gem billedet").click()
    expect(knows.get_by_role("img", name="Dit billede, som det er gemt")).to_be_visible()

    # She who has the question narrows the members, and finds him.
    seeker.goto("/netvaerk/")
    seeker.get_by_role("link", name="Medlemmer", exact=True).click()
    expect(seeker).to_have_url(re.compile("/netvaerk/medlemmer/$"))
    seeker.get_by_label("Kender metoden").select_option(label="Landskabsanalyse (1)")
    seeker.get_by_role("button", name="Vis medlemmer").click()
    found = seeker.get_by_role("listitem").filter(has_text="Henrik Husside")
    expect(found).to_contain_text("Kan spørges om")
    expect(found).to_contain_text("Højst tre spørgsmål om måneden")
    found.get_by_role("link", name="Henrik Husside").click()
    shown = seeker.get_by_role("img", name=re.compile("^Billede af Henrik"))
    expect(shown).to_have_js_property("naturalWidth", 640)

    # What he takes back is gone at once; the way on leads to asking in a space.
    knows.goto("/netvaerk/profil/")
    for field in ("topics", "picture"):
        knows.locator(f"#id_{field}_seen").select_option("me")
    knows.get_by_role("button", name="Gem profilen").click()
    seeker.reload()
    expect(seeker.get_by_text("Kan spørges om")).to_have_count(0)
    expect(seeker.locator(".face__picture")).to_have_count(0)
    seeker.goto(f"{PLACE}?q=Landskabsanalyse")
    seeker.get_by_role("link", name="Spørg i et rum").click()
    expect(seeker).to_have_url(re.compile("/netvaerk/skriv/"))


def test_what_others_see_stands_on_one_page_and_the_way_out_is_one_form(browser_of):  # noqa: F811
    page = browser_of("troels@forkant.example")
    page.goto("/netvaerk/profil/andre/")
    network = page.get_by_role("region", name="Et medlem af netværket")
    expect(network).to_contain_text("Kort og tal")
    page.goto("/netvaerk/profil/skift-job/")
    page.get_by_label(re.compile("luk kontoen")).check()
    page.get_by_role("button", name="Giv videre").click()
    expect(page.get_by_role("alert")).to_contain_text("Sæt kryds")
