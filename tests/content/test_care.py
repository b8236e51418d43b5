"""»Passer stadig«: the date moves a year, and nothing that is being written is lost or published by it."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from wagtail.models import PageLogEntry, Revision

from content.care import a_year_from, change_care, give, review_words, still_fits
from methods.models import MethodPage
from tests.desk import care, draft_of, group, in_days, person, workflow_of

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)
NEXT_YEAR = date(2027, 11, 23)


@pytest.fixture
def editor(campaign):
    return person(group("Redaktør", "add", "change"), name="Rikke Redaktør")


@pytest.fixture
def page(campaign):
    return care(MethodPage.objects.live().first(), review_on=date(2026, 10, 14))


def test_a_page_that_fits_is_looked_at_again_in_a_year(editor, page):
    assert still_fits(editor, page, TODAY) == NEXT_YEAR
    page.refresh_from_db()
    assert page.review_on == NEXT_YEAR
    assert page.get_latest_revision_as_object().review_on == NEXT_YEAR


def test_what_readers_see_is_unchanged_and_nothing_is_left_to_publish(editor, page):
    before = (page.title, page.summary, page.last_published_at, page.first_published_at)
    still_fits(editor, page, TODAY)
    page.refresh_from_db()
    assert (page.title, page.summary, page.last_published_at, page.first_published_at) == before
    assert page.live
    assert not page.has_unpublished_changes
    assert page.live_revision_id == page.latest_revision_id


def test_a_draft_of_another_is_neither_lost_nor_published_and_stays_theirs(editor, page):
    writer = person(group("Redaktør"), name="Pia Penneholder")
    live = page.summary
    draft_of(page, writer, summary="En ny begyndelse.", title="Et nyt navn")
    still_fits(editor, page, TODAY)
    page.refresh_from_db()
    assert (page.summary, page.review_on, page.has_unpublished_changes) == (live, NEXT_YEAR, True)
    assert page.draft_title == "Et nyt navn"
    draft = page.get_latest_revision_as_object()
    assert (draft.summary, draft.review_on) == ("En ny begyndelse.", NEXT_YEAR)
    assert page.latest_revision.user == writer


def test_publishing_the_draft_afterwards_keeps_the_new_date(editor, page):
    draft_of(page, editor, summary="En ny begyndelse.")
    still_fits(editor, page, TODAY)
    page.refresh_from_db()
    page.latest_revision.publish()
    page.refresh_from_db()
    assert (page.summary, page.review_on) == ("En ny begyndelse.", NEXT_YEAR)


def test_no_revision_is_lost(editor, page):
    draft_of(page, editor, summary="En ny begyndelse.")
    before = set(Revision.objects.for_instance(page).values_list("pk", flat=True))
    still_fits(editor, page, TODAY)
    assert before < set(Revision.objects.for_instance(page).values_list("pk", flat=True))


def test_the_history_of_the_page_tells_who_said_it(editor, page):
    still_fits(editor, page, TODAY)
    entry = PageLogEntry.objects.filter(page_id=page.pk).latest("timestamp")
    assert entry.user == editor
    assert entry.message == "Set efter: siden passer stadig. Ses efter igen 23. november 2027."


def test_someone_without_the_right_to_edit_changes_nothing(page):
    stranger = person(group("Fotograf", "add"))
    with pytest.raises(PermissionDenied, match="ikke lov"):
        still_fits(stranger, page, TODAY)
    page.refresh_from_db()
    assert page.review_on == date(2026, 10, 14)


def refused(editor, page, why):
    number = Revision.objects.for_instance(page).count()
    with pytest.raises(PermissionDenied, match=why):
        still_fits(editor, page, TODAY)
    page.refresh_from_db()
    assert page.review_on != NEXT_YEAR
    assert Revision.objects.for_instance(page).count() == number


def test_a_page_in_workflow_is_left_as_it_is(editor, page):
    draft_of(page, editor, summary="En ny begyndelse.")
    workflow_of(group("Fagtjekker", "change")).start(page, editor)
    refused(editor, page, "under tjek")


def test_a_page_that_waits_for_its_date_is_left_as_it_is(editor, page):
    page.save_revision(user=editor, approved_go_live_at="2099-01-01T10:00:00Z")
    page.refresh_from_db()
    refused(editor, page, "valgt dato")


def test_a_page_that_another_locked_is_left_as_it_is(editor, page):
    other = person(group("Udgiver", "change", "publish"))
    care(page, locked=True, locked_by=other)
    refused(editor, page, "låst")


def test_a_page_that_was_never_published_is_left_as_it_is(editor, page):
    care(page, live=False)
    refused(editor, page, "ikke udgivet")


def test_owners_are_given_beside_a_draft(editor, page):
    keeper = person(group("Redaktør"), name="Karen Kender")
    draft_of(page, editor, summary="En ny begyndelse.")
    give(editor, page, content_owner=keeper)
    page.refresh_from_db()
    assert page.content_owner == keeper
    assert page.get_latest_revision_as_object().content_owner == keeper
    assert page.has_unpublished_changes
    entry = PageLogEntry.objects.filter(page_id=page.pk).latest("timestamp")
    assert entry.message == "Ansvarlig er nu Karen Kender."


def test_a_care_that_cannot_be_written_to_the_history_is_not_written_at_all(editor, page, monkeypatch):
    def fails(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr("content.care.log", fails)
    with pytest.raises(RuntimeError):
        change_care(editor, page, "content.still_fits", review_on=NEXT_YEAR)
    assert MethodPage.objects.get(pk=page.pk).review_on == date(2026, 10, 14)


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (-40, "Forfaldt for 40 dage siden"),
        (-1, "Forfaldt i går"),
        (0, "Skal ses efter i dag"),
        (1, "Om 1 dag"),
        (21, "Om 21 dage"),
    ],
)
def test_how_far_away_the_review_is_stands_in_words(days, words):
    assert review_words(in_days(days), in_days(0)) == words
    assert review_words(None, in_days(0)) == "Ingen dato"


def test_a_year_from_the_leap_day_is_the_last_of_february():
    assert a_year_from(date(2028, 2, 29)) == date(2029, 2, 28)
