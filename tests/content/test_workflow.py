"""From draft to published: who is told what, when it may be edited, and that nothing comes back without a word."""

import re

import pytest
from django.contrib.auth.models import Group
from django.core import mail
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from wagtail.admin.mail import send_notification
from wagtail.models import Comment, CommentReply, TaskState
from wagtail.users.models import UserProfile

from content import editing
from content.approval import CheckTask
from home.roles import CHECKER, CHECKS, EDITOR, PUBLISHER
from tests.factories import InformationPageFactory
from tests.redaction import As, House, latest_title, make_user

pytestmark = pytest.mark.django_db
WHY = "Find stedet i kilden.\nTallet er <b>gammelt</b> & fra Vorbjerg."


@pytest.fixture
def house(db):
    return House()


@pytest.fixture
def after(django_capture_on_commit_callbacks):
    """Do something and return the mails that went out when it was committed."""

    def doing(action, *args, **kwargs):
        mail.outbox.clear()
        with django_capture_on_commit_callbacks(execute=True):
            action(*args, **kwargs)
        return list(mail.outbox)

    return doing


def html_of(message):
    return next(content for content, kind in message.alternatives if kind == "text/html")


def edit_address(page):
    return "http://127.0.0.1:8000" + reverse("wagtailadmin_pages:edit", args=[page.pk])


def by(house, role):
    return As(house.users[role])


# --- the whole way ----------------------------------------------------------------------------------


def test_the_whole_way_from_draft_to_published(house, after):
    writer, checker, publisher = by(house, EDITOR), by(house, CHECKER), by(house, PUBLISHER)
    page = InformationPageFactory(parent=house.front, title="Åbne møder", live=False, owner=writer.user)

    (to_checker,) = after(writer.edits, page, title="Åbne møder", **{"action-submit": "1"})
    assert to_checker.to == [checker.user.email]
    assert to_checker.subject == "Fagligt tjek: Åbne møder venter på jer"

    (sent_back,) = after(checker.answers_check, page, "reject", comment=WHY)
    assert sent_back.to == [writer.user.email]
    assert sent_back.subject == "Sendt tilbage: Åbne møder"

    (again,) = after(writer.edits, page, title="Åbne møder", summary="Bedre", **{"action-submit": "1"})
    assert again.to == [checker.user.email]
    assert "kommer nu igen" in again.body and WHY in again.body

    (to_publisher,) = after(checker.answers_check, page, "approve", comment="Godt set.")
    assert to_publisher.to == [publisher.user.email]
    assert to_publisher.subject == "Sprogtjek: Åbne møder venter på jer"
    assert "Godt set." in to_publisher.body
    page.refresh_from_db()
    assert not page.live

    (published,) = after(publisher.answers_check, page, "approve", comment="")
    assert published.to == [writer.user.email]
    assert published.subject == "Udgivet: Åbne møder"
    page.refresh_from_db()
    assert page.live and page.summary == "Bedre"


def test_a_page_cannot_be_sent_back_without_a_comment(house, after):
    page, checker = house.page_in("Fagligt tjek"), by(house, CHECKER)
    for nothing in ("", "   \n "):
        assert after(checker.answers_check, page, "reject", comment=nothing) == []
        assert page.current_workflow_task_state.status == TaskState.STATUS_IN_PROGRESS
    assert checker.answers_check(page, "reject", comment="Se kilden.") == "rejected"


def test_the_window_says_in_danish_that_the_comment_is_missing(house):
    page, checker = house.page_in("Fagligt tjek"), by(house, CHECKER)
    address = reverse(
        "wagtailadmin_pages:workflow_action", args=[page.pk, "reject", page.current_workflow_task_state.pk]
    )
    answer = checker.client.post(address, {"comment": " "}, headers={"x-requested-with": "XMLHttpRequest"})
    assert "Siden er ikke sendt tilbage endnu. Skriv, hvad der skal rettes" in answer.json()["html"]


def test_a_return_without_a_comment_is_refused_from_the_edit_form_too(house):
    """There Wagtail takes the comment as JSON and does not ask our form."""
    page, checker = house.page_in("Fagligt tjek"), by(house, CHECKER)
    sent = {"action-workflow-action": "1", "workflow-action-name": "reject"}
    checker.edits(page, **sent, **{"workflow-action-extra-data": '{"comment": ""}'})
    assert page.current_workflow_task_state.status == TaskState.STATUS_IN_PROGRESS
    checker.edits(page, **sent, **{"workflow-action-extra-data": '{"comment": "Se kilden."}'})
    assert page.workflow_states.get().status == "needs_changes"


