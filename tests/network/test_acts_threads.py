"""What is done to a thread: fastened, closed, moved, merged, split. Nothing is lost, and old addresses lead on."""

import pytest
from django.core.exceptions import ValidationError
from django.http import Http404
from django.test import Client
from django.utils import timezone

from network import tend
from network.discuss import reply
from network.lead import choose_answer, write_status
from network.merge import merge_threads
from network.models import (
    Attachment,
    Draft,
    Event,
    FormerPlace,
    Mention,
    Poll,
    Post,
    ReadMarker,
    Reference,
    Report,
    Showing,
    Thread,
)
from network.move import move_thread
from network.permissions import Refused
from network.remove import remove_post
from network.split import split_thread
from network.thank import thank
from search import outbox
from search.models import SearchEntry
from tests.factories import MembershipFactory, PostFactory, SpaceFactory, ThreadFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def space():
    return SpaceFactory(name="Tomme huse", slug="tomme-huse")


@pytest.fixture
def facilitator(space):
    return MembershipFactory(space=space, role="facilitator").user


@pytest.fixture
def thread(space, facilitator):
    return ThreadFactory(space=space, title="Hvem har prøvet?", text="Spørgsmålet.")


@pytest.fixture
def other(space, facilitator):
    return ThreadFactory(space=space, title="Den anden tråd", text="Det andet spørgsmål.")


def row(thing):
    return type(thing)._base_manager.get(pk=thing.pk)


def said(thread, user):
    return list(
        Post.objects.visible_to(user).filter(thread=thread.pk).order_by("number").values_list("number", "source")
    )


def told(what):
    return Event.objects.filter(what=what)


# --- fastened, closed ---------------------------------------------------------------------------------


def test_a_facilitator_fastens_and_loosens_and_each_is_told_once(thread, facilitator):
    for _twice in range(2):
        tend.pin(facilitator, thread)
    assert row(thread).pinned_at and told("pinned").count() == 1
    tend.unpin(facilitator, thread)
    assert row(thread).pinned_at is None


def test_in_a_closed_thread_only_facilitators_write_until_it_is_opened(thread, facilitator):
    tend.close(facilitator, thread, "Fortsætter i den anden.")
    assert row(thread).closed_why == "Fortsætter i den anden."
    with pytest.raises(ValidationError) as refusal:
        reply(thread.author, thread, "Men …")
    assert refusal.value.code == "closed"
    assert reply(facilitator, thread, "Sidste ord.").number == 2
    tend.reopen(facilitator, thread)
    assert reply(thread.author, thread, "Endelig.").number == 3
    assert (told("closed").count(), told("opened").count()) == (1, 1)


@pytest.mark.parametrize("act", [tend.pin, tend.unpin, tend.close, tend.reopen])
def test_who_does_not_run_the_space_tends_nothing(thread, act):
    with pytest.raises(Refused):
        act(thread.author, thread)


# --- moved --------------------------------------------------------------------------------------------


@pytest.fixture
def there(facilitator):
    """Another space, in which the facilitator of the first is a plain member."""
    return MembershipFactory(user=facilitator, space__name="Erhverv").space


def test_a_thread_moves_with_its_posts_and_files_and_readers_change(thread, facilitator, there):
    post = PostFactory(thread=thread)
    attachment = Attachment.objects.create(space=thread.space, post=post, name="liste.pdf")
    report = Report.objects.create(space=thread.space, post=post, reason="other")
    gains = MembershipFactory(space=there).user
    tend.pin(facilitator, thread)
    move_thread(facilitator, thread, there)
    assert said(thread, gains) == [(1, "Spørgsmålet."), (2, post.source)]
    assert said(thread, thread.author) == []
    assert (row(attachment).space, row(report).space, row(thread).pinned_at) == (there, there, None)
    assert told("moved").get().space == there


def test_moved_twice_it_is_moved_once(thread, facilitator, there):
    for _twice in range(2):
        move_thread(facilitator, thread, there)
    assert told("moved").count() == 1


def test_to_move_one_runs_the_space_it_leaves(thread, there):
    MembershipFactory(space=there, user=thread.author)
    with pytest.raises(Refused):
        move_thread(thread.author, thread, there)
    assert row(thread).space == thread.space


