"""The numbers are those of the campaign's files, counted here without the loader and without the database.

What the files say is read by `Told`; the folding of Danish, the facets and the counting are written a second time,
so that a fault in the first is not a fault in both.
"""

import json
import random
import re
import shutil
import unicodedata
from collections import Counter
from dataclasses import dataclass
from urllib.parse import urlencode

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.core.management import CommandError, call_command
from django.http import QueryDict
from wagtail.models import Page, Revision

from cases.models import CaseStoryPage, ProjectPage
from content.listing import listed, narrow
from content.models import File, Source
from home.loading.load import load
from home.models import NewsPage, Provenance, PublicationPage
from methods.facets import facets_for
from methods.models import MethodPage, MethodUse, ToolPage
from methods.reading import SORTS
from network.models import Municipality
from taxonomy import models as words
from taxonomy.facets import narrowed

DEMO = settings.SITE / "demo"
CHOICES = 200
ASKED_BY_HTTP = 10
TEXTS = ["by", "landsby", "borger", "borgere kommune", "kort", "Møder", "på", "ø", "strategi", "findes-ikke-her"]


def read(name):
    return json.loads((DEMO / name).read_text(encoding="utf-8"))


def fold(text):
    for letter, letters in (("æ", "ae"), ("ø", "oe"), ("å", "aa")):
        text = unicodedata.normalize("NFC", text).lower().replace(letter, letters)
    return "".join(char for char in unicodedata.normalize("NFD", text) if not unicodedata.combining(char))


def slug(text):
    return re.sub("[^a-z0-9]+", "-", fold(text)).strip("-")


@dataclass(frozen=True)
class Told:
    """A thing of the files, and under which values of each facet it stands."""

    key: str
    title: str
    text: str
    under: dict

    def has(self, values, facet):
        return not values or bool(self.under[facet] & set(values))

    def says(self, text):
        texts = [self.text, *self.under["emneord"]]
        return all(any(word in text for text in texts) for word in fold(text).split())


FACETS = ("type", "tema", "fase", "udfordring", "maalgruppe", "kommune", "emneord")


def told(record, reading, key, title, summary, kind, places):
    return Told(
        key,
        title,
        fold(f"{title} {summary}"),
        {
            "type": {kind},
            "tema": set(record["themes"]),
            "fase": set(record.get("phases", [])),
            "udfordring": {word["slug"] for word in reading["challenges"]},
            "maalgruppe": {word["slug"] for word in reading["target_groups"]},
            "kommune": {slug(place) for place in places},
            "emneord": {slug(word["name"]) for word in reading["tags"]},
        },
    )


KINDS = {"method": "metode", "tool": "vaerktoej"}


@pytest.fixture(scope="session")
def methods():
    reading = read("classification.json")["methods"]
    return [
        told(row, reading[row["slug"]], row["slug"], row["title"], row["gist_da"], KINDS[row["kind"]], row["used_by"])
        for row in read("campaign.json")["methods"]
    ]


@pytest.fixture(scope="session")
def projects():
    reading = read("classification.json")["projects"]
    return [
        told(
            row,
            reading[row["code"]],
            slug(row["municipality"]),
            row["publication_title"] or row["title"],
            row["goal"] or row["challenge"],
            "projekt",
            [row["municipality"]],
        )
        for row in read("campaign.json")["projects"]
    ]


@pytest.fixture(scope="session")
def stories():
    return [json.loads(path.read_text(encoding="utf-8")) for path in sorted((DEMO / "stories").glob("*.json"))]


def under(things, facet):
    """{value: keys of the things under it}"""
    found = {}
    for thing in things:
        for value in thing.under[facet]:
            found.setdefault(value, set()).add(thing.key)
    return found


def soup(visitor, path, **params):
    response = visitor.get(path, params)
    assert response.status_code == 200, path
    return BeautifulSoup(response.content, "html.parser")


def number_in(text):
    return int(re.search(r"\d+", text).group())


# --- how many there are ---------------------------------------------------------------------------------


