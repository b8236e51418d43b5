"""What is done to threads and posts, as a browser without script does it: pages, buttons, refusals, old addresses."""

import re

import pytest
from django.urls import reverse

from network.discuss import edit_post, reply
from network.lead import choose_answer, write_status
from network.merge import merge_threads
from network.models import Membership, Post, Showing, Space, Thread
from network.move import move_thread
from network.remove import remove_post
from network.split import split_thread
from network.tend import close, pin
from network.thank import thank
from tests.factories import MemberFactory, MembershipFactory, PostFactory, SpaceFactory, ThreadFactory
from tests.network.test_rooms_pages import as_, asked, field, listed, said, thread_address

pytestmark = pytest.mark.django_db
# Session, person, thread, posts, who can read with the own draft, and three for the menu of the site.
QUERIES = 8


@pytest.fixture
def space(campaign):
    return SpaceFactory(name="Tomme boliger", slug="tomme-boliger")


@pytest.fixture
def facilitator(space):
    return MembershipFactory(space=space, role="facilitator", user__name="Fie Formand").user


@pytest.fixture
def asker(space):
    return MembershipFactory(space=space, user__name="Asta Asker").user


@pytest.fixture
def member(space):
    return MembershipFactory(space=space, user__name="Mads Medlem").user


@pytest.fixture
def thread(space, asker, facilitator):
    return ThreadFactory(space=space, author=asker, title="Hvem tæller med?", text="Vi er i tvivl om sommerhusene.")


@pytest.fixture
def post(thread, member):
    return PostFactory(thread=thread, author=member, text="Vi talte **dem** med.")


def row(thing):
    return type(thing)._base_manager.get(pk=thing.pk)


def to(name, post):
    return thread_address(f"post-{name}", post.thread, post.number)


def page_of(user, thread):
    return as_(user).get(row(thread).get_absolute_url())


# --- who is offered what ------------------------------------------------------------------------------


def test_each_is_offered_what_she_may_do_and_nothing_else(thread, post, asker, member, facilitator):
    places = {name: f"{post.get_absolute_url()}{name}/" for name in ("tak", "svaret", "fjern", "ret")}
    for name in ("status", "flyt", "saml", "del", "luk", "fastgoer"):
        places[name] = f"{thread.get_absolute_url()}{name}/"
    offers = {}
    for who, user in {"asker": asker, "member": member, "facilitator": facilitator}.items():
        page = page_of(user, thread).content.decode()
        offers[who] = {name for name, place in places.items() if place in page}
    assert offers == {
        "asker": {"tak", "svaret", "status"},
        "member": {"fjern", "ret"},
        "facilitator": {"tak", "svaret", "fjern", "status", "flyt", "saml", "del", "luk", "fastgoer"},
    }


def test_who_reads_along_in_an_open_space_is_offered_nothing(campaign):
    thread = ThreadFactory(space=SpaceFactory(kind=Space.Kind.OPEN))
    page = page_of(MemberFactory(), thread).content.decode()
    assert 'id="post-acts"' not in page and "tak/" not in page.split("<main")[1]


# --- thanks, answer -----------------------------------------------------------------------------------


def test_one_says_thank_you_by_a_button_and_takes_it_back_by_the_same(thread, post, asker):
    client = as_(asker)
    response = client.post(to("thanks", post), {"on": "1"})
    assert response.url == post.place
    page = client.get(response.url).content.decode()
    assert 'aria-pressed="true"' in page and '<span class="count">1</span>' in page
    client.post(to("thanks", post), {"on": "0"})
    assert 'aria-pressed="true"' not in client.get(response.url).content.decode()


def test_a_script_is_told_how_many_said_thank_you(thread, post, asker):
    response = as_(asker).post(to("thanks", post), {"on": "1"}, headers={"Accept": "application/json"})
    assert response.json() == {"number": 1, "on": True}


