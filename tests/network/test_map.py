"""The map: where things stand, which mark they have, and that no name covers another."""

import re
from types import SimpleNamespace

import pytest
from django.template import Context, Template

from network import map as chart

LEMVIG, BORNHOLM, KOEBENHAVN = "0665", "0400", "0101"
CORNERS = {"lyng": 4, "tegl": 4, "rug": 3}


def spot(code, ground="tegl", title="Et projekt", theme="Bosætning"):
    place = SimpleNamespace(code=code, name=chart.points()[code].name)
    return SimpleNamespace(
        municipality=place,
        title=title,
        url=f"/projekter/{code}/",
        ground=ground,
        theme=SimpleNamespace(title=theme) if theme else None,
    )


def drawn(source, **context):
    return Template("{% load map_tags %}" + source).render(Context(context))


def name_box(point, label):
    """Where a name stands when a letter is half as wide as it is high, as the placing reckons."""
    wide, x, y = len(point.name) * 6.25, float(label.x), float(label.y)
    left = {"start": x, "end": x - wide, "middle": x - wide / 2}[label.anchor]
    return (left, y - 10, left + wide, y)


def test_all_98_municipalities_of_the_campaign_have_a_point_and_a_section(facts):
    places = {place["code"]: place["name"] for place in facts["municipalities"]}
    assert len(places) == 98
    assert {code: point.name for code, point in chart.points().items()} == places
    assert all(chart.section(code, name) for code, name in places.items())


def test_every_point_stands_on_the_sheet():
    shape = chart.geometry()["country"]
    assert all(0 < point.x < shape["width"] and 0 < point.y < shape["height"] for point in chart.points().values())


def test_bornholm_stands_in_its_inset():
    left, top, wide, high = (float(number) for number in chart.country().inset)
    point = chart.points()[BORNHOLM]
    assert left < point.x < left + wide
    assert top < point.y < top + high


@pytest.mark.parametrize("ground", CORNERS)
def test_each_ground_has_a_shape_of_its_own_around_the_point(ground):
    path = chart.mark(ground, 100, 200)
    corners = [tuple(map(float, pair)) for pair in re.findall(r"([\d.]+) ([\d.]+)", path)]
    assert len(corners) == CORNERS[ground]
    assert path.endswith("z")
    assert all(abs(x - 100) < 7 and abs(y - 200) < 7 for x, y in corners)


def test_the_shapes_differ():
    assert len({chart.mark(ground, 0, 0) for ground in CORNERS}) == len(CORNERS)


@pytest.mark.parametrize("ground", ["eng", ""])
def test_eng_and_no_ground_are_circles_and_so_have_no_path(ground):
    assert chart.mark(ground, 100, 200) == ""


@pytest.mark.parametrize(("number", "text"), [(300, "300"), (5.4, "5.4"), (65.89999, "65.9")])
def test_coordinates_have_points_for_decimals_in_every_language(number, text):
    assert chart.text(number) == text


def test_the_names_of_the_campaigns_projects_do_not_cover_each_other(facts):
    codes = [place["code"] for place in facts["municipalities"] if place["participating"]]
    shown = [chart.points()[code] for code in codes]
    placed = chart.labels(shown)
    boxes = [name_box(point, placed[point.code]) for point in shown]
    assert len(boxes) == 25
    assert [
        (one.name, other.name)
        for number, one in enumerate(shown)
        for place, other in enumerate(shown[:number])
        if chart.overlap(boxes[number], boxes[place])
    ] == []


def test_a_name_goes_to_the_right_unless_another_mark_stands_there():
    alone = chart.Point("1", "Vest", 100, 100)
    neighbour = chart.Point("2", "Øst", 120, 100)
    assert chart.labels([alone])["1"].anchor == "start"
    assert chart.labels([alone, neighbour])["1"].anchor == "end"


def test_a_name_at_the_edge_of_the_sheet_stays_on_it():
    edge = chart.Point("1", "Langtnavn", 610, 300)
    assert chart.labels([edge])["1"].anchor == "end"


