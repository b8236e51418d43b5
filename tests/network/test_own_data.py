"""What a member takes along: her own words from everywhere, and of others only what she may read at that moment."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.own_data import told_of
from network import join
from network.agenda import vote
from network.announce import announce
from network.discuss import edit_post, reply
from network.drafts import of_reply, save_draft
from network.follow import choose_thread
from network.lead import write_status
from network.models import Membership, Post, Report
from network.moderate import keep
from network.outcomes import close_notes, write_line
from network.polls import make_poll
from network.polls import vote as choose
from network.report import report
from network.thank import thank
from tests.factories import (
    MeetingFactory,
    MemberFactory,
    MembershipFactory,
    PostFactory,
    QuestionFactory,
    SpaceFactory,
    ThreadFactory,
    signed_up,
)

pytestmark = pytest.mark.django_db
OTHERS = ["naboord", "nabosvar", "nabostatus", "nabofraser", "nabolinje", "nabospoergsmaal", "nabovalg", "Nina Nabo"]


@pytest.fixture
def hidden():
    return SpaceFactory(name="Lukket havn", slug="lukket-havn", kind="hidden")


@pytest.fixture
def other(hidden):
    return MembershipFactory(space=hidden, role="facilitator", user__name="Nina Nabo").user


@pytest.fixture
def member(hidden, other):
    """She has left a trace of every kind in a hidden space, beside another whose words are not hers."""
    user = MembershipFactory(
        space=hidden, user__name="Mia Medlem", user__profile__about="Om mig selv.", user__profile__phone="12 34 56 78"
    ).user
    asked = ThreadFactory(space=hidden, author=other, title="Kajen i vinter", text="naboord")
    own = ThreadFactory(space=hidden, author=user, title="Mit spørgsmål", text="Mine første ord.")
    answer = reply(user, asked, "Mine andre ord.")
    edit_post(user, answer, "Mine rettede ord.", 1)
    reply(other, own, "nabosvar @Mia Medlem")
    write_status(other, asked, "nabostatus", 0)
    write_status(user, own, "Min status.", 0)
    save_draft(user, of_reply(asked), "", "Min kladde.")
    thank(user, PostFactory(thread=asked, author=other, text="nabofraser"))
    choose_thread(user, asked, "mute")
    poll = make_poll(other, asked, "nabovalg?", ["nabovalg et", "nabovalg to"])
    choose(user, poll, [2])
    announce(other, hidden, "nabofraser", "nabofraser")
    plant_meeting(user, other, hidden)
    return user


def plant_meeting(user, other, space):
    to_come = MeetingFactory(space=space, title="Møde på kajen")
    vote(user, QuestionFactory(meeting=to_come, text="nabospoergsmaal", author=other))
    QuestionFactory(meeting=to_come, text="Mit eget spørgsmål", author=user)
    signed_up(to_come, user, note="Jeg spiser ikke fisk.")
    over = MeetingFactory(space=space, title="Møde i laden", starts_at=timezone.now() - timedelta(days=1))
    question = QuestionFactory(meeting=over, text="nabospoergsmaal", author=other)
    write_line(other, question, "action", "nabolinje", owner=user, due_on=timezone.localdate())
    close_notes(other, over)


OWN = ["Mine første ord.", "Mine andre ord.", "Mine rettede ord.", "Min status.", "Min kladde.", "Mit eget spørgsmål"]
OWN += ["Jeg spiser ikke fisk.", "Om mig selv.", "12 34 56 78", "Mit spørgsmål"]
NAMES = ["Lukket havn", "Kajen i vinter", "Møde på kajen", "Møde i laden"]


def said(user):
    return json.dumps(told_of(user), default=str, ensure_ascii=False)


def test_she_takes_along_all_that_she_wrote_and_nothing_that_others_wrote(member):
    told = told_of(member)
    text = json.dumps(told, default=str, ensure_ascii=False)
    assert [word for word in OWN if word not in text] == []
    assert [word for word in NAMES if word not in text] == []
    assert [word for word in OTHERS if word in text] == []
    (answer,) = [post for post in told["Indlæg, du har skrevet"] if post["Tekst"] == "Mine rettede ord."]
    assert answer["Tråd"] == "Kajen i vinter" and answer["Skrevet"] and answer["Rettet"]
    assert told["Tak, du har sagt"][0]["Indlæg"].startswith("»Kajen i vinter«, nr. ")
    assert told["Svar, du har valgt i afstemninger"] == [{"Svar": "nr. 2 i afstemningen i »Kajen i vinter«"}]
    assert told["Spørgsmål, du har stemt på"][0]["Spørgsmål"] == "et spørgsmål til »Møde på kajen«"
    assert {"Tråd": "Kajen i vinter", "Valg": "slået fra"} in told["Tråde, du følger eller har slået fra"]
    assert told["Rum, du er med i"][0]["Rum"] == "Lukket havn"


def test_once_she_is_out_her_own_words_come_along_and_no_name_from_inside(member, other, hidden):
    join.remove(other, Membership.objects.get(user=member, space=hidden))
    text = said(member)
    # With her seat at what is to come went what she wrote beside it.
    assert [word for word in OWN if word not in text] == ["Jeg spiser ikke fisk."]
    assert [word for word in [*NAMES, *OTHERS] if word in text] == []
    assert "noget, du ikke kan læse længere" in text


def test_nobody_learns_by_it_that_a_post_of_hers_was_reported_and_stands(member, other, hidden):
    reporter = MembershipFactory(space=hidden).user
    case = report(reporter, Post.objects.get(author=member, source="Mine første ord."), "unkind", "nabofraser")
    keep(other, Report.objects.visible_to(other).get(pk=case.pk), "nabofraser")
    told = told_of(member)
    assert "Det, der er gjort ved dine indlæg eller dig" not in told
    assert "anmeld" not in json.dumps(told, default=str, ensure_ascii=False)
    assert told_of(reporter)["Indlæg, du har anmeldt"][0]["Med dine ord"] == "nabofraser"


def test_a_stranger_to_it_all_takes_along_herself_alone(member):
    text = said(MemberFactory(name="Nanna Ny"))
    assert "Nanna Ny" in text
    assert [word for word in [*OWN, *NAMES, *OTHERS, "Mia Medlem"] if word in text] == []


def test_however_much_there_is_it_is_fetched_in_the_same_number_of_queries(member, hidden):
    with CaptureQueriesContext(connection) as before:
        told_of(member)
    for number in range(5):
        thread = ThreadFactory(space=hidden, author=member, title=f"Tråd {number}")
        PostFactory(thread=thread, author=member)
    with CaptureQueriesContext(connection) as after:
        told_of(member)
    assert len(after) == len(before)
