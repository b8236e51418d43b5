"""Leaving a job: what one looks after goes to named colleagues, who are told, and nothing points at who has gone."""

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.urls import reverse

from accounts.models import User
from methods.models import MethodPage
from network import join
from network.discuss import reply
from network.drafts import of_new_thread, save_draft
from network.lead import choose_answer
from network.leaving import duties_of, leave_job
from network.models import (
    AccessRequest,
    Draft,
    Event,
    Handover,
    Membership,
    MembershipChange,
    Profile,
    Seen,
    Space,
    Thread,
)
from network.models.files import closed_files
from network.permissions import Refused
from tests.desk import care, group, person
from tests.factories import (
    MemberFactory,
    MembershipFactory,
    MunicipalityFactory,
    PostFactory,
    SpaceFactory,
    ThreadFactory,
)
from tests.network.test_people_sight import everything, own_disk, put_up  # noqa: F401
from tests.network.test_rooms_pages import as_, said

pytestmark = pytest.mark.django_db
LEAVE = "/netvaerk/profil/skift-job/"


@pytest.fixture
def gerda(campaign):
    place = MunicipalityFactory(name="Fjordby", is_fictional=True)
    return MemberFactory(name="Gerda Gårvidere", profile__role="havnefoged", profile__municipality=place)


@pytest.fixture
def space(gerda):
    space = SpaceFactory(name="Tomme boliger")
    MembershipFactory(space=space, user=gerda, role="facilitator")
    return space


@pytest.fixture
def heir(space):
    return MembershipFactory(space=space, user__name="Hanne Heir")


def thread_of(user, space, **about):
    return ThreadFactory(space=space, author=user, **about)


# --- what one looks after -----------------------------------------------------------------------------------


def test_the_form_names_what_one_looks_after_and_who_can_take_over(gerda, space, heir):
    MembershipFactory(space=space, user__profile__completed_at=None, user__name="Ufærdig Ulla")
    gone = MembershipFactory(space=space, user__name="Borte Bo").user
    gone.is_active = False
    gone.save()
    thread_of(gerda, space, title="Hvem kender loven?")
    answered = thread_of(gerda, space, title="Den er besvaret")
    choose_answer(gerda, PostFactory(thread=answered))
    page = said(as_(gerda).get(LEAVE))
    assert "Ny facilitator i »Tomme boliger«" in page and "Hanne Heir" in page
    assert "Hvem kender loven?" in page and "Den er besvaret" not in page
    assert "Ufærdig" not in page and "Borte Bo" not in page


def test_one_without_duties_is_told_so_and_may_close_her_account(gerda):
    assert not duties_of(gerda)
    assert "Du ser ikke efter" in said(as_(gerda).get(LEAVE))
    assert as_(gerda).post(LEAVE, {"then": "close", "sure": "on"}).status_code == 302
    gerda.refresh_from_db()
    assert not gerda.is_active


# --- handing over -------------------------------------------------------------------------------------------


def test_space_and_questions_go_to_the_named_and_each_heir_gets_one_letter(
    gerda, space, heir, django_capture_on_commit_callbacks
):
    other = MembershipFactory(space=space, user__name="Olga Anden")
    thread = thread_of(gerda, space, title="Hvem kender loven?")
    data = {"then": "stay", f"room_{space.pk}": heir.pk, f"questions_{space.pk}": other.pk}
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        assert as_(gerda).post(LEAVE, data).headers["Location"] == "/netvaerk/profil/"
    heir.refresh_from_db()
    thread.refresh_from_db()
    assert heir.role == "facilitator" and Membership.objects.get(space=space, user=gerda).role == "member"
    assert thread.kept_by == other.user and thread.author == gerda
    assert sorted(letter.to[0] for letter in mail.outbox) == sorted([heir.user.email, other.user.email])
    for letter in mail.outbox:
        for text in (letter.body, letter.alternatives[0][0]):
            assert "Gerda Gårvidere har skiftet job" in text
            assert ("Hvem kender loven?" in text) is (letter.to == [other.user.email])
            assert ("facilitator i:" in text) is (letter.to == [heir.user.email])
    assert Handover.objects.count() == 2
    what = MembershipChange.What
    assert [change.what for change in space.changes.all()[:2]] == [what.MEMBER, what.FACILITATOR]
    gerda.refresh_from_db()
    assert gerda.is_active


def test_who_looks_after_a_question_may_mark_the_answer_and_nobody_else_of_the_members(gerda, space, heir):
    other = MembershipFactory(space=space).user
    thread = thread_of(gerda, space)
    post = PostFactory(thread=thread)
    leave_job(gerda, rooms={space.pk: MembershipFactory(space=space)}, questions={space.pk: heir}, closes=True)
    thread = Thread.objects.select_related("space").get(pk=thread.pk)
    post.thread = thread
    with pytest.raises(Refused):
        choose_answer(other, post)
    assert choose_answer(heir.user, post).answer == post
    tool = reverse("post-answer", args=[space.slug, thread.pk, thread.slug, post.number])
    assert tool in as_(heir.user).get(thread.get_absolute_url()).content.decode()
    assert tool not in as_(other).get(thread.get_absolute_url()).content.decode()


