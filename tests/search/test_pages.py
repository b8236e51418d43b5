"""What a person meets at /soeg/: results, their state in the address, suggestions, and ways on from nothing."""

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

import pytest
from bs4 import BeautifulSoup
from django.core.cache import cache
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from content import findable
from methods.models import MethodIndexPage
from network.rule import Kind
from search import engines, outbox
from search.models import SearchEntry
from search.results import MOST_CHOICES, SORTS, field_names, read_address
from tests.factories import (
    MemberFactory,
    MembershipFactory,
    MethodPageFactory,
    PostFactory,
    SpaceFactory,
    TagFactory,
    ThreadFactory,
    classify,
)

pytestmark = pytest.mark.django_db

MOST_QUERIES = 25  # what the engine, the ranking, the vocabularies, the cards of three rooms and the insight ask
JSON = {"accept": "application/json"}
HTML = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


@pytest.fixture(autouse=True)
def _no_tries_before():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def index(campaign):
    """A list to make methods below; what is made stands in the index after `index.catch_up()`."""

    @dataclass
    class Index:
        parent: object

        def method(self, title, **fields):
            return MethodPageFactory(parent=self.parent, title=title, **fields)

        def catch_up(self):
            outbox.work()

    return Index(MethodIndexPage.objects.get())


def soup(client, address, status=200, **options):
    response = client.get(address, **options)
    assert response.status_code == status, f"{address}: {response.status_code}"
    return BeautifulSoup(response.content, "html.parser")


def total(page):
    """How many results the page tells of; none where it is the page for nothing."""
    told = page.select_one(".resultbar__count")
    return int(re.search(r"\d+", told.text).group()) if told else 0


def tabs(page):
    return {
        link.find(string=True).strip(): (link["href"], link.select_one(".count")) for link in page.select("nav.tabs a")
    }


def chips(page):
    return [chip.find(string=True).strip() for chip in page.select(".chip--on")]


def titles(page):
    return [title.text.strip() for title in page.select("ol.entries .entry__title")]


def plain(element):
    return " ".join(element.get_text(" ").split())


# --- where one begins -----------------------------------------------------------------------------------


def test_without_words_one_begins_with_themes_and_kinds_and_their_numbers(campaign, visitor):
    page = soup(visitor, "/soeg/")
    numbers = {
        dict(parse_qsl(urlsplit(chip["href"]).query))["type"]: int(chip.select_one(".count").text)
        for chip in page.select('a.chip[href*="type="]')
    }
    public = SearchEntry.objects.filter(audience=findable.PUBLIC)
    assert numbers == {kind: public.filter(kind=kind).count() for kind in set(public.values_list("kind", flat=True))}
    assert len(page.select('a.chip[href*="tema="]')) == 4
    assert not titles(page)


@pytest.mark.parametrize("text", ["???", "  ", "»«", "-", '"', "\0", "#", "()&|!*:"])
def test_signs_without_a_word_are_no_search(campaign, visitor, text):
    page = soup(visitor, "/soeg/", data={"q": text})
    assert page.select_one("h1").text == "Søg på hele siden"
    if text.strip(" \0"):
        assert "Der er ingen ord" in page.select_one("main [role=status]").text


def test_it_is_kept_out_of_other_peoples_indexes(campaign, visitor):
    for address in ("/soeg/", "/soeg/?q=landsby", "/soeg/?q=qqqqzzzz", "/soeg/forslag/"):
        page = soup(visitor, address, headers=HTML)
        assert page.select_one("meta[name=robots]")["content"].startswith("noindex")


# --- the state stands in the address ----------------------------------------------------------------------


def test_each_tab_leads_to_as_many_results_as_it_says(campaign, visitor):
    page = soup(visitor, "/soeg/?q=landsby")
    found = tabs(page)
    assert len(found) > 3
    numbers = {label: int(count.text) for label, (_address, count) in found.items() if count}
    assert numbers.pop("Alle") == total(page) == sum(numbers.values())
    for label, number in numbers.items():
        shown = soup(visitor, f"/soeg/{found[label][0]}")
        assert total(shown) == number, label
        assert shown.select_one("nav.tabs a[aria-current]").find(string=True).strip() == label
        assert tabs(shown).keys() == found.keys(), "The way back to the other kinds is lost."