def test_thanks_for_ones_own_is_refused_in_words_on_the_page(thread, post, member):
    response = as_(member).post(to("thanks", post), {"on": "1"})
    assert response.status_code == 409
    assert "Du kan ikke sige tak til dig selv." in said(response)
    script = as_(member).post(to("thanks", post), {"on": "1"}, headers={"Accept": "application/json"})
    assert (script.status_code, script.json()) == (409, {"fault": "Du kan ikke sige tak til dig selv."})


def test_the_answer_is_marked_in_words_and_led_to_from_the_top_and_from_lists(thread, post, asker, member):
    client = as_(asker)
    assert client.post(to("answer", post), {"on": "1"}).url == post.place
    page = page_of(member, thread)
    assert "Svaret, der hjalp" in said(page) and "Har svar" in said(page)
    assert f'href="{post.place}">Gå til svaret' in page.content.decode()
    assert 'class="post post--answer"' in page.content.decode()
    assert "Har svar" in said(as_(member).get(thread.space.get_absolute_url()))
    client.post(to("answer", post), {"on": "0"})
    assert "Har svar" not in said(page_of(member, thread))


def test_an_answer_that_was_hidden_is_led_to_no_more(thread, post, asker, member):
    choose_answer(asker, post)
    Post.objects.filter(pk=post.pk).update(state=Showing.HIDDEN)
    assert "Gå til svaret" not in said(page_of(asker, thread))


def test_another_member_marks_nothing(thread, post, member):
    response = as_(member).post(to("answer", post), {"on": "1"})
    assert response.status_code == 403
    assert row(thread).answer is None


# --- taken away, put back -----------------------------------------------------------------------------


def test_a_post_is_taken_away_after_a_question_and_its_place_says_who_and_when(thread, post, member, asker):
    client = as_(member)
    assert "Fjern indlægget" in said(client.get(to("remove", post)))
    response = client.post(to("remove", post), follow=True)
    assert "Indlægget er fjernet af den, der skrev det" in said(response)
    page = said(page_of(asker, thread))
    assert "Indlægget er fjernet af den, der skrev det" in page and "Vi talte" not in page
    assert "Sæt indlægget tilbage" not in page
    assert client.post(to("remove", post)).status_code == 302
    response = client.post(to("restore", post), follow=True)
    assert "Indlægget er sat tilbage." in said(response) and "Vi talte" in said(response)


def test_a_facilitator_is_named_where_she_took_something_away(thread, post, facilitator, asker, member):
    as_(facilitator).post(to("remove", post), {"why": "Nævner en borger."})
    for reader in (asker, member):
        page = page_of(reader, thread)
        assert "Indlægget er fjernet af facilitator Fie Formand" in said(page)
        assert "Nævner en borger." not in said(page)
        assert "Mads Medlem" not in page.content.decode().split("<main")[1]
    assert as_(member).post(to("restore", post)).status_code == 302
    assert row(post).state == Showing.REMOVED


def test_a_thread_that_went_is_put_back_from_the_page_of_what_was_removed(thread, asker, member, facilitator):
    client = as_(asker)
    response = client.post(thread_address("post-remove", thread, 1), follow=True)
    assert response.redirect_chain[-1][0] == reverse("space-removed", args=[thread.space.slug])
    assert "Tråden er fjernet." in said(response) and "Hvem tæller med?" in said(response)
    for other in (member, facilitator):
        assert client.get(thread.get_absolute_url()).status_code == 404
        assert "Hvem tæller med?" not in said(as_(other).get(reverse("space-removed", args=[thread.space.slug])))
        assert as_(other).post(thread_address("post-restore", thread, 1)).status_code == 404
    assert client.post(thread_address("post-restore", thread, 1)).status_code == 302
    assert "sommerhusene" in said(page_of(member, thread))


def test_with_the_first_post_gone_the_thread_is_read_on_and_has_its_answer(thread, post, asker, member):
    remove_post(asker, Post.objects.visible_to(asker).select_related("thread__space").get(thread=thread, number=1))
    page = said(page_of(member, thread))
    assert "Indlægget er fjernet" in page and "Vi talte dem med." in page
    assert "1 svar" in said(as_(member).get(thread.space.get_absolute_url()))


