"""Asking that a post be looked at. The author is never told who asked."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from network import limits
from network.join import checked_text
from network.models import Event, Membership, Post, Report, Showing, Space
from network.moderation_letters import owe_to_administrators, owe_to_those_who_see_to_it
from network.permissions import check_see_post, is_own
from network.rule import Act
from network.signals import announce


@transaction.atomic
def report(user, post: Post, reason: str, words: str = "") -> Report:
    """Ask that `post` be looked at, for one of `Report.Reason`, with own words of at most 1,000 characters.

    A report of one's own that waits is returned as it is. Where the author alone runs the space, nobody in it can see
    to the report: it goes to the administrators, who read this post and nothing else.
    Raises ValidationError under `reason` or `words`, and TooMany (network.limits).
    """
    check_see_post(user, post)
    Post.objects.select_for_update().filter(pk=post.pk).exists()
    if waiting := own_waiting(user, post):
        return waiting
    check_can_be_reported(user, post)
    words = _checked(reason, words)
    limits.check(user, "reports")
    is_first = not Report.objects.select_for_update().filter(post=post, state__in=Report.OPEN).exists()
    state = Report.State.HANDED_ON if goes_to_administrators(post) else Report.State.WAITING
    made = Report.objects.create(space=post.thread.space, post=post, by=user, reason=reason, words=words, state=state)
    announce(Event.What.REPORTED, post.thread.space, who=user, thread=post.thread, post=post)
    if is_first:
        (owe_to_administrators if state == Report.State.HANDED_ON else owe_to_those_who_see_to_it)(made)
    return made


def own_waiting(user, post: Post) -> Report | None:
    """Return the report of `user` that waits, if there is one."""
    return Report.objects.readable_by(user).waiting().filter(post=post).first()


def check_can_be_reported(user, post: Post) -> None:
    """Raise ValidationError for one's own post, and for one that is not shown to others."""
    if is_own(user, post):
        raise ValidationError(_("Det er dit eget indlæg: du kan selv rette det."), code="own")
    if post.state != Showing.VISIBLE:
        raise ValidationError(_("Indlægget er ikke vist for andre."), code="hidden")


def goes_to_administrators(post: Post) -> bool:
    """Is there nobody but the author who could see to a report of `post`? In open spaces the editors can."""
    space = post.thread.space
    if space.kind == Space.Kind.OPEN:
        return False
    running = Membership.objects.who_may(Act.RUN).filter(space=space, user__is_active=True)
    return not running.exclude(user=post.author_id).exists()


def _checked(reason, words):
    if reason not in Report.Reason.values:
        raise ValidationError({"reason": _("Vælg, hvorfor indlægget skal ses efter.")})
    missing = _("Skriv med dine ord, hvad der er galt.") if reason == Report.Reason.OTHER else ""
    try:
        return checked_text(words, missing)
    except ValidationError as fault:
        raise ValidationError({"words": fault}) from fault
