"""Coming into a space and going out of it. Each verb checks the rule, and writes and announces in one transaction.

Whatever changes what someone is to a space is written down, too, with who did it and why: `MembershipChange`.
"""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from network import limits
from network.cpr import check_without_cpr
from network.models import AccessRequest, Event, Membership, MembershipChange, Space
from network.permissions import Refused, check, check_run_space
from network.rule import Act, is_in_network
from network.signals import announce

TEXT_LENGTH = 1000
Change = MembershipChange.What
Role, State = Membership.Role, Membership.State


@transaction.atomic
def join(user, space: Space) -> Membership:
    """Let `user` into an open space, or into one she is invited to. Someone who is in it already stays as she is."""
    _lock(space)
    if own := _membership(user, space):
        return own
    check(user, Act.JOIN, space)
    return _let_in(space, user, Event.What.JOINED, Change.JOINED, by=user)


@transaction.atomic
def ask(user, space: Space, reason: str) -> AccessRequest:
    """Ask to be let in, with a reason of at most 1,000 characters. A request that waits is returned as it is."""
    _lock(space)
    if waiting := AccessRequest.objects.visible_to(user).waiting().filter(user=user, space=space).first():
        return waiting
    check(user, Act.ASK, space)
    text = checked_text(reason, _("Skriv, hvorfor du vil være med."))
    limits.check(user, "requests")
    request = AccessRequest.objects.create(user=user, space=space, reason=text)
    announce(Event.What.ASKED, space, who=user)
    _note(space, user, Change.ASKED, by=user)
    return request


@transaction.atomic
def accept(facilitator, request: AccessRequest, answer: str = "") -> Membership:
    """Let the asker in; the answer, if any, is read by her alone."""
    _lock(request.space)
    check_run_space(facilitator, request.space)
    _check_open(request.space)
    _check_admitted(request.space, request.user)
    _answer(request, facilitator, AccessRequest.State.ACCEPTED, checked_text(answer))
    if own := _membership(request.user, request.space):
        return own
    return _let_in(
        request.space,
        request.user,
        Event.What.ACCEPTED,
        Change.LET_IN,
        by=facilitator,
        why=request.reason,
        is_on_trial=request.space.holds_first_post,
    )


@transaction.atomic
def refuse(facilitator, request: AccessRequest, answer: str) -> AccessRequest:
    """Refuse with a text, which the asker reads."""
    check_run_space(facilitator, request.space)
    text = checked_text(answer, _("Skriv, hvorfor svaret er nej. Teksten bliver læst af den, der har spurgt."))
    _answer(request, facilitator, AccessRequest.State.REFUSED, text)
    announce(Event.What.REFUSED, request.space, who=facilitator, whom=request.user)
    _note(request.space, request.user, Change.REFUSED, by=facilitator, why=text)
    return request


@transaction.atomic
def add(facilitator, space: Space, user) -> Membership:
    """Let someone in who did not ask: a facilitator does it. ValidationError where the space does not let her in."""
    _lock(space)
    check_run_space(facilitator, space)
    if own := _membership(user, space):
        return own
    _check_open(space)
    _check_admitted(space, user)
    limits.check(facilitator, "invitations")
    return _let_in(space, user, Event.What.ADDED, Change.LET_IN, by=facilitator)


@transaction.atomic
def invite(facilitator, space: Space, user, words: str = "") -> Membership:
    """Ask a member of the network to join, with a text she reads. She decides; until then she reads nothing inside."""
    _lock(space)
    check_run_space(facilitator, space)
    _check_open(space)
    if not is_in_network(user):
        raise ValidationError(_("Kun medlemmer af netværket kan inviteres. Tilføj i stedet med mailadresse."))
    _check_admitted(space, user)
    words = checked_text(words)
    row = _row_of(space, user)
    if row is not None:
        if row.state == State.SUSPENDED:
            raise ValidationError(_("%(person)s er udelukket fra rummet.") % {"person": user}, code="suspended")
        return row
    limits.check(facilitator, "invitations")
    row = Membership.anyone.create(space=space, user=user, state=State.INVITED)
    announce(Event.What.INVITED, space, who=facilitator, whom=user)
    _note(space, user, Change.INVITED, by=facilitator, why=words)
    return row


@transaction.atomic
def decline(user, space: Space) -> None:
    """Say no to an invitation."""
    _lock(space)
    check(user, Act.KNOW, space)
    _invited(space, user).delete()
    announce(Event.What.DECLINED, space, who=user)
    _note(space, user, Change.DECLINED, by=user)


