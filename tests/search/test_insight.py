"""What editors learn of the searches: enough to act on, and nothing of anyone."""

import logging
import re
from datetime import date, timedelta

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.core import signing
from django.db import OperationalError, connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.test.utils.form_data import querydict_from_html

from home.roles import CHECKER, ROLES, WRITERS
from methods.models import MethodPage
from search import insight, insight_figures, tallies
from search.insight import SECRET, TOKEN_AGE, monday, note_event, note_shown, tidy
from search.models import Promotion, SearchState, SearchWeek, Synonym
from search.tallies import BITS, REST, Tally
from tests.factories import UserFactory
from tests.redaction import MEMBER, As, House

pytestmark = pytest.mark.django_db
WEEK = timedelta(weeks=1)
BROWSER = "Mozilla/5.0 (Prøvemaskine)"
ADDRESS = "192.0.2.77"


def request_of(user=None, address=ADDRESS, browser=BROWSER):
    request = RequestFactory().get("/soeg/", REMOTE_ADDR=address, HTTP_USER_AGENT=browser)
    request.user = user or AnonymousUser()
    return request


def asker_of(number):
    return request_of(browser=f"Browser {number}")


def askers(number, text="letbane", kind="", total=0):
    """Let `number` different strangers search, each a bit of her own; return their tokens."""
    secret = insight._secret_of(monday(timezone.localdate()))
    tokens, bits, tried = [], set(), 0
    while len(tokens) < number:
        request, tried = asker_of(tried), tried + 1
        bit = insight.bit_of(secret, insight._asker(request))
        if bit not in bits:
            bits.add(bit)
            tokens.append(note_shown(request, text, kind, total))
    return tokens


def row(text="letbane", kind=""):
    return SearchWeek.objects.get(text=text, kind=kind)


def tally(text="letbane", kind=""):
    return tallies.by(SearchWeek.objects.filter(text=text, kind=kind), "week").popitem()[1]


def week_ago(number=1):
    """Let all that was noted be of an earlier week, as it is when time passes."""
    SearchWeek.objects.update(week=monday(timezone.localdate()) - number * WEEK)


# --- what is noted ----------------------------------------------------------------------------------


def test_a_search_is_counted_with_its_words_and_with_all_of_its_kind():
    note_shown(request_of(), "  Tomme   BOLIGER ", "metode", 7)
    note_shown(request_of(), "tomme boliger", "metode", 0)
    for text in ("tomme boliger", ""):
        found = row(text, "metode")
        assert (found.searches, found.without_results, found.week.weekday()) == (2, 1, 0)
    assert SearchWeek.objects.count() == 2


def test_one_who_searches_often_is_one_asker():
    for _time in range(9):
        note_shown(request_of(), "letbane", "", 3)
    assert (tally().searches, tally().askers) == (9, 1)


def test_askers_are_counted_at_most_as_many_as_they_are():
    askers(6)
    assert tally().askers == 6
    for number in range(300):
        note_shown(asker_of(number), "busser", "", 1)
    assert 100 < tally("busser").askers <= 256


def test_every_bit_can_be_set_and_read():
    for bit in range(256):
        told = Tally(searches=1, bits=1 << bit)
        SearchWeek.objects.create(week=date(2026, 11, 23), text=f"bit {bit}", **told.columns())
        assert tallies.by(SearchWeek.objects.filter(text=f"bit {bit}"), "week").popitem()[1].bits == 1 << bit


def test_a_network_of_ipv6_and_an_account_are_one_asker_each():
    asker = insight._asker
    assert asker(request_of(address="2001:db8:1:2::1")) == asker(request_of(address="2001:db8:1:2:ffff::9"))
    assert asker(request_of(address="2001:db8:1:2::1")) != asker(request_of(address="2001:db8:1:3::1"))
    assert asker(request_of(address="192.0.2.1")) != asker(request_of(address="192.0.2.2"))
    user = UserFactory()
    assert asker(request_of(user)) == asker(request_of(user, "192.0.2.9", "En anden browser"))


