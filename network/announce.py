"""A facilitator writes to all members of a space at once: counted, limited, and nobody sees an address."""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Case, CharField, Exists, OuterRef, Q, Value, When
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from network import limits
from network.cpr import check_without_cpr
from network.fan_out import tell_many
from network.models import Announcement, Event, Membership, Space
from network.notices import Level, Mail, Verb, register
from network.permissions import check_run_space, check_write_in_space
from network.readers import readers_of
from network.signals import announce as happen
from network.told import said

ANNOUNCED = "announced"
SUBJECT, TEXT = 100, 2_000


def recipients(space: Space, but):
    """Return the members who get it: all who are in the space, but not the writer, nor who wants to hear nothing."""
    own = Membership.objects.filter(user=OuterRef("pk"), space=space.pk).exclude(level=Level.NOTHING)
    return readers_of(space).filter(Exists(own)).exclude(pk=but.pk if but else None)


@transaction.atomic
def announce(facilitator, space: Space, subject: str, text: str, form_key: UUID | None = None) -> Announcement:
    """Write to all members. A form sent twice is one announcement. Raises ValidationError, or TooMany."""
    check_run_space(facilitator, space)
    check_write_in_space(facilitator, space)
    Space.objects.select_for_update().filter(pk=space.pk).exists()
    if form_key is not None:
        sent = Announcement.objects.visible_to(facilitator).filter(by=facilitator, form_key=form_key).first()
        if sent is not None:
            return sent
    subject, text = checked(subject, text)
    limits.check(facilitator, "announcements")
    number = recipients(space, facilitator).count()
    made = Announcement.objects.create(
        space=space, by=facilitator, subject=subject, text=text, number=number, form_key=form_key
    )
    happen(Event.What.ANNOUNCED, space, who=facilitator)
    tell_many(ANNOUNCED, about=made.pk)
    return made


def checked(subject: str, text: str) -> tuple[str, str]:
    """Return both as they are kept; raise ValidationError under `subject` or `text`."""
    faults = {}
    subject = " ".join("".join(sign for sign in subject if sign.isprintable()).split())
    text = "\n".join("".join(sign for sign in line if sign.isprintable()) for line in text.splitlines()).strip()
    if not subject:
        faults["subject"] = _("Skriv et emne, så medlemmerne ved, hvad det gælder.")
    elif len(subject) > SUBJECT:
        faults["subject"] = _("Emnet er for langt: højst 100 tegn.")
    if not text:
        faults["text"] = _("Skriv, hvad du vil sige til medlemmerne.")
    elif len(text) > TEXT:
        faults["text"] = _("Teksten er for lang: højst 2.000 tegn. Skriv en tråd i stedet, og henvis til den.")
    if faults:
        raise ValidationError(faults)
    for words in (subject, text):
        check_without_cpr(words)
    return subject, text


def _audience(telling):
    made = Announcement.objects.select_related("space", "by").filter(pk=telling.about).first()
    if made is None:
        return None
    telling.space, telling.who = made.space, made.by
    collected = Membership.objects.filter(user=OuterRef("pk"), space=made.space_id, level=Level.MENTIONED)
    people = recipients(made.space, made.by).annotate(why=Value("member", output_field=CharField()))
    return people.annotate(
        mail=Case(
            When(Exists(collected), then=Value(Mail.NONE)), default=Value(Mail.AT_ONCE), output_field=CharField()
        )
    )


def _readable(user):
    return Q(about__in=Announcement.objects.visible_to(user).order_by().values("pk"))


def _load(notices):
    rows = Announcement.objects.visible_to(notices[0].user).filter(pk__in=[notice.about for notice in notices])
    made = {row.pk: row for row in rows.select_related("space__theme", "by__profile__municipality")}
    for notice in notices:
        notice.thing = made.get(notice.about)


def _link(notice):
    return f"{reverse('space-announcements', args=[notice.thing.space.slug])}#meddelelse-{notice.about}"


register(
    Verb(
        name=ANNOUNCED,
        sentence=said(_("%(person)s skriver til alle i rummet")),
        link=_link,
        whys={"member": _("fordi du er med i rummet")},
        heading=lambda notice: notice.thing.subject,
        place=lambda notice: notice.thing.space.name,
        words=lambda notice: notice.thing.text[:160],
        text=lambda notice: notice.thing.text,
        audience=_audience,
        among=lambda telling: [Membership.objects.filter(space=telling.space.pk)],
        readable=_readable,
        load=_load,
    )
)