def test_each_choice_leaves_as_many_results_as_it_says(campaign, visitor):
    page = soup(visitor, "/soeg/?q=by")
    choices = [
        (box["name"], box["value"], int(box.find_parent("label").select_one(".check__count").text))
        for box in page.select("form[data-facets] input[type=checkbox]")
    ]
    choices += [
        (select["name"], option["value"], int(re.search(r"\((\d+)\)$", option.text.strip()).group(1)))
        for select in page.select("form[data-facets] select")
        for option in select.select("option")[1:3]
    ]
    assert {name for name, _value, _number in choices} >= {"tema", "fase", "kommune", "emneord", "type"}
    for name, value, number in choices[::2]:
        shown = soup(visitor, "/soeg/", data={"q": "by", name: value})
        assert total(shown) == number, (name, value)


def test_values_of_one_choice_add_up_and_each_chip_takes_its_own_away(campaign, visitor):
    one, other = (soup(visitor, f"/soeg/?q=by&fase={fase}") for fase in ("kortlaegning", "strategi"))
    both = soup(visitor, "/soeg/?q=by&fase=kortlaegning&fase=strategi&tema=erhverv")
    assert chips(both) == ["Erhverv", "Kortlægning", "Strategi"]
    without_theme = soup(visitor, "/soeg/" + both.select_one(".chip--on")["href"])
    assert chips(without_theme) == ["Kortlægning", "Strategi"]
    assert max(total(one), total(other)) <= total(without_theme) <= total(one) + total(other)
    reset = soup(visitor, "/soeg/" + both.find("a", string="Nulstil filtre")["href"])
    assert (chips(reset), reset.select_one("#q")["value"]) == ([], "by")


def test_of_very_many_choices_those_with_most_results_are_offered_and_it_says_so(index, visitor):
    rare, common = (
        [TagFactory(name=f"{name}ord {n:03}") for n in range(number)] for name, number in (("a", 30), ("b", 80))
    )
    for number, tags in enumerate([[*rare, *common], common]):
        classify(index.method(f"Lysthuset {number}"), tags=tags)
    index.catch_up()
    select = soup(visitor, "/soeg/?q=lysthus").select_one("select[name=emneord]")
    offered = [option["value"] for option in select.select("option")[1:]]
    assert len(offered) == MOST_CHOICES
    assert {tag.slug for tag in common} < set(offered)
    hint = select.find_next_sibling("p")
    assert (hint["id"], "flest" in hint.text) == (select["aria-describedby"], True)
    left_out = next(tag.slug for tag in rare if tag.slug not in offered)
    chosen = soup(visitor, f"/soeg/?q=lysthus&emneord={left_out}")
    assert (total(chosen), len(chips(chosen))) == (1, 1)
    assert chosen.select_one(f"select[name=emneord] option[value={left_out}]").has_attr("selected")


def test_a_field_with_fewer_choices_offers_all_and_says_nothing(campaign, visitor):
    for select in soup(visitor, "/soeg/?q=by").select("form[data-facets] select"):
        assert not select.has_attr("aria-describedby")
        assert select.find_next_sibling("p") is None


def test_the_form_of_choices_carries_words_and_order_along(campaign, visitor):
    page = soup(visitor, "/soeg/?q=by&sorter=nyeste&praecis=1&tema=erhverv&side=1")
    hidden = {box["name"]: box["value"] for box in page.select("form[data-facets] input[type=hidden]")}
    assert hidden == {"q": "by", "sorter": "nyeste", "praecis": "1"}
    assert page.select_one("input[name=tema][value=erhverv]").has_attr("checked")


