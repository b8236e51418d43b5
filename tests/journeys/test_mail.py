"""Mail as a member meets it: she is named, reads the mail, answers it by mail, chooses less of it, and stops it."""

import os
import re
import smtplib
import subprocess
import sys
from email import policy
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from playwright.sync_api import expect

from tests.journeys.conftest import ROOT, _free_port
from tests.journeys.test_member import letters_to
from tests.journeys.test_talk import ASKER, COLLEAGUE, asks, browser_of

pytestmark = pytest.mark.browser
__all__ = ["browser_of"]


class PostOffice:
    """The mail server of the house, as Postfix in docs/mail.md: what comes goes to the command on standard input."""

    def __init__(self, house, var):
        self.env = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"} | {
            "DJANGO_SETTINGS_MODULE": "config.settings.demo",
            "VAR_DIR": str(var),
            "BASE_URL": house,
            "PYTHONPATH": f"{ROOT / 'site'}{os.pathsep}{ROOT}",
        }

    async def handle_DATA(self, server, session, envelope):
        command = [sys.executable, str(ROOT / "manage.py"), "receive_mail", f"--sender={envelope.mail_from}"]
        command += [f"--recipient={to}" for to in envelope.rcpt_tos]
        done = subprocess.run(command, input=envelope.original_content, env=self.env, capture_output=True)
        return "250 OK" if not done.returncode else f"451 {done.returncode}"


@pytest.fixture
def post_office(house, house_var):
    controller = Controller(PostOffice(house, house_var), hostname="127.0.0.1", port=_free_port())
    controller.start()
    yield controller.port
    controller.stop()


def told(var, address, subject):
    """The newest mail to `address` whose subject holds `subject`."""
    return [mail for mail in letters_to(var, address) if subject in mail["Subject"]][-1]


def name_of(page):
    page.goto("/netvaerk/profil/")
    return page.get_by_label("Navn").input_value()


def opens_mail(page, address, subject):
    page.goto(f"/dev/mail/?til={address}")
    page.get_by_role("link", name=re.compile(re.escape(subject))).first.click()
    return page.frame_locator("iframe")


def test_a_member_is_named_reads_the_mail_answers_it_by_mail_and_stands_in_the_thread(
    browser_of, house_var, post_office
):
    asker, colleague = browser_of(ASKER), browser_of(COLLEAGUE)
    name, title = name_of(colleague), "Hvem har holdt en samtale i regnvejr?"
    address = asks(asker, title, f"Du har prøvet det, @{name}. Hvordan gik det?")

    # The mail as she reads it: in a frame, as text, and where an answer to it goes.
    mail = opens_mail(colleague, COLLEAGUE, title)
    expect(mail.locator("body")).to_contain_text("Hvordan gik det?")
    expect(mail.locator("body")).to_contain_text("Du kan også svare på denne mail")
    expect(colleague.locator("pre")).to_contain_text(address)
    expect(colleague.get_by_role("table")).to_contain_text("List-Unsubscribe-Post")

    # She answers from her own mail program, through a real mail server.
    letter = told(house_var, COLLEAGUE, title)
    answer = EmailMessage(policy=policy.SMTP)
    answer["From"], answer["To"], answer["Subject"] = COLLEAGUE, letter["Reply-To"], f"Sv: {letter['Subject']}"
    answer["Message-ID"], answer["In-Reply-To"] = "<regnvejr@post.eksempel.example>", letter["Message-ID"]
    quoted = f"Den 23.11.2026 kl. 09.14 skrev På forkant:\n> {title}\n"
    answer.set_content(f"Vi gik ind i laden.\n\nMvh\n{name}\n\n{quoted}")
    with smtplib.SMTP("127.0.0.1", post_office, timeout=60) as server:
        server.send_message(answer)

    # It stands in the thread without quote and signature, which she alone unfolds; the mail she gets leads to editing.
    asker.goto(address)
    expect(asker.locator("#indlaeg-2 .post__body")).to_have_text("Vi gik ind i laden.")
    expect(asker.locator("#indlaeg-2")).to_contain_text(name)
    expect(asker.get_by_role("main")).not_to_contain_text("kl. 09.14")
    opens_mail(colleague, COLLEAGUE, f"Din mail står nu i »{title}«").get_by_role("link", name="Ret indlægget").click()
    expect(colleague.get_by_label("Dit indlæg")).to_have_value("Vi gik ind i laden.")
    expect(colleague.locator("details", has_text="kl. 09.14")).to_have_count(1)


def test_mail_about_a_thread_is_stopped_by_one_click_without_signing_in_and_there_is_a_way_back(
    browser_of, chromium, house
):
    asker, colleague = browser_of(ASKER), browser_of(COLLEAGUE)
    title = "Hvem har lånt en projektor?"
    address = asks(asker, title, f"Har du, @{name_of(colleague)}?")

    elsewhere = chromium.new_context(viewport={"width": 390, "height": 844}, base_url=house)
    page = elsewhere.new_page()
    opens_mail(page, COLLEAGUE, title).get_by_role("link", name="Stop mail om tråden").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Stop mail")
    expect(page.get_by_role("main")).to_contain_text(f"Knappen stopper mail om tråden »{title}«")
    page.get_by_role("button", name="Stop mailen").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mailen er stoppet")
    expect(page.get_by_role("main").get_by_role("status")).to_contain_text(
        f"Du får ikke længere mail om tråden »{title}«"
    )
    colleague.goto(address)
    expect(colleague.get_by_role("main")).to_contain_text("Du har slået tråden fra.")

    page.get_by_role("button", name="Fortryd, og få mailen igen").click()
    expect(page.get_by_role("main").get_by_role("status")).to_contain_text(
        f"Fra nu af får du igen mail om tråden »{title}«"
    )
    elsewhere.close()
    colleague.reload()
    expect(colleague.get_by_role("main")).not_to_contain_text("Du har slået tråden fra.")


def test_a_member_chooses_everything_and_then_calm_and_gets_mail_as_she_chose(browser_of):
    reader, writer = browser_of(ASKER), browser_of(COLLEAGUE)

    def chooses(preset):
        reader.goto("/netvaerk/")
        reader.get_by_role("link", name=re.compile("^Beskeder")).first.click()
        reader.get_by_role("link", name="Ret, hvad du får besked om").click()
        reader.get_by_role("radio", name=re.compile(f"^{preset}")).check()
        reader.get_by_role("button", name="Gem, hvor meget").click()
        expect(reader.get_by_role("main").get_by_role("status")).to_contain_text("Dit valg er gemt.")
        expect(reader.get_by_role("main")).to_contain_text(f"Du har valgt »{preset}«.")

    chooses("Alt")
    asks(writer, "Hvad koster en pavillon?", "Vi skal bruge to.")
    expect(opens_mail(reader, ASKER, "Hvad koster en pavillon?").locator("body")).to_contain_text("Vi skal bruge to.")

    chooses("Roligt")
    expect(reader.get_by_role("main")).to_contain_text(re.compile(r"Du får en samlet mail hver \w+ kl\. \d+"))
    asks(writer, "Hvad koster et telt?", "Vi skal bruge tre.")
    reader.goto(f"/dev/mail/?til={ASKER}")
    expect(reader.get_by_role("main")).to_contain_text("pavillon")
    expect(reader.get_by_role("main")).not_to_contain_text("et telt")
