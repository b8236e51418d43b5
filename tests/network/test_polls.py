"""A poll in a thread: who may make it, who may vote, and what is shown of it when."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from network.models import Event, Membership, Poll, PollChoice, Vote
from network.permissions import Refused
from network.polls import close_poll, make_poll, poll_for, vote
from tests.factories import MemberFactory, MembershipFactory, SpaceFactory, ThreadFactory

pytestmark = pytest.mark.django_db
CHOICES = ["Mandag", "Tirsdag", "Onsdag"]


@pytest.fixture
def thread():
    return ThreadFactory(space=SpaceFactory(name="Tomme huse"))


@pytest.fixture
def member(thread):
    return MembershipFactory(space=thread.space).user


def asked(thread, **kwargs):
    return make_poll(thread.author, thread, "Hvornår kan I?", CHOICES, **kwargs)


def as_(user):
    client = Client()
    client.force_login(user)
    return client


def address(name, thread):
    return reverse(name, args=[thread.space.slug, thread.pk, thread.slug])


def votes(poll):
    return sorted(Vote.objects.filter(choice__poll=poll).values_list("user", "choice__place"))


# --- making it --------------------------------------------------------------------------------------------


def test_who_asked_and_a_facilitator_may_make_a_poll_and_no_other(thread, member):
    with pytest.raises(Refused):
        make_poll(member, thread, "Hvornår?", CHOICES)
    boss = MembershipFactory(space=thread.space, role="facilitator").user
    poll = make_poll(boss, thread, "Hvornår kan I?", CHOICES)
    assert [choice.text for choice in poll.choices.all()] == CHOICES
    assert Event.objects.filter(what=Event.What.POLL, thread=thread).count() == 1


def test_a_thread_has_one_poll_however_often_the_form_is_sent(thread):
    assert asked(thread) == asked(thread)
    assert Poll.objects.visible_to(thread.author).count() == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"question": "  "}, "question"),
        ({"question": "x" * 141}, "question"),
        ({"choices": ["Mandag"]}, "choices"),
        ({"choices": ["Mandag", " mandag ".strip().title()]}, "choices"),
        ({"choices": [str(n) for n in range(11)]}, "choices"),
        ({"choices": ["x" * 121, "y"]}, "choices"),
        ({"closes_at": timezone.now() - timedelta(minutes=1)}, "closes_at"),
        ({"result": "x"}, "result"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(thread, change, field):
    words = {"question": "Hvornår?", "choices": CHOICES, **change}
    with pytest.raises(ValidationError) as fault:
        make_poll(thread.author, thread, words.pop("question"), words.pop("choices"), **words)
    assert list(fault.value.message_dict) == [field]
    assert not thread.has_poll


def test_two_and_ten_choices_are_let_through(thread):
    make_poll(thread.author, thread, "Hvornår?", [str(n) for n in range(10)])
    other = ThreadFactory(space=thread.space)
    make_poll(other.author, other, "Hvornår?", ["Ja", "Nej"])


# --- voting -----------------------------------------------------------------------------------------------


def test_one_votes_changes_it_and_takes_it_back(thread, member):
    poll = asked(thread)
    for places in ([1], [2], []):
        vote(member, poll, places)
        assert votes(poll) == [(member.pk, place) for place in places]


def test_several_are_chosen_only_where_the_poll_says_so(thread, member):
    with pytest.raises(ValidationError):
        vote(member, asked(thread), [1, 2])
    other = ThreadFactory(space=thread.space)
    poll = asked(other, is_multiple=True)
    vote(member, poll, [1, 3])
    assert votes(poll) == [(member.pk, 1), (member.pk, 3)]


def test_what_is_no_choice_is_refused_and_the_vote_stands(thread, member):
    poll = asked(thread)
    vote(member, poll, [1])
    with pytest.raises(ValidationError):
        vote(member, poll, [7])
    assert votes(poll) == [(member.pk, 1)]


def test_nobody_votes_when_it_is_over(thread, member):
    poll = asked(thread)
    close_poll(thread.author, poll)
    with pytest.raises(ValidationError) as fault:
        vote(member, poll, [1])
    assert fault.value.code == "over"


def test_who_only_reads_along_does_not_vote_and_who_is_in_does():
    thread = ThreadFactory(space=SpaceFactory(kind="open"))
    poll, reader = asked(thread), MemberFactory()
    with pytest.raises(Refused):
        vote(reader, poll, [1])
    MembershipFactory(space=thread.space, user=reader)
    vote(reader, poll, [1])


def test_who_was_taken_out_no_longer_sees_the_poll(thread, member):
    poll = asked(thread)
    assert Poll.objects.visible_to(member).filter(pk=poll.pk).exists()
    Membership.objects.filter(user=member).delete()
    assert not Poll.objects.visible_to(member).filter(pk=poll.pk).exists()


# --- what is shown ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("result", "before", "after", "over"),
    [("always", True, True, True), ("after", False, True, True), ("closed", False, False, True)],
)
def test_the_result_is_shown_when_the_poll_says(thread, member, result, before, after, over):
    poll = asked(thread, result=result)
    told = [poll_for(member, thread).tells]
    vote(member, poll, [1])
    told.append(poll_for(member, thread).tells)
    close_poll(thread.author, poll)
    told.append(poll_for(member, thread).tells)
    assert told == [before, after, over]


def test_no_number_is_at_hand_while_the_result_is_kept(thread, member):
    poll = asked(thread)
    vote(thread.author, poll, [1])
    shown = poll_for(member, thread)
    assert [choice.number for choice in shown.choices] == [None] * 3
    assert "meter" not in as_(member).get(thread.get_absolute_url()).content.decode()


def test_the_page_shows_shares_of_those_who_voted(thread, member):
    poll = asked(thread, result="always", is_multiple=True)
    vote(member, poll, [1, 2])
    vote(thread.author, poll, [1])
    shown = poll_for(member, thread)
    assert [(choice.number, choice.share) for choice in shown.choices] == [(2, 100), (1, 50), (0, 0)]
    assert shown.voters == 2


def test_a_poll_is_made_and_answered_by_plain_forms(thread, member):
    author = as_(thread.author)
    form = {"question": "Hvornår?", "choices": "Mandag\nTirsdag", "result": "after", "closes_at": "31.12.2026 12.00"}
    assert author.post(address("poll-new", thread), {**form, "choices": "Mandag"}).status_code == 400
    assert author.post(address("poll-new", thread), form).status_code == 302
    page = as_(member).get(thread.get_absolute_url()).content.decode()
    assert "Hvornår?" in page and "Tirsdag" in page
    as_(member).post(address("poll-vote", thread), {"svar": "2"})
    assert PollChoice.objects.get(votes__user=member).text == "Tirsdag"
    as_(member).post(address("poll-vote", thread), {"svar": "2", "tag-tilbage": "1"})
    assert not Vote.objects.exists()


@pytest.mark.parametrize("places", [["x"], ["99999999999999999999"], ["²"], ["1", "2"], ["-1"]])
def test_a_vote_that_is_none_is_answered_in_words(thread, member, places):
    asked(thread)
    response = as_(member).post(address("poll-vote", thread), {"svar": places}, follow=True)
    assert response.status_code == 200
    assert Vote.objects.count() == 0


def test_the_same_place_sent_twice_is_one_vote(thread, member):
    poll = asked(thread)
    vote(member, poll, [1, 1])
    assert PollChoice.objects.get(votes__user=member).place == 1
