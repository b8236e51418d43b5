"""Who may read a file is who may read its post; how it is handed out."""

import io

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone
from PIL import Image

from network import join
from network.attach import attach, bind, renew
from network.discuss import edit_post, reply, start_thread
from network.models import Attachment, AttachmentVersion, Event, Membership, Post, Showing, Space, Thread
from network.models.files import bytes_in, closed_files
from network.permissions import Refused, can_renew_file
from tests.factories import MemberFactory, MembershipFactory, SpaceFactory, ThreadFactory, UserFactory
from tests.network import made_files as made

pytestmark = pytest.mark.django_db
FACILITATOR = Membership.Role.FACILITATOR


@pytest.fixture(autouse=True)
def own_disk(settings, tmp_path):
    settings.STORAGES = {
        **settings.STORAGES,
        "members": {"BACKEND": "network.storage.ClosedFiles", "OPTIONS": {"location": tmp_path / "files"}},
    }
    return tmp_path / "files"


@pytest.fixture
def space():
    return SpaceFactory(name="Tomme boliger", slug="tomme-boliger")


@pytest.fixture
def facilitator(space):
    return MembershipFactory(space=space, role=FACILITATOR).user


@pytest.fixture
def member(space):
    return MembershipFactory(space=space).user


@pytest.fixture
def colleague(space):
    return MembershipFactory(space=space).user


@pytest.fixture
def file(space, member):
    return sent(member, space)


def sent(user, space, name="Referat.pdf", content=made.PDF):
    put_up = attach(user, space, made.upload(name, content))
    thread = start_thread(user, space, "Se referatet", "Det er vedhæftet.", files=[put_up.pk])
    return Attachment.objects.select_related("post__thread__space").get(post__thread=thread)


def as_(user):
    client = Client(raise_request_exception=False)
    if user is not None:
        client.force_login(user)
    return client


def status_for(user, file):
    return as_(user).get(file.get_absolute_url()).status_code


def may_read(user, file):
    """Both roads at once: the list, and the address."""
    listed = Attachment.objects.visible_to(user or AnonymousUser()).filter(pk=file.pk).exists()
    status = status_for(user, file)
    assert listed is (status == 200), status
    return listed


# --- who ------------------------------------------------------------------------------------------------


def test_those_in_the_space_read_a_file_and_nobody_else(file, member, colleague, facilitator):
    outsiders = [None, UserFactory(), MemberFactory(), MemberFactory(is_superuser=True)]
    assert all(may_read(user, file) for user in (member, colleague, facilitator))
    assert not any(may_read(user, file) for user in outsiders)


def test_a_stranger_meets_the_door_and_of_a_hidden_space_nothing(file, space):
    assert status_for(None, file) == 403
    Space.objects.filter(pk=space.pk).update(kind="hidden")
    assert status_for(None, file) == 404


@pytest.mark.parametrize("state", [Showing.REMOVED, Showing.HIDDEN, Showing.HELD])
@pytest.mark.parametrize("what", ["post", "thread"])
def test_the_file_of_what_is_no_longer_shown_is_gone_at_once(file, colleague, state, what):
    assert may_read(colleague, file)
    if what == "post":
        Post.objects.filter(pk=file.post_id).update(state=state)
    else:
        Thread.objects.filter(pk=file.post.thread_id).update(state=state)
    assert not may_read(colleague, file)
    assert status_for(colleague, file) == 404


def test_a_removed_post_keeps_its_file_from_its_writer_and_the_facilitator_too(file, member, facilitator):
    Post.objects.filter(pk=file.post_id).update(state=Showing.REMOVED)
    assert not may_read(member, file)
    assert not may_read(facilitator, file)


def test_a_post_that_is_put_back_brings_its_file_back(file, colleague):
    Post.objects.filter(pk=file.post_id).update(state=Showing.HIDDEN)
    assert not may_read(colleague, file)
    Post.objects.filter(pk=file.post_id).update(state=Showing.VISIBLE)
    assert may_read(colleague, file)


