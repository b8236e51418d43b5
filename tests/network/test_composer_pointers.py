"""What a text points at: people with @ and things with #, by the rule; and nothing of it a way in."""

import re
import time
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from methods.models import MethodIndexPage
from network import pointing, references
from network.discuss import edit_post, reply, start_thread
from network.markdown import ATTRIBUTES, TAGS, checked
from network.models import Event, Mention, Post, Reference, Showing, Space, Thread
from network.permissions import can, can_see_thread
from network.pointing import write
from network.quoting import quote
from network.readers import known_readers, readers_of
from network.rule import Act, Kind, Standing
from network.signals import announce
from tests.factories import (
    MemberFactory,
    MembershipFactory,
    MethodPageFactory,
    MunicipalityFactory,
    PostFactory,
    SpaceFactory,
    ThreadFactory,
    ToolPageFactory,
)
from tests.network.test_markdown import VECTORS, read
from tests.network.test_spaces import PEOPLE, someone

pytestmark = pytest.mark.django_db

LONG_AGO = timezone.now() - timedelta(days=30)


def of_old(**names):
    """A member who has been in the network for a while."""
    return MemberFactory(profile__completed_at=LONG_AGO, **names)


@pytest.fixture
def space():
    return SpaceFactory(kind="on_request")


@pytest.fixture
def writer(space):
    return MembershipFactory(space=space, user=of_old(name="Skriver Skriversen")).user


@pytest.fixture
def anna(space):
    return MembershipFactory(space=space, user__name="Anna Prøve").user


@pytest.fixture
def thread(space, writer):
    return ThreadFactory(space=space, author=writer)


@pytest.fixture
def method(campaign):
    parent = MethodIndexPage.objects.get(slug="metoder")
    return MethodPageFactory(title="Kortlægning af tomme huse", parent=parent)


def people_in(html):
    return [address for address in read(html).addresses if address.startswith("/netvaerk/medlem/")]


# --- who may read, asked of people --------------------------------------------------------------------


@pytest.mark.parametrize("who", [*PEOPLE, "author"])
@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("state", ["", "archived", "hides earlier", "without threads", "held", "hidden", "removed"])
def test_who_may_read_is_the_same_asked_of_a_person_and_of_people(kind, who, state):
    space = SpaceFactory(kind=kind)
    thread = ThreadFactory(space=space)
    space.archived_at = timezone.now() if state == "archived" else None
    space.shows_earlier = state != "hides earlier"
    space.has_threads = state != "without threads"
    space.save()
    if state in Showing.values:
        Thread._base_manager.filter(pk=thread.pk).update(state=state)
    user = thread.author if who == "author" else someone(who, space)
    thread = Thread._base_manager.select_related("space").get(pk=thread.pk)
    assert readers_of(space).filter(pk=user.pk).exists() is can(user, Act.READ, space)
    assert readers_of(space, thread).filter(pk=user.pk).exists() is can_see_thread(user, thread)


def test_naming_people_does_not_tell_who_is_in_a_space_that_keeps_its_list(space, writer, anna, thread):
    silent = MembershipFactory(space=space, user__name="Tavs Tavsen").user
    PostFactory(thread=thread, author=anna)
    facilitator = MembershipFactory(space=space, role="facilitator").user
    Space.objects.filter(pk=space.pk).update(has_members=False)
    space.refresh_from_db()
    assert set(known_readers(writer, space)) == {writer, anna, facilitator}
    assert silent in known_readers(facilitator, space)
    told = pointing.notices(write(writer, space, "@Tavs Tavsen"), space)
    assert told == pointing.notices(write(writer, space, "@Tavs Tavsen"), space)
    assert "ikke nævnes her" in told[0]


# --- people ---------------------------------------------------------------------------------------------


def test_a_person_who_may_read_is_linked_and_told_once(thread, writer, anna):
    post = reply(writer, thread, "Hvad siger du, @Anna Prøve? Og @anna Prøve igen.")
    assert people_in(post.html) == [f"/netvaerk/medlem/{anna.pk}/"] * 2
    assert list(Mention.objects.filter(post=post).values_list("user", flat=True)) == [anna.pk]
    [event] = Event.objects.filter(what="mentioned")
    assert (event.who, event.whom, event.post, event.thread) == (writer, anna, post, thread)


