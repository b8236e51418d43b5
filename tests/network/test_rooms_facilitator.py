"""The page of those who run a space, its settings, its parts, and who has been seen in it."""

import re
from datetime import datetime, timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from network import join
from network.health import posts_by_month
from network.models import Event, Membership, Post, Space, Thread
from network.presence import unseen
from network.rule import Kind
from tests.factories import (
    AccessRequestFactory,
    MemberFactory,
    MembershipFactory,
    MunicipalityFactory,
    PostFactory,
    SpaceFactory,
    ThreadFactory,
)
from tests.network.test_rooms_pages import LIST_QUERIES, as_, asked, field, listed, said, to

pytestmark = pytest.mark.django_db
PAGE_QUERIES = 20


@pytest.fixture
def space(campaign):
    return SpaceFactory(name="Tomme boliger", purpose="For jer, der tæller tomme boliger.")


@pytest.fixture
def facilitator(space):
    return MembershipFactory(space=space, role="facilitator", user__name="Fie Formand").user


@pytest.fixture
def member(space, facilitator):
    return MembershipFactory(space=space, user__name="Mads Medlem").user


def again(space):
    space.refresh_from_db()
    return space


# --- the page ----------------------------------------------------------------------------------------------


def test_requests_are_answered_on_the_page_and_one_comes_back_to_it(space, facilitator):
    asked_by = AccessRequestFactory(space=space, user__name="Solveig Venter", reason="Jeg tæller huse.")
    client = as_(facilitator)
    page = said(client.get(to("space-facilitator", space)))
    assert "1 venter" in page and "Solveig Venter" in page and "Jeg tæller huse." in page
    sent = {"answer": "", "accept": "1", "fra": "facilitator"}
    response = client.post(to("space-answer", space, asked_by.pk), sent)
    assert response.url == to("space-facilitator", space)
    assert "Ingen venter ved døren." in said(client.get(response.url))


def test_threads_without_an_answer_stand_there_with_their_age_and_answered_ones_do_not(space, facilitator, member):
    old, new, answered = (ThreadFactory(space=space, author=member) for _number in range(3))
    Thread.objects.visible_to(member).filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=4))
    PostFactory(thread=answered, author=facilitator)
    page = said(as_(facilitator).get(to("space-facilitator", space)))
    assert page.index(old.title) < page.index(new.title)
    assert "uden svar i 4 dage" in page and "skrevet i dag" in page
    assert answered.title not in page
    ThreadFactory(title="Fra et andet rum?")
    assert "Fra et andet rum?" not in page


@time_machine.travel(datetime(2026, 3, 15, 12, 0), tick=False)
def test_posts_are_counted_by_month_and_the_silent_ones_are_said(space, facilitator, member):
    Space.objects.filter(pk=space.pk).update(created_at=datetime(2024, 5, 1, tzinfo=timezone.get_current_timezone()))
    thread = ThreadFactory(space=space, author=member)
    reply = PostFactory(thread=thread, author=member)
    midnight = datetime(2026, 1, 1, 0, 30, tzinfo=timezone.get_current_timezone())
    Post.objects.visible_to(member).filter(pk=reply.pk).update(created_at=midnight)
    months = posts_by_month(facilitator, again(space))
    assert len(months) == 12
    assert [(month.first.month, month.number) for month in months[:3]] == [(3, 1), (2, 0), (1, 1)]
    assert sum(month.number for month in months) == 2
    assert "10 stille måneder i det sidste år." in said(as_(facilitator).get(to("space-facilitator", space)))


@time_machine.travel(datetime(2026, 3, 15, 12, 0), tick=False)
def test_no_month_is_silent_before_the_space_was_there(space, facilitator):
    Space.objects.filter(pk=space.pk).update(created_at=datetime(2026, 2, 20, tzinfo=timezone.get_current_timezone()))
    assert [month.first.month for month in posts_by_month(facilitator, again(space))] == [3, 2]


