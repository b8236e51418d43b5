"""Reports and what is done about them: who sees what, what happens, who is told, and that it can be undone."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser, Permission
from django.core.exceptions import ValidationError
from django.http import Http404
from django.utils import timezone

from accounts.models import Letter
from network import join
from network.discuss import reply, start_thread
from network.models import (
    Event,
    FormerPlace,
    Membership,
    MembershipChange,
    ModerationAct,
    Post,
    Report,
    Showing,
    Space,
    Thread,
)
from network.moderate import (
    AlreadyDone,
    approve,
    hand_on,
    held,
    hide,
    keep,
    refuse,
    suspend,
    undo,
    write_to_author,
)
from network.permissions import Refused, standing
from network.report import report
from network.review import case_of, log, number_waiting, waiting
from network.rule import Kind
from network.signals import announce
from tests.factories import MemberFactory, MembershipFactory, PostFactory, SpaceFactory, ThreadFactory, UserFactory

pytestmark = pytest.mark.django_db

FACILITATOR = Membership.Role.FACILITATOR
WHY = "Nævner en borger ved navn."


def with_right(codename, **fields):
    user = MemberFactory(**fields)
    user.user_permissions.add(Permission.objects.get(codename=codename))
    return type(user).objects.get(pk=user.pk)


def again(thing):
    return type(thing)._base_manager.get(pk=thing.pk)


@pytest.fixture
def space():
    return SpaceFactory(name="Tomme huse")


@pytest.fixture
def facilitator(space):
    return MembershipFactory(space=space, role=FACILITATOR, user__name="Fie Formand").user


@pytest.fixture
def other_facilitator(space):
    return MembershipFactory(space=space, role=FACILITATOR).user


@pytest.fixture
def author(space):
    return MembershipFactory(space=space, user__name="Alma Afsender").user


@pytest.fixture
def reader(space):
    return MembershipFactory(space=space, user__name="Rita Reporter").user


@pytest.fixture
def thread(space, facilitator):
    return ThreadFactory(space=space, title="Hvem ejer husene?", text="Foranledningen")


@pytest.fixture
def post(thread, author):
    return PostFactory(thread=thread, author=author, text="Fru Hansen på Engvej")


@pytest.fixture
def reported(post, reader):
    return report(reader, post, "personal", "Det er en borger")


@pytest.fixture
def administrator():
    return with_right("change_space", name="Ada Min")


@pytest.fixture
def editor():
    return with_right("change_report", name="Eva Redaktør")


def told(mailoutbox, user):
    return [mail for mail in mailoutbox if mail.to == [user.email]]


def parts(mail):
    return mail.body, mail.alternatives[0][0]


@pytest.fixture
def sends(django_capture_on_commit_callbacks):
    return lambda: django_capture_on_commit_callbacks(execute=True)


# --- reporting ----------------------------------------------------------------------------------------


def test_whoever_reads_a_post_may_report_it_once_and_it_is_announced(space, post, reader):
    made = report(reader, post, "unkind", " Grimt ")
    assert (made.space, made.words, made.state) == (space, "Grimt", Report.State.WAITING)
    assert report(reader, post, "advert") == made
    assert Report.objects.count() == 1
    event = Event.objects.get(what=Event.What.REPORTED)
    assert (event.who, event.whom, event.post) == (reader, None, post)


@pytest.mark.parametrize("kind", Kind)
def test_reporting_follows_reading(kind):
    post = PostFactory(thread__space__kind=kind)
    if kind == Kind.OPEN:
        assert report(MemberFactory(), post, "advert")
        return
    with pytest.raises((Refused, Http404)):
        report(MemberFactory(), post, "advert")
    assert report(MembershipFactory(space=post.thread.space).user, post, "advert")


def test_one_does_not_report_oneself_nor_what_others_do_not_see(post, author, reader, facilitator):
    with pytest.raises(ValidationError, match="dit eget indlæg"):
        report(author, post, "advert")
    Post.objects.filter(pk=post.pk).update(state="hidden")
    with pytest.raises(Http404):
        report(reader, again(post), "advert")
    with pytest.raises(ValidationError, match="ikke vist"):
        report(facilitator, again(post), "advert")


@pytest.mark.parametrize(
    ("reason", "words", "fault"),
    [("", "", "reason"), ("grimt", "", "reason"), ("other", " ", "words"), ("advert", "x" * 1001, "words")],
)
def test_a_report_without_what_it_needs_says_so(post, reader, reason, words, fault):
    with pytest.raises(ValidationError) as raised:
        report(reader, post, reason, words)
    assert list(raised.value.message_dict) == [fault]
    assert not Report.objects.exists()


def test_those_who_see_to_it_are_written_to_once_and_the_author_and_the_reporter_are_not(
    space, post, author, reader, facilitator, sends, mailoutbox
):
    join.give_role(facilitator, Membership.objects.get(user=author), FACILITATOR)
    with sends():
        report(reader, post, "personal", "Hemmelige ord")
        report(MembershipFactory(space=space).user, post, "advert")
    assert [mail.to for mail in mailoutbox] == [[facilitator.email]]
    for part in parts(mailoutbox[0]):
        assert "Nævner en privatperson" in part and "/netvaerk/gennemsyn/" in part and "Tomme huse" in part
        assert "Fru Hansen" not in part and "Hemmelige ord" not in part and "Rita" not in part


def test_where_the_author_alone_runs_the_space_the_administrators_see_to_it(
    space, thread, facilitator, reader, administrator, sends, mailoutbox
):
    post = PostFactory(thread=thread, author=facilitator, text="Facilitators egne ord")
    with sends():
        made = report(reader, post, "unkind")
    assert made.state == Report.State.HANDED_ON
    assert [mail.to for mail in mailoutbox] == [[administrator.email]]
    assert "ikke andet af tråden" in mailoutbox[0].body
    assert number_waiting(administrator) == 1 and number_waiting(facilitator) == 0
    assert list(log(facilitator)) == []


def test_where_another_runs_it_too_she_sees_to_it(thread, facilitator, other_facilitator, reader, administrator):
    made = report(reader, PostFactory(thread=thread, author=facilitator), "unkind")
    assert made.state == Report.State.WAITING
    assert number_waiting(other_facilitator) == 1
    assert number_waiting(administrator) == number_waiting(facilitator) == 0


# --- who sees to it -----------------------------------------------------------------------------------


def test_the_facilitator_sees_it_and_nobody_else(reported, facilitator, author, reader, administrator, editor):
    elsewhere = MembershipFactory(role=FACILITATOR).user
    assert number_waiting(facilitator) == 1
    for user in (author, reader, administrator, editor, elsewhere, AnonymousUser(), UserFactory()):
        assert number_waiting(user) == 0 and list(waiting(user)) == []
        assert not Report.objects.visible_to(user).exists()


def test_an_editor_sees_to_open_spaces_and_to_no_others(editor):
    reader = MemberFactory()
    there = report(reader, PostFactory(thread__space__kind="open"), "advert")
    closed = PostFactory()
    report(MembershipFactory(space=closed.thread.space).user, closed, "advert")
    assert [case.key for case in waiting(editor)] == [there]
    assert keep(editor, there, "Det er i orden.").by == editor


def test_an_editor_outside_the_network_sees_to_nothing():
    editor = UserFactory()
    editor.user_permissions.add(Permission.objects.get(codename="change_report"))
    report(MemberFactory(), PostFactory(thread__space__kind="open"), "advert")
    assert number_waiting(editor) == 0


def test_nobody_sees_to_a_report_of_her_own_post(post, author, reader, facilitator):
    join.give_role(facilitator, Membership.objects.get(user=author), FACILITATOR)
    made = report(reader, post, "personal")
    assert number_waiting(author) == 0 and number_waiting(facilitator) == 1
    with pytest.raises(Http404):
        keep(author, made, "Det er fint.")
    hide(facilitator, made, WHY)
    assert list(log(author)) == []
    with pytest.raises(Http404):
        undo(author, ModerationAct.objects.get())


def test_two_reports_of_a_post_are_one_case_with_both_reasons_and_the_post_before(space, post, reported, facilitator):
    second = report(MembershipFactory(space=space).user, post, "unkind")
    [case] = waiting(facilitator)
    assert case.grounds == [reported, second] and case.post == post
    assert case.before.number == 1 and case.title == "Hvem ejer husene?"
    assert number_waiting(facilitator) == 1 == number_waiting(facilitator, space)
    assert number_waiting(facilitator, SpaceFactory()) == 0


def test_a_report_follows_its_post_to_another_space(reported, post, facilitator):
    elsewhere = MembershipFactory(role=FACILITATOR)
    Thread.objects.filter(pk=post.thread_id).update(space=elsewhere.space)
    assert number_waiting(facilitator) == 0 and number_waiting(elsewhere.user) == 1


# --- keep and hide ------------------------------------------------------------------------------------


def test_a_post_that_is_kept_stays_and_whoever_reported_reads_why_and_the_author_nothing(
    space, post, reported, facilitator, reader, author, sends, mailoutbox
):
    second = report(MembershipFactory(space=space).user, post, "unkind")
    with sends():
        act = keep(facilitator, reported, "Hun er nævnt som formand.")
    assert (act.what, act.by, act.person, act.why) == ("kept", facilitator, author, "Hun er nævnt som formand.")
    assert again(post).state == Showing.VISIBLE
    assert {again(row).state for row in (reported, second)} == {Report.State.KEPT}
    assert number_waiting(facilitator) == 0
    assert sorted(mail.to[0] for mail in mailoutbox) == sorted([reader.email, second.by.email])
    for mail in mailoutbox:
        for part in parts(mail):
            assert "Indlægget bliver stående." in part and "Hun er nævnt som formand." in part
            assert "Fie Formand" not in part
    assert Event.objects.filter(what="kept", post=post, whom=None).count() == 1


def test_a_hidden_post_is_gone_for_others_and_its_author_reads_why_and_how_to_object(
    thread, post, reported, facilitator, reader, author, sends, mailoutbox
):
    PostFactory(thread=thread)
    before = again(thread).number_of_posts
    with sends():
        hide(facilitator, reported, WHY)
    assert again(post).state == Showing.HIDDEN and again(post).state_by == facilitator
    assert again(thread).number_of_posts == before - 1
    assert not Post.objects.visible_to(reader).filter(pk=post.pk).exists()
    assert Post.objects.visible_to(facilitator).filter(pk=post.pk).exists()
    [mail] = told(mailoutbox, author)
    assert mail.subject == "Dit indlæg i »Tomme huse« er skjult"
    for part in parts(mail):
        assert WHY in part and "Fru Hansen på Engvej" in part and "Er du uenig" in part and "/kontakt/" in part
        assert "Rita" not in part and "Det er en borger" not in part and "Fie" not in part
    [answer] = told(mailoutbox, reader)
    for part in parts(answer):
        assert "Indlægget er ikke længere vist." in part and WHY not in part
    assert Event.objects.filter(what="hidden", post=post, whom=author).count() == 1


def test_the_last_post_hidden_gives_the_thread_the_time_of_the_one_before(thread, post, reported, facilitator):
    hide(facilitator, reported, WHY)
    first = Post.objects.get(thread=thread, number=1)
    assert again(thread).last_post_at == first.created_at


def test_a_first_post_hidden_hides_its_thread_and_comes_back_with_it(thread, facilitator, reader):
    made = report(reader, Post.objects.get(thread=thread, number=1), "advert")
    PostFactory(thread=thread)
    act = hide(facilitator, made, WHY)
    assert not Thread.objects.visible_to(reader).exists() and not Post.objects.visible_to(reader).exists()
    undo(facilitator, act)
    assert Thread.objects.visible_to(reader).get().number_of_posts == 2
    assert Post.objects.visible_to(reader).count() == 2


@pytest.mark.parametrize("verb", [keep, hide, hand_on])
def test_each_act_needs_a_reason(reported, facilitator, verb):
    with pytest.raises(ValidationError, match="Skriv, hvorfor"):
        verb(facilitator, reported, "  ")
    assert again(reported).state == Report.State.WAITING and not ModerationAct.objects.exists()


@pytest.mark.parametrize("verb", [keep, hide, hand_on])
def test_sent_twice_it_is_done_once(reported, facilitator, verb):
    assert verb(facilitator, reported, WHY) == verb(facilitator, reported, WHY)
    assert ModerationAct.objects.count() == 1


@pytest.mark.parametrize("first", [keep, hide])
@pytest.mark.parametrize("second", [keep, hide, hand_on, write_to_author, suspend])
def test_the_second_of_two_is_told_that_it_is_done(reported, facilitator, other_facilitator, first, second):
    first(facilitator, reported, WHY)
    letters = Letter.objects.count()
    with pytest.raises(AlreadyDone, match="gjort i mellemtiden"):
        second(other_facilitator, reported, WHY)
    assert ModerationAct.objects.count() == 1 and Letter.objects.count() == letters


@pytest.mark.parametrize("verb", [keep, hide, hand_on, write_to_author, suspend])
def test_who_does_not_see_to_it_does_nothing_about_it(reported, reader, author, editor, verb):
    for user in (reader, author, editor, MembershipFactory(role=FACILITATOR).user):
        with pytest.raises((Http404, Refused)):
            verb(user, reported, WHY)
    assert not ModerationAct.objects.exists()


def test_a_post_that_was_removed_meanwhile_closes_its_report_and_the_reporter_is_told(
    post, author, reported, reader, facilitator, sends, mailoutbox
):
    Post.objects.filter(pk=post.pk).update(state="removed")
    with sends():
        announce(Event.What.TAKEN_DOWN, post.thread.space, who=author, thread=post.thread, post=post)
    assert number_waiting(facilitator) == 0 and again(reported).state == Report.State.HIDDEN
    assert "ikke længere vist" in told(mailoutbox, reader)[0].body


def test_no_letter_names_a_space_to_someone_who_may_not_know_of_it_any_more(sends, mailoutbox):
    space = SpaceFactory(kind="hidden", name="Kladdebordet")
    facilitator = MembershipFactory(space=space, role=FACILITATOR).user
    post, reader = PostFactory(thread__space=space), MembershipFactory(space=space).user
    made = report(reader, post, "advert")
    for user in (reader, post.author):
        join.remove(facilitator, Membership.objects.get(space=space, user=user))
    mailoutbox.clear()
    with sends():
        hide(facilitator, made, WHY)
    assert mailoutbox == []


# --- write, suspend, hand on --------------------------------------------------------------------------


def test_the_author_is_written_to_once_without_reporter_or_sender_and_the_case_waits_on(
    reported, post, facilitator, author, sends, mailoutbox
):
    with sends():
        first = write_to_author(facilitator, reported, "Vil du fjerne navnet?")
        assert write_to_author(facilitator, reported, "Vil du fjerne navnet?") == first
    [mail] = mailoutbox
    assert mail.to == [author.email] and mail.subject == "Om dit indlæg i »Tomme huse«"
    for part in parts(mail):
        assert "Vil du fjerne navnet?" in part and "Fru Hansen" in part and post.get_absolute_url() in part
        assert "Rita" not in part and "Fie" not in part and "Det er en borger" not in part
    assert number_waiting(facilitator) == 1


def test_there_is_nobody_to_write_to_where_the_author_is_gone(reported, post, facilitator, author):
    Post.objects.filter(pk=post.pk).update(author=None)
    for verb in (write_to_author, suspend):
        with pytest.raises(ValidationError, match="ikke længere en konto"):
            verb(facilitator, reported, WHY)
    assert hide(facilitator, reported, WHY).person is None


def test_a_suspended_author_reads_nothing_and_the_log_says_why(space, reported, facilitator, author):
    act = suspend(facilitator, reported, "Skriver om borgere igen og igen.")
    assert suspend(facilitator, reported, "Skriver om borgere igen og igen.") == act
    assert standing(author, space) == "suspended"
    assert not Post.objects.visible_to(author).exists()
    [change] = MembershipChange.objects.filter(user=author, what="suspended", by=facilitator)
    assert change.why == act.why == "Skriver om borgere igen og igen."
    undo(facilitator, act)
    assert standing(author, space) == "member"


def test_an_editor_hides_in_an_open_space_but_suspends_nobody(editor):
    post = PostFactory(thread__space__kind="open")
    made = report(MemberFactory(), post, "advert")
    with pytest.raises(Refused):
        suspend(editor, made, WHY)
    hide(editor, made, WHY)
    assert again(post).state == Showing.HIDDEN


def test_an_administrator_reads_the_one_post_that_is_handed_on_and_nothing_beside(
    thread, post, reported, facilitator, administrator, sends, mailoutbox
):
    PostFactory(thread=thread, text="Noget helt andet")
    with pytest.raises(AlreadyDone):
        keep(administrator, reported, WHY)
    with sends():
        hand_on(facilitator, reported, "Jeg kender hende for godt.")
    [mail] = mailoutbox
    assert mail.to == [administrator.email]
    [case] = waiting(administrator)
    assert case.post == post and case.before is None and case.title == "" and not case.runs
    assert not Post.objects.visible_to(administrator).exists()
    assert not Thread.objects.visible_to(administrator).exists()
    assert [act.why for act in log(administrator)] == ["Jeg kender hende for godt."]
    hide(administrator, again(reported), WHY)
    assert again(post).state == Showing.HIDDEN
    assert list(waiting(administrator)) == [] and number_waiting(facilitator) == 0


def test_what_an_administrator_did_she_can_undo_and_what_others_did_she_does_not_see(
    reported, post, facilitator, administrator
):
    write_to_author(facilitator, reported, "Ord mellem facilitator og forfatter")
    hand_on(facilitator, reported, WHY)
    assert [act.what for act in log(administrator)] == ["handed_on"]
    act = hide(administrator, again(reported), WHY)
    assert list(log(administrator)) == [act]
    undo(administrator, act)
    assert again(post).state == Showing.VISIBLE


def test_the_title_of_a_first_post_goes_with_it_when_it_is_handed_on(thread, reader, facilitator, administrator):
    made = report(reader, Post.objects.get(thread=thread, number=1), "advert")
    hand_on(facilitator, made, WHY)
    assert case_of(administrator, made).title == "Hvem ejer husene?"


# --- undone -------------------------------------------------------------------------------------------


def test_a_hidden_post_comes_back_within_30_days_and_all_are_told(
    thread, post, reported, facilitator, other_facilitator, author, reader, sends, mailoutbox
):
    act = hide(facilitator, reported, WHY)
    number, at = Post.objects.filter(thread=thread, state="visible").count(), again(post).created_at
    ModerationAct.objects.update(at=timezone.now() - timedelta(days=29, hours=23))
    with sends():
        undo(other_facilitator, act)
        undo(other_facilitator, act)
    assert again(post).state == Showing.VISIBLE
    assert (again(thread).number_of_posts, again(thread).last_post_at) == (number + 1, at)
    assert again(act).undone_by == other_facilitator and again(reported).state == Report.State.KEPT
    assert [mail.subject for mail in told(mailoutbox, author)] == ["Dit indlæg i »Tomme huse« er vist igen"]
    assert ["vist igen" in mail.body for mail in told(mailoutbox, reader)] == [True]
    assert Event.objects.filter(what="put_back", post=post).count() == 1
    with pytest.raises(AlreadyDone):
        undo(facilitator, act)


@pytest.mark.parametrize("verb", [keep, hide, suspend, hand_on])
def test_after_30_days_nothing_is_undone(reported, post, facilitator, verb):
    act = verb(facilitator, reported, WHY)
    ModerationAct.objects.update(at=timezone.now() - timedelta(days=30, seconds=1))
    state = again(post).state
    with pytest.raises(ValidationError, match="30 dage"):
        undo(facilitator, act)
    assert again(post).state == state and again(act).undone_at is None


def test_a_post_kept_waits_again_and_one_handed_on_comes_back(reported, post, facilitator, administrator):
    undo(facilitator, keep(facilitator, reported, WHY))
    assert number_waiting(facilitator) == 1
    undo(facilitator, hand_on(facilitator, reported, WHY))
    assert number_waiting(facilitator) == 1 and number_waiting(administrator) == 0
    assert hide(facilitator, again(reported), WHY).what == "hidden"


def test_a_post_kept_does_not_wait_twice_where_its_reporter_has_sent_another(reported, post, facilitator, reader):
    act = keep(facilitator, reported, WHY)
    report(reader, post, "unkind")
    with pytest.raises(AlreadyDone):
        undo(facilitator, act)


def test_what_was_written_cannot_be_undone_and_what_changed_since_is_not_touched(reported, post, facilitator):
    with pytest.raises(ValidationError, match="kan ikke fortrydes"):
        undo(facilitator, write_to_author(facilitator, reported, WHY))
    act = hide(facilitator, reported, WHY)
    Post.objects.filter(pk=post.pk).update(state="removed")
    with pytest.raises(AlreadyDone):
        undo(facilitator, act)
    assert again(post).state == Showing.REMOVED


def test_a_post_moved_away_since_is_not_brought_back_from_where_it_was(reported, post, facilitator):
    act = hide(facilitator, reported, WHY)
    Thread.objects.filter(pk=post.thread_id).update(space=SpaceFactory())
    with pytest.raises(AlreadyDone, match="flyttet"):
        undo(facilitator, act)


def test_one_who_was_restored_from_the_members_page_is_not_restored_twice(space, reported, facilitator, author):
    act = suspend(facilitator, reported, WHY)
    join.restore(facilitator, space, author)
    with pytest.raises(AlreadyDone):
        undo(facilitator, act)


def test_a_former_facilitator_sees_and_undoes_nothing(reported, facilitator, other_facilitator):
    act = hide(facilitator, reported, WHY)
    join.leave(facilitator, act.space)
    assert list(log(facilitator)) == []
    with pytest.raises(Http404):
        undo(facilitator, act)
    undo(other_facilitator, act)


# --- held ---------------------------------------------------------------------------------------------


@pytest.fixture
def newcomer(space, facilitator):
    """Let in by approval into a space that holds what a new member writes first."""
    Space.objects.filter(pk=space.pk).update(holds_first_post=True)
    space.refresh_from_db()
    user = MemberFactory(name="Nils Ny")
    join.accept(facilitator, join.ask(user, space, "Jeg vil med."))
    return user


def test_a_first_thread_is_held_for_all_but_its_author_and_facilitator(space, newcomer, facilitator, reader, editor):
    thread = start_thread(newcomer, space, "Mit første", "Hej")
    assert thread.state == Showing.HELD and thread.number_of_posts == 0
    for user, sees in ((newcomer, True), (facilitator, True), (reader, False), (editor, False)):
        assert Thread.objects.visible_to(user).filter(pk=thread.pk).exists() is sees
        assert Post.objects.visible_to(user).filter(thread=thread).exists() is sees
    assert [case.is_held for case in waiting(facilitator)] == [True]
    assert number_waiting(facilitator) == 1 and number_waiting(newcomer) == number_waiting(reader) == 0
    assert [event.what for event in Event.objects.filter(thread=thread)] == ["held"]


def test_each_facilitator_is_told_that_a_held_post_waits_and_not_once_it_is_seen_to(
    space, newcomer, facilitator, other_facilitator, sends, mailoutbox
):
    with sends():
        thread = start_thread(newcomer, space, "Mit første", "Hej")
    assert sorted(mail.to[0] for mail in mailoutbox) == sorted([facilitator.email, other_facilitator.email])
    for part in parts(mailoutbox[0]):
        assert "Nils Ny har skrevet sit første indlæg" in part and "/netvaerk/gennemsyn/" in part
        assert "Mit første" not in part
    mailoutbox.clear()
    with sends():
        reply(newcomer, thread, "Mere")
        Post.objects.filter(thread=thread).update(state="hidden")
    assert mailoutbox == []


def test_approved_it_is_news_from_now_and_the_second_is_not_held(
    space, newcomer, facilitator, reader, sends, mailoutbox
):
    thread = start_thread(newcomer, space, "Mit første", "Hej")
    written = timezone.now() - timedelta(days=2)
    Thread.objects.filter(pk=thread.pk).update(created_at=written, last_post_at=written)
    Post.objects.filter(thread=thread).update(created_at=written)
    before = timezone.now()
    with sends():
        act = approve(facilitator, Post.objects.get(thread=thread), "Velkommen")
        assert approve(facilitator, Post.objects.get(thread=thread), "Velkommen") == act
    shown = Thread.objects.visible_to(reader).get(pk=thread.pk)
    assert shown.number_of_posts == 1 and shown.created_at >= before and shown.last_post_at >= before
    assert Post.objects.visible_to(reader).get(thread=thread).created_at >= before
    assert [event.what for event in Event.objects.filter(thread=thread)] == ["thread", "approved", "held"]
    assert Event.objects.get(thread=thread, what="thread").who == newcomer
    [mail] = told(mailoutbox, newcomer)
    assert mail.subject == "Dit indlæg i »Tomme huse« er vist"
    for part in parts(mail):
        assert "Velkommen" in part and shown.get_absolute_url() in part
    assert reply(newcomer, thread, "Og en til").state == Showing.VISIBLE


def test_an_approved_reply_stands_last_and_its_old_address_leads_on(thread, newcomer, facilitator, reader):
    first = reply(newcomer, thread, "Mit svar")
    second = PostFactory(thread=thread)
    assert (first.number, second.number) == (2, 3)
    approve(facilitator, first)
    shown = Post.objects.visible_to(reader).get(pk=first.pk)
    assert shown.number == 4 == again(thread).last_number
    assert again(thread).number_of_posts == 3 and again(thread).last_post_at == shown.created_at
    assert FormerPlace.objects.get(thread_pk=thread.pk, number=2).post == shown
    assert PostFactory(thread=again(thread)).number == 5


def test_a_reply_with_nothing_after_it_keeps_its_number(thread, newcomer, facilitator):
    post = reply(newcomer, thread, "Mit svar")
    approve(facilitator, post)
    assert again(post).number == post.number and not FormerPlace.objects.exists()


def test_a_refused_post_is_hidden_its_author_reads_why_and_the_next_is_held(
    space, newcomer, facilitator, reader, sends, mailoutbox
):
    thread = start_thread(newcomer, space, "Mit første", "Køb mit kursus")
    post = Post.objects.get(thread=thread)
    with sends():
        act = refuse(facilitator, post, "Det er reklame.")
    assert again(post).state == again(thread).state == Showing.HIDDEN
    [mail] = told(mailoutbox, newcomer)
    assert mail.subject == "Dit indlæg i »Tomme huse« blev ikke vist"
    for part in parts(mail):
        assert "Det er reklame." in part and "Køb mit kursus" in part and "Er du uenig" in part
    assert start_thread(newcomer, space, "Igen", "Hej").state == Showing.HELD
    with sends():
        undo(facilitator, act)
    assert again(post).state == again(thread).state == Showing.HELD
    assert told(mailoutbox, newcomer)[-1].subject == "Dit indlæg i »Tomme huse« venter igen"
    assert not Thread.objects.visible_to(reader).filter(pk=thread.pk).exists()


def test_an_approval_is_undone_unless_others_have_answered(space, newcomer, facilitator, reader):
    thread = start_thread(newcomer, space, "Mit første", "Hej")
    undo(facilitator, approve(facilitator, Post.objects.get(thread=thread)))
    assert again(thread).state == Showing.HELD and not Thread.objects.visible_to(reader).filter(pk=thread.pk).exists()
    act = approve(facilitator, Post.objects.get(thread=thread))
    reply(reader, again(thread), "Velkommen")
    with pytest.raises(ValidationError, match="svaret i tråden"):
        undo(facilitator, act)


def test_what_is_held_in_a_held_thread_waits_for_its_beginning(space, newcomer, facilitator):
    thread = start_thread(newcomer, space, "Mit første", "Hej")
    more = reply(newcomer, thread, "Mere")
    with pytest.raises(ValidationError, match="begynder tråden"):
        approve(facilitator, more)
    approve(facilitator, Post.objects.get(thread=thread, number=1))
    approve(facilitator, more)
    assert again(thread).number_of_posts == 2


def test_two_who_see_to_a_held_post_and_one_who_does_not(thread, newcomer, facilitator, other_facilitator, reader):
    post = reply(newcomer, thread, "Mit svar")
    for verb in (approve, refuse, write_to_author, suspend):
        with pytest.raises(Refused):
            verb(reader, post, WHY)
    write_to_author(facilitator, post, "Vil du skrive, hvor du arbejder?")
    approve(facilitator, post)
    for verb in (approve, refuse):
        with pytest.raises(AlreadyDone):
            verb(other_facilitator, post, WHY)
    assert list(held(other_facilitator)) == []
