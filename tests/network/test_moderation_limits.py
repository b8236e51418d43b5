"""How much one person may do: at the limit all is well, one more is answered kindly and nothing typed is lost."""

import html
import re
from contextlib import nullcontext
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from network import join
from network.discuss import edit_post, reply, start_thread
from network.limits import TooMany
from network.models import AccessRequest, Event, Membership, Post, Profile, Thread
from network.moderate import approve
from network.report import report
from tests.factories import MemberFactory, MembershipFactory, PostFactory, SpaceFactory, ThreadFactory

pytestmark = pytest.mark.django_db

FACILITATOR = Membership.Role.FACILITATOR


@pytest.fixture
def few(settings):
    """The same rules with small numbers, so that a test can fill them."""
    settings.NETWORK_LIMITS = {name: (3, hours) for name, (_number, hours) in settings.NETWORK_LIMITS.items()}


def new(user, hours=1):
    Profile.objects.filter(user=user).update(completed_at=timezone.now() - timedelta(hours=hours))
    return type(user).objects.get(pk=user.pk)


def as_(user):
    client = Client()
    client.force_login(user)
    return client


def said(response):
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def start(user, space, number):
    return [start_thread(user, space, f"Tråd {at}", "Tekst") for at in range(number)]


def answer(user, thread, number):
    return [reply(user, thread, f"Svar {at}") for at in range(number)]


def test_the_limits_are_those_of_the_house(settings):
    assert {name: number for name, (number, _hours) in settings.NETWORK_LIMITS.items()} == {
        "threads": 20,
        "replies": 120,
        "reports": 20,
        "requests": 20,
        "invitations": 50,
        "announcements": 3,
        "meetings": 20,
        "questions": 20,
    }
    assert settings.NETWORK_NEW_LIMITS == {"threads": 3, "replies": 10, "links": 2}


# --- in the first day ---------------------------------------------------------------------------------


def test_someone_new_begins_three_threads_and_not_a_fourth():
    space = SpaceFactory()
    user = new(MembershipFactory(space=space).user)
    start(user, space, 3)
    with pytest.raises(TooMany, match="plads til 3 tråde. Prøv igen"):
        start(user, space, 1)
    assert Thread.objects.count() == 3


def test_someone_new_writes_ten_replies_and_not_an_eleventh():
    thread = ThreadFactory()
    user = new(MembershipFactory(space=thread.space).user)
    answer(user, thread, 10)
    with pytest.raises(TooMany, match="plads til 10 svar"):
        answer(user, thread, 1)
    answer(MembershipFactory(space=thread.space).user, thread, 1)


def test_a_day_later_one_is_like_everybody_else():
    thread = ThreadFactory()
    user = new(MembershipFactory(space=thread.space).user, hours=25)
    start(user, thread.space, 4)
    answer(user, thread, 11)
    reply(user, thread, "https://a.example https://b.example https://c.example")


@pytest.mark.parametrize(
    ("text", "is_fine"),
    [
        ("https://a.example og https://b.example", True),
        ("https://a.example, https://b.example og www.c.dk", False),
        ("[a](https://a.example) [b](https://b.example) [c](/metoder/)", True),
        ("[a](https://a.example) [b](https://b.example) [c](//c.example)", False),
        ("[a](https://a.example) [b](https://b.example) [c](mailto:c@eksempel.example)", False),
        ("<a href='#'>x</a> `https://x.example` " * 3 + "[a](https://a.example)", True),
    ],
)
def test_someone_new_puts_two_links_in_a_post_and_not_a_third(text, is_fine):
    thread = ThreadFactory()
    user = new(MembershipFactory(space=thread.space).user)
    post = reply(user, thread, "Uden links")
    for write in (
        lambda: reply(user, thread, text),
        lambda: start_thread(user, thread.space, "Links", text),
        lambda: edit_post(user, post, text, 1),
    ):
        with nullcontext() if is_fine else pytest.raises(ValidationError, match="plads til 2 links"):
            write()


# --- always -------------------------------------------------------------------------------------------


def test_at_the_limit_of_threads_all_is_well_and_one_more_is_too_many(few):
    space = SpaceFactory()
    user = MembershipFactory(space=space).user
    start(user, space, 3)
    with pytest.raises(TooMany, match="begyndt 3 tråde") as met:
        start(user, space, 1)
    assert 24 * 3600 - 60 < met.value.wait <= 24 * 3600
    Event.objects.filter(what=Event.What.THREAD).update(at=timezone.now() - timedelta(hours=24, seconds=1))
    start(user, space, 1)


