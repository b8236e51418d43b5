"""A stand-in is to the rule what the person is: for every kind of reader the rule writes the very same SQL."""

import itertools

import pytest

from network.alike import alike, for_readers_alike, someone
from network.models import Membership, Post, Profile, Space, Thread
from network.models.rooms import allowed
from network.page import OF_SPACE, _space_like
from network.readers import readers_of
from network.references import THREAD, number_of_threads
from network.rule import Act
from tests.factories import MemberFactory, MunicipalityFactory, SpaceFactory, ThreadFactory, UserFactory

pytestmark = pytest.mark.django_db

ASKED = {
    "threads": lambda user: Thread.objects.visible_to(user),
    "posts": lambda user: Post.objects.visible_to(user),
    "standing": lambda user: Thread.objects.with_standing_of(user),
    "reading": lambda user: Thread.objects.with_reading_of(user),
    "spoken of": lambda user: Thread.objects.annotate(n=number_of_threads(user, THREAD, 1)),
    **{act: lambda user, act=act: Space.objects.filter(allowed(user, act)) for act in Act},
}


def sql(queryset):
    return queryset.query.sql_with_params()


def people():
    for kind, has_place in itertools.product(Profile.Kind.values, (True, False)):
        person = MemberFactory(profile__kind=kind)
        if not has_place:
            person.profile.municipality = None
            person.profile.save()
        yield person


@pytest.mark.parametrize("name", ASKED)
def test_the_rule_writes_for_a_stand_in_what_it_writes_for_the_person(campaign, name):
    asked = ASKED[name]
    for person in people():
        assert sql(asked(someone(*alike(person)))) == sql(asked(person)), person.profile


def test_people_of_one_shape_differ_in_their_numbers_alone(campaign):
    one, other = MemberFactory(), MemberFactory(profile__municipality=MunicipalityFactory(is_fictional=True))
    assert alike(one)[0] == alike(other)[0] and alike(one)[1] != alike(other)[1]


def test_nobody_outside_the_network_has_a_stand_in(campaign):
    gone = MemberFactory()
    gone.is_active = False
    assert alike(UserFactory()) is None and alike(gone) is None and alike(None) is None


@pytest.mark.parametrize("kind", Space.Kind.values)
def test_the_readers_of_a_space_are_those_of_its_stand_in(campaign, kind):
    thread = ThreadFactory(space=SpaceFactory(kind=kind))
    space = thread.space
    for space.admits_advisers, space.admits_partners in itertools.product((True, False), repeat=2):
        like = _space_like(tuple(getattr(space, name) for name in OF_SPACE), space.pk)
        assert sql(readers_of(like, Thread(pk=thread.pk, space=like))) == sql(readers_of(space, thread))


def test_every_reader_gets_the_same_thread_from_sql_that_was_written_for_another(campaign, settings):
    """As in production, where nothing is compared: members of three kinds take turns at two spaces."""
    from network.permissions import thread_for

    settings.CHECKS_KEPT = False
    closed, hidden = (ThreadFactory(space=SpaceFactory(kind=kind)) for kind in ("on_request", "hidden"))
    readers = list(people())
    for number, person in enumerate(readers):
        Membership.objects.create(user=person, space=(closed, hidden)[number % 2].space)
    for _turn in range(2):
        for number, person in enumerate(readers):
            own, other = (closed, hidden) if number % 2 == 0 else (hidden, closed)
            assert thread_for(person, own.pk) == own
            assert thread_for(person, other.pk) is None


def test_whatever_is_asked_for_readers_alike_is_answered_for_each_by_the_rule(campaign, settings):
    """As in production, where nothing is compared; and with another number of values, and another kind of question."""
    settings.CHECKS_KEPT = False

    @for_readers_alike
    def read_in(user, *pks, newest_first=False):
        found = Space.objects.readable_by(user).filter(pk__in=pks)
        return found.order_by("-pk" if newest_first else "pk")

    spaces = [SpaceFactory(kind=kind) for kind in Space.Kind.values]
    readers = [*people(), UserFactory(), None]
    for number, person in enumerate(readers[:-2]):
        Membership.objects.create(user=person, space=spaces[number % 3])
    for _turn in range(2):
        for person in readers:
            for some in (spaces, spaces[:2], spaces[2:]):
                pks = [space.pk for space in some]
                rule = list(Space.objects.readable_by(person).filter(pk__in=pks).order_by("pk"))
                assert read_in(person, *pks) == rule
                assert read_in(person, *pks, newest_first=True) == rule[::-1]
    assert not read_in(None, *(space.pk for space in spaces))


def test_a_text_that_no_space_has_finds_none_and_what_is_no_id_neither(campaign):
    @for_readers_alike
    def called(user, slug):
        return Space.objects.visible_to(user).filter(slug=slug)

    space, person = SpaceFactory(kind="open"), MemberFactory()
    assert called(person, space.slug) == [space]
    assert not called(person, "\ue0000.0") and not called(person, "")
