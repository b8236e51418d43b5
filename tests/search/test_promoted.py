"""»Redaktionen anbefaler«: for those who search for just that, in its time, and only what they may read."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page, PageViewRestriction

from methods.models import MethodPage
from search.models import Promotion
from search.promoted import promoted_for
from tests.redaction import As, House

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


@pytest.fixture
def pages(campaign):
    return list(MethodPage.objects.live().order_by("pk")[:4])


def promote(page, queries="tomme huse", **fields):
    return Promotion.objects.create(page=Page.objects.get(pk=page.pk), queries=queries, reason="Begynd her.", **fields)


def titles(text, user=None):
    return [one.card.title for one in promoted_for(text, user or AnonymousUser())]


def test_a_page_is_recommended_with_its_reason_whatever_the_order_and_form_of_the_words(pages):
    promote(pages[0], "boligpolitik\ntomme huse")
    for text in ("tomme huse", "Huse, tomme", "tomt hus", "tomme huse i", "boligpolitikken"):
        (one,) = promoted_for(text, AnonymousUser())
        assert (one.card.title, one.reason) == (pages[0].title, "Begynd her."), text


@pytest.mark.parametrize("text", ["huse", "tomme huse Lemvig", "tomme boliger", "", "!!!", '"', "\0", "a" * 10_000])
def test_another_search_gets_nothing(pages, text):
    promote(pages[0])
    assert titles(text) == []


def test_a_promotion_is_in_force_from_its_first_day_to_its_last(pages):
    day = timedelta(days=1)
    promote(pages[0], since=TODAY(), until=TODAY())
    promote(pages[1], since=TODAY() + day)
    promote(pages[2], until=TODAY() - day)
    assert titles("tomme huse") == [pages[0].title]


def test_at_most_three_are_shown_in_the_editors_order_and_each_page_once(pages):
    for place, page in enumerate(reversed(pages)):
        promote(page, sort_order=place)
    promote(pages[3], sort_order=9)
    assert titles("tomme huse") == [page.title for page in pages[:0:-1]]


def test_a_page_that_is_closed_or_gone_is_recommended_to_nobody_and_opens_again(pages):
    promote(pages[0])
    closed = PageViewRestriction.objects.create(page=pages[0], restriction_type=PageViewRestriction.LOGIN)
    assert titles("tomme huse") == []
    closed.delete()
    assert titles("tomme huse") == [pages[0].title]
    pages[0].unpublish()
    assert titles("tomme huse") == []


def test_without_a_promotion_it_costs_one_query_and_with_one_those_of_the_cards(pages, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert titles("tomme huse") == []
    for page in pages:
        promote(page, "andet")
    with django_assert_num_queries(1):
        assert titles("tomme huse") == []


def test_the_reader_sees_it_beside_the_results(pages, visitor):
    promote(pages[0], "landsbyer")
    Promotion.objects.update(reason="Læs <b>den</b> først.")
    shown = visitor.get("/soeg/?q=landsbyer").content.decode()
    assert "Redaktionen anbefaler" in shown and "Læs &lt;b&gt;den&lt;/b&gt; først." in shown
    assert "Redaktionen anbefaler" not in visitor.get("/soeg/?q=kommune").content.decode()


# --- in the admin -----------------------------------------------------------------------------------


def test_an_editor_promotes_a_page_and_faults_stand_at_the_field(pages):
    house = House()
    me = As(house.users["Redaktør"])
    add = Promotion.snippet_viewset.get_url_name("add")
    form = {"queries": "tomme huse", "page": pages[0].pk, "reason": "Begynd her.", "sort_order": 0}
    said = me.posts(add, **form, since="2026-11-24", until="2026-11-23").content.decode()
    assert "Datoen ligger før den første dag." in said and not Promotion.objects.exists()
    assert me.posts(add, **form, since="", until="").status_code == 302
    assert titles("tomme huse") == [pages[0].title]
    assert pages[0].title in me.reads(Promotion.snippet_viewset.get_url_name("list"))


def test_a_page_that_cannot_be_found_in_the_search_cannot_be_promoted(pages):
    rule = Promotion(queries="tomme huse", page=Page.get_first_root_node(), reason="Begynd her.")
    with pytest.raises(ValidationError, match="kan ikke findes"):
        rule.full_clean()
    rule.page = Page.objects.get(pk=pages[0].pk)
    rule.full_clean()


def test_a_promotion_goes_with_its_page(pages):
    promote(pages[0])
    Page.objects.get(pk=pages[0].pk).delete()
    assert not Promotion.objects.exists()


def test_a_word_comes_along_from_the_insight(campaign):
    me = As(House().users["Udgiver"])
    address = reverse(Promotion.snippet_viewset.get_url_name("add"))
    assert "tomme huse</textarea>" in me.client.get(address, {"ord": "tomme huse"}).content.decode().replace(
        "\n</", "</"
    )