def test_all_of_the_campaign_is_there(campaign, facts, stories):
    assert (MethodPage.objects.live().count(), ToolPage.objects.live().count()) == (28, 23)
    assert len(facts["methods"]) == 51 == 28 + 23
    assert Municipality.objects.count() == len(facts["municipalities"]) == 98
    assert ProjectPage.objects.live().count() == len(facts["projects"]) == 25
    assert PublicationPage.objects.live().count() == len(facts["publications"]) == 19
    assert CaseStoryPage.objects.live().count() == len(stories) >= 8


@pytest.mark.parametrize(
    ("path", "number"),
    [("/metoder/", 51), ("/vaerktoejer/", 23), ("/projekter/", 25), ("/publikationer/", 19), ("/kommuner/", 98)],
)
def test_an_index_says_how_many_there_are(campaign, visitor, path, number):
    assert number_in(soup(visitor, path).select_one(".resultbar__count").text) == number


ROWS = {
    "tema": (words.PageTheme, "page__slug", "term__slug"),
    "fase": (words.PagePhase, "page__slug", "term__slug"),
    "udfordring": (words.PageChallenge, "page__slug", "term__slug"),
    "maalgruppe": (words.PageTargetGroup, "page__slug", "term__slug"),
    "emneord": (words.TaggedPage, "content_object__slug", "tag__slug"),
}


def written(facet, pages):
    rows, page, value = ROWS[facet]
    owner = page.split("__")[0]
    found = {}
    for key, word in rows.objects.filter(**{f"{owner}__in": pages}).values_list(page, value):
        found.setdefault(word, []).append(key)
    return {word: sorted(keys) for word, keys in found.items()}


def in_order(found):
    return {value: sorted(keys) for value, keys in found.items()}


@pytest.mark.parametrize("facet", ROWS)
def test_methods_and_tools_stand_under_the_words_of_the_files_and_no_others(campaign, methods, facet):
    pages = Page.objects.type(MethodPage, ToolPage)
    assert written(facet, pages) == in_order(under(methods, facet))


@pytest.mark.parametrize("facet", ROWS)
def test_projects_stand_under_the_words_of_the_files_and_no_others(campaign, projects, facet):
    assert written(facet, Page.objects.type(ProjectPage)) == in_order(under(projects, facet))


def test_the_front_page_counts_projects_by_challenge_and_methods_by_theme_and_phase(
    campaign, visitor, methods, projects
):
    front = soup(visitor, "/")
    lists = {"udfordring": ("/projekter/", projects), "tema": ("/metoder/", methods), "fase": ("/metoder/", methods)}
    for facet, (path, things) in lists.items():
        counts = {value: len(keys) for value, keys in under(things, facet).items()}
        shown = {}
        for link in front.select(f'a[href^="{path}?{facet}="]'):
            number = link.select_one(".num") or link.parent.select_one(".num")
            shown[link["href"].split("=")[1]] = number_in(number.text)
        assert shown == counts, facet


def test_the_tags_are_shown_with_the_number_of_pages_under_each(campaign, visitor, methods, projects, stories):
    tags = Counter(tag for thing in (*methods, *projects) for tag in thing.under["emneord"])
    by_place = {project.key: project.under["emneord"] for project in projects}
    names = {row["code"]: slug(row["municipality"]) for row in read("campaign.json")["projects"]}
    for story in stories:
        tags.update(by_place[names[story["project"]]] if story["project"] else [])
    shown = {
        row.a["href"].strip("/").split("/")[-1]: number_in(row.select_one(".count").text)
        for row in soup(visitor, "/emneord/").select(".az__group li")
    }
    assert shown == dict(tags)
    for tag, number in sorted(tags.items())[::10]:
        heading = soup(visitor, f"/emneord/{tag}/").select_one(".resultbar__count")
        assert number_in(heading.text) == number, tag


# --- what was used where --------------------------------------------------------------------------------


def linked(section):
    """The last part of the addresses that the headings of a section link to."""
    return sorted(link["href"].strip("/").split("/")[-1] for link in section.select("h3 a")) if section else []


def test_each_use_is_written_once(campaign, facts):
    written = MethodUse.objects.values_list("method__slug", "municipality__name")
    assert sorted(written) == sorted((row["slug"], name) for row in facts["methods"] for name in row["used_by"])