def test_at_the_limit_of_replies_all_is_well_and_one_more_is_too_many():
    """The real number: far from it no lock is taken, near to it one is."""
    thread = ThreadFactory()
    user = MembershipFactory(space=thread.space).user
    answer(user, thread, 120)
    with pytest.raises(TooMany, match="skrevet 120 svar"):
        answer(user, thread, 1)
    assert Post.objects.filter(author=user).count() == 120


def test_what_was_removed_counts_and_what_was_held_counts_once(few):
    space = SpaceFactory(holds_first_post=True)
    facilitator = MembershipFactory(space=space, role=FACILITATOR).user
    asker = MemberFactory()
    join.accept(facilitator, join.ask(asker, space, "Jeg vil med."))
    [first] = start(asker, space, 1)
    approve(facilitator, first.posts.get())
    start(asker, space, 2)
    Post.objects.filter(author=asker).update(state="removed")
    with pytest.raises(TooMany):
        start(asker, space, 1)


def test_a_form_sent_twice_at_the_limit_is_the_first_and_not_one_too_many(few):
    thread = ThreadFactory()
    user = MembershipFactory(space=thread.space).user
    answer(user, thread, 2)
    key = uuid4()
    assert reply(user, thread, "Det tredje", key) == reply(user, thread, "Det tredje", key)


def test_at_the_limit_of_reports_all_is_well_and_one_more_is_too_many(few):
    user = MemberFactory()
    posts = [PostFactory(thread__space__kind="open") for _number in range(4)]
    for post in posts[:3]:
        report(user, post, "advert")
    with pytest.raises(TooMany, match="anmeldt 3 indlæg"):
        report(user, posts[3], "advert")


def test_at_the_limit_of_requests_all_is_well_and_one_more_is_too_many(few):
    user = MemberFactory()
    for _number in range(3):
        join.ask(user, SpaceFactory(), "Jeg vil med.")
    with pytest.raises(TooMany, match="bedt om adgang 3 gange"):
        join.ask(user, SpaceFactory(), "Jeg vil med.")
    assert AccessRequest.objects.count() == 3


def test_at_the_limit_of_invitations_all_is_well_and_one_more_is_too_many(few):
    space = SpaceFactory()
    facilitator = MembershipFactory(space=space, role=FACILITATOR).user
    join.invite(facilitator, space, MemberFactory())
    for _number in range(2):
        join.add(facilitator, space, MemberFactory())
    for verb in (join.add, join.invite):
        with pytest.raises(TooMany, match="inviteret og tilføjet 3"):
            verb(facilitator, space, MemberFactory())
    assert Membership.anyone.filter(space=space).count() == 4


# --- as the pages say it ------------------------------------------------------------------------------


def test_a_page_at_the_limit_says_429_when_to_come_back_and_keeps_what_was_typed(few, campaign):
    space = SpaceFactory()
    user = MembershipFactory(space=space).user
    thread = start(user, space, 3)[0]
    answer(user, thread, 3)
    client = as_(user)
    sent = {"title": "Den fjerde", "text": "Ord, der ikke må gå tabt"}
    for address in (
        reverse("thread-new", args=[space.slug]),
        reverse("reply", args=[space.slug, thread.pk, thread.slug]),
    ):
        response = client.post(address, sent)
        assert response.status_code == 429
        assert int(response.headers["Retry-After"]) >= 60
        assert "Ord, der ikke må gå tabt" in response.content.decode()
        assert "Prøv igen" in said(response) and "Det, du har skrevet, står her endnu." in said(response)
    assert Post.objects.filter(author=user).count() == 6


def test_a_forged_address_of_the_sender_gives_no_more_room(few, campaign):
    space = SpaceFactory()
    user = MembershipFactory(space=space).user
    start(user, space, 3)
    address = reverse("thread-new", args=[space.slug])
    response = as_(user).post(address, {"title": "Ny", "text": "Tekst"}, HTTP_X_FORWARDED_FOR="203.0.113.9")
    assert response.status_code == 429


def test_the_door_and_the_members_page_keep_what_was_typed_too(few, campaign):
    space = SpaceFactory()
    facilitator = MembershipFactory(space=space, role=FACILITATOR).user
    asker = MemberFactory()
    for _number in range(3):
        join.ask(asker, SpaceFactory(), "Jeg vil med.")
        join.add(facilitator, space, MemberFactory())
    asked = as_(asker).post(reverse("space-ask", args=[space.slug]), {"reason": "Fordi jeg er ny"})
    added = as_(facilitator).post(reverse("space-add", args=[space.slug]), {"addresses": "ny@eksempel.example"})
    for response, typed in ((asked, "Fordi jeg er ny"), (added, "ny@eksempel.example")):
        assert response.status_code == 429 and response.headers["Retry-After"]
        assert typed in response.content.decode()
