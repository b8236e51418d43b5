"""What can be found of each thing, and of whom: entries are made without a reader, cards by the model's own rule."""

import io
import zipfile
from datetime import date, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from docx import Document
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject
from wagtail.models import Collection, CollectionViewRestriction, Page, PageViewRestriction, ReferenceIndex, Site

from cases.finding import years_in
from cases.models import ProjectResult
from content import file_text, findable
from content.listing import page_types
from content.models import File
from home.models import NewsIndexPage, NewsPage, PublicationIndexPage, PublicationMunicipality, PublicationPage
from methods.models import ToolFile
from network.attach import attach
from network.models import Post
from tests.factories import (
    CaseStoryPageFactory,
    ChallengeFactory,
    HomePageFactory,
    InformationPageFactory,
    MeetingFactory,
    MemberFactory,
    MembershipFactory,
    MethodPageFactory,
    MethodUseFactory,
    MunicipalityFactory,
    PhaseFactory,
    PostFactory,
    ProjectPageFactory,
    SpaceFactory,
    TagFactory,
    TargetGroupFactory,
    ThemeFactory,
    ThreadFactory,
    ToolPageFactory,
    classify,
)

pytestmark = pytest.mark.django_db

PARAGRAPH = {"type": "paragraph", "value": {"text": "<p>Vi gik <b>tur</b> i byen &amp; omegn.</p>", "sources": []}}


@pytest.fixture
def front(db):
    """A front page that stands under a site: only there a page has an address."""
    front = HomePageFactory()
    site = Site.objects.filter(is_default_site=True).first() or Site(hostname="localhost", is_default_site=True)
    site.root_page = front
    site.save()
    return front


