"""Who is told of what, why and how; never twice, and never of what she may not read."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from accounts.letters import deliver_waiting
from accounts.models import Letter
from network import fan_out, join
from network.discuss import edit_post, reply, start_thread
from network.lead import choose_answer
from network.models import Event, Membership, Notice, NoticeSettings, Post, Telling, Thread, ThreadChoice
from network.moderate import approve
from network.move import move_thread
from network.notices import fill, mark_read, settle, shown_to, verb_of
from network.reading import mark_read as read_to
from network.remove import remove_post
from network.thank import take_thanks_back, thank
from tests.factories import MemberFactory, MembershipFactory, PostFactory, SpaceFactory, ThreadFactory

Mail = Notice.Mail
pytestmark = pytest.mark.django_db


@pytest.fixture
def space():
    return SpaceFactory(name="Tomme huse")


@pytest.fixture
def asker(space):
    return MembershipFactory(space=space, user__name="Ada Asker").user


@pytest.fixture
def writer(space):
    return MembershipFactory(space=space, user__name="Bo Bysted").user


@pytest.fixture
def reader(space):
    return MembershipFactory(space=space, user__name="Clara Kyst").user


@pytest.fixture
def thread(asker, space):
    made = start_thread(asker, space, "Hvordan gør I?", "Vi står med det.")
    fan_out.work()
    return made


def chose(user, preset=None, space=None, level=None):
    if preset:
        NoticeSettings.objects.update_or_create(user=user, defaults={"preset": preset})
    if level is not None:
        Membership.objects.filter(user=user, space=space).update(level=level)


def told(user):
    """What someone is told, the newest first: (verb, why, mail)."""
    fan_out.work()
    return list(Notice.objects.filter(user=user).order_by("-pk").values_list("verb", "why", "mail"))


# --- who, why and how -----------------------------------------------------------------------------------


def test_who_asked_is_told_of_the_answer_at_once(thread, asker, writer):
    reply(writer, thread, "Sådan.")
    assert told(asker) == [("answered", "asked", Mail.AT_ONCE)]
    assert told(writer) == []


def test_who_is_answered_is_told_so(thread, asker, writer, reader):
    first = reply(writer, thread, "Sådan.")
    reply(reader, thread, "Hvordan mener du?", reply_to=first)
    assert told(writer) == [("answered", "answered", Mail.AT_ONCE)]


def test_quietly_there_is_one_mail_for_a_thread_until_it_is_read(thread, asker, writer):
    for text in ("Sådan.", "Og sådan.", "Og sådan her."):
        reply(writer, thread, text)
    assert [mail for *_rest, mail in told(asker)] == [Mail.COLLECTED, Mail.COLLECTED, Mail.AT_ONCE]
    mark_read(asker)
    reply(writer, thread, "En gang til.")
    assert told(asker)[0] == ("answered", "asked", Mail.AT_ONCE)


def test_who_wants_to_follow_closely_is_mailed_each_answer(thread, asker, writer):
    chose(asker, "keep_up")
    reply(writer, thread, "Sådan.")
    reply(writer, thread, "Og sådan.")
    assert [mail for *_rest, mail in told(asker)] == [Mail.AT_ONCE, Mail.AT_ONCE]


def test_who_is_named_is_told_once_of_one_text(thread, asker, writer):
    reply(writer, thread, "@Ada Asker, se her.")
    fan_out.work()
    assert Notice.objects.filter(user=asker).count() == 1
    assert Letter.objects.filter(recipient=asker, kind="notice").count() == 1


def test_naming_someone_in_an_edit_tells_her_and_nobody_twice(thread, writer, reader):
    post = reply(writer, thread, "Sådan.")
    edit_post(writer, post, "Sådan, @Clara Kyst.", version=1)
    edit_post(writer, post, "Sådan, @Clara Kyst!", version=2)
    assert told(reader) == [("mentioned", "mentioned", Mail.AT_ONCE)]


@pytest.mark.parametrize(
    ("preset", "level", "of_thread", "of_post"),
    [
        (None, "", None, None),
        ("keep_up", "", None, None),
        ("everything", "", ("space", "at_once"), ("space", "at_once")),
        (None, "all", ("space", "at_once"), ("space", "at_once")),
        (None, "threads", ("space", "at_once"), None),
        ("everything", "threads", ("space", "at_once"), None),
        ("everything", "mentioned", None, None),
        ("everything", "nothing", None, None),
    ],
)
def test_presets_and_levels(space, asker, writer, reader, preset, level, of_thread, of_post):
    chose(reader, preset, space, level)
    made = start_thread(asker, space, "Hvordan gør I?", "Vi står med det.")
    assert [(why, mail) for _verb, why, mail in told(reader)] == ([of_thread] if of_thread else [])
    Notice.objects.filter(user=reader).delete()
    reply(writer, made, "Sådan.")
    assert [(why, mail) for _verb, why, mail in told(reader)] == ([of_post] if of_post else [])


@pytest.mark.parametrize(
    ("preset", "level", "mail"),
    [
        (None, "", "collected"),
        ("keep_up", "", "at_once"),
        (None, "all", "at_once"),
        ("keep_up", "mentioned", "at_once"),
        ("keep_up", "nothing", None),
    ],
)
def test_who_follows_a_thread_is_told_of_what_is_written(space, thread, writer, reader, preset, level, mail):
    ThreadChoice.objects.create(user=reader, thread=thread)
    chose(reader, preset, space, level)
    reply(writer, thread, "Sådan.")
    assert told(reader) == ([("post", "follow", mail)] if mail else [])


def test_who_has_written_follows_the_thread_unless_she_wants_to_be_named_alone(space, thread, writer, reader):
    reply(reader, thread, "Sådan.")
    reply(writer, thread, "Og sådan.")
    assert told(reader) == [("post", "wrote", Mail.COLLECTED)]
    chose(reader, None, space, "mentioned")
    reply(writer, thread, "Og sådan her.")
    assert len(told(reader)) == 1


def test_who_has_muted_a_thread_hears_of_it_only_when_she_is_named(space, thread, asker, writer):
    chose(asker, "everything")
    ThreadChoice.objects.filter(user=asker, thread=thread).update(what="mute")
    reply(writer, thread, "Sådan.")
    assert told(asker) == []
    reply(writer, thread, "@Ada Asker, se her.")
    assert told(asker) == [("mentioned", "mentioned", Mail.AT_ONCE)]


def test_who_wants_to_hear_nothing_of_a_space_is_not_told_when_she_is_named(space, thread, writer, reader):
    chose(reader, None, space, "nothing")
    reply(writer, thread, "@Clara Kyst, se her.")
    assert told(reader) == []


def test_thanks_are_told_once_of_a_post_and_never_mailed(thread, asker, writer, reader):
    post = reply(writer, thread, "Sådan.")
    thank(asker, post)
    take_thanks_back(asker, post)
    thank(asker, post)
    thank(reader, post)
    assert told(writer) == [("thanked", "yours", Mail.NONE)]
    notice = shown_to(writer).get()
    assert verb_of("thanked").sentence(notice) == "Ada Asker og 1 anden siger tak"


def test_who_helped_is_told(thread, asker, writer):
    choose_answer(asker, reply(writer, thread, "Sådan."))
    assert told(writer)[0] == ("helped", "yours", Mail.COLLECTED)


def test_what_was_held_is_told_when_it_comes_out(space, thread, asker, writer, reader):
    chose(reader, "everything")
    facilitator = MembershipFactory(space=space, role="facilitator").user
    space.holds_first_post = True
    space.save()
    newcomer = MembershipFactory(space=space, is_on_trial=True).user
    thread.space = space
    held = reply(newcomer, thread, "Mit første svar.")
    assert told(asker) == [] and told(reader) == []
    approve(facilitator, Post.objects.select_related("thread__space").get(pk=held.pk))
    assert told(asker) == [("answered", "asked", Mail.AT_ONCE)]
    assert told(reader) == [("post", "space", Mail.AT_ONCE)]
    assert Notice.objects.get(user=asker).who == newcomer


def test_at_the_door_all_are_told_and_no_mail_comes_twice(space):
    facilitator = MembershipFactory(space=space, role="facilitator").user
    person = MemberFactory()
    request = join.ask(person, space, "Jeg vil gerne være med.")
    assert told(facilitator) == [("asked", "runs", Mail.NONE)]
    assert [fill([row]) != [] for row in shown_to(facilitator)] == [True]
    join.accept(facilitator, request)
    assert told(person) == [("accepted", "you", Mail.NONE)]
    assert not Notice.objects.filter(user=facilitator, read_at=None).exists()
    assert not Letter.objects.filter(kind="notice").exists()


# --- never of what she may not read -------------------------------------------------------------------


def gone(space, thread, user, way):
    facilitator = MembershipFactory(space=space, role="facilitator").user
    if way == "removed":
        join.remove(facilitator, Membership.objects.get(space=space, user=user))
    elif way == "suspended":
        join.suspend(facilitator, Membership.objects.get(space=space, user=user), "Fordi.")
    elif way == "moved":
        other = SpaceFactory(kind="hidden")
        MembershipFactory(space=other, user=facilitator, role="facilitator")
        move_thread(facilitator, Thread.objects.select_related("space").get(pk=thread.pk), other)
    elif way == "taken-away":
        last = Post.objects.filter(thread=thread).select_related("thread__space").last()
        remove_post(facilitator, last, "Fordi.")


@pytest.mark.parametrize("way", ["removed", "suspended", "moved", "taken-away"])
def test_a_notice_is_asked_again_when_it_is_shown_and_when_it_is_mailed(
    space, thread, asker, writer, way, settings, mailoutbox, django_capture_on_commit_callbacks
):
    settings.NOTICE_MAIL_WAIT = 2
    reply(writer, thread, "Planteordet kvadrille.")
    assert shown_to(asker).count() == 1
    gone(space, thread, asker, way)
    assert not shown_to(asker).exists()
    settle(asker)
    assert not Notice.objects.filter(user=asker, read_at=None).exists()
    Letter.objects.update(due_at=timezone.now())
    deliver_waiting()
    # Whose post is taken away reads her own words.
    assert not [mail for mail in mailoutbox if mail.to == [asker.email] and "kvadrille" in mail.body]


@pytest.mark.parametrize("way", ["removed", "suspended", "moved", "taken-away"])
def test_who_may_no_longer_read_when_the_worker_comes_is_not_told(space, thread, writer, reader, way):
    chose(reader, "everything")
    reply(writer, thread, "Planteordet kvadrille.")
    gone(space, thread, reader, way)
    assert told(reader) == []


def test_a_thread_that_moves_along_takes_its_notices_with_it(space, thread, asker, writer):
    facilitator = MembershipFactory(space=space, role="facilitator").user
    other = SpaceFactory(name="Andre huse")
    for user in (asker, writer):
        MembershipFactory(space=other, user=user)
    MembershipFactory(space=other, user=facilitator, role="facilitator")
    reply(writer, thread, "Sådan.")
    move_thread(facilitator, Thread.objects.select_related("space").get(pk=thread.pk), other)
    notice = shown_to(asker).get()
    assert verb_of(notice.verb).place(notice) == "Andre huse"


# --- mailed -------------------------------------------------------------------------------------------


def test_a_mail_at_once_says_who_where_what_and_why(thread, asker, writer, settings, mailoutbox):
    settings.NOTICE_MAIL_WAIT = 2
    reply(writer, thread, "Skriv til ejerne.")
    assert deliver_waiting()[0] == 0
    Letter.objects.update(due_at=timezone.now())
    deliver_waiting()
    (mail,) = mailoutbox
    assert mail.subject == "[Tomme huse] Hvordan gør I?"
    assert mail.to == [asker.email]
    html = mail.alternatives[0][0]
    for text in (mail.body, html):
        assert "Bo Bysted svarer dig" in text
        assert "Skriv til ejerne." in text
        assert "Du får mailen, fordi du har spurgt." in text
        assert f"/{thread.pk}-{thread.slug}/2/" in text


def test_a_mail_at_once_is_answered_and_stopped_from_the_mail_program(thread, asker, writer, settings, mailoutbox):
    settings.NOTICE_MAIL_WAIT, settings.MAIL_IN = 0, "svar@post.example"
    reply(writer, thread, "Skriv til ejerne.")
    deliver_waiting()
    (mail,) = mailoutbox
    assert mail.extra_headers["List-Id"].startswith(f"<rum-{thread.space_id}.")
    assert mail.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail.extra_headers["Reply-To"].startswith("svar+")
    assert mail.extra_headers["References"].startswith(f"<traad-{thread.pk}@")


def stop_links(mail):
    return [word.removeprefix(settings.BASE_URL) for word in mail.body.split() if "/stop-mail/" in word]


def test_a_thread_is_stopped_by_the_link_in_its_mail_and_brought_back(client, thread, asker, writer, mailoutbox):
    reply(writer, thread, "Skriv til ejerne.")
    deliver_waiting()
    (link,) = stop_links(mailoutbox[0])
    assert "tråden »Hvordan gør I?«" in client.get(link).text
    assert not ThreadChoice.objects.filter(user=asker, thread=thread, what="mute").exists()
    done = client.post(link)
    assert ThreadChoice.objects.filter(user=asker, thread=thread, what="mute").exists()
    client.post(link, {"again": done.context["again"]})
    assert ThreadChoice.objects.get(user=asker, thread=thread).what == "wrote"


def test_a_space_is_stopped_by_the_mail_program_and_brought_back(client, space, thread, asker, writer, mailoutbox):
    chose(asker, "everything", space, "all")
    reply(writer, thread, "Skriv til ejerne.")
    deliver_waiting()
    link = mailoutbox[0].extra_headers["List-Unsubscribe"].strip("<>").removeprefix(settings.BASE_URL)
    done = client.post(link, {"List-Unsubscribe": "One-Click"})
    assert Membership.objects.get(user=asker, space=space).level == "mentioned"
    assert "rummet »Tomme huse«" in done.text
    client.post(link, {"again": done.context["again"]})
    assert Membership.objects.get(user=asker, space=space).level == "all"


@pytest.mark.parametrize("way", ["muted", "level"])
def test_what_is_turned_down_before_the_mail_goes_is_not_mailed(way, space, thread, asker, writer, mailoutbox):
    reply(writer, thread, "Sådan.")
    if way == "muted":
        ThreadChoice.objects.filter(user=asker, thread=thread).update(what="mute")
    else:
        chose(asker, None, space, "nothing")
    deliver_waiting()
    assert not mailoutbox


def test_reading_on_the_web_cancels_the_mail_that_is_not_sent(thread, asker, writer, settings, mailoutbox):
    settings.NOTICE_MAIL_WAIT = 2
    reply(writer, thread, "Sådan.")
    asker.at_the_bell = 1
    read_to(asker, Thread.objects.with_reading_of(asker).get(pk=thread.pk), 2)
    Letter.objects.update(due_at=timezone.now())
    deliver_waiting()
    assert not mailoutbox
    assert Letter.objects.get().dropped_at


# --- many, by a worker --------------------------------------------------------------------------------


@pytest.fixture
def crowd(space, settings, monkeypatch):
    settings.NOTICES_WORKER = True
    monkeypatch.setattr(fan_out, "BATCH", 4)
    people = [MembershipFactory(space=space).user for _ in range(10)]
    for person in people:
        chose(person, "everything")
    return people


def test_many_are_told_in_batches_and_each_once(space, crowd, asker):
    start_thread(asker, space, "Til alle", "Tekst.")
    assert not Notice.objects.exists()
    assert fan_out.work() == 10
    assert sorted(Notice.objects.values_list("user", flat=True)) == sorted(person.pk for person in crowd)
    assert Letter.objects.filter(kind="notice").count() == 10
    assert not Telling.objects.exists()
    assert fan_out.work() == 0


def test_those_who_care_are_found_among_many_who_do_not(space, crowd, asker):
    for person in crowd[:-1]:
        chose(person, "calm")
    start_thread(asker, space, "Til alle", "Tekst.")
    assert fan_out.work() == 1
    assert Notice.objects.get().user == crowd[-1]


def test_a_worker_that_is_killed_goes_on_where_it_was(space, crowd, asker, monkeypatch):
    start_thread(asker, space, "Til alle", "Tekst.")
    telling = Telling.objects.get()
    fan_out.tell_batch(telling.pk)

    class Killed(BaseException):
        pass

    def killed(*_args, **_kwargs):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(Telling, "save", killed)
        with pytest.raises(Killed), transaction.atomic():
            fan_out.tell_batch(telling.pk)
    assert Notice.objects.count() == 4
    fan_out.work()
    assert Notice.objects.count() == Letter.objects.count() == 10


def test_told_again_nobody_is_told_twice(space, crowd, asker):
    start_thread(asker, space, "Til alle", "Tekst.")
    telling = Telling.objects.get()
    fan_out.work()
    telling.save(force_insert=True)
    fan_out.work()
    assert Notice.objects.count() == Letter.objects.count() == 10


def test_one_thing_that_fails_stops_nothing_else_and_is_tried_again(space, crowd, asker, monkeypatch):
    start_thread(asker, space, "Til alle", "Tekst.")
    failing = Telling.objects.get()
    monkeypatch.setattr(fan_out, "verb_of", broken_for(failing.pk))
    start_thread(asker, space, "Også til alle", "Tekst.")
    assert fan_out.work() == 10
    left = Telling.objects.get()
    assert left.pk == failing.pk and left.tries == 1 and left.not_before > timezone.now()
    monkeypatch.undo()
    Telling.objects.update(not_before=timezone.now() - timedelta(minutes=1))
    fan_out.work()
    assert Notice.objects.count() == 20


def broken_for(pk):
    real = verb_of

    class Broken:
        def __init__(self, name):
            self.name = name

        def among(self, telling):
            return real(self.name).among(telling)

        def audience(self, telling):
            if telling.pk == pk:
                raise ValueError("A fault in a room's own code.")
            return real(self.name).audience(telling)

    return Broken


def test_the_command_tells_makes_digests_and_sweeps(space, crowd, asker, capsys):
    start_thread(asker, space, "Til alle", "Tekst.")
    call_command("look_after_notices")
    assert "10 har fået besked" in capsys.readouterr().out
    old = Notice.objects.first()
    Notice.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=181))
    call_command("look_after_notices")
    assert not Notice.objects.filter(pk=old.pk).exists() and Notice.objects.count() == 9


def test_what_is_undone_was_never_told(space, asker):
    with pytest.raises(RuntimeError), transaction.atomic():
        start_thread(asker, space, "Til alle", "Tekst.")
        raise RuntimeError
    assert not Telling.objects.exists() and not Event.objects.filter(what="thread").exists()


def test_the_number_of_queries_does_not_grow_with_the_readers(space, crowd, asker, django_assert_max_num_queries):
    start_thread(asker, space, "Til alle", "Tekst.")
    telling = Telling.objects.get()
    with django_assert_max_num_queries(12):
        fan_out.tell_batch(telling.pk)


def test_posts_of_others_and_threads_are_told_to_readers_who_are_not_members(writer):
    """In an open space one may follow a thread without being in it."""
    open_space = SpaceFactory(kind="open")
    made = ThreadFactory(space=open_space)
    fan_out.work()
    outsider = MemberFactory()
    ThreadChoice.objects.create(user=outsider, thread=made)
    PostFactory(thread=made)
    assert told(outsider) == [("post", "follow", Mail.COLLECTED)]
