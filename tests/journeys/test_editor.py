"""An editor's way: a case story is written, checked twice and published, and a visitor finds it from three sides."""

import re

import pytest
from PIL import Image
from playwright.sync_api import expect

from config.settings.demo import DEMO_PASSWORD
from tests.journeys.conftest import sign_in

pytestmark = pytest.mark.browser

EDITOR, CHECKER, PUBLISHER = "redaktion@forkant.example", "fagtjek@forkant.example", "udgiver@forkant.example"
SLOW = 20_000  # milliseconds, on a machine with other things to do
TITLE = "Ti skoleklasser tegner byens kanter"
METHODS = ["Inddragelse af unge", "Fototure"]


@pytest.fixture
def someone(chromium, house):
    """Call it with an address for a page in a browser of its own, signed in to the admin; without one, a visitor's."""
    contexts = []

    def opened(address=""):
        context = chromium.new_context(viewport={"width": 1440, "height": 1000}, locale="da-DK", base_url=house)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(SLOW)
        if address:
            sign_in(page, house, address, DEMO_PASSWORD)
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def picture_file(tmp_path):
    path = tmp_path / "tegning.png"
    Image.new("RGB", (1600, 1000), "#92ced4").save(path)
    return path


def choose(page, button, words, name):
    """Open a chooser, search for `words`, and take the row of that `name`."""
    button.click()
    window = page.locator(".modal-content")
    window.get_by_role("textbox").first.fill(words)
    row = window.locator("table").get_by_role("link", name=re.compile(f"^{re.escape(name)}"))
    expect(row).to_have_count(1, timeout=SLOW)
    row.click()
    expect(window).to_be_hidden(timeout=SLOW)


def add_block(page, name):
    blocks = page.locator("[data-contentpath=body] [data-streamfield-child]")
    before = blocks.count()
    page.get_by_role("button", name="Indsæt en blok").last.click()
    page.get_by_role("option", name=re.compile(f"^{name}")).click()
    expect(blocks).to_have_count(before + 1)


def add_use(page, number, method, how):
    page.get_by_role("button", name=re.compile("^Tilføj brug af metode", re.IGNORECASE)).click()
    row = page.locator(f"#inline_child_method_uses-{number}")
    choose(page, row.get_by_role("button", name=re.compile("^Vælg en side")), method, method)
    choose(page, row.get_by_role("button", name="Vælg kommune"), "Lemvig", "Lemvig Kommune")
    page.locator(f"[name=method_uses-{number}-how_used]").fill(how)


def upload_picture(page, path):
    """Take a picture of one's own into the text, with what it shows and who owns it."""
    page.locator("[data-contentpath^='body']").get_by_role("button", name="Vælg et billede").first.click()
    window = page.locator(".modal-content")
    window.get_by_role("tab", name="Upload").click()
    window.locator("[name='image-chooser-upload-file']").set_input_files(path)
    window.locator("[name='image-chooser-upload-title']").fill("Klassens tegning")
    window.locator("[name='image-chooser-upload-description']").fill("Et lyseblåt felt, som børnene kalder havet")
    window.locator("[name='image-chooser-upload-rights_holder']").fill("Tegnet til denne test")
    window.get_by_role("button", name="Upload").click()
    expect(window).to_be_hidden(timeout=SLOW)


def write_story(page, picture_file):
    page.goto("/admin/casefortaellinger/")
    page.get_by_role("link", name=re.compile("Ny casefortælling|Tilføj casefortælling", re.IGNORECASE)).first.click()
    page.locator("#id_title").fill(TITLE)
    page.locator("#id_summary").fill("Ti klasser gik ture med papir og farver. Opdigtet til en prøve.")
    choose(page, page.get_by_role("button", name="Vælg kommune").first, "lemvig", "Lemvig Kommune")
    add_block(page, "Trin")
    page.locator("[name=body-0-value-title]").fill("Gå en tur med klassen")
    add_block(page, "Billede")
    upload_picture(page, picture_file)
    add_block(page, "Fil")
    files = page.get_by_role("button", name="Vælg et dokument")
    expect(files).to_have_count(2)  # the sheet of the step, and now the file
    choose(page, files.last, "interview", "Interviewguide")
    for number, method in enumerate(METHODS):
        add_use(page, number, method, f"Opdigtet brug nummer {number + 1}.")
    for name, word in (("themes", "Inddragelse"), ("phases", "Kortlægning")):
        page.locator(f"label:has(input[name={name}])", has_text=word).click()
    page.locator(".tagit input").fill("skoleklasser")
    page.locator(".tagit input").press("Enter")


def send_to_check(page):
    page.get_by_role("button", name="Flere handlinger").click()
    page.get_by_role("button", name=re.compile("^Indsend til|^Send til")).click()


def approve(page, comment):
    """Find the page where it waits for one, read what to look at, and say yes."""
    page.goto("/admin/")
    page.get_by_role("link", name=TITLE).first.click()
    page.get_by_role("button", name="Flere handlinger").click()
    page.get_by_role("button", name="Godkend").first.click()
    window = page.locator(".modal-content")
    window.get_by_role("textbox").fill(comment)
    window.get_by_role("button", name="Godkend").click()
    expect(page.locator(".messages .success")).to_be_visible(timeout=SLOW)


def test_a_story_is_written_checked_twice_published_and_found(house, someone, picture_file):
    editor, visitor = someone(EDITOR), someone()
    write_story(editor, picture_file)

    # The step has no text yet: that is said at its field, and nothing that was typed is lost.
    send_to_check(editor)
    expect(editor.locator(".messages .error")).to_contain_text("Ret fejlene", timeout=SLOW)
    step = editor.locator("[data-contentpath=body]").locator("[data-contentpath=text]").first
    expect(step).to_contain_text("Dette felt")
    expect(editor.locator("#id_title")).to_have_value(TITLE)
    editor.locator("[name=body-0-value-text]").fill("Tag papir og farver med.")
    send_to_check(editor)
    expect(editor.locator(".messages .success")).to_be_visible(timeout=SLOW)

    visitor.goto(f"/soeg/?q={TITLE.split()[1]}")
    expect(visitor.get_by_role("main").get_by_role("link", name=TITLE)).to_have_count(0)
    approve(someone(CHECKER), "Passer med det, vi ved.")
    approve(someone(PUBLISHER), "Godt skrevet.")

    # By the facet, on the method, and on the municipality.
    for address in (
        "/casefortaellinger/?tema=inddragelse&fase=kortlaegning&kommune=lemvig",
        "/metoder/fototure/",
        "/metoder/ungeinddragelse/",
        "/kommuner/lemvig/",
    ):
        visitor.goto(address)
        expect(visitor.get_by_role("main").get_by_role("link", name=TITLE).first).to_be_visible()
    visitor.get_by_role("main").get_by_role("link", name=TITLE).first.click()
    expect(visitor.get_by_role("heading", level=1)).to_have_text(TITLE)
    expect(visitor.get_by_role("main")).to_contain_text("Gå en tur med klassen")
    expect(visitor.get_by_role("main").get_by_text("Opdigtet brug nummer")).to_have_count(len(METHODS))
    expect(visitor.get_by_alt_text("Et lyseblåt felt, som børnene kalder havet")).to_be_visible()
    expect(visitor.get_by_role("main")).to_contain_text("Tegnet til denne test")
    expect(visitor.get_by_role("link", name=re.compile("Interviewguide"))).to_be_visible()
    expect(visitor.get_by_role("link", name="skoleklasser")).to_be_visible()
