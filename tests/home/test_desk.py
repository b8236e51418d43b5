"""The front page of the admin: what waits, what is being written, what is to be looked at again."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.models import CaseIndexPage, CaseStoryPage
from content.care import a_year_from
from home.desk import SHOWN, drafts_of, due_pages, returned_to, waiting_for
from methods.models import MethodIndexPage, MethodPage
from tests.desk import care, draft_of, group, in_days, person, workflow_of
from tests.factories import CaseStoryPageFactory

pytestmark = pytest.mark.django_db
HOME_BOUND = 25


@pytest.fixture
def writers(campaign):
    return group("Redaktør", "add", "change")


@pytest.fixture
def checkers(campaign):
    return group("Fagtjekker", "change")


@pytest.fixture
def editor(writers):
    return person(writers, name="Rikke Redaktør")


@pytest.fixture
def checker(checkers):
    return person(checkers, name="Tom Tjekker")


def story(owner, title="Brev til ejere af tomme huse"):
    page = CaseStoryPageFactory(
        parent=CaseIndexPage.objects.get(), title=title, live=False, has_unpublished_changes=True, owner=owner
    )
    page.save_revision(user=owner)
    return page


def home(client, user):
    client.force_login(user)
    return client.get(reverse("wagtailadmin_home")).content.decode()


# --- waiting for me -------------------------------------------------------------------------------------


def test_a_page_sent_to_my_group_waits_for_me_and_not_for_its_writer(editor, checker, checkers):
    page = story(editor)
    workflow_of(checkers).start(page, editor)
    (row,) = waiting_for(checker)
    assert (row.page.pk, row.task, row.sent_by) == (page.pk, "Fagligt tjek", "Rikke Redaktør")
    assert waiting_for(editor) == []


def test_a_page_that_was_checked_waits_no_more(editor):
    publishers = group("Udgiver", "change", "publish")
    checker, checkers = person(publishers), publishers
    page = story(editor)
    workflow_of(checkers).start(page, editor)
    assert len(waiting_for(checker)) == 1
    page.current_workflow_task_state.approve(user=checker)
    assert waiting_for(checker) == []


def test_a_page_sent_back_comes_to_its_writer_with_what_was_said(client, editor, checker, checkers):
    page = story(editor)
    workflow_of(checkers).start(page, editor)
    page.current_workflow_task_state.reject(user=checker, comment="Kilden i trin 2 <b>mangler</b>.")
    (row,) = returned_to(editor)
    assert (row.page.pk, row.said_by, row.comment) == (page.pk, "Tom Tjekker", "Kilden i trin 2 <b>mangler</b>.")
    assert returned_to(checker) == []
    html = home(client, editor)
    assert "Kilden i trin 2 &lt;b&gt;mangler&lt;/b&gt;." in html


# --- my pages -------------------------------------------------------------------------------------------


def test_my_pages_are_what_i_wrote_last_or_own_and_nobody_elses(editor, writers):
    other = person(writers)
    mine, touched, foreign = story(editor), story(other, "Min rettelse"), story(other, "En andens")
    draft_of(touched, editor, summary="Jeg skriver videre.")
    shown = [row.page.pk for row in drafts_of(editor)]
    assert shown == [touched.pk, mine.pk]
    assert foreign.pk in [row.page.pk for row in drafts_of(other)]


def test_a_published_page_without_a_draft_is_not_among_my_pages(editor):
    page = story(editor)
    page.latest_revision.publish()
    assert drafts_of(editor) == []


def test_my_pages_are_gone_when_i_may_no_longer_edit_them(editor):
    story(editor)
    editor.groups.clear()
    assert drafts_of(type(editor).objects.get(pk=editor.pk)) == []


# --- to be looked at again ------------------------------------------------------------------------------


@pytest.fixture
def methods(campaign):
    return list(MethodPage.objects.live()[:6])


def test_due_pages_are_mine_first_then_where_i_stand_in_then_the_others(editor, methods):
    other, standing_in, mine, far, undated, near = methods
    care(other, review_on=in_days(-40))
    care(standing_in, review_on=in_days(6), backup_owner=editor)
    care(mine, review_on=in_days(21), content_owner=editor)
    care(far, review_on=in_days(31), content_owner=editor)
    care(undated, review_on=None, content_owner=editor)
    care(near, review_on=in_days(30))
    rows, more = due_pages(editor, in_days(0))
    assert [row.page.pk for row in rows] == [mine.pk, standing_in.pk, other.pk, near.pk]
    assert [row.words for row in rows] == ["Om 21 dage", "Om 6 dage", "Forfaldt for 40 dage siden", "Om 30 dage"]
    assert [row.is_overdue for row in rows] == [False, False, True, False]
    assert more == 0


def test_a_page_i_may_not_edit_is_not_mine_to_look_at(methods):
    teller = person(group("Fortællere", "add", "change", on=CaseIndexPage.objects.get()))
    care(methods[0], review_on=in_days(-1), content_owner=teller)
    assert due_pages(teller, in_days(0)) == ([], 0)


def test_more_than_fit_are_counted(editor):
    for page in MethodPage.objects.live()[: SHOWN + 3]:
        care(page, review_on=in_days(-1))
    rows, more = due_pages(editor, in_days(0))
    assert (len(rows), more) == (SHOWN, 3)


def test_a_page_in_workflow_says_so_instead_of_offering_the_button(client, editor, checkers, methods):
    page = care(methods[0], review_on=in_days(-1))
    assert reverse("still_fits", args=[page.pk]) in home(client, editor)
    workflow_of(checkers).start(draft_of(page, editor, summary="På vej."), editor)
    html = home(client, editor)
    assert reverse("still_fits", args=[page.pk]) not in html
    assert "Siden er under tjek." in html


def test_one_press_moves_the_date_a_year_and_goes_home(client, editor, methods):
    page = care(methods[0], review_on=in_days(-1))
    client.force_login(editor)
    response = client.post(reverse("still_fits", args=[page.pk]), follow=True)
    page.refresh_from_db()
    assert page.review_on == a_year_from(in_days(0))
    assert response.redirect_chain[-1][0] == reverse("wagtailadmin_home")
    assert f"»{page.title}« passer stadig." in response.content.decode()


def test_following_the_address_as_a_link_changes_nothing(client, editor, methods):
    page = care(methods[0], review_on=in_days(-1))
    client.force_login(editor)
    assert client.get(reverse("still_fits", args=[page.pk])).status_code == 405
    page.refresh_from_db()
    assert page.review_on == in_days(-1)


def test_a_form_from_another_site_changes_nothing(editor, methods):
    from django.test import Client

    page = care(methods[0], review_on=in_days(-1))
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(editor)
    assert strict.post(reverse("still_fits", args=[page.pk])).status_code == 403
    page.refresh_from_db()
    assert page.review_on == in_days(-1)


def test_the_press_of_one_without_rights_on_the_page_changes_nothing(client, methods):
    teller = person(group("Fortællere", "add", "change", on=CaseIndexPage.objects.get()))
    page = care(methods[0], review_on=in_days(-1))
    client.force_login(teller)
    assert client.post(reverse("still_fits", args=[page.pk])).status_code == 404
    page.refresh_from_db()
    assert page.review_on == in_days(-1)


def test_the_press_of_one_who_may_only_add_is_refused_in_words(client, methods):
    adder = person(group("Fotografer", "add"))
    page = care(methods[0], review_on=in_days(-1))
    client.force_login(adder)
    response = client.post(reverse("still_fits", args=[page.pk]), follow=True)
    assert "Du har ikke lov til at redigere siden." in response.content.decode()
    page.refresh_from_db()
    assert page.review_on == in_days(-1)


# --- the whole ------------------------------------------------------------------------------------------


def test_empty_panels_say_what_will_stand_there(client, editor):
    html = home(client, editor)
    assert "Ingen venter på dig." in html
    assert "Du har ingen kladder." in html
    assert "Intet er forfaldet." in html


def ways(html):
    return re.findall(r"(Skriv en casefortælling|Tilføj en metode|Tilføj et værktøj|Skriv en nyhed)<", html)


def test_short_ways_are_for_those_who_may(client, editor, checker):
    assert ways(home(client, editor)) == [
        "Skriv en casefortælling",
        "Tilføj en metode",
        "Tilføj et værktøj",
        "Skriv en nyhed",
    ]
    assert ways(home(client, checker)) == []
    only_methods = person(group("Metodefolk", "add", on=MethodIndexPage.objects.get()))
    assert ways(home(client, only_methods)) == ["Tilføj en metode"]


def test_every_short_way_leads_to_an_empty_form(client, editor):
    html = home(client, editor)
    addresses = re.findall(r'href="(/admin/pages/add/[^"]+)"', html)
    assert addresses
    assert {client.get(address).status_code for address in addresses} == {200}


def queries(client, user):
    home(client, user)
    with CaptureQueriesContext(connection) as asked:
        client.get(reverse("wagtailadmin_home"))
    return len(asked)


def test_the_front_page_asks_as_often_of_much_as_of_little(client, editor, checker, checkers):
    workflow = workflow_of(checkers)

    def more(number, title):
        for n in range(number):
            page = story(editor, f"{title} {n}")
            workflow.start(page, editor)
            if n % 2:
                page.current_workflow_task_state.reject(user=checker, comment="Kilden mangler.")
        for page in MethodPage.objects.live()[:number]:
            care(page, review_on=in_days(-1), content_owner=editor)

    more(2, "Få")
    few = queries(client, editor), queries(client, checker)
    more(7, "Mange")
    assert (queries(client, editor), queries(client, checker)) == few
    assert max(few) <= HOME_BOUND


def test_the_drafts_of_a_story_are_in_its_list_too(client, editor):
    page = story(editor)
    client.force_login(editor)
    assert page.title in client.get(reverse("casefortaellinger:index")).content.decode()
    assert CaseStoryPage.objects.filter(live=False).count() == 1