@pytest.fixture(autouse=True)
def _files_apart(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def entry_of(name, pk):
    return next(iter(findable.named(name).entries([pk])), None)


def under(entry):
    return {field: {term.value for term in terms} for field, terms in entry.under.items() if terms}


def restrict(page):
    return PageViewRestriction.objects.create(page_id=page.pk, restriction_type=PageViewRestriction.LOGIN)


# --- pages --------------------------------------------------------------------------------------------


def test_every_findable_page_type_is_a_kind_with_the_names_of_its_cards():
    kinds = {kind.name: kind for kind in findable.named("page").kinds()}
    assert {model.kind for model in page_types()} == set(kinds)
    assert (kinds["metode"].label, kinds["metode"].plural, kinds["metode"].icon) == ("Metode", "Metoder", "i-method")


def test_a_page_tells_title_summary_words_and_address_without_markup(front):
    page = InformationPageFactory(
        parent=front,
        title="Om os",
        summary="Kort.",
        seo_title="Hvem er vi?",
        body=[("heading", "Vores hus"), ("paragraph", {"text": PARAGRAPH["value"]["text"], "sources": []})],
    )
    entry = entry_of("page", page.pk)
    assert (entry.title, entry.summary, entry.kind) == ("Om os", "Kort.", "information")
    assert (entry.url, entry.audience, entry.also) == ("/om-os/", "public", ("Hvem er vi?",))
    assert entry.text.split("\n") == ["Vores hus", "Vi gik tur i byen & omegn."]


def test_steps_are_read_and_addresses_and_chosen_files_are_not(front):
    steps = [("step", {"title": "Find ti", "text": "Ring rundt.", "duration": "2 uger", "who": "", "sheet": None})]
    body = [
        ("links", {"heading": "Læs også", "links": [{"label": "Alle", "url": "https://eksempel.example/x"}]}),
        ("callout", {"tone": "tip", "heading": "", "text": "<p>Spørg tidligt.</p>"}),
        ("facts", {"facts": [{"figure": "49", "text": "bysamfund", "source": "https://eksempel.example/y"}]}),
        ("table", {"data": [["År", "Indbyggere"], ["2014", "20.953"]], "first_row_is_table_header": True}),
    ]
    page = MethodPageFactory(parent=front, purpose="Til at lytte.", steps=steps, body=body, title_en="Listening")
    entry = entry_of("page", page.pk)
    for words in ("Til at lytte.", "Find ti", "Ring rundt.", "Læs også", "Alle", "Spørg tidligt.", "49", "20.953"):
        assert words in entry.text
    assert "eksempel.example" not in entry.text
    assert "Godt råd" not in entry.text
    assert entry.also == ("Listening",)


@pytest.mark.parametrize("closed", ["draft", "expired", "restricted", "restricted above", "not yet"])
def test_what_is_not_open_to_all_has_no_entry_and_no_card(front, closed):
    above = InformationPageFactory(parent=front)
    dates = {"expired": {"expire_at": timezone.now() - timedelta(minutes=1)}}.get(closed, {})
    page = InformationPageFactory(parent=above, live=closed not in ("draft", "not yet"), **dates)
    other = InformationPageFactory(parent=front)
    if closed.startswith("restricted"):
        restrict(above if closed == "restricted above" else page)
    pages = findable.named("page")
    assert other.pk in {entry.pk for entry in pages.entries([page.pk, other.pk])}
    assert page.pk not in {entry.pk for entry in pages.entries([page.pk, other.pk])}
    assert set(pages.cards(AnonymousUser(), [page.pk, other.pk])) == {other.pk}


def test_a_page_that_will_expire_says_when(front):
    at = timezone.now() + timedelta(days=2)
    assert entry_of("page", InformationPageFactory(parent=front, expire_at=at).pk).expires == at


def test_lists_and_pages_outside_every_site_are_not_found(front):
    away = InformationPageFactory(parent=HomePageFactory())
    assert findable.named("page").entries([front.pk, away.pk]) == []


def test_a_page_stands_under_its_words_each_with_its_name(front):
    tag = TagFactory(name="prøvede møder")
    theme, phase = ThemeFactory(title="Prøvehuse"), PhaseFactory(title="Prøvefase")
    group, challenge = TargetGroupFactory(title="Prøvegruppe"), ChallengeFactory(title="Prøveopgave")
    page = MethodPageFactory(parent=front)
    classify(page, tags=[tag], themes=[theme], phases=[phase], target_groups=[group], challenges=[challenge])
    entry = entry_of("page", page.pk)
    assert under(entry) == {
        "tema": {"proevehuse"},
        "fase": {"proevefase"},
        "maalgruppe": {"proevegruppe"},
        "udfordring": {"proeveopgave"},
        "emneord": {"proevede-moeder"},
    }
    assert entry.under["emneord"][0].label == "prøvede møder"


def test_a_project_stands_under_its_municipality_and_years_and_tells_its_results(front):
    place = MunicipalityFactory(name="Klitby")
    page = ProjectPageFactory(parent=front, municipality=place, period="2015–2017", project_name="Byen ved fjorden")
    ProjectResult.objects.create(page=page, text="En forening blev stiftet.")
    entry = entry_of("page", page.pk)
    assert under(entry) == {"kommune": {"klitby"}, "aar": {"2015", "2016", "2017"}}
    assert entry.under["kommune"][0].label == "Klitby Kommune"
    assert "En forening blev stiftet." in entry.text
    assert entry.also == ("Byen ved fjorden",)


@pytest.mark.parametrize(
    ("period", "years"),
    [
        ("2015–2017", ["2015", "2016", "2017"]),
        ("foråret 2015", ["2015"]),
        ("", []),
        ("fra 1900 til 2015", ["1900", "2015"]),
        ("journal 120153", []),
    ],
)
def test_years_are_read_out_of_a_period(period, years):
    assert years_in(period) == years


def test_news_and_publications_stand_under_what_they_are_about_and_their_year(front):
    place = MunicipalityFactory(name="Vigby")
    news = NewsPage(title="Nyt", slug="nyt", summary="S", published_on=date(2024, 3, 1), municipality=place)
    front.add_child(instance=NewsIndexPage(title="Nyheder", slug="nyheder", summary="S")).add_child(instance=news)
    book = PublicationPage(
        title="Bog", slug="bog", summary="S", publication_type="rapport", year=2016, publisher="Hus"
    )
    front.add_child(instance=PublicationIndexPage(title="Bøger", slug="boeger", summary="S")).add_child(instance=book)
    PublicationMunicipality.objects.create(page=book, municipality=place)
    assert under(entry_of("page", news.pk)) == {"kommune": {"vigby"}, "aar": {"2024"}}
    assert timezone.localdate(entry_of("page", news.pk).published) == date(2024, 3, 1)
    entry = entry_of("page", book.pk)
    assert under(entry) == {"kommune": {"vigby"}, "aar": {"2016"}}
    assert timezone.localdate(entry.published) == date(2016, 1, 1)
    assert "rapport" in entry.text
    assert "Hus" in entry.text


def test_a_use_is_told_on_both_pages_and_the_method_stands_under_the_municipality(front):
    place = MunicipalityFactory(name="Skovby")
    method, story = MethodPageFactory(parent=front, title="Vandring"), CaseStoryPageFactory(parent=front)
    MethodUseFactory(method=method, page=story, municipality=place, how_used="Ad den gamle sti.")
    told, telling = entry_of("page", method.pk), entry_of("page", story.pk)
    assert "Ad den gamle sti." in told.text
    assert "Ad den gamle sti." in telling.text
    assert "Vandring" in telling.text
    assert under(told) == {"kommune": {"skovby"}}


@pytest.mark.parametrize("closed", ["method", "story"])
def test_a_closed_page_is_not_told_of_by_the_other(front, closed):
    pages = {"method": MethodPageFactory(parent=front, title="Lysfest"), "story": CaseStoryPageFactory(parent=front)}
    MethodUseFactory(method=pages["method"], page=pages["story"], how_used="Med fakler.")
    restrict(pages.pop(closed))
    (other,) = pages.values()
    entry = entry_of("page", other.pk)
    assert "Med fakler." not in entry.text
    assert "Lysfest" not in (entry.text if closed == "method" else "")


def test_the_pages_of_the_campaign_are_made_in_a_fixed_number_of_queries(campaign):
    """Wagtail asks once a type for the pages; we once a type for each relation, and once for each room's own."""
    pages = findable.named("page")
    pks = pages.after(0, 200)
    kinds = {entry.kind for entry in pages.entries(pks)}
    assert {"metode", "vaerktoej", "projekt", "casefortaelling", "publikation", "information"} <= kinds
    one_of_each = list({entry.kind: entry.pk for entry in pages.entries(pks)}.values())
    few, many = queries_of(pages.entries, one_of_each), queries_of(pages.entries, pks)
    assert many == few <= 30
    assert len(pages.entries(pks)) > 4 * len(one_of_each)


def test_twenty_cards_take_as_many_queries_as_five(campaign):
    pages = findable.named("page")
    pks = [entry.pk for entry in pages.entries(pages.after(0, 200))]
    pages.cards(None, pks)
    one_of_each = list({card.kind: pk for pk, card in pages.cards(None, pks).items()}.values())
    twenty = [*one_of_each, *(pk for pk in pks if pk not in one_of_each)][: max(20, len(one_of_each))]
    assert queries_of(lambda wanted: pages.cards(None, wanted), one_of_each) == queries_of(
        lambda wanted: pages.cards(None, wanted), twenty
    )
    assert len(pages.cards(None, twenty)) == len(twenty)


def queries_of(function, pks):
    with CaptureQueriesContext(
        connection,
    ) as asked:
        function(pks)
    return len(asked)


def test_all_are_walked_in_order_of_their_ids(front):
    made = [InformationPageFactory(parent=front).pk for _ in range(3)]
    pages = findable.named("page")
    assert pages.after(made[0] - 1, 2) == made[:2]
    assert pages.after(made[1], 2) == made[2:]


# --- files --------------------------------------------------------------------------------------------


def docx(*lines):
    document, out = Document(), io.BytesIO()
    for line in lines:
        document.add_paragraph(line)
    table = document.add_table(rows=1, cols=2)
    table.cell(0, 0).text, table.cell(0, 1).text = "Trin", "Tovholder"
    document.save(out)
    return out.getvalue()


def pdf(words, password=""):
    writer, out = PdfWriter(), io.BytesIO()
    page = writer.add_blank_page(300, 300)
    font = {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Helvetica"}
    font = DictionaryObject({NameObject(key): NameObject(value) for key, value in font.items()})
    page[NameObject("/Resources")] = DictionaryObject(
        {NameObject("/Font"): DictionaryObject({NameObject("/F1"): font})}
    )
    content = DecodedStreamObject()
    content.set_data(f"BT /F1 12 Tf 20 200 Td ({words}) Tj ET".encode("latin-1"))
    page[NameObject("/Contents")] = writer._add_object(content)
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    writer.write(out)
    return out.getvalue()


def file_of(content, name="ark.docx", **fields):
    file = File(title="Et ark", **fields)
    file.file.save(name, ContentFile(content), save=False)
    file._set_document_file_metadata()
    file.save()
    return file


def refer(front, file, **fields):
    """A tool that refers to `file`, with the index of references as Wagtail keeps it."""
    tool = ToolPageFactory(parent=front, **fields)
    ToolFile.objects.create(page=tool, file=file)
    ReferenceIndex.create_or_update_for_object(tool)
    return tool


def test_a_file_tells_its_own_words_and_where_it_belongs(front):
    file = file_of(docx("Kortlæg landsbyens steder."), preview="Ét ark\nto sider", version="1.2")
    refer(front, file, title="Skabelonen")
    entry = entry_of("file", file.pk)
    assert (entry.kind, entry.title, entry.audience, entry.url) == ("fil", "Et ark", "public", file.url)
    assert (entry.summary, entry.also) == ("Ét ark · to sider", ("1.2",))
    assert "Kortlæg landsbyens steder." in entry.text
    assert "Tovholder" in entry.text
    card = findable.named("file").cards(None, [file.pk])[file.pk]
    assert card.kicker[0].startswith("DOCX, ")
    assert card.kicker[1] == "Hører til »Skabelonen«"


def test_a_pdf_is_read():
    assert file_text.words_in(pdf("Broen over fjorden"), "pdf") == "Broen over fjorden"


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", "pdf"),
        (b"%PDF-1.7 nothing here", "pdf"),
        (pdf("Hemmelig", password="kode"), "pdf"),
        (b"PK\x03\x04 broken", "docx"),
        (pdf("Broen"), "docx"),
        (docx("Vejen"), "pdf"),
    ],
    ids=["empty", "broken pdf", "encrypted", "broken docx", "pdf called docx", "docx called pdf"],
)
def test_a_file_that_cannot_be_read_has_no_words(content, kind):
    assert file_text.words_in(content, kind) == ""