def test_each_municipality_shows_the_methods_it_used(campaign, visitor, facts):
    used = {}
    for row in facts["methods"]:
        for name in row["used_by"]:
            used.setdefault(name, []).append(row["slug"])
    for place in facts["municipalities"]:
        section = soup(visitor, f"/kommuner/{slug(place['name'])}/").select_one("[aria-labelledby=kommunens-metoder]")
        assert linked(section) == sorted(used.get(place["name"], [])), place["name"]


def test_each_project_shows_its_methods(campaign, visitor, facts):
    for row in facts["projects"]:
        section = soup(visitor, f"/projekter/{slug(row['municipality'])}/").select_one("[aria-labelledby=metoder]")
        assert linked(section) == sorted(row["methods"]), row["municipality"]


def test_each_method_shows_where_it_was_used(campaign, visitor, facts):
    for row in facts["methods"]:
        section = soup(visitor, address(row)).select_one("[aria-labelledby=brugt]")
        shown = [link["href"].strip("/").split("/")[-1] for link in section.select('a[href^="/kommuner/"]')]
        assert sorted(shown) == sorted(slug(name) for name in row["used_by"]), row["slug"]


# --- sources --------------------------------------------------------------------------------------------


def address(row):
    return f"/{'vaerktoejer' if row['kind'] == 'tool' else 'metoder'}/{row['slug']}/"


# The stories call the figures of the municipalities by a name; the page gives the address of the table.
FIGURES = {"municipality_figures": "https://www.statistikbanken.dk/FOLK1A"}


def told_in(story):
    return list(dict.fromkeys(FIGURES.get(url, url) for part in story["paragraphs"] for url in part["sources"]))


@pytest.fixture(scope="session")
def sources(stories):
    """{address of the page: the sources the files give it}"""
    facts, pages = read("campaign.json"), read("pages.json")["pages"]
    above = {"news": "/nyheder"}
    return {
        "/kampagnen/": facts["campaign"]["sources"],
        **{address(row): row["sources"] for row in facts["methods"]},
        **{f"/projekter/{slug(row['municipality'])}/": row["sources"] for row in facts["projects"]},
        **{f"/publikationer/{row['slug']}/": row["sources"] for row in facts["publications"]},
        **{f"/casefortaellinger/{story['slug']}/": told_in(story) for story in stories},
        **{f"{above.get(row['type'], '')}/{row['slug']}/": row.get("sources") or [] for row in pages},
    }


def test_every_source_is_written_at_its_page_and_in_its_order(campaign, sources):
    front = Page.objects.get(slug="forside", depth=2)
    written = {}
    for path, url in Source.objects.order_by("page", "sort_order").values_list("page__url_path", "url"):
        written.setdefault(path.replace(front.url_path, "/", 1), []).append(url)
    assert written == {path: urls for path, urls in sources.items() if urls}


def test_every_source_can_be_read_on_its_page(campaign, visitor, sources):
    for path, urls in sources.items():
        section = soup(visitor, path).select_one("[aria-labelledby=kilder]")
        shown = [link["href"] for link in section.select("li a")] if section else []
        assert shown == urls, path


def test_every_news_page_is_in_the_files(campaign):
    news = {row["slug"] for row in read("pages.json")["pages"] if row["type"] == "news"}
    assert set(NewsPage.objects.live().values_list("slug", flat=True)) == news


# --- facets, for any choice -----------------------------------------------------------------------------


def expected(methods, choice, text):
    """Count by hand: {facet: {value: number}} and the things left."""
    found = [method for method in methods if method.says(text)]
    counts = {}
    for facet in FACETS:
        others = [name for name in FACETS if name != facet]
        rows = [row for row in found if all(row.has(choice[name], name) for name in others)]
        counts[facet] = {value: len(keys) for value, keys in under(rows, facet).items()}
    left = [row for row in found if all(row.has(choice[name], name) for name in FACETS)]
    return counts, sorted(row.title for row in left)