def test_the_pages_follow_each_other_without_gap_or_double(campaign, visitor):
    page = soup(visitor, "/soeg/?q=by&tema=bosaetning")
    number, seen = total(page), []
    while True:
        seen += [link["href"] for link in page.select("ol.entries .entry__title a")]
        following = page.select_one(".pager a[rel=next]")
        if not following:
            break
        assert "tema=bosaetning" in following["href"]
        page = soup(visitor, following["href"])
    assert len(seen) == len(set(seen)) == number > 20


def test_the_newest_come_first_when_asked_for(campaign, visitor):
    page = soup(visitor, "/soeg/?q=by")
    newest = soup(visitor, "/soeg/" + page.find("a", string="Nyeste først")["href"])
    assert newest.select_one(".orders a[aria-current]").text == "Nyeste først"
    dates = dict(SearchEntry.objects.exclude(published=None).values_list("url", "published"))
    shown = [urlsplit(link["href"]).path for link in newest.select("ol.entries .entry__title a")]
    order = [dates[address] for address in shown]
    assert len(set(order)) > 1
    assert order == sorted(order, reverse=True)
    assert titles(newest) != titles(page)


def test_what_is_typed_as_a_choice_is_one(campaign, visitor):
    typed = soup(visitor, "/soeg/", data={"q": "tema:erhverv by"})
    chosen = soup(visitor, "/soeg/", data={"q": "by", "tema": "erhverv"})
    assert chips(typed) == chips(chosen) == ["Erhverv"]
    assert typed.select_one("#q")["value"] == "by"
    assert titles(typed) == titles(chosen)
    assert titles(typed)


def test_a_choice_nobody_knows_is_told_and_narrows_nothing(campaign, visitor):
    plain_page = soup(visitor, "/soeg/?q=landsby&tema=erhverv")
    page = soup(visitor, "/soeg/?q=landsby&tema=erhverv&tema=findesslet&type=ogsaaikke")
    assert (titles(page), total(page)) == (titles(plain_page), total(plain_page))
    assert {"»findesslet«", "»ogsaaikke«"} <= set(re.findall(r"»[^«]*«", page.select_one(".notice--warn").text))
    said = soup(visitor, "/soeg/", data={"q": "landsby tema:findesslet"})
    assert "er ikke et valg, vi kender" in said.text


def test_every_way_to_narrow_and_sort_is_offered(campaign):
    assert set(field_names()) == {"type", *(narrowing.name for narrowing in findable.fields())}
    assert [sort.name for sort in SORTS] == ["relevans", "nyeste"]


# --- bad input ------------------------------------------------------------------------------------------

BAD = [
    "\0", "a\0b", "ø" * 1000, "a " * 499, '"' * 999, "-" * 500, "((((", "a AND OR NOT (", "*", "by*",
    "a:b:c", "tema:", "tema:\0", ":tema", "tema:tema:tema", "'; DROP TABLE search_searchentry; --", "%", "_", "\\",
    "{{7*7}}", "<script>alert(1)</script>", "\u202ebaglæns", "\u200b", "NEAR(by land)", "t_title:by", "^by", "by~2",
    "[1 TO 2]", "😀",
    "-by", "-", "--by", '-"indre by"', '"', '"by', "“indre by„", "#", "#by", "##", "kommune:" + "x" * 500,
]  # fmt: skip


@pytest.mark.parametrize("bad", BAD, ids=range(len(BAD)))
def test_nothing_that_is_typed_breaks_the_page_or_the_suggestions(campaign, visitor, bad):
    assert visitor.get("/soeg/", {"q": bad}).status_code == 200
    names = dict.fromkeys([*field_names(), "sorter", "praecis", "ukendt"], [bad[:200], bad[:200], "x"])
    assert visitor.get("/soeg/", {"q": "by", **names}).status_code == 200
    assert visitor.get("/soeg/forslag/", {"q": bad}, headers=JSON).status_code == 200
    assert visitor.get("/soeg/forslag/", {"q": bad}, headers=HTML).status_code == 200


