"""Projects and stories as a visitor reads them: what is known with its basis, what is not known said plainly."""

import pytest
from bs4 import BeautifulSoup

from cases.models import CaseStoryPage, ProjectPage, ProjectResult
from cases.reading import same_theme

pytestmark = pytest.mark.usefixtures("campaign")
UNKNOWN = "Ikke oplyst endnu"


@pytest.fixture
def read(visitor):
    """Return a function that reads the page at a path."""

    def read_page(path):
        response = visitor.get(path)
        assert response.status_code == 200
        return BeautifulSoup(response.content, "html.parser")

    return read_page


def project(name):
    return ProjectPage.objects.get(municipality__name=name)


def publish(page, **fields):
    for name, value in fields.items():
        setattr(page, name, value)
    page.save_revision().publish()


def fact(page, name):
    """The value under `name` in the factsheet, as a reader sees it."""
    term = page.select_one(".factsheet").find("dt", string=name)
    return " ".join(term.find_next_sibling("dd").get_text(" ", strip=True).split())


def words(part):
    return " ".join(part.get_text(" ", strip=True).split())


def titles(page, heading):
    """The titles in the section under `heading`."""
    found = page.find("h2", string=lambda text: text and heading in text)
    return [words(title) for title in found.find_parent("section").select("h3")] if found else []


def test_a_derived_fact_stands_with_what_it_rests_on(read):
    page = read("/projekter/bornholm/")
    assert "500.000 kr. Afledt: kommunen oplyser et budget på 1 mio. kr." in fact(page, "Støtte").replace("\xa0", " ")
    assert fact(page, "Slags").startswith("Pilotprojekt Belæg: startede sommeren 2014")


def test_a_fact_nobody_knows_is_said_to_be_unknown(read):
    page = read("/projekter/lejre/")
    assert fact(page, "Støtte") == fact(page, "Rådgiver") == UNKNOWN
    assert fact(page, "Periode") == "2015–2016"


def test_an_unknown_main_theme_says_what_is_known_of_it(read):
    assert fact(read("/projekter/jammerbugt/"), "Hovedtema").startswith(f"{UNKNOWN} Ukendt; kapitlet ligger under")
    assert fact(read("/projekter/lejre/"), "Hovedtema").startswith("Bosætning Belæg: kapitel i publikationen")


def test_the_factsheet_tells_how_many_live_there(read):
    number = fact(read("/projekter/lejre/"), "Indbyggere i kommunen").replace("\xa0", " ")
    assert number.startswith("28.930 (2023) +7,2 % siden 2014")


def test_results_are_numbered(read):
    page = read("/projekter/lejre/")
    assert len(page.select("ol.results li")) == 3
    assert "Resultater er ikke fundet" not in words(page)


def test_results_that_were_not_found_are_said_in_plain_sight(read):
    page = read("/projekter/struer/")
    assert "Resultater er ikke fundet." in words(page.select_one("main .notice"))
    assert not page.select("ol.results")


def test_what_else_the_sources_tell_is_kept_beside_what_they_do_not(read):
    ProjectResult.objects.create(page=project("Struer"), text="Byrådet har vedtaget visionen.", sort_order=5)
    page = read("/projekter/struer/")
    assert "Resultater er ikke fundet." in words(page.select_one("main .notice"))
    assert [words(row) for row in page.select("ol.results li")] == ["Byrådet har vedtaget visionen."]


def test_a_project_without_a_word_of_results_says_so(read):
    project("Lejre").results.all().delete()
    assert "Resultater er ikke fundet." in words(read("/projekter/lejre/").select_one("main .notice"))


def test_each_method_tells_how_it_was_used_and_how_it_went(read):
    page = read("/projekter/lejre/")
    use = page.find("a", string="Landsbykortlægning").find_parent("article")
    assert "Sådan blev den brugt: Data og statistik om alle 49 bysamfund blev samlet" in words(use)
    assert "Sådan gik det: Kommunen fik skærpet viden" in words(use)
    assert "Belæg:" in words(use)


def test_a_use_nobody_described_says_so(read):
    uses = read("/projekter/struer/").select("article.use")
    assert uses
    assert all(f"Sådan blev den brugt: {UNKNOWN}" in words(use) for use in uses)


