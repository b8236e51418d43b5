"""Whose post a facilitator removes is told why, by letter, and again when it is put back."""

import pytest

from network import join
from network.models import Post, Space
from network.remove import put_back, remove_post
from tests.factories import MembershipFactory, PostFactory, ThreadFactory

pytestmark = pytest.mark.django_db
WHY = "Det er en reklame for jeres egen rådgivning."


@pytest.fixture
def space(campaign):
    return MembershipFactory(role="facilitator", space__name="Tomme boliger", space__kind="hidden").space


@pytest.fixture
def facilitator(space):
    return space.memberships.get(role="facilitator").user


@pytest.fixture
def post(space):
    thread = ThreadFactory(space=space, title="Hvem tæller med?")
    return PostFactory(thread=thread, text="Køb vores rapport.")


@pytest.fixture
def letters(mailoutbox, django_capture_on_commit_callbacks):
    """Call it with something to do; the mails that it led to."""

    def letters_of(what, *args):
        mailoutbox.clear()
        with django_capture_on_commit_callbacks(execute=True):
            what(*args)
        return list(mailoutbox)

    return letters_of


def test_the_author_is_told_once_what_was_removed_and_why(letters, facilitator, post):
    def twice():
        for _time in range(2):
            remove_post(facilitator, post, WHY)

    (mail,) = letters(twice)
    assert mail.to == [post.author.email] and mail.subject == "Dit indlæg i »Tomme boliger« er fjernet"
    for text in (mail.body, mail.alternatives[0][0]):
        assert WHY in text and "Køb vores rapport." in text and "Hvem tæller med?" in text
        assert facilitator.name not in text


def test_who_takes_away_her_own_is_written_nothing(letters, post):
    assert letters(remove_post, post.author, post) == []


def test_without_a_reason_the_letter_has_none(letters, facilitator, post):
    (mail,) = letters(remove_post, facilitator, post)
    assert "Derfor" not in mail.body and "Derfor" not in mail.alternatives[0][0]


def test_put_back_the_author_is_told_that_too(letters, facilitator, post):
    remove_post(facilitator, post, WHY)
    (mail,) = letters(put_back, facilitator, Post.objects.select_related("thread__space").get(pk=post.pk))
    assert mail.to == [post.author.email] and "vist igen" in mail.subject


def test_who_no_longer_knows_of_the_space_is_told_nothing(letters, facilitator, post):
    def and_out():
        remove_post(facilitator, post, WHY)
        join.remove(facilitator, post.thread.space.memberships.get(user=post.author))

    assert not [mail for mail in letters(and_out) if "indlæg" in mail.subject]
    assert Space.objects.count() == 1