def test_who_came_and_went_is_told_with_who_and_why_page_by_page(space, facilitator, member):
    join.remove(facilitator, Membership.objects.get(user=member), "Har fået andet arbejde.")
    client = as_(facilitator)
    page = said(client.get(to("space-facilitator", space)))
    assert "Mads Medlem blev fjernet" in page and "ved Fie Formand" in page and "Har fået andet arbejde." in page
    for _number in range(30):
        join.add(facilitator, space, MemberFactory())
    first = client.get(to("space-facilitator", space))
    assert "Mads Medlem" not in said(first)
    older = first.content.decode().split("?foer=")[1].split("#")[0]
    assert "Mads Medlem blev fjernet" in said(client.get(to("space-facilitator", space), {"foer": older}))
    assert client.get(to("space-facilitator", space), {"foer": "x" * 30}).status_code == 200


def test_the_page_asks_the_database_no_more_however_much_there_is(space, facilitator):
    few = asked(facilitator, to("space-facilitator", space))
    for _number in range(6):
        ThreadFactory(space=space)
        AccessRequestFactory(space=space)
        MembershipFactory(space=space, state="suspended")
        join.invite(facilitator, space, MemberFactory())
    many = asked(facilitator, to("space-facilitator", space))
    assert len(many) == len(few) <= PAGE_QUERIES, f"few: {listed(few)}\n\nmany: {listed(many)}"


def test_a_space_is_handed_to_another_and_never_without_one(space, facilitator, member):
    client = as_(facilitator)
    heir = Membership.objects.get(user=member)
    assert client.post(to("space-hand-over", space), {"heir": ""}).status_code == 400
    assert client.post(to("space-hand-over", space), {"heir": 0}).status_code == 400
    response = client.post(to("space-hand-over", space), {"heir": heir.pk}, follow=True)
    assert "Mads Medlem er nu facilitator. Du er medlem." in said(response)
    assert Membership.objects.get(space=space, role="facilitator").user == member
    assert client.post(to("space-hand-over", space), {"heir": heir.pk}).status_code == 403


def test_alone_in_a_space_one_is_told_whom_to_bring_in_first(space, facilitator):
    assert "Der er ingen at give det til." in said(as_(facilitator).get(to("space-hand-over", space)))


# --- who has been seen -------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def _nobody_noted():
    cache.clear()


def seen(user, space):
    return Membership.objects.get(user=user, space=space).seen_at


def test_a_member_who_reads_is_noted_once_a_day(space, facilitator, member):
    thread = ThreadFactory(space=space, author=facilitator)
    client = as_(member)
    with time_machine.travel(datetime(2026, 3, 15, 9, 0), tick=False):
        client.get(space.get_absolute_url())
        first = seen(member, space)
    assert first is not None
    with time_machine.travel(datetime(2026, 3, 15, 15, 0), tick=False):
        with CaptureQueriesContext(connection) as queries:
            client.get(thread.get_absolute_url())
        cache.clear()
        client.get(space.get_absolute_url())
    assert seen(member, space) == first
    assert not [query for query in queries if "UPDATE" in query["sql"]]
    with time_machine.travel(datetime(2026, 3, 17, 9, 0), tick=False):
        client.get(thread.get_absolute_url())
    assert seen(member, space) > first


def test_nobody_is_noted_for_another_or_for_looking_elsewhere(space, facilitator, member):
    outsider = MemberFactory()
    for address in (reverse("network"), reverse("member", args=[facilitator.pk]), to("space-members", space)):
        as_(member).get(address)
    as_(outsider).get(space.get_absolute_url())
    assert (seen(member, space), seen(facilitator, space)) == (None, None)


def test_the_facilitator_sees_how_many_were_not_there_for_three_months_and_not_who(space, facilitator, member):
    long_ago = timezone.now() - timedelta(days=91)
    Membership.objects.filter(user=member).update(joined_at=long_ago)
    newcomer = MembershipFactory(space=space).user
    assert unseen(space) == 1
    assert "Ikke set i tre måneder 1" in said(as_(facilitator).get(to("space-facilitator", space)))
    Membership.objects.filter(user=newcomer).update(joined_at=long_ago)
    as_(member).get(space.get_absolute_url())
    assert unseen(space) == 1


# --- settings ----------------------------------------------------------------------------------------------

