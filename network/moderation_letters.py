"""What is written to those concerned by a report: who sees to it, who sent it, and whose post it is about.

No letter says who reported or who acted; what may be told is asked when it is sent.
"""

from django.contrib.auth import get_user_model
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.letters import Words, queue, writes
from network.letters import address_of
from network.models import Event, Membership, ModerationAct, Post, Report, Showing, Thread
from network.models.moderation import ADMINISTERS
from network.rule import Act
from network.signals import happened

REPORTED, OUTCOME, DONE, UNDONE = "post-reported", "report-outcome", "post-moderated", "moderation-undone"
HELD = "post-held"
What = ModerationAct.What
WHERE = "post__thread__space"
CONTACT = "/kontakt/"


# --- owed -----------------------------------------------------------------------------------------------


def owe_to_those_who_see_to_it(report) -> None:
    """To the facilitators, but not to the one who wrote the post or reported it."""
    rows = Membership.objects.who_may(Act.RUN).filter(space=report.post.thread.space_id).select_related("user")
    for row in rows.exclude(user__in=[pk for pk in (report.post.author_id, report.by_id) if pk]):
        queue(REPORTED, row.user, report=report.pk)


def owe_to_administrators(report) -> None:
    app, codename = ADMINISTERS.split(".")
    right = {"content_type__app_label": app, "codename": codename}
    theirs = Q(**{f"groups__permissions__{name}": value for name, value in right.items()})
    theirs |= Q(**{f"user_permissions__{name}": value for name, value in right.items()})
    people = get_user_model().objects.filter(theirs, is_active=True).exclude(pk=report.post.author_id)
    for user in people.distinct():
        queue(REPORTED, user, report=report.pk)


def owe_outcome(report, act=None, but=None) -> None:
    """To whoever reported: what came of it. `act`: what was done or undone; `but`: who did it, and knows."""
    if report.by is not None and report.by != but:
        queue(OUTCOME, report.by, report=report.pk, act=act.pk if act else 0)


def owe_to_person(act) -> None:
    """To whom the act is about: what was done and why."""
    if act.person is not None:
        queue(DONE, act.person, act=act.pk)


def owe_undone(act) -> None:
    if act.person is not None:
        queue(UNDONE, act.person, act=act.pk)


def owe_for_what_is_held(sender, event, **kwargs):
    if event.what == Event.What.HELD:
        for row in Membership.objects.who_may(Act.RUN).filter(space=event.space_id).select_related("user"):
            queue(HELD, row.user, post=event.post_id)


happened.connect(owe_for_what_is_held, dispatch_uid="network.moderation_letters")

# --- written --------------------------------------------------------------------------------------------


@writes(REPORTED)
def reported(letter):
    """To one who sees to it, as long as it waits. The text of the post does not travel by mail."""
    waiting = Report.objects.visible_to(letter.recipient).waiting().select_related(WHERE)
    report = waiting.filter(pk=letter.about["report"]).first()
    if report is None:
        return None
    context = {
        "report": report,
        "space": report.post.thread.space,
        "is_handed_on": report.state == Report.State.HANDED_ON,
        "link": address_of(reverse("review")),
    }
    return Words(_("Et indlæg i »%(space)s« er anmeldt") % _named(context), "network/letters/reported", context)


@writes(HELD)
def held(letter):
    """To a facilitator: what someone wrote first waits. Nothing once it is seen to."""
    waiting = Post.objects.visible_to(letter.recipient).filter(state=Showing.HELD).exclude(author=letter.recipient)
    post = waiting.filter(pk=letter.about["post"]).select_related("thread__space", "author").first()
    if post is None:
        return None
    context = {"space": post.thread.space, "author": post.author, "link": address_of(reverse("review"))}
    return Words(_("Et nyt medlem har skrevet i »%(space)s«") % _named(context), "network/letters/held", context)


@writes(OUTCOME)
def outcome(letter):
    """To one who reported and may still read in the space. Why it stands she reads; why it is hidden its author."""
    own = Report.objects.readable_by(letter.recipient).exclude(state__in=Report.OPEN).select_related(WHERE)
    report = own.filter(pk=letter.about["report"]).first()
    if report is None:
        return None
    acts = ModerationAct.objects.readable_by(letter.recipient).filter(pk=letter.about["act"], what=What.KEPT)
    kept = acts.first()
    context = {
        "report": report,
        "space": report.post.thread.space,
        "is_hidden": report.state == Report.State.HIDDEN,
        "is_shown_again": report.state == Report.State.KEPT and kept is None,
        "why": kept.why if kept else "",
        "contact": address_of(CONTACT),
    }
    return Words(_("Du har anmeldt et indlæg i »%(space)s«") % _named(context), "network/letters/outcome", context)


@writes(DONE)
def done(letter):
    """To the author: what was done and why, and how to object. Nothing once it is undone."""
    act = _act(letter, undone_at=None)
    if act is None:
        return None
    subject, template = {
        What.HIDDEN: (_("Dit indlæg i »%(space)s« er skjult"), "hidden" if act.report_id else "not_shown"),
        What.APPROVED: (_("Dit indlæg i »%(space)s« er vist"), "approved"),
        What.ASKED: (_("Om dit indlæg i »%(space)s«"), "written_to"),
        What.REMOVED: (_("Dit indlæg i »%(space)s« er fjernet"), "taken_down"),
    }[act.what]
    if template == "not_shown":
        subject = _("Dit indlæg i »%(space)s« blev ikke vist")
    context = _about(act, letter.recipient)
    return Words(subject % _named(context), f"network/letters/{template}", context)


@writes(UNDONE)
def undone(letter):
    """To the author: it is as it was."""
    act = _act(letter, undone_at__isnull=False)
    if act is None:
        return None
    context = _about(act, letter.recipient)
    is_shown = act.post.state == Showing.VISIBLE if act.what == What.REMOVED and act.post else _was_reported(act)
    subject = _("Dit indlæg i »%(space)s« er vist igen") if is_shown else _("Dit indlæg i »%(space)s« venter igen")
    return Words(subject % _named(context), "network/letters/undone", {**context, "is_shown": is_shown})


def _was_reported(act):
    return act.what == What.HIDDEN and act.report_id is not None


def _act(letter, **state):
    acts = ModerationAct.objects.readable_by(letter.recipient).filter(pk=letter.about["act"], person=letter.recipient)
    return acts.filter(**state).select_related("space", "post__thread__space").first()


def _about(act, reader):
    """The own post as the author wrote it; the title of the thread only where she reads it, or wrote it herself."""
    post, space = act.post, act.space
    may_read = post is not None and Thread.objects.visible_to(reader).filter(pk=post.thread_id).exists()
    knows = may_read or (post is not None and post.thread.author_id == reader.pk)
    return {
        "act": act,
        "space": space,
        "title": post.thread.title if knows else "",
        "own_words": post.source if post is not None else "",
        "link": address_of(post.get_absolute_url() if may_read else space.get_absolute_url()),
        "contact": address_of(CONTACT),
    }


def _named(context):
    return {"space": context["space"].name}