@pytest.mark.parametrize(
    "query", ["q=%ED%A0%80&q=%FF%FE", "q", "q=&q=&q=", "=&&&", "q[]=by", "side=1&side=1", "%00=%00"]
)
def test_an_address_out_of_shape_is_read_as_well_as_it_can_be(campaign, visitor, query):
    assert visitor.get(f"/soeg/?{query}").status_code == 200
    assert visitor.get(f"/soeg/forslag/?{query}").status_code == 200


def test_more_than_is_read_is_refused_in_words(campaign, visitor):
    page = soup(visitor, "/soeg/", status=400, data={"q": "a" * 1001})
    assert "højst stå 1000 tegn" in page.text.replace("1.000", "1000")
    assert visitor.get("/soeg/forslag/", {"q": "a" * 1001}, headers=JSON).json() == {"groups": []}


@pytest.mark.parametrize("number", ["0", "-1", "x", "1.5", "501", "9999999999", "²", "", "1 ", "499"])
def test_a_page_that_is_not_there_is_not_found(campaign, visitor, number):
    assert visitor.get("/soeg/", {"q": "landsby", "side": number}).status_code == 404
    assert visitor.get("/soeg/", {"q": "landsby", "side": "1"}).status_code == 200


def test_only_reading_is_answered(campaign, visitor):
    for address in ("/soeg/", "/soeg/forslag/"):
        assert visitor.post(address, {"q": "by"}).status_code == 405
        assert visitor.head(address, {"q": "by"}).status_code == 200


# --- what is shown ---------------------------------------------------------------------------------------


def test_the_words_are_marked_in_whatever_form_they_stand(campaign, visitor):
    page = soup(visitor, "/soeg/?q=landsbyer")
    marks = {mark.text.lower() for mark in page.select("ol.entries mark")}
    assert {"landsby", "landsbyer"} & marks
    assert {"land", "by", "landet"}.isdisjoint(marks), "A part of the word is not the word."


def test_what_an_editor_writes_is_text_and_never_markup(index, visitor):
    index.method("<img src=x onerror=alert(1)> fyrtårnet", summary="Et <b>fyrtårn</b> & <script>alert(2)</script>")
    index.catch_up()
    html = visitor.get("/soeg/?q=fyrtårn").content.decode()
    assert "<mark>fyrtårnet</mark>" in html
    assert escape("<img src=x onerror=alert(1)> ") in html
    assert "<script>alert" not in html
    assert "<img src=x" not in html


def test_what_is_typed_comes_back_as_text(campaign, visitor):
    for text in ('"><script>alert(1)</script>', "<b>landsby", "landsby' onfocus=x"):
        page = soup(visitor, "/soeg/", data={"q": text})
        assert page.select_one("#q")["value"] == text
        assert not [script for script in page.select("script") if not script.get("src")]


def test_a_misspelt_word_is_told_and_corrected_only_where_nothing_is_found(campaign, visitor):
    page = soup(visitor, "/soeg/?q=borgerinddragesle")
    notice = page.select_one("main .notice")
    assert "Viser resultater for borgerinddragelse." in notice.text
    assert page.select_one("#q")["value"] == "borgerinddragesle"
    back = notice.select_one("a")
    assert "»borgerinddragesle« i stedet" in back.text
    exact = soup(visitor, "/soeg/" + back["href"])
    assert not titles(exact)
    assert "Vi fandt ikke noget om »borgerinddragesle«" in plain(exact.select_one("h1"))


def test_a_misspelt_word_beside_others_is_only_asked_about(campaign, visitor):
    page = soup(visitor, "/soeg/?q=lansby+klynger")
    if "Mente du" not in page.text:
        assert "Viser resultater for" in page.text
        return
    link = page.select_one("main .notice a")
    assert dict(parse_qsl(urlsplit(link["href"]).query)) == {"q": "landsby klynger"}
    assert titles(soup(visitor, "/soeg/" + link["href"]))


