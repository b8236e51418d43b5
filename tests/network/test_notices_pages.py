"""The list of what one is told, acted on where it stands, and how one chooses: all of it without script."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from network import fan_out, join
from network.discuss import reply, start_thread
from network.models import Membership, Notice, NoticeSettings, Post, ThreadChoice
from network.notices import verb_of
from tests.factories import MemberFactory, MembershipFactory, SpaceFactory

pytestmark = pytest.mark.django_db
LIST = reverse("notices")


@pytest.fixture
def space():
    return SpaceFactory(name="Tomme huse")


@pytest.fixture
def writer(space):
    return MembershipFactory(space=space, user__name="Bo Bysted").user


@pytest.fixture
def reader(client, space):
    user = MembershipFactory(space=space, user__name="Clara Kyst").user
    client.force_login(user)
    return user


@pytest.fixture
def thread(reader, space):
    return start_thread(reader, space, "Hvordan gør I?", "Vi står med det.")


def test_the_bell_says_how_many_there_are(client, thread, writer, reader):
    assert 'aria-label="Beskeder"' in client.get(LIST).text
    reply(writer, thread, "Sådan.")
    reply(writer, thread, "Og sådan.")
    page = client.get(reverse("network")).text
    assert 'aria-label="Beskeder, 2 nye"' in page


def test_the_bell_costs_no_query(client, thread, writer, reader, django_assert_max_num_queries):
    with CaptureQueriesContext(connection) as before:
        client.get(reverse("drafts"))
    reply(writer, thread, "Sådan.")
    with django_assert_max_num_queries(len(before)):
        assert "Beskeder, 1 ny" in client.get(reverse("drafts")).text
    assert not [query for query in before if "network_notice" in query["sql"] and "accounts_user" not in query["sql"]]


def test_what_is_told_of_one_thread_stands_together_and_says_all_one_needs(client, thread, writer, reader):
    reply(writer, thread, "Skriv til ejerne.")
    reply(writer, thread, "Og ring til dem.")
    page = client.get(LIST)
    (group,) = page.context["groups"]
    assert group["title"] == "Hvordan gør I?" and group["place"] == "Tomme huse"
    for word in ("Bo Bysted svarer dig", "Skriv til ejerne.", "Og ring til dem.", "fordi du har spurgt", "2 nye"):
        assert word in page.text
    assert page.headers["Cache-Control"] == "private, no-store"


def test_one_answers_where_the_notice_stands(client, thread, writer, reader):
    first = reply(writer, thread, "Skriv til ejerne.")
    page = client.get(LIST)
    form = {"text": "Tak, det prøver vi.", "svar": "2", "form_key": str(page.context["form_key"]())}
    answered = client.post(reverse("reply", args=[thread.space.slug, thread.pk, thread.slug]), form, follow=True)
    assert answered.status_code == 200
    post = Post.objects.get(number=3)
    assert post.source == "Tak, det prøver vi." and post.reply_to == first
    assert not Notice.objects.filter(user=reader, read_at=None).exists()


def test_one_lets_in_where_the_notice_stands(client, reader, space):
    Membership.objects.filter(user=reader).update(role="facilitator")
    person = MemberFactory(name="Dagny Dige")
    asked = join.ask(person, space, "Jeg arbejder med det.")
    page = client.get(LIST)
    assert "Dagny Dige beder om adgang" in page.text and "Jeg arbejder med det." in page.text
    done = client.post(reverse("space-answer", args=[space.slug, asked.pk]), {"accept": "1", "fra": "beskeder"})
    assert done.url == LIST
    assert Membership.objects.filter(user=person, space=space).exists()
    assert "Dagny Dige beder om adgang" not in client.get(LIST).text
    assert not Notice.objects.filter(user=reader, read_at=None).exists()


def test_an_invitation_is_answered_where_it_stands(client, reader):
    other = SpaceFactory(kind="hidden", name="Et andet rum")
    facilitator = MembershipFactory(space=other, role="facilitator").user
    join.invite(facilitator, other, reader)
    assert reverse("space-join", args=[other.slug]) in client.get(LIST).text
    client.post(reverse("space-join", args=[other.slug]))
    assert reverse("space-join", args=[other.slug]) not in client.get(LIST).text


def test_notices_are_counted_as_read_one_by_one_or_all_at_once(client, thread, writer, reader):
    for text in ("Et.", "To.", "Tre."):
        reply(writer, thread, text)
    first = Notice.objects.filter(user=reader).first()
    client.post(reverse("notices-read"), {"besked": first.pk})
    assert Notice.objects.filter(user=reader, read_at=None).count() == 2
    client.post(reverse("notices-read"))
    assert not Notice.objects.filter(user=reader, read_at=None).exists()


def test_nobody_counts_another_ones_notices_as_read(client, thread, writer, reader):
    reply(writer, thread, "Sådan.")
    own = Notice.objects.get(user=reader)
    client.force_login(writer)
    client.post(reverse("notices-read"), {"besked": own.pk})
    assert Notice.objects.filter(user=reader, read_at=None).exists()
    assert client.get(reverse("notice", args=[own.pk])).status_code == 404


def test_following_a_notice_leads_there_and_counts_it_as_read(client, thread, writer, reader):
    post = reply(writer, thread, "Sådan.")
    own = Notice.objects.get(user=reader)
    assert client.get(reverse("notice", args=[own.pk])).url == post.get_absolute_url()
    assert Notice.objects.get(pk=own.pk).read_at


def test_reading_the_thread_empties_the_bell(client, thread, writer, reader):
    reply(writer, thread, "Sådan.")
    client.get(thread.get_absolute_url())
    assert 'aria-label="Beskeder"' in client.get(LIST).text


@pytest.mark.parametrize("answer", ["nul", "-1", "9" * 30, "1' OR '1'='1"])
def test_numbers_that_are_none_are_refused_in_words(client, reader, answer):
    refused = client.post(reverse("notices-read"), {"besked": answer})
    assert refused.status_code == 400 and "numre" in refused.text


@pytest.mark.parametrize("page", ["0", "nul", "999"])
def test_a_page_that_is_not_there_is_404(client, reader, page):
    assert client.get(LIST, {"side": page}).status_code == 404


def test_a_list_of_many_asks_no_more_than_of_few(client, thread, writer, reader, django_assert_max_num_queries):
    for number in range(6):
        reply(writer, thread, f"Svar {number}.")
        reply(writer, start_thread(reader, thread.space, f"Tråd {number}", "Tekst."), "Svar.")
    with django_assert_max_num_queries(9):
        client.get(LIST)


def test_the_list_shows_nothing_of_what_one_may_no_longer_read(client, thread, writer, reader, space):
    reply(writer, thread, "Planteordet kvadrille.")
    assert "kvadrille" in client.get(LIST).text
    facilitator = MembershipFactory(space=space, role="facilitator").user
    join.remove(facilitator, Membership.objects.get(space=space, user=reader))
    page = client.get(LIST).text
    assert "kvadrille" not in page and "Hvordan gør I?" not in page and 'aria-label="Beskeder"' in page


def test_every_verb_says_why_in_words():
    fan_out.work()
    for name in ("mentioned", "answered", "thread", "post", "helped", "thanked", "asked", "invited"):
        assert all(str(why).startswith("fordi ") for why in verb_of(name).whys.values())


# --- choosing -------------------------------------------------------------------------------------------

CHOICES = reverse("notice-settings")


def test_quiet_is_chosen_to_begin_with(client, reader):
    page = client.get(CHOICES)
    assert "Du har valgt »Roligt«" in page.text and "hver tirsdag kl. 7" in page.text
    assert 'value="calm" checked' in page.text


@pytest.mark.parametrize(
    ("preset", "cadence", "told"),
    [("calm", "weekly", "hver tirsdag"), ("keep_up", "daily", "hver dag"), ("everything", "weekly", "hver tirsdag")],
)
def test_a_preset_is_chosen_and_said_in_words(client, reader, preset, cadence, told):
    page = client.post(CHOICES, {"preset": preset}, follow=True)
    own = NoticeSettings.objects.get(user=reader)
    assert (own.preset, own.cadence) == (preset, cadence)
    assert told in page.text and "Dit valg er gemt." in page.text


def test_the_collected_mail_comes_when_one_says(client, reader):
    chosen = {"cadence": "monthly", "weekday": "4", "hour": "16", "zone": "America/Nuuk"}
    page = client.post(CHOICES, chosen, follow=True)
    own = NoticeSettings.objects.get(user=reader)
    assert (own.cadence, own.weekday, own.hour, own.zone) == ("monthly", 4, 16, "America/Nuuk")
    assert "den første i måneden kl. 16" in page.text


@pytest.mark.parametrize("wrong", [{"preset": "x"}, {"cadence": "daily", "weekday": "9", "hour": "7", "zone": "x"}])
def test_a_choice_that_is_none_changes_nothing(client, reader, wrong):
    assert client.post(CHOICES, wrong).status_code == 400
    assert not NoticeSettings.objects.exists()


def test_each_space_has_a_level(client, reader, space):
    client.post(CHOICES, {f"rum-{space.pk}-level": "mentioned"})
    assert Membership.objects.get(user=reader, space=space).level == "mentioned"
    assert client.post(CHOICES, {f"rum-{space.pk}-level": "x"}).status_code == 400
    said = client.post(reverse("space-level", args=[space.slug]), {"level": "threads"}, follow=True)
    assert "Fra nu af får du: Nye tråde." in said.text
    assert Membership.objects.get(user=reader, space=space).level == "threads"
    assert '<option value="threads" selected>' in said.text


def test_only_who_is_in_a_space_has_a_level_there(client, reader):
    open_space = SpaceFactory(kind="open")
    assert client.post(reverse("space-level", args=[open_space.slug]), {"level": "all"}).status_code == 400
    hidden = SpaceFactory(kind="hidden")
    assert client.post(reverse("space-level", args=[hidden.slug]), {"level": "all"}).status_code == 404


def test_a_thread_is_followed_muted_and_left_alone(client, thread, reader):
    at = reverse("thread-follow", args=[thread.space.slug, thread.pk, thread.slug])
    assert "fordi du har skrevet i den" in client.get(thread.get_absolute_url()).text
    for chosen, said in (("mute", "Du har slået tråden fra."), ("follow", "Du følger tråden."), ("", "Følg tråden")):
        page = client.post(at, {"valg": chosen}, follow=True)
        assert said in page.text
        own = ThreadChoice.objects.filter(user=reader, thread=thread).values_list("what", flat=True)
        assert list(own) == ([chosen] if chosen else [])
    assert client.post(at, {"valg": "x"}).status_code == 400


def test_a_stranger_is_sent_to_sign_in(client):
    for name in ("notices", "notice-settings"):
        assert client.get(reverse(name)).url.startswith(reverse("account_login"))