@pytest.mark.parametrize(
    "text",
    [
        "rikke@eksempel.dk",
        "skriv til rikke@eksempel",
        "12 34 56 78",
        "+45 12345678",
        "12.34.56.78",
        "tlf. 1234-5678",
        "010203-1234",
        "0102031234",
        "cpr 01 02 03 1234",
        "https://forkant.example/nulstil/abc",
        "",
        "   ",
        "\0",
    ],
)
def test_what_looks_like_an_address_or_a_persons_number_is_never_noted(text):
    assert note_shown(request_of(), text, "", 1) == ""
    assert not SearchWeek.objects.exists()


@pytest.mark.parametrize("text", ["5.000 borgere", "2026", "folketal 2014 til 2023", "§ 14, stk. 2", "route 66"])
def test_other_numbers_are_noted(text):
    assert note_shown(request_of(), text, "", 1)


def test_a_long_text_and_odd_letters_are_noted_short_and_clean():
    assert note_shown(request_of(), "\ud800 å\0" + "x" * 10_000, "", 1)
    assert max(len(text) for text in SearchWeek.objects.values_list("text", flat=True)) <= 100


def test_of_who_asked_nothing_stands_in_any_column_of_any_table_of_the_search():
    user = UserFactory(email="rikke.hemmelig@eksempel.dk", name="Rikke Hemmelig")
    note_shown(request_of(user), "letbane", "", 1)
    note_shown(request_of(), "letbane", "", 1)
    names = {field.name for field in SearchWeek._meta.get_fields()}
    assert names == {"id", "week", "text", "kind", "searches", "without_results", "clicked", "reformulated", *BITS}
    kept = " ".join(
        str(value) for model in (SearchWeek, SearchState) for line in model.objects.values_list() for value in line
    )
    for secret in ("rikke", "Hemmelig", ADDRESS, "192.0.2", BROWSER, "Prøvemaskine"):
        assert secret not in kept
    # Nor a plain digest of it: a bit is the asker's only under the secret of the week.
    bits = tally().bits
    week = monday(timezone.localdate())
    SearchState.objects.filter(pk=f"{SECRET}{week}").update(value="en anden tilfældig værdi")
    note_shown(request_of(user), "busser", "", 1)
    assert bits.bit_count() <= 2 and tally("busser").bits.bit_count() == 1
    digests = {
        insight.bit_of(insight._secret_of(week), insight._asker(request_of(user, browser=f"{n}"))) for n in range(3)
    }
    assert len(digests) == 1


def test_the_same_asker_has_another_bit_in_another_week():
    week = date(2026, 11, 23)
    bits = [insight.bit_of(insight._secret_of(week + number * WEEK), "user 1") for number in range(12)]
    assert len(set(bits)) > 6


def test_words_are_kept_no_more_when_a_week_has_too_many_and_the_sum_stays_true(monkeypatch):
    monkeypatch.setattr(insight, "MOST_ROWS", 3)
    for number in range(5):
        note_shown(request_of(), f"ord{'x' * number}", "", 1)
    assert row("").searches == 5
    assert SearchWeek.objects.count() == 3


def test_a_database_that_fails_costs_the_reader_nothing_and_the_log_has_no_word(monkeypatch, caplog):
    def fail(*args):
        raise OperationalError("database is locked: hemmelig søgning")

    monkeypatch.setattr(insight, "_note", fail)
    with caplog.at_level(logging.WARNING):
        assert note_shown(request_of(), "hemmelig søgning", "", 1) == ""
    assert "was not noted (OperationalError)" in caplog.text and "hemmelig" not in caplog.text


def test_noting_costs_few_queries():
    note_shown(request_of(), "letbane", "", 1)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        note_shown(request_of(), "letbane", "", 1)
    told = [query["sql"] for query in asked if re.match("SELECT .*FROM|UPDATE|INSERT", query["sql"])]
    assert len(told) == 3


# --- what is heard ----------------------------------------------------------------------------------


def test_a_click_and_new_words_are_counted_with_the_words_and_the_kind():
    token = note_shown(request_of(), "letbane", "", 4)
    note_event(token, "klik")
    note_event(token, "omskrevet")
    for text in ("letbane", ""):
        assert (row(text).clicked, row(text).reformulated) == (1, 1)