def test_a_question_that_was_given_is_hers_no_longer_until_the_other_is_gone(gerda, space, heir):
    thread = thread_of(gerda, space)
    assert [questions for _space, questions in duties_of(gerda).questions] == [[thread]]
    for _time in range(2):
        leave_job(gerda, questions={space.pk: heir}, closes=False)
    assert not duties_of(gerda).questions and Handover.objects.count() == 1
    assert [questions for _space, questions in duties_of(heir.user).questions] == [[thread]]
    User.objects.filter(pk=heir.user_id).update(is_active=False)
    assert [questions for _space, questions in duties_of(gerda).questions] == [[thread]]


def test_a_question_that_the_heir_may_not_read_is_not_given_to_her(gerda, space, heir):
    Space.objects.filter(pk=space.pk).update(shows_earlier=False)
    Membership.objects.filter(user=gerda).update(joined_at="2020-01-01T00:00Z")
    thread = thread_of(gerda, space, title="Fra før hun kom")
    late = MembershipFactory(space=space)
    leave_job(gerda, rooms={space.pk: heir}, questions={space.pk: late}, closes=True)
    thread.refresh_from_db()
    assert thread.kept_by is None and not Handover.objects.filter(heir=late.user).exists()


def test_a_letter_tells_nothing_that_was_taken_from_the_heir_before_it_is_sent(
    gerda, space, heir, django_capture_on_commit_callbacks
):
    thread_of(gerda, space, title="Hvem kender loven?")
    runner = MembershipFactory(space=space, role="facilitator").user
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        leave_job(gerda, questions={space.pk: heir}, closes=True)
        join.remove(runner, heir)
    assert not [letter for letter in mail.outbox if "Hvem kender loven?" in letter.body]
    assert not [letter for letter in mail.outbox if "overtaget" in letter.subject]


def test_pages_go_to_the_named_editor_with_a_trace_in_their_history(campaign):
    editors = group("Redaktør", "add", "change", "publish")
    keeper, heir = person(editors, name="Karla Keeper"), person(editors, name="Hans Efterfølger")
    Profile.objects.create(user=keeper, role="redaktør", organisation="Her", completed_at="2020-01-01T00:00Z")
    mine, other = MethodPage.objects.live()[:2]
    care(mine, content_owner=keeper)
    care(other, content_owner=heir, backup_owner=keeper)
    left = leave_job(keeper, pages_to=heir, closes=False)
    mine.refresh_from_db()
    other.refresh_from_db()
    assert (mine.content_owner, other.content_owner, other.backup_owner) == (heir, heir, heir) and not left.kept
    assert mine.get_latest_revision_as_object().content_owner == heir
    (handover,) = left.handovers
    assert sorted(handover.of("page")) == sorted([mine.pk, other.pk])


def test_without_an_heir_the_one_who_stands_in_looks_after_the_page_when_its_keeper_goes(campaign):
    editors = group("Redaktør", "add", "change", "publish")
    keeper, stands_in = person(editors), person(editors)
    Profile.objects.create(user=keeper, role="redaktør", organisation="Her", completed_at="2020-01-01T00:00Z")
    page = care(MethodPage.objects.live().first(), content_owner=keeper, backup_owner=stands_in)
    leave_job(keeper, closes=True)
    page.refresh_from_db()
    assert page.content_owner == stands_in


def test_a_page_that_may_not_be_given_now_is_named_and_the_others_are_given(campaign):
    editors = group("Redaktør", "add", "change", "publish")
    keeper, heir = person(editors), person(editors)
    Profile.objects.create(user=keeper, role="redaktør", organisation="Her", completed_at="2020-01-01T00:00Z")
    locked, free = MethodPage.objects.live()[:2]
    for page in (locked, free):
        care(page, content_owner=keeper)
    MethodPage.objects.filter(pk=locked.pk).update(locked=True, locked_by=heir)
    answer = as_(keeper).post(LEAVE, {"then": "stay", "pages": heir.pk}, follow=True)
    free.refresh_from_db()
    assert free.content_owner == heir and f"»{locked.title}« er din endnu: Siden er låst." in said(answer)


# --- closing ------------------------------------------------------------------------------------------------


def test_who_alone_runs_a_space_cannot_go_before_someone_takes_over_and_nothing_is_half_done(gerda, space, heir):
    second = SpaceFactory(name="Et rum til")
    MembershipFactory(space=second, user=gerda, role="facilitator")
    other = MembershipFactory(space=second)
    answer = as_(gerda).post(LEAVE, {"then": "close", "sure": "on", f"room_{second.pk}": other.pk})
    assert answer.status_code == 409 and "facilitator i »Tomme boliger«" in said(answer)
    gerda.refresh_from_db()
    other.refresh_from_db()
    assert gerda.is_active and other.role == "member" and not Handover.objects.exists()
    assert Membership.objects.filter(user=gerda, role="facilitator").count() == 2