@pytest.mark.parametrize("action", ["approve", "reject"])
def test_the_window_of_each_answer_says_what_to_look_at(house, action):
    page = house.page_in("Fagligt tjek")
    address = reverse(
        "wagtailadmin_pages:workflow_action", args=[page.pk, action, page.current_workflow_task_state.pk]
    )
    shown = by(house, CHECKER).client.get(address).json()["html"]
    assert all(line in shown for line in CHECKS[0].look_for[:2])
    assert by(house, EDITOR).client.get(address).status_code == 302


# --- the mails --------------------------------------------------------------------------------------


def test_the_mail_to_the_group_says_enough_to_act_on(house, after):
    page = house.page(title="Møder & <em>mad</em>")
    page.save_revision()
    (message,) = after(page.get_workflow().start, page, house.other)
    today = timezone.localtime().strftime("%Y")
    for text in (message.body, html_of(message)):
        assert "Om siden, sendt af Anden (opdigtet)" in text and today in text
        assert edit_address(page) in text
        assert "Du får denne mail, fordi du er i gruppen Fagtjekker" in text
        assert "http://127.0.0.1:8000" + reverse("wagtailadmin_account") in text
        assert all(line in text for line in CHECKS[0].look_for[:2])
    assert "»Møder & <em>mad</em>« venter på Fagligt tjek" in message.body
    assert "»Møder &amp; &lt;em&gt;mad&lt;/em&gt;« venter på Fagligt tjek" in html_of(message)
    assert "Møder & <em>mad</em>" in message.subject


def test_the_mail_to_the_sender_carries_the_whole_comment(house, after):
    page = house.page_in("Fagligt tjek")
    (message,) = after(by(house, CHECKER).answers_check, page, "reject", comment=WHY)
    assert WHY in message.body
    assert "Tallet er &lt;b&gt;gammelt&lt;/b&gt; &amp; fra Vorbjerg." in html_of(message)
    for text in (message.body, html_of(message)):
        assert "Fagtjekker (opdigtet) har set på siden i »Fagligt tjek«" in text
        assert edit_address(page) in text
        assert "fordi du sendte siden til tjek" in text


def test_the_mail_of_publishing_leads_to_the_page_as_it_now_stands(house, after):
    page = house.page_in("Sprogtjek")
    draft = page.get_latest_revision_as_object()
    draft.slug = "ny-adresse"
    draft.save_revision(user=house.users[PUBLISHER])
    (message,) = after(by(house, PUBLISHER).answers_check, page, "approve", comment="Fin tekst.")
    assert "http://127.0.0.1:8000/ny-adresse/" in message.body
    assert "Fin tekst." in message.body and "Fin tekst." in html_of(message)
    assert "Udgiver (opdigtet) har godkendt siden til sidst" in message.body


def test_mails_hold_nothing_from_elsewhere_and_no_english(house, after):
    page = house.page()
    page.save_revision()
    messages = after(page.get_workflow().start, page, house.other)
    messages += after(by(house, CHECKER).answers_check, page, "reject", comment="Se kilden.")
    for message in messages:
        assert not re.search(r"<img|<link|src=|url\(|@import", html_of(message))
        for text in (message.subject, message.body, html_of(message)):
            assert not re.search(
                r"\b(page|has been|moderation|Hello|here)\b", re.sub(r"https?://\S+|<[^>]+>", "", text)
            )


def test_nobody_is_told_of_what_was_rolled_back(house, after):
    def start_and_fail(page):
        with transaction.atomic():
            page.get_workflow().start(page, house.other)
            transaction.set_rollback(True)

    page = house.page()
    page.save_revision()
    assert after(start_and_fail, page) == []
    assert len(after(page.get_workflow().start, page, house.other)) == 1


def test_all_in_the_group_get_the_mail_but_not_who_acted(house, after):
    second = make_user("Anden-fagtjekker", CHECKER)
    page = house.page()
    page.save_revision()
    assert {to for message in after(page.get_workflow().start, page, second) for to in message.to} == {
        house.users[CHECKER].email
    }
    page = house.page()
    page.save_revision()
    both = after(page.get_workflow().start, page, house.other)
    assert {message.to[0] for message in both} == {second.email, house.users[CHECKER].email}


def test_who_publishes_her_own_page_gets_no_mail_about_it(house, after):
    publisher = by(house, PUBLISHER)
    page = house.page()
    page.save_revision()
    page.get_workflow().start(page, publisher.user)
    page.current_workflow_task_state.approve(user=house.users[CHECKER])
    assert after(publisher.answers_check, page, "approve", comment="") == []