def test_what_is_hidden_or_waits_says_so(thread, post, asker, member, facilitator):
    Post.objects.filter(pk=post.pk).update(state=Showing.HIDDEN)
    assert "Indlægget er skjult af facilitator." in said(page_of(member, thread))
    assert "Vi talte dem med. " in said(page_of(facilitator, thread))
    assert "Skjult for andre" in said(page_of(facilitator, thread))
    Post.objects.filter(pk=post.pk).update(state=Showing.HELD)
    for reader in (member, facilitator):
        assert "Venter på facilitator" in said(page_of(reader, thread))
    assert "Vi talte" not in said(page_of(asker, thread)) and "Venter på" not in said(page_of(asker, thread))


def test_a_reason_that_is_too_long_is_said_at_its_field_and_nothing_is_done(thread, post, facilitator):
    response = as_(facilitator).post(to("remove", post), {"why": "x" * 1001})
    assert response.status_code == 400
    assert field(response, "why") == "x" * 1001
    assert row(post).state == Showing.VISIBLE


# --- history ------------------------------------------------------------------------------------------


def test_what_a_post_said_before_is_shown_with_what_was_changed(thread, post, member, asker):
    edit_post(member, post, "Vi talte **alle** med.", version=1)
    assert f"{post.get_absolute_url()}historik/" in page_of(asker, thread).content.decode()
    response = as_(asker).get(to("history", post))
    page = response.content.decode()
    assert "fjernet: **dem** " in said(response) and "tilføjet: **alle** " in said(response)
    assert page.index("Sådan står det nu") < page.index("Udgave 1")
    assert page.count("<ins>") == page.count("<del>") == 1


def test_markup_in_an_earlier_version_is_shown_and_not_obeyed(thread, post, member, asker):
    edit_post(member, post, '<img src=x onerror="x"> **nu**', version=1)
    page = as_(asker).get(to("history", post)).content.decode()
    assert "<img" not in page.split("<main")[1] and "&lt;img" in page


def test_the_history_of_what_is_removed_or_hidden_is_not_found(thread, post, member, asker):
    edit_post(member, post, "Rettet.", version=1)
    assert as_(asker).get(to("history", post)).status_code == 200
    for state in (Showing.HIDDEN, Showing.REMOVED, Showing.HELD):
        Post.objects.filter(pk=post.pk).update(state=state)
        assert as_(asker).get(to("history", post)).status_code == 404


def test_many_versions_stand_ten_a_page(thread, post, member, asker):
    for version in range(1, 13):
        edit_post(member, post, f"Udgave nummer {version}.", version=version)
    first, second = (as_(asker).get(to("history", post), {"side": side}) for side in (1, 2))
    assert first.content.decode().count('class="version"') == 10
    assert second.content.decode().count('class="version"') == 3
    assert "Vi talte" in said(second)
    for side in ("0", "3", "x"):
        assert as_(asker).get(to("history", post), {"side": side}).status_code == 404


# --- status -------------------------------------------------------------------------------------------


def test_the_status_stands_on_top_dated_and_signed(thread, asker, member, facilitator):
    client = as_(asker)
    address = thread_address("thread-status", thread)
    form = client.get(address)
    response = client.post(address, {"text": "Tre har *svaret*.", "version": field(form, "version")}, follow=True)
    assert re.search(r"Status nu Tre har svaret\s?\. Skrevet af spørgeren \d+\. \w+ · Ret status", said(response))
    page = page_of(member, thread)
    assert "Tre har <em>svaret</em>." in page.content.decode() and "Ret status" not in said(page)
    write_status(facilitator, row(thread), "Fire har.", 1)
    assert "Skrevet af facilitator Fie Formand" in said(page_of(member, thread))


