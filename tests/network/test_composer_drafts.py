"""Drafts: kept on the server, one a place, over sign-out and devices, and never lost silently."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from network import drafts
from network.discuss import StaleEdit, edit_post, reply, start_thread
from network.drafts import StaleDraft, save_draft
from network.models import Draft, Membership, Post, Space, Thread
from network.permissions import Refused
from tests.factories import MemberFactory, MembershipFactory, PostFactory, SpaceFactory, ThreadFactory
from tests.network.test_rooms_pages import as_, field, said, thread_address

pytestmark = pytest.mark.django_db


@pytest.fixture
def space(campaign):
    return SpaceFactory(name="Tomme boliger", kind="on_request")


@pytest.fixture
def member(space):
    return MembershipFactory(space=space).user


@pytest.fixture
def thread(space):
    return ThreadFactory(space=space, title="Hvem tæller med?")


def own(user):
    return Draft.objects.visible_to(user)


# --- the verbs ------------------------------------------------------------------------------------------


def test_a_draft_is_one_for_each_place_and_read_by_its_writer_alone(member, thread):
    first = save_draft(member, drafts.of_reply(thread), "", "Vi skrev")
    again = save_draft(member, drafts.of_reply(thread), "", "Vi skrev et brev", version=1)
    assert (again.pk, again.version) == (first.pk, 2)
    assert drafts.in_place(member, drafts.of_reply(thread)).text == "Vi skrev et brev"
    assert not Draft.objects.visible_to(MemberFactory()).exists()


@pytest.mark.parametrize("text", ["", "  \n "])
def test_nothing_written_is_no_draft(member, thread, text):
    assert save_draft(member, drafts.of_reply(thread), "", text) is None
    assert not own(member).exists()


def test_a_draft_that_is_emptied_goes(member, thread):
    save_draft(member, drafts.of_reply(thread), "", "Vi skrev")
    assert save_draft(member, drafts.of_reply(thread), "", "", version=1) is None
    assert not own(member).exists()


def test_who_saves_on_top_of_what_another_device_wrote_is_told_and_nothing_is_lost(member, thread):
    place = drafts.of_reply(thread)
    save_draft(member, place, "", "fra kontoret")
    with pytest.raises(StaleDraft) as stale:
        save_draft(member, place, "", "fra telefonen", version=0)
    assert stale.value.draft.text == "fra kontoret"
    assert drafts.in_place(member, place).text == "fra kontoret"
    save_draft(member, place, "", "fra telefonen", version=stale.value.draft.version)
    assert drafts.in_place(member, place).text == "fra telefonen"


def test_where_nobody_can_be_asked_the_newer_wins_and_the_other_is_kept_beside_it(member, thread):
    place = drafts.of_reply(thread)
    save_draft(member, place, "", "fra kontoret")
    save_draft(member, place, "", "fra telefonen", version=0, newer_wins=True)
    kept = drafts.in_place(member, place)
    assert (kept.text, kept.other) == ("fra telefonen", "fra kontoret")
    save_draft(member, place, "", "", version=kept.version)
    assert drafts.in_place(member, place).other == "fra kontoret"
    drafts.forget_other(member, place)
    assert drafts.in_place(member, place).other == ""


def test_what_only_goes_on_where_the_other_ended_is_no_conflict(member, thread):
    place = drafts.of_reply(thread)
    save_draft(member, place, "", "Vi skrev")
    kept = save_draft(member, place, "", "Vi skrev et brev", version=0)
    assert (kept.text, kept.version, kept.other) == ("Vi skrev et brev", 2, "")


def test_the_same_text_twice_is_no_conflict(member, thread):
    place = drafts.of_reply(thread)
    save_draft(member, place, "", "det samme")
    assert save_draft(member, place, "", "det samme", version=0).version == 1


def test_a_draft_goes_in_the_transaction_that_sends_it(member, space, thread):
    save_draft(member, drafts.of_reply(thread), "", "Vi skrev")
    save_draft(member, drafts.of_new_thread(space), "Titel", "Tekst")
    with pytest.raises(ValidationError):
        reply(member, thread, "")
    assert own(member).count() == 2
    post = reply(member, thread, "Vi skrev")
    start_thread(member, space, "Titel", "Tekst")
    assert not own(member).exists()
    save_draft(member, drafts.of_edit(post), "", "Vi skrev igen", base=1)
    edit_post(member, post, "Vi skrev igen", 1)
    assert not own(member).exists()


def test_a_save_that_comes_late_does_not_bring_back_what_was_sent(member, thread):
    key = uuid4()
    reply(member, thread, "Vi skrev", form_key=key)
    assert save_draft(member, drafts.of_reply(thread), "", "Vi skrev", form_key=key) is None
    assert save_draft(member, drafts.of_reply(thread), "", "Noget nyt", form_key=uuid4()) is not None


def test_a_text_that_is_too_long_to_be_sent_is_kept_and_one_without_end_is_not(member, thread):
    assert save_draft(member, drafts.of_reply(thread), "", "x" * 30_000)
    with pytest.raises(ValidationError):
        save_draft(member, drafts.of_reply(thread), "", "x" * 60_001, version=1)


def test_signs_that_no_database_keeps_do_no_harm(member, thread):
    assert save_draft(member, drafts.of_reply(thread), "a\x00b", "c\x00d\ud800").text == "cd"


@pytest.mark.parametrize(
    "place", ["", "ny:", "ny:0", "ny:x", "rum:1", "ny:1; DROP", "svar:99999999999999999999", "ny:1\n"]
)
def test_a_place_that_is_none_is_not_found(member, place):
    with pytest.raises(Http404):
        drafts.found_place(member, place)


@pytest.mark.parametrize("kind", ["on_request", "hidden"])
def test_nothing_is_saved_in_a_place_where_one_may_not_write(kind):
    thread = ThreadFactory(space=SpaceFactory(kind=kind))
    outsider, post = MemberFactory(), Post._base_manager.get(thread=thread)
    for place in (drafts.of_new_thread(thread.space), drafts.of_reply(thread), drafts.of_edit(post)):
        with pytest.raises((Http404, Refused)):
            drafts.found_place(outsider, place)
        assert drafts.found_place(thread.author, place)[0] == thread.space


# --- the pages ------------------------------------------------------------------------------------------


def saves(client, place, text, **data):
    return client.post(reverse("drafts"), {"place": place, "text": text, **data})


def test_a_draft_is_there_again_on_another_device_with_its_time(member, thread):
    told = saves(as_(member), drafts.of_reply(thread), "Vi talte husene")
    assert told.json()["version"] == 1 and told.json()["saved"].startswith("Kladden er gemt kl. ")
    page = as_(member).get(thread.get_absolute_url())
    assert field(page, "text") == "Vi talte husene"
    assert "Kladden er gemt kl. " in said(page) and "Smid kladden væk" in said(page)
    assert "Vi talte husene" not in said(as_(thread.author).get(thread.get_absolute_url()))


def test_without_script_a_draft_is_saved_by_a_button_and_thrown_away_by_another(member, space, thread):
    client, address = as_(member), reverse("thread-new", args=[space.slug])
    data = {"title": "Vores brev", "text": "Kære ejer", "gem": "1", "draft_version": "0"}
    told = said(client.post(address, data, follow=True))
    assert "Kladden er gemt kl." in told
    page = client.get(address)
    assert (field(page, "title"), field(page, "text")) == ("Vores brev", "Kære ejer")
    client.post(address, {"text": "Kære ejer", "kasser": "1"})
    assert field(client.get(address), "text") == ""
    assert not Thread.objects.visible_to(member).filter(title="Vores brev").exists()


def test_a_conflict_is_answered_with_both_texts(member, thread):
    client, place = as_(member), drafts.of_reply(thread)
    saves(client, place, "fra kontoret")
    told = saves(client, place, "fra telefonen")
    assert told.status_code == 409
    assert told.json()["text"] == "fra kontoret"
    page = client.post(thread_address("reply", thread), {"text": "fra telefonen", "gem": "1", "draft_version": "0"})
    assert page.status_code == 409
    assert field(page, "text") == "fra telefonen" and "fra kontoret" in said(page)
    assert field(page, "draft_version") == "1"


def test_a_draft_of_an_edit_remembers_the_version_it_began_from(member, thread):
    post = PostFactory(thread=thread, author=member, text="Først")
    saves(as_(member), drafts.of_edit(post), "Min rettelse", version=1)
    edit_post(member, post, "Rettet på telefonen", 1)
    save_draft(member, drafts.of_edit(post), "", "Min rettelse", base=1)
    page = as_(member).get(thread_address("post-edit", thread, post.number))
    assert (field(page, "text"), field(page, "version")) == ("Min rettelse", "1")
    with pytest.raises(StaleEdit):
        edit_post(member, post, "Min rettelse", 1)


def test_an_edit_that_changes_nothing_is_no_draft(member, thread):
    post = PostFactory(thread=thread, author=member, text="Først")
    assert saves(as_(member), drafts.of_edit(post), "Først", version=1).json()["version"] == 0


def test_a_draft_for_a_place_that_is_closed_now_is_kept_with_ones_own_words_alone(member, space, thread):
    save_draft(member, drafts.of_reply(thread), "", "Vi talte husene")
    save_draft(member, drafts.of_new_thread(space), "Mit spørgsmål", "Hvordan gør I?")
    open_page = said(as_(member).get(reverse("drafts")))
    assert "Svar i »Hvem tæller med?«" in open_page and "Ny tråd i »Tomme boliger«" in open_page
    Membership.objects.filter(user=member, space=space).delete()
    Space.objects.filter(pk=space.pk).update(kind="hidden")
    page = as_(member).get(reverse("drafts"))
    assert "Vi talte husene" in said(page) and "Mit spørgsmål" in said(page)
    assert "Hvem tæller med?" not in said(page) and "Tomme boliger" not in said(page)
    assert space.slug not in page.content.decode()
    assert saves(as_(member), drafts.of_reply(thread), "mere", draft_version=1).status_code == 404


def test_one_throws_away_ones_own_drafts_alone(member, thread):
    draft = save_draft(member, drafts.of_reply(thread), "", "Vi talte husene")
    address = reverse("draft-throw-away", args=[draft.pk])
    assert as_(thread.author).post(address).status_code == 404
    assert own(member).exists()
    as_(member).post(address)
    assert not own(member).exists()


def test_the_list_of_drafts_asks_no_more_of_many_than_of_few(member, space, django_assert_max_num_queries):
    for _number in range(6):
        save_draft(member, drafts.of_reply(ThreadFactory(space=space)), "", "Vi talte")
    rows = Draft.objects.visible_to(member)
    user = type(member).objects.select_related("profile").get(pk=member.pk)
    with django_assert_max_num_queries(2):
        drafts.with_places(user, rows)


def test_the_clock_says_the_day_where_it_was_another(member, thread):
    draft = save_draft(member, drafts.of_reply(thread), "", "Vi talte husene")
    own(member).update(at=timezone.now() - timedelta(days=40))
    page = said(as_(member).get(thread.get_absolute_url()))
    day = timezone.localtime(own(member).get(pk=draft.pk).at)
    assert f"Kladden er gemt {day.day}. " in page