@pytest.mark.parametrize(("kind", "refusal"), [("open", Refused), ("on_request", Refused), ("hidden", Http404)])
def test_to_move_one_may_write_in_the_space_it_comes_to(thread, facilitator, kind, refusal):
    elsewhere = SpaceFactory(kind=kind)
    with pytest.raises(refusal):
        move_thread(facilitator, thread, elsewhere)
    MembershipFactory(space=elsewhere, user=facilitator)
    assert move_thread(facilitator, thread, elsewhere).space == elsewhere


def test_nothing_moves_into_an_archive_and_out_of_one_it_does(thread, facilitator, there):
    there.archived_at = timezone.now()
    there.save()
    with pytest.raises(Refused):
        move_thread(facilitator, thread, there)
    there.archived_at = None
    there.save()
    thread.space.archived_at = timezone.now()
    thread.space.save()
    assert move_thread(facilitator, thread, there).space == there


def found(user, words):
    """The page of what a search of the site brings `user`."""
    client = Client()
    client.force_login(user)
    return client.get("/soeg/", {"q": words}).content.decode()


def test_a_search_finds_what_moved_for_those_alone_who_read_it_now(campaign, thread, facilitator, there):
    PostFactory(thread=thread, text="Vi prøvede med en pandekagevogn.")
    gains, loses = MembershipFactory(space=there).user, thread.author
    outbox.work()
    assert "Svar i »Hvem har prøvet?«" in found(loses, "pandekagevogn")
    move_thread(facilitator, thread, there)
    outbox.work()
    assert "Svar i »Hvem har prøvet?«" in found(gains, "pandekagevogn")
    assert "Svar i »Hvem har prøvet?«" not in found(loses, "pandekagevogn")


def test_a_search_finds_what_was_merged_and_split_where_it_stands_now_and_nowhere_else(
    campaign, thread, other, facilitator
):
    PostFactory(thread=other, text="Vi prøvede med en pandekagevogn.")
    outbox.work()
    merge_threads(facilitator, other, thread)
    outbox.work()
    page = found(facilitator, "pandekagevogn")
    assert "Svar i »Hvem har prøvet?«" in page and f"{row(thread).get_absolute_url()}3/" in page
    assert "Den anden tråd" not in page
    made = split_thread(facilitator, row(thread), [3], "Vogne på torvet")
    outbox.work()
    page = found(facilitator, "pandekagevogn")
    assert "Svar i »" not in page and made.get_absolute_url() in page
    entries = SearchEntry.objects.filter(text__contains="pandekagevogn")
    assert list(entries.values_list("source", "object_id")) == [("thread", made.pk)]


# --- merged -------------------------------------------------------------------------------------------


def test_merged_posts_stand_last_in_their_order_whatever_their_state(thread, other, facilitator):
    reply(thread.author, thread, "Et svar.")
    hidden, removed = PostFactory(thread=other, text="Skjult."), PostFactory(thread=other, text="Fjernet.")
    Post.objects.filter(pk=hidden.pk).update(state=Showing.HIDDEN)
    remove_post(removed.author, removed)
    PostFactory(thread=other, text="Andet svar.")
    merge_threads(facilitator, other, thread)
    assert said(thread, facilitator) == [
        (1, "Spørgsmålet."),
        (2, "Et svar."),
        (3, "Det andet spørgsmål."),
        (4, "Skjult."),
        (6, "Andet svar."),
    ]
    assert (row(removed).thread, row(removed).number) == (thread, 5)
    assert (row(thread).number_of_posts, row(thread).last_number) == (4, 6)
    assert reply(thread.author, thread, "Og videre.").number == 7


def test_of_the_merged_thread_an_empty_row_is_left_that_nobody_reads_and_its_events_stay(thread, other, facilitator):
    before = list(Event.objects.order_by("pk").values_list("pk", flat=True))
    merge_threads(facilitator, other, thread)
    assert not Thread.objects.visible_to(facilitator).filter(pk=other.pk).exists()
    assert row(other).number_of_posts == 0
    assert set(before) < set(Event.objects.values_list("pk", flat=True))
    assert told("merged").get().thread == thread


def test_what_hangs_on_the_posts_comes_along(thread, other, facilitator):
    post = PostFactory(thread=other)
    answer = reply(facilitator, other, "Svar.", reply_to=post)
    Reference.objects.create(post=post, what="thread", object_id=thread.pk)
    Mention.objects.create(post=post, user=facilitator)
    Attachment.objects.create(space=other.space, post=post, name="liste.pdf")
    thank(other.author, post)
    merge_threads(facilitator, other, thread)
    for kind in (Reference, Mention, Attachment):
        assert kind.objects.visible_to(thread.author).get(post=post)
    assert (row(post).number_of_thanks, row(answer).reply_to) == (1, post)
    assert told("thanked").get().thread == thread


