"""The composer on the pages: preview, who can read, first words, quotes, suggestions, and what is spoken of where."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from methods.models import MethodPage
from network.discuss import reply
from network.models import Municipality, Post, Space
from tests.factories import (
    MemberFactory,
    MembershipFactory,
    MunicipalityFactory,
    PostFactory,
    SpaceFactory,
    ThreadFactory,
)
from tests.network.test_rooms_pages import THREAD_QUERIES, as_, asked, field, said, thread_address, to

pytestmark = pytest.mark.django_db


@pytest.fixture
def space(campaign):
    return SpaceFactory(name="Tomme boliger", kind="on_request")


@pytest.fixture
def member(space):
    return MembershipFactory(space=space, user__name="Mads Medlem").user


@pytest.fixture
def anna(space):
    return MembershipFactory(space=space, user__name="Anna Prøve").user


@pytest.fixture
def thread(space, member):
    return ThreadFactory(space=space, author=member, title="Hvem tæller med?", text="Vi er i tvivl om sommerhusene.")


@pytest.fixture
def method(campaign):
    return MethodPage.objects.get(slug="kvalitative-interviews")


# --- before it is sent ----------------------------------------------------------------------------------


def test_the_preview_is_what_is_sent_and_sends_nothing(thread, member, anna, method):
    data = {"text": f"**Hej** @Anna Prøve, se #{method.title}", "vis": "1"}
    page = as_(member).post(thread_address("reply", thread), data)
    assert page.status_code == 200
    sent = reply(member, thread, data["text"])
    assert "Sådan ser det ud" in said(page) and sent.html.strip() in page.content.decode()
    assert field(page, "text") == data["text"]
    assert Post.objects.visible_to(member).filter(thread=thread).count() == 2


def test_the_preview_for_a_script_is_the_part_alone(space, member):
    answer = as_(member).post(to("thread-new", space), {"text": "**Hej**", "vis": "stykke"})
    assert answer.status_code == 200
    assert "<strong>Hej</strong>" in answer.content.decode() and "<html" not in answer.content.decode()
    assert as_(member).post(to("thread-new", space), {"text": "", "vis": "stykke"}).status_code == 400


def test_what_is_wrong_with_a_text_the_preview_says(thread, member):
    page = as_(member).post(thread_address("reply", thread), {"text": "[" * 500, "vis": "1"})
    assert page.status_code == 400
    assert "kantede parenteser" in said(page) and field(page, "text") == "[" * 500


def test_the_writer_sees_how_many_can_read_by_the_rule(space, member, thread):
    place = MunicipalityFactory(is_fictional=True)
    for _number in range(2):
        MembershipFactory(space=space, user__profile__municipality=place)
    assert "Det kan læses af 3 medlemmer i 2 kommuner." in said(as_(member).get(thread.get_absolute_url()))
    assert "Det kan læses af 3 medlemmer i 2 kommuner." in said(as_(member).get(to("thread-new", space)))
    Space.objects.filter(pk=space.pk).update(shows_earlier=False)
    MembershipFactory(space=space)
    assert "Det kan læses af 1 medlem i 1 kommune." in said(as_(member).get(thread.get_absolute_url()))
    assert "Det kan læses af 4 medlemmer" in said(as_(member).get(to("thread-new", space)))


def test_in_an_open_space_all_of_the_network_who_may_read_are_counted(campaign):
    space = SpaceFactory(kind="open")
    user = MembershipFactory(space=space).user
    MemberFactory()
    number = User.objects.filter(is_active=True, profile__completed_at__isnull=False).count()
    assert f"Alle i netværket kan læse det: {number} medlemmer" in said(as_(user).get(to("thread-new", space)))


def test_naming_someone_who_cannot_read_is_told_first_and_sent_when_it_is_said_again(thread, member):
    MemberFactory(name="Ude Udesen")
    client, data = as_(member), {"text": "Spørg @Ude Udesen om det."}
    page = client.post(thread_address("reply", thread), data)
    assert page.status_code == 400
    assert "Ude Udesen" in said(page) and "får ikke besked" in said(page) and "Send alligevel" in said(page)
    assert Post.objects.visible_to(member).filter(thread=thread).count() == 1
    assert client.post(thread_address("reply", thread), data | {"alligevel": "1"}).status_code == 302
    assert Post.objects.visible_to(member).filter(thread=thread).count() == 2


def test_naming_someone_who_can_read_is_sent_at_once(thread, member, anna):
    assert as_(member).post(thread_address("reply", thread), {"text": "@Anna Prøve"}).status_code == 302


def test_who_saves_a_draft_hears_of_names_too(thread, member):
    MemberFactory(name="Ude Udesen")
    told = as_(member).post(reverse("drafts"), {"place": f"svar:{thread.pk}", "text": "@Ude Udesen"})
    assert "Ude Udesen" in told.json()["notices"][0]


def test_the_first_words_of_a_space_stand_in_the_field_and_are_no_thread_by_themselves(space, member):
    Space.objects.filter(pk=space.pk).update(first_words="Situation:\n\nHvad har I prøvet?")
    client, address = as_(member), to("thread-new", space)
    assert field(client.get(address), "text") == "Situation:\n\nHvad har I prøvet?"
    page = client.post(address, {"title": "Hej", "text": "Situation:\r\n\r\nHvad har I prøvet?"})
    assert page.status_code == 400 and "Skriv en tekst." in said(page)
    sent = client.post(address, {"title": "Hej", "text": "Situation: 40 huse\r\n\r\nHvad har I prøvet? Breve."})
    assert sent.status_code == 302
    told = client.post(reverse("drafts"), {"place": f"ny:{space.pk}", "text": "Situation:\n\nHvad har I prøvet?"})
    assert told.json()["version"] == 0


def test_a_post_is_quoted_into_the_field(thread, member, anna):
    post = PostFactory(thread=thread, author=anna, text="Vi talte dem alle.")
    page = as_(member).get(thread.get_absolute_url(), {"svar": post.number, "citat": "1"})
    assert field(page, "text") == f"> [Anna Prøve skrev]({post.get_absolute_url()}):\n>\n> Vi talte dem alle.\n\n"
    assert field(as_(member).get(thread.get_absolute_url(), {"svar": 99, "citat": "1"}), "text") == ""


def test_no_hidden_post_is_quoted(thread, member, anna):
    post = PostFactory(thread=thread, author=anna, text="Kvadrille")
    Post._base_manager.filter(pk=post.pk).update(state="hidden")
    page = as_(member).get(thread.get_absolute_url(), {"svar": post.number, "citat": "1"})
    assert "Kvadrille" not in page.content.decode()


# --- suggestions ------------------------------------------------------------------------------------------


def suggested(user, name, space, **asked):
    answer = as_(user).get(to(name, space), asked)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "private, no-store"
    return [row["text"] for row in answer.json()["rows"]]


def test_people_who_may_read_there_are_suggested_seven_at_most(space, member, anna):
    MemberFactory(name="Annika Ude")
    for number in range(9):
        MembershipFactory(space=space, user__name=f"Bo Nummer{number}")
    assert suggested(member, "suggest-people", space, q="ann") == ["Anna Prøve"]
    assert suggested(member, "suggest-people", space, q="prø") == ["Anna Prøve"]
    assert len(suggested(member, "suggest-people", space, q="bo")) == 7
    assert suggested(member, "suggest-people", space, q="") == []
    assert suggested(member, "suggest-people", space, q="%_\\'\"\x00") == []


def test_two_of_a_name_are_suggested_with_their_places(space, member, anna):
    MembershipFactory(space=space, user__name="Anna Prøve")
    places = {f"Anna Prøve, {person.profile.place}" for person in User.objects.filter(name="Anna Prøve")}
    assert set(suggested(member, "suggest-people", space, q="Anna")) == places


@pytest.mark.parametrize("name", ["suggest-people", "suggest-things"])
@pytest.mark.parametrize(("kind", "status"), [("open", 403), ("on_request", 403), ("hidden", 404)])
def test_nothing_is_suggested_to_one_who_may_not_write_there(campaign, name, kind, status):
    space = SpaceFactory(kind=kind)
    MembershipFactory(space=space, user__name="Anna Prøve")
    answer = as_(MemberFactory()).get(to(name, space), {"q": "anna"})
    assert answer.status_code == status and "Anna Prøve" not in answer.content.decode()


def test_methods_municipalities_and_ones_own_threads_are_suggested_and_no_other(space, member, method, thread):
    ThreadFactory(space=SpaceFactory(kind="hidden"), title="Hvem tæller i det skjulte?")
    assert method.title in suggested(member, "suggest-things", space, q=method.title[:9])
    assert "Lemvig Kommune" in suggested(member, "suggest-things", space, q="lemvig")
    assert suggested(member, "suggest-things", space, q="hvem tæller") == [f"tråd-{thread.pk}"]


def test_what_is_suggested_is_understood_when_it_is_sent(space, member, method, thread):
    from network.pointing import write

    for typed in (method.title, "lemvig", "hvem tæller"):
        for text in suggested(member, "suggest-things", space, q=typed):
            assert write(member, space, f"#{text}").things, text


def test_who_asks_too_often_waits(space, member, settings):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "pointers": "2/m/user"}
    client = as_(member)
    answers = [client.get(to("suggest-people", space), {"q": "a"}) for _number in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert int(answers[-1].headers["Retry-After"]) > 0


# --- what is shown of it ------------------------------------------------------------------------------------


def test_a_reference_is_a_link_in_the_text_and_a_row_below_it(thread, member, method):
    PostFactory(thread=thread, text=f"Se #{method.title}.")
    page = as_(member).get(thread.get_absolute_url()).content.decode()
    assert f'<a class="ref" href="{method.url}">' in page
    assert page.count(f'href="{method.url}"') == 2


def test_a_thread_asks_no_more_of_many_references_than_of_few_and_nothing_without(thread, member, method):
    without = asked(member, thread.get_absolute_url())
    assert len(without) <= THREAD_QUERIES
    PostFactory(thread=thread, text=f"Se #{method.title}, #Lemvig Kommune og #tråd-{thread.pk}.")
    few = asked(member, thread.get_absolute_url())
    for _number in range(5):
        PostFactory(thread=thread, text=f"Se #{method.title}, #Lemvig Kommune og #tråd-{thread.pk}.")
    many = asked(member, thread.get_absolute_url())
    assert len(few) == len(many) <= len(without) + 4


def test_a_member_sees_where_a_method_is_spoken_of_and_a_stranger_nothing(thread, member, method):
    PostFactory(thread=thread, text=f"Se #{method.title}.")
    inside, outside = as_(member).get(method.url), Client().get(method.url)
    assert "Omtalt i 1 tråd" in said(inside) and "no-store" in inside.headers["Cache-Control"]
    assert "Omtalt i" not in said(outside) and "I netværket" not in said(outside)
    assert "Cookie" not in outside.headers.get("Vary", "") and "private" not in outside.headers.get(
        "Cache-Control", ""
    )
    assert "Omtalt i" not in said(as_(MemberFactory()).get(method.url))


@pytest.mark.parametrize("who", ["stranger", "member"])
def test_a_method_asks_nothing_more_of_a_stranger_and_once_more_of_a_member(thread, member, method, who, monkeypatch):
    from content import reading
    from network import references

    def queries():
        client = as_(member) if who == "member" else Client()
        client.get(method.url)
        with CaptureQueriesContext(connection) as found:
            client.get(method.url)
        return len(found)

    with_it = queries()
    monkeypatch.setattr(
        reading, "_beside", [beside for beside in reading._beside if beside is not references.spoken_of]
    )
    assert with_it - queries() == (1 if who == "member" else 0)


def test_the_threads_in_which_a_thing_is_spoken_of_are_those_one_may_read(thread, member, method):
    hidden = ThreadFactory(space=SpaceFactory(kind="hidden"), title="Kvadrille", text=f"Se #{method.title}.")
    PostFactory(thread=thread, text=f"Se #{method.title}.")
    address = reverse("spoken-of", args=["side", method.pk])
    page = said(as_(member).get(address))
    assert thread.title in page and hidden.title not in page
    assert hidden.title in said(as_(hidden.author).get(address))
    assert Client().get(address).status_code == 302
    assert as_(member).get(reverse("spoken-of", args=["traad", hidden.pk])).status_code == 404
    assert as_(member).get(reverse("spoken-of", args=["andet", method.pk])).status_code == 404


def test_a_municipality_and_a_thread_say_it_too(thread, member):
    place = Municipality.objects.get(slug="lemvig")
    PostFactory(thread=ThreadFactory(space=thread.space), text=f"#Lemvig Kommune og #tråd-{thread.pk}", author=member)
    assert "Omtalt i 1 tråd" in said(as_(member).get(place.get_absolute_url()))
    assert "Omtalt i 1 tråd" in said(as_(member).get(thread.get_absolute_url()))
    assert "Omtalt i" not in said(Client().get(place.get_absolute_url()))


def test_one_writes_about_a_method_in_a_space_of_ones_own(space, member, method):
    SpaceFactory(name="Et andet rum")
    client = as_(member)
    page = client.get(reverse("write"), {"om": f"side-{method.pk}"})
    assert "Tomme boliger" in said(page) and "Et andet rum" not in said(page)
    opened = client.get(to("thread-new", space), {"om": f"side-{method.pk}"})
    assert field(opened, "text") == f"#{method.title}\n\n"
    assert field(client.get(to("thread-new", space), {"om": "side-999999"}), "text") == ""
