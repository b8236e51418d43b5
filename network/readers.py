"""Who may read: the rule of `network.rule` asked the other way round, of people.

For many things it is `visible_to`, for one `network.permissions`. Here a thing is given, and those are found who may
read it: for the line that says so before something is sent, and for naming people. Tests hold the three together.
"""

from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.db.models import Exists, F, Func, IntegerField, OuterRef, Q, QuerySet, Subquery

from network.models import Membership, Post, Profile, Showing, Space, Thread
from network.models.rooms import NOBODY
from network.permissions import can
from network.rule import WITH_A_ROW, Act, Standing, may

FACILITATOR = Membership.Role.FACILITATOR


@dataclass(frozen=True)
class Audience:
    """How many may read, in how many municipalities."""

    people: int
    places: int


def in_network() -> QuerySet:
    """Return the people of the network: `network.rule.is_in_network`, asked of many."""
    return get_user_model().objects.filter(is_active=True, profile__completed_at__isnull=False)


def readers_of(space: Space, thread: Thread | None = None, municipalities=None) -> QuerySet:
    """Return those who may read in `space`, or the `thread` in it, or the thread if it stood there.

    `space` may hold what is not saved yet; `municipalities`, ids, then stand instead of those that are saved.
    """
    rows = Membership.anyone.filter(space=space.pk, user=OuterRef("pk"))
    found = Q(Exists(_of_thread(_reading(rows, space), space, thread)))
    if _may_read(space, Standing.NETWORK):
        outside = Q(~Exists(rows))
        found |= outside if _may_read(space, Standing.KEPT_OUT) else outside & let_in_by(space, municipalities)
    return _shown(in_network().filter(found), space, thread)


def known_readers(asker, space: Space, thread: Thread | None = None) -> QuerySet:
    """Return the readers of whom `asker`, who writes there, may know that they are.

    Where a closed space keeps its list of members to the facilitators, these are the facilitators and those whose
    posts the asker reads: else naming people would tell who is in it.
    """
    readers = readers_of(space, thread)
    if space.has_members or space.kind == Space.Kind.OPEN or can(asker, Act.RUN, space):
        return readers
    writers = Post.objects.visible_to(asker).filter(thread__space=space.pk).order_by().values("author")
    running = Membership.objects.who_may(Act.RUN).filter(space=space.pk).values("user")
    return readers.filter(Q(pk__in=writers) | Q(pk__in=running))


def numbers_of(readers: QuerySet) -> dict:
    """Return subqueries for the number of `readers` and of their municipalities, to stand within another query."""
    return {"readers": _counted(readers, "pk"), "places": _counted(readers, "profile__municipality", "COUNT(DISTINCT")}


def _counted(readers, field, count="COUNT("):
    number = Func(F(field), template=f"{count} %(expressions)s)", output_field=IntegerField())
    return Subquery(readers.order_by().annotate(number=number).values("number"))


def _may_read(space, standing):
    return may(Act.READ, space.kind, standing, space.is_archived)


def _reading(rows, space):
    return rows.standing_as([standing for standing in WITH_A_ROW if _may_read(space, standing)])


def _of_thread(rows, space, thread):
    """A space may keep from new members what was begun before they came."""
    if thread is None or not space.hides_earlier:
        return rows
    return rows.filter(Q(role=FACILITATOR) | Q(joined_at__lte=thread.created_at))


def let_in_by(space: Space, municipalities=None) -> Q:
    """The condition of `network.models.rooms.admits`, on people; `municipalities` as in `readers_of`."""
    if municipalities is None:
        limits = Space.municipalities.through.objects.filter(space=space.pk)
        found = ~Q(Exists(limits)) | Q(profile__municipality__in=limits.values("municipality"))
    else:
        found = Q(profile__municipality__in=list(municipalities)) if municipalities else ~NOBODY
    if not space.admits_advisers:
        found &= ~Q(profile__kind=Profile.Kind.ADVISER)
    if not space.admits_partners:
        found &= ~Q(profile__kind=Profile.Kind.PARTNER)
    return found


def _shown(readers, space, thread):
    """The rule of `network.models.talk.shown_to`, on people."""
    if thread is None or thread.state == Showing.VISIBLE:
        return readers if thread is None or space.has_threads else readers.none()
    if thread.state == Showing.REMOVED or not space.has_threads:
        return readers.none()
    running = Q(pk__in=Membership.objects.who_may(Act.RUN).filter(space=space.pk).values("user"))
    if thread.state == Showing.HELD:
        running |= Q(pk=thread.author_id)
    return readers.filter(running)