def random_choices(methods, number):
    """The same choices in every run: none to two values of each facet, now and then a word."""
    dice = random.Random(51)
    values = {facet: sorted(under(methods, facet)) for facet in FACETS}
    for _ in range(number):
        chosen = dice.sample(FACETS, dice.choice([0, 1, 1, 2, 2, 3, 4]))
        choice = {name: dice.sample(values[name], dice.randint(1, 2)) if name in chosen else [] for name in FACETS}
        yield choice, dice.choice(TEXTS) if dice.random() < 0.3 else ""


def query(choice, text):
    pairs = [(name, value) for name, values in choice.items() for value in values]
    return urlencode([*pairs, *([("q", text)] if text else [])])


def positive(counts):
    return {value: number for value, number in counts.items() if number}


def test_facets_count_right_for_any_choice(campaign, methods):
    types, some_left = (MethodPage, ToolPage), 0
    for choice, text in random_choices(methods, CHOICES):
        params = QueryDict(query(choice, text))
        listing = narrowed(listed(*types), facets_for(types), SORTS, params, narrow, size=100)
        counts, left = expected(methods, choice, text)
        shown = {facet.name: {row.value: row.count for row in facet.choices} for facet in listing.facets}
        assert {name: positive(values) for name, values in shown.items()} == counts, params.urlencode()
        assert sorted(row.title for row in listing.page) == left, params.urlencode()
        assert (listing.total, listing.whole) == (len(left), 51), params.urlencode()
        chosen = {facet.name: {row.value for row in facet.chosen} for facet in listing.facets}
        assert chosen == {name: set(values) for name, values in choice.items()}
        some_left += bool(left)
    assert some_left > CHOICES / 2, "The choices are too narrow to try anything."


def counts_on(page):
    """The numbers a reader sees: beside the check boxes, and in brackets in the lists."""
    counts = {name: {} for name in FACETS}
    for label in page.select("form[data-facets] label.check"):
        counts[label.input["name"]][label.input["value"]] = int(label.select_one(".check__count").text)
    for option in page.select("form[data-facets] option[value]"):
        if option["value"]:
            name = option.find_parent("select")["name"]
            counts[name][option["value"]] = int(re.search(r"\((\d+)\)$", option.text.strip()).group(1))
    return counts


def test_the_page_shows_those_counts(campaign, visitor, methods):
    asked = [(choice, text) for choice, text in random_choices(methods, CHOICES) if any(choice.values())]
    for choice, text in asked[:ASKED_BY_HTTP]:
        page = soup(visitor, f"/metoder/?{query(choice, text)}")
        counts, left = expected(methods, choice, text)
        heading = page.select_one(".resultbar__count").text
        assert [int(number) for number in re.findall(r"\d+", heading)] == [len(left), 51], heading
        for name, shown in counts_on(page).items():
            # Where two are chosen in a list, the page names them in the chips instead.
            hidden = set(choice[name]) if len(choice[name]) > 1 and name in ("kommune", "emneord") else set()
            counted = {value: number for value, number in counts[name].items() if value not in hidden}
            assert positive(shown) == counted, f"{name}: {query(choice, text)}"


def test_an_index_without_a_choice_shows_the_counts_of_the_files(campaign, visitor, methods, projects):
    tools = [method for method in methods if method.under["type"] == {"vaerktoej"}]
    for path, things in (("/metoder/", methods), ("/vaerktoejer/", tools), ("/projekter/", projects)):
        for name, shown in counts_on(soup(visitor, path)).items():
            counts = {value: len(keys) for value, keys in under(things, name).items()}
            assert not shown or positive(shown) == counts, (path, name)


def test_the_first_page_of_a_count_is_of_those_that_are_shown(campaign, visitor, methods):
    page = soup(visitor, "/metoder/", tema="inddragelse")
    titles = {method.title for method in methods if "inddragelse" in method.under["tema"]}
    assert page.select_one(".resultbar__count").text == f"{len(titles)} af 51"
    assert {link.text for link in page.select(".entry__title a")} == titles


# --- the loader's promises ------------------------------------------------------------------------------

METHOD = "kvalitative-interviews"
OTHER_GIST = "En anden sætning om samtaler, som filerne har fået siden sidst."


