"""Several pages at once: each is asked about, and the foreign ones are named and left alone."""

from datetime import date
from urllib.parse import urlencode

import pytest
from django.urls import reverse
from wagtail.models import Page

from cases.models import CaseStoryPage
from content.care import a_year_from
from methods.models import MethodIndexPage, MethodPage
from tests.desk import care, draft_of, group, in_days, person

pytestmark = pytest.mark.django_db
OLD = date(2026, 1, 1)


@pytest.fixture
def keeper(campaign):
    """May edit methods, and nothing else."""
    return person(group("Metodefolk", "add", "change", on=MethodIndexPage.objects.get()), name="Mette Metode")


@pytest.fixture
def own(campaign):
    return [care(page, review_on=OLD) for page in MethodPage.objects.live()[:2]]


@pytest.fixture
def foreign(campaign):
    return [care(page, review_on=OLD) for page in CaseStoryPage.objects.live()[:2]]


def address(action, pages, **more):
    query = urlencode([*(("id", page.pk) for page in pages), *more.items()])
    return reverse("wagtail_bulk_action", args=["wagtailcore", "page", action]) + f"?{query}"


def dates(pages):
    return [type(page).objects.get(pk=page.pk).review_on for page in pages]


def test_pages_that_fit_move_a_year_and_foreign_ones_do_not(client, keeper, own, foreign):
    client.force_login(keeper)
    assert client.post(address("still_fits", [*own, *foreign])).status_code == 302
    assert dates(own) == [a_year_from(in_days(0))] * 2
    assert dates(foreign) == [OLD] * 2


def test_the_question_names_those_that_are_left_alone_and_says_why(client, keeper, own, foreign):
    client.force_login(keeper)
    html = client.get(address("still_fits", [*own, *foreign])).content.decode()
    for page in foreign:
        assert f"<b>{page.title}</b>: Du har ikke lov til at redigere siden." in html
    for page in own:
        assert f"<b>{page.title}</b>" not in html
        assert page.title in html


def test_the_history_of_each_page_tells_of_it(client, keeper, own):
    client.force_login(keeper)
    client.post(address("still_fits", own))
    for page in own:
        html = client.get(reverse("wagtailadmin_pages:history", args=[page.pk])).content.decode()
        assert "Set efter: siden passer stadig." in html


def test_with_foreign_pages_alone_there_is_nothing_to_confirm(client, keeper, foreign):
    client.force_login(keeper)
    html = client.get(address("still_fits", foreign)).content.decode()
    assert "Ja, de passer stadig" not in html
    client.post(address("still_fits", foreign))
    assert dates(foreign) == [OLD] * 2


def test_asking_alone_changes_nothing(client, keeper, own):
    client.force_login(keeper)
    client.get(address("still_fits", own))
    assert dates(own) == [OLD] * 2


def test_all_without_a_page_above_means_nobody(client, keeper, own):
    client.force_login(keeper)
    url = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "still_fits"]) + "?id=all"
    assert client.post(url).status_code == 404
    assert dates(own) == [OLD] * 2


def test_a_stranger_without_the_admin_changes_nothing(client, own):
    client.force_login(person())
    client.post(address("still_fits", own))
    assert dates(own) == [OLD] * 2


def test_owners_are_given_to_own_pages_alone(client, keeper, own, foreign):
    backup = person(group("Metodefolk"), name="Bo Bagved")
    draft_of(own[0], keeper, summary="På vej.")
    client.force_login(keeper)
    client.post(address("give", [*own, *foreign]), {"content_owner": keeper.pk, "backup_owner": backup.pk})
    for page in own:
        page.refresh_from_db()
        assert (page.content_owner, page.backup_owner) == (keeper, backup)
    assert own[0].has_unpublished_changes
    for page in foreign:
        page.refresh_from_db()
        assert page.content_owner is None


def test_an_owner_that_is_not_chosen_stays(client, keeper, own):
    care(own[0], backup_owner=keeper)
    client.force_login(keeper)
    client.post(address("give", own), {"content_owner": keeper.pk, "backup_owner": ""})
    own[0].refresh_from_db()
    assert (own[0].content_owner, own[0].backup_owner) == (keeper, keeper)


def test_one_who_cannot_edit_pages_cannot_be_made_owner(client, keeper, own):
    stranger = person()
    client.force_login(keeper)
    response = client.post(address("give", own), {"content_owner": stranger.pk})
    assert response.status_code == 200
    own[0].refresh_from_db()
    assert own[0].content_owner is None


@pytest.mark.parametrize("action", ["delete", "unpublish", "publish", "move"])
def test_wagtails_own_actions_leave_foreign_pages_alone_too(client, keeper, foreign, action):
    client.force_login(keeper)
    client.post(address(action, foreign), {"chooser": MethodIndexPage.objects.get().pk})
    left = Page.objects.live().filter(pk__in=[page.pk for page in foreign])
    assert [page.get_parent().specific_class.__name__ for page in left] == ["CaseIndexPage"] * 2