@transaction.atomic
def withdraw(facilitator, space: Space, user) -> None:
    """Take an invitation back before it is answered."""
    _lock(space)
    check_run_space(facilitator, space)
    _invited(space, user).delete()
    announce(Event.What.WITHDRAWN, space, who=facilitator, whom=user)
    _note(space, user, Change.WITHDRAWN, by=facilitator)


@transaction.atomic
def leave(user, space: Space) -> None:
    """Leave. The last facilitator cannot, so that a space is never without one."""
    _lock(space)
    check(user, Act.READ, space)
    own = _row(space, user=user)
    _keep_a_facilitator(own)
    own.delete()
    announce(Event.What.LEFT, space, who=user)
    _note(space, user, Change.LEFT, by=user)


@transaction.atomic
def leave_all(user) -> None:
    """Leave every space, and take back what one asked for or was asked into: for one who closes her account.

    No space that others are in is left without a facilitator, unless it is archived: ValidationError.
    """
    rows = Membership.anyone.filter(user=user).select_related("space").order_by("space")
    for own in rows:
        _lock(own.space)
        others = Membership.objects.filter(space=own.space_id).exclude(pk=own.pk)
        if others.exists() and not own.space.is_archived:
            _keep_a_facilitator(own)
        was_in = own.state == State.MEMBER
        if own.state == State.SUSPENDED:
            continue  # it is not for her to end
        own.delete()
        if was_in:
            announce(Event.What.LEFT, own.space, who=user)
        _note(own.space, user, Change.LEFT if was_in else Change.DECLINED, by=user)
    AccessRequest.objects.visible_to(user).waiting().filter(user=user).delete()


@transaction.atomic
def remove(facilitator, membership: Membership, why: str = "") -> None:
    """Take someone out of the space. What she wrote stays."""
    space = membership.space
    _lock(space)
    check_run_space(facilitator, space)
    own = _row(space, pk=membership.pk)
    _keep_a_facilitator(own)
    own.delete()
    announce(Event.What.REMOVED, space, who=facilitator, whom=own.user)
    _note(space, own.user, Change.REMOVED, by=facilitator, why=checked_text(why))


@transaction.atomic
def suspend(facilitator, membership: Membership, why: str) -> Membership:
    """Keep someone out of the space she was in, until she is restored: she reads nothing, and is told why.

    She cannot leave and come in again. `why` is read by her. The last facilitator cannot be suspended.
    """
    space = membership.space
    _lock(space)
    check_run_space(facilitator, space)
    own = _row(space, pk=membership.pk)
    if own.user_id == facilitator.pk:
        raise ValidationError(_("Du kan ikke udelukke dig selv."), code="self")
    _keep_a_facilitator(own)
    why = checked_text(why, _("Skriv, hvorfor. Teksten bliver læst af den, du udelukker."))
    own.state = State.SUSPENDED
    own.save(update_fields=["state"])
    announce(Event.What.SUSPENDED, space, who=facilitator, whom=own.user)
    _note(space, own.user, Change.SUSPENDED, by=facilitator, why=why)
    return own


@transaction.atomic
def restore(facilitator, space: Space, user) -> Membership:
    """Let someone who was suspended in again, as what she was."""
    _lock(space)
    check_run_space(facilitator, space)
    own = _row_of(space, user)
    if own is None or own.state != State.SUSPENDED:
        raise ValidationError(_("%(person)s er ikke udelukket.") % {"person": user}, code="inside")
    own.state = State.MEMBER
    own.save(update_fields=["state"])
    announce(Event.What.RESTORED, space, who=facilitator, whom=user)
    _note(space, user, Change.RESTORED, by=facilitator)
    return own


@transaction.atomic
def give_role(facilitator, membership: Membership, role: str) -> Membership:
    """Make a member facilitator, or a facilitator member."""
    _lock(membership.space)
    check_run_space(facilitator, membership.space)
    own = _row(membership.space, pk=membership.pk)
    if role not in Role.values:
        raise ValidationError(_("Vælg en rolle."))
    if role == own.role:
        return own
    if role != Role.FACILITATOR:
        _keep_a_facilitator(own)
    _set_role(own, role, by=facilitator)
    return own


@transaction.atomic
def hand_over(facilitator, membership: Membership) -> Membership:
    """Make another member facilitator in one's own place; one stays as a member. Both happen, or neither."""
    space = membership.space
    _lock(space)
    check_run_space(facilitator, space)
    heir, own = _row(space, pk=membership.pk), _row(space, user=facilitator)
    if heir.pk == own.pk:
        raise ValidationError(_("Vælg en anden end dig selv."), code="self")
    if heir.role != Role.FACILITATOR:
        _set_role(heir, Role.FACILITATOR, by=facilitator)
    _set_role(own, Role.MEMBER, by=facilitator)
    return heir