@pytest.mark.parametrize("after", ["", ".", ". Hvordan gik det?", ", og så", ")", ").", "?!", " …", "**", "»!"])
@pytest.mark.parametrize("name", ["Anna Prøve", "Anna Prøve (opdigtet)", "Anna Prøve Jr."])
def test_a_name_that_ends_in_a_sign_is_found_before_any_other(thread, writer, space, name, after):
    named = MembershipFactory(space=space, user__name=name).user
    assert pointing.write(writer, space, f"Spørg @{name}{after}", thread).people == [named]


@pytest.mark.parametrize("text", ["`@Anna Prøve`", "a@Anna Prøve", "\\@Anna Prøve", "@Anna Prøven", "@@Anna Prøve"])
def test_what_only_looks_like_a_name_stays_as_it_was_written(thread, writer, anna, text):
    post = reply(writer, thread, text)
    assert not people_in(post.html)
    assert not Mention.objects.exists()


def test_who_may_not_read_is_neither_linked_nor_told_and_the_writer_sees_why(thread, writer):
    of_old(name="Ude Udesen")
    written = write(writer, thread.space, "Spørg @Ude Udesen.", thread)
    assert [person.name for person in written.closed] == ["Ude Udesen"]
    assert "Ude Udesen" in pointing.notices(written, thread.space)[0]
    post = reply(writer, thread, "Spørg @Ude Udesen.")
    assert not people_in(post.html)
    assert not Event.objects.filter(what="mentioned").exists()


def test_who_came_after_the_thread_began_is_not_named_in_it_where_the_space_hides_what_was_before(
    thread, writer, anna
):
    Space.objects.filter(pk=thread.space.pk).update(shows_earlier=False)
    thread.space.refresh_from_db()
    thread.space.memberships.filter(user=anna).update(joined_at=timezone.now() + timedelta(days=1))
    assert not write(writer, thread.space, "@Anna Prøve", thread).people
    assert write(writer, thread.space, "@Anna Prøve").people == [anna]


def test_where_two_have_a_name_the_place_tells_them_apart(space, writer, thread, anna):
    place = MunicipalityFactory(full_name="Prøve Kommune", is_fictional=True)
    other = MembershipFactory(space=space, user=of_old(name="Anna Prøve", profile__municipality=place)).user
    written = write(writer, space, "@Anna Prøve: hej")
    assert (written.people, written.shared) == ([], ["Anna Prøve"])
    assert "Flere her hedder Anna Prøve" in pointing.notices(written, space)[0]
    assert write(writer, space, "@Anna Prøve, Prøve Kommune: hej").people == [other]


def test_nobody_is_told_of_naming_herself_or_of_what_is_quoted(thread, writer, anna):
    reply(writer, thread, "@Skriver Skriversen og\n\n> @Anna Prøve sagde det")
    assert not Event.objects.filter(what="mentioned").exists()
    assert not Mention.objects.exists()


def test_an_edit_tells_only_those_who_are_new_in_it_and_nobody_twice(space, thread, writer, anna):
    bo = MembershipFactory(space=space, user__name="Bo Prøve").user
    post = reply(writer, thread, "@Anna Prøve")
    edit_post(writer, post, "@Anna Prøve og @Bo Prøve", 1)
    assert sorted(Event.objects.filter(what="mentioned").values_list("whom", flat=True)) == sorted([anna.pk, bo.pk])
    edit_post(writer, post, "ingen", 2)
    assert not Mention.objects.exists()
    edit_post(writer, post, "@Anna Prøve", 3)
    assert Event.objects.filter(what="mentioned", whom=anna).count() == 1
    assert list(Mention.objects.values_list("user", flat=True)) == [anna.pk]


def test_more_than_ten_people_are_refused_in_words_and_ten_are_not(space, thread, writer):
    names = [MembershipFactory(space=space, user__name=f"Person {letter}").user.name for letter in "abcdefghijk"]
    with pytest.raises(ValidationError, match="højst 10 personer"):
        reply(writer, thread, " ".join(f"@{name}" for name in names))
    reply(writer, thread, " ".join(f"@{name}" for name in names[:10]))
    assert Event.objects.filter(what="mentioned").count() == 10


def test_who_is_new_in_the_network_names_two_at_most(space, thread):
    newcomer = MembershipFactory(space=space, user__profile__completed_at=timezone.now()).user
    names = [MembershipFactory(space=space, user__name=f"Person {letter}").user.name for letter in "abc"]
    with pytest.raises(ValidationError, match="højst 2 personer"):
        reply(newcomer, thread, " ".join(f"@{name}" for name in names))
    assert not Event.objects.filter(what="mentioned").exists()
    reply(newcomer, thread, " ".join(f"@{name}" for name in names[:2]))


