"""Every kind of page, in a browser: readable by all, on every width, with nothing fetched from elsewhere."""

import re
from itertools import cycle
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

KINDS = [
    "/",
    "/metoder/",
    "/metoder/?tema=bosaetning&fase=kortlaegning",
    "/metoder/?q=findesslet",
    "/metoder/kvalitative-interviews/",
    "/metoder/stedbundne-potentialer/",
    "/vaerktoejer/",
    "/vaerktoejer/boligkortlaegning/",
    "/vaerktoejer/landskabsanalyse/",
    "/casefortaellinger/",
    "/casefortaellinger/lejre-49-bysamfund/",
    "/projekter/",
    "/projekter/lejre/",
    "/projekter/struer/",
    "/kommuner/",
    "/kommuner/lemvig/",
    "/kommuner/skive/",
    "/kort/",
    "/kort/?tema=erhverv",
    "/soeg/?q=landsby",
    "/soeg/",
    "/soeg/?q=qqzzpladder",
    "/soeg/forslag/?q=land",
    "/emneord/",
    "/publikationer/",
    "/publikationer/kommuner-paa-forkant/",
    "/nyheder/",
    "/kampagnen/",
    "/tilgaengelighed/",
    "/privatliv/",
    "/del/linkedin/?side=/metoder/byroller/",
    "/findes-ikke/",
]
AXE_RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
    # Of the rules that hold not every place is told at which they do: a page has thousands.
    "resultTypes": ["violations"],
}
BROKEN = "rules => axe.run(document, rules).then(found => found.violations)"
TABS = 4
SCHEMES = ["light", "dark"]
# A colour that is on its way to another is neither: what moves is brought to its end, as often as something moves.
AT_REST = "() => { let one; while ((one = document.getAnimations()[0])) one.finish() }"
WATCH = "addEventListener('securitypolicyviolation', e => console.error('CSP: ' + e.violatedDirective + e.blockedURI))"


@pytest.fixture(scope="session")
def kinds(house, chromium):
    """The list above, with a tag and a news item found on the site itself."""
    page = chromium.new_page()
    found = []
    for index, pattern in (("/emneord/", r"^/emneord/[^/]+/$"), ("/nyheder/", r"^/nyheder/[^/]+/$")):
        page.goto(house + index)
        links = page.eval_on_selector_all("main a[href]", "all => all.map(a => a.getAttribute('href'))")
        found.append(next(link for link in links if re.match(pattern, link)))
    page.close()
    return [*KINDS, *found]


class Visit:
    """A page seen once, with what it asked for and complained of."""

    def __init__(self, chromium, **options):
        self.context = chromium.new_context(**options)
        self.context.add_init_script(WATCH)
        self.asked, self.complaints = [], []
        self.context.on("request", lambda request: self.asked.append(request.url))
        self.context.on("console", self._heard)
        self.context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        self.page = self.context.new_page()

    def _heard(self, message):
        # A 404 page is answered with 404 and the browser says so: that is the page's own business.
        if message.type == "error" and "status of 404" not in message.text:
            self.complaints.append(message.text)

    def rests_at(self, addresses):
        """Open each address and stay until it asks for nothing more, at several at a time: nobody waits for a rest."""
        tabs = [self.page, *(self.context.new_page() for _tab in range(TABS - 1))]
        for tab, address in zip(cycle(tabs), addresses):
            tab.wait_for_load_state("networkidle")
            tab.goto(address)
        for tab in tabs:
            tab.wait_for_load_state("networkidle")

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.context.close()