def test_a_file_that_takes_too_long_has_no_words(monkeypatch, tmp_path):
    slow = tmp_path / "slow.py"
    slow.write_text("import time\ntime.sleep(60)\n", encoding="utf-8")
    monkeypatch.setattr(file_text, "READER", slow)
    monkeypatch.setattr(file_text, "SECONDS", 0.3)
    assert file_text.words_in(pdf("Broen"), "pdf") == ""


def test_what_is_read_can_be_kept_by_every_database(monkeypatch, tmp_path):
    odd = tmp_path / "odd.py"
    odd.write_text("import sys\nsys.stdout.buffer.write(b'bro\\x00en \\xff')\n", encoding="utf-8")
    monkeypatch.setattr(file_text, "READER", odd)
    assert file_text.words_in(b"", "pdf") == "broen \N{REPLACEMENT CHARACTER}"


def test_a_docx_that_swells_is_not_unpacked():
    out = io.BytesIO(docx("Vejen"))
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/media/0.bin", b"\0" * 120_000_000)
    assert file_text.words_in(out.getvalue(), "docx") == ""


def test_a_file_is_read_once_for_each_content_it_has(front, monkeypatch):
    file = file_of(docx("Første udgave"))
    refer(front, file)
    read = []
    words_in = file_text.words_in
    monkeypatch.setattr(file_text, "words_in", lambda *given: read.append(given) or words_in(*given))
    assert "Første udgave" in entry_of("file", file.pk).text
    assert "Første udgave" in entry_of("file", file.pk).text
    assert len(read) == 1
    file.file.save("ark.docx", ContentFile(docx("Anden udgave")), save=False)
    file._set_document_file_metadata()
    file.save()
    assert "Anden udgave" in entry_of("file", file.pk).text
    assert len(read) == 2