def test_a_word_in_many_parts_is_offered_wider(index, visitor):
    index.method("Byrumsforbedring")
    index.method("Byrum ved havnen")
    index.catch_up()
    page = soup(visitor, "/soeg/?q=byrumsforbedring")
    aside = page.select_one("aside")
    words = {chip.text for chip in aside.select(".chip")} if aside else set()
    assert "byrum" in words
    assert titles(soup(visitor, "/soeg/?q=byrum"))


def test_an_engine_that_is_down_is_told_of_and_the_database_answers(campaign, visitor, monkeypatch):
    class Down(engines.Engine):
        name = "nede"

        def answer(self, query):
            raise engines.EngineDown

    usual = titles(soup(visitor, "/soeg/?q=landsby"))
    monkeypatch.setattr(engines, "remote", Down)
    page = soup(visitor, "/soeg/?q=landsby")
    assert "Forenklet søgning." in page.select_one("main .notice[role=status]").text
    assert titles(page) == usual


def test_a_page_with_words_tells_the_editors_of_itself_and_only_the_first(campaign, visitor):
    first = soup(visitor, "/soeg/?q=by")
    assert first.select_one("[data-token]")["data-token"]
    assert first.select_one("[data-token]")["data-heard"] == "/soeg/hoert/"
    assert soup(visitor, "/soeg/?q=qqqqzzzz").select_one("[data-token]")["data-token"]
    assert not soup(visitor, "/soeg/?q=by&side=2").select("[data-token]")
    assert not soup(visitor, "/soeg/?tema=erhverv").select("[data-token]")


# --- nothing found -----------------------------------------------------------------------------------------


def test_where_nothing_is_found_there_are_ways_on(campaign, visitor):
    page = soup(visitor, "/soeg/?q=qqqqzzzz")
    assert plain(page.select_one("h1")) == "Vi fandt ikke noget om »qqqqzzzz«"
    assert len(page.select('main a.chip[href*="tema="]')) == 4
    assert page.select('main a.chip[href*="type=metode"]')
    assert page.select('main a[href="/konto/bliv-medlem/"]')
    assert not page.select('main a[href="/netvaerk/"]')


def test_a_member_is_led_to_the_network(campaign, client):
    client.force_login(MemberFactory())
    page = soup(client, "/soeg/?q=qqqqzzzz")
    assert page.select('main a[href="/netvaerk/"]')
    assert not page.select('main a[href="/konto/bliv-medlem/"]')


def test_the_choice_that_closes_the_road_is_told_with_its_true_number(campaign, visitor):
    page = soup(visitor, "/soeg/?q=qqqqzzzz&tema=erhverv")
    (way,) = page.select('section[aria-labelledby="uden-valg"] ul .chip')
    assert "Uden »qqqqzzzz«" in plain(way)
    assert total(soup(visitor, "/soeg/" + way["href"])) == int(way.select_one(".count").text) > 0


def test_near_words_lead_to_something(campaign, visitor):
    page = soup(visitor, "/soeg/?q=borgerinddragesle&praecis=1")
    near = [chip["href"] for chip in page.select('section[aria-labelledby="naer"] a.chip')]
    assert near
    for address in near:
        assert titles(soup(visitor, address)), address


# --- who may know what --------------------------------------------------------------------------------------

SECRET = "trillebørsfjerkræ"


@pytest.fixture
def talk(campaign):
    space = SpaceFactory(kind=Kind.HIDDEN)
    member = MembershipFactory(space=space).user
    thread = ThreadFactory(space=space, author=member, title=f"Hvem har prøvet {SECRET}?")
    PostFactory(thread=thread, author=member, text=f"Vi har {SECRET} og landsbyer.")
    outbox.work()
    return member


def test_a_member_finds_what_is_said_in_her_space_with_its_own_tab(talk, client):
    client.force_login(talk)
    page = soup(client, f"/soeg/?q={SECRET}")
    found = tabs(page)
    assert {"Tråde", "Indlæg"} <= found.keys()
    assert total(soup(client, "/soeg/" + found["Tråde"][0])) == int(found["Tråde"][1].text) == 1
    assert any(SECRET in title for title in titles(page))