@pytest.fixture
def folder(tmp_path):
    """The files, to be changed."""
    return shutil.copytree(DEMO, tmp_path / "demo")


def change(folder, name, alter):
    """Alter the content of a file, written again one value a line; returns its text."""
    path = folder / name
    content = json.loads(path.read_text(encoding="utf-8"))
    alter(content)
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
    return path.read_text(encoding="utf-8")


def method_in(content, wanted=METHOD):
    return next(row for row in content["methods"] if row["slug"] == wanted)


def reading_in(content):
    return content["methods"][METHOD]


def change_gist(folder):
    change(folder, "campaign.json", lambda content: method_in(content).update(gist_da=OTHER_GIST))


def the_method():
    return MethodPage.objects.get(slug=METHOD)


def everything():
    """What there is: rows by table, revisions by page, hashes, files."""
    return {
        "pages": dict(Page.objects.values_list("pk", "latest_revision")),
        "revisions": Revision.objects.count(),
        "hashes": dict(Provenance.objects.values_list("key", "hashes")),
        "files": sorted(File.objects.values_list("file", flat=True)),
        "on disk": sorted(str(path) for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()),
        "uses": sorted(MethodUse.objects.values_list("pk", flat=True)),
    }


def numbers(report):
    return report.created, report.updated, report.kept, report.skipped


def test_loaded_twice_nothing_changes(campaign):
    before = everything()
    report = load(DEMO)
    assert numbers(report) == (0, 0, 0, 0), report.lines
    assert report.unchanged == Provenance.objects.count()
    assert everything() == before


def test_a_field_an_editor_changed_is_kept_and_the_others_follow_the_files(campaign, folder):
    page = the_method()
    page.title = "Samtaler ved køkkenbordet"
    page.save_revision().publish()
    change_gist(folder)
    report = load(folder)
    page.refresh_from_db()
    assert (page.title, page.summary) == ("Samtaler ved køkkenbordet", OTHER_GIST)
    assert numbers(report) == (0, 1, 1, 0), report.lines
    kept, updated = sorted(report.lines)
    assert kept == f"beholdt: metode:{METHOD} (ændret af en redaktør: titel)"
    assert updated == f"opdateret: metode:{METHOD} (kort fortalt)"


def test_a_field_only_the_files_changed_follows_them_and_stands_in_the_revision_too(campaign, folder):
    change_gist(folder)
    assert numbers(load(folder)) == (0, 1, 0, 0)
    page = the_method()
    assert page.summary == page.get_latest_revision_as_object().summary == OTHER_GIST
    assert not page.has_unpublished_changes
    assert numbers(load(folder)) == (0, 0, 0, 0)


def test_rows_an_editor_added_are_kept(campaign, folder):
    page = the_method()
    page.sources.add(Source(url="https://example.dk/ny/"))
    page.save_revision().publish()
    change(folder, "campaign.json", lambda content: method_in(content)["sources"].pop())
    report = load(folder)
    assert numbers(report) == (0, 0, 1, 0), report.lines
    assert page.sources.filter(url="https://example.dk/ny/").exists()


def unpublish(page):
    page.unpublish()


def delete(page):
    page.delete()


def leave_a_draft(page):
    page.title = "En kladde"
    page.save_revision()


@pytest.mark.parametrize(
    ("meddle", "why"),
    [
        (unpublish, "afpubliceret af en redaktør"),
        (delete, "slettet af en redaktør"),
        (leave_a_draft, "har en kladde, der ikke er udgivet"),
    ],
)
def test_a_page_that_an_editor_took_in_hand_is_skipped_and_the_reason_is_said(campaign, folder, meddle, why):
    meddle(the_method())
    change_gist(folder)
    before = everything()
    report = load(folder)
    assert numbers(report) == (0, 0, 0, 1), report.lines
    assert report.lines == [f"sprunget over: metode:{METHOD} ({why})"]
    # The hashes may differ: a project no longer waits for a use of the method that is gone.
    assert {**everything(), "hashes": None} == {**before, "hashes": None}