def test_a_file_that_is_gone_from_the_disk_is_still_found_by_its_title(front):
    file = file_of(docx("Vejen"))
    refer(front, file)
    file.file.storage.delete(file.file.name)
    assert (entry_of("file", file.pk).title, entry_of("file", file.pk).text) == ("Et ark", "")


@pytest.mark.parametrize("closed", ["nobody refers", "a draft refers", "a closed page refers", "closed collection"])
def test_a_file_that_no_open_page_gives_away_is_not_found(front, closed):
    file = file_of(docx("Vejen"))
    if closed != "nobody refers":
        tool = refer(front, file, live=closed != "a draft refers")
    if closed == "a closed page refers":
        restrict(tool)
    if closed == "closed collection":
        above = Collection.get_first_root_node().add_child(name="Lukket")
        File.objects.filter(pk=file.pk).update(collection=above.add_child(name="Under lukket"))
        CollectionViewRestriction.objects.create(collection=above, restriction_type="login")
    assert entry_of("file", file.pk) is None
    assert findable.named("file").cards(None, [file.pk]) == {}


# --- municipalities -----------------------------------------------------------------------------------


def test_a_municipality_is_found_and_a_made_up_one_is_not():
    real, fiction = (
        MunicipalityFactory(name="Æbelnæs", region="Region Syddanmark"),
        MunicipalityFactory(is_fictional=True),
    )
    places = findable.named("municipality")
    (entry,) = places.entries([real.pk, fiction.pk])
    assert (entry.title, entry.summary, entry.url) == ("Æbelnæs Kommune", "Region Syddanmark", "/kommuner/aebelnaes/")
    assert under(entry) == {"kommune": {"aebelnaes"}}
    assert set(places.cards(None, [real.pk, fiction.pk])) == {real.pk}
    assert fiction.pk not in places.after(0, 1000)