SETTINGS = {
    "name": "Tomme boliger",
    "purpose": "For jer, der tæller tomme boliger.",
    "theme": "",
    "kind": "on_request",
    "admits_advisers": "on",
    "admits_partners": "on",
    "shows_earlier": "on",
    "has_threads": "on",
    "has_files": "on",
    "has_members": "on",
    "first_words": "",
}


def settings_of(client, space, **changed):
    """Send the form of the settings as it was opened, with what is changed; a value of None leaves a box empty."""
    form = client.get(to("space-settings", space))
    data = {**SETTINGS, "seen": field(form, "seen"), **changed}
    return client.post(to("space-settings", space), {name: value for name, value in data.items() if value is not None})


def test_the_settings_are_saved_and_shown_again(space, facilitator):
    client = as_(facilitator)
    place = MunicipalityFactory(is_fictional=True)
    changed = {"name": "Tomme huse", "admits_partners": None, "municipalities": [place.pk], "first_words": "**Hvad?**"}
    response = settings_of(client, space, **changed)
    assert response.status_code == 302
    assert (again(space).name, space.admits_partners, space.first_words) == ("Tomme huse", False, "**Hvad?**")
    page = client.get(response.url)
    assert "Rummet er gemt." in said(page)
    assert f"Ansatte og rådgivere i {place.full_name}. Partnere kan ikke." in said(page)
    assert re.search(rf'name="municipalities" value="{place.pk}"[^>]*checked', page.content.decode())
    settings_of(client, space, name="Tomme huse", municipalities=[])
    assert not again(space).limits.exists()


def test_a_form_that_is_sent_twice_is_saved_once(space, facilitator):
    client = as_(facilitator)
    opened = field(client.get(to("space-settings", space)), "seen")
    for _press in range(2):
        sent = {**SETTINGS, "name": "Tomme huse", "seen": opened}
        assert client.post(to("space-settings", space), sent).status_code == 302
    assert Event.objects.filter(what="settings").count() == 1


def test_a_door_is_opened_only_after_it_was_told_for_how_many(space, facilitator, member):
    MemberFactory.create_batch(3)
    client = as_(facilitator)
    warned = settings_of(client, space, kind="open", name="Nyt navn")
    assert "3 personer, der ikke kan læse rummet nu, får lov til det" in said(warned)
    assert field(warned, "name") == "Nyt navn"
    assert again(space).kind == "on_request"
    told = field(warned, "warned")
    MemberFactory()
    warned_again = settings_of(client, space, kind="open", name="Nyt navn", warned=told)
    assert "4 personer, der ikke kan læse rummet nu" in said(warned_again)
    done = settings_of(client, space, kind="open", name="Nyt navn", warned=field(warned_again, "warned"))
    assert done.status_code == 302
    assert (again(space).kind, space.name) == ("open", "Nyt navn")


def test_a_change_that_changes_nobodys_sight_is_saved_without_asking(space, facilitator):
    assert settings_of(as_(facilitator), space, kind="hidden").status_code == 302
    assert again(space).kind == "hidden"


def test_the_second_of_two_editors_is_told_and_keeps_her_text(space, facilitator):
    client = as_(facilitator)
    opened = field(client.get(to("space-settings", space)), "seen")
    settings_of(client, space, name="Fra det ene vindue", has_files=None)
    response = client.post(to("space-settings", space), {**SETTINGS, "name": "Fra det andet", "seen": opened})
    page = said(response)
    assert response.status_code == 409
    assert "En anden har rettet rummet imens" in page
    assert "Navn: Fra det ene vindue" in page and "Filer: Nej" in page and "Formål: For jer" not in page
    assert field(response, "name") == "Fra det andet"
    assert again(space).name == "Fra det ene vindue"
    sent = {**SETTINGS, "name": "Fra det andet", "seen": field(response, "seen")}
    assert client.post(to("space-settings", space), sent).status_code == 302
    assert again(space).name == "Fra det andet"


def test_the_preset_puts_its_headings_below_what_was_written_and_saves_nothing(space, facilitator):
    response = settings_of(as_(facilitator), space, first_words="Vores egne ord.", preset="spoerg", name="Ugemt")
    text = field(response, "first_words")
    assert text.startswith("Vores egne ord.") and "Det har vi prøvet" in text and "Det vil vi vide" in text
    assert field(response, "name") == "Ugemt"
    twice = settings_of(as_(facilitator), space, first_words=text, preset="spoerg")
    assert field(twice, "first_words").count("Det har vi prøvet") == 1
    assert (again(space).name, space.first_words) == ("Tomme boliger", "")