@pytest.mark.parametrize("who", ["stranger", "other member"])
def test_those_outside_meet_neither_word_nor_number_of_it(talk, client, who):
    if who == "other member":
        client.force_login(MemberFactory())
    for text in (SECRET, SECRET[:-1], SECRET.replace("ø", "o"), f"{SECRET} landsby", f'"{SECRET}"'):
        html = client.get("/soeg/", {"q": text}).content.decode()
        page = BeautifulSoup(html.replace(escape(text), ""), "html.parser")
        assert SECRET not in page.text
        assert "traad" not in {dict(parse_qsl(urlsplit(a["href"]).query)).get("type") for a in page.select("a[href]")}
    for headers in (JSON, HTML):
        answer = client.get("/soeg/forslag/", {"q": SECRET[:6]}, headers=headers).content.decode()
        assert SECRET not in answer


def test_the_numbers_of_a_stranger_are_the_same_whatever_is_said_inside(campaign, client):
    def counted():
        page = soup(client, "/soeg/?q=landsby")
        return {label: count.text for label, (_address, count) in tabs(page).items() if count}, total(page)

    before = counted()
    space = SpaceFactory(kind=Kind.HIDDEN)
    member = MembershipFactory(space=space).user
    PostFactory(thread=ThreadFactory(space=space, author=member, title="Landsby"), author=member, text="Landsby")
    outbox.work()
    assert counted() == before
    client.force_login(member)
    assert counted() != before


def test_a_stranger_sees_that_there_are_threads_and_is_led_to_sign_in(campaign, client, monkeypatch):
    @dataclass(frozen=True)
    class Closed(findable.Kind):
        is_closed: bool = True

    closed = Closed("lukket", "Lukket", "Lukkede", "i-talk")
    open_to_all = [kind for kind in findable.kinds() if not getattr(kind, "is_closed", False)]
    monkeypatch.setattr(findable, "kinds", lambda: [*open_to_all, closed])
    (link,) = soup(client, "/soeg/?q=landsby").select('nav.tabs a[href^="/konto/log-ind/"]')
    assert plain(link).startswith("Lukkede")
    assert not link.select(".count")
    assert not re.search(r"\d", plain(link))
    assert link["href"].endswith("next=%2Fsoeg%2F%3Fq%3Dlandsby")
    client.force_login(MemberFactory())
    assert not soup(client, "/soeg/?q=landsby").select('nav.tabs a[href^="/konto/log-ind/"]')


def test_what_is_made_for_someone_is_kept_by_no_cache(campaign, client):
    assert "Cookie" in client.get("/soeg/?q=by").headers["Vary"]
    client.force_login(MemberFactory())
    assert client.get("/soeg/?q=by").headers["Cache-Control"] == "private, no-store"


# --- suggestions ---------------------------------------------------------------------------------------------


def test_suggestions_come_in_groups_at_most_seven(campaign, visitor):
    groups = visitor.get("/soeg/forslag/?q=land", headers=JSON).json()["groups"]
    rows = [row for group in groups for row in group["rows"]]
    assert 3 < len(rows) <= 7
    assert len({group["label"] for group in groups}) == len(groups) > 1
    for row in rows:
        assert row.keys() == {"text", "label", "icon", "url"}
        assert visitor.get(row["url"] or f"/soeg/?q={row['text']}").status_code == 200


def test_without_script_the_suggestions_are_a_page_of_links(campaign, visitor):
    groups = visitor.get("/soeg/forslag/?q=land", headers=JSON).json()["groups"]
    page = soup(visitor, "/soeg/forslag/?q=land", headers=HTML)
    texts = [row["text"] for group in groups for row in group["rows"]]
    assert [link.text for link in page.select("main .linklist a")] == texts