# --- what is said in the spaces -----------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["open", "on_request", "hidden"])
def test_what_is_said_is_kept_under_the_token_of_its_space_and_never_public(kind):
    space = SpaceFactory(kind=kind, theme=ThemeFactory(title="Prøvehuse"))
    thread = ThreadFactory(space=space, title="Hvem river ned?", text="Vi har **tre** huse & en lade.")
    reply = PostFactory(thread=thread, text="Ring til naboen.")
    found, said = entry_of("thread", thread.pk), entry_of("post", reply.pk)
    assert {found.audience, said.audience} == {f"space:{space.pk}"}
    assert (found.title, found.text) == ("Hvem river ned?", "Vi har tre huse & en lade.")
    assert (said.title, said.text) == ("", "Ring til naboen.")
    assert under(found) == under(said) == {"tema": {"proevehuse"}}
    assert said.url.endswith(f"/{reply.number}/")


def test_the_first_post_is_the_threads_own_words_and_no_hit_beside_it():
    thread = ThreadFactory()
    first = Post.objects.get(thread=thread, number=1)
    assert findable.named("post").entries([first.pk]) == []
    assert first.pk not in findable.named("post").after(0, 1000)


def test_markup_of_what_is_said_is_no_text_and_words_do_not_run_together():
    thread = ThreadFactory(text="Ét punkt:\n\n- et\n- to\n\n| a | b |\n|---|---|\n| c | d |\n\n`<b>x</b>` og `kode`")
    assert entry_of("thread", thread.pk).text == "Ét punkt: et to a b c d <b>x</b> og kode"


PEOPLE = ["stranger", "without", "network", "member"]


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("kind", ["open", "on_request", "hidden"])
def test_tokens_and_cards_follow_the_rule(who, kind):
    space = SpaceFactory(kind=kind)
    thread = ThreadFactory(space=space, title="Hvem river ned?")
    reply = PostFactory(thread=thread)
    user = None if who == "stranger" else MemberFactory(is_active=who != "without")
    if who == "member":
        MembershipFactory(space=space, user=user)
    may_read = who == "member" or (who == "network" and kind == "open")
    assert (f"space:{space.pk}" in findable.audiences_of(user)) is may_read
    assert "public" in findable.audiences_of(user)
    assert bool(findable.named("thread").cards(user, [thread.pk])) is may_read
    assert bool(findable.named("post").cards(user, [reply.pk])) is may_read


def test_who_has_left_has_lost_the_token_at_once():
    membership = MembershipFactory(space=SpaceFactory(kind="hidden"))
    token = f"space:{membership.space_id}"
    assert token in findable.audiences_of(membership.user)
    membership.delete()
    assert token not in findable.audiences_of(membership.user)


def test_a_reply_is_shown_as_an_answer_in_its_thread_with_its_beginning():
    membership = MembershipFactory(space__name="Prøvehuse")
    reply = PostFactory(thread=ThreadFactory(space=membership.space, title="Hvem river ned?"), text="ord " * 100)
    card = findable.named("post").cards(membership.user, [reply.pk])[reply.pk]
    assert (card.title, card.kicker) == ("Svar i »Hvem river ned?«", ["Prøvehuse"])
    assert card.summary.endswith("ord …")
    assert len(card.summary) <= 202


def test_cards_of_twenty_threads_take_as_many_queries_as_of_one():
    membership = MembershipFactory()
    threads = [ThreadFactory(space=membership.space, author=membership.user).pk for _ in range(6)]
    find = findable.named("thread")
    few = queries_of(lambda pks: find.cards(membership.user, pks), threads[:1])
    assert queries_of(lambda pks: find.cards(membership.user, pks), threads) == few <= 4


# --- ways to narrow -----------------------------------------------------------------------------------


def field(name):
    return next(field for field in findable.fields() if field.name == name)