@pytest.mark.parametrize(("name", "value"), [("name", ""), ("purpose", "x" * 501), ("kind", "taget"), ("theme", "0")])
def test_bad_settings_are_refused_at_their_field_and_nothing_is_lost(space, facilitator, name, value):
    response = settings_of(as_(facilitator), space, **{name: value, "first_words": "Behold mig"})
    assert response.status_code == 400
    assert field(response, "first_words") == "Behold mig"
    assert f"id_{name}_error" in response.content.decode()
    assert again(space).first_words == ""


def test_the_archive_and_the_way_out_of_it(space, facilitator, member):
    client = as_(facilitator)
    assert "Arkivér »Tomme boliger«?" in said(client.get(to("space-archive", space)))
    for _press in range(2):
        assert client.post(to("space-archive", space)).status_code == 302
    assert again(space).is_archived
    assert "Åbn rummet igen" in said(client.get(to("space-facilitator", space)))
    assert "Arkiveret" in said(as_(member).get(reverse("network")))
    client.post(to("space-reopen", space))
    assert not again(space).is_archived
    assert list(
        Event.objects.filter(what__in=["archived", "reopened"]).order_by("pk").values_list("what", flat=True)
    ) == [
        "archived",
        "reopened",
    ]


# --- parts that are switched off -----------------------------------------------------------------------------


def test_a_space_without_threads_has_no_tab_list_or_way_to_write_and_keeps_what_was_written(
    space, facilitator, member
):
    thread = ThreadFactory(space=space, author=member)
    client = as_(member)
    assert to("thread-new", space) in client.get(space.get_absolute_url()).content.decode()
    Space.objects.filter(pk=space.pk).update(has_threads=False)
    page = client.get(space.get_absolute_url())
    assert page.status_code == 200 and "Rummet har ingen tråde" in said(page)
    assert thread.title not in said(page) and to("thread-new", space) not in page.content.decode()
    for address in (thread.get_absolute_url(), to("thread-new", space)):
        assert client.get(address).status_code == 404
    assert client.post(to("thread-new", space), {"title": "Ind", "text": "Ind"}).status_code == 404
    assert thread.title not in said(client.get(reverse("network")))
    Space.objects.filter(pk=space.pk).update(has_threads=True)
    assert client.get(thread.get_absolute_url()).status_code == 200


def test_without_a_list_of_members_only_facilitators_see_who_is_in_it_also_on_profiles(space, facilitator, member):
    other = MembershipFactory(space=space).user
    profile = reverse("member", args=[member.pk])
    assert member.name in said(as_(other).get(to("space-members", space)))
    assert space.name in said(as_(other).get(profile)).split("Rum ")[-1]
    Space.objects.filter(pk=space.pk).update(has_members=False)
    assert as_(other).get(to("space-members", space)).status_code == 404
    assert to("space-members", space) not in as_(other).get(space.get_absolute_url()).content.decode()
    assert member.name in said(as_(facilitator).get(to("space-members", space)))
    assert space.name not in said(as_(other).get(profile))
    for reader in (facilitator, member):
        assert space.name in said(as_(reader).get(profile))


def test_in_an_open_space_too_the_list_can_be_switched_off(campaign):
    space = SpaceFactory(kind=Kind.OPEN)
    assert as_(MemberFactory()).get(to("space-members", space)).status_code == 200
    Space.objects.filter(pk=space.pk).update(has_members=False)
    assert as_(MemberFactory()).get(to("space-members", space)).status_code == 404


# --- the list of threads -------------------------------------------------------------------------------------


def titles(response, threads):
    page = said(response)
    return sorted((thread.title for thread in threads if thread.title in page), key=page.index)


def test_pinned_threads_stand_first_and_the_others_by_the_newest(space, member):
    old, pinned, new = (ThreadFactory(space=space, author=member, title=f"Tråd {name}") for name in "abc")
    Thread.objects.visible_to(member).filter(pk=pinned.pk).update(pinned_at=timezone.now())
    response = as_(member).get(space.get_absolute_url())
    assert titles(response, [old, pinned, new]) == ["Tråd b", "Tråd c", "Tråd a"]
    assert "Fastgjort" in said(response)


