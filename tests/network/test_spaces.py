"""Spaces and talk: the rule asked both ways, and what each verb promises."""

from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.contrib.auth.models import AnonymousUser, Permission
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404
from django.utils import timezone

from accounts.models import Letter
from network import join
from network.discuss import StaleEdit, edit_post, reply, start_thread
from network.members import make_member
from network.models import AccessRequest, Event, Membership, Post, Profile, Showing, Space, Thread
from network.models.rooms import allowed
from network.permissions import (
    Refused,
    can,
    can_see_post,
    can_see_thread,
    check_edit_post,
    check_read_space,
    check_run_space,
    check_see_post,
    check_see_space,
    check_see_thread,
    check_write_in_space,
    standing,
    thread_for,
)
from network.rule import Act, Kind
from network.signals import announce, happened
from tests.factories import (
    MemberFactory,
    MembershipFactory,
    MunicipalityFactory,
    PostFactory,
    SpaceFactory,
    ThreadFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

PEOPLE = [
    "stranger",
    "without a profile",
    "closed account",
    "network",
    "superuser",
    "adviser kept out",
    "from elsewhere",
    "invited",
    "suspended",
    "member",
    "came late",
    "facilitator",
]


def someone(who, space):
    if who == "stranger":
        return AnonymousUser()
    if who == "without a profile":
        return UserFactory()
    user = MemberFactory(is_active=who != "closed account", is_superuser=who == "superuser")
    if who in ("member", "facilitator"):
        MembershipFactory(space=space, user=user, role=who)
    if who in ("invited", "suspended"):
        MembershipFactory(space=space, user=user, state=who)
    if who == "came late":
        MembershipFactory(space=space, user=user, joined_at=timezone.now() + timedelta(days=1))
    if who == "adviser kept out":
        Profile.objects.filter(user=user).update(kind="adviser", municipality=None, organisation="Råd & Co.")
        Space.objects.filter(pk=space.pk).update(admits_advisers=False)
    if who == "from elsewhere":
        space.municipalities.add(MunicipalityFactory(is_fictional=True))
    space.refresh_from_db()
    return type(user).objects.get(pk=user.pk)


# --- one rule, asked two ways ---------------------------------------------------------------------------


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("state", ["", "archived", "hides earlier", "without threads"])
def test_what_one_check_says_of_a_thing_the_queryset_says_of_many(kind, who, state):
    space = SpaceFactory(kind=kind)
    ThreadFactory(space=space)
    SpaceFactory(kind=kind)
    space.archived_at = timezone.now() if state == "archived" else None
    space.shows_earlier = state != "hides earlier"
    space.has_threads = state != "without threads"
    space.save()
    user = someone(who, space)
    asked = {act: can(user, act, space) for act in Act}
    assert {act: Space.objects.filter(allowed(user, act), pk=space.pk).exists() for act in Act} == asked
    assert Space.objects.visible_to(user).filter(pk=space.pk).exists() is asked[Act.KNOW]
    assert Space.objects.readable_by(user).filter(pk=space.pk).exists() is asked[Act.READ]
    [there] = Space.objects.with_standing_of(user).filter(pk=space.pk)
    assert there.own_standing == standing(user, space)


@pytest.mark.parametrize("who", [*PEOPLE, "author"])
@pytest.mark.parametrize("shown", Showing)
@pytest.mark.parametrize(("kind", "hides"), [("open", True), ("on_request", False), ("on_request", True)])
def test_a_thread_and_its_posts_are_shown_by_the_same_rule_asked_both_ways(kind, hides, shown, who):
    space = SpaceFactory(kind=kind, shows_earlier=not hides)
    thread = ThreadFactory(space=space)
    post = PostFactory(thread=thread, author=thread.author)
    user = thread.author if who == "author" else someone(who, space)
    for held in (thread, post):
        type(held)._base_manager.filter(pk=held.pk).update(state=shown)
        post = reload(post)
        sees_thread, sees_post = can_see_thread(user, post.thread), can_see_post(user, post)
        assert Thread.objects.visible_to(user).filter(pk=post.thread_id).exists() is sees_thread
        assert Post.objects.visible_to(user).filter(pk=post.pk).exists() is sees_post
        assert (thread_for(user, post.thread_id) is not None) is sees_thread
        if sees_thread:
            there = Post.objects.in_thread(post.thread, user, standing(user, space)).filter(pk=post.pk).first()
            assert bool(there and there.shown_html) is sees_post


def reload(post):
    return type(post)._base_manager.select_related("thread__space").get(pk=post.pk)


@pytest.mark.parametrize("kind", Kind)
def test_no_row_comes_twice_however_many_are_in_the_space(kind):
    space = SpaceFactory(kind=kind)
    user = MembershipFactory(space=space).user
    MembershipFactory.create_batch(3, space=space)
    thread = ThreadFactory(space=space, author=user)
    assert Space.objects.visible_to(user).filter(pk=space.pk).count() == 1
    assert Thread.objects.visible_to(user).count() == 1
    assert Post.objects.visible_to(user).filter(thread=thread).count() == 1


@pytest.mark.parametrize("check", [check_see_space, check_read_space, check_write_in_space, check_run_space])
@pytest.mark.parametrize("who", ["stranger", "without a profile", "network", "superuser"])
def test_to_those_outside_a_hidden_space_is_not_found(who, check):
    space = SpaceFactory(kind=Kind.HIDDEN)
    with pytest.raises(Http404):
        check(someone(who, space), space)


@pytest.mark.parametrize("who", ["stranger", "network"])
def test_to_those_outside_a_space_on_request_is_known_and_closed(who):
    space = SpaceFactory(kind=Kind.ON_REQUEST)
    user = someone(who, space)
    check_see_space(user, space)
    with pytest.raises(Refused) as refusal:
        check_read_space(user, space)
    assert refusal.value.space == space


def test_a_thread_and_a_post_follow_their_space():
    post = PostFactory(thread=ThreadFactory(space=SpaceFactory(kind=Kind.HIDDEN)))
    outside, inside = MemberFactory(), MembershipFactory(space=post.thread.space).user
    check_see_thread(inside, post.thread)
    check_see_post(inside, post)
    with pytest.raises(Http404):
        check_see_thread(outside, post.thread)
    with pytest.raises(Http404):
        check_see_post(outside, post)


def test_only_the_one_who_wrote_may_edit_and_only_while_in_the_space():
    post = PostFactory()
    space = post.thread.space
    check_edit_post(post.author, post)
    with pytest.raises(Refused):
        check_edit_post(MembershipFactory(space=space, role="facilitator").user, post)
    Membership.objects.filter(user=post.author).delete()
    with pytest.raises(Refused):
        check_edit_post(post.author, post)


def test_a_request_is_seen_by_the_asker_and_the_facilitators_of_its_space_alone():
    space = SpaceFactory(kind=Kind.ON_REQUEST)
    asker = MemberFactory()
    join.ask(asker, space, "Jeg arbejder med det.")
    sees = {
        who: AccessRequest.objects.visible_to(someone(who, space)).exists()
        for who in ("stranger", "network", "superuser", "member", "facilitator")
    }
    assert sees == {"stranger": False, "network": False, "superuser": False, "member": False, "facilitator": True}
    assert AccessRequest.objects.visible_to(asker).exists()


def test_who_asked_a_space_that_was_hidden_since_is_told_of_it_no_more():
    space = SpaceFactory(kind=Kind.ON_REQUEST)
    asker = MemberFactory()
    join.ask(asker, space, "Jeg arbejder med det.")
    Space.objects.filter(pk=space.pk).update(kind=Kind.HIDDEN)
    assert not AccessRequest.objects.visible_to(asker).exists()


def test_who_manages_spaces_reads_nothing_in_them():
    space = SpaceFactory(kind=Kind.HIDDEN)
    ThreadFactory(space=space)
    manager = MemberFactory()
    manager.user_permissions.add(Permission.objects.get(codename="change_space", content_type__app_label="network"))
    assert Space.objects.managed_by(manager).filter(pk=space.pk).exists()
    assert not Space.objects.managed_by(MemberFactory()).exists()
    assert not Thread.objects.visible_to(manager).exists()


# --- coming in and going out ------------------------------------------------------------------------------


def test_anyone_in_the_network_joins_an_open_space_and_stays_the_same_by_joining_again():
    space, user = SpaceFactory(kind=Kind.OPEN), MemberFactory()
    assert join.join(user, space) == join.join(user, space)
    assert Event.objects.filter(what="joined", space=space).count() == 1


@pytest.mark.parametrize(("kind", "error"), [(Kind.ON_REQUEST, Refused), (Kind.HIDDEN, Http404)])
def test_nobody_joins_a_closed_space_unasked(kind, error):
    with pytest.raises(error):
        join.join(MemberFactory(), SpaceFactory(kind=kind))


def test_who_asks_twice_has_asked_once():
    space, user = SpaceFactory(), MemberFactory()
    assert join.ask(user, space, "Først.") == join.ask(user, space, "Igen.")
    assert Event.objects.filter(what="asked").count() == 1


@pytest.mark.parametrize("reason", ["", "   ", "x" * 1001])
def test_a_request_needs_a_reason_of_a_length_one_can_read(reason):
    with pytest.raises(ValidationError):
        join.ask(MemberFactory(), SpaceFactory(), reason)
    assert not AccessRequest.objects.visible_to(MemberFactory()).exists()


@pytest.fixture
def asked():
    space = SpaceFactory()
    facilitator = MembershipFactory(space=space, role="facilitator").user
    return facilitator, join.ask(MemberFactory(), space, "Vi kortlægger tomme huse.")


def test_a_facilitator_lets_in_and_the_asker_can_read_from_then_on(asked):
    facilitator, request = asked
    thread = ThreadFactory(space=request.space)
    assert not Thread.objects.visible_to(request.user).exists()
    join.accept(facilitator, request, "Velkommen.")
    assert Thread.objects.visible_to(request.user).get() == thread
    assert (request.state, request.answer, request.answered_by) == ("accepted", "Velkommen.", facilitator)


def test_a_refusal_needs_a_text_and_lets_nobody_in(asked):
    facilitator, request = asked
    with pytest.raises(ValidationError):
        join.refuse(facilitator, request, "  ")
    join.refuse(facilitator, request, "Rummet er kun for kommuner.")
    assert not Membership.objects.filter(user=request.user).exists()
    assert request.answer == "Rummet er kun for kommuner."


@pytest.mark.parametrize("who", ["network", "superuser", "member"])
def test_nobody_but_a_facilitator_answers(asked, who):
    _facilitator, request = asked
    with pytest.raises(Refused):
        join.accept(someone(who, request.space), request)
    request.refresh_from_db()
    assert request.is_waiting


def test_a_request_is_answered_once(asked):
    facilitator, request = asked
    join.refuse(facilitator, request, "Nej.")
    with pytest.raises(ValidationError):
        join.accept(facilitator, request)
    assert not Membership.objects.filter(user=request.user).exists()


def test_who_is_removed_reads_nothing_more_and_what_she_wrote_stays():
    thread = ThreadFactory()
    facilitator = MembershipFactory(space=thread.space, role="facilitator").user
    author = thread.author
    join.remove(facilitator, Membership.objects.get(space=thread.space, user=author))
    assert not Thread.objects.visible_to(author).exists()
    assert Thread.objects.visible_to(facilitator).get().author == author


def test_a_member_removes_nobody():
    space = SpaceFactory()
    other = MembershipFactory(space=space)
    with pytest.raises(Refused):
        join.remove(MembershipFactory(space=space).user, other)


@pytest.mark.parametrize("how", ["leave", "remove", "give_role"])
def test_who_is_outside_a_hidden_space_is_told_by_no_verb_that_it_is_there(how):
    inside, outsider = MembershipFactory(space=SpaceFactory(kind=Kind.HIDDEN)), MemberFactory()
    act = {
        "leave": lambda: join.leave(outsider, inside.space),
        "remove": lambda: join.remove(outsider, inside),
        "give_role": lambda: join.give_role(outsider, inside, "facilitator"),
    }[how]
    with pytest.raises(Http404):
        act()
    assert Membership.objects.get(pk=inside.pk).role == "member"


@pytest.mark.parametrize("how", ["leave", "remove", "give_role"])
def test_a_space_is_never_left_without_a_facilitator(how):
    own = MembershipFactory(role="facilitator")
    act = {
        "leave": lambda: join.leave(own.user, own.space),
        "remove": lambda: join.remove(own.user, own),
        "give_role": lambda: join.give_role(own.user, own, "member"),
    }[how]
    with pytest.raises(ValidationError):
        act()
    join.give_role(own.user, MembershipFactory(space=own.space), "facilitator")
    act()
    assert Membership.objects.filter(space=own.space, role="facilitator").count() == 1


def test_only_who_manages_spaces_appoints_the_first_facilitator():
    space, chosen = SpaceFactory(kind=Kind.HIDDEN), MemberFactory()
    with pytest.raises(PermissionDenied):
        join.appoint(MemberFactory(), space, chosen)
    manager = MemberFactory()
    manager.user_permissions.add(Permission.objects.get(codename="change_space", content_type__app_label="network"))
    assert join.appoint(manager, space, chosen).role == "facilitator"
    assert not Membership.objects.filter(user=manager).exists()


# --- making members ----------------------------------------------------------------------------------------


def test_a_facilitator_makes_a_member_of_her_own_space_by_address(mailoutbox, django_capture_on_commit_callbacks):
    own = MembershipFactory(role="facilitator")
    with django_capture_on_commit_callbacks(execute=True):
        user, made = make_member(own.user, "Ny.Kollega@Eksempel.example", space=own.space)
    assert made
    assert user.email == "ny.kollega@eksempel.example"
    assert Membership.objects.filter(space=own.space, user=user).exists()
    assert [mail.to for mail in mailoutbox] == [["ny.kollega@eksempel.example"]]
    with pytest.raises(Http404):
        make_member(own.user, "en@eksempel.example", space=SpaceFactory(kind=Kind.HIDDEN))
    with pytest.raises(PermissionDenied):
        make_member(own.user, "en@eksempel.example")


def test_who_has_an_account_is_let_in_and_told_of_it_once(mailoutbox, django_capture_on_commit_callbacks):
    own, known = MembershipFactory(role="facilitator"), MemberFactory()
    for _twice in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            user, made = make_member(own.user, known.email, space=own.space)
    assert (user.pk, made) == (known.pk, False)
    assert [mail.subject for mail in mailoutbox] == [f"Du er med i rummet »{own.space.name}«"]


@pytest.mark.parametrize(
    "address", ["", "ingen", "a@b", "to@eksempel.example, tre@eksempel.example", "x\n@eksempel.example"]
)
def test_what_is_no_address_makes_nobody(address, django_user_model):
    own = MembershipFactory(role="facilitator")
    before = django_user_model.objects.count()
    with pytest.raises(ValidationError):
        make_member(own.user, address, space=own.space)
    assert django_user_model.objects.count() == before


# --- writing ----------------------------------------------------------------------------------------------


def test_a_thread_begins_with_its_first_post():
    own = MembershipFactory()
    thread = start_thread(own.user, own.space, "  Hvem har  prøvet? ", "Vi står **her**.")
    assert thread.title == "Hvem har prøvet?"
    assert thread.get_absolute_url() == f"/netvaerk/rum/{own.space.slug}/{thread.pk}-hvem-har-proevet/"
    post = Post.objects.visible_to(own.user).get()
    assert (post.number, post.source, post.html) == (1, "Vi står **her**.", "<p>Vi står <strong>her</strong>.</p>\n")


@pytest.mark.parametrize(
    ("title", "text", "fault"), [("", "Tekst", "title"), ("Overskrift", " \n", "text"), ("x" * 141, "t", "title")]
)
def test_an_empty_thread_is_refused_in_words_at_the_field(title, text, fault):
    own = MembershipFactory()
    with pytest.raises(ValidationError) as error:
        start_thread(own.user, own.space, title, text)
    assert list(error.value.message_dict) == [fault]
    assert not Thread.objects.visible_to(own.user).exists()


@pytest.mark.parametrize("kind", Kind)
def test_nobody_writes_in_a_space_she_is_not_in(kind):
    thread = ThreadFactory(space=SpaceFactory(kind=kind))
    with pytest.raises((Refused, Http404)):
        reply(MemberFactory(), thread, "Ind ad vinduet.")
    assert reply(thread.author, thread, "Ind ad døren.").number == 2


def test_posts_are_numbered_without_holes_and_the_thread_knows_its_newest():
    thread = ThreadFactory()
    posts = [reply(thread.author, thread, f"Svar {number}") for number in range(3)]
    assert [post.number for post in posts] == [2, 3, 4]
    thread.refresh_from_db()
    assert (thread.number_of_posts, thread.last_post_at) == (4, posts[-1].created_at)


def test_a_form_that_is_sent_twice_becomes_one_post():
    thread, key = ThreadFactory(), uuid4()
    first, second = (reply(thread.author, thread, "Dobbeltklik", key) for _twice in range(2))
    assert first == second
    again = [start_thread(thread.author, thread.space, "To gange", "Tekst", other) for other in [uuid4()] * 2]
    assert again[0] == again[1]


def test_an_edit_on_top_of_another_is_told_and_overwrites_nothing():
    post = PostFactory(text="Først")
    edit_post(post.author, post, "Rettet her", version=1)
    with pytest.raises(StaleEdit) as stale:
        edit_post(post.author, post, "Rettet i et andet vindue", version=1)
    assert stale.value.post.source == "Rettet her"
    assert edit_post(post.author, stale.value.post, "Samlet", version=2).edited_at


# --- what happens is announced inside the transaction -------------------------------------------------------


def test_every_verb_is_written_down_with_who_and_whom(asked):
    facilitator, request = asked
    join.accept(facilitator, request)
    thread = start_thread(request.user, request.space, "Titel", "Tekst")
    reply(facilitator, thread, "Svar")
    edit_post(request.user, Post.objects.visible_to(facilitator).get(number=1), "Rettet", version=1)
    join.leave(request.user, request.space)
    events = Event.objects.filter(space=request.space).order_by("pk").values_list("what", "who", "whom")
    assert list(events) == [
        ("asked", request.user_id, None),
        ("accepted", facilitator.pk, request.user_id),
        ("thread", request.user_id, None),
        ("post", facilitator.pk, None),
        ("edited", request.user_id, None),
        ("left", request.user_id, None),
    ]


def test_what_is_undone_was_never_announced_and_no_letter_is_owed(asked, mailoutbox):
    facilitator, request = asked
    before = Event.objects.count(), Letter.objects.count()
    with pytest.raises(RuntimeError), transaction.atomic():
        join.accept(facilitator, request, "Velkommen")
        raise RuntimeError
    assert (Event.objects.count(), Letter.objects.count()) == before
    assert not mailoutbox


def test_a_listener_that_fails_undoes_what_it_heard_of():
    def fails(sender, **kwargs):
        raise RuntimeError

    thread = ThreadFactory()
    happened.connect(fails)
    try:
        with pytest.raises(RuntimeError):
            reply(thread.author, thread, "Svar")
    finally:
        happened.disconnect(fails)
    assert Post.objects.visible_to(thread.author).count() == 1


def test_nothing_is_announced_outside_a_transaction(monkeypatch):
    space = SpaceFactory()
    with monkeypatch.context() as outside:
        outside.setattr(transaction, "get_connection", lambda: SimpleNamespace(in_atomic_block=False))
        with pytest.raises(RuntimeError):
            announce(Event.What.JOINED, space, who=None)


# --- letters ------------------------------------------------------------------------------------------------


def test_the_facilitators_hear_of_a_request_and_nobody_else(mailoutbox, django_capture_on_commit_callbacks):
    space = SpaceFactory(name="Tomme huse")
    facilitator = MembershipFactory(space=space, role="facilitator").user
    MembershipFactory(space=space)
    asker = MemberFactory(name="Asta Asker")
    with django_capture_on_commit_callbacks(execute=True):
        join.ask(asker, space, "Vi kortlægger 40 huse.")
    (mail,) = mailoutbox
    assert mail.to == [facilitator.email]
    assert mail.subject == "Asta Asker beder om adgang til »Tomme huse«"
    assert "Vi kortlægger 40 huse." in mail.body
    assert f"/netvaerk/rum/{space.slug}/medlemmer/" in mail.body


def test_a_facilitator_who_has_gone_before_the_letter_is_sent_gets_none(asked, mailoutbox):
    from accounts.letters import deliver_waiting

    facilitator, request = asked
    MembershipFactory(space=request.space, role="facilitator")
    join.leave(facilitator, request.space)
    Letter.objects.exclude(recipient=facilitator).delete()
    deliver_waiting()
    assert not mailoutbox
    assert Letter.objects.get(recipient=facilitator).dropped_at


@pytest.mark.parametrize("accepted", [True, False])
def test_the_asker_reads_the_answer_in_a_letter(asked, accepted, mailoutbox, django_capture_on_commit_callbacks):
    facilitator, request = asked
    with django_capture_on_commit_callbacks(execute=True):
        (join.accept if accepted else join.refuse)(facilitator, request, "Vi mødes på torsdag.")
    mail = mailoutbox[-1]
    assert mail.to == [request.user.email]
    assert "Vi mødes på torsdag." in mail.body
    assert "Vi mødes på torsdag." in mail.alternatives[0].content
    assert ("Du er med i" in mail.body) is accepted
