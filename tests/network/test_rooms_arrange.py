"""A space is arranged by its facilitators: what is saved, who gains and loses sight by it, and the archive."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.http import Http404
from django.utils import timezone

from network import arrange, join
from network.admission import who_may_join
from network.arrange import StaleSettings, change_space, mark_of, sight_after
from network.discuss import reply, start_thread
from network.models import AccessRequest, Event, Profile, Space, Thread
from network.permissions import Refused, can
from network.readers import readers_of
from network.rule import Act, Kind
from network.sight import Sight
from tests.factories import (
    AccessRequestFactory,
    MemberFactory,
    MembershipFactory,
    MunicipalityFactory,
    SpaceFactory,
    ThreadFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def space():
    return SpaceFactory(name="Tomme boliger")


@pytest.fixture
def facilitator(space):
    return MembershipFactory(space=space, role="facilitator").user


def person(**profile):
    user = MemberFactory()
    Profile.objects.filter(user=user).update(**profile)
    return type(user).objects.get(pk=user.pk)


def events(space):
    return list(Event.objects.filter(space=space).order_by("pk").values_list("what", flat=True))


# --- changing --------------------------------------------------------------------------------------------


def test_a_facilitator_changes_the_space_and_it_is_announced_once(space, facilitator):
    place = MunicipalityFactory()
    values = {"name": "  Tomme  huse ", "admits_advisers": False, "municipalities": [place]}
    changed = change_space(facilitator, space, values)
    again = change_space(facilitator, space, values)
    assert changed == again
    space.refresh_from_db()
    assert (space.name, space.admits_advisers, list(space.limits)) == ("Tomme huse", False, [place])
    assert events(space) == ["settings"]
    assert Event.objects.get().who == facilitator


def test_what_is_not_the_facilitators_to_set_stays(space, facilitator):
    change_space(facilitator, space, {"slug": "taget", "file_room": 20_000, "purpose": "Nyt formål."})
    space.refresh_from_db()
    assert (space.slug, space.file_room, space.purpose) == ("tomme-boliger", 500, "Nyt formål.")


def test_a_member_arranges_nothing_and_an_outsider_of_a_hidden_space_is_told_nothing(space, facilitator):
    for verb in (lambda user: change_space(user, space, {"name": "Nyt"}), lambda user: arrange.archive(user, space)):
        with pytest.raises(Refused):
            verb(MembershipFactory(space=space).user)
        Space.objects.filter(pk=space.pk).update(kind=Kind.HIDDEN)
        space.refresh_from_db()
        with pytest.raises(Http404):
            verb(MemberFactory())
        Space.objects.filter(pk=space.pk).update(kind=Kind.ON_REQUEST)
        space.refresh_from_db()
    assert (space.name, space.is_archived, events(space)) == ("Tomme boliger", False, [])


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", " \u200b "), ("name", "x" * 81), ("purpose", ""), ("purpose", "x" * 501), ("first_words", "x" * 2_001)],
)
def test_what_cannot_stand_is_refused_at_its_field_and_nothing_is_changed(space, facilitator, field, value):
    with pytest.raises(ValidationError) as fault:
        change_space(facilitator, space, {field: value, "has_files": False})
    assert list(fault.value.message_dict) == [field]
    space.refresh_from_db()
    assert space.has_files and events(space) == []


def test_two_who_arrange_at_once_the_second_is_told_and_overwrites_nothing(space, facilitator):
    seen = mark_of(space)
    change_space(facilitator, space, {"name": "Det ene"}, seen)
    with pytest.raises(StaleSettings) as stale:
        change_space(facilitator, space, {"name": "Det andet"}, seen)
    assert stale.value.space.name == "Det ene"
    assert change_space(facilitator, stale.value.space, {"name": "Det andet"}, mark_of(stale.value.space))
    space.refresh_from_db()
    assert space.name == "Det andet"


def test_other_municipalities_are_another_arrangement(space):
    before = mark_of(space)
    space.municipalities.add(MunicipalityFactory())
    assert mark_of(space) != before


# --- who reads -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("advisers", [True, False])
@pytest.mark.parametrize("limited", [True, False])
def test_those_who_may_read_are_counted_by_the_rule_itself(kind, advisers, limited):
    space = SpaceFactory(kind=kind, admits_advisers=advisers)
    here = MunicipalityFactory(is_fictional=True)
    if limited:
        space.municipalities.add(here)
    people = [person(), person(municipality=here), person(kind="adviser", municipality=here), person(kind="partner")]
    people += [MembershipFactory(space=space, role=role).user for role in ("member", "facilitator")]
    people += [MembershipFactory(space=space, state=state).user for state in ("invited", "suspended")]
    people += [UserFactory(), MemberFactory(is_active=False), person(completed_at=None)]
    read = {user.pk for user in people if can(user, Act.READ, space)}
    assert set(readers_of(space).values_list("pk", flat=True)) == read
    assert read


@pytest.mark.parametrize(
    ("before", "values", "change"),
    [
        ("on_request", {"kind": "open"}, Sight(gain=4)),
        ("on_request", {"kind": "hidden"}, Sight()),
        ("open", {"kind": "on_request"}, Sight(lose=4)),
        ("open", {"admits_advisers": False}, Sight(lose=1)),
        ("on_request", {"admits_advisers": False}, Sight()),
        ("on_request", {"kind": "open", "admits_advisers": False}, Sight(gain=3)),
        ("open", {"name": "Nyt navn"}, Sight()),
    ],
)
def test_before_a_door_is_changed_it_is_told_how_many_gain_and_lose_sight(before, values, change):
    space = SpaceFactory(kind=before)
    facilitator = MembershipFactory(space=space, role="facilitator").user
    person(), person(), person(kind="adviser")
    MembershipFactory(space=space, state="invited")
    MembershipFactory(space=space, state="suspended")
    assert sight_after(facilitator, space, values) == change
    count = readers_of(space).count()
    change_space(facilitator, space, values)
    assert readers_of(Space.objects.visible_to(facilitator).get()).count() == count + change.gain - change.lose


def test_who_came_late_loses_and_gains_the_earlier_threads_by_number(space, facilitator):
    ThreadFactory(space=space, author=facilitator)
    MembershipFactory(space=space, joined_at=timezone.now() + timedelta(days=1))
    MembershipFactory(space=space, joined_at=timezone.now() - timedelta(days=1))
    assert sight_after(facilitator, space, {"shows_earlier": False}) == Sight(lose_earlier=1)
    change_space(facilitator, space, {"shows_earlier": False})
    space.refresh_from_db()
    assert sight_after(facilitator, space, {"shows_earlier": True}) == Sight(gain_earlier=1)


def test_only_municipalities_that_are_chosen_count_also_before_they_are_saved():
    space = SpaceFactory(kind=Kind.OPEN)
    facilitator = MembershipFactory(space=space, role="facilitator").user
    here = person().profile.municipality
    person()
    assert sight_after(facilitator, space, {"municipalities": [here]}) == Sight(lose=1)


# --- the rule in words -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("advisers", "partners", "words"),
    [
        (True, True, "Ansatte i kommuner, rådgivere og partnere."),
        (False, False, "Ansatte i kommuner. Rådgivere og partnere kan ikke."),
        (False, True, "Ansatte i kommuner og partnere. Rådgivere kan ikke."),
        (True, False, "Ansatte i kommuner og rådgivere. Partnere kan ikke."),
    ],
)
def test_the_rule_is_said_in_words(advisers, partners, words):
    assert who_may_join(SpaceFactory(admits_advisers=advisers, admits_partners=partners)) == words


def test_municipalities_are_named_as_long_as_they_are_few(space):
    names = [f"By{number} Kommune" for number in range(9)]
    for number, name in enumerate(names[:3]):
        space.municipalities.add(MunicipalityFactory(name=f"By{number}", full_name=name))
    assert "i By0 Kommune, By1 Kommune og By2 Kommune." in who_may_join(space)
    for number, name in enumerate(names[3:], start=3):
        space.municipalities.add(MunicipalityFactory(name=f"By{number}", full_name=name))
    assert "By6 Kommune og 2 andre kommuner." in who_may_join(space)


# --- the archive -----------------------------------------------------------------------------------------


def test_an_archived_space_is_read_and_nothing_new_comes_into_it(space, facilitator):
    member = MembershipFactory(space=space).user
    thread = ThreadFactory(space=space, author=member)
    asked = AccessRequestFactory(space=space)
    invited = join.invite(facilitator, space, MemberFactory())
    archived = arrange.archive(facilitator, space)
    assert Thread.objects.visible_to(member).get() == thread
    thread.space = archived
    for act in (
        lambda: reply(member, thread, "Svar"),
        lambda: start_thread(member, archived, "Titel", "Tekst"),
        lambda: join.ask(MemberFactory(), archived, "Lad mig komme ind."),
        lambda: join.join(invited.user, archived),
    ):
        with pytest.raises(Refused):
            act()
    for act in (
        lambda: join.accept(facilitator, AccessRequest.objects.visible_to(facilitator).get(pk=asked.pk)),
        lambda: join.add(facilitator, archived, MemberFactory()),
        lambda: join.invite(facilitator, archived, MemberFactory()),
    ):
        with pytest.raises(ValidationError):
            act()


def test_the_archive_is_opened_again_and_both_are_done_once(space, facilitator):
    member = MembershipFactory(space=space).user
    first = arrange.archive(facilitator, space).archived_at
    assert arrange.archive(facilitator, space).archived_at == first
    assert not can(member, Act.WRITE, Space.objects.visible_to(member).get())
    arrange.reopen(facilitator, space)
    arrange.reopen(facilitator, space)
    assert can(member, Act.WRITE, Space.objects.visible_to(member).get())
    assert events(space) == ["archived", "reopened"]


def test_a_member_leaves_an_archived_space_too(space, facilitator):
    member = MembershipFactory(space=space).user
    join.leave(member, arrange.archive(facilitator, space))
    assert not Space.objects.joined_by(member).exists()