def test_the_list_is_narrowed_by_choices_with_true_counts(space, facilitator, member):
    own, others, answered = (
        ThreadFactory(space=space, author=author, title=f"Tråd {name}")
        for name, author in (("a", member), ("b", facilitator), ("c", facilitator))
    )
    answer = PostFactory(thread=answered, author=member)
    Thread.objects.visible_to(member).filter(pk=answered.pk).update(answer=answer)
    client = as_(member)
    assert "Alle 3 Ulæste 2 Uden svar 2 Har svar 1 Mine 1" in said(client.get(space.get_absolute_url()))
    shown = {
        choice: titles(client.get(space.get_absolute_url(), {"vis": choice}), [own, others, answered])
        for choice in ("uden-svar", "har-svar", "mine", "vrøvl")
    }
    assert shown == {
        "uden-svar": ["Tråd b", "Tråd a"],
        "har-svar": ["Tråd c"],
        "mine": ["Tråd a"],
        "vrøvl": ["Tråd c", "Tråd b", "Tråd a"],
    }


def test_an_empty_choice_says_so_and_leads_on(space, member):
    thread = ThreadFactory(space=space, author=member)
    PostFactory(thread=thread, author=member)
    client = as_(member)
    assert "Alle tråde har fået svar" in said(client.get(space.get_absolute_url(), {"vis": "uden-svar"}))
    assert "Ingen har valgt et svar endnu" in said(client.get(space.get_absolute_url(), {"vis": "har-svar"}))


def test_pages_keep_the_choice_and_say_where_one_is(space, member, settings):
    settings.NETWORK_LIMITS = settings.NETWORK_LIMITS | {"threads": (100, 24)}
    threads = [ThreadFactory(space=space, author=member) for _number in range(33)]
    Thread.objects.visible_to(member).filter(pk=threads[0].pk).update(pinned_at=timezone.now())
    client = as_(member)
    first = client.get(space.get_absolute_url(), {"vis": "mine"})
    assert "Viser 1–31 af 33" in said(first) and "?vis=mine&amp;side=2" in first.content.decode()
    second = client.get(space.get_absolute_url(), {"vis": "mine", "side": 2})
    assert "Viser 32–33 af 33" in said(second)
    assert client.get(space.get_absolute_url(), {"vis": "mine", "side": 3}).status_code == 404
    for wrong in ("0", "x", "²", "-1"):
        assert client.get(space.get_absolute_url(), {"side": wrong}).status_code == 404


def test_threads_beyond_count_are_still_listed_page_by_page(space, member, monkeypatch, settings):
    settings.NETWORK_LIMITS = settings.NETWORK_LIMITS | {"threads": (100, 24)}
    monkeypatch.setattr("network.thread_list.COUNTED", 32)
    threads = [ThreadFactory(space=space, author=member) for _number in range(33)]
    client = as_(member)
    first = said(client.get(space.get_absolute_url()))
    assert "Viser 1–30 " in first and "af 33" not in first and "Alle 3" not in first
    assert threads[0].title in said(client.get(space.get_absolute_url(), {"side": 2}))


def test_the_counts_are_of_what_the_reader_may_read(space, facilitator, member):
    thread = ThreadFactory(space=space, author=member)
    Thread.objects.visible_to(member).filter(pk=thread.pk).update(state="held")
    other = MembershipFactory(space=space).user
    assert "Alle 1" in said(as_(member).get(space.get_absolute_url()))
    assert "Alle" not in said(as_(other).get(space.get_absolute_url())).split("Tråde")[1].split("Om rummet")[0]


def test_the_list_asks_as_often_whatever_it_holds(space, member):
    few = asked(member, space.get_absolute_url())
    for _number in range(5):
        thread = ThreadFactory(space=space)
        Thread.objects.visible_to(member).filter(pk=thread.pk).update(pinned_at=timezone.now())
    many = asked(member, space.get_absolute_url())
    assert len(many) == len(few) <= LIST_QUERIES, f"few: {listed(few)}\n\nmany: {listed(many)}"