def test_a_status_that_was_changed_meanwhile_keeps_the_own_text_and_shows_both(thread, asker, facilitator):
    write_status(facilitator, thread, "Fra facilitator.", 0)
    response = as_(asker).post(thread_address("thread-status", thread), {"text": "Fra spørgeren.", "version": 0})
    assert response.status_code == 409
    assert field(response, "text") == "Fra spørgeren."
    assert "Fra facilitator." in said(response) and row(thread).status_source == "Fra facilitator."
    again = {"text": "Fra spørgeren.", "version": field(response, "version")}
    assert as_(asker).post(thread_address("thread-status", thread), again).status_code == 302


def test_a_status_that_is_too_long_is_kept_and_said_at_its_field(thread, asker):
    response = as_(asker).post(thread_address("thread-status", thread), {"text": "x" * 1001, "version": 0})
    assert response.status_code == 400
    assert field(response, "text") == "x" * 1001 and "Der er plads til 1000" in said(response)


# --- fastened, closed ---------------------------------------------------------------------------------


def test_a_facilitator_fastens_and_closes_and_the_thread_says_so(thread, member, facilitator):
    client = as_(facilitator)
    client.post(thread_address("thread-pin", thread), {"on": "1"})
    client.post(thread_address("thread-close", thread), {"why": "Fortsætter i den nye."})
    page = said(page_of(member, thread))
    assert "Fastgjort" in page and "Tråden er lukket. Fortsætter i den nye." in page
    assert "Kun facilitatorer kan skrive i den." in page and "Skriv et svar" not in page
    assert "Skriv et svar" in said(page_of(facilitator, thread))
    response = as_(member).post(thread_address("reply", thread), {"text": "Men …"})
    assert response.status_code == 400 and "Tråden er lukket." in said(response)
    client.post(thread_address("thread-reopen", thread))
    client.post(thread_address("thread-pin", thread), {"on": "0"})
    assert "Skriv et svar" in said(page_of(member, thread)) and "Fastgjort" not in said(page_of(member, thread))


def test_what_was_written_to_a_thread_that_closed_meanwhile_is_kept_on_the_page(thread, member, facilitator):
    close(facilitator, thread)
    response = as_(member).post(thread_address("reply", thread), {"text": "Det, jeg nåede at skrive."})
    assert response.status_code == 400
    assert field(response, "text") == "Det, jeg nåede at skrive."


# --- moved --------------------------------------------------------------------------------------------


@pytest.fixture
def there(facilitator, asker):
    space = MembershipFactory(user=facilitator, space__name="Erhverv", space__slug="erhverv").space
    MembershipFactory(user=asker, space=space)
    return space


def test_before_a_thread_moves_it_is_said_by_number_who_gains_and_who_loses_sight(thread, post, there, facilitator):
    MembershipFactory.create_batch(2, space=there)
    client, address = as_(facilitator), thread_address("thread-move", thread)
    assert "Erhverv" in said(client.get(address))
    response = client.get(address, {"til": "erhverv"})
    assert "2 personer får adgang til at læse den, 1 person mister den." in said(response)
    sent = {"til": "erhverv", "faar": field(response, "faar"), "mister": field(response, "mister")}
    MembershipFactory(space=there)
    response = client.post(address, sent)
    assert response.status_code == 409
    assert "Tallene har ændret sig" in said(response) and row(thread).space == thread.space
    response = client.post(address, {**sent, "faar": field(response, "faar")}, follow=True)
    assert "Tråden står nu i »Erhverv«." in said(response)
    assert client.post(address, sent).status_code == 302
    assert row(thread).space == there


