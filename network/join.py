"""Coming into a space and going out of it. Each verb checks the rule, and writes and announces in one transaction."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from network.models import AccessRequest, Event, Membership, Space
from network.permissions import Refused, check, check_run_space
from network.rule import Act
from network.signals import announce

TEXT_LENGTH = 1000


@transaction.atomic
def join(user, space: Space) -> Membership:
    """Let `user` into an open space. Someone who is in it already stays as she is."""
    if own := _membership(user, space):
        return own
    check(user, Act.JOIN, space)
    return _let_in(space, user, Event.What.JOINED, by=user)


@transaction.atomic
def ask(user, space: Space, reason: str) -> AccessRequest:
    """Ask to be let in, with a reason of at most 1,000 characters. A request that waits is returned as it is."""
    _lock(space)
    if waiting := AccessRequest.objects.visible_to(user).waiting().filter(user=user, space=space).first():
        return waiting
    check(user, Act.ASK, space)
    text = _text(reason, _("Skriv, hvorfor du vil være med."))
    request = AccessRequest.objects.create(user=user, space=space, reason=text)
    announce(Event.What.ASKED, space, who=user)
    return request


@transaction.atomic
def accept(facilitator, request: AccessRequest, answer: str = "") -> Membership:
    """Let the asker in; the answer, if any, is read by her alone."""
    check_run_space(facilitator, request.space)
    _answer(request, facilitator, AccessRequest.State.ACCEPTED, _text(answer, missing=""))
    if own := _membership(request.user, request.space):
        return own
    return _let_in(request.space, request.user, Event.What.ACCEPTED, by=facilitator)


@transaction.atomic
def refuse(facilitator, request: AccessRequest, answer: str) -> AccessRequest:
    """Refuse with a text, which the asker reads."""
    check_run_space(facilitator, request.space)
    text = _text(answer, _("Skriv, hvorfor svaret er nej. Teksten bliver læst af den, der har spurgt."))
    _answer(request, facilitator, AccessRequest.State.REFUSED, text)
    announce(Event.What.REFUSED, request.space, who=facilitator, whom=request.user)
    return request


@transaction.atomic
def add(facilitator, space: Space, user) -> Membership:
    """Let someone in who did not ask: a facilitator does it."""
    check_run_space(facilitator, space)
    if own := _membership(user, space):
        return own
    return _let_in(space, user, Event.What.ADDED, by=facilitator)


@transaction.atomic
def leave(user, space: Space) -> None:
    """Leave. The last facilitator cannot, so that a space is never without one."""
    _lock(space)
    check(user, Act.WRITE, space)
    own = _row(space, user=user)
    _keep_a_facilitator(own)
    own.delete()
    announce(Event.What.LEFT, space, who=user)


@transaction.atomic
def remove(facilitator, membership: Membership) -> None:
    """Take someone out of the space. What she wrote stays."""
    space = membership.space
    _lock(space)
    check_run_space(facilitator, space)
    own = _row(space, pk=membership.pk)
    _keep_a_facilitator(own)
    own.delete()
    announce(Event.What.REMOVED, space, who=facilitator, whom=own.user)


@transaction.atomic
def give_role(facilitator, membership: Membership, role: str) -> Membership:
    """Make a member facilitator, or a facilitator member."""
    _lock(membership.space)
    check_run_space(facilitator, membership.space)
    own = _row(membership.space, pk=membership.pk)
    if role not in Membership.Role.values:
        raise ValidationError(_("Vælg en rolle."))
    if role == own.role:
        return own
    if role != Membership.Role.FACILITATOR:
        _keep_a_facilitator(own)
    own.role = role
    own.save(update_fields=["role"])
    announce(Event.What.ROLE, own.space, who=facilitator, whom=own.user)
    return own


@transaction.atomic
def appoint(by, space: Space, user) -> Membership:
    """Make `user` facilitator of a space as one who manages spaces: how a space gets its first, or a new, facilitator.

    Raises PermissionDenied where `by` may not manage spaces. It lets nobody but `user` in.
    """
    if not Space.objects.managed_by(by).filter(pk=space.pk).exists():
        raise Refused(space, Act.RUN)
    own, _made = Membership.objects.get_or_create(space=space, user=user)
    if own.role != Membership.Role.FACILITATOR:
        own.role = Membership.Role.FACILITATOR
        own.save(update_fields=["role"])
        announce(Event.What.ROLE, space, who=by, whom=user)
    return own


def _membership(user, space):
    return Membership.objects.filter(user=user, space=space).first()


def _let_in(space, user, what, by):
    own, made = Membership.objects.get_or_create(space=space, user=user)
    if made:
        announce(what, space, who=by, whom=user)
        waiting = AccessRequest.objects.visible_to(user).waiting().filter(space=space, user=user)
        waiting.update(state=AccessRequest.State.ACCEPTED, answered_by=by, answered_at=timezone.now())
    return own


def _lock(space):
    """Lock the space, so that two cannot both be the last facilitator but one."""
    # Through the memberships no room would be locked that has none: the space's own row is the lock.
    Space.objects.select_for_update().filter(pk=space.pk).exists()


def _row(space, **which):
    """Return the membership as it is now, or refuse: it was taken out meanwhile."""
    own = Membership.objects.filter(space=space, **which).select_related("user", "space").first()
    if own is None:
        raise Refused(space, Act.WRITE)
    return own


def _keep_a_facilitator(own):
    others = Membership.objects.who_may(Act.RUN).filter(space=own.space_id).exclude(pk=own.pk)
    if own.role == Membership.Role.FACILITATOR and not others.exists():
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


def _text(text, missing):
    """Return `text` without blanks around it; `missing` is said of an empty one, which else may be empty."""
    text = text.strip()
    if not text and missing:
        raise ValidationError(missing, code="empty")
    if len(text) > TEXT_LENGTH:
        raise ValidationError(
            _("Teksten er for lang: højst %(room)s tegn."), params={"room": TEXT_LENGTH}, code="long"
        )
    return text
