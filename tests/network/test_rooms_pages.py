"""The pages of the network, as a browser without script meets them: doors, spaces, members, talk, profiles."""

import html
import re
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from network.discuss import reply
from network.join import refuse
from network.models import AccessRequest, Membership, Post, Space
from network.permissions import thread_for
from tests.factories import (
    AccessRequestFactory,
    MemberFactory,
    MembershipFactory,
    PostFactory,
    SpaceFactory,
    ThreadFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

THREAD_QUERIES, LIST_QUERIES = 8, 14
FACILITATOR, MEMBER = Membership.Role.FACILITATOR, Membership.Role.MEMBER
JOIN, ASK, WRITE = "Gå med i rummet", "Bed om adgang", "Skriv en tråd"


@pytest.fixture
def space(campaign):
    """A space on request, with the menu and the texts of the real site around it."""
    return SpaceFactory(name="Tomme boliger", purpose="For jer, der tæller tomme boliger.")


@pytest.fixture
def facilitator(space):
    return MembershipFactory(space=space, role=FACILITATOR, user__name="Fie Formand").user


@pytest.fixture
def member(space, facilitator):
    return MembershipFactory(space=space, user__name="Mads Medlem").user


@pytest.fixture
def outsider():
    return MemberFactory(name="Ole Udenfor")


@pytest.fixture
def thread(space, member):
    return ThreadFactory(space=space, author=member, title="Hvem tæller med?", text="Vi er i tvivl om sommerhusene.")


def as_(user):
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


def said(response):
    """What a page says, without markup and with the spaces of its source drawn together."""
    text = re.sub(r"<svg.*?</svg>|<[^>]+>", " ", response.content.decode(), flags=re.DOTALL)
    return " ".join(html.unescape(text).split())


def field(response, name):
    """What stands in a field of a form."""
    markup = response.content.decode()
    area = re.search(rf'<textarea name="{name}"[^>]*>\n?(.*?)</textarea>', markup, re.DOTALL)
    return html.unescape(area[1] if area else re.search(rf'<input[^>]*name="{name}"[^>]*value="([^"]*)"', markup)[1])


def to(name, space, *args):
    return reverse(name, args=[space.slug, *args])


def thread_address(name, thread, *args):
    return reverse(name, args=[thread.space.slug, thread.pk, thread.slug, *args])


# --- the door ---------------------------------------------------------------------------------------


def test_a_stranger_at_the_door_is_told_the_purpose_and_nothing_from_inside(visitor, space, facilitator, thread):
    response = visitor.get(space.get_absolute_url())
    page = response.content.decode()
    assert response.status_code == 403
    assert space.name in page and space.purpose in page
    for word in (thread.title, "sommerhusene", facilitator.name, facilitator.email, "Mads Medlem"):
        assert word not in page
    assert f"{reverse('account_login')}?next={space.get_absolute_url()}" in page
    assert 'class="memberbar"' not in page


def test_a_stranger_at_the_address_of_a_thread_meets_the_door_that_names_no_thread(visitor, thread):
    response = visitor.get(thread.get_absolute_url())
    assert response.status_code == 403
    assert thread.space.name in said(response)
    assert thread.title not in said(response)


def test_someone_without_a_profile_is_asked_to_fill_it_in_first(space, facilitator):
    response = as_(UserFactory()).get(space.get_absolute_url())
    assert response.status_code == 403
    assert "Udfyld din profil først" in said(response)
    assert f"{reverse('profile')}?next={space.get_absolute_url()}" in response.content.decode()


def test_a_member_of_the_network_can_ask_and_is_told_who_reads_it(space, facilitator, outsider):
    response = as_(outsider).get(space.get_absolute_url())
    assert response.status_code == 403
    assert ASK in said(response)
    assert f"Bliver læst af {facilitator.name}" in said(response)


def test_a_request_waits_with_its_date_and_cannot_be_sent_again(space, facilitator, outsider):
    client = as_(outsider)
    response = client.post(to("space-ask", space), {"reason": "Vi begynder til foråret."}, follow=True)
    assert response.status_code == 403
    assert "Facilitator har fået din anmodning" in said(response)
    assert "Venter på svar Sendt" in said(response)
    assert "Vi begynder til foråret." in said(response)
    assert to("space-ask", space) not in response.content.decode()
    assert AccessRequest.objects.get().is_waiting


def test_a_request_without_a_reason_is_refused_at_its_field(space, facilitator, outsider):
    response = as_(outsider).post(to("space-ask", space), {"reason": " "})
    assert response.status_code == 400
    assert "Skriv, hvorfor du vil være med." in said(response)
    assert 'aria-invalid="true"' in response.content.decode()
    assert not AccessRequest.objects.exists()


def test_the_asker_reads_the_answer_at_the_door_and_on_the_front_page(space, facilitator, outsider):
    request = AccessRequestFactory(space=space, user=outsider)
    refuse(facilitator, request, "Vi er fyldt op til nytår.")
    client = as_(outsider)
    for response in (client.get(space.get_absolute_url()), client.get(reverse("network"))):
        assert "Svaret er nej" in said(response)
        assert "Vi er fyldt op til nytår." in said(response)
    assert "Bed om adgang igen" in said(client.get(space.get_absolute_url()))


def test_nobody_else_reads_the_answer(space, facilitator, outsider, member):
    refuse(facilitator, AccessRequestFactory(space=space, user=outsider), "Vi er fyldt op til nytår.")
    for reader in (member, MemberFactory()):
        assert "fyldt op" not in said(as_(reader).get(space.get_absolute_url()))
        assert "fyldt op" not in said(as_(reader).get(reverse("network")))


def test_a_hidden_space_is_not_found_by_others_and_found_by_its_members(campaign, outsider):
    hidden = SpaceFactory(kind=Space.Kind.HIDDEN, name="Kladdebordet")
    assert as_(outsider).get(hidden.get_absolute_url()).status_code == 404
    MembershipFactory(space=hidden, user=outsider)
    response = as_(outsider).get(hidden.get_absolute_url())
    assert response.status_code == 200
    assert "Skjult rum" in said(response)


def test_an_open_space_is_read_first_joined_by_a_button_and_then_written_in(campaign, outsider):
    space = SpaceFactory(kind=Space.Kind.OPEN)
    client = as_(outsider)
    before = said(client.get(space.get_absolute_url()))
    assert JOIN in before and WRITE not in before
    response = client.post(to("space-join", space), follow=True)
    assert response.status_code == 200
    assert f"Du er nu med i »{space.name}«." in said(response)
    assert WRITE in said(response) and JOIN not in said(response)


def test_to_write_in_an_open_space_one_joins_it(campaign, outsider):
    space = SpaceFactory(kind=Space.Kind.OPEN)
    response = as_(outsider).get(to("thread-new", space))
    assert response.status_code == 403
    assert "Gå med for at skrive her" in said(response)
    assert to("space-join", space) in response.content.decode()


def test_a_member_who_tries_what_a_facilitator_may_is_told_so(space, member, outsider):
    other = MembershipFactory(space=space, user=outsider)
    response = as_(member).post(to("space-remove", space, other.pk))
    assert response.status_code == 403
    assert "Det kan kun en facilitator" in said(response)
    assert Membership.objects.filter(pk=other.pk).exists()


# --- every page -------------------------------------------------------------------------------------


def all_addresses(space, thread, member):
    own = Membership.objects.get(space=space, user=member)
    return [
        reverse("network"),
        reverse("profile"),
        reverse("member", args=[member.pk]),
        space.get_absolute_url(),
        to("space-members", space),
        to("space-leave", space),
        to("space-remove", space, own.pk),
        to("thread-new", space),
        thread.get_absolute_url(),
        thread_address("post-edit", thread, 1),
    ]


def test_no_page_of_the_network_may_be_found_or_kept(space, facilitator, member, thread):
    Membership.objects.filter(user=member, space=space).update(role=FACILITATOR)
    for address in all_addresses(space, thread, member):
        response = as_(member).get(address)
        page = response.content.decode()
        assert response.status_code == 200, address
        assert '<meta name="robots" content="noindex">' in page, address
        assert 'rel="canonical"' not in page and "og:title" not in page, address
        assert response.headers["Cache-Control"] == "private, no-store", address


def test_a_stranger_is_sent_to_the_sign_in_and_back_again(visitor, space):
    response = visitor.get(to("space-members", space))
    assert response.status_code == 302
    assert response.url == f"{reverse('account_login')}?next={to('space-members', space)}"


# --- the masthead -----------------------------------------------------------------------------------


def test_a_stranger_reads_the_site_without_a_cookie_and_finds_the_sign_in(visitor, campaign):
    response = visitor.get("/metoder/")
    page = response.content.decode()
    assert page.count(f'href="{reverse("account_login")}"') == 2  # in the masthead and in the menu of small screens
    assert not response.cookies
    assert "Cookie" not in response.headers.get("Vary", "")


def test_someone_signed_in_sees_who_she_is_and_a_way_out_on_every_page(campaign, outsider):
    response = as_(outsider).get("/metoder/")
    page = response.content.decode()
    assert f"Logget ind som {outsider.name}" in said(response)
    assert page.count(f'<form method="post" action="{reverse("account_logout")}">') == 2
    assert reverse("account_login") not in page
    assert response.headers["Cache-Control"] == "private, no-store"


# --- the front page of the network ------------------------------------------------------------------


def test_the_front_page_shows_ones_spaces_what_was_written_there_and_other_spaces(space, member, thread):
    other = SpaceFactory(name="Erhverv på stedet")
    page = said(as_(member).get(reverse("network")))
    assert thread.title in page
    assert space.name in page.split("Dine rum")[1].split("Flere rum")[0]
    assert other.name in page.split("Flere rum")[1]


def test_a_newcomer_is_shown_the_spaces_there_are(space, outsider):
    response = as_(outsider).get(reverse("network"))
    assert "Du er ikke med i et rum endnu" in said(response)
    assert 'href="#find"' in response.content.decode() and 'id="find"' in response.content.decode()


def test_a_facilitator_is_told_that_someone_waits_and_a_member_is_not(space, facilitator, member):
    AccessRequestFactory(space=space)
    assert "1 venter på svar i »Tomme boliger«" in said(as_(facilitator).get(reverse("network")))
    assert "venter på svar" not in said(as_(member).get(reverse("network")))


# --- a space ----------------------------------------------------------------------------------------


def test_a_space_says_who_reads_runs_it_and_what_is_talked_about(space, facilitator, member, thread):
    page = said(as_(member).get(space.get_absolute_url()))
    assert "Kun medlemmer af rummet kan læse med" in page
    assert facilitator.name in page
    assert "2 medlemmer fra 2 kommuner" in page
    assert thread.title in page and "0 svar" in page and "Uden svar" in page


def test_an_empty_space_offers_one_step(space, member):
    response = as_(member).get(space.get_absolute_url())
    assert "Ingen har skrevet endnu" in said(response)
    assert "Skriv den første tråd" in said(response)


def test_threads_stand_thirty_a_page_with_the_newest_first(space, member):
    threads = [ThreadFactory(space=space) for _number in range(31)]
    client = as_(member)
    first, second = client.get(space.get_absolute_url()), client.get(space.get_absolute_url(), {"side": 2})
    assert threads[30].title in said(first) and f"{threads[0].title} " not in said(first)
    assert "Viser 1–30 af 31" in said(first) and "Næste side" in said(first)
    assert threads[0].title in said(second) and threads[30].title not in said(second)
    assert client.get(space.get_absolute_url(), {"side": 3}).status_code == 404


def test_a_member_leaves_and_is_outside(space, member):
    client = as_(member)
    assert "Forlad »Tomme boliger«?" in said(client.get(to("space-leave", space)))
    response = client.post(to("space-leave", space), follow=True)
    assert "Du har forladt »Tomme boliger«." in said(response)
    assert client.get(space.get_absolute_url()).status_code == 403


def test_the_last_facilitator_cannot_leave_and_is_told_what_to_do(space, facilitator, member):
    response = as_(facilitator).post(to("space-leave", space))
    assert response.status_code == 409
    assert "Giv rollen til en anden først." in said(response)
    assert to("space-members", space) in response.content.decode()
    assert Membership.objects.filter(space=space, user=facilitator).exists()


# --- members ----------------------------------------------------------------------------------------


def test_a_member_sees_who_is_in_the_space_and_nothing_to_press(space, facilitator, member):
    AccessRequestFactory(space=space, user__name="Solveig Venter")
    response = as_(member).get(to("space-members", space))
    page = said(response)
    assert facilitator.name in page and member.name in page
    assert "Solveig Venter" not in page and "Tilføj medlemmer" not in page
    assert to("space-add", space) not in response.content.decode()


def test_a_facilitator_lets_someone_in(space, facilitator):
    asked = AccessRequestFactory(space=space, user__name="Solveig Venter", reason="Jeg tæller huse.")
    client = as_(facilitator)
    page = said(client.get(to("space-members", space)))
    assert "Solveig Venter" in page and "Jeg tæller huse." in page
    answer = {"answer": "Velkommen.", "accept": "1"}
    response = client.post(to("space-answer", space, asked.pk), answer, follow=True)
    assert "Solveig Venter er lukket ind." in said(response)
    assert Membership.objects.filter(space=space, user=asked.user).exists()
    assert as_(asked.user).get(space.get_absolute_url()).status_code == 200


def test_a_refusal_without_a_text_is_asked_for_one_at_its_own_request(space, facilitator):
    other, asked = AccessRequestFactory(space=space), AccessRequestFactory(space=space)
    response = as_(facilitator).post(to("space-answer", space, asked.pk), {"answer": "", "refuse": "1"})
    page = response.content.decode()
    assert response.status_code == 400
    assert "Skriv, hvorfor svaret er nej." in said(response)
    assert f'id="svar-{asked.pk}-answer_error"' in page and f'id="svar-{other.pk}-answer_error"' not in page
    asked.refresh_from_db()
    assert asked.is_waiting


def test_a_facilitator_adds_people_by_their_address_and_keeps_those_that_failed(space, facilitator):
    known = MemberFactory(email="kendt@eksempel.example")
    addresses = "kendt@eksempel.example\nny@eksempel.example\nikke en adresse"
    response = as_(facilitator).post(to("space-add", space), {"addresses": addresses})
    assert response.status_code == 400
    assert "2 personer er tilføjet." in said(response)
    assert "»ikke en adresse« er ikke en mailadresse." in said(response)
    assert field(response, "addresses") == addresses
    assert set(space.memberships.values_list("user__email", flat=True)) >= {known.email, "ny@eksempel.example"}


def test_adding_nobody_says_what_is_missing(space, facilitator):
    response = as_(facilitator).post(to("space-add", space), {"addresses": ""})
    assert response.status_code == 400
    assert "Skriv mindst én mailadresse." in said(response)


def test_the_address_of_someone_without_a_profile_is_shown_to_the_facilitator_alone(space, facilitator, member):
    MembershipFactory(space=space, user=UserFactory(name="", email="ny@eksempel.example"))
    for_facilitator, for_member = (said(as_(user).get(to("space-members", space))) for user in (facilitator, member))
    assert "Har ikke udfyldt sin profil endnu" in for_member and "Har ikke udfyldt" in for_facilitator
    assert "ny@eksempel.example" in for_facilitator
    assert "ny@eksempel.example" not in for_member


def test_a_facilitator_gives_the_role_to_another_and_takes_it_back(space, facilitator, member):
    own = Membership.objects.get(space=space, user=member)
    client = as_(facilitator)
    for role in (FACILITATOR, MEMBER):
        response = client.post(to("space-role", space, own.pk), {"role": role}, follow=True)
        assert "Mads Medlem er nu" in said(response)
        own.refresh_from_db()
        assert own.role == role


def test_a_facilitator_removes_a_member_after_being_asked(space, facilitator, member):
    own = Membership.objects.get(space=space, user=member)
    client = as_(facilitator)
    assert "Fjern Mads Medlem fra »Tomme boliger«?" in said(client.get(to("space-remove", space, own.pk)))
    assert Membership.objects.filter(pk=own.pk).exists()
    response = client.post(to("space-remove", space, own.pk), follow=True)
    assert "Mads Medlem er ikke længere med i rummet." in said(response)
    assert as_(member).get(space.get_absolute_url()).status_code == 403


# --- talk -------------------------------------------------------------------------------------------


def test_a_member_begins_a_thread(space, member):
    client = as_(member)
    form = client.get(to("thread-new", space))
    assert "ingen oplysninger om borgere" in said(form)
    sent = {"title": "Sommerhuse?", "text": "Tæller de **med**?", "form_key": field(form, "form_key")}
    response = client.post(to("thread-new", space), sent, follow=True)
    assert response.status_code == 200
    assert "<h1" in response.content.decode() and "Sommerhuse?" in said(response)
    assert "Tæller de <strong>med</strong>?" in response.content.decode()
    assert member.name in said(response) and str(member.profile.place) in said(response)


def test_a_thread_without_a_text_keeps_its_title_and_says_what_is_missing_at_the_field(space, member):
    response = as_(member).post(to("thread-new", space), {"title": "Sommerhuse?", "text": " "})
    assert response.status_code == 400
    assert 'value="Sommerhuse?"' in response.content.decode()
    assert "Skriv en tekst." in said(response)
    assert 'id="id_text_error"' in response.content.decode()


def test_a_thread_without_a_title_keeps_its_text(space, member):
    response = as_(member).post(to("thread-new", space), {"title": "", "text": "En lang tekst & mere <b>"})
    assert response.status_code == 400
    assert field(response, "text") == "En lang tekst & mere <b>"
    assert 'id="id_title_error"' in response.content.decode()


def test_a_form_sent_twice_is_one_post(thread, member):
    client = as_(member)
    sent = {"text": "Jeg trykker to gange.", "form_key": str(uuid4())}
    first, second = (client.post(thread_address("reply", thread), sent) for _press in range(2))
    assert first.url == second.url
    assert thread.posts.count() == 2


def test_an_answer_leads_to_itself_in_the_thread(thread, member, facilitator):
    response = as_(facilitator).post(thread_address("reply", thread), {"text": "De tæller med."})
    assert response.status_code == 302
    assert response.url == f"{thread.get_absolute_url()}#indlaeg-2"
    page = as_(member).get(response.url).content.decode()
    assert 'id="indlaeg-2"' in page and "De tæller med." in page


def test_an_answer_that_is_too_long_is_kept_in_the_composer(thread, member):
    text = "ord " * 6_000
    response = as_(member).post(thread_address("reply", thread), {"text": text})
    assert response.status_code == 400
    assert field(response, "text").strip() == text.strip()
    assert "Der er plads til 20000" in said(response)
    assert thread.posts.count() == 1


def test_one_corrects_ones_own_post_and_it_says_so(thread, member):
    client = as_(member)
    address = thread_address("post-edit", thread, 1)
    assert address in client.get(thread.get_absolute_url()).content.decode()
    form = client.get(address)
    assert field(form, "text") == "Vi er i tvivl om sommerhusene."
    sent = {"text": "Vi er ikke i tvivl mere.", "version": field(form, "version")}
    response = client.post(address, sent, follow=True)
    assert "Vi er ikke i tvivl mere." in said(response) and "sommerhusene" not in said(response)
    assert "· rettet" in said(response)


def test_another_ones_post_cannot_be_corrected_by_a_facilitator_either(thread, facilitator):
    client = as_(facilitator)
    address = thread_address("post-edit", thread, 1)
    assert address not in client.get(thread.get_absolute_url()).content.decode()
    response = client.post(address, {"text": "Overskrevet.", "version": 1})
    assert response.status_code == 403
    assert "du kan kun rette det, du selv har skrevet" in said(response)
    assert Post.objects.get(thread=thread).source == "Vi er i tvivl om sommerhusene."


def test_a_correction_of_what_has_changed_meanwhile_keeps_the_text_and_shows_both(thread, member):
    client = as_(member)
    address = thread_address("post-edit", thread, 1)
    client.post(address, {"text": "Fra det ene vindue.", "version": 1})
    response = client.post(address, {"text": "Fra det andet vindue.", "version": 1})
    assert response.status_code == 409
    assert "Sådan står indlægget nu Fra det ene vindue." in said(response)
    assert field(response, "text") == "Fra det andet vindue."
    again = client.post(address, {"text": "Fra det andet vindue.", "version": field(response, "version")}, follow=True)
    assert "Fra det andet vindue." in said(again)


def test_a_long_thread_stands_on_pages_of_thirty(thread, member):
    posts = [PostFactory(thread=thread, author=member) for _number in range(30)]
    client = as_(member)
    first, second = client.get(thread.get_absolute_url()), client.get(thread.get_absolute_url(), {"side": 2})
    assert first.content.decode().count('<article class="post"') == 30
    assert second.content.decode().count('<article class="post"') == 1
    assert f'id="{posts[-1].anchor}"' in second.content.decode()
    assert "Viser 1–30 af 31" in said(first) and "Viser 31–31 af 31" in said(second)
    for number in ("3", "0", "x", "²"):
        assert client.get(thread.get_absolute_url(), {"side": number}).status_code == 404


def test_what_someone_wrote_stands_when_the_account_is_gone(thread, member, facilitator):
    User.objects.get(pk=member.pk).delete()
    page = said(as_(facilitator).get(thread.get_absolute_url()))
    assert "Tidligere medlem" in page and "sommerhusene" in page
    assert member.name not in page
    assert "Tidligere medlem" in said(as_(facilitator).get(thread.space.get_absolute_url()))


def test_in_an_open_space_one_reads_first_and_is_asked_in_where_the_answer_would_be_written(campaign, outsider):
    thread = ThreadFactory(space__kind=Space.Kind.OPEN)
    response = as_(outsider).get(thread.get_absolute_url())
    page = response.content.decode()
    assert response.status_code == 200
    assert to("space-join", thread.space) in page
    assert thread_address("reply", thread) not in page


def test_markup_of_a_writer_is_shown_and_not_obeyed(space, member):
    thread = ThreadFactory(space=space, author=member, title="<i>Titel</i>", text='<img src="x" onerror="x"> **ja**')
    page = as_(member).get(thread.get_absolute_url()).content.decode()
    assert "<i>Titel" not in page and "&lt;i&gt;Titel" in page
    assert "<img" not in page.split("<main")[1] and "<strong>ja</strong>" in page


# --- profiles ---------------------------------------------------------------------------------------


def test_the_first_visit_asks_who_one_is_says_why_and_leads_on(space, facilitator):
    newcomer = UserFactory(name="")
    client = as_(newcomer)
    asked = client.get(reverse("network"), follow=True)
    assert "Velkommen i netværket" in said(asked) and "Hvem ser din profil?" in said(asked)
    sent = {
        "name": "Nanna Ny",
        "role": "planlægger",
        "kind": "partner",
        "organisation": "Et Selskab",
        "next": space.get_absolute_url(),
    }
    response = client.post(reverse("profile"), sent, follow=True)
    assert response.redirect_chain[0][0] == space.get_absolute_url()
    newcomer = User.objects.get(pk=newcomer.pk)
    assert newcomer.name == "Nanna Ny" and newcomer.profile.is_complete


@pytest.mark.parametrize("wanted", ["https://ondt.example/", "//ondt.example", "javascript:alert(1)"])
def test_a_profile_leads_nowhere_outside(campaign, outsider, wanted):
    sent = {"name": "Ole", "role": "x", "kind": "partner", "organisation": "y", "next": wanted}
    assert as_(outsider).post(reverse("profile"), sent).url == reverse("network")


@pytest.mark.parametrize("name", ["", "  ", "\u200b\u200b"])
def test_a_profile_without_a_name_says_so_and_keeps_the_rest(campaign, outsider, name):
    sent = {"name": name, "role": "planchef", "kind": "partner", "organisation": "Et Selskab"}
    response = as_(outsider).post(reverse("profile"), sent)
    assert response.status_code == 400
    assert "Skriv dit navn" in said(response)
    assert 'value="planchef"' in response.content.decode()


def test_a_profile_shows_the_spaces_that_the_reader_knows_and_no_address(space, member, outsider):
    hidden = MembershipFactory(space__kind=Space.Kind.HIDDEN, space__name="Kladdebordet", user=member).space
    page = said(as_(outsider).get(reverse("member", args=[member.pk])))
    assert member.name in page and member.profile.place in page and space.name in page
    assert hidden.name not in page and member.email not in page


def test_a_profile_is_shown_to_members_alone(visitor, campaign, member):
    address = reverse("member", args=[member.pk])
    assert visitor.get(address).status_code == 302
    assert as_(UserFactory()).get(address).url.startswith(reverse("profile"))


# --- how often the database is asked ----------------------------------------------------------------


def asked(user, address):
    """The queries of a second visit: what Django keeps for the life of a process is not asked for again."""
    client = as_(user)
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        response = client.get(address)
    assert response.status_code == 200
    return [query["sql"] for query in queries]


def listed(queries):
    return f"{len(queries)} queries:\n" + "\n".join(f"{n}. {sql}" for n, sql in enumerate(queries, 1))


def test_a_thread_asks_at_most_six_times_whatever_its_length(thread, member):
    few = asked(member, thread.get_absolute_url())
    for _number in range(40):
        PostFactory(thread=thread)
    many = asked(member, f"{thread.get_absolute_url()}?side=1")
    assert len(few) <= THREAD_QUERIES, listed(few)
    assert len(many) <= THREAD_QUERIES, listed(many)
    assert len(asked(member, f"{thread.get_absolute_url()}?side=2")) <= THREAD_QUERIES


def test_an_answer_is_written_in_nine_queries(thread, member):
    there = thread_for(member, thread.pk)
    with CaptureQueriesContext(connection) as queries:
        reply(member, there, "Vi gjorde det samme, uden at det kostede noget.")
    written = [query["sql"] for query in queries if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    assert len(written) <= 9, listed(written)


@pytest.mark.parametrize("name", ["network", "space", "space-members"])
def test_a_list_of_the_network_asks_no_more_of_many_rows_than_of_few(space, facilitator, thread, name):
    address = reverse(name, args=[space.slug] if name != "network" else [])
    AccessRequestFactory(space=space)
    few = asked(facilitator, address)
    for _number in range(8):
        ThreadFactory(space=space)
        AccessRequestFactory(space=space)
        MembershipFactory(user=facilitator)
    many = asked(facilitator, address)
    assert len(few) == len(many) <= LIST_QUERIES, f"few: {listed(few)}\n\nmany: {listed(many)}"
