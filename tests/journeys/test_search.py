"""Searching, in a browser: by keyboard, by choices, from nothing to something, as a member, and without script."""

import re

import pytest
from playwright.sync_api import expect

from config.settings.demo import DEMO_PASSWORD
from tests.journeys.conftest import sign_in
from tests.journeys.test_looks import WATCH, broken_rules

pytestmark = pytest.mark.browser

FACILITATOR, EDITOR = "facilitator@forkant.example", "redaktion@forkant.example"
LOOKS = [
    "/soeg/",
    "/soeg/?q=landsby&tema=erhverv",
    "/soeg/?q=borgerinddragesle",
    "/soeg/?q=qqzzpladder&fase=qqzzpladder",
    "/soeg/?q=%3F%3F",
    "/soeg/?q=" + "a" * 1001,
    "/soeg/?q=by&side=3",
    "/soeg/forslag/?q=land",
]
INSIDE = "Hvornår er et hus tomt?"  # a thread of a space that has to be asked for


@pytest.fixture
def someone(chromium, house):
    """Call it for a page in a browser of its own; an address signs in. What the page complains of stops the test."""
    contexts, complaints = [], []

    def opened(address="", **options):
        options = {"viewport": {"width": 1440, "height": 900}, "locale": "da-DK", "base_url": house} | options
        context = chromium.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.add_init_script(WATCH)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        if address:
            page.goto("/konto/log-ind/")
            page.get_by_label("Mailadresse").fill(address)
            page.get_by_label("Adgangskode", exact=True).fill(DEMO_PASSWORD)
            page.get_by_role("button", name="Log ind").click()
            expect(page).to_have_url(re.compile("/netvaerk/"))
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not complaints


def box(page):
    return page.locator("main form[role=search] [role=combobox]")


def options(page):
    return page.get_by_role("listbox").get_by_role("option")


def test_one_searches_by_keyboard_with_suggestions(someone):
    page = someone()
    page.goto("/")
    text = box(page)
    before = page.locator("main .hero__text").bounding_box()
    text.press_sequentially("landsk", delay=20)
    expect(options(page).first).to_be_visible()
    assert 1 <= options(page).count() <= 7
    assert page.locator("main .hero__text").bounding_box() == before, "The page moved."
    expect(text).to_have_attribute("aria-expanded", "true")
    expect(page.locator("[role=status]", has_text="forslag")).to_have_count(1)
    assert not broken_rules(page, "suggestions")

    page.keyboard.press("ArrowDown")
    first = options(page).first
    expect(first).to_have_attribute("aria-selected", "true")
    expect(text).to_have_attribute("aria-activedescendant", first.get_attribute("id"))
    page.keyboard.press("End")
    expect(options(page).last).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    expect(page.locator("[aria-activedescendant]")).to_have_count(0)
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Home")
    expect(first).to_have_attribute("aria-selected", "true")

    page.keyboard.press("Escape")
    expect(text).to_have_attribute("aria-expanded", "false")
    expect(text).to_have_value("landsk")
    expect(text).to_be_focused()

    page.keyboard.press("ArrowDown")
    expect(text).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    word = options(page).first.inner_text().strip()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/soeg/\?q="))
    expect(box(page)).to_have_value(word)
    expect(page.locator("ol.entries .entry__title").first).to_be_visible()


def test_a_page_is_suggested_and_opened_by_a_touch(someone):
    page = someone(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page.goto("/soeg/")
    box(page).press_sequentially("landskabsan", delay=20)
    row = options(page).filter(has_text="Landskabsanalyse").last
    expect(row).to_be_visible()
    expect(row.locator("mark")).to_have_text(re.compile("^landskabsan$", re.IGNORECASE))
    row.tap()
    expect(page).to_have_url(re.compile("/vaerktoejer/landskabsanalyse/$"))


def test_leaving_the_box_closes_the_suggestions(someone):
    page = someone()
    page.goto("/metoder/")
    text = page.get_by_role("banner").get_by_role("combobox")
    text.press_sequentially("land", delay=20)
    expect(options(page).first).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("listbox")).to_have_count(0)
    expect(text).not_to_be_focused()
    expect(text).to_have_value("land")


def test_choices_tabs_and_the_way_back(someone):
    page = someone()
    page.goto("/soeg/?q=landsby")
    count = page.locator(".resultbar__count")
    whole = count.inner_text()
    facets = page.locator("form[data-facets]")
    theme = facets.get_by_label("Erhverv")
    number = theme.locator("xpath=..").locator(".check__count").inner_text()
    theme.check()
    expect(page).to_have_url(re.compile("q=landsby.*tema=erhverv"))
    expect(count).to_have_text(re.compile(rf"^{number} resultat"))
    tab = page.get_by_role("navigation", name="Vis kun").get_by_role("link", name=re.compile("^Projekter"))
    projects = tab.locator(".count").inner_text()
    tab.click()
    expect(page).to_have_url(re.compile("tema=erhverv.*type=projekt|type=projekt.*tema=erhverv"))
    expect(count).to_have_text(re.compile(rf"^{projects} resultat"))
    expect(tab).to_have_attribute("aria-current", "page")
    page.go_back()
    expect(count).to_have_text(re.compile(rf"^{number} resultat"))
    page.go_back()
    expect(count).to_have_text(whole)
    page.get_by_role("link", name="Nyeste først").click()
    expect(page).to_have_url(re.compile("sorter=nyeste"))


