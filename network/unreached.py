"""Mail does not reach a member any more: those who run her spaces are told, once, and without her address, and
may give what she looks after there to others.
"""

from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.bounces import is_stopped, mail_stopped
from accounts.letters import Words, queue, writes
from network.letters import address_of
from network.models import Membership, Space
from network.rule import Act
from network.taking_over import left_in

UNREACHED = "member-unreached"


def owe_letters(sender, user, **kwargs):
    """Listen to whom no more mail is sent, and write down who is told."""
    own = Membership.objects.filter(user=user).values("space")
    running = Membership.objects.who_may(Act.RUN).filter(space__in=own, space__archived_at=None).exclude(user=user)
    for person in get_user_model().objects.filter(pk__in=running.values("user"), is_active=True):
        queue(UNREACHED, person, user=user.pk)


mail_stopped.connect(owe_letters, dispatch_uid="network.unreached")


@writes(UNREACHED)
def unreached(letter):
    """To a facilitator, of the spaces that she runs and the member is in. Nothing once mail gets through again."""
    person = get_user_model().objects.filter(pk=letter.about["user"], is_active=True).first()
    if person is None or not is_stopped(person):
        return None
    run = Membership.objects.who_may(Act.RUN).filter(user=letter.recipient).values("space")
    theirs = Membership.objects.filter(user=person).values("space")
    spaces = list(Space.objects.joined_by(letter.recipient).filter(pk__in=run).filter(pk__in=theirs))
    if not spaces:
        return None
    rows = Membership.objects.filter(user=person, space__in=spaces).select_related("space", "user")
    context = {
        "to_give": [_way_to_give(row) for row in rows.order_by("space__name") if left_in(letter.recipient, row)],
        "person": person,
        "spaces": [space.name for space in spaces],
        "link": address_of(reverse("member", args=[person.pk])),
    }
    subject = _("Mail når ikke frem til %(person)s") % {"person": person}
    return Words(subject, "network/letters/unreached", context)


def _way_to_give(row):
    return row.space.name, address_of(reverse("space-take-over", args=[row.space.slug, row.pk]))