def test_who_is_named_in_what_is_held_is_told_when_it_comes_out(space, anna):
    Space.objects.filter(pk=space.pk).update(holds_first_post=True)
    space.refresh_from_db()
    facilitator = MembershipFactory(space=space, role="facilitator").user
    newcomer = MembershipFactory(space=space, is_on_trial=True).user
    thread = start_thread(newcomer, space, "Hej", "@Anna Prøve, hvad gør I?")
    post = Post._base_manager.get(thread=thread)
    assert post.state == Showing.HELD
    assert not Event.objects.filter(what="mentioned").exists()
    for held in (thread, post):
        type(held)._base_manager.filter(pk=held.pk).update(state=Showing.VISIBLE)
    announce(Event.What.APPROVED, space, who=facilitator, whom=newcomer, thread=thread, post=post)
    assert Event.objects.get(what="mentioned").whom == anna


def test_nothing_is_asked_of_the_database_for_a_text_that_points_at_nothing(thread, writer, django_assert_num_queries):
    with django_assert_num_queries(0):
        write(writer, thread.space, "Skriv til a@b.dk. Nr. 5 # 7 og & og &#60;", thread)


def test_a_text_that_points_at_nothing_costs_a_reply_the_draft_alone(thread, writer):
    with CaptureQueriesContext(connection) as asked:
        reply(writer, thread, "Sådan gjorde vi.")
    own = [query["sql"] for query in asked if re.search("network_(draft|mention|reference)", query["sql"])]
    assert len(own) == 1 and own[0].startswith("DELETE")


# --- things ---------------------------------------------------------------------------------------------


def test_a_title_becomes_a_link_and_a_reference(thread, writer, method):
    post = reply(writer, thread, "Se #Kortlægning af tomme huse. Den virkede.")
    assert method.url in read(post.html).addresses
    assert list(Reference.objects.values_list("what", "object_id")) == [("page", method.pk)]
    assert Post.objects.visible_to(writer).get(pk=post.pk).has_references


def test_the_longest_title_is_meant(thread, writer, method):
    short = MethodPageFactory(title="Kortlægning", parent=method.get_parent())
    assert write(writer, thread.space, "#Kortlægning af tomme huse").things == [("page", method.pk)]
    assert write(writer, thread.space, "#kortlægning af veje").things == [("page", short.pk)]


def test_where_two_have_a_title_the_kind_tells_them_apart(thread, writer, method):
    tool = ToolPageFactory(title=method.title, slug="et-ark", parent=method.get_parent())
    assert write(writer, thread.space, f"#{method.title}").things == [("page", method.pk)]
    assert write(writer, thread.space, f"#{method.title} (værktøj)").things == [("page", tool.pk)]


def test_a_draft_of_a_page_is_not_pointed_at(thread, writer, method):
    MethodPageFactory(title="Hemmelig metode", parent=method.get_parent(), live=False)
    post = reply(writer, thread, "#Hemmelig metode")
    assert not read(post.html).addresses
    assert not Reference.objects.exists()


def test_a_municipality_is_pointed_at_by_its_name(thread, writer):
    place = MunicipalityFactory(full_name="Havn Kommune")
    assert write(writer, thread.space, "#Havn Kommune").things == [("municipality", place.pk)]


def test_an_edit_puts_the_references_right(thread, writer, method):
    post = reply(writer, thread, "#Kortlægning af tomme huse")
    edit_post(writer, post, "Ingenting", 1)
    assert not Reference.objects.exists()
    assert not Post.objects.visible_to(writer).get(pk=post.pk).has_references


# --- threads: their titles are a secret of those who may read them -------------------------------------------


@pytest.fixture
def closed(writer):
    """A thread in a space that the writer is in, and the other readers are not."""
    other = SpaceFactory(kind="hidden")
    MembershipFactory(space=other, user=writer)
    return ThreadFactory(space=other, author=writer, title="Kvadrille i det skjulte")


def shown(post, user):
    posts = list(Post.objects.in_thread(post.thread, user, Standing.MEMBER).filter(pk=post.pk))
    references.lay_on(user, posts)
    return posts[0]


def test_a_thread_elsewhere_is_named_to_those_who_may_read_it_alone(thread, writer, anna, closed):
    post = reply(writer, thread, f"Se #tråd-{closed.pk}.")
    assert "Kvadrille" not in post.html and "Kvadrille" not in post.source
    assert str(closed.get_absolute_url()) not in post.html
    for_writer, for_anna = shown(post, writer), shown(post, anna)
    assert closed.get_absolute_url() in read(for_writer.shown_html).addresses
    assert for_writer.pointed[0].title == closed.title
    assert "en tråd i et andet rum" in for_anna.shown_html and not read(for_anna.shown_html).addresses
    assert (for_anna.pointed[0].title, for_anna.pointed[0].url) == ("En tråd i et andet rum", "")