def test_the_old_address_leads_on_for_those_who_may_read_and_for_others_there_is_nothing(
    thread, post, there, facilitator, asker, member
):
    old, old_post = thread.get_absolute_url(), post.get_absolute_url()
    move_thread(facilitator, thread, there)
    moved = row(thread)
    assert as_(asker).get(old).url == moved.get_absolute_url()
    assert as_(asker).get(old_post).url == f"{moved.get_absolute_url()}#indlaeg-2"
    nothing = as_(member).get("/netvaerk/rum/tomme-boliger/987654-ingen/")
    for address in (old, old_post):
        response = as_(member).get(address)
        assert response.status_code == nothing.status_code == 404
        assert "Hvem tæller med?" not in said(response)
    assert moved.title in said(as_(asker).get(there.get_absolute_url()))
    assert moved.title not in said(as_(member).get("/netvaerk/rum/tomme-boliger/"))


def test_a_space_one_may_not_write_in_is_not_offered_and_not_moved_to(thread, facilitator):
    closed, hidden = SpaceFactory(slug="lukket"), SpaceFactory(kind="hidden", slug="gemt", name="Kladdebordet")
    client, address = as_(facilitator), thread_address("thread-move", thread)
    page = said(client.get(address))
    assert closed.name not in page and hidden.name not in page
    for slug in ("lukket", "gemt", "findes-ikke"):
        assert client.get(address, {"til": slug}).status_code == 404
        assert client.post(address, {"til": slug, "faar": 0, "mister": 0}).status_code == 404


# --- merged -------------------------------------------------------------------------------------------


@pytest.fixture
def other(space, asker, facilitator):
    return ThreadFactory(space=space, author=asker, title="Sommerhuse, igen", text="Samme spørgsmål.")


def test_a_thread_is_found_chosen_and_merged_and_old_addresses_lead_to_the_very_post(
    thread, post, other, facilitator, member
):
    old, old_post = thread.get_absolute_url(), post.get_absolute_url()
    client, address = as_(facilitator), thread_address("thread-merge", thread)
    for q in ("sommerhuse", other.get_absolute_url(), f"https://forkant.example{other.get_absolute_url()}#indlaeg-1"):
        assert f"?med={other.pk}" in client.get(address, {"q": q}).content.decode()
    assert "Ingen anden tråd i rummet passer." in said(client.get(address, {"q": "findes ikke"}))
    assert "2 indlæg kommer til at stå sidst" in said(client.get(address, {"med": other.pk}))
    response = client.post(address, {"med": other.pk}, follow=True)
    assert "Trådene er samlet." in said(response)
    assert "Herfra er indlæggene fra tråden »Hvem tæller med?«" in said(response)
    into = row(other).get_absolute_url()
    reader = as_(member)
    assert reader.get(old).url == f"{into}#indlaeg-2"
    assert reader.get(old_post).url == f"{into}#indlaeg-3"
    assert reader.get(f"{old}99/").status_code == 404
    assert client.post(address, {"med": other.pk}).status_code == 302
    assert row(other).number_of_posts == 3


def test_what_is_written_to_the_old_address_after_a_merge_is_written_in_the_one_that_stays(
    thread, post, other, facilitator, member
):
    merge_threads(facilitator, thread, other)
    response = as_(member).post(thread_address("reply", thread), {"text": "Skrevet imens."})
    assert response.url == f"{row(other).get_absolute_url()}#indlaeg-4"


def test_an_act_at_the_old_address_of_a_post_meets_that_post_and_no_other(thread, post, other, facilitator, member):
    beside = PostFactory(thread=other, author=member)
    assert beside.number == post.number
    merge_threads(facilitator, thread, other)
    as_(member).post(to("remove", post))
    assert (row(post).state, row(beside).state) == (Showing.REMOVED, Showing.VISIBLE)
    form = as_(member).get(thread_address("post-edit", thread, 1))
    assert form.status_code == 403


def test_two_threads_of_one_title_do_not_pass_for_each_other(space, asker, facilitator):
    one, two = (ThreadFactory(space=space, author=asker, title="Samme navn") for _twice in range(2))
    merge_threads(facilitator, one, two)
    assert as_(asker).get(one.get_absolute_url()).url == f"{two.get_absolute_url()}#indlaeg-2"


