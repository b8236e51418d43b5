"""What the network writes to people. Who may get it is asked when it is sent, not when it was owed."""

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.models import Page, Site

from accounts.letters import Words, queue, writes
from content.care import with_care
from content.models import SiteTexts
from network.models import (
    AccessRequest,
    AttachmentVersion,
    Event,
    Handover,
    Meeting,
    Membership,
    MembershipChange,
    Outcome,
    Space,
    Thread,
)
from network.rule import Act
from network.signals import happened

ASKED, ANSWERED, ADDED = "access-asked", "access-answered", "made-member"
INFECTED = "file-infected"
INVITED, SUSPENDED, RESTORED, REMOVED = "invited", "suspended", "restored", "removed"
HANDED_OVER = "handed-over"
TO_WHOM_IT_BEFELL = {
    Event.What.INVITED: INVITED,
    Event.What.SUSPENDED: SUSPENDED,
    Event.What.RESTORED: RESTORED,
    Event.What.REMOVED: REMOVED,
}


def owe_letters(sender, event, **kwargs):
    """Listen to what happens, and write down which letters are owed for it."""
    if event.what == Event.What.ASKED:
        request = AccessRequest.objects.visible_to(event.who).waiting().get(user=event.who, space=event.space)
        for row in Membership.objects.who_may(Act.RUN).filter(space=event.space).select_related("user"):
            queue(ASKED, row.user, request=request.pk)
    elif event.what in (Event.What.ACCEPTED, Event.What.REFUSED):
        queue(ANSWERED, event.whom, space=event.space_id)
    elif event.what in TO_WHOM_IT_BEFELL and event.whom is not None:
        queue(TO_WHOM_IT_BEFELL[event.what], event.whom, space=event.space_id)


happened.connect(owe_letters, dispatch_uid="network.letters")


@writes(ASKED)
def asked(letter):
    """To a facilitator: somebody waits. Nothing once it is answered, or to one who no longer runs the space."""
    waiting = AccessRequest.objects.visible_to(letter.recipient).waiting().exclude(user=letter.recipient)
    request = waiting.filter(pk=letter.about["request"]).select_related("space", "user__profile__municipality").first()
    if request is None:
        return None
    context = {
        "request": request,
        "asker": request.user,
        "space": request.space,
        "link": address_of(reverse("space-members", args=[request.space.slug])),
    }
    subject = _("%(person)s beder om adgang til »%(space)s«") % {"person": request.user, "space": request.space.name}
    return Words(subject, "network/letters/asked", context)


@writes(ANSWERED)
def answered(letter):
    """To the one who asked: the answer, in the facilitator's words."""
    requests = AccessRequest.objects.visible_to(letter.recipient).filter(user=letter.recipient)
    request = (
        requests.filter(space=letter.about["space"])
        .exclude(state=AccessRequest.State.WAITING)
        .select_related("space")
        .order_by("-answered_at")
        .first()
    )
    if request is None:
        return None
    context = {"request": request, "space": request.space, "link": address_of(request.space.get_absolute_url())}
    return Words(_("Svar på din anmodning til »%(space)s«") % {"space": request.space.name}, _answer(request), context)


def _answer(request):
    accepted = request.state == AccessRequest.State.ACCEPTED
    return "network/letters/accepted" if accepted else "network/letters/refused"


@writes(ADDED)
def added(letter):
    """To one who had an account: a facilitator has let her into a space."""
    space = Space.objects.joined_by(letter.recipient).filter(pk=letter.about["space"]).first()
    if space is None:
        return None
    context = {
        "space": space,
        "link": address_of(space.get_absolute_url()),
        "leave": address_of(reverse("space-leave", args=[space.slug])),
    }
    return Words(_("Du er med i rummet »%(space)s«") % {"space": space.name}, "network/letters/added", context)


@writes(INFECTED)
def infected(letter):
    """To who put up a file that was held: the virus scanner has seen it, and it is gone."""
    own = AttachmentVersion.objects.visible_to(letter.recipient).filter(uploaded_by=letter.recipient)
    places = ("attachment__post__thread__space", "attachment__space")
    version = own.filter(pk=letter.about["version"]).select_related(*places).first()
    if version is None:
        return None
    post, space = version.attachment.post, version.attachment.room
    link = address_of(post.get_absolute_url() if post else space.get_absolute_url())
    context = {"name": version.attachment.name, "space": space, "link": link}
    return Words(_("»%(name)s« er fjernet") % {"name": version.attachment.name}, "network/letters/infected", context)


