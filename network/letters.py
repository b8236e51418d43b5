"""What the network writes to people. Who may get it is asked when it is sent, not when it was owed."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.letters import Words, queue, writes
from network.models import AccessRequest, AttachmentVersion, Event, Membership, Space
from network.rule import Act
from network.signals import happened

ASKED, ANSWERED, ADDED = "access-asked", "access-answered", "made-member"
INFECTED = "file-infected"


def owe_letters(sender, event, **kwargs):
    """Listen to what happens, and write down which letters are owed for it."""
    if event.what == Event.What.ASKED:
        request = AccessRequest.objects.visible_to(event.who).waiting().get(user=event.who, space=event.space)
        for row in Membership.objects.who_may(Act.RUN).filter(space=event.space).select_related("user"):
            queue(ASKED, row.user, request=request.pk)
    elif event.what in (Event.What.ACCEPTED, Event.What.REFUSED):
        queue(ANSWERED, event.whom, space=event.space_id)


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


def address_of(path):
    return f"{settings.BASE_URL}{path}"