def test_closing_asks_to_be_sure(gerda):
    answer = as_(gerda).post(LEAVE, {"then": "close"})
    assert answer.status_code == 400 and "Sæt kryds" in said(answer)
    assert as_(gerda).post(LEAVE, {}).status_code == 400
    gerda.refresh_from_db()
    assert gerda.is_active


def test_who_left_is_gone_from_every_place_where_members_are_shown(
    gerda, space, heir, django_capture_on_commit_callbacks
):
    everything(gerda, Seen.NETWORK)
    put_up(gerda)
    Profile.objects.filter(user=gerda).update(about="Kender gyvelkratsang.", phone="12 34 56 78", ask_limit="ofte")
    thread = thread_of(gerda, space, title="Hvem kender loven?")
    other_space = SpaceFactory(name="Bedt om adgang")
    join.ask(gerda, other_space, "Må jeg?")
    save_draft(gerda, of_new_thread(space), "Begyndt", "Kun begyndt.")
    client = as_(gerda)
    with django_capture_on_commit_callbacks(execute=True):
        data = {"then": "close", "sure": "on", f"room_{space.pk}": heir.pk, f"questions_{space.pk}": heir.pk}
        assert client.post(LEAVE, data).headers["Location"] == "/konto/lukket/"
    assert client.get("/netvaerk/profil/").status_code == 302  # signed out
    reader = as_(heir.user)
    page = said(reader.get(thread.get_absolute_url()))
    assert "Tidligere medlem" in page and "Fjordby Kommune" in page
    assert "Gerda" not in page and "avnefoged" not in page and "/billede/" not in page
    for address in (
        "/netvaerk/medlemmer/",
        "/netvaerk/medlemmer/?q=gerda",
        "/netvaerk/",
        space.get_absolute_url(),
        reverse("space-members", args=[space.slug]),
        f"{reverse('suggest-people', args=[space.slug])}?q=ger",
    ):
        answer = reader.get(address)
        assert answer.status_code == 200 and "Gerda" not in answer.content.decode().replace("?q=gerda", ""), address
    assert reader.get(reverse("member", args=[gerda.pk])).status_code == 404
    profile = Profile.objects.get(user=gerda)
    assert (profile.about, profile.phone, profile.role, profile.picture.name) == ("", "", "", "")
    assert not list(closed_files().names())
    assert not Membership.anyone.filter(user=gerda).exists() and not Draft.objects.visible_to(gerda).exists()
    assert not AccessRequest.objects.filter(user=gerda, state="waiting").exists()
    assert Event.objects.filter(what=Event.What.LEFT, who=gerda, space=space).count() == 1


def test_of_who_hid_her_municipality_it_is_not_told_afterwards(gerda, space, heir):
    everything(gerda, Seen.ME)
    thread = thread_of(gerda, space)
    leave_job(gerda, rooms={space.pk: heir}, closes=True)
    page = said(as_(heir.user).get(thread.get_absolute_url()))
    assert "Tidligere medlem" in page and "Fjordby" not in page


def test_a_space_one_is_alone_in_is_archived(gerda, space):
    leave_job(gerda, closes=True)
    space.refresh_from_db()
    assert space.is_archived and not Membership.anyone.filter(space=space).exists()


def test_who_is_suspended_does_not_end_it_by_leaving(gerda):
    space = SpaceFactory()
    runner = MembershipFactory(space=space, role="facilitator").user
    join.suspend(runner, MembershipFactory(space=space, user=gerda), "Sådan.")
    leave_job(gerda, closes=True)
    assert Membership.anyone.get(user=gerda).state == Membership.State.SUSPENDED


def test_sent_twice_it_is_done_once(gerda, space, heir):
    leave_job(gerda, rooms={space.pk: heir}, closes=True)
    with pytest.raises(ValidationError):
        leave_job(User.objects.get(pk=gerda.pk), rooms={space.pk: heir}, closes=True)
    assert Handover.objects.count() == 1


def test_an_heir_who_left_meanwhile_is_said_and_nothing_is_done(gerda, space, heir):
    other = MembershipFactory(space=space)
    thread_of(gerda, space)
    join.leave(other.user, space)
    with pytest.raises(ValidationError):
        leave_job(gerda, rooms={space.pk: heir}, questions={space.pk: other}, closes=True)
    heir.refresh_from_db()
    assert heir.role == "member" and not Handover.objects.exists()
    answer = as_(gerda).post(LEAVE, {"then": "stay", f"room_{space.pk}": other.pk})
    assert answer.status_code == 400


def test_who_answered_or_quotes_her_is_told_no_name_any_more(gerda, space, heir):
    thread = thread_of(gerda, space)
    first = PostFactory(thread=thread, author=gerda)
    reply(heir.user, thread, "Tak for det.", reply_to=first)
    client = as_(heir.user)
    address = thread.get_absolute_url()
    assert "svar til Gerda Gårvidere" in said(client.get(address))
    leave_job(gerda, rooms={space.pk: heir}, closes=True)
    page = said(client.get(address))
    assert "svar til et tidligere medlem" in page and "Gerda" not in page
    for asked in ({"svar": 2}, {"svar": 2, "citat": 1}):
        assert "Gerda" not in client.get(address, asked).content.decode()