def test_from_nothing_found_there_is_a_way_to_something(someone):
    page = someone()
    page.goto("/soeg/?q=qqzzpladder&tema=erhverv")
    expect(page.get_by_role("heading", level=1)).to_contain_text("qqzzpladder")
    way = page.get_by_role("link", name=re.compile("Uden »qqzzpladder«"))
    number = way.locator(".count").inner_text()
    way.click()
    expect(page.locator(".resultbar__count")).to_have_text(re.compile(rf"^{number} resultat"))
    page.goto("/soeg/?q=qqzzpladder")
    page.get_by_role("main").get_by_role("link", name=re.compile("Bosætning")).click()
    expect(page.locator("ol.entries .entry__title").first).to_be_visible()


def test_a_slip_of_the_finger_is_corrected_and_can_be_kept(someone):
    page = someone()
    page.goto("/")
    box(page).fill("borgerinddragesle")
    page.keyboard.press("Enter")
    expect(page.locator("main .notice")).to_contain_text("Viser resultater for borgerinddragelse")
    expect(page.locator("ol.entries mark").first).to_be_visible()
    page.get_by_role("link", name=re.compile("i stedet")).click()
    expect(page).to_have_url(re.compile("praecis=1"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("borgerinddragesle")


def test_a_member_finds_a_thread_of_her_space_and_a_stranger_does_not(someone):
    member, stranger = someone(FACILITATOR), someone()
    for page in (member, stranger):
        page.goto(f"/soeg/?q={INSIDE}")
    link = member.get_by_role("link", name=re.compile(re.escape(INSIDE)))
    expect(link.first).to_be_visible()
    tabs = member.get_by_role("navigation", name="Vis kun")
    tabs.get_by_role("link", name=re.compile(r"^Tråde \d")).click()
    member.get_by_role("main").get_by_role("link", name=re.compile(re.escape(INSIDE))).first.click()
    expect(member).to_have_url(re.compile("/netvaerk/rum/tomme-huse/"))
    expect(stranger.get_by_role("main").get_by_role("link", name=re.compile(re.escape(INSIDE)))).to_have_count(0)
    expect(stranger.locator("main")).not_to_contain_text("Sådan har vi afgrænset det")


def test_a_click_is_reported_without_a_word_of_what_was_searched_for(someone):
    page = someone()
    heard = []
    page.on("request", lambda request: heard.append(request.url) if "/soeg/hoert/" in request.url else None)
    page.goto("/soeg/?q=landsby")
    page.goto("/soeg/?q=landsbyer")
    expect(page.locator("ol.entries").first).to_be_visible()
    page.locator("ol.entries .entry__title a").first.click()
    page.wait_for_load_state("networkidle")
    assert [re.search(r"h=(\w+)", url)[1] for url in heard] == ["omskrevet", "klik"]
    assert not any("landsby" in url for url in heard)


def test_everything_works_without_script(someone):
    page = someone(java_script_enabled=False, viewport={"width": 390, "height": 844})
    page.goto("/soeg/")
    page.locator("main input[name=q]").fill("landsby")
    page.locator("main form[role=search] button").click()
    expect(page.locator("ol.entries .entry__title").first).to_be_visible()
    page.locator(".filters summary").click()
    page.get_by_label("Bosætning").check()
    page.get_by_role("button", name="Vis resultater").click()
    expect(page).to_have_url(re.compile("q=landsby.*tema=bosaetning"))
    expect(page.locator(".chip--on")).to_have_count(1)
    page.get_by_role("navigation", name="Vis kun").get_by_role("link", name=re.compile("^Projekter")).click()
    expect(page).to_have_url(re.compile("type=projekt"))
    page.goto("/soeg/forslag/?q=landskabsa")
    page.get_by_role("link", name="Landskabsanalyse", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Landskabsanalyse")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_no_page_of_the_search_breaks_a_rule_of_accessibility(someone, width, scheme):
    page = someone(viewport={"width": width, "height": 900}, color_scheme=scheme)
    faults, wide = [], []
    for path in LOOKS:
        page.goto(path)
        faults += broken_rules(page, path)
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            wide.append(path)
    assert not faults, "\n".join(faults[:20])
    assert not wide


def test_an_editor_adds_a_synonym_and_it_works_at_once(someone, house, chromium):
    visitor = someone()
    visitor.goto("/soeg/?q=tudekiks")
    expect(visitor.get_by_role("heading", level=1)).to_contain_text("tudekiks")
    context = chromium.new_context(viewport={"width": 1440, "height": 1000}, locale="da-DK", base_url=house)
    editor = context.new_page()
    sign_in(editor, house, EDITOR, DEMO_PASSWORD)
    editor.goto("/admin/snippets/search/synonym/add/")
    editor.locator("[name=words]").fill("tudekiks\nforsamlingshus")
    editor.get_by_role("button", name=re.compile("^Gem")).first.click()
    expect(editor).to_have_url(re.compile("/admin/snippets/search/synonym/$"))
    context.close()
    visitor.reload()
    expect(visitor.locator("ol.entries mark").first).to_have_text(re.compile("forsamlingshus", re.IGNORECASE))