def test_status_answer_and_poll_come_along_where_there_was_none(thread, other, facilitator):
    post = PostFactory(thread=other)
    choose_answer(other.author, post)
    write_status(other.author, other, "Sådan står det.", 0)
    Poll.objects.create(thread=other, question="Hvornår?")
    Thread.objects.filter(pk=other.pk).update(has_poll=True)
    merge_threads(facilitator, row(other), row(thread))
    now = row(thread)
    assert (now.answer, now.status_source, now.status_by, now.has_poll) == (
        post,
        "Sådan står det.",
        other.author,
        True,
    )
    assert Poll.objects.visible_to(thread.author).get().thread == thread


def test_two_statuses_become_one_text_and_the_answer_of_the_one_that_stays_stays(thread, other, facilitator):
    for each, words in ((thread, "Her."), (other, "Der.")):
        choose_answer(each.author, PostFactory(thread=each))
        write_status(each.author, each, words, 0)
    kept = row(thread).answer
    merge_threads(facilitator, row(other), row(thread))
    now = row(thread)
    assert (now.status_source, now.status_version, now.answer) == ("Her.\n\nDer.", 2, kept)
    assert "<p>Der.</p>" in now.status_html


def test_two_polls_cannot_become_one(thread, other, facilitator):
    for each in (thread, other):
        Poll.objects.create(thread=each, question="Hvornår?")
        Thread.objects.filter(pk=each.pk).update(has_poll=True)
    with pytest.raises(ValidationError):
        merge_threads(facilitator, row(other), row(thread))
    assert row(other).state == Showing.VISIBLE


@pytest.mark.parametrize(("here", "there", "after"), [(2, 1, 3), (2, 2, 4), (1, 2, 1), (2, None, 2), (None, 2, None)])
def test_who_had_read_all_of_the_one_goes_on_where_she_was_in_the_other(
    thread, other, facilitator, here, there, after
):
    PostFactory(thread=thread)
    PostFactory(thread=other)
    for each, number in ((thread, here), (other, there)):
        if number:
            ReadMarker.objects.create(thread=each, user=facilitator, number=number)
    merge_threads(facilitator, other, thread)
    marker = ReadMarker.objects.filter(user=facilitator).first()
    assert (marker and marker.number) == after
    assert not ReadMarker.objects.filter(thread=other).exists()


def test_no_draft_is_lost(thread, other, facilitator):
    one, both = thread.author, other.author
    Draft.objects.create(user=one, place=f"svar:{other.pk}", text="Kun her.")
    Draft.objects.create(user=both, place=f"svar:{other.pk}", text="Også her.")
    Draft.objects.create(user=both, place=f"svar:{thread.pk}", text="Først.")
    merge_threads(facilitator, other, thread)
    drafts = Draft.objects.filter(place=f"svar:{thread.pk}")
    assert dict(drafts.values_list("user", "text")) == {one.pk: "Kun her.", both.pk: "Først.\n\nOgså her."}
    assert Draft.objects.count() == 2


@pytest.mark.parametrize("way", ["self", "elsewhere", "removed"])
def test_what_cannot_be_merged_is_left_as_it_is(thread, other, facilitator, way):
    into = {"self": thread, "elsewhere": ThreadFactory(space__name="Et andet"), "removed": other}[way]
    if way == "elsewhere":
        MembershipFactory(space=into.space, user=facilitator, role="facilitator")
    if way == "removed":
        remove_post(other.author, Post.objects.visible_to(other.author).get(thread=other))
    with pytest.raises((ValidationError, Http404)):
        merge_threads(facilitator, thread, into)
    assert said(thread, thread.author) == [(1, "Spørgsmålet.")]


def test_an_asker_merges_nothing(thread, space):
    own = ThreadFactory(space=space, author=thread.author)
    with pytest.raises(Refused):
        merge_threads(thread.author, own, thread)


