"""Facets over a small shelf of methods: what is left and what is counted is told again here, page by page."""

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.db import connection, transaction
from django.http import Http404, QueryDict
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import Page, PageViewRestriction

from content.cards import cards_for
from content.listing import listed, narrow
from methods.facets import facets_for
from methods.models import MethodPage, ToolPage
from taxonomy.facets import Sort, narrowed
from tests import factories as make

TYPES = (MethodPage, ToolPage)
SORTS = [Sort("titel", "Titel", ("sort_key",)), Sort("bagfra", "Bagfra", ("-sort_key",))]
NAMES = {"tema": "themes", "fase": "phases", "udfordring": "challenges", "maalgruppe": "target_groups"}
TEXTS = ("", "", "", "metode", "aadal", "ådal", "plan metode", "findes ikke")


@dataclass
class Shelf:
    """Methods and tools below a front page of their own, each with {facet: slugs} it stands under."""

    home: Page
    words: dict
    standing: dict = field(default_factory=dict)
    text: dict = field(default_factory=dict)

    def pages(self):
        return listed(*TYPES).descendant_of(self.home)

    def listing(self, address="", **options):
        facets = options.pop("facets", None) or facets_for(TYPES)
        return narrowed(self.pages(), facets, SORTS, QueryDict(address), narrow, **options)

    def left(self, asked, text="", but=""):
        """The ids that remain: OR within a facet, AND between them."""
        return {
            pk
            for pk, stands in self.standing.items()
            if all(stands[name] & set(values) for name, values in asked.items() if values and name != but)
            and all(word in self.text[pk] for word in text.split())
        }

    def all_slugs(self, name):
        given = set().union(*(stands[name] for stands in self.standing.values()))
        return sorted(given | set(self.words.get(name, ())))


