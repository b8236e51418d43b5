"""Leaving a job: what one looks after is handed to colleagues, and then the account is closed, or goes on elsewhere.

What may be handed over is asked first (`duties_of`), and done in one transaction (`leave_job`): spaces by the verb
that hands over a space, pages by the one that gives a page, questions, meetings and actions to someone who looks after
them from then on. What nobody was named for is looked after by those who may already: the facilitators, the one who
stands in for a page.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from functools import partial

from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from accounts.letters import queue
from content.care import give, with_care
from network import join
from network.arrange import archive
from network.at_meetings import AtMeetings, at_meetings, give_at_meetings
from network.attach import delete_files
from network.letters import HANDED_OVER
from network.models import Draft, Handover, Membership, Profile, Seen, Space, Thread
from network.questions import give_questions, questions_of
from network.rule import Act, is_in_network
from network.seats import free_seats_of

What = Handover.What


@dataclass
class Room:
    """A space that someone runs: `heirs` can take it over, `others` run it too."""

    space: Space
    heirs: list[Membership]
    others: int

    @property
    def needs_heir(self):
        return not self.others and bool(self.heirs)

    @property
    def is_alone(self):
        return not self.others and not self.heirs


@dataclass
class Duties:
    """What someone looks after. `questions`: by space, her threads that have no answer yet; `heirs`: by its id."""

    rooms: list[Room] = field(default_factory=list)
    questions: list[tuple[Space, list[Thread]]] = field(default_factory=list)
    heirs: dict[int, list[Membership]] = field(default_factory=dict)
    pages: list[Page] = field(default_factory=list)
    at_meetings: list[AtMeetings] = field(default_factory=list)

    def __bool__(self):
        return bool(self.rooms or self.questions or self.pages or self.at_meetings)

    def heirs_at(self, at: AtMeetings) -> list[Membership]:
        """Return who can take over at meetings of a space; of those for all, everyone she is in a space with."""
        if at.space is not None:
            return self.heirs.get(at.space.pk, [])
        return list({row.user_id: row for rows in self.heirs.values() for row in rows}.values())


@dataclass
class Left:
    """What came of it: `kept` are pages that could not be given now, each with the reason."""

    handovers: list[Handover]
    kept: list[tuple[Page, str]]


def duties_of(user) -> Duties:
    """Return what `user` looks after in the network and on the site."""
    inside = list(Space.objects.joined_by(user).order_by("name"))
    rows = Membership.objects.filter(space__in=inside).exclude(user=user).select_related("user__profile__municipality")
    able = defaultdict(list)
    for row in rows.order_by("user__name", "pk"):
        if is_in_network(row.user):
            able[row.space_id].append(row)
    run = set(Membership.objects.who_may(Act.RUN).filter(user=user).values_list("space", flat=True))
    return Duties(
        rooms=[_room(space, able[space.pk]) for space in inside if space.pk in run],
        questions=_questions(user, [space for space in inside if not space.is_archived]),
        heirs=able,
        pages=list(_pages(user)),
        at_meetings=at_meetings(user, user),
    )


def _room(space, able):
    running = [row for row in able if row.role == Membership.Role.FACILITATOR]
    return Room(space, able, len(running))


def _questions(user, spaces):
    found = defaultdict(list)
    for thread in questions_of(user, user).filter(space__in=spaces):
        found[thread.space_id].append(thread)
    return [(space, found[space.pk]) for space in spaces if space.pk in found]


def _pages(user):
    return with_care(Page.objects.all()).filter(Q(keeper_id=user.pk) | Q(backup_id=user.pk)).order_by("title")


# --- the verb -------------------------------------------------------------------------------------------


@transaction.atomic
def leave_job(user, *, rooms=None, questions=None, meetings=None, pages_to=None, closes: bool) -> Left:
    """Hand over what `user` looks after, and close her account where `closes`.

    `rooms`, `questions`, `meetings`: by the id of a space, the membership of the heir; `meetings` are those she leads
    with her actions, and 0 stands for what is for all. `pages_to`: the user who looks after her
    pages. Raises ValidationError with a Danish sentence where a space would be left without a facilitator, or an heir
    is not there any more. Done twice, the second finds nothing left to do.
    """
    rooms, questions, meetings = rooms or {}, questions or {}, meetings or {}
    _lock(user)
    duties, given = duties_of(user), defaultdict(lambda: defaultdict(list))
    for room in duties.rooms:
        _hand_over_room(user, room, rooms.get(room.space.pk), closes, given)
    for space, threads in duties.questions:
        _hand_over_questions(space, threads, questions.get(space.pk), given)
    for at in duties.at_meetings:
        _hand_over_at_meetings(user, at, meetings.get(at.key), given)
    kept = _hand_over_pages(user, duties.pages, pages_to, closes, given)
    handovers = [Handover.objects.create(giver=user, heir=heir, things=dict(things)) for heir, things in given.items()]
    for handover in handovers:
        queue(HANDED_OVER, handover.heir, handover=handover.pk)
    if closes:
        _close(user)
    return Left(handovers, kept)


def _lock(user):
    get_user_model().objects.select_for_update().filter(pk=user.pk).exists()
    user.refresh_from_db(fields=["is_active"])
    if not user.is_active:
        raise ValidationError(_("Kontoen er lukket."), code="closed")


def _hand_over_room(user, room, heir, closes, given):
    if heir is not None:
        join.hand_over(user, heir)
        given[heir.user][What.SPACE].append(room.space.pk)
    elif closes and room.needs_heir:
        said = _("Vælg, hvem der skal være facilitator i »%(space)s«.") % {"space": room.space}
        raise ValidationError(said, code="heir")
    elif closes and room.is_alone:
        archive(user, room.space)


def _hand_over_questions(space, threads, heir, given):
    if heir is None:
        return
    if not Membership.objects.filter(pk=heir.pk, space=space).exists():
        raise ValidationError(_("Vedkommende er ikke med i rummet mere. Vælg en anden."), code="heir")
    if pks := give_questions(space, threads, heir.user):
        given[heir.user][What.THREAD] += pks


def _hand_over_at_meetings(user, at, heir, given):
    """Without an heir, the facilitators run her meetings as before, and her actions stay as they are."""
    if heir is None:
        return
    if at.space and not Membership.objects.filter(pk=heir.pk, space=at.space).exists():
        raise ValidationError(_("Vedkommende er ikke med i rummet mere. Vælg en anden."), code="heir")
    for what, pks in give_at_meetings(user, user, heir.user, at).items():
        given[heir.user][what] += pks


def _hand_over_pages(user, pages, heir, closes, given):
    """Without an heir, whoever stands in for a page looks after it when its keeper goes."""
    kept = []
    for page in pages:
        owners = _owners(user, page, heir, closes)
        try:
            if owners:
                # One that may not be changed now is left as it is, and the others are given all the same.
                with transaction.atomic():
                    give(user, page, **owners)
        except PermissionDenied as reason:
            kept.append((page, str(reason)))
        else:
            for owner in {owner for owner in owners.values() if owner}:
                given[owner][What.PAGE].append(page.pk)
    return kept


def _owners(user, page, heir, closes):
    held = {"content_owner": page.keeper_id, "backup_owner": page.backup_id}
    mine = [name for name, pk in held.items() if pk == user.pk]
    if heir is not None:
        return dict.fromkeys(mine, heir)
    if not closes or "content_owner" not in mine:
        return {}
    stands_in = get_user_model().objects.filter(pk=page.backup_id, is_active=True).exclude(pk=user.pk).first()
    return {"content_owner": stands_in} if stands_in else {}


# --- closing --------------------------------------------------------------------------------------------


def _close(user):
    """What she wrote stays, under her municipality where she showed it; all else that she said of herself goes."""
    join.leave_all(user)
    free_seats_of(user)
    Draft.objects.visible_to(user).delete()
    _empty(Profile.objects.select_for_update().get(user=user))
    user.is_active = False
    user.save(update_fields=["is_active"])


def _empty(profile):
    picture = profile.picture.name
    profile.role = profile.about = profile.phone = profile.ask_limit = profile.picture = ""
    for name in ("role_seen", "topics_seen", "about_seen", "phone_seen", "picture_seen"):
        setattr(profile, name, Seen.ME)
    profile.save()
    profile.themes.clear()
    profile.methods.clear()
    if picture:
        transaction.on_commit(partial(delete_files, [picture]), robust=True)