def test_who_may_not_read_a_thread_does_not_point_at_it(thread, writer, anna, closed):
    post = reply(anna, thread, f"#tråd-{closed.pk} og #tråd-{closed.pk + 1000}")
    assert "<data" not in post.html
    assert not Reference.objects.exists()


def test_a_title_that_is_markup_is_shown_as_words(thread, writer, closed):
    Thread._base_manager.filter(pk=closed.pk).update(title='<img src=x onerror=alert(1)> "&')
    found = read(shown(reply(writer, thread, f"#tråd-{closed.pk}"), writer).shown_html)
    assert found.tags <= TAGS


@pytest.mark.parametrize(
    "text", ['<data value="1">x</data>', '&lt;data value="1">', '`<data value="1">`', '<data value="1">']
)
def test_nobody_writes_the_mark_of_a_thread_herself(thread, writer, text):
    assert "data" not in read(reply(writer, thread, text).html).tags


# --- in how many threads a thing is spoken of -------------------------------------------------------------------


def test_a_thing_is_spoken_of_in_the_threads_that_the_reader_may_read(thread, writer, anna, closed, method):
    for _twice in range(2):
        reply(writer, thread, "#Kortlægning af tomme huse")
    reply(writer, closed, "#Kortlægning af tomme huse")
    assert set(references.threads_about(writer, "page", method.pk)) == {thread, closed}
    assert set(references.threads_about(anna, "page", method.pk)) == {thread}
    assert not references.threads_about(MemberFactory(), "page", method.pk)


def test_what_was_said_in_a_post_that_is_hidden_counts_no_more(thread, writer, anna, method):
    post = reply(writer, thread, "#Kortlægning af tomme huse")
    Post._base_manager.filter(pk=post.pk).update(state=Showing.HIDDEN)
    assert not references.threads_about(anna, "page", method.pk)


def test_a_thread_does_not_speak_of_itself(thread, writer):
    other = ThreadFactory(space=thread.space, author=writer, text=f"Se #tråd-{thread.pk}")
    reply(writer, thread, f"Som sagt i #tråd-{thread.pk}")
    assert set(references.threads_about(writer, "thread", thread.pk)) == {other}


# --- quotes -----------------------------------------------------------------------------------------------


def test_a_quote_says_who_wrote_and_leaves_out_what_was_quoted_in_it(thread, anna):
    post = PostFactory(thread=thread, author=anna, text="> før\n\nVi skrev til alle.\n\n- én\n- to")
    text = quote(post)
    assert text.startswith(f"> [Anna Prøve skrev]({post.get_absolute_url()}):\n>\n> Vi skrev til alle.")
    assert "før" not in text
    assert all(line.startswith(">") for line in text.strip().split("\n"))
    assert text.endswith("\n\n")


# --- hostile ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("vector", VECTORS)
def test_no_name_and_no_title_is_a_way_in(thread, writer, method, vector):
    name = checked(vector).replace("\n", " ").strip()[:100]
    MembershipFactory(space=thread.space, user__name=name)
    MethodPageFactory(title=name, slug="fjendtlig", parent=method.get_parent())
    written = write(writer, thread.space, checked(f"@{name} og #{name}\n\n> @{name}"), thread)
    found = read(written.html)
    assert found.tags <= TAGS
    assert found.attributes <= {(tag, name) for tag, names in ATTRIBUTES.items() for name in names} | {("a", "rel")}
    assert not [address for address in found.addresses if re.match(r"\s*(javascript|data|vbscript)", address, re.I)]


FLOODS = [
    "@" * 10_000,
    "#" * 10_000,
    "@a " * 5_000,
    "#a " * 5_000,
    " ".join(f"@navn{number}" for number in range(1_800)),
    " ".join(f"#ord{number} @navn{number}" for number in range(900)),
    "@Anna Prøve " * 1_600,
    "#Kortlægning af tomme huse " * 700,
    "#tråd-1 " * 2_400,
    "@" + "Anna " * 3_900,
    "> " * 500 + "@Anna Prøve",
]


@pytest.mark.parametrize("text", FLOODS, ids=lambda text: text[:12])
def test_no_flood_of_signs_takes_long(thread, writer, anna, method, text):
    begun = time.process_time()
    write(writer, thread.space, checked(text), thread)
    assert time.process_time() - begun < 0.5