@transaction.atomic
def appoint(by, space: Space, user) -> Membership:
    """Make `user` facilitator of a space as one who manages spaces: how a space gets its first, or a new, facilitator.

    Raises PermissionDenied where `by` may not manage spaces. It lets nobody but `user` in.
    """
    if not Space.objects.managed_by(by).filter(pk=space.pk).exists():
        raise Refused(space, Act.RUN)
    _lock(space)
    own, _made = Membership.anyone.get_or_create(space=space, user=user)
    if own.state != State.MEMBER or own.role != Role.FACILITATOR:
        own.state = State.MEMBER
        _set_role(own, Role.FACILITATOR, by=by)
    return own


def _membership(user, space):
    return Membership.objects.filter(user=user, space=space).first()


def _row_of(space, user):
    """Return the row of someone who is in the space, invited to it or suspended from it; None for everyone else."""
    return Membership.anyone.filter(space=space, user=user).first()


def _let_in(space, user, what, change, by, why="", is_on_trial=False):
    own = _row_of(space, user)
    if own is not None and own.state == State.SUSPENDED:
        raise ValidationError(
            _("%(person)s er udelukket. Luk vedkommende ind igen under medlemmer.") % {"person": user},
            code="suspended",
        )
    now = timezone.now()
    if own is None:
        own = Membership(space=space, user=user)
    own.state, own.joined_at, own.read_until, own.is_on_trial = State.MEMBER, now, now, is_on_trial
    own.save()
    announce(what, space, who=by, whom=user)
    _note(space, user, change, by=by, why=why)
    waiting = AccessRequest.objects.visible_to(user).waiting().filter(space=space, user=user)
    waiting.update(state=AccessRequest.State.ACCEPTED, answered_by=by, answered_at=now)
    return own


def _set_role(own, role, by):
    own.role = role
    own.save(update_fields=["role", "state"])
    announce(Event.What.ROLE, own.space, who=by, whom=own.user)
    _note(own.space, own.user, Change.FACILITATOR if role == Role.FACILITATOR else Change.MEMBER, by=by)


def _note(space, user, what, by, why=""):
    MembershipChange.objects.create(space=space, user=user, what=what, by=by, why=why)


def _lock(space):
    """Lock the space, so that two cannot both be the last facilitator but one."""
    # Through the memberships no room would be locked that has none: the space's own row is the lock.
    Space.objects.select_for_update().filter(pk=space.pk).exists()


def _check_open(space):
    if space.is_archived:
        raise ValidationError(_("Rummet er arkiveret: der kommer ingen nye ind."), code="archived")


def _check_admitted(space, user):
    profile = getattr(user, "profile", None)
    if profile is None or not space.admits(profile):
        raise ValidationError(
            _("%(person)s kan ikke være med: profilen er ikke blandt dem, rummet er for.") % {"person": user},
            code="kept_out",
        )


def _row(space, **which):
    """Return the membership as it is now, or refuse: it was taken out meanwhile."""
    own = Membership.objects.filter(space=space, **which).select_related("user", "space").first()
    if own is None:
        raise Refused(space, Act.WRITE)
    return own


def _invited(space, user):
    row = Membership.anyone.filter(space=space, user=user, state=State.INVITED)
    if not row.exists():
        raise ValidationError(_("Invitationen er besvaret i mellemtiden."), code="answered")
    return row


def _keep_a_facilitator(own):
    others = Membership.objects.who_may(Act.RUN).filter(space=own.space_id).exclude(pk=own.pk)
    if own.role == Role.FACILITATOR and not others.exists():
        raise ValidationError(_("Rummet skal have en facilitator. Giv rollen til en anden først."), code="last")


def _answer(request, facilitator, state, text):
    answered = (
        AccessRequest.objects.visible_to(facilitator)
        .waiting()
        .filter(pk=request.pk)
        .update(state=state, answer=text, answered_by=facilitator, answered_at=timezone.now())
    )
    if not answered:
        raise ValidationError(_("Anmodningen er besvaret i mellemtiden."), code="answered")
    request.refresh_from_db()


def checked_text(text, missing=""):
    """Return `text` without blanks around it; `missing` is said of an empty one, which else may be empty."""
    text = text.strip()
    if not text and missing:
        raise ValidationError(missing, code="empty")
    check_without_cpr(text)
    if len(text) > TEXT_LENGTH:
        raise ValidationError(
            _("Teksten er for lang: højst %(room)s tegn."), params={"room": TEXT_LENGTH}, code="long"
        )
    return text
