"""Seeing to what was reported and what is held. Each verb asks the rule, and writes and announces in one transaction.

Whatever is done is a row with who and why (`ModerationAct`), is told to those concerned, and can be undone for 30
days.
Two who see to the same thing at once: the first has done it, and the second is told so (`AlreadyDone`).
"""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Max
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from network import join
from network.join import checked_text
from network.models import Event, FormerPlace, Membership, ModerationAct, Post, Report, Showing, Thread
from network.models.moderation import ADMINISTERS
from network.models.rooms import allowed
from network.moderation_letters import (
    owe_outcome,
    owe_to_administrators,
    owe_to_person,
    owe_undone,
)
from network.permissions import can, check_run_space
from network.rule import Act, Standing
from network.signals import announce, happened

UNDO_FOR = timedelta(days=30)
What = ModerationAct.What
UNDOABLE = (What.KEPT, What.HIDDEN, What.APPROVED, What.SUSPENDED, What.HANDED_ON)
DONE = _("Det er gjort i mellemtiden.")
READ_BY_AUTHOR = _("Skriv, hvorfor. Teksten bliver læst af den, der har skrevet indlægget.")


class AlreadyDone(ValidationError):
    """Somebody else was first."""

    def __init__(self, message=DONE):
        super().__init__(message, code="done")


def held(user):
    """Return the posts that wait for `user`, who runs their space, to be let forth. Nobody lets forth her own."""
    runs = allowed(user, Act.RUN, "thread__space_id")
    return Post.objects.visible_to(user).filter(runs, state=Showing.HELD).exclude(author=user.pk)


# --- about a report -------------------------------------------------------------------------------------


@transaction.atomic
def keep(user, report: Report, why: str) -> ModerationAct:
    """Let a reported post stand. Whoever reported it reads why; the author is not told."""
    why = checked_text(why, _("Skriv, hvorfor indlægget bliver stående. Teksten bliver læst af den, der anmeldte."))
    taken = _taken_up(user, report)
    if taken is None:
        return _own(user, What.KEPT, report=report)
    post, report = taken
    act = _note(user, What.KEPT, post, why, report)
    _close(post, Report.State.KEPT, act)
    _tell(Event.What.KEPT, user, post)
    return act


@transaction.atomic
def hide(user, report: Report, why: str) -> ModerationAct:
    """Hide a reported post; hidden with its first post is the whole thread. The author reads why."""
    why = checked_text(why, READ_BY_AUTHOR)
    taken = _taken_up(user, report)
    if taken is None:
        return _own(user, What.HIDDEN, report=report)
    post, report = taken
    if post.state != Showing.VISIBLE:
        raise AlreadyDone
    _show(post, Showing.HIDDEN, by=user)
    act = _note(user, What.HIDDEN, post, why, report)
    _close(post, Report.State.HIDDEN, act)
    _tell(Event.What.HIDDEN, user, post, whom=post.author)
    owe_to_person(act)
    return act


@transaction.atomic
def hand_on(user, report: Report, why: str) -> ModerationAct:
    """Hand a report on to the administrators, who from then on read this one post through it."""
    why = checked_text(why, _("Skriv, hvorfor du giver sagen videre. Teksten bliver læst af administratorerne."))
    taken = _taken_up(user, report)
    if taken is None or taken[1].state == Report.State.HANDED_ON:
        return _own(user, What.HANDED_ON, report=report)
    post, report = taken
    for row in _waiting(post):
        row.state = Report.State.HANDED_ON
        row.save(update_fields=["state"])
    act = _note(user, What.HANDED_ON, post, why, report)
    _tell(Event.What.HANDED_ON, user, post)
    owe_to_administrators(report)
    return act


# --- about what is held ---------------------------------------------------------------------------------


@transaction.atomic
def approve(facilitator, post: Post, why: str = "") -> ModerationAct:
    """Let a held post come forth. To all others it is written now: it counts from now, and stands as the last.

    Its author is not on trial any more. Of a thread the first post is to be seen to first.
    """
    why = checked_text(why)
    taken = _taken_up(facilitator, post)
    if taken is None:
        return _own(facilitator, What.APPROVED, post=post)
    post, _none = taken
    if post.number > 1 and post.thread.state == Showing.HELD:
        raise ValidationError(_("Se først på det indlæg, der begynder tråden."), code="order")
    _write_now(post, facilitator)
    _put_on_trial(post, False)
    act = _note(facilitator, What.APPROVED, post, why)
    _tell(Event.What.APPROVED, facilitator, post, whom=post.author)
    _tell(Event.What.THREAD if post.number == 1 else Event.What.POST, post.author, post)
    owe_to_person(act)
    return act


@transaction.atomic
def refuse(facilitator, post: Post, why: str) -> ModerationAct:
    """Do not let a held post come forth. The author reads why, and what she writes next is held as well."""
    why = checked_text(why, READ_BY_AUTHOR)
    taken = _taken_up(facilitator, post)
    if taken is None:
        return _own(facilitator, What.HIDDEN, post=post)
    post, _none = taken
    _show(post, Showing.HIDDEN, by=facilitator)
    act = _note(facilitator, What.HIDDEN, post, why)
    _tell(Event.What.HIDDEN, facilitator, post, whom=post.author)
    owe_to_person(act)
    return act


