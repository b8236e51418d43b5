"""The agenda is made of questions in the order of their votes, and each ends as an answer, an action or a seed."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.utils import timezone

from network import agenda
from network.due_actions import DueActions
from network.limits import TooMany
from network.models import Event, Meeting, Membership, Outcome, Post, Question, QuestionVote, Seat, Thread
from network.outcomes import absent_from, actions_due, close_notes, may_own, tick, write_line
from network.permissions import Refused
from network.tend import close as close_thread
from tests.factories import (
    MeetingFactory,
    MemberFactory,
    MembershipFactory,
    QuestionFactory,
    SpaceFactory,
    ThreadFactory,
    signed_up,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def space():
    return SpaceFactory(name="Tomme huse")


@pytest.fixture
def meeting(space):
    return MeetingFactory(space=space)


@pytest.fixture
def boss(space):
    return MembershipFactory(space=space, role="facilitator").user


@pytest.fixture
def member(space):
    return MembershipFactory(space=space).user


@pytest.fixture
def begun(space):
    return MeetingFactory(space=space, starts_at=timezone.now() - timedelta(hours=1))


def agenda_of(user, meeting):
    questions = Question.objects.visible_to(user).with_votes(user).filter(meeting=meeting)
    return [question.text for question in questions.agenda()]


# --- asking and voting ------------------------------------------------------------------------------------


def test_any_member_asks_and_votes_for_her_own_with_it(meeting, member):
    question = agenda.ask(member, meeting, " Hvornår er et hus\ntomt? ")
    assert question.text == "Hvornår er et hus tomt?"
    assert QuestionVote.objects.filter(question=question, user=member).count() == 1
    with pytest.raises((Http404, Refused)):
        agenda.ask(MemberFactory(), meeting, "Må jeg?")


def test_the_agenda_goes_by_votes_with_what_is_pinned_first(meeting, member, boss):
    few, many, pinned, gone = (agenda.ask(boss, meeting, text) for text in ("få", "mange", "fast", "væk"))
    for person in (member, MembershipFactory(space=meeting.space).user):
        agenda.vote(person, many)
        agenda.vote(person, many)  # twice is one
    agenda.vote(member, few)
    agenda.pin(boss, pinned, True)
    agenda.close(boss, gone, True)
    assert agenda_of(member, meeting) == ["fast", "mange", "få"]
    agenda.pin(boss, pinned, False)
    agenda.close(boss, gone, False)
    assert agenda_of(member, meeting) == ["mange", "få", "fast", "væk"]
    counted = Question.objects.visible_to(member).with_votes(member).get(pk=many.pk)
    assert (counted.votes, counted.own_vote) == (3, True)


def test_a_vote_is_taken_back(meeting, member, boss):
    question = agenda.ask(boss, meeting, "Hvad koster det?")
    agenda.vote(member, question)
    agenda.take_vote_back(member, question)
    agenda.take_vote_back(member, question)
    assert QuestionVote.objects.filter(question=question).count() == 1


def test_only_who_runs_the_meeting_pins_and_closes(meeting, member, boss):
    question = agenda.ask(boss, meeting, "Hvad koster det?")
    for verb in (agenda.pin, agenda.close):
        with pytest.raises(Refused):
            verb(member, question, True)


def test_a_question_points_at_an_open_thread_of_the_space_alone(meeting, member, boss):
    thread = ThreadFactory(space=meeting.space, author=member)
    assert agenda.ask(member, meeting, "Hvad siger I?", thread=thread).thread == thread
    closed = ThreadFactory(space=meeting.space, author=member)
    close_thread(boss, closed)
    for other in (closed, ThreadFactory()):
        with pytest.raises(ValidationError) as fault:
            agenda.ask(member, meeting, "Og her?", thread=other)
        assert "thread" in fault.value.message_dict


@pytest.mark.parametrize("text", ["", "x" * 201, "Sagen om 010190-1234"])
def test_a_question_is_short_and_holds_no_cpr_number(meeting, member, text):
    with pytest.raises(ValidationError) as fault:
        agenda.ask(member, meeting, text)
    assert "text" in fault.value.message_dict


def test_a_form_sent_twice_asks_once(meeting, member):
    key = "7d0b4ff0-70aa-4a3a-9d25-0d6d5b8fd7d1"
    assert agenda.ask(member, meeting, "Én gang?", form_key=key) == agenda.ask(
        member, meeting, "Én gang?", form_key=key
    )
    assert Question.objects.visible_to(member).count() == 1


def test_there_is_a_limit_to_how_many_questions_one_asks(meeting, member, settings):
    settings.NETWORK_LIMITS = {**settings.NETWORK_LIMITS, "questions": (2, 24)}
    for number in range(2):
        agenda.ask(member, meeting, f"Nummer {number}?")
    with pytest.raises(TooMany):
        agenda.ask(member, meeting, "Og én til?")


def test_once_it_is_over_nobody_asks_or_votes(begun, member):
    question = QuestionFactory(meeting=begun)
    agenda.vote(member, question)  # while it lasts one may
    Meeting.objects.filter(pk=begun.pk).update(ends_at=timezone.now())
    begun.refresh_from_db()
    question.meeting = begun
    for act in (lambda: agenda.vote(member, question), lambda: agenda.ask(member, begun, "For sent?")):
        with pytest.raises(ValidationError):
            act()


# --- what came of it --------------------------------------------------------------------------------------


def line(user, question, kind="seed", **kwargs):
    return write_line(user, question, kind, "Det blev vi enige om.", **kwargs)


def test_the_notes_are_not_closed_before_each_question_has_its_line(begun, boss):
    first, second = QuestionFactory(meeting=begun), QuestionFactory(meeting=begun)
    off = QuestionFactory(meeting=begun, closed_at=timezone.now())
    line(boss, first)
    with pytest.raises(ValidationError) as fault:
        close_notes(boss, begun)
    assert second.text in fault.value.messages[0] and off.text not in fault.value.messages[0]
    line(boss, second)
    assert close_notes(boss, begun).is_held
    assert close_notes(boss, begun).is_held
    assert Event.objects.filter(what=Event.What.OUTCOMES).count() == 1


def test_there_are_three_outcomes_and_no_other(begun, boss):
    question = QuestionFactory(meeting=begun)
    for kind in ("", "talked", "droeftet"):
        with pytest.raises(ValidationError) as fault:
            write_line(boss, question, kind, "Vi talte om det.")
        assert "kind" in fault.value.message_dict
    assert not Outcome.objects.visible_to(boss).exists()


def test_an_action_has_an_owner_who_is_there_and_a_date(begun, boss, member):
    question = QuestionFactory(meeting=begun)
    for given in ({}, {"owner": MemberFactory(), "due_on": timezone.localdate()}, {"owner": member}):
        with pytest.raises(ValidationError):
            line(boss, question, "action", **given)
    made = line(boss, question, "action", owner=member, due_on=timezone.localdate())
    assert (made.owner, made.due_on) == (member, timezone.localdate())
    # Written anew as something else it has neither any more.
    assert line(boss, question, "seed").owner is None
    assert Outcome.objects.visible_to(boss).count() == 1


def test_the_answer_is_written_into_its_thread_when_the_notes_are_closed(begun, boss, member):
    thread = ThreadFactory(space=begun.space, author=member)
    asked = QuestionFactory(meeting=begun, thread=thread)
    fresh = QuestionFactory(meeting=begun, text="Hvornår er et hus tomt?")
    for question in (asked, fresh):
        line(boss, question, "answer")
    assert Post.objects.visible_to(boss).count() == 1
    close_notes(boss, begun)
    answers = Post.objects.visible_to(boss).filter(thread=thread, number=2)
    assert answers.get().source == "Det blev vi enige om."
    begun_by_it = Thread.objects.visible_to(boss).get(title="Hvornår er et hus tomt?")
    assert Question.objects.visible_to(boss).get(pk=fresh.pk).thread == begun_by_it
    assert {line.post.thread for line in Outcome.objects.visible_to(boss)} == {thread, begun_by_it}


def test_where_an_answer_cannot_be_written_nothing_is_closed(begun, boss, member, settings):
    settings.NETWORK_LIMITS = {**settings.NETWORK_LIMITS, "threads": (0, 24)}
    line(boss, QuestionFactory(meeting=begun), "answer")
    with pytest.raises(TooMany):
        close_notes(boss, begun)
    assert not Meeting.objects.get(pk=begun.pk).is_held
    assert not Thread.objects.visible_to(boss).exists()


def test_an_answer_to_a_meeting_for_all_needs_a_space_to_stand_in(boss, space):
    meeting = MeetingFactory(space=None, audience="network", starts_at=timezone.now() - timedelta(hours=1))
    meeting.organisers.add(boss)
    question = QuestionFactory(meeting=meeting)
    for place in (None, SpaceFactory()):
        with pytest.raises(ValidationError) as fault:
            line(boss, question, "answer", into=place)
        assert "into" in fault.value.message_dict
    line(boss, question, "answer", into=space)
    close_notes(boss, meeting)
    assert Thread.objects.visible_to(boss).get().space == space


def test_only_who_runs_it_writes_and_closes_the_notes(begun, member):
    question = QuestionFactory(meeting=begun)
    with pytest.raises(Refused):
        line(member, question)
    with pytest.raises(Refused):
        close_notes(member, begun)
    for_all = MeetingFactory(space=None, audience="network", starts_at=timezone.now() - timedelta(hours=1))
    with pytest.raises(PermissionDenied):
        close_notes(member, for_all)


def test_notes_are_neither_begun_before_the_meeting_nor_changed_after_they_are_closed(meeting, begun, boss):
    with pytest.raises(ValidationError):
        line(boss, QuestionFactory(meeting=meeting))
    question = QuestionFactory(meeting=begun)
    line(boss, question)
    close_notes(boss, begun)
    with pytest.raises(ValidationError):
        line(boss, question)


def test_the_lines_are_read_by_the_others_once_the_notes_are_closed(begun, boss, member):
    line(boss, QuestionFactory(meeting=begun))
    assert not Outcome.objects.visible_to(member).exists()
    close_notes(boss, begun)
    assert Outcome.objects.visible_to(member).count() == 1
    assert not Outcome.objects.visible_to(MemberFactory()).exists()


def test_those_absent_are_who_had_no_seat_and_who_did_not_come(begun, boss, member):
    there, stayed_away = MembershipFactory(space=begun.space).user, MembershipFactory(space=begun.space).user
    MembershipFactory(space=begun.space, state="suspended")
    MemberFactory()
    for person in (there, stayed_away):
        Seat.past_the_rule.create(meeting=begun, user=person, state="seated", note="Vegetar")
    close_notes(boss, begun, absent=[stayed_away.pk])
    assert set(absent_from(begun)) == {boss, member, stayed_away}
    assert not Seat.past_the_rule.exclude(note="").exists()  # what was written for the day is wiped


def test_of_a_meeting_for_all_those_absent_are_who_had_signed_up():
    meeting = MeetingFactory(space=None, audience="network", seat_limit=1)
    MemberFactory()
    _seated, waiting = signed_up(meeting).user, signed_up(meeting).user
    assert set(absent_from(meeting)) == {waiting}
    assert waiting in may_own(waiting, meeting)


# --- one's own actions ------------------------------------------------------------------------------------


@pytest.fixture
def action(begun, boss, member):
    question = QuestionFactory(meeting=begun)
    made = line(boss, question, "action", owner=member, due_on=timezone.localdate() + timedelta(days=2))
    close_notes(boss, begun)
    return made


def test_actions_due_are_ones_own_and_open(action, member, boss):
    today = timezone.localdate()
    assert not actions_due(member, today).exists()
    assert list(actions_due(member, today + timedelta(days=2))) == [action]
    assert not actions_due(boss, today + timedelta(days=2)).exists()
    tick(member, action.pk, True)
    assert not actions_due(member, today + timedelta(days=2)).exists()
    tick(member, action.pk, False)
    assert actions_due(member, today + timedelta(days=2)).exists()


def test_an_action_of_a_meeting_one_may_no_longer_read_is_told_to_nobody(action, member):
    Membership.objects.filter(user=member).delete()
    assert not actions_due(member, timezone.localdate() + timedelta(days=9)).exists()
    with pytest.raises(Http404):
        tick(member, action.pk, True)


def test_nobody_ticks_off_the_action_of_another(action, boss):
    with pytest.raises(Http404):
        tick(boss, action.pk, True)


def test_the_collected_mail_holds_what_came_due_since_the_last_one(action, member, boss):
    day = timezone.now() + timedelta(days=2)
    part = DueActions()
    assert set(part.waits_for([member.pk, boss.pk], day)) == {member.pk}
    (row,) = part.rows(member, day - timedelta(days=1), day)
    assert row["title"] == action.question.text and action.text in row["line"]
    assert part.rows(member, day, day + timedelta(days=7)) == []  # it was told of
    assert part.rows(boss, day - timedelta(days=1), day) == []
    Membership.objects.filter(user=member).delete()
    assert part.rows(member, day - timedelta(days=1), day) == []
