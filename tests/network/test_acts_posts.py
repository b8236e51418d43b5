"""What is done to a post: taken away and put back, thanked for, marked as the answer, compared with what it said."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.http import Http404
from django.utils import timezone

from network.discuss import edit_post, reply
from network.history import Comparison, Piece
from network.lead import StaleStatus, choose_answer, take_answer_back, write_status
from network.models import (
    Attachment,
    AttachmentVersion,
    Event,
    Membership,
    ModerationAct,
    Post,
    PostVersion,
    Reference,
    Showing,
    Space,
    Thanks,
    Thread,
)
from network.permissions import Refused, can_put_back
from network.remove import put_back, remove_post
from network.thank import take_thanks_back, thank
from tests.factories import MemberFactory, MembershipFactory, PostFactory, SpaceFactory, ThreadFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def thread():
    return ThreadFactory(title="Hvem har prøvet?", text="Vi står med det samme.")


@pytest.fixture
def facilitator(thread):
    return MembershipFactory(space=thread.space, role="facilitator").user


def row(thing):
    """The thing as it stands in the database, whoever may read it."""
    return type(thing)._base_manager.get(pk=thing.pk)


def read(user, thread):
    return list(Post.objects.visible_to(user).filter(thread=thread.pk).values_list("number", flat=True))


def told(thread, what):
    return list(Event.objects.filter(thread=thread.pk, what=what).order_by("pk").values_list("who", "whom"))


# --- taken away ---------------------------------------------------------------------------------------


def test_an_author_takes_her_own_away_and_the_thread_counts_it_no_more(thread):
    post = PostFactory(thread=thread)
    remove_post(post.author, post)
    now = row(thread)
    assert (now.number_of_posts, now.replies, now.last_post_at) == (1, 0, thread.created_at)
    assert row(post).state == Showing.REMOVED
    assert read(thread.author, thread) == [1]
    assert told(thread, "taken_down") == [(post.author_id, None)]


def test_a_facilitator_takes_any_away_and_it_is_kept_why_and_told_whom(thread, facilitator):
    post = PostFactory(thread=thread)
    remove_post(facilitator, post, "Nævner en borger.")
    act = ModerationAct.objects.visible_to(facilitator).get()
    assert (act.what, act.post_id, act.person, act.why) == ("removed", post.pk, post.author, "Nævner en borger.")
    assert told(thread, "taken_down") == [(facilitator.pk, post.author_id)]


def test_another_member_takes_nothing_away(thread):
    post, other = PostFactory(thread=thread), MembershipFactory(space=thread.space).user
    with pytest.raises(Refused):
        remove_post(other, post)
    assert row(post).state == Showing.VISIBLE


def test_in_an_archive_a_facilitator_still_looks_after_what_stands_there_and_nobody_else(thread, facilitator):
    post, own = PostFactory(thread=thread), PostFactory(thread=thread)
    Space.objects.filter(pk=thread.space_id).update(archived_at=timezone.now())
    for each in (post, own):
        each.refresh_from_db()
        each.thread.space.refresh_from_db()
    with pytest.raises(Refused):
        remove_post(own.author, own)
    assert remove_post(facilitator, post).state == Showing.REMOVED


def test_what_a_facilitator_has_hidden_its_author_cannot_take_away_and_put_back_to_be_seen(thread):
    post = PostFactory(thread=thread)
    Post.objects.filter(pk=post.pk).update(state=Showing.HIDDEN)
    with pytest.raises(Refused):
        remove_post(post.author, post)


def test_taken_away_twice_is_taken_away_once(thread):
    post = PostFactory(thread=thread)
    assert remove_post(post.author, post).state_at == remove_post(post.author, post).state_at
    assert len(told(thread, "taken_down")) == 1


def test_the_only_post_takes_the_thread_with_it(thread):
    remove_post(thread.author, first_of(thread))
    assert row(thread).state == Showing.REMOVED
    assert not Thread.objects.visible_to(thread.author).exists()


def first_of(thread):
    return Post.objects.visible_to(thread.author).select_related("thread__space").get(thread=thread, number=1)


def test_with_a_reply_the_thread_stays_and_is_read_on(thread):
    answer = PostFactory(thread=thread)
    remove_post(thread.author, first_of(thread))
    now = row(thread)
    assert (now.state, now.number_of_posts, now.replies) == (Showing.VISIBLE, 1, 1)
    assert read(answer.author, thread) == [2]


def test_with_the_last_that_is_left_the_thread_goes_too(thread):
    answer = PostFactory(thread=thread)
    remove_post(thread.author, first_of(thread))
    remove_post(answer.author, answer)
    assert row(thread).state == Showing.REMOVED


def test_the_answer_that_is_taken_away_is_the_answer_no_more(thread):
    answer = PostFactory(thread=thread)
    choose_answer(thread.author, answer)
    remove_post(answer.author, answer)
    assert row(thread).answer is None


def test_files_references_and_earlier_versions_of_what_is_removed_are_gone_for_readers_at_once(thread, facilitator):
    post = PostFactory(thread=thread)
    edit_post(post.author, post, "Rettet.", version=1)
    Reference.objects.create(post=post, what="thread", object_id=thread.pk)
    Attachment.objects.create(space=thread.space, post=post, name="liste.pdf", uploaded_by=post.author)

    def seen(user):
        return [
            kind.objects.visible_to(user).filter(post=post).count() for kind in (PostVersion, Reference, Attachment)
        ]

    assert seen(thread.author) == [1, 1, 1]
    remove_post(post.author, post)
    for reader in (thread.author, post.author, facilitator):
        assert seen(reader) == [0, 0, 0]


def test_who_edits_what_was_removed_meanwhile_is_told_that_it_is_gone(thread, facilitator):
    post = PostFactory(thread=thread)
    removed = remove_post(facilitator, row(post))
    assert removed.pk == post.pk and post.state == Showing.VISIBLE
    with pytest.raises(Http404):
        edit_post(post.author, post, "Rettet.", version=1)


# --- put back -----------------------------------------------------------------------------------------


def test_what_one_took_away_oneself_one_puts_back(thread):
    post = PostFactory(thread=thread, text="Sådan gjorde vi.")
    put_back(post.author, remove_post(post.author, post))
    now = row(thread)
    assert (now.number_of_posts, now.last_post_at) == (2, post.created_at)
    assert read(thread.author, thread) == [1, 2]
    assert told(thread, "put_back") == [(post.author_id, None)]


def test_what_an_author_took_away_no_facilitator_puts_back(thread, facilitator):
    post = remove_post(thread.author, PostFactory(thread=thread, author=thread.author))
    with pytest.raises(Refused):
        put_back(facilitator, post)
    assert row(post).state == Showing.REMOVED


def test_what_a_facilitator_removed_any_facilitator_puts_back_and_its_author_does_not(thread, facilitator):
    post = remove_post(facilitator, PostFactory(thread=thread))
    other = MembershipFactory(space=thread.space, role="facilitator").user
    with pytest.raises(Refused):
        put_back(post.author, post)
    put_back(other, post)
    assert row(post).state == Showing.VISIBLE
    assert ModerationAct.objects.visible_to(other).get().undone_by == other


def test_a_post_that_waited_waits_again_when_it_is_put_back(facilitator, thread):
    post = PostFactory(thread=thread)
    Post.objects.filter(pk=post.pk).update(state=Showing.HELD)
    put_back(facilitator, remove_post(facilitator, post))
    assert (row(post).state, row(thread).number_of_posts) == (Showing.HELD, 1)


def test_a_thread_comes_back_with_its_post(thread):
    post = remove_post(thread.author, first_of(thread))
    put_back(thread.author, post)
    assert (row(thread).state, row(thread).number_of_posts) == (Showing.VISIBLE, 1)


@pytest.mark.parametrize(("days", "may"), [(29, True), (31, False)])
def test_after_thirty_days_nothing_is_put_back(thread, days, may):
    post = remove_post(thread.author, PostFactory(thread=thread, author=thread.author))
    Post.objects.filter(pk=post.pk).update(state_at=timezone.now() - timedelta(days=days))
    post.refresh_from_db()
    assert can_put_back(thread.author, post) is may
    assert Post.objects.restorable_by(thread.author).filter(pk=post.pk).exists() is may


@pytest.mark.parametrize("by", ["author", "facilitator", "gone"])
@pytest.mark.parametrize("written_by", ["author", "gone"])
@pytest.mark.parametrize("archived", [False, True])
def test_who_may_put_back_is_said_the_same_of_one_and_of_many(thread, facilitator, by, written_by, archived):
    post = PostFactory(thread=thread)
    author = post.author
    remover = {"author": author, "facilitator": facilitator, "gone": None}[by]
    Post.objects.filter(pk=post.pk).update(
        state=Showing.REMOVED,
        state_by=remover,
        state_at=timezone.now(),
        author=None if written_by == "gone" else author,
    )
    if archived:
        Space.objects.filter(pk=thread.space_id).update(archived_at=timezone.now())
    post = Post._base_manager.select_related("thread__space").get(pk=post.pk)
    elsewhere = MembershipFactory(role="facilitator").user
    for user in (author, facilitator, thread.author, elsewhere, MemberFactory()):
        many = Post.objects.restorable_by(user).filter(pk=post.pk).exists()
        assert many is can_put_back(user, post)
    assert not Post.objects.restorable_by(elsewhere).exists()


# --- gone for good ------------------------------------------------------------------------------------


@pytest.fixture
def old(thread, settings, tmp_path):
    """A removed post with versions and a file, from more than thirty days ago."""
    settings.STORAGES["members"]["OPTIONS"]["location"] = tmp_path
    post = PostFactory(thread=thread, author=thread.author, text="Noget om en borger.")
    edit_post(post.author, post, "Mere om en borger.", version=1)
    attachment = Attachment.objects.create(space=thread.space, post=post, name="borger.txt")
    version = AttachmentVersion(attachment=attachment, version=1, kind="text/plain", size=5)
    version.file.save("borger.txt", ContentFile(b"hemme"))
    version.save()
    post.stored = version.file
    remove_post(thread.author, post)
    Post.objects.filter(pk=post.pk).update(state_at=timezone.now() - timedelta(days=31))
    return post


def test_after_thirty_days_text_versions_and_files_are_wiped_and_the_tombstone_stays(old, thread, capsys):
    where, name = old.stored.storage, old.stored.name
    assert where.exists(name)
    call_command("clear_removed")
    assert "1 indlæg er ryddet." in capsys.readouterr().out
    now = row(old)
    assert (now.source, now.html, now.state, now.number) == ("", "", Showing.REMOVED, 2)
    assert not PostVersion.objects.filter(post=old).exists()
    assert not Attachment.objects.filter(post=old).exists()
    assert not where.exists(name)
    call_command("clear_removed")
    assert "0 indlæg er ryddet." in capsys.readouterr().out
    assert row(thread).title == "Hvem har prøvet?"


def test_what_was_removed_less_than_thirty_days_ago_is_left(old):
    Post.objects.filter(pk=old.pk).update(state_at=timezone.now() - timedelta(days=29))
    call_command("clear_removed", verbosity=0)
    assert row(old).source == "Mere om en borger."


@pytest.mark.parametrize(("days_since_the_last", "title"), [(31, ""), (1, "Hvem har prøvet?")])
def test_a_thread_that_went_is_wiped_once_nothing_of_it_can_be_put_back(old, thread, days_since_the_last, title):
    first = remove_post(thread.author, first_of(thread))
    Post.objects.filter(pk=first.pk).update(state_at=timezone.now() - timedelta(days=days_since_the_last))
    call_command("clear_removed", verbosity=0)
    assert row(thread).title == title


# --- thanks -------------------------------------------------------------------------------------------


def test_one_says_thank_you_once_and_takes_it_back_once(thread):
    post = PostFactory(thread=thread)
    assert [thank(thread.author, post), thank(thread.author, post)] == [1, 1]
    assert row(post).number_of_thanks == 1
    assert [take_thanks_back(thread.author, post), take_thanks_back(thread.author, post)] == [0, 0]
    assert row(post).number_of_thanks == 0
    thank(thread.author, post)
    assert told(thread, "thanked") == [(thread.author_id, post.author_id)]


def test_nobody_thanks_herself(thread):
    with pytest.raises(ValidationError):
        thank(thread.author, first_of(thread))
    assert not Thanks.objects.filter(user=thread.author).exists()


def test_who_only_reads_along_in_an_open_space_says_no_thanks_before_she_joins():
    thread = ThreadFactory(space=SpaceFactory(kind="open"))
    reader = MemberFactory()
    with pytest.raises(Refused):
        thank(reader, first_of(thread))
    Membership.objects.create(space=thread.space, user=reader)
    assert thank(reader, first_of(thread)) == 1


def test_what_is_hidden_gets_no_thanks(thread, facilitator):
    post = PostFactory(thread=thread)
    Post.objects.filter(pk=post.pk).update(state=Showing.HIDDEN)
    post.refresh_from_db()
    with pytest.raises(Http404):
        thank(thread.author, post)
    with pytest.raises(ValidationError):
        thank(facilitator, post)


# --- the answer that helped ---------------------------------------------------------------------------


def test_who_asked_marks_the_answer_another_and_takes_it_back(thread):
    one, other = PostFactory(thread=thread), PostFactory(thread=thread)
    choose_answer(thread.author, one)
    choose_answer(thread.author, one)
    choose_answer(thread.author, other)
    assert row(thread).answer == other
    assert told(thread, "answer") == [(thread.author_id, one.author_id), (thread.author_id, other.author_id)]
    take_answer_back(thread.author, thread)
    assert row(thread).answer is None


def test_a_facilitator_marks_the_answer_and_another_member_does_not(thread, facilitator):
    post = PostFactory(thread=thread)
    with pytest.raises(Refused):
        choose_answer(post.author, post)
    assert choose_answer(facilitator, post).answer == post


def test_the_question_is_no_answer_and_ones_own_reply_may_be(thread):
    with pytest.raises(ValidationError):
        choose_answer(thread.author, first_of(thread))
    own = reply(thread.author, thread, "Jeg fandt selv ud af det.")
    assert choose_answer(thread.author, own).answer == own


# --- status -------------------------------------------------------------------------------------------


def test_the_asker_says_where_the_matter_stands_and_it_is_dated_and_signed(thread):
    write_status(thread.author, thread, "Tre har **svaret**.", 0)
    now = row(thread)
    assert now.status_html == "<p>Tre har <strong>svaret</strong>.</p>\n"
    assert (now.status_by, now.status_version) == (thread.author, 1)
    assert told(thread, "status") == [(thread.author_id, None)]


def test_an_empty_status_takes_it_away(thread):
    write_status(thread.author, thread, "Tre har svaret.", 0)
    write_status(thread.author, thread, " \n", 1)
    assert (row(thread).status_source, row(thread).status_html) == ("", "")


def test_a_status_written_on_top_of_another_is_told_and_one_sent_twice_is_not(thread, facilitator):
    write_status(thread.author, thread, "Den ene.", 0)
    write_status(thread.author, thread, "Den ene.", 0)
    with pytest.raises(StaleStatus) as stale:
        write_status(facilitator, thread, "Den anden.", 0)
    assert (stale.value.thread.status_source, row(thread).status_source) == ("Den ene.", "Den ene.")


@pytest.mark.parametrize(("length", "is_let_in"), [(1000, True), (1001, False)])
def test_a_status_has_room_for_a_thousand_signs(thread, length, is_let_in):
    if is_let_in:
        assert write_status(thread.author, thread, "x" * length, 0).status_source
    else:
        with pytest.raises(ValidationError):
            write_status(thread.author, thread, "x" * length, 0)


def test_a_member_who_did_not_ask_writes_no_status_and_nobody_does_in_an_archive(thread, facilitator):
    with pytest.raises(Refused):
        write_status(MembershipFactory(space=thread.space).user, thread, "Ind.", 0)
    thread.space.archived_at = timezone.now()
    thread.space.save()
    for user in (thread.author, facilitator):
        with pytest.raises(Refused):
            write_status(user, thread, "Ind.", 0)


# --- what was changed ---------------------------------------------------------------------------------


def test_a_comparison_says_what_was_put_in_and_taken_out_word_by_word():
    pieces = Comparison().pieces("Vi talte 40 huse i byen.", "Vi talte 43 huse i hele byen.")
    assert pieces == [
        Piece("same", "Vi talte "),
        Piece("out", "40 "),
        Piece("in", "43 "),
        Piece("same", "huse i "),
        Piece("in", "hele "),
        Piece("same", "byen."),
    ]


@pytest.mark.parametrize(
    ("before", "after"),
    [("", "Noget"), ("Noget", ""), ("ens", "ens"), (" a\n\nb", "a\n\n\nb "), ("a " * 9000, "b " * 9000 + "a")],
)
def test_the_pieces_put_together_are_both_texts(before, after):
    pieces = Comparison().pieces(before, after)
    assert "".join(piece.text for piece in pieces if piece.kind != "in") == before
    assert "".join(piece.text for piece in pieces if piece.kind != "out") == after


def test_a_page_of_long_texts_made_to_be_slow_is_compared_in_a_moment():
    from time import process_time

    comparison, begun = Comparison(), process_time()
    for turn in range(10):
        before = " ".join(str(number * number % (3 + turn)) for number in range(1_000))
        comparison.pieces(f"x {before}", f"y {before[::-1]}")
    assert process_time() - begun < 1