@pytest.mark.parametrize(("is_wanted", "mails"), [(True, 1), (False, 0)])
def test_a_mail_that_was_turned_off_does_not_come(house, after, is_wanted, mails):
    UserProfile.objects.create(user=house.users[CHECKER], submitted_notifications=is_wanted)
    page = house.page()
    page.save_revision()
    assert len(after(page.get_workflow().start, page, house.other)) == mails


def test_an_administrator_who_may_step_in_gets_no_mails_of_the_checks(house, after):
    page = house.page()
    page.save_revision()
    assert all("administrator" not in message.to[0] for message in after(page.get_workflow().start, page, house.other))


def test_a_mail_about_comments_is_danish_and_says_what_was_written(house, after):
    page = house.page(title="Åbne møder")
    told = {
        "page": page,
        "editor": house.users[EDITOR],
        "new_comments": [Comment(text="Er det <nu> rigtigt?")],
        "resolved_comments": [Comment(text="Mangler kilde")],
        "deleted_comments": [],
        "replied_comments": [{"comment": Comment(text="Hvor mange?"), "replies": [CommentReply(text="Fire.")]}],
    }
    (message,) = after(send_notification, [house.users[PUBLISHER]], "updated_comments", told)
    assert message.subject == "Redaktør (opdigtet) har skrevet kommentarer til Åbne møder"
    assert "Er det <nu> rigtigt?" in message.body and "Er det &lt;nu&gt; rigtigt?" in html_of(message)
    for text in (message.body, html_of(message)):
        assert "Mangler kilde" in text and "Svar på »Hvor mange?«" in text and "Fire." in text
        assert edit_address(page) in text


# --- above the form ---------------------------------------------------------------------------------


def test_a_page_in_check_says_above_its_form_whom_it_waits_for_and_what_they_look_at(house):
    page = house.page_in("Fagligt tjek")
    shown = by(house, CHECKER).reads("wagtailadmin_pages:edit", page.pk)
    assert "Siden er i »Fagligt tjek« og venter på Fagtjekker." in shown
    assert "Sendt af Anden (opdigtet)." in shown
    assert CHECKS[0].look_for[0] in shown
    quiet = by(house, EDITOR).reads("wagtailadmin_pages:edit", house.page().pk)
    assert "venter på" not in quiet and "words__word" not in quiet


def test_a_page_that_came_back_says_who_sent_it_and_why(house):
    page = house.page_in("Sprogtjek")
    by(house, PUBLISHER).answers_check(page, "reject", comment=WHY)
    shown = by(house, EDITOR).reads("wagtailadmin_pages:edit", page.pk)
    assert "<strong>Sendt tilbage af Udgiver (opdigtet)</strong> fra »Sprogtjek«" in shown
    assert "Find stedet i kilden.<br>Tallet er &lt;b&gt;gammelt&lt;/b&gt;" in shown
    assert "venter på" not in shown


def test_a_page_that_came_back_and_went_again_says_both(house):
    page = house.page_in("Fagligt tjek")
    by(house, CHECKER).answers_check(page, "reject", comment="Se kilden.")
    house.other.groups.set(Group.objects.filter(name=EDITOR))
    As(house.other).edits(page, title="Set efter", **{"action-submit": "1"})
    assert latest_title(page) == "Set efter"
    shown = by(house, CHECKER).reads("wagtailadmin_pages:edit", page.pk)
    assert "venter på Fagtjekker" in shown and "Se kilden." in shown


def test_a_new_page_has_nothing_said_of_it_and_an_empty_place_is_not_shown(house):
    address = reverse("wagtailadmin_pages:add", args=["home", "informationpage", house.front.pk])
    shown = by(house, EDITOR).client.get(address).content.decode()
    assert "words__word" not in shown


def test_makers_stand_in_the_order_they_ask_for(monkeypatch):
    monkeypatch.setattr(editing, "_makers", [])
    for order, name in ((30, "c"), (10, "a"), (20, "b")):
        editing.register_word(order)(lambda page, request, name=name: {"template": name})
    editing.register_word(15)(lambda page, request: None)
    page = InformationPageFactory.build(pk=1)
    assert [word["template"] for word in editing.words_for(page, None)] == ["a", "b", "c"]
    page.pk = None
    assert editing.words_for(page, None) == []


def test_what_to_look_at_is_one_thing_a_line():
    assert CheckTask(look_for="Kilder?\n\n  Tal?  \n").lines == ["Kilder?", "Tal?"]