def test_a_page_made_by_others_at_the_same_address_is_left_and_not_made_twice(campaign, folder):
    Provenance.objects.filter(key=f"metode:{METHOD}").delete()
    change_gist(folder)
    report = load(folder)
    assert numbers(report) == (0, 0, 0, 1), report.lines
    assert the_method().summary != OTHER_GIST


def test_the_report_is_told_line_by_line(campaign, folder, capsys):
    change_gist(folder)
    call_command("load_campaign", folder=folder)
    told = capsys.readouterr().out
    assert f"opdateret: metode:{METHOD} (kort fortalt)" in told
    assert "0 oprettet, 1 opdateret" in told
    assert re.search(r"^(\d+) af \1$", told, re.MULTILINE), "The progress does not reach its end."


def line_of(text, *marks):
    """The line of the last of `marks`, each looked for after the one before."""
    place = 0
    for mark in marks:
        place = text.index(mark, place)
    return text.count("\n", 0, place) + 1


SLUG = f'"slug": "{METHOD}"'


@pytest.mark.parametrize(
    ("name", "alter", "marks", "field"),
    [
        ("campaign.json", lambda c: method_in(c).update(themes=["findes-ikke"]), (SLUG, '"themes"'), "themes"),
        ("campaign.json", lambda c: method_in(c).update(gist_da=7), (SLUG, '"gist_da"'), "gist_da"),
        ("campaign.json", lambda c: method_in(c).update(used_by=["Atlantis"]), (SLUG, '"used_by"'), "used_by"),
        ("campaign.json", lambda c: c["projects"][3].update(grant_dkk="mange"), ('"mange"',), "grant_dkk"),
        ("campaign.json", lambda c: c["projects"][3].update(methods="ukendt"), ('"methods": "ukendt"',), "methods"),
        (
            "campaign.json",
            lambda c: c["projects"][3].update(methods=["ukendt"]),
            ('"methods": [\n    "uk',),
            "methods",
        ),
        ("campaign.json", lambda c: c["publications"][2].update(gist_da=""), ('"gist_da": ""',), "gist_da"),
        ("uses.json", lambda c: c[5].update(method="ukendt"), ('"ukendt"',), "method"),
        ("uses.json", lambda c: c[5].update(year="i fjor"), ('"i fjor"',), "year"),
        ("classification.json", lambda c: reading_in(c)["tags"][0].update(name=None), ('"name": null',), "name"),
        (
            "classification.json",
            lambda c: reading_in(c).update(challenges=[{"slug": "ukendt", "reason": "Derfor."}]),
            ('"ukendt"',),
            "slug",
        ),
        ("files/files.json", lambda c: c[1].update(file="væk.docx"), ('"væk.docx"',), "file"),
        ("pages.json", lambda c: c["pages"][0].update(title=[]), ('"title": []',), "title"),
        (f"guidance/{METHOD}.json", lambda c: c.update(weeks_to="tre"), ('"tre"',), "weeks_to"),
        ("stories/lemvig-ikke-alle-steder.json", lambda c: c.update(municipality="9999"), ('"9999"',), "municipality"),
    ],
)
def test_a_value_that_cannot_be_right_stops_before_anything_is_written(campaign, folder, name, alter, marks, field):
    text = change(folder, name, alter)
    expect_stop(folder, name, line_of(text, *marks), field)


@pytest.mark.parametrize(
    ("name", "alter", "record", "field"),
    [
        ("campaign.json", lambda c: method_in(c).pop("gist_da"), SLUG, "gist_da"),
        ("campaign.json", lambda c: c["projects"][0].pop("sources"), '"code": "0400",\n   "title"', "sources"),
        (f"guidance/{METHOD}.json", lambda c: c.pop("purpose"), SLUG, "purpose"),
        ("pages.json", lambda c: c["pages"][0].pop("summary"), '"slug": "om"', "summary"),
    ],
)
def test_a_missing_field_is_named_at_the_line_its_record_begins(campaign, folder, name, alter, record, field):
    text = change(folder, name, alter)
    begins = text.rindex("{", 0, text.index(record))
    expect_stop(folder, name, text.count("\n", 0, begins) + 1, field)