def test_the_fields_come_in_order_each_with_its_prefixes():
    assert [(found.name, found.prefixes) for found in findable.fields()] == [
        ("tema", ("tema",)),
        ("fase", ("fase",)),
        ("udfordring", ("udfordring",)),
        ("maalgruppe", ("målgruppe", "maalgruppe")),
        ("kommune", ("kommune",)),
        ("emneord", ("tag", "emneord")),
        ("aar", ("år", "aar")),
    ]
    assert [found.name for found in findable.fields() if found.is_select] == ["kommune", "emneord", "aar"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Æbelnæs", "aebelnaes"),
        ("aebelnaes", "aebelnaes"),
        ("ÆBELNÆS KOMMUNE", "aebelnaes"),
        ("æb", "aebelnaes"),
        ("Øvre Aaholm", "oevre-aaholm"),
        ("øvre-åholm", "oevre-aaholm"),
        ("Zvejle", "zvejle"),
        ("zvej", None),
        ("xyz", None),
        ("  ", None),
    ],
)
def test_a_name_is_folded_and_taken_by_a_unique_beginning(text, value):
    for name in ("Æbelnæs", "Øvre-Aaholm", "Zvejle", "Zvejlerne"):
        MunicipalityFactory(name=name)
    assert field("kommune").named(text) == value


def test_words_are_chosen_in_the_editors_order_with_their_mark():
    second, first = (
        ThemeFactory(title="Bprøve", sort_order=2, ground="eng"),
        ThemeFactory(title="Aprøve", sort_order=1),
    )
    choices = field("tema").choices([second.slug, first.slug, "findes-ikke"])
    assert [choice.value for choice in choices] == [first.slug, second.slug]
    assert choices[1].mark == "eng"
    assert field("tema").named("bp") == second.slug


def test_a_tag_of_closed_pages_alone_is_neither_named_nor_shown(front):
    shown, secret = TagFactory(name="prøvede møder"), TagFactory(name="prøvehemmeligt")
    classify(MethodPageFactory(parent=front), tags=[shown])
    classify(MethodPageFactory(parent=front, live=False), tags=[secret])
    tags = field("emneord")
    assert (tags.named("prøvede"), tags.named("prøvehemmeligt")) == ("proevede-moeder", None)
    assert [choice.label for choice in tags.choices([shown.slug, secret.slug])] == ["prøvede møder"]


@pytest.mark.parametrize(
    ("text", "value"), [("2015", "2015"), ("15", None), ("²⁰15", None), ("0000", None), ("", None)]
)
def test_a_year_is_four_digits(text, value):
    assert field("aar").named(text) == value


def test_years_are_shown_newest_first():
    assert [choice.value for choice in field("aar").choices(["2014", "2016", "x"])] == ["2016", "2014"]


def test_what_is_readable_is_what_has_cards(front):
    """The same rule asked in two ways: as a part of a query, and for the things in hand."""
    above = Collection.get_first_root_node().add_child(name="Lukket")
    CollectionViewRestriction.objects.create(collection=above, restriction_type="login")
    for file in (file_of(docx("Vejen")), file_of(docx("Vejen"), collection=above)):
        refer(front, file)
    file_of(docx("Vejen"))
    restrict(refer(front, file_of(docx("Vejen"))))
    refer(front, file_of(docx("Vejen")), live=False)
    MunicipalityFactory(is_fictional=True)
    member = MembershipFactory(space__kind="hidden")
    for space in (member.space, SpaceFactory(kind="hidden"), SpaceFactory(kind="open")):
        PostFactory(thread=ThreadFactory(space=space))
        MeetingFactory(space=space)
        thread = ThreadFactory(space=space)
        paper = attach(thread.author, space, ContentFile(b"Et referat.", name="referat.txt"))
        PostFactory(thread=thread, author=thread.author, files=[paper.pk])
    for user in (None, member.user):
        for found in findable.registered():
            everything = found.after(0, 10_000)
            readable = set(found.readable(user).values_list("pk", flat=True))
            assert readable == set(found.cards(user, everything))
            assert len(readable) < len(everything) or found.name == "municipality"
    assert len(findable.named("thread").readable(member.user)) == 4
    assert len(findable.named("attachment").readable(member.user)) == 2


def test_nothing_asked_for_is_nothing_answered():
    for found in findable.registered():
        assert found.entries([]) == []
        assert found.cards(None, []) == {}
    assert Page.objects.exists()
