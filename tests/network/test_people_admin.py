"""People and spaces in the admin: an administrator makes members and spaces, and reads nothing of what is said."""

import re

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from network.models import Event, Membership, Profile, Space
from tests.factories import MemberFactory, MembershipFactory, MunicipalityFactory, SpaceFactory, ThreadFactory

pytestmark = pytest.mark.django_db
LISTING_QUERIES = 25
PEOPLE, SPACES = "/admin/users/", "/admin/spaces/"


@pytest.fixture
def roles(campaign):
    call_command("set_up_roles", verbosity=0)


def in_group(client, name):
    user = MemberFactory(name=f"En {name}")
    user.groups.add(Group.objects.get(name=name))
    client.force_login(user)
    return client


@pytest.fixture
def administrator(client, roles):
    return in_group(client, "Administrator")


NEW = {"email": "Ny.Kollega@Eksempel.example", "name": "Ny Kollega", "kind": "municipal", "organisation": ""}


# --- people -------------------------------------------------------------------------------------------


def test_an_administrator_makes_a_member_by_address_who_gets_a_letter_to_choose_a_password(
    administrator, mailoutbox, django_capture_on_commit_callbacks
):
    place = MunicipalityFactory(is_fictional=True)
    editors = Group.objects.get(name="Redaktør")
    with django_capture_on_commit_callbacks(execute=True):
        response = administrator.post(f"{PEOPLE}new/", {**NEW, "municipality": place.pk, "groups": [editors.pk]})
    assert response.status_code == 302
    person = User.objects.get(email="ny.kollega@eksempel.example")
    assert (person.name, person.profile.municipality, list(person.groups.all())) == ("Ny Kollega", place, [editors])
    assert not person.has_usable_password()
    assert not person.profile.is_complete
    (mail,) = mailoutbox
    assert mail.to == [person.email]
    assert re.search(r"/konto/velkommen/[\w-]{40,}/", mail.body)


@pytest.mark.parametrize("name", ["Redaktør", "Fagtjekker", "Udgiver"])
def test_nobody_else_makes_members_or_sees_the_list_of_them(client, roles, name):
    reader = in_group(client, name)
    before = User.objects.count()
    for answer in (reader.get(PEOPLE), reader.post(f"{PEOPLE}new/", NEW)):
        assert (answer.status_code, answer.headers["Location"]) == (302, "/admin/")
    assert User.objects.count() == before


def test_an_address_that_is_taken_or_is_none_is_said_at_the_field(administrator):
    known = MemberFactory()
    for address, words in ((known.email, "Der findes allerede en bruger"), ("ingen", "gyldig")):
        html = administrator.post(f"{PEOPLE}new/", {**NEW, "email": address}).content.decode()
        assert words in html
        assert "Ny Kollega" in html


def test_an_administrator_changes_what_someone_may_but_not_the_address_and_makes_no_superuser(administrator):
    person = MemberFactory(email="fast@eksempel.example")
    data = {"email": "en-anden@eksempel.example", "name": "Nyt Navn", "is_active": "on", "kind": "partner"}
    data |= {"organisation": "Opdigtet Forening", "is_superuser": "on", "groups": []}
    assert administrator.post(f"{PEOPLE}edit/{person.pk}/", data).status_code == 302
    person = User.objects.get(pk=person.pk)
    assert (person.email, person.name, person.is_superuser) == ("fast@eksempel.example", "Nyt Navn", False)
    assert (person.profile.kind, person.profile.organisation) == ("partner", "Opdigtet Forening")
    assert person.profile.is_complete


def test_a_superuser_is_not_shut_out_by_someone_who_is_none(administrator):
    chief = MemberFactory(is_superuser=True)
    answer = administrator.post(f"{PEOPLE}edit/{chief.pk}/", {"email": chief.email, "name": "Ude", "kind": "partner"})
    assert answer.status_code == 302
    chief.refresh_from_db()
    assert chief.is_active
    assert chief.name != "Ude"


def test_who_is_shut_out_comes_in_nowhere(administrator, client):
    person = MembershipFactory().user
    theirs = Client()
    theirs.force_login(person)
    assert theirs.get("/netvaerk/").status_code == 200
    data = {"email": person.email, "name": person.name, "kind": "municipal"}
    data["municipality"] = person.profile.municipality_id
    assert administrator.post(f"{PEOPLE}edit/{person.pk}/", data).status_code == 302
    assert theirs.get("/netvaerk/profil/").headers["Location"].startswith("/konto/log-ind/")
    assert person.name not in theirs.get("/netvaerk/").content.decode()