@pytest.mark.parametrize("name", ["campaign.json", "uses.json", "pages.json", f"guidance/{METHOD}.json"])
def test_a_file_that_is_no_json_is_named_with_the_line(campaign, folder, name):
    path = folder / name
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    place = next(number for number, line in enumerate(lines[3:], 3) if '":' in line)
    lines[place] = lines[place].replace('":', '"', 1)
    path.write_text("".join(lines), encoding="utf-8")
    expect_stop(folder, name, place + 1)


def test_a_file_that_is_not_there_is_named(campaign, folder):
    (folder / "uses.json").unlink()
    expect_stop(folder, "uses.json", 0)


@pytest.mark.parametrize(
    ("name", "alter", "field"),
    [
        ("campaign.json", lambda c: c["campaign"].pop("aim"), "aim"),
        ("campaign.json", lambda c: c["campaign"].pop("themes"), "themes"),
        ("campaign.json", lambda c: method_in(c).update(sources=[None]), "sources"),
        ("campaign.json", lambda c: c.update(methods=7), "methods"),
        ("classification.json", lambda c: reading_in(c).pop("tags"), "tags"),
        ("pages.json", lambda c: c["pages"][0].pop("blocks"), "blocks"),
        ("pages.json", lambda c: c["pages"][-1].pop("date"), "date"),
        (f"guidance/{METHOD}.json", lambda c: c["steps"][0].pop("title"), "title"),
        ("stories/lemvig-ikke-alle-steder.json", lambda c: c["paragraphs"][0].pop("text"), "text"),
    ],
)
def test_a_fault_inside_a_record_is_named_too(campaign, folder, name, alter, field):
    change(folder, name, alter)
    before = everything()
    with pytest.raises(CommandError) as stopped:
        call_command("load_campaign", folder=folder)
    assert name.split("/")[-1] in str(stopped.value)
    assert f"»{field}«" in str(stopped.value)
    assert everything() == before


def test_a_text_that_its_field_does_not_hold_stops_before_anything_is_written(campaign, folder):
    change(folder, "campaign.json", lambda c: method_in(c).update(gist_da="x" * 301))
    before = everything()
    with pytest.raises(CommandError, match=r"campaign.json, linje \d+, felt »kort fortalt«: Teksten er på 301 tegn"):
        call_command("load_campaign", folder=folder)
    assert everything() == before


def test_every_fault_is_told_at_once(campaign, folder):
    change(folder, "campaign.json", lambda c: (method_in(c).pop("gist_da"), c["projects"][0].pop("sources")))
    with pytest.raises(CommandError) as stopped:
        call_command("load_campaign", folder=folder)
    assert "gist_da" in str(stopped.value)
    assert "sources" in str(stopped.value)


def expect_stop(folder, name, line, field=""):
    before = everything()
    with pytest.raises(CommandError) as stopped:
        call_command("load_campaign", folder=folder)
    said = str(stopped.value)
    where = f"{name.split('/')[-1]}, linje {line}" + (f", felt »{field}«" if field else "")
    assert where in said
    assert "intet er skrevet" in said
    assert everything() == before


class PowerCut(Exception):
    pass


def test_an_error_in_the_middle_leaves_no_rows_and_no_files(campaign, folder):
    def add_a_method(content):
        content["methods"].append({**method_in(content), "slug": "ny-metode", "title": "Ny metode"})

    def add_a_sheet(sheets):
        shutil.copy(folder / "files" / sheets[0]["file"], folder / "files" / "nyt-ark.docx")
        sheets.append({**sheets[0], "file": "nyt-ark.docx", "title": "Nyt ark"})

    change(folder, "campaign.json", add_a_method)
    change(folder, "files/files.json", add_a_sheet)
    change_gist(folder)
    before = everything()
    seen = {}

    def cut(done, total):
        if done == total:
            seen.update(everything())
            raise PowerCut

    with pytest.raises(PowerCut):
        load(folder, cut)
    assert len(seen["pages"]) == len(before["pages"]) + 1
    assert len(seen["on disk"]) == len(before["on disk"]) + 1
    assert everything() == before
    assert the_method().summary != OTHER_GIST