@pytest.fixture(scope="module")
def stocked(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        yield stock()
        transaction.set_rollback(True)


@pytest.fixture
def shelf(stocked, db):
    """The shelf, put up once for all tests; what a test changes it changes for itself."""
    return stocked


def stock():
    """Fourteen methods and six tools, standing under words by lot, always the same lot."""
    chance = random.Random(1892)
    kinds = {
        "tema": make.ThemeFactory,
        "fase": make.PhaseFactory,
        "udfordring": make.ChallengeFactory,
        "maalgruppe": make.TargetGroupFactory,
    }
    words = {name: factory.create_batch(4) for name, factory in kinds.items()}
    tags, places = make.TagFactory.create_batch(5), make.MunicipalityFactory.create_batch(4)
    home = make.HomePageFactory()
    methods = make.MethodIndexPageFactory(parent=home)
    tools = make.ToolIndexPageFactory(parent=home)
    shelf = Shelf(home, {name: [word.slug for word in rows] for name, rows in words.items()})
    for number in range(20):
        title = f"{chance.choice(['Ådal', 'Plan', 'Møde'])} {number}"
        if number < 14:
            page = make.MethodPageFactory(parent=methods, title=title, summary="En metode.")
        else:
            page = make.ToolPageFactory(parent=tools, title=title, summary="Et værktøj.")
        # The last word of each vocabulary is given to no page.
        chosen = {name: chance.sample(rows[:3], chance.randint(0, 2)) for name, rows in words.items()}
        under = chance.sample(tags[:4], chance.randint(0, 2))
        used_in = chance.sample(places[:3], chance.randint(0, 2))
        make.classify(page, tags=under, **{NAMES[name]: rows for name, rows in chosen.items()})
        for place in [*used_in, *used_in[:1]]:
            make.MethodUseFactory(method=page, municipality=place)
        shelf.standing[page.pk] = {
            "type": {page.kind},
            "kommune": {place.slug for place in used_in},
            "emneord": {tag.slug for tag in under},
            **{name: {word.slug for word in rows} for name, rows in chosen.items()},
        }
        shelf.text[page.pk] = " ".join([page.find_text, *(tag.slug for tag in under)])
    shelf.words["emneord"] = [tag.slug for tag in tags]
    shelf.words["kommune"] = [place.slug for place in places]
    return shelf


def address(asked, **others):
    params = QueryDict(mutable=True)
    for name, values in asked.items():
        params.setlist(name, values)
    for name, value in others.items():
        params[name] = value
    return params.urlencode()


def by_lot(shelf, chance):
    return {
        name: chance.sample(slugs, min(len(slugs), chance.choice([0, 0, 1, 1, 2])))
        for name in ("type", *NAMES, "kommune", "emneord")
        if (slugs := shelf.all_slugs(name))
    }


@pytest.mark.parametrize("seed", range(40))
def test_rows_and_counts_are_those_of_any_choice(shelf, seed):
    chance = random.Random(seed)
    asked, text = by_lot(shelf, chance), chance.choice(TEXTS)
    listing = shelf.listing(address(asked, q=text))
    words = text.replace("å", "aa")
    assert {page.pk for page in listing.page} == shelf.left(asked, words)
    assert listing.total == len(shelf.left(asked, words))
    assert listing.whole == len(shelf.standing)
    for facet in listing.facets:
        others = shelf.left(asked, words, but=facet.name)
        shown = {choice.value: choice.count for choice in facet.choices if choice.count}
        assert shown == Counter(slug for pk in others for slug in shelf.standing[pk][facet.name]), facet.name
        assert [choice.value for choice in facet.chosen] == [
            choice.value for choice in facet.choices if choice.value in asked.get(facet.name, [])
        ]
        assert {choice.value for choice in facet.chosen} == set(asked.get(facet.name, []))


def zeros(shelf, wanted):
    """Choices by lot after which nothing is left."""
    chance, found = random.Random(7), []
    while len(found) < wanted:
        asked = by_lot(shelf, chance)
        if not shelf.left(asked) and sum(map(bool, asked.values())) > 1:
            found.append(asked)
    return found


def test_a_way_out_names_what_closes_the_road_and_how_many_are_behind_it(shelf):
    opened = 0
    for asked in zeros(shelf, 10):
        listing = shelf.listing(address(asked))
        told = {name: len(shelf.left(asked, but=name)) for name, values in asked.items() if values}
        assert sorted(way.count for way in listing.ways_out) == sorted(number for number in told.values() if number)
        for way in listing.ways_out:
            assert shelf.listing(way.without.removeprefix("?")).total == way.count
            opened += 1
    assert opened


def test_the_words_are_a_way_out_too(shelf):
    theme = shelf.words["tema"][0]
    listing = shelf.listing(f"tema={theme}&q=findes+ikke")
    assert [way.label for way in listing.ways_out] == ["»findes ikke«"]
    assert listing.ways_out[0].count == len(shelf.left({"tema": [theme]}))


def test_where_something_is_left_no_way_out_is_asked_for(shelf):
    assert shelf.listing(f"tema={shelf.words['tema'][0]}").ways_out == []


def test_a_value_nobody_knows_is_named_and_does_not_narrow(shelf):
    theme = shelf.words["tema"][0]
    listing = shelf.listing(f"tema={theme}&tema=vrøvl&kommune=atlantis&farve=blå")
    assert sorted(listing.unknown) == ["atlantis", "vrøvl"]
    assert {page.pk for page in listing.page} == shelf.left({"tema": [theme]})
    assert [chip.value for chip in listing.chips] == [theme]


def test_a_known_value_without_rows_stays_chosen(shelf):
    place = shelf.words["kommune"][3]
    listing = shelf.listing(f"kommune={place}")
    assert (listing.total, listing.unknown) == (0, [])
    facet = next(facet for facet in listing.facets if facet.name == "kommune")
    assert [(choice.value, choice.count) for choice in facet.chosen] == [(place, 0)]


def test_a_word_of_a_vocabulary_without_rows_is_shown_with_zero(shelf):
    facet = next(facet for facet in shelf.listing().facets if facet.name == "tema")
    assert {choice.value: choice.count for choice in facet.choices}[shelf.words["tema"][3]] == 0


def test_the_same_value_twice_is_one_choice(shelf):
    theme = shelf.words["tema"][0]
    assert len(shelf.listing(f"tema={theme}&tema={theme}").chips) == 1


def test_a_chip_leads_to_the_list_without_it(shelf):
    first, second = shelf.words["tema"][:2]
    listing = shelf.listing(f"tema={first}&tema={second}&q=metode&sorter=bagfra")
    chips = {chip.value: chip.without for chip in listing.chips}
    assert chips[first] == f"?q=metode&tema={second}&sorter=bagfra"
    assert chips["metode"] == f"?tema={first}&tema={second}&sorter=bagfra"


def test_pages_follow_each_other_and_keep_the_choice(shelf):
    first = shelf.listing("type=metode", size=10)
    second = shelf.listing(first.next_address.removeprefix("?"), size=10)
    assert first.next_address == "?type=metode&side=2"
    assert (len(first.page), len(second.page), second.total) == (10, 4, 14)
    assert not {page.pk for page in first.page} & {page.pk for page in second.page}
    assert (second.previous_address, second.next_address) == ("?type=metode", "")


@pytest.mark.parametrize("number", ["0", "3", "-1", "to", "1.5", "", "٢", "9999999"])
def test_a_page_that_is_not_there_is_not_found(shelf, number):
    with pytest.raises(Http404):
        shelf.listing(address({}, side=number), size=10)


def test_an_empty_list_has_a_first_page(shelf):
    assert shelf.listing("q=findes+ikke").page.number == 1


def test_an_unknown_order_is_the_usual_one(shelf):
    assert shelf.listing("sorter=baglæns").sort is SORTS[0]
    titles = [page.title for page in shelf.listing("sorter=bagfra").page]
    assert titles == [page.title for page in shelf.listing().page][::-1]


@pytest.mark.parametrize("bad", ["\0", "a\0b", "x" * 5_000, "%' OR 1=1 --", "_", "🐟" * 60, "\u202e"])
def test_bad_input_finds_nothing_and_breaks_nothing(shelf, bad):
    listing = shelf.listing(address({"tema": [bad], "kommune": [bad], "emneord": [bad]}, q=bad, sorter=bad))
    assert len(listing.text) <= 100
    assert all(len(value) <= 100 for value in listing.unknown)


def test_more_values_than_anyone_ticks_are_not_all_asked_for(shelf):
    listing = shelf.listing(address({"tema": [f"ord-x{number}" for number in range(500)]}))
    assert len(listing.unknown) == 40


@pytest.mark.parametrize("hide", ["draft", "expired", "closed"])
def test_what_a_stranger_may_not_read_is_neither_listed_nor_counted(shelf, hide):
    page = MethodPage.objects.descendant_of(shelf.home).first()
    before = shelf.listing()
    if hide == "draft":
        page.unpublish()
    elif hide == "expired":
        Page.objects.filter(pk=page.pk).update(expire_at=timezone.now() - timedelta(minutes=1))
    else:
        PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)
    after = shelf.listing()
    gone = shelf.standing[page.pk]
    assert after.total == before.total - 1
    for old, new in zip(before.facets, after.facets, strict=True):
        numbers = {choice.value: choice.count for choice in new.choices}
        assert all(numbers.get(c.value, 0) == c.count - (c.value in gone[old.name]) for c in old.choices), old.name