@writes(INVITED)
def invited(letter):
    """To a member of the network: a facilitator asks her to join. Nothing once it is answered or taken back."""
    space = _space_in_which(letter, Membership.State.INVITED)
    if space is None:
        return None
    change = _last_change(letter, MembershipChange.What.INVITED)
    context = {"space": space, "change": change, "link": address_of(space.get_absolute_url())}
    return Words(
        _("Du er inviteret til rummet »%(space)s«") % {"space": space.name}, "network/letters/invited", context
    )


@writes(SUSPENDED)
def suspended(letter):
    """To one who is kept out of a space she was in: why, by whose decision, and how to object."""
    space = _space_in_which(letter, Membership.State.SUSPENDED)
    if space is None:
        return None
    running = space.memberships.who_may(Act.RUN).select_related("user__profile__municipality")
    context = {
        "space": space,
        "change": _last_change(letter, MembershipChange.What.SUSPENDED),
        "facilitators": [row.user for row in running],
        "contact": _contact(),
        "link": address_of(space.get_absolute_url()),
    }
    subject = _("Du er udelukket fra rummet »%(space)s«") % {"space": space.name}
    return Words(subject, "network/letters/suspended", context)


@writes(RESTORED)
def restored(letter):
    """To one who was suspended: she is in again."""
    space = _space_in_which(letter, Membership.State.MEMBER)
    if space is None:
        return None
    context = {"space": space, "link": address_of(space.get_absolute_url())}
    return Words(_("Du er med i »%(space)s« igen") % {"space": space.name}, "network/letters/restored", context)


@writes(REMOVED)
def removed(letter):
    """To one who was taken out of a space, with the reason. A space that is hidden from her now is not named."""
    if Membership.anyone.filter(user=letter.recipient, space=letter.about["space"]).exists():
        return None
    change = _last_change(letter, MembershipChange.What.REMOVED)
    if change is None:
        return None
    space = Space.objects.visible_to(letter.recipient).filter(pk=letter.about["space"]).first()
    context = {"space": space, "change": change, "contact": _contact()}
    context["link"] = address_of(space.get_absolute_url() if space else reverse("network"))
    subject = (
        _("Du er ikke længere med i »%(space)s«") % {"space": space.name}
        if space
        else _("Du er ikke længere med i et rum")
    )
    return Words(subject, "network/letters/removed", context)


@writes(HANDED_OVER)
def handed_over(letter):
    """To an heir: what a colleague who left her job gave to her, as far as it is hers still and she may read it."""
    user = letter.recipient
    handovers = Handover.objects.visible_to(user).select_related("giver", "by")
    handover = handovers.filter(pk=letter.about["handover"]).first()
    if handover is None:
        return None
    what = Handover.What
    run = Membership.objects.who_may(Act.RUN).filter(user=user, space__in=handover.of(what.SPACE)).values("space")
    threads = Thread.objects.visible_to(user).filter(pk__in=handover.of(what.THREAD), kept_by=user)
    pages = with_care(Page.objects.all()).filter(pk__in=handover.of(what.PAGE))
    meetings = Meeting.objects.visible_to(user).filter(pk__in=handover.of(what.MEETING), organisers=user)
    actions = Outcome.objects.actions_of(user).filter(pk__in=handover.of(what.ACTION), done_at=None)
    context = {
        "giver": handover.giver,
        "by": handover.by,
        "spaces": _lines(Space.objects.joined_by(user).filter(pk__in=run)),
        "threads": _lines(threads.select_related("space")),
        "pages": [(page.title, page.full_url) for page in pages.filter(Q(keeper_id=user.pk) | Q(backup_id=user.pk))],
        "meetings": _lines(meetings.order_by("starts_at", "pk")),
        "actions": [
            (action.question.text, address_of(reverse("actions"))) for action in actions.select_related("question")
        ],
        "link": address_of(reverse("network")),
    }
    if not any(context[name] for name in ("spaces", "threads", "pages", "meetings", "actions")):
        return None
    return Words(_("Du har overtaget noget fra en kollega"), "network/letters/handed_over", context)


def _lines(things):
    return [(str(thing), address_of(thing.get_absolute_url())) for thing in things]


def _space_in_which(letter, state):
    """Return the space of the letter if its recipient is of `state` there still, and may know of it."""
    rows = Membership.anyone.filter(user=letter.recipient, state=state).values("space")
    return Space.objects.visible_to(letter.recipient).filter(pk=letter.about["space"], pk__in=rows).first()


def _last_change(letter, what):
    changes = MembershipChange.objects.filter(user=letter.recipient, space=letter.about["space"], what=what)
    return changes.select_related("by__profile__municipality").first()


def _contact():
    """Return the address at which the editors are written to; empty where none is given."""
    site = Site.objects.filter(is_default_site=True).first()
    return SiteTexts.for_site(site).contact_email if site else ""


def address_of(path):
    return f"{settings.BASE_URL}{path}"