# --- about either ---------------------------------------------------------------------------------------


@transaction.atomic
def write_to_author(user, case: Report | Post, text: str) -> ModerationAct:
    """Write to the author, from the space: she is told neither who writes nor who reported. The case goes on waiting.

    The same text is sent once, however often it is asked for.
    """
    text = checked_text(text, _("Skriv en tekst til den, der har skrevet indlægget."))
    taken = _taken_up(user, case)
    if taken is None:
        raise AlreadyDone
    post, report = taken
    _check_there(post)
    sent = ModerationAct.objects.visible_to(user).filter(what=What.ASKED, by=user, post=post, why=text).first()
    if sent:
        return sent
    act = _note(user, What.ASKED, post, text, report)
    _tell(Event.What.WRITTEN_TO, user, post, whom=post.author)
    owe_to_person(act)
    return act


@transaction.atomic
def suspend(facilitator, case: Report | Post, why: str) -> ModerationAct:
    """Keep the author out of the space. She reads why and how to object; the case goes on waiting."""
    taken = _taken_up(facilitator, case)
    if taken is None:
        raise AlreadyDone
    post, report = taken
    space = post.thread.space
    check_run_space(facilitator, space)
    _check_there(post)
    row = Membership.anyone.filter(space=space, user=post.author).first()
    if row is not None and row.state == Membership.State.SUSPENDED:
        return _own(facilitator, What.SUSPENDED, person=post.author)
    if row is None or row.state != Membership.State.MEMBER:
        raise ValidationError(_("%(person)s er ikke længere med i rummet.") % {"person": post.author}, code="gone")
    row = join.suspend(facilitator, row, why)
    return _note(facilitator, What.SUSPENDED, post, why.strip(), report, row)


# --- undone -----------------------------------------------------------------------------------------------


def can_undo(act: ModerationAct) -> bool:
    """Can this act, which the reader sees, still be undone?"""
    return act.what in UNDOABLE and act.undone_at is None and act.at > timezone.now() - UNDO_FOR


@transaction.atomic
def undo(user, act: ModerationAct) -> ModerationAct:
    """Undo what was done within the last 30 days, by oneself or another who sees to the same. Told to those concerned.

    Raises Http404 where `user` does not see the act, ValidationError where it is too late, AlreadyDone where what was
    done is not as it was any more.
    """
    ModerationAct.objects.select_for_update().filter(pk=act.pk).exists()
    seen = ModerationAct.objects.visible_to(user).select_related("post__thread__space", "space", "person", "report")
    act = seen.filter(pk=act.pk).first()
    if act is None:
        raise Http404
    if act.undone_at is not None:
        return _undone_before(user, act)
    if not can_undo(act):
        raise ValidationError(_("Det kan ikke fortrydes: det kan man i 30 dage."), code="late")
    if act.post is not None:
        _check_still_in_reach(user, act)
        Thread.objects.select_for_update().filter(pk=act.post.thread_id).exists()
        act.post.refresh_from_db(fields=["state", "number"])
    elif act.what != What.SUSPENDED:
        raise AlreadyDone
    UNDOING[act.what](user, act)
    act.undone_at, act.undone_by = timezone.now(), user
    act.save(update_fields=["undone_at", "undone_by"])
    if act.what in (What.HIDDEN, What.APPROVED):
        owe_undone(act)
    return act


def _undone_before(user, act):
    if act.undone_by_id != user.pk:
        raise AlreadyDone
    return act


def _check_still_in_reach(user, act):
    """A post that was moved to another space since is seen to there."""
    space = act.post.thread.space
    if space.pk != act.space_id and not can(user, Act.RUN, space):
        raise AlreadyDone(_("Indlægget er flyttet til et andet rum."))


def _undo_hidden(user, act):
    post = act.post
    if post.state != Showing.HIDDEN:
        raise AlreadyDone
    if act.report_id is None:
        _show(post, Showing.HELD, by=user)
        _tell(Event.What.HELD, post.author, post)
        return
    _show(post, Showing.VISIBLE, by=user)
    for row in Report.objects.select_for_update().filter(post=post, state=Report.State.HIDDEN):
        row.state = Report.State.KEPT
        row.save(update_fields=["state"])
        owe_outcome(row, act, but=user)
    _tell(Event.What.PUT_BACK, user, post, whom=post.author)


def _undo_kept(user, act):
    """The report waits again, unless its writer has sent another one since."""
    report = act.report
    others = Report.objects.select_for_update().filter(post=act.post, by=report.by_id, state__in=Report.OPEN)
    if act.post.state != Showing.VISIBLE or report.state != Report.State.KEPT or others.exists():
        raise AlreadyDone
    report.state = Report.State.WAITING
    report.save(update_fields=["state"])