def broken_rules(page, name):
    """What axe finds wrong with the page that is shown, a line each."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    return [
        f"{name}: {rule['id']} – {node['html'][:160]} – {node['failureSummary'][:200]}"
        for rule in page.evaluate(BROKEN, AXE_RULES)
        for node in rule["nodes"]
    ]


def broken_in_both_schemes(page, name):
    """The same in light and in dark: a scheme is changed as its reader changes it, on the page that stands there."""
    faults = []
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        page.evaluate(AT_REST)
        faults += broken_rules(page, f"{name} ({scheme})")
    return faults


@pytest.mark.parametrize("width", [1440, 390])
def test_no_page_breaks_a_rule_of_accessibility(house, chromium, kinds, width):
    faults = []
    with Visit(chromium, viewport={"width": width, "height": 900}) as visit:
        for path in kinds:
            visit.page.goto(house + path)
            faults += broken_in_both_schemes(visit.page, path)
    assert not faults, "\n".join(faults[:30])


def test_the_scheme_is_changed_indeed_and_a_fault_in_it_is_found(house, chromium):
    """The control of the test above: in the dark another ground, and what is read on light alone is told of."""
    with Visit(chromium, viewport={"width": 390, "height": 900}) as visit:
        visit.page.goto(house + "/om/")
        grounds = []
        for scheme in SCHEMES:
            visit.page.emulate_media(color_scheme=scheme)
            grounds.append(visit.page.evaluate("getComputedStyle(document.body).backgroundColor"))
        assert grounds[0] != grounds[1]
        visit.page.evaluate(
            "() => { const p = document.createElement('p'); p.textContent = 'Gråt';"
            " p.style.color = '#22333a'; document.querySelector('main').append(p) }"
        )
        faults = broken_in_both_schemes(visit.page, "/om/")
        assert faults and all("(dark)" in fault and "color-contrast" in fault for fault in faults)


@pytest.mark.parametrize("script", [True, False], ids=["with-script", "without-script"])
def test_nothing_is_fetched_from_elsewhere_no_policy_is_broken_and_no_cookie_is_set(house, chromium, kinds, script):
    host = urlsplit(house).netloc
    with Visit(chromium, viewport={"width": 1440, "height": 900}, java_script_enabled=script) as visit:
        visit.rests_at(house + path for path in kinds)
        foreign = [
            url for url in visit.asked if urlsplit(url).scheme in {"http", "https"} and urlsplit(url).netloc != host
        ]
        assert not foreign
        assert not visit.complaints
        assert not visit.context.cookies()


@pytest.mark.parametrize("width", [320, 390, 1440])
def test_no_page_scrolls_sideways(house, chromium, kinds, width):
    wide = []
    with Visit(chromium, viewport={"width": width, "height": 800}) as visit:
        for path in kinds:
            visit.page.goto(house + path)
            overflow = visit.page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            if overflow > 0:
                wide.append(f"{path}: {overflow} px")
    assert not wide


def test_text_at_twice_the_size_still_fits(house, chromium, kinds):
    wide = []
    with Visit(chromium, viewport={"width": 1280, "height": 900}) as visit:
        for path in kinds:
            visit.page.goto(house + path)
            # Twice the size on 1280 px is laid out as on 640 px (WCAG 1.4.4, 1.4.10).
            visit.page.set_viewport_size({"width": 640, "height": 450})
            if visit.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
                wide.append(path)
            visit.page.set_viewport_size({"width": 1280, "height": 900})
    assert not wide


def test_the_finding_works_without_script(house, chromium):
    with Visit(chromium, viewport={"width": 390, "height": 844}, java_script_enabled=False) as visit:
        page = visit.page
        page.goto(house + "/metoder/")
        page.locator(".filters summary").click()
        page.get_by_label("Bosætning").check()
        page.locator(".filters button[type=submit]").first.click()
        expect(page).to_have_url(re.compile("tema=bosaetning"))
        page.goto(house + "/")
        page.locator("main input[name=q]").fill("tomme boliger")
        page.locator("main form[role=search] button").click()
        expect(page).to_have_url(re.compile(re.escape(house + "/soeg/?q=tomme")))
        expect(page.get_by_role("link", name="Kortlægning af boliger og tomme huse")).to_have_count(1)


def test_the_keyboard_reaches_the_content_the_search_and_the_map(house, chromium):
    with Visit(chromium, viewport={"width": 1440, "height": 900}) as visit:
        page = visit.page
        page.goto(house + "/kort/")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent").strip() == "Gå til indhold"
        page.keyboard.press("Enter")
        # The browser tells of its new address a moment after the key, so this waits for it.
        expect(page).to_have_url(re.compile("#indhold$"))
        seen = []
        for _press in range(60):
            page.keyboard.press("Tab")
            seen.append(
                page.evaluate(
                    "document.activeElement.getAttribute('aria-label') || document.activeElement.textContent"
                )
            )
        places = [text for text in seen if re.match(r"^(Bornholm|Ærø|Lejre|Lemvig)", text.strip())]
        assert [text.split(":")[0] for text in places[:4]] == ["Bornholm", "Lejre", "Lemvig", "Ærø"]


def test_what_a_page_asks_for_late_and_complains_of_is_heard_at_every_tab(house, chromium):
    """The control of the tests of policy: the first of the tabs and the last hear what is foreign and forbidden."""
    late = "setTimeout(() => { new Image().src = 'https://fremmed.example/p.gif' }, 300)"
    with Visit(chromium) as visit:
        visit.context.add_init_script(late)
        visit.rests_at([f"{house}/om/"] * TABS)
        assert len([said for said in visit.complaints if "fremmed.example" in said]) >= TABS
