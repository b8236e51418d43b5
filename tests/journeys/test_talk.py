"""A question with a method and a picture, an answer with a quote, and what is done to them, in a browser."""

import re
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.journeys.test_members_looks import sign_in

pytestmark = pytest.mark.browser

ROOM = "/netvaerk/rum/borgerdialog/"
ASKER, COLLEAGUE, FACILITATOR = "ane@forkant.example", "mads@forkant.example", "facilitator@forkant.example"
HOSTILE = """<script>window.ran = 1</script> <img src=x onerror="window.ran = 2">
[klik](javascript:window.ran=3) <svg onload="window.ran=4"></svg>
<style>*{display:none}</style> ![x](x "onerror=window.ran=5") **fed** @<b>x</b> #<i onmouseover=window.ran=6>
"""


@pytest.fixture
def browser_of(chromium, house):
    """Call it with an address for a page in which that person is signed in; faults of scripts and policy are kept."""
    contexts, faults = [], []

    def opened(address):
        context = chromium.new_context(viewport={"width": 1440, "height": 900}, base_url=house)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda fault: faults.append(str(fault)))
        page.on("console", lambda said: faults.append(said.text) if "Content Security" in said.text else None)
        sign_in(page, house, address)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not faults


def picture():
    made = BytesIO()
    Image.new("RGB", (640, 360), "#0c4a55").save(made, "JPEG")
    return {"name": "marked.jpg", "mimeType": "image/jpeg", "buffer": made.getvalue()}


def asks(page, title, text, files=()):
    page.goto(f"{ROOM}ny/")
    page.get_by_label("Overskrift").fill(title)
    page.get_by_label("Tekst", exact=True).fill(text)
    if files:
        page.get_by_label(re.compile("Vedhæft filer")).set_input_files(list(files))
    page.get_by_role("button", name="Send tråden").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    return page.url.partition("#")[0].partition("?")[0]


def answers(page, text):
    page.get_by_label("Dit svar").fill(text)
    page.get_by_role("button", name="Send svar").click()
    expect(page.locator(".post__body").last).to_contain_text(text.split("\n")[-1])


def test_a_question_is_asked_answered_with_a_quote_marked_and_moved(browser_of):
    asker, colleague, facilitator = (browser_of(who) for who in (ASKER, COLLEAGUE, FACILITATOR))
    address = asks(asker, "Hvem har holdt en fototur om vinteren?", "Vi overvejer #Fototure. Se pladsen.", [picture()])
    expect(asker.locator(".post__body a", has_text="Fototure").first).to_have_attribute("href", "/metoder/fototure/")
    expect(asker.locator(".post img")).to_have_count(1)
    asker.locator(".post img").scroll_into_view_if_needed()
    expect(asker.locator(".post img")).to_have_js_property("naturalWidth", 640)

    # The method tells a member that it is spoken of, and a stranger nothing.
    colleague.goto("/metoder/fototure/")
    expect(colleague.get_by_role("main")).to_contain_text(re.compile("Omtalt i 1 tråd"))

    # Answered with a quote; the one who asked is told of it where she reads, and nothing moves.
    colleague.goto(address)
    colleague.locator("#indlaeg-1").get_by_text("Mere", exact=False).first.click()
    colleague.locator("#indlaeg-1").get_by_role("link", name="Svar med citat").click()
    expect(colleague.get_by_label("Dit svar")).to_have_value(re.compile("> Vi overvejer"))
    text = colleague.get_by_label("Dit svar").input_value()
    answers(colleague, f"{text}\nVi gik klokken to, mens der var lys.")
    expect(colleague.locator(".post__body blockquote")).to_contain_text("Vi overvejer")

    asker.goto(address)
    expect(asker.locator("#indlaeg-2")).to_be_visible()
    with asker.expect_navigation():
        asker.locator("#indlaeg-2").get_by_role("button", name=re.compile("Markér som svar")).click()
    expect(asker.locator("#indlaeg-2")).to_contain_text("Svaret, der hjalp")
    asker.locator("#indlaeg-2").get_by_role("button", name=re.compile("^Tak")).click()
    expect(asker.locator("#indlaeg-2").get_by_role("button", name=re.compile("^Tak"))).to_contain_text("1")

    # Moved to a hidden space: it is said who loses sight, and the old address leads on for those alone who may read.
    facilitator.goto(f"{address}flyt/")
    facilitator.get_by_role("link", name="Kladdebordet").click()
    expect(facilitator.get_by_role("main")).to_contain_text("mister")
    facilitator.get_by_role("button", name="Flyt tråden").click()
    expect(facilitator).to_have_url(re.compile("/netvaerk/rum/kladdebordet/"))
    facilitator.goto(address)
    expect(facilitator).to_have_url(re.compile("/netvaerk/rum/kladdebordet/"))
    assert asker.goto(address).status == 404
    asker.goto("/soeg/?q=fototur")
    expect(asker.get_by_role("main")).not_to_contain_text("Hvem har holdt en fototur")
    asker.goto("/metoder/fototure/")
    expect(asker.get_by_role("main")).not_to_contain_text("Omtalt i")