def test_told_a_hundred_times_there_are_no_more_clicks_than_searches():
    token = note_shown(request_of(), "letbane", "", 4)
    for _time in range(100):
        note_event(token, "klik")
        note_event(token, "omskrevet")
    assert (row().clicked, row().reformulated) == (1, 1)


def test_a_click_where_nothing_was_found_is_no_result_opened():
    note_event(note_shown(request_of(), "letbane", "", 0), "klik")
    assert row().clicked == 0


@pytest.mark.parametrize("event", ["", "slet", "klik'--", "searches"])
def test_an_event_nobody_knows_changes_nothing(event):
    token = note_shown(request_of(), "letbane", "", 4)
    note_event(token, event)
    assert (row().clicked, row().reformulated, row().searches) == (0, 0, 1)


def test_a_token_counts_for_half_an_hour(monkeypatch):
    token = note_shown(request_of(), "letbane", "", 4)
    now = signing.time.time()
    monkeypatch.setattr(signing.time, "time", lambda: now + TOKEN_AGE.total_seconds() + 2)
    note_event(token, "klik")
    assert row().clicked == 0
    monkeypatch.setattr(signing.time, "time", lambda: now + TOKEN_AGE.total_seconds() - 5)
    note_event(token, "klik")
    assert row().clicked == 1


@pytest.mark.parametrize(
    "token", ["", "x", "a:b:c", "\0", "æ" * 5_000, signing.dumps([[1, 2], True], salt="andet")], ids=range(6)
)
def test_a_wrong_token_is_answered_like_a_right_one(visitor, token):
    right = note_shown(request_of(), "letbane", "", 4)
    answers = [visitor.get(reverse("search-heard"), {"bevis": each, "h": "klik"}) for each in (token, right)]
    for answer in answers:
        assert (answer.status_code, answer.content, answer.headers["Cache-Control"]) == (204, b"", "no-store")
    assert row().clicked == 1


def test_only_a_get_is_heard(visitor):
    address = reverse("search-heard") + f"?h=klik&bevis={note_shown(request_of(), 'letbane', '', 4)}"
    assert visitor.post(address).status_code == 405
    assert visitor.head(address).status_code == 204
    assert row().clicked == 0


def test_the_page_of_results_notes_its_first_page_only(visitor, campaign):
    shown = visitor.get("/soeg/?q=landsbyer").content.decode()
    token = re.search(r'data-token="([^"]+)"', shown)[1]
    visitor.get(reverse("search-heard"), {"bevis": token, "h": "klik"})
    visitor.get("/soeg/?q=landsbyer&side=2")
    assert (row("landsbyer").searches, row("landsbyer").clicked) == (1, 1)


# --- fewer than five --------------------------------------------------------------------------------


def everything(user):
    """All that the insight and the desk show to someone."""
    me = As(user)
    return me.reads("search_insight") + me.reads("wagtailadmin_home")


def test_of_four_askers_nothing_is_shown_and_of_five_it_is():
    house = House()
    editor = house.users["Redaktør"]
    askers(4, "hemmelig plan")
    shown = everything(editor)
    assert "hemmelig plan" not in shown and "Færre end 5 har søgt" in shown
    assert (
        insight_figures.weeks()[-1].tally is None and not insight_figures.words(12) and not insight_figures.kinds(12)
    )
    SearchWeek.objects.all().delete()
    askers(5, "hemmelig plan")
    shown = everything(editor)
    assert "hemmelig plan" in shown
    assert insight_figures.weeks()[-1].tally.searches == 5


def test_four_who_search_a_hundred_times_are_still_four():
    askers(5, "busser")
    for _time in range(20):
        askers(4, "hemmelig plan")
    assert [one.label for one in insight_figures.words(1)] == ["busser"]


def test_a_word_is_counted_over_its_kinds():
    tokens = askers(3, "letbane") + askers(5, "letbane", "metode")[3:]
    assert len(tokens) == 5
    (word,) = insight_figures.words(1)
    assert (word.label, word.searches) == ("letbane", 8)


