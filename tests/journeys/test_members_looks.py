"""The pages at the door and behind it, in a browser: readable by all, on every width, with and without script."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from config.settings.demo import DEMO_PASSWORD
from tests.journeys.test_looks import Visit, broken_in_both_schemes

pytestmark = pytest.mark.browser

DOOR = [
    "/netvaerk/",
    "/konto/log-ind/",
    "/konto/glemt-adgangskode/",
    "/konto/glemt-adgangskode/sendt/",
    "/konto/bliv-medlem/",
    "/konto/velkommen/findes-ikke/",
    "/netvaerk/rum/borgerdialog/",
    "/netvaerk/rum/tomme-huse/",
    "/netvaerk/rum/kladdebordet/",
]
INSIDE = [
    "/netvaerk/",
    "/netvaerk/profil/",
    "/netvaerk/profil/billede/",
    "/netvaerk/profil/andre/",
    "/netvaerk/profil/skift-job/",
    "/netvaerk/medlemmer/",
    "/netvaerk/medlemmer/?q=findes-slet-ikke&tema=bosaetning",
    "/metoder/byroller/",
    "/netvaerk/kladder/",
    "/netvaerk/skriv/?om=kommune-1",
    "/netvaerk/opgaver/",
    "/netvaerk/rum/borgerdialog/moeder/",
    "/kalender/",
    "/kalender/min/",
    "/kalender/nyt/",
    "/netvaerk/rum/borgerdialog/",
    "/netvaerk/rum/borgerdialog/ny/",
    "/netvaerk/rum/borgerdialog/forlad/",
    "/netvaerk/rum/tomme-huse/",
    "/netvaerk/rum/tomme-huse/?vis=uden-svar",
    "/netvaerk/rum/tomme-huse/medlemmer/",
    "/netvaerk/rum/tomme-huse/fjernet/",
    "/netvaerk/rum/tomme-huse/medlemmer/inviter/?q=a",
    "/netvaerk/rum/tomme-huse/facilitator/",
    "/netvaerk/rum/tomme-huse/facilitator/overdrag/",
    "/netvaerk/rum/tomme-huse/indstillinger/",
    "/netvaerk/rum/tomme-huse/arkiver/",
    "/netvaerk/rum/kladdebordet/",
    "/netvaerk/beskeder/",
    "/netvaerk/beskeder/indstillinger/",
    "/netvaerk/rum/tomme-huse/meddelelser/",
    "/netvaerk/rum/tomme-huse/skriv-til-alle/",
    "/dev/mail/",
    "/konto/",
    "/konto/mine-data/",
    "/konto/adgangskode/",
    "/konto/mail/",
    "/konto/log-ud/",
]
ACTS = ["status/", "luk/", "flyt/", "saml/", "del/", "2/fjern/", "2/historik/"]
ASKER = "lis@forkant.example"  # was refused, and reads the answer at the door
FACILITATOR = "facilitator@forkant.example"


def sign_in(page, house, address):
    page.goto(house + "/konto/log-ind/")
    page.get_by_label("Mailadresse").fill(address)
    page.get_by_label("Adgangskode", exact=True).fill(DEMO_PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Log ind").click()
    expect(page).to_have_url(re.compile("/netvaerk/$"))


@pytest.fixture(scope="module")
def states(house, chromium):
    """Who is signed in where: made once, since signing in is slow on purpose."""
    made = {"": None}
    for address in (ASKER, FACILITATOR):
        context = chromium.new_context()
        sign_in(context.new_page(), house, address)
        made[address] = context.storage_state()
        context.close()
    return made


@pytest.fixture(scope="module")
def places(house, chromium, states):
    """Every page as (who, address): those above, and a thread, its second page, an edit and a member found there."""
    context = chromium.new_context(storage_state=states[FACILITATOR], base_url=house)
    page = context.new_page()
    page.goto("/netvaerk/rum/borgerdialog/")
    thread = page.get_by_role("link", name="Hvem sidder her").first.get_attribute("href")
    page.goto(thread)
    edit = page.get_by_role("link", name=re.compile("^Ret ")).first.get_attribute("href")
    member = page.locator("a[href^='/netvaerk/medlem/']").first.get_attribute("href")
    page.goto("/netvaerk/rum/tomme-huse/")
    own = page.get_by_role("link", name="Naboerne vil se listen").first.get_attribute("href")
    acts = [f"{own}{act}" for act in (*ACTS, "flyt/?til=borgerdialog")]
    page.goto("/netvaerk/rum/borgerdialog/moeder/")
    meeting = page.get_by_role("link", name="Kaffemøde").first.get_attribute("href")
    acts += [meeting, f"{meeting}ret/", f"{meeting}aflys/", *of_a_mail(page)]
    context.close()
    found = [*INSIDE, thread, f"{thread}?side=2", edit, member, own, f"{own}?svar=2&citat=1", *acts]
    return [
        *(("", path) for path in DOOR),
        (ASKER, "/netvaerk/"),
        (ASKER, "/netvaerk/rum/tomme-huse/"),
        *((FACILITATOR, path) for path in found),
    ]


def of_a_mail(page):
    """A mail that the facilitator has written to all in a space, and the page at the end of its stop link."""
    page.goto("/netvaerk/rum/borgerdialog/skriv-til-alle/")
    page.get_by_label("Emne").fill("Kaffen er flyttet")
    page.get_by_label("Tekst").fill("Vi ses torsdag.")
    page.get_by_role("button", name="Se det, før du sender").click()
    page.get_by_role("button", name=re.compile("^Send til")).click()
    page.goto("/dev/mail/")
    mail = page.get_by_role("link", name=re.compile("Kaffen er flyttet")).first.get_attribute("href")
    page.goto(mail)
    stop = page.frame_locator("iframe").get_by_role("link", name=re.compile("^Stop mail")).get_attribute("href")
    return [mail, urlsplit(stop).path]


def options(states, who, **others):
    return {**others, **({"storage_state": states[who]} if who else {})}


def by_person(places):
    people = dict.fromkeys(who for who, _path in places)
    return {who: [path for other, path in places if other == who] for who in people}


@pytest.mark.parametrize("width", [1440, 390])
def test_no_page_at_the_door_or_behind_it_breaks_a_rule_of_accessibility(house, chromium, states, places, width):
    faults = []
    for who, paths in by_person(places).items():
        size = {"width": width, "height": 900}
        with Visit(chromium, **options(states, who, viewport=size)) as visit:
            for path in paths:
                visit.page.goto(house + path)
                faults += broken_in_both_schemes(visit.page, f"{who} {path}")
    assert not faults, "\n".join(faults[:30])


@pytest.mark.parametrize("width", [600, 320])
def test_a_mail_breaks_no_rule_of_accessibility_without_pictures_in_either_scheme(house, chromium, places, width):
    """As a mail program shows it: the HTML alone. All letters are made from one base."""
    mail = next(path for _who, path in places if path.startswith("/dev/mail/") and path != "/dev/mail/")
    with Visit(chromium, viewport={"width": width, "height": 900}) as visit:
        html = visit.context.request.get(f"{house}{mail}html/").text()
        assert "Vi ses torsdag." in html and "<img" not in html
        visit.page.set_content(html)
        assert not broken_in_both_schemes(visit.page, mail)
        assert visit.page.evaluate("document.documentElement.scrollWidth") <= width
        assert not [url for url in visit.asked if url.startswith("http")]


@pytest.mark.parametrize("script", [True, False], ids=["with-script", "without-script"])
def test_nothing_comes_from_elsewhere_and_no_policy_is_broken_behind_the_door(house, chromium, states, places, script):
    host = urlsplit(house).netloc
    for who, paths in by_person(places).items():
        size = {"width": 1440, "height": 900}
        with Visit(chromium, **options(states, who, viewport=size, java_script_enabled=script)) as visit:
            visit.rests_at(house + path for path in paths)
            asked = [urlsplit(url) for url in visit.asked]
            assert not [url for url in asked if url.scheme in {"http", "https"} and url.netloc != host]
            assert not [said for said in visit.complaints if "status of 403" not in said]
            assert {cookie["name"] for cookie in visit.context.cookies()} <= {"session", "csrf"}


@pytest.mark.parametrize("width", [390, 320])
def test_nothing_goes_sideways_behind_the_door(house, chromium, states, places, width):
    wide = []
    for who, paths in by_person(places).items():
        with Visit(chromium, **options(states, who, viewport={"width": width, "height": 900})) as visit:
            for path in paths:
                visit.page.goto(house + path)
                over = visit.page.evaluate(
                    "document.documentElement.scrollWidth - document.documentElement.clientWidth"
                )
                wide += [f"{who} {path}: {over} px"] if over > 0 else []
    assert not wide


def test_a_member_writes_by_keyboard_alone(house, chromium, states):
    with Visit(chromium, **options(states, FACILITATOR, viewport={"width": 1440, "height": 900})) as visit:
        page = visit.page
        page.goto(house + "/netvaerk/rum/borgerdialog/ny/")
        page.get_by_label("Overskrift").focus()
        page.keyboard.type("Skrevet uden mus")
        page.keyboard.press("Tab")
        page.keyboard.type("Kun med tastaturet.")
        # Past the toolbar, which is one stop, the files and what else the form offers.
        for _press in range(8):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.textContent.trim()") == "Send tråden":
                break
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Skrevet uden mus")