def test_a_method_taken_down_is_not_told_of(read):
    assert "Fototure" in titles(read("/projekter/lejre/"), "Metoder og værktøjer")
    project("Lejre").method_uses.get(method__title="Fototure").method.specific.unpublish()
    assert "Fototure" not in titles(read("/projekter/lejre/"), "Metoder og værktøjer")


def test_a_project_and_its_story_lead_to_each_other(read):
    story = CaseStoryPage.objects.get(municipality__name="Lejre")
    assert titles(read("/projekter/lejre/"), "Læs fortællingen") == [story.title]
    assert titles(read(story.url), "Projektet bag") == [project("Lejre").title]


def test_a_story_taken_down_is_not_shown_on_its_project(read):
    CaseStoryPage.objects.get(municipality__name="Lejre").unpublish()
    assert titles(read("/projekter/lejre/"), "Læs fortællingen") == []


def test_a_story_from_outside_the_campaign_stands_without_a_project(read):
    story = CaseStoryPage.objects.get(municipality__name="Lejre")
    publish(story, project=None)
    page = read(story.url)
    assert titles(page, "Projektet bag") == []
    assert fact(page, "Projekt i kampagnen") == "Fortællingen hører ikke til et projekt i kampagnen"


def test_a_story_tells_what_the_sources_do_not(read):
    story = CaseStoryPage.objects.get(municipality__name="Lejre")
    unknown = read(story.url).find("h2", string="Det ved vi ikke").find_parent("section")
    assert [words(line) for line in unknown.select("li")] == story.unknown_lines


def test_a_paragraph_of_a_story_has_its_sources_beside_it(read):
    page = read(CaseStoryPage.objects.get(municipality__name="Lejre").url)
    first = page.select_one("main .prose").find_parent("div")
    assert "paaforkant.dk" in words(first.select_one(".micro"))


def test_others_on_the_theme_are_from_other_places(read):
    others = read("/projekter/lejre/").find("h2", id="andre").find_parent("section")
    places = [words(kicker) for kicker in others.select(".kicker")]
    assert len(places) == 2
    assert not any("Lejre" in place for place in places)


def test_a_project_gives_way_to_its_own_story_among_the_others(read):
    told = set(CaseStoryPage.objects.exclude(project=None).values_list("project", flat=True))
    for row in ProjectPage.objects.all():
        assert not told & {found["pk"] for found in same_theme(row)}, row


def test_the_editors_reading_stands_with_its_reasons(read):
    reading = read("/projekter/lejre/").find("h2", string="Emneord").find_parent("section")
    assert "Projektets titel: »Landsbyvisionarium«." in words(reading.select_one("details"))


def test_without_a_photo_the_cover_is_the_place_on_the_map(read):
    assert read("/projekter/lejre/").select_one('.cover--wide svg[aria-label="Kortudsnit omkring Lejre"]')


def test_a_theme_over_the_title_leads_to_the_list_narrowed_by_it(read):
    themes = read("/projekter/lejre/").select(".pagehead a.theme-tag")
    assert [tag["href"] for tag in themes] == ["/projekter/?tema=bosaetning", "/projekter/?tema=inddragelse"]
    assert "af 25" in words(read(themes[0]["href"]).select_one(".resultbar__count"))


@pytest.mark.parametrize("model", [ProjectPage, CaseStoryPage])
def test_an_editor_sees_a_draft_as_it_will_be(model):
    page = model.objects.first()
    page.live = False
    page.save()
    assert page.title in page.make_preview_request().render().content.decode()


def test_the_list_of_cases_holds_stories_and_projects_and_that_of_projects_only_projects(read):
    cases = {words(row) for row in read("/casefortaellinger/").select(".entry .type")}
    projects = {words(row) for row in read("/projekter/").select(".entry .type")}
    assert cases == {"Casefortælling", "Projekt"}
    assert projects == {"Projekt"}


def test_a_municipality_shows_its_project_and_its_story(read):
    page = read("/kommuner/lejre/")
    assert titles(page, "Projekt i kampagnen") == [project("Lejre").title]
    assert titles(page, "Fortælling herfra") == [CaseStoryPage.objects.get(municipality__name="Lejre").title]
    assert titles(read("/kommuner/koebenhavn/"), "Projekt i kampagnen") == []