@pytest.mark.parametrize("wide", [False, True])
def test_towns_in_a_section_are_few_and_their_names_keep_clear_of_each_other(wide):
    for code, point in chart.points().items():
        towns = chart.section(code, point.name, wide).towns
        spots = {(town.label.x, town.label.y) for town in towns}
        assert len(towns) <= chart.MOST_TOWNS
        assert len(spots) == len(towns)


def test_the_nearest_town_is_named_first():
    assert [town.name for town in chart.section(LEMVIG, "Lemvig").towns] == ["Struer", "Holstebro", "Skive"]


def test_a_code_that_is_not_on_the_map_has_no_section():
    assert chart.section("9999", "Ingensteds") is None


def test_the_country_shows_each_spot_as_a_link_with_its_full_name_and_the_others_as_points():
    html = drawn("{% country_map spots label='Kort' %}", spots=[spot(LEMVIG), spot(BORNHOLM, "eng", "Fællesskabet")])
    assert 'role="group" aria-label="Kort"' in html
    assert 'href="/projekter/0665/" data-theme="tegl" aria-label="Lemvig: Et projekt (Bosætning)"' in html
    assert html.count("<a ") == 2
    assert html.count('class="pt"') == 96
    assert html.count('<circle class="dot"') == 1


def test_the_country_as_a_picture_has_no_links_to_tab_through():
    html = drawn("{% country_map spots label='Kort' links=False %}", spots=[spot(LEMVIG)])
    assert 'role="img"' in html
    assert "<a " not in html
    assert "Lemvig" in html


def test_a_spot_off_the_map_is_left_out_and_breaks_nothing():
    stranger = spot(LEMVIG)
    stranger.municipality = SimpleNamespace(code="9999", name="Ingensteds")
    assert "Ingensteds" not in drawn("{% country_map spots %}", spots=[stranger])


def test_a_spot_without_a_theme_says_only_what_it_is():
    html = drawn("{% country_map spots %}", spots=[spot(LEMVIG, ground="", theme="")])
    assert 'aria-label="Lemvig: Et projekt"' in html


def test_names_from_editors_are_escaped_on_the_map():
    html = drawn("{% country_map spots %}", spots=[spot(LEMVIG, title='"><script>')])
    assert "<script>" not in html


def test_a_section_says_what_it_shows_and_is_covered_by_the_signature_of_its_ground():
    place = SimpleNamespace(code=LEMVIG, name="Lemvig")
    html = drawn("{% map_section place 'tegl' %}", place=place)
    assert 'aria-label="Kortudsnit omkring Lemvig"' in html
    assert 'fill="url(#g-tegl)"' in html
    assert "cover--wide" not in html


def test_a_wide_section_has_the_smaller_signature():
    html = drawn("{% map_section place 'tegl' wide=True %}", place=SimpleNamespace(code=LEMVIG, name="Lemvig"))
    assert 'fill="url(#w-tegl)"' in html
    assert "cover--wide" in html


def test_a_section_without_a_theme_has_bare_land():
    html = drawn("{% map_section place '' %}", place=SimpleNamespace(code=KOEBENHAVN, name="København"))
    assert "landform" in html
    assert "url(#" not in html


def test_a_place_off_the_map_has_no_cover_at_all():
    assert drawn("{% map_section place 'tegl' %}", place=SimpleNamespace(code="9999", name="X")).strip() == ""


def test_the_key_tells_each_theme_by_word_and_shape():
    themes = [SimpleNamespace(title="Bosætning", ground="tegl"), SimpleNamespace(title="Inddragelse", ground="eng")]
    html = drawn("{% map_key themes %}", themes=themes)
    assert re.sub(r"<[^>]+>|\s+", " ", html).split() == ["Bosætning", "Inddragelse", "Øvrige", "kommuner"]
    assert '<path class="dot"' in html
    assert '<circle class="dot"' in html


def test_no_drawing_writes_a_number_with_a_comma_in_an_attribute():
    html = drawn(
        "{% country_map spots %}{% map_section place 'rug' %}", spots=[spot(LEMVIG)], place=spot(LEMVIG).municipality
    )
    assert re.findall(r'\b(?:cx|cy|x|y|r|width|height)="[^"]*,[^"]*"', html) == []