def test_a_post_is_reported_hidden_and_shown_again(browser_of):
    colleague, asker, facilitator = (browser_of(who) for who in (COLLEAGUE, ASKER, FACILITATOR))
    address = asks(asker, "Hvor køber I kridt?", "Vi mangler kridt til **gaden**.")
    colleague.goto(address)
    answers(colleague, "Ring til Ole på Strandvej 3.")
    asker.goto(address)
    asker.locator("#indlaeg-2").get_by_role("link", name=re.compile("Anmeld")).click()
    asker.get_by_label("Nævner en privatperson eller en sag").check()
    asker.get_by_role("button", name="Anmeld indlægget").click()
    expect(asker.get_by_role("main")).to_contain_text("Facilitator ser på indlægget")

    facilitator.goto("/netvaerk/gennemsyn/")
    case = facilitator.get_by_role("row").filter(has_text="Ring til Ole")
    expect(case).to_contain_text("Nævner en privatperson")
    case.get_by_role("link", name=re.compile("^Skjul")).click()
    facilitator.get_by_label("Hvorfor").fill("Skriv det uden navn og adresse.")
    with facilitator.expect_navigation():
        facilitator.get_by_role("main").get_by_role("button", name=re.compile("^Skjul")).click()

    asker.goto(address)
    expect(asker.get_by_role("main")).to_contain_text("Indlægget er skjult af facilitator")
    expect(asker.get_by_role("main")).not_to_contain_text("Strandvej")
    facilitator.goto("/netvaerk/gennemsyn/")
    with facilitator.expect_navigation():
        facilitator.get_by_role("button", name=re.compile("^Fortryd")).first.click()
    asker.goto(address)
    expect(asker.get_by_role("main")).to_contain_text("Strandvej")


def test_two_who_edit_at_once_lose_nothing(browser_of):
    home, office = browser_of(ASKER), browser_of(ASKER)
    address = asks(home, "Kan man leje en bænk?", "Til en lørdag.")
    for page in (home, office):
        page.goto(f"{address}1/ret/")
    home.get_by_label("Dit indlæg").fill("Til en lørdag i maj.")
    home.get_by_role("button", name="Gem rettelsen").click()
    expect(home.locator("#indlaeg-1 .post__body")).to_have_text("Til en lørdag i maj.")
    office.get_by_label("Dit indlæg").fill("Til en søndag i juni.")
    with office.expect_response(lambda answer: answer.request.method == "POST" and "/ret/" in answer.url) as told:
        office.get_by_role("button", name="Gem rettelsen").click()
    assert told.value.status == 409
    expect(office.get_by_label("Dit indlæg")).to_have_value("Til en søndag i juni.")
    expect(office.get_by_role("main")).to_contain_text("Til en lørdag i maj.")


def test_nothing_that_is_written_runs(browser_of):
    page = browser_of(COLLEAGUE)
    address = asks(page, "<script>window.ran = 0</script> & »noget«", HOSTILE)
    for place in (address, ROOM, "/netvaerk/", "/soeg/?q=window"):
        page.goto(place)
        assert page.evaluate("window.ran") is None, place
        assert page.evaluate("getComputedStyle(document.body).display") != "none", place
    page.goto(address)
    expect(page.locator(".post__body script, .post__body img, .post__body svg, .post__body style")).to_have_count(0)
    assert not page.locator(".post__body a[href^='javascript']").count()
    expect(page.locator(".post__body strong").first).to_have_text("fed")