def test_who_left_and_who_is_suspended_reads_no_file_not_even_her_own(file, member, colleague, facilitator, space):
    join.suspend(facilitator, Membership.objects.get(user=member, space=space), "Vi taler om det.")
    assert not may_read(member, file)
    join.leave(colleague, space)
    assert not may_read(colleague, file)


def test_a_space_without_files_hands_out_none(file, colleague, space):
    Space.objects.filter(pk=space.pk).update(has_files=False)
    assert status_for(colleague, file) == 404


def test_an_archived_space_hands_its_files_out_and_takes_none(file, member, space):
    Space.objects.filter(pk=space.pk).update(archived_at=timezone.now())
    assert may_read(member, file)
    space.refresh_from_db()
    with pytest.raises(Refused):
        attach(member, space, made.upload("a.pdf", made.PDF))


def test_the_files_of_a_thread_that_is_moved_go_along(file, member, colleague):
    other = SpaceFactory(slug="et-andet-rum")
    newcomer = MembershipFactory(space=other).user
    assert not may_read(newcomer, file)
    Thread.objects.filter(pk=file.post.thread_id).update(space=other)
    old = file.get_absolute_url()
    file = Attachment.objects.select_related("post__thread__space").get(pk=file.pk)
    assert may_read(newcomer, file)
    assert not may_read(colleague, file)
    assert as_(newcomer).get(old).headers["Location"] == file.get_absolute_url()
    assert bytes_in(other) == len(made.PDF)


def test_the_files_of_a_thread_from_before_one_came_are_kept_from_her(file, space):
    Space.objects.filter(pk=space.pk).update(shows_earlier=False)
    assert not may_read(MembershipFactory(space=space).user, file)


def test_a_file_that_is_not_sent_yet_is_its_owners_alone(space, member, facilitator):
    unsent = attach(member, space, made.upload("a.pdf", made.PDF))
    assert may_read(member, unsent)
    assert not may_read(facilitator, unsent)
    assert not may_read(None, unsent)


def test_a_file_whose_owner_is_gone_belongs_to_nobody_and_not_to_every_stranger(space, member):
    unsent = attach(member, space, made.upload("a.pdf", made.PDF))
    Attachment.objects.filter(pk=unsent.pk).update(uploaded_by=None)
    assert not may_read(None, unsent)
    assert not may_read(member, unsent)


def test_who_has_left_does_not_reach_what_she_had_not_sent(space, member):
    unsent = attach(member, space, made.upload("a.pdf", made.PDF))
    Membership.objects.filter(user=member).delete()
    assert not may_read(member, unsent)


def test_another_ones_file_cannot_be_hung_on_ones_own_post(space, member, colleague):
    foreign = attach(member, space, made.upload("a.pdf", made.PDF))
    with pytest.raises(ValidationError):
        start_thread(colleague, space, "Min nu", "Tyvekoster.", files=[foreign.pk])
    assert not Thread.objects.filter(author=colleague).exists()
    assert Attachment.objects.get(pk=foreign.pk).post is None


def test_a_file_cannot_be_hung_on_two_posts_nor_carried_into_another_space(file, member):
    other = SpaceFactory()
    MembershipFactory(space=other, user=member)
    with pytest.raises(ValidationError):
        reply(member, file.post.thread, "Igen.", files=[file.pk])
    unsent = attach(member, file.space, made.upload("a.pdf", made.PDF))
    with pytest.raises(ValidationError):
        start_thread(member, other, "Et andet sted", "Med filen.", files=[unsent.pk])


def test_only_ten_files_hang_on_a_post(space, member):
    put_up = [attach(member, space, made.upload(f"{n}.txt", b"tal")).pk for n in range(11)]
    with pytest.raises(ValidationError):
        start_thread(member, space, "For mange", "Elleve.", files=put_up)
    thread = start_thread(member, space, "Ti", "Ti.", files=put_up[:10])
    post = Post.objects.get(thread=thread)
    with pytest.raises(ValidationError):
        edit_post(member, post, "Ti og en til.", 1, files=put_up[10:])
    edit_post(member, post, "Ni og en ny.", 1, files=put_up[10:], without=put_up[:1])
    assert Attachment.objects.filter(post=post).count() == 10


