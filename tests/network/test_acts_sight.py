"""Who can read a thread, said of all people at once, is what the rule says of each of them."""

import pytest
from django.utils import timezone

from network.models import Membership, Profile, Thread
from network.readers import readers_of
from network.sight import Sight, sight_in
from tests.factories import MembershipFactory, SpaceFactory, ThreadFactory
from tests.network.test_spaces import PEOPLE, someone

pytestmark = pytest.mark.django_db
PERSONS = [who for who in PEOPLE if who != "stranger"]


@pytest.mark.parametrize("who", PERSONS)
@pytest.mark.parametrize("kind", ["open", "on_request", "hidden"])
@pytest.mark.parametrize("state", ["", "archived", "hides earlier", "without threads", "no partners"])
def test_who_is_counted_is_who_may_read(kind, who, state):
    space = SpaceFactory(kind=kind)
    thread = ThreadFactory(space=space)
    space.archived_at = timezone.now() if state == "archived" else None
    space.shows_earlier = state != "hides earlier"
    space.has_threads = state != "without threads"
    space.admits_partners = state != "no partners"
    space.save()
    user = someone(who, space)
    if state == "no partners":
        Profile.objects.filter(user=user).update(kind="partner")
        user = type(user).objects.get(pk=user.pk)
    counted = readers_of(space, thread).filter(pk=user.pk).exists()
    assert counted is Thread.objects.visible_to(user).filter(pk=thread.pk).exists()


def test_a_move_is_told_by_number_who_gains_and_who_loses_sight():
    here, there = SpaceFactory(), SpaceFactory()
    thread = ThreadFactory(space=here)
    in_both = MembershipFactory(space=here).user
    MembershipFactory(space=there, user=in_both)
    MembershipFactory.create_batch(2, space=here)
    MembershipFactory.create_batch(3, space=there)
    MembershipFactory(space=there, state=Membership.State.SUSPENDED)
    assert sight_in(thread, there) == Sight(gain=3, lose=3)


def test_in_an_open_space_the_whole_network_gains_sight():
    here, there = SpaceFactory(), SpaceFactory(kind="open")
    thread = ThreadFactory(space=here)
    MembershipFactory.create_batch(2)
    assert sight_in(thread, there) == Sight(gain=2, lose=0)