@pytest.mark.parametrize("where", ["elsewhere", "self", "nowhere", "word"])
def test_no_thread_of_another_space_can_be_chosen(thread, facilitator, where):
    pk = {"elsewhere": ThreadFactory().pk, "self": thread.pk, "nowhere": 987654, "word": "x"}[where]
    client, address = as_(facilitator), thread_address("thread-merge", thread)
    assert client.get(address, {"med": pk}).status_code == 404
    assert client.post(address, {"med": pk}).status_code == 404


# --- split --------------------------------------------------------------------------------------------


def test_chosen_posts_become_a_thread_and_a_line_says_where_they_went(thread, facilitator, member):
    for number in range(2, 6):
        PostFactory(thread=thread, author=member, text=f"Svar {number}.")
    client, address = as_(facilitator), thread_address("thread-split", thread)
    assert 'value="3" checked' in client.get(address, {"numbers": "3"}).content.decode()
    response = client.post(address, {"numbers": ["2", "3"], "title": "Noget andet"}, follow=True)
    assert "Indlæggene står nu i en tråd for sig." in said(response) and "Svar 2." in said(response)
    made = Thread.objects.get(title="Noget andet")
    page = as_(member).get(thread.get_absolute_url())
    assert "2 indlæg er flyttet til »Noget andet«" in said(page)
    assert f'href="{made.get_absolute_url()}#indlaeg-1"' in page.content.decode()
    assert as_(member).get(f"{thread.get_absolute_url()}3/").url == f"{made.get_absolute_url()}#indlaeg-2"
    again = client.post(address, {"numbers": ["2", "3"], "title": "Noget andet"})
    assert again.url == made.get_absolute_url()


def test_where_posts_went_is_said_to_those_alone_who_may_read_them_there(thread, post, facilitator, member):
    made = split_thread(facilitator, thread, [2], "Noget andet")
    there = MembershipFactory(user=facilitator).space
    move_thread(facilitator, row(made), there)
    assert "er flyttet til" in said(page_of(facilitator, thread))
    page = said(page_of(member, thread))
    assert "flyttet" not in page and "Noget andet" not in page
    assert as_(member).get(f"{thread.get_absolute_url()}2/").status_code == 404


def test_posts_of_other_pages_stay_chosen_and_the_title_is_kept(thread, facilitator, member):
    for number in range(2, 33):
        reply(member, row(thread), f"Svar {number}.")
    client, address = as_(facilitator), thread_address("thread-split", thread)
    response = client.post(address, {"numbers": ["4"], "title": "Noget andet", "side": "2"})
    page = response.content.decode()
    assert '<input type="hidden" name="numbers" value="4">' in page and field(response, "title") == "Noget andet"
    assert 'value="31"' in page and 'value="5"' not in page
    client.post(address, {"numbers": ["4", "31"], "title": "Noget andet"})
    assert Thread.objects.get(title="Noget andet").number_of_posts == 2


def test_a_split_without_a_title_or_posts_keeps_what_was_chosen_and_says_what_is_missing(thread, post, facilitator):
    client, address = as_(facilitator), thread_address("thread-split", thread)
    response = client.post(address, {"numbers": ["2"], "title": ""})
    assert response.status_code == 400
    assert "Skriv en overskrift" in said(response) and 'value="2" checked' in response.content.decode()
    response = client.post(address, {"title": "Noget andet"})
    assert response.status_code == 400
    assert "Vælg mindst ét indlæg." in said(response) and field(response, "title") == "Noget andet"


# --- svar til -----------------------------------------------------------------------------------------


def test_a_reply_says_which_post_it_answers_and_can_quote_it(thread, post, asker):
    client = as_(asker)
    form = client.get(thread.get_absolute_url(), {"svar": "2", "citat": "1"})
    assert "Svar til Mads Medlem" in said(form)
    quote = field(form, "text")
    assert quote.startswith("> [Mads Medlem skrev](") and "> Vi talte **dem** med." in quote
    assert field(client.get(thread.get_absolute_url(), {"svar": "2"}), "text") == ""
    client.post(thread_address("reply", thread), {"text": "> Vi talte\n\nTak.", "svar": "2"})
    page = page_of(asker, thread)
    assert "svar til Mads Medlem" in said(page)
    assert f'href="{post.get_absolute_url()}"' in page.content.decode().split('id="indlaeg-3"')[1]
    assert Post.objects.visible_to(asker).get(number=3).reply_to == post