def test_a_kind_of_few_stands_among_others_and_takes_the_smallest_with_it():
    many, some, few = Tally(20, bits=2**9 - 1), Tally(9, bits=2**6 - 1), Tally(2, bits=3 << 200)
    assert tallies.kept_apart({"": many, "metode": some}) == {"": many, "metode": some}
    assert tallies.kept_apart({"": many, "metode": some, "nyhed": few}) == {"": many, REST: some + few}
    assert tallies.kept_apart({"nyhed": few}) == {}
    assert tallies.kept_apart({"": many, "nyhed": few}) == {REST: many + few}


def test_words_of_few_are_deleted_when_their_week_is_over_and_the_sums_stay_true():
    askers(5, "letbane")
    askers(4, "hemmelig plan", "metode")
    week_ago()
    assert tidy() > 0
    assert set(SearchWeek.objects.values_list("text", "kind")) == {("letbane", ""), ("", REST)}
    (week,) = [week for week in insight_figures.weeks() if week.tally]
    assert week.tally.searches == 9
    assert tidy() == 0


def test_a_week_of_few_is_deleted_altogether():
    askers(4)
    week_ago()
    tidy()
    assert not SearchWeek.objects.exists()


def test_this_weeks_words_are_kept_so_that_more_may_ask():
    askers(4)
    assert tidy() == 0
    assert row().searches == 4


def test_the_first_search_of_a_week_tidies_and_deletes_the_old_secret():
    askers(4)
    SearchState.objects.filter(pk__startswith=SECRET).delete()
    SearchState.objects.create(pk=f"{SECRET}2026-01-05", value="gammel")
    week_ago()
    note_shown(request_of(), "busser", "", 1)
    assert not SearchWeek.objects.filter(text="letbane").exists()
    assert [one.pk for one in SearchState.objects.filter(pk__startswith=SECRET)] == [
        f"{SECRET}{monday(timezone.localdate())}"
    ]


def test_what_is_a_year_old_is_deleted():
    askers(5)
    week_ago(52)
    tidy()
    assert SearchWeek.objects.exists()
    week_ago(54)
    tidy()
    assert not SearchWeek.objects.exists()


# --- the report -------------------------------------------------------------------------------------


@pytest.fixture
def house(campaign):
    """The people of the redaction on the real site."""
    return House()


def test_the_report_tells_what_found_nothing_was_not_opened_and_was_asked_again():
    askers(6, "letbane", total=0)
    for token in askers(7, "tomme boliger", total=12)[:2]:
        note_event(token, "klik")
        note_event(token, "omskrevet")
    tables = {
        table.key: [line.label for line in table.rows] for table in insight_figures.tables(insight_figures.words(1))
    }
    assert tables == {
        "uden-resultat": ["letbane"],
        "uden-klik": ["tomme boliger"],
        "omskrevet": ["tomme boliger"],
        "mest-soegt": ["tomme boliger", "letbane"],
    }
    (week,) = [week for week in insight_figures.weeks() if week.tally]
    assert (week.tally.searches, week.tally.without_results, week.tally.without_click) == (13, 6, 5)


def test_periods_hold_their_weeks_and_an_odd_one_is_the_usual():
    askers(5, "letbane")
    week_ago(2)
    askers(5, "busser")
    assert [one.label for one in insight_figures.words(1)] == ["busser"]
    assert [one.label for one in insight_figures.words(4)] == ["busser", "letbane"]
    me = As(House().users["Redaktør"])
    for asked in ("1", "12", "0", "x", "²", "-1", "9" * 50):
        assert me.sees("search_insight", uger=asked)


def test_the_report_asks_few_queries_and_no_more_for_more_words(house):
    me = As(house.users["Administrator"])
    askers(5, "letbane")
    me.reads("search_insight")
    counts = []
    for number in (1, 12):
        for word in range(number):
            askers(5, f"ord {'abcdefghijklm'[word]}", "metode")
        with CaptureQueriesContext(connection) as asked:
            me.reads("search_insight")
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 25


