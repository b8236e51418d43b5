"""The campaign in figures: each number is counted, each chart has its table, each claim its source."""

from collections import Counter

import pytest
from bs4 import BeautifulSoup

from cases.models import ProjectPage
from home.charts import Bar, Chart
from home.figures import campaign_context
from home.models import CampaignPage
from methods.models import MethodPage
from network.models import Municipality


@pytest.fixture
def page(campaign):
    return CampaignPage.objects.get()


@pytest.fixture
def read(campaign, visitor):
    def read_page(path):
        response = visitor.get(path)
        assert response.status_code == 200
        return BeautifulSoup(response.content, "html.parser")

    return read_page


def words(part):
    return " ".join(part.get_text(" ", strip=True).split())


def bars(page, key):
    chart = next(chart for chart in campaign_context(page, None)["charts"] if chart.key == key)
    return {bar.label: bar.cells or bar.value for bar in chart.bars}


def numbers(page):
    return {figure.label: figure.number for figure in campaign_context(page, None)["figures"]}


def test_what_is_here_is_counted(page, facts):
    tools = sum(method["kind"] == "tool" for method in facts["methods"])
    figures = campaign_context(page, None)["figures"]
    assert numbers(page)["projekter er dokumenteret her"] == len(facts["projects"]) == 25
    assert numbers(page)["metoder og værktøjer"] == len(facts["methods"]) == 51
    assert numbers(page)["publikationer"] == len(facts["publications"])
    assert figures[1].note == f"{51 - tools} metoder og {tools} værktøjer" == "28 metoder og 23 værktøjer"


def test_a_project_taken_down_is_counted_no_longer(page):
    ProjectPage.objects.first().unpublish()
    assert numbers(page)["projekter er dokumenteret her"] == 24
    assert sum(bars(page, "hovedtema").values()) == 24


def test_a_method_taken_down_takes_its_uses_along(page):
    before = numbers(page)["gange er de brugt"]
    method = MethodPage.objects.filter(uses__isnull=False).first()
    told = method.uses.count()
    method.unpublish()
    assert numbers(page)["gange er de brugt"] == before - told


def test_methods_and_tools_are_counted_under_each_theme_and_phase(page, facts):
    for key, field in (("tema", "themes"), ("fase", "phases")):
        counted = bars(page, key)
        for word in facts["campaign"][field]:
            kinds = Counter(method["kind"] for method in facts["methods"] if word["slug"] in method[field])
            assert counted[word["title"]] == (kinds["method"], kinds["tool"], kinds.total())


def test_a_project_whose_main_theme_is_unknown_is_counted_as_that(page, facts):
    unknown = sum(not project["main_theme"] for project in facts["projects"])
    assert bars(page, "hovedtema")["Hovedtema ikke oplyst"] == unknown == 6


def test_the_documentation_is_counted_also_where_there_is_none(page, facts):
    levels = Counter(method["evidence"] for method in facts["methods"])
    counted = [cells[-1] for cells in bars(page, "dokumentation").values()]
    assert counted == [levels["named"], levels["described"], 0]


def test_the_most_used_stand_with_the_most_users_first(page):
    counted = list(bars(page, "mest-brugt").values())
    assert counted == sorted(counted, reverse=True)
    assert min(counted) >= 3


def test_the_change_of_all_is_computed_from_people_not_from_per_cents(page, facts):
    growth = campaign_context(page, None)["growth"]
    for shown, places in (
        (growth.whole_change, facts["municipalities"]),
        (growth.own_change, [place for place in facts["municipalities"] if place["participating"]]),
    ):
        before, after = (sum(place[f"population_{year}"] for place in places) for year in (2014, 2023))
        assert shown == round(100 * (after - before) / before, 1)


def test_each_municipality_is_one_dot_and_those_with_a_project_are_filled(page):
    dots = campaign_context(page, None)["growth"].dots
    assert len(dots) == len({(dot.x, dot.y) for dot in dots}) == 98
    assert sum(dot.has_project for dot in dots) == 25