@pytest.mark.parametrize("number", ["99", "x", "²", "-1", "9" * 30])
def test_a_number_that_is_none_is_left_out(thread, post, asker, number):
    assert "Svar til M" not in said(as_(asker).get(thread.get_absolute_url(), {"svar": number}))
    response = as_(asker).post(thread_address("reply", thread), {"text": "Tak.", "svar": number})
    assert response.status_code == 302


def test_what_is_hidden_is_neither_quoted_nor_named_as_answered(thread, post, asker, member):
    reply(asker, thread, "Tak.", reply_to=post)
    Post.objects.filter(pk=post.pk).update(state=Showing.HIDDEN)
    assert "svar til Mads" not in said(page_of(asker, thread))
    form = as_(asker).get(thread.get_absolute_url(), {"svar": "2", "citat": "1"})
    assert field(form, "text") == "" and "Vi talte" not in said(form)


# --- refusals -----------------------------------------------------------------------------------------

THREAD_ACTS = ["thread-pin", "thread-close", "thread-reopen", "thread-move", "thread-merge", "thread-split"]


@pytest.mark.parametrize("name", THREAD_ACTS)
def test_who_does_not_run_the_space_is_told_so_at_every_act_of_a_facilitator(thread, asker, name):
    for method in ("get", "post"):
        response = getattr(as_(asker), method)(thread_address(name, thread), {"title": "x", "numbers": "2"})
        assert response.status_code == 403
        assert "Det kan kun en facilitator" in said(response)


@pytest.mark.parametrize("name", ["thanks", "answer", "remove", "restore", "history"])
def test_who_was_removed_from_the_space_reaches_no_post_of_it(thread, post, member, name):
    Membership.objects.filter(user=member).delete()
    for method in ("get", "post"):
        response = getattr(as_(member), method)(to(name, post), {"on": "1"})
        assert response.status_code in (403, 404, 405)
        assert "Vi talte" not in said(response)


@pytest.mark.parametrize("name", ["thanks", "answer", "restore"])
def test_asked_for_as_a_page_an_act_leads_back_to_the_post_and_does_nothing(thread, post, facilitator, name):
    response = as_(facilitator).get(to(name, post))
    assert response.status_code == 302
    assert row(post).number_of_thanks == 0 and row(thread).answer is None


# --- how often the database is asked ------------------------------------------------------------------


def test_a_thread_with_everything_asks_no_more_than_a_plain_one(thread, post, asker, member, facilitator):
    plain = asked(member, thread.get_absolute_url())
    for number in range(10):
        each = PostFactory(thread=thread, author=facilitator)
        thank(member, each)
        reply(asker, row(thread), f"Svar {number}", reply_to=each)
    choose_answer(asker, post)
    write_status(asker, row(thread), "Her står vi.", 0)
    pin(facilitator, row(thread))
    remove_post(facilitator, each)
    full = asked(member, row(thread).get_absolute_url())
    assert len(plain) == len(full) <= QUERIES, listed(full)


def test_a_page_with_gaps_asks_once_more_and_one_with_merged_posts_once_more(thread, post, other, facilitator, member):
    plain = len(asked(member, thread.get_absolute_url()))
    for number in range(3, 9):
        reply(member, row(thread), f"Svar {number}")
    split_thread(facilitator, row(thread), [3, 5, 7], "Ny")
    assert len(asked(member, thread.get_absolute_url())) == plain + 1
    merge_threads(facilitator, row(other), row(thread))
    assert len(asked(member, thread.get_absolute_url())) == plain + 2
