"""The network's front page: what a stranger may know of it, and what a member finds there."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from network import arrange, join
from network.models import Profile, Space
from network.rule import Kind
from tests.factories import (
    AccessRequestFactory,
    MemberFactory,
    MembershipFactory,
    SpaceFactory,
    ThemeFactory,
    ThreadFactory,
    UserFactory,
)
from tests.network.test_rooms_pages import as_, asked, listed, said, to

pytestmark = pytest.mark.django_db
STRANGERS_QUERIES = 12


@pytest.fixture
def front(campaign):
    return reverse("network")


# --- for strangers -------------------------------------------------------------------------------------------


def test_a_stranger_reads_what_happens_here_and_which_spaces_there_are(visitor, front):
    words = {"name": "Tomme boliger", "purpose": "For jer, der tæller."}
    space = SpaceFactory(**words, theme=ThemeFactory(), admits_partners=False)
    MembershipFactory.create_batch(3, space=space)
    response = visitor.get(front)
    page = said(response)
    assert response.status_code == 200
    assert "Det sker her" in page and "Sådan kommer du ind" in page
    card = page.split("Rummene")[1]
    assert "På anmodning" in card and "Tomme boliger" in card and "For jer, der tæller." in card
    assert "3 medlemmer fra 3 kommuner" in card
    assert "Ansatte i kommuner og rådgivere. Partnere kan ikke." in card
    assert f'data-theme="{space.theme.ground}"' in response.content.decode()
    for name in ("account_login", "account_signup"):
        assert reverse(name) in response.content.decode()


def test_a_stranger_reads_no_name_of_a_person_no_thread_no_hidden_and_no_archived_space(visitor, front):
    facilitator = MembershipFactory(role="facilitator", user__name="Fie Formand", space__kind=Kind.OPEN).user
    space = Space.objects.joined_by(facilitator).get()
    thread = ThreadFactory(space=space, author=facilitator, title="Hvem tæller sommerhusene?")
    asker = AccessRequestFactory(space=SpaceFactory(), user__name="Solveig Venter")
    hidden = SpaceFactory(kind=Kind.HIDDEN, name="Kladdebordet")
    archived = SpaceFactory(name="Det lukkede arkiv", archived_at=timezone.now())
    page = visitor.get(front).content.decode()
    assert space.name in page
    for word in ("Fie Formand", thread.title, asker.user.name, hidden.name, archived.name, facilitator.email):
        assert word not in page


def test_the_page_for_strangers_can_be_found_and_is_kept_by_no_cache(visitor, front):
    response = visitor.get(front)
    assert response.headers["Cache-Control"] == "private, no-store"
    assert "Cookie" in response.headers["Vary"]
    assert not response.cookies
    assert "noindex" not in response.content.decode()
    assert re.search(rf'rel="canonical" href="[^"]*{front}"', response.content.decode())


def test_the_page_for_strangers_stands_in_the_sitemap_and_no_door_does(visitor, front):
    space = SpaceFactory()
    told = visitor.get("/sitemap.xml").content.decode()
    assert f"{front}</loc>" in told
    assert space.get_absolute_url() not in told


def test_the_same_address_is_another_page_for_a_member_and_for_one_without_a_profile(visitor, front):
    member = MembershipFactory(space__name="Kladdebordet", space__kind=Kind.HIDDEN).user
    assert "Kladdebordet" in said(as_(member).get(front))
    assert "Kladdebordet" not in said(visitor.get(front))
    response = as_(UserFactory()).get(front)
    assert response.url.startswith(reverse("profile"))


def test_the_page_for_strangers_asks_no_more_of_many_spaces_than_of_few(front):
    client = Client()

    def queries():
        client.get(front)
        with CaptureQueriesContext(connection) as made:
            assert client.get(front).status_code == 200
        return [query["sql"] for query in made]

    MembershipFactory()
    few = queries()
    MembershipFactory.create_batch(8)
    many = queries()
    assert len(many) == len(few) <= STRANGERS_QUERIES, listed(many)


# --- for members ---------------------------------------------------------------------------------------------


def test_what_is_new_stands_under_its_space_the_newest_first(front):
    own = MembershipFactory(space__name="Tomme boliger", space__theme=ThemeFactory(title="Et tema for sig")).user
    [first] = Space.objects.joined_by(own)
    second = MembershipFactory(user=own, space__name="Erhverv på stedet").space
    for space, title in ((first, "Ældst her"), (second, "Nyere her"), (first, "Nyest her")):
        ThreadFactory(space=space, author=own, title=title)
    page = said(as_(own).get(front)).split("Nyt i dine rum")[1].split("Dine rum")[0]
    order = ["Et tema for sig", "Tomme boliger", "Nyest her", "Ældst her", "Erhverv på stedet", "Nyere her"]
    assert sorted(order, key=page.index) == order


def test_spaces_one_can_come_into_stand_before_those_one_is_kept_out_of(front):
    SpaceFactory(name="Aaa kun kommuner", admits_advisers=False, admits_partners=False)
    SpaceFactory(name="Ååå for alle")
    adviser = MemberFactory()
    Profile.objects.filter(user=adviser).update(kind="adviser")
    page = said(as_(adviser).get(front)).split("Find et rum")[-1]
    assert page.index("Ååå for alle") < page.index("Aaa kun kommuner")
    assert "Ansatte i kommuner. Rådgivere og partnere kan ikke." in page


def test_an_archived_space_is_marked_for_its_members_and_not_offered_to_others(front):
    own = MembershipFactory(role="facilitator", space__name="Tomme boliger")
    assert "Tomme boliger" in said(as_(MemberFactory()).get(front))
    arrange.archive(own.user, own.space)
    assert "Arkiveret" in said(as_(own.user).get(front))
    assert "Tomme boliger" not in said(as_(MemberFactory()).get(front))


def test_an_invitation_can_be_answered_from_the_front_page(front):
    own = MembershipFactory(role="facilitator", space__name="Tomme boliger", space__kind=Kind.HIDDEN)
    invited = MemberFactory()
    join.invite(own.user, own.space, invited, "Kom med.")
    page = as_(invited).get(front)
    assert "Tomme boliger" in said(page) and "Kom med." in said(page)
    for name in ("space-join", "space-decline"):
        assert to(name, own.space) in page.content.decode()
    assert "Tomme boliger" not in said(page).split("Nyt i dine rum")[1]


def test_invitations_cost_no_query_each(front):
    user = MemberFactory()

    def invited():
        own = MembershipFactory(role="facilitator")
        join.invite(own.user, own.space, user)

    invited()
    few = asked(user, front)
    for _number in range(5):
        invited()
    many = asked(user, front)
    assert len(few) == len(many), f"few: {listed(few)}\n\nmany: {listed(many)}"