def test_a_municipality_without_figures_is_left_out(page):
    Municipality.objects.filter(name="Lejre").update(population_2014=None)
    assert len(campaign_context(page, None)["growth"].dots) == 97


def test_each_chart_has_the_same_numbers_in_a_table(read, page):
    shown = read("/kampagnen/")
    for chart in campaign_context(page, None)["charts"]:
        rows = shown.select(f"#diagram-{chart.key} tbody tr")
        told = [[words(cell) for cell in row.select("th, td")] for row in rows]
        assert told == [[bar.label, *map(str, bar.cells or [bar.value])] for bar in chart.bars]
    assert len(shown.select("#diagram-folketal tbody tr")) == 98


def test_each_count_of_projects_stands_with_its_source(read, facts):
    rows = read("/kampagnen/").select("section[aria-labelledby=antal] tbody tr")
    told = [(int(words(row.td)), row.a["href"]) for row in rows]
    assert told == [(row["count"], row["source"]) for row in facts["campaign"]["project_counts"]]


def test_a_day_is_written_in_danish_and_a_time_unknown_is_said(read):
    table = words(read("/kampagnen/").select_one("section[aria-labelledby=antal] tbody"))
    assert "29. oktober 2014" in table
    assert "2014-10-29" not in table
    assert "Ikke oplyst" in table


def test_the_money_is_told_and_an_amount_nobody_knows_is_left_out(read, page):
    told = words(read("/kampagnen/").select_one("section[aria-labelledby=penge]")).replace("\xa0", " ")
    assert all(amount in told for amount in ("500.000 kr.", "20.000.000 kr.", "10.000.000 kr."))
    page.budget_dkk = None
    page.save_revision().publish()
    assert "20.000.000" not in words(read("/kampagnen/"))


def test_a_chart_of_nothing_is_not_drawn(page):
    for method in MethodPage.objects.all():
        method.unpublish()
    ProjectPage.objects.all().delete()
    keys = {chart.key for chart in campaign_context(page, None)["charts"]}
    assert "hovedtema" not in keys
    assert "tema" in keys


def test_the_longest_bar_fills_the_chart():
    chart = Chart("x", "X", ("A", "B"), [Bar("en", 1), Bar("fire", 4), Bar("ingen", 0)])
    assert [drawn.width for drawn in chart.drawn] == ["25.00%", "100.00%", "0.00%"]


def test_a_chart_of_noughts_can_be_drawn():
    assert [drawn.width for drawn in Chart("x", "X", ("A",), [Bar("ingen", 0)]).drawn] == ["0.00%"]


def test_a_title_of_our_own_says_that_it_is(read):
    own, found = read("/publikationer/ekspertartikel-erhverv/"), read("/publikationer/kommuner-paa-forkant/")
    assert "overskriften er vores egen" in words(own.select_one(".pagehead"))
    assert "overskriften er vores egen" not in words(found.select_one(".pagehead"))


def test_a_year_that_is_derived_says_so(read):
    assert "2015 Afledt" in words(read("/publikationer/nyhed-thisted/").select_one(".factsheet"))


def test_news_stand_with_their_day_newest_first(read):
    days = [day["datetime"] for day in read("/nyheder/").select(".entry time")]
    assert days == sorted(days, reverse=True)
    assert days[-1] == "2014-10-29"


def test_every_link_of_menu_and_footer_leads_somewhere(read):
    home = read("/")
    links = {link["href"] for link in home.select(".mainnav a, .footer nav a")}
    assert len(links) == 16
    for href in links:
        assert read(href).h1, href


@pytest.mark.parametrize(
    "path", ["/om/", "/tilgaengelighed/", "/privatliv/", "/dokumentation/", "/licens/", "/kontakt/"]
)
def test_a_plain_page_has_one_title_and_no_style_of_its_own(read, path):
    page = read(path)
    assert len(page.select("h1")) == 1
    assert not page.select("[style]")