def test_suggestions_are_the_same_for_everyone_and_kept_a_minute(talk, client):
    asked = client.get("/soeg/forslag/?q=land", headers=JSON)
    client.force_login(talk)
    member = client.get("/soeg/forslag/?q=land", headers=JSON)
    assert member.content == asked.content
    for response in (asked, member):
        assert response.headers["Cache-Control"] == "public, max-age=60"
        assert response.headers["Vary"] == "Accept"
    page = client.get("/soeg/forslag/?q=land", headers=HTML)
    assert page.headers["Cache-Control"] == "private, no-store"
    assert "Accept" in page.headers["Vary"]


@pytest.mark.parametrize("query", ["", "?q=", "?q=l", "?q=%00", "?q=%20%20", "?q=???", "?q=" + "x" * 5000])
def test_bad_input_is_suggested_nothing(campaign, visitor, query):
    assert visitor.get(f"/soeg/forslag/{query}", headers=JSON).json() == {"groups": []}


# --- limits --------------------------------------------------------------------------------------------------


def tries(client, address, number):
    return [client.get(address, headers=JSON).status_code for _try in range(number)]


def test_a_stranger_searches_sixty_times_a_minute(visitor, db):
    assert tries(visitor, "/soeg/?q=???", 60) == [200] * 60
    refused = visitor.get("/soeg/?q=???")
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 60
    assert visitor.get("/soeg/?q=???", REMOTE_ADDR="203.0.113.9").status_code == 200


def test_a_member_searches_a_hundred_and_twenty_times_wherever_she_sits(client, db):
    client.force_login(MemberFactory())
    assert tries(client, "/soeg/?q=???", 120) == [200] * 120
    refused = client.get("/soeg/?q=???", REMOTE_ADDR="203.0.113.9")
    assert (refused.status_code, bool(refused.headers["Retry-After"])) == (429, True)
    client.force_login(MemberFactory())
    assert client.get("/soeg/?q=???").status_code == 200


def test_suggestions_have_a_limit_of_their_own(visitor, db):
    assert tries(visitor, "/soeg/forslag/?q=", 240) == [200] * 240
    refused = visitor.get("/soeg/forslag/?q=", headers=JSON)
    assert (refused.status_code, bool(refused.headers["Retry-After"])) == (429, True)
    assert visitor.get("/soeg/?q=???").status_code == 200


# --- how much is asked of the database --------------------------------------------------------------------------


def queries(client, address):
    client.get(address)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return [query["sql"] for query in asked if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))]


def told(rows):
    return "\n".join(f"{number}. {sql[:300]}" for number, sql in enumerate(rows, 1))


def test_a_page_asks_the_database_as_often_for_many_hits_as_for_some(index, visitor):
    for number in range(12):
        index.method(f"Skyggebænken {number}")
    for number in range(25):
        index.method(f"Lysthuset {number}")
    index.catch_up()
    some, many = queries(visitor, "/soeg/?q=skyggebænk"), queries(visitor, "/soeg/?q=lysthus")
    assert len(some) == len(many) <= MOST_QUERIES, f"{told(some)}\n\n{told(many)}"


@pytest.mark.parametrize(("who", "more"), [("stranger", 0), ("member", 3)])
def test_a_full_page_of_mixed_hits_keeps_within_its_queries(talk, client, who, more):
    """Who is signed in costs three more: the session, the account, the spaces she may read."""
    if who == "member":
        client.force_login(talk)
    asked = queries(client, "/soeg/?q=landsby")
    assert len(asked) <= MOST_QUERIES + more, told(asked)


# --- the address, read ------------------------------------------------------------------------------------------


def test_the_address_that_is_written_is_the_one_that_was_read(campaign):
    for query in ("q=by", "q=by&tema=erhverv&tema=bosaetning&type=metode&sorter=nyeste&praecis=1", "kommune=lemvig"):
        address = read_address(QueryDict(query))
        again = read_address(QueryDict(address.query().lstrip("?")))
        assert again == address