def test_all_counts_come_in_one_query_and_the_rows_in_two(shelf):
    with CaptureQueriesContext(connection) as asked:
        list(shelf.listing("", size=10).page)
    assert len(asked) == 3
    with CaptureQueriesContext(connection) as asked:
        list(shelf.listing(f"tema={shelf.words['tema'][0]}&type=metode", size=10).page)
    assert len(asked) == 4


def drawn(shelf, query=""):
    request = RequestFactory().get("/metoder/" + (f"?{query}" if query else ""))
    listing = shelf.listing(query)
    shown = {"listing": listing, "cards": cards_for(listing.page, request)}
    return BeautifulSoup(render_to_string("components/listing.html", shown, request), "html.parser")


def fields(form):
    """What the form would send as it stands."""
    sent = [
        (box["name"], box.get("value", "")) for box in form.select("input[type=hidden], input[type=search], [checked]")
    ]
    chosen = [
        (select["name"], option["value"]) for select in form.select("select") for option in select.select("[selected]")
    ]
    return sorted(pair for pair in sent + chosen if pair[1])


def test_both_forms_keep_the_whole_choice(shelf):
    theme, (one, two) = shelf.words["tema"][0], shelf.words["kommune"][:2]
    page = drawn(shelf, f"q=e&tema={theme}&kommune={one}&kommune={two}&sorter=bagfra&side=1")
    whole = sorted([("q", "e"), ("tema", theme), ("kommune", one), ("kommune", two), ("sorter", "bagfra")])
    filters, order = page.select("form")
    assert filters.has_attr("data-facets")
    assert {form["action"] for form in (filters, order)} == {"/metoder/"}
    assert fields(filters) == fields(order) == whole


def test_one_chosen_place_can_be_changed_for_another(shelf):
    place = shelf.words["kommune"][0]
    page = drawn(shelf, f"kommune={place}")
    assert not page.select("form[data-facets] input[type=hidden][name=kommune]")
    assert page.select_one("select[name=kommune] [selected]")["value"] == place


def test_a_choice_that_would_leave_nothing_is_shown_and_cannot_be_taken(shelf):
    box = drawn(shelf).select_one(f"input[name=tema][value={shelf.words['tema'][3]}]")
    assert box.has_attr("disabled")
    kept = drawn(shelf, f"tema={shelf.words['tema'][3]}").select_one(
        f"input[name=tema][value={shelf.words['tema'][3]}]"
    )
    assert kept.has_attr("checked")
    assert not kept.has_attr("disabled")


def test_the_words_searched_for_are_marked_as_they_are_written(shelf):
    page = drawn(shelf, "q=aada")
    marks = {mark.text for mark in page.select(".entry__title mark")}
    assert marks == {"Åda"}


def test_what_stands_in_the_address_is_written_as_text(shelf):
    page = drawn(shelf, address({"tema": ["<script>alert(1)</script>"]}, q="<b>x</b>"))
    assert not page.select("script, .chips b")
    assert "<script>alert(1)</script>" in page.select_one(".notice").text


def test_no_id_stands_twice(shelf):
    ids = [tag["id"] for tag in drawn(shelf).select("[id]")]
    assert len(ids) == len(set(ids))