def _undo_approved(user, act):
    post, thread = act.post, act.post.thread
    if post.state != Showing.VISIBLE:
        raise AlreadyDone
    if post.number == 1 and _shown(thread, user).exclude(author=post.author_id).exists():
        raise ValidationError(_("Der er svaret i tråden. Anmeld indlægget, hvis det skal skjules."), code="answered")
    _show(post, Showing.HELD, by=user)
    _put_on_trial(post, True)
    _tell(Event.What.HIDDEN, user, post, whom=post.author)


def _undo_suspended(user, act):
    if act.person is None:
        raise AlreadyDone
    try:
        join.restore(user, act.space, act.person)
    except ValidationError as fault:
        raise AlreadyDone from fault


def _undo_handed_on(user, act):
    rows = [row for row in _waiting(act.post) if row.state == Report.State.HANDED_ON]
    if not rows:
        raise AlreadyDone
    for row in rows:
        row.state = Report.State.WAITING
        row.save(update_fields=["state"])


UNDOING = {
    What.HIDDEN: _undo_hidden,
    What.KEPT: _undo_kept,
    What.APPROVED: _undo_approved,
    What.SUSPENDED: _undo_suspended,
    What.HANDED_ON: _undo_handed_on,
}

# --- what they are made of --------------------------------------------------------------------------------


def _taken_up(user, case):
    """Lock what is to be seen to, and return (post, report) as they stand; None where it does not wait any more."""
    is_report = isinstance(case, Report)
    post = case.post if is_report else case
    Thread.objects.select_for_update().filter(pk=post.thread_id).exists()
    if not is_report:
        check_run_space(user, post.thread.space)
        post = held(user).filter(pk=case.pk).select_related("thread__space", "author").first()
        return (post, None) if post else None
    seen = Report.objects.visible_to(user).filter(pk=case.pk)
    report = seen.select_related("post__thread__space", "post__author").first()
    if report is None and not user.has_perm(ADMINISTERS):
        raise Http404
    return (report.post, report) if report and report.state in Report.OPEN else None


def _own(user, what, **about):
    """Return what `user` has just done herself, as a form sent twice asks for; else somebody else was first."""
    own = ModerationAct.objects.visible_to(user).filter(by=user, what=what, undone_at=None, **about).first()
    if own is None:
        raise AlreadyDone
    return own


def _note(user, what, post, why, report=None, membership=None):
    return ModerationAct.objects.create(
        what=what,
        space=post.thread.space,
        thread=post.thread,
        post=post,
        person=post.author,
        membership=membership,
        report=report,
        by=user,
        why=why,
    )


def _tell(what, who, post, whom=None):
    announce(what, post.thread.space, who=who, whom=whom, thread=post.thread, post=post)


def _check_there(post):
    if post.author is None or not post.author.is_active:
        raise ValidationError(_("Den, der har skrevet indlægget, har ikke længere en konto."), code="gone")


def _waiting(post):
    return list(Report.objects.select_for_update().filter(post=post, state__in=Report.OPEN))


def _close(post, state, act=None):
    """All who reported the post get the same answer; who closes it need not write to herself."""
    for row in _waiting(post):
        row.state = state
        row.save(update_fields=["state"])
        owe_outcome(row, act, but=act.by if act else None)


def _show(post, state, by):
    """Give a post its state, and with its first post the thread."""
    post.state, post.state_by, post.state_at = state, by, timezone.now()
    post.save(update_fields=["state", "state_by", "state_at"])
    if post.number == 1:
        post.thread.state = state
    _count_again(post.thread, by)


def _write_now(post, by):
    """Show a post as written now, after all that was shown before."""
    thread, now = post.thread, timezone.now()
    thread.refresh_from_db(fields=["last_number"])
    if post.number == 1:
        thread.created_at = now
    elif _shown(thread, by).filter(number__gt=post.number).exists():
        FormerPlace.objects.create(thread_pk=thread.pk, number=post.number, thread=thread, post=post)
        post.number = thread.last_number = thread.last_number + 1
    post.created_at = now
    post.save(update_fields=["number", "created_at"])
    thread.save(update_fields=["created_at", "last_number"])
    _show(post, Showing.VISIBLE, by)


def _shown(thread, user):
    return Post.objects.in_thread(thread, user, Standing.FACILITATOR).filter(state=Showing.VISIBLE)


def _count_again(thread, user):
    shown = _shown(thread, user).order_by().aggregate(number=Count("pk"), last=Max("created_at"))
    thread.number_of_posts, thread.last_post_at = shown["number"], shown["last"] or thread.created_at
    thread.save(update_fields=["state", "number_of_posts", "last_post_at"])


def _put_on_trial(post, is_on_trial):
    rows = Membership.anyone.filter(space=post.thread.space_id, user=post.author_id)
    rows.update(is_on_trial=is_on_trial)


def close_what_is_gone(sender, event, **kwargs):
    """A post that was removed need not be seen to any more; whoever reported it is told that it is gone."""
    if event.what == Event.What.TAKEN_DOWN and event.post is not None:
        _close(event.post, Report.State.HIDDEN)


happened.connect(close_what_is_gone, dispatch_uid="network.moderate")