def test_the_choice_of_a_draft_asks_few_queries(campaign):
    me = As(a_writer())
    me.reads("search_draft")
    with CaptureQueriesContext(connection) as asked:
        me.reads("search_draft")
    assert len(asked) <= 25


def test_a_word_that_is_markup_stands_as_text():
    askers(5, "<script>alert(1)</script>")
    shown = everything(House().users["Redaktør"])
    assert "&lt;script&gt;alert(1)" in shown and "<script>alert(1)" not in shown


def test_from_a_word_without_results_one_click_leads_to_synonym_page_and_draft(campaign):
    askers(5, "letbane & nærbane")
    me = As(a_writer())
    shown = me.reads("search_insight")
    ways = dict(re.findall(r'href="([^"]+)">(Lav synonym|Fremhæv en side|Lav kladde)<', shown))
    ways = {label: address.replace("&amp;", "&") for address, label in ways.items()}
    assert set(ways) == {"Lav synonym", "Fremhæv en side", "Lav kladde"}
    for label in ("Lav synonym", "Fremhæv en side"):
        assert "letbane &amp; nærbane</textarea>" in me.client.get(ways[label]).content.decode().replace("\n</", "</")
    choice = me.client.get(ways["Lav kladde"]).content.decode()
    assert "Hvad skal svare på »Letbane &amp; nærbane«?" in choice


def test_a_draft_opens_with_the_words_as_title_and_is_saved_as_any_other_page(campaign):
    me = As(a_writer())
    choice = me.client.get(reverse("search_draft"), {"titel": "ærø letbane"}).content.decode()
    address = re.search(r'href="([^"]+methods/methodpage/[^"]+)"', choice)[1].replace("&amp;", "&")
    assert me.client.post(address).status_code == 405
    shown = me.client.get(address).content.decode()
    assert not MethodPage.objects.filter(title="Ærø letbane").exists()
    target = re.search(r'<form[^>]*?id="page-edit-form"[^>]*?action="([^"]+)"', shown, re.DOTALL)[1]
    form = dict(querydict_from_html(shown, form_id="page-edit-form").lists())
    assert me.client.post(target, {**form, "body-count": "0", "steps-count": "0"}).status_code == 302
    page = MethodPage.objects.get(title="Ærø letbane")
    assert (page.slug, page.live) == ("aeroe-letbane", False)


def a_writer():
    return get_user_model().objects.create_superuser("skriver@forkant.example")


def test_a_draft_asks_the_same_rights_as_wagtails_own_form(house):
    index = MethodPage.objects.live().first().get_parent()
    place = ["methods", "methodpage", index.pk]
    assert As(a_writer()).sees("search_draft_form", *place)
    assert not As(house.users[CHECKER]).sees("search_draft_form", *place)
    assert not As(house.users["Redaktør"]).sees("search_draft_form", *place)  # writes below her own front page alone


# --- who may ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", [*ROLES, MEMBER])
def test_insight_and_rules_are_the_writers_and_nobody_elses(who):
    askers(5, "letbane")
    house = House()
    me = As(house.users[who])
    may = who in WRITERS
    assert me.sees("search_insight") is may
    draft = me.client.get(reverse("search_draft"), {"titel": "letbane"}, follow=True).content.decode()
    assert ("page-edit-form" in draft and "Letbane" in draft) is may
    for model in (Synonym, Promotion):
        for name in ("list", "add"):
            assert me.sees(model.snippet_viewset.get_url_name(name)) is may
    desk = me.client.get(reverse("wagtailadmin_home")).content.decode()
    assert ("letbane" in desk) is may


def test_a_stranger_is_led_to_the_door(visitor):
    for name in ("search_insight", "search_draft"):
        answer = visitor.get(reverse(name))
        assert answer.status_code == 302 and answer.url.startswith("/admin/login/")


def test_the_desk_tells_of_last_week_while_this_one_has_too_few():
    askers(5, "letbane", total=0)
    week_ago()
    shown = As(House().users["Udgiver"]).reads("wagtailadmin_home")
    number = (monday(timezone.localdate()) - WEEK).isocalendar().week
    assert f"Søgning i uge {number}" in shown and "5 (100,0" in shown and "letbane" in shown
