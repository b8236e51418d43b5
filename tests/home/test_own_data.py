"""What an editor takes along of her work in the admin: what she did and said there, and no page that is closed."""

import json

import pytest
from django.utils import timezone
from wagtail.log_actions import log
from wagtail.models import APIToken, Comment, CommentReply, ModelLogEntry, PageSubscription
from wagtail.users.models import UserProfile

from accounts.own_data import told_of, zipped
from methods.models import MethodPage
from tests.desk import care, draft_of, group, person, workflow_of
from tests.factories import SpaceFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(campaign):
    """She has left a row of every kind, also at a page and a space that are closed to her now."""
    checkers = group("Fagtjekker", "change")
    user = person(group("Redaktør", "add", "change"), checkers, name="Rikke Redaktør")
    open_page, closed = MethodPage.objects.live()[:2]
    care(open_page, content_owner=user)
    care(closed, backup_owner=user, live=False, title="Lukket side")
    for page in (open_page, closed):
        log(page, "wagtail.edit", user=user)
        PageSubscription.objects.create(user=user, page=page, comment_notifications=True)
    log(SpaceFactory(name="Skjult sal", kind="hidden"), "wagtail.edit", user=user)
    page = draft_of(open_page, user, summary="Ny kort tekst.")
    state = workflow_of(checkers).start(page, user).current_task_state
    state.task.on_action(state, user, "reject", comment="Skriv det kortere.")
    said = Comment.objects.create(page=page, user=user, text="Min kommentar.", contentpath="title")
    other = person(checkers, name="Tom Tjekker")
    CommentReply.objects.create(comment=said, user=user, text="Mit svar.")
    Comment.objects.create(
        page=page,
        user=other,
        text="Toms kommentar.",
        contentpath="title",
        resolved_by=user,
        resolved_at=timezone.now(),
    )
    UserProfile.get_for_user(user)
    APIToken.objects.create(user=user, name="Kalender", key_hash="hemmeligt", prefix="hem")
    assert ModelLogEntry.objects.filter(user=user).exists()
    return user


def test_an_editor_takes_along_what_she_did_and_said_and_no_name_of_what_is_closed(editor):
    told, text = told_of(editor), json.dumps(told_of(editor), default=str, ensure_ascii=False)
    for title in (
        "Sider, du har ansvar for",
        "Udgaver af sider, du har gemt",
        "Det, du har gjort ved sider",
        "Det, du har gjort ved andet i administrationen",
        "Sider, du har sendt til gennemsyn",
        "Gennemsyn, du har afsluttet",
        "Sider, hvis kommentarer du får mail om",
        "Din opsætning af administrationen",
        "Nøgler til programmer",
    ):
        assert told[title], title
    assert [row["Titel"] for row in told["Sider, du har ansvar for"]] == [
        MethodPage.objects.get(content_owner=editor).title
    ]
    for own in ("Min kommentar.", "Mit svar.", "Skriv det kortere.", "Kalender"):
        assert own in text
    for others in ("Toms kommentar.", "Tom Tjekker", "Lukket side", "Skjult sal", "hemmeligt"):
        assert others not in text
    assert zipped(editor)