def test_who_never_came_in_gets_a_new_letter_and_who_did_has_no_such_box(
    administrator, mailoutbox, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        administrator.post(f"{PEOPLE}new/", NEW)
    person = User.objects.get(email="ny.kollega@eksempel.example")
    data = {"name": "Ny Kollega", "kind": "municipal", "is_active": "on", "write_again": "on"}
    with django_capture_on_commit_callbacks(execute=True):
        assert administrator.post(f"{PEOPLE}edit/{person.pk}/", data).status_code == 302
    first, second = (re.search(r"/konto/velkommen/[\w-]+/", mail.body)[0] for mail in mailoutbox)
    assert administrator.get(second).status_code == 200
    assert administrator.get(first).status_code == 404
    assert "write_again" not in administrator.get(f"{PEOPLE}edit/{MemberFactory().pk}/").content.decode()


# --- spaces -------------------------------------------------------------------------------------------

SPACE = {
    "name": "Tomme huse",
    "slug": "tomme-huse",
    "purpose": "For jer med tomme huse.",
    "kind": "hidden",
    "theme": "",
}


def test_an_administrator_makes_a_space_with_a_facilitator_and_is_not_in_it(administrator):
    chosen = MemberFactory()
    assert administrator.post(f"{SPACES}new/", {**SPACE, "facilitator": chosen.pk}).status_code == 302
    space = Space.objects.readable_by(chosen).get()
    assert (space.name, space.kind) == ("Tomme huse", "hidden")
    assert [(row.user, row.role) for row in Membership.objects.filter(space=space)] == [(chosen, "facilitator")]
    assert administrator.get(space.get_absolute_url()).status_code == 404


def test_a_space_without_a_short_name_gets_one_of_its_name(administrator):
    chosen = MemberFactory()
    data = {**SPACE, "name": "Høje træer på øer", "slug": "", "facilitator": chosen.pk}
    assert administrator.post(f"{SPACES}new/", data).status_code == 302
    assert Space.objects.readable_by(chosen).get().slug == "hoeje-traeer-paa-oeer"


@pytest.mark.parametrize(("field", "value"), [("facilitator", ""), ("purpose", ""), ("slug", "Ikke Et Slug")])
def test_a_space_that_lacks_something_is_not_made_and_what_was_typed_stays(administrator, field, value):
    data = {**SPACE, "facilitator": MemberFactory().pk, field: value}
    html = administrator.post(f"{SPACES}new/", data).content.decode()
    assert "Tomme huse" in html
    assert not Membership.objects.filter(space__slug="tomme-huse").exists()


def test_an_administrator_sets_whom_a_space_lets_in_and_its_room_for_files(administrator):
    place, chosen = MunicipalityFactory(is_fictional=True), MemberFactory()
    data = {**SPACE, "kind": "on_request", "admits_partners": "on", "municipalities": [place.pk], "file_room": 2_000}
    assert administrator.post(f"{SPACES}new/", {**data, "facilitator": chosen.pk}).status_code == 302
    space = Space.objects.readable_by(chosen).get()
    assert (space.admits_advisers, space.admits_partners, space.file_room) == (False, True, 2_000)
    assert list(space.limits) == [place]
    form = administrator.get(f"{SPACES}edit/{space.pk}/").content.decode()
    assert re.search(rf'name="municipalities" value="{place.pk}"[^>]*checked', form)
    changed = {**SPACE, "kind": "on_request", "admits_advisers": "on", "facilitator": "", "file_room": ""}
    assert administrator.post(f"{SPACES}edit/{space.pk}/", changed).status_code == 302
    space.refresh_from_db()
    assert (space.admits_advisers, space.admits_partners, space.file_room) == (True, False, 2_000)
    assert not space.limits.exists()
    assert list(Event.objects.filter(space=space, what="settings").values_list("what", flat=True)) == ["settings"]


@pytest.mark.parametrize("room", [24, 20_001])
def test_the_room_for_files_has_bounds(administrator, room):
    data = {**SPACE, "file_room": room, "facilitator": MemberFactory().pk}
    assert administrator.post(f"{SPACES}new/", data).status_code == 200
    assert not Membership.objects.filter(space__slug="tomme-huse").exists()


def test_no_space_is_deleted_in_the_admin(administrator):
    thread = ThreadFactory()
    answer = administrator.post(f"{SPACES}delete/{thread.space_id}/")
    assert answer.status_code == 302
    assert Space.objects.readable_by(thread.author).filter(pk=thread.space_id).exists()


@pytest.mark.parametrize("name", ["Redaktør", "Fagtjekker", "Udgiver"])
def test_nobody_else_sees_the_spaces_in_the_admin(client, roles, name):
    space = SpaceFactory(name="Hemmeligt rum", kind="hidden")
    reader = in_group(client, name)
    for address in (SPACES, f"{SPACES}edit/{space.pk}/", f"{SPACES}history/{space.pk}/", f"{SPACES}usage/{space.pk}/"):
        answer = reader.get(address)
        assert answer.status_code == 302, address
        assert "Hemmeligt" not in answer.content.decode()


# --- lists ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", [PEOPLE, SPACES])
def test_the_lists_ask_the_database_no_more_however_long_they_are(administrator, address):
    def queries():
        administrator.get(address)
        with CaptureQueriesContext(connection) as asked:
            assert administrator.get(address).status_code == 200
        return len(asked)

    MembershipFactory(role="facilitator")
    few = queries()
    for _number in range(15):
        MembershipFactory(role="facilitator").user.groups.add(Group.objects.get(name="Redaktør"))
    assert queries() == few
    assert few <= LISTING_QUERIES


def test_the_list_of_people_tells_where_they_work_and_what_they_may(administrator):
    person = MemberFactory(name="Aase Anker")
    person.groups.add(Group.objects.get(name="Udgiver"))
    html = administrator.get(f"{PEOPLE}?q=Aase").content.decode()
    assert person.profile.municipality.full_name in html
    assert "Udgiver" in html
    assert Profile.objects.count() > 1