def test_where_earlier_threads_are_kept_from_new_members_an_older_one_is_not_merged_into_a_newer(
    space, thread, other, facilitator
):
    space.shows_earlier = False
    space.save()
    thread, other = row(thread), row(other)
    with pytest.raises(ValidationError) as refusal:
        merge_threads(facilitator, thread, other)
    assert refusal.value.code == "older"
    assert merge_threads(facilitator, other, thread) == thread


# --- split --------------------------------------------------------------------------------------------


@pytest.fixture
def long(thread):
    for number in range(2, 6):
        PostFactory(thread=thread, text=f"Svar {number}.")
    return thread


def test_what_is_split_off_is_numbered_from_one_and_leaves_gaps(long, facilitator):
    made = split_thread(facilitator, long, [5, 3], "  En ny  tråd ")
    assert (made.title, made.slug) == ("En ny tråd", "en-ny-traad")
    assert said(made, long.author) == [(1, "Svar 3."), (2, "Svar 5.")]
    assert [number for number, _text in said(long, long.author)] == [1, 2, 4]
    assert (row(made).number_of_posts, row(made).last_number, row(made).replies) == (2, 2, 1)
    assert (row(long).number_of_posts, row(long).last_number) == (3, 5)
    first = Post.objects.visible_to(long.author).get(thread=made, number=1)
    assert (made.author, made.created_at) == (first.author, first.created_at)
    assert reply(long.author, row(long), "Videre.").number == 6
    assert told("split").get().thread == made


def test_split_twice_it_is_split_once(long, facilitator):
    made = [split_thread(facilitator, long, [3, 5], "En ny tråd") for _twice in range(2)]
    assert made[0] == made[1]
    assert told("split").count() == 1


@pytest.mark.parametrize(("numbers", "goes_along"), [([2, 3], True), ([3, 4], False)])
def test_the_answer_goes_along_with_its_post_unless_it_becomes_the_question(long, facilitator, numbers, goes_along):
    answer = Post.objects.visible_to(facilitator).select_related("thread__space").get(thread=long, number=3)
    choose_answer(facilitator, answer)
    made = split_thread(facilitator, row(long), numbers, "Ny")
    assert row(long).answer is None
    assert row(made).answer == (answer if goes_along else None)


def test_who_had_read_some_has_read_as_many_of_the_new_thread(long, facilitator):
    ReadMarker.objects.create(thread=long, user=facilitator, number=4)
    ReadMarker.objects.create(thread=long, user=long.author, number=2)
    made = split_thread(facilitator, long, [3, 4, 5], "Ny")
    assert ReadMarker.objects.get(thread=made).number == 2
    assert ReadMarker.objects.get(thread=long, user=facilitator).number == 4


@pytest.mark.parametrize(
    ("numbers", "title", "field"),
    [([], "Ny", "numbers"), ([1, 2], "Ny", "numbers"), ([2], " ", "title"), ([2, 99], "Ny", "numbers")],
)
def test_a_split_that_cannot_be_is_refused_in_words_at_its_field(long, facilitator, numbers, title, field):
    with pytest.raises(ValidationError) as refusal:
        split_thread(facilitator, long, numbers, title)
    assert list(refusal.value.message_dict) == [field]
    assert len(said(long, facilitator)) == 5


def test_what_is_hidden_is_not_split_off(long, facilitator):
    Post.objects.filter(thread=long, number=3).update(state=Showing.HIDDEN)
    with pytest.raises(ValidationError):
        split_thread(facilitator, long, [2, 3], "Ny")


def test_a_member_splits_nothing(long):
    with pytest.raises(Refused):
        split_thread(long.author, long, [2], "Ny")


def test_what_is_split_off_shows_new_members_no_more_than_before(long, facilitator, space):
    space.shows_earlier = False
    space.save()
    late = MembershipFactory(space=space, joined_at=timezone.now()).user
    PostFactory(thread=long, author=facilitator)
    made = split_thread(facilitator, row(long), [6], "Ny")
    assert not Thread.objects.visible_to(late).filter(pk__in=[long.pk, made.pk]).exists()


def test_a_post_moved_again_and_again_is_led_to_without_a_stop(long, other, facilitator):
    made = split_thread(facilitator, long, [3, 4], "Ny")
    merge_threads(facilitator, row(made), row(other))
    rows = FormerPlace.objects.filter(thread_pk=long.pk).order_by("number")
    assert [(row.thread, row.post.number) for row in rows] == [(other, 2), (other, 3)]
    assert FormerPlace.objects.get(thread_pk=made.pk, number=None).thread == other