def test_a_file_that_is_taken_off_a_post_is_gone_from_the_disk(
    file, member, own_disk, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        edit_post(member, file.post, "Uden fil.", 1, without=[file.pk])
    assert not Attachment.objects.exists()
    assert not list(closed_files().names())
    assert not Post.objects.get(pk=file.post_id).has_files


def test_putting_up_a_file_is_announced_with_its_post(file, member):
    event = Event.objects.get(what=Event.What.FILE)
    assert (event.who, event.post, event.space) == (member, file.post, file.space)


def test_a_held_post_shows_its_file_to_its_writer_and_the_facilitator(space, facilitator, colleague):
    Space.objects.filter(pk=space.pk).update(holds_first_post=True)
    space.refresh_from_db()
    newcomer = MembershipFactory(space=space, is_on_trial=True).user
    file = sent(newcomer, space)
    assert may_read(newcomer, file)
    assert may_read(facilitator, file)
    assert not may_read(colleague, file)


# --- how ------------------------------------------------------------------------------------------------


def test_a_file_is_sealed_and_taken_along_and_kept_by_no_cache(file, colleague):
    response = as_(colleague).get(file.get_absolute_url())
    assert b"".join(response.streaming_content) == made.PDF
    assert response.headers["Content-Type"] == "application/pdf"
    assert response.headers["Content-Disposition"] == 'attachment; filename="Referat.pdf"'
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert response.headers["Cache-Control"] == "private, no-store"
    assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert not {"ETag", "Last-Modified"} & set(response.headers)


@pytest.mark.parametrize("header", ["HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_RANGE"])
@pytest.mark.parametrize("value", ["*", "Wed, 01 Jan 2099 00:00:00 GMT", "bytes=0-1"])
def test_no_conditional_question_tells_whether_a_file_is_there(file, colleague, header, value):
    address = file.get_absolute_url()
    nowhere = address.replace(f"/{file.pk}/", f"/{file.pk + 1000}/")
    outsider = as_(MemberFactory())
    assert as_(colleague).get(address, **{header: value}).status_code == 200
    assert outsider.get(address, **{header: value}).status_code == 403
    assert outsider.get(nowhere, **{header: value}).status_code == 403
    assert outsider.head(address).status_code == 403


def test_a_name_in_danish_is_told_in_the_form_that_browsers_read(space, member):
    file = sent(member, space, 'Æblegrød; "fin"\r\nX-Ond: 1.pdf')
    told = as_(member).get(file.get_absolute_url()).headers["Content-Disposition"]
    assert told.startswith("attachment; filename*=utf-8''%C3%86blegr%C3%B8d")
    assert "X-Ond:" not in told
    assert "\n" not in told


def test_a_picture_is_looked_at_where_it_stands_and_has_a_small_one(space, member):
    file = sent(member, space, "havn.jpg", made.picture(size=(2000, 1000)))
    whole, small = (as_(member).get(file.get_absolute_url() + choice) for choice in ("", "?vis=lille"))
    assert Image.open(io.BytesIO(b"".join(whole.streaming_content))).size == (2000, 1000)
    assert Image.open(io.BytesIO(b"".join(small.streaming_content))).size == (640, 320)
    for response in (whole, small):
        assert response.headers["Content-Disposition"].startswith("inline")
        assert response.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert small.headers["Content-Type"] == "image/webp"


def test_another_name_in_the_address_leads_to_the_right_one(file, colleague):
    address = file.get_absolute_url().replace("Referat.pdf", "ond.html")
    assert as_(colleague).get(address).headers["Location"] == file.get_absolute_url()
    assert as_(MemberFactory()).get(address).status_code == 403


def test_a_file_has_no_address_beside_the_one_that_asks(file, own_disk):
    version = AttachmentVersion.objects.get()
    with pytest.raises(ValueError, match="no address"):
        version.file.url
    path = own_disk / version.file.name
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert "Referat" not in version.file.name
    assert Client().get(f"/media/{version.file.name}", follow=True).status_code == 404


def test_a_file_that_is_lost_from_the_disk_is_a_404_and_no_fault(file, colleague, own_disk):
    (own_disk / AttachmentVersion.objects.get().file.name).unlink()
    assert status_for(colleague, file) == 404


# --- versions -------------------------------------------------------------------------------------------


def test_a_new_version_is_handed_out_and_the_old_ones_can_still_be_read(file, member, colleague):
    renew(member, file, made.upload("Andet navn.pdf", made.PDF + b"% to"))
    newest, first = (as_(colleague).get(file.get_absolute_url() + choice) for choice in ("", "?udgave=1"))
    assert b"".join(newest.streaming_content) == made.PDF + b"% to"
    assert b"".join(first.streaming_content) == made.PDF
    assert Event.objects.filter(what=Event.What.FILE, post=file.post).count() == 2
    assert Attachment.objects.get().name == "Referat.pdf"


def test_old_versions_are_gone_with_the_post_too(file, member, colleague):
    renew(member, file, made.upload("a.pdf", made.PDF))
    Post.objects.filter(pk=file.post_id).update(state=Showing.REMOVED)
    assert as_(colleague).get(file.get_absolute_url() + "?udgave=1").status_code == 404
    assert not AttachmentVersion.objects.visible_to(colleague).exists()


def test_its_owner_and_the_facilitator_renew_a_file_and_no_one_else(file, member, colleague, facilitator):
    assert can_renew_file(member, file)
    assert can_renew_file(facilitator, file)
    assert not can_renew_file(colleague, file)
    with pytest.raises(Refused):
        renew(colleague, file, made.upload("a.pdf", made.PDF))
    assert AttachmentVersion.objects.count() == 1


def test_a_new_version_is_of_the_same_kind(file, member):
    with pytest.raises(ValidationError) as refusal:
        renew(member, file, made.upload("a.docx", made.docx()))
    assert "samme slags fil (pdf)" in refusal.value.messages[0]
    assert len(list(closed_files().names())) == 1


@pytest.mark.parametrize("number", ["0", "3", "x", "-1", "1e1", "9" * 40, "²"])
def test_a_version_that_is_not_there_is_a_404(file, colleague, number):
    assert as_(colleague).get(file.get_absolute_url() + f"?udgave={number}").status_code == 404


# --- room -----------------------------------------------------------------------------------------------


def test_a_space_takes_no_more_than_it_has_room_for(space, member):
    Space.objects.filter(pk=space.pk).update(file_room=1)
    space.refresh_from_db()
    half = made.PDF + b"0" * 600_000
    attach(member, space, made.upload("a.pdf", half))
    with pytest.raises(ValidationError) as refusal:
        attach(member, space, made.upload("b.pdf", half))
    assert "af rummets 1 MB er brugt" in refusal.value.messages[0]
    assert bytes_in(space) == len(half)
    assert len(list(closed_files().names())) == 1


def test_the_room_of_a_space_counts_what_nobody_can_see_any_more(file, space):
    Post.objects.filter(pk=file.post_id).update(state=Showing.REMOVED)
    assert bytes_in(space) == len(made.PDF)


def test_files_that_are_never_sent_cannot_fill_a_space(space, member):
    for number in range(20):
        attach(member, space, made.upload(f"{number}.txt", b"tal"))
    with pytest.raises(ValidationError) as refusal:
        attach(member, space, made.upload("en til.txt", b"tal"))
    assert refusal.value.code == "unsent"


def test_binding_outside_the_rule_writes_nothing(space, member, colleague):
    thread = ThreadFactory(space=space, author=member)
    post = Post.objects.get(thread=thread)
    own = attach(colleague, space, made.upload("a.txt", b"tal"))
    with pytest.raises(ValidationError):
        bind(member, post, [own.pk])
    assert not Event.objects.filter(what=Event.What.FILE).exists()
