"""What is told of meetings: one is planned, is at another time or place, or is off; and a seat came free.

Who is owed a letter of her own about it (`network.meeting_letters`) has that for her mail, and the notice brings no
second one. An invitation stands as long as it can be answered.
"""

from django.db.models import Case, CharField, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Letter
from network.fan_out import tell_many
from network.meeting_letters import CANCELLED, CHANGED
from network.models import Event, Meeting, Membership, Notice, Profile, Seat
from network.notices import Level, Mail, Preset, Told, Verb, mark_read, register, tell, wishes
from network.readers import in_network, readers_of
from network.signals import happened
from network.templatetags.meeting_tags import when_in_words
from network.told import said

What = Event.What
PLANNED, CHANGE, OFF, SEAT = What.MEETING.value, What.RESCHEDULED.value, What.CALLED_OFF.value, What.SEAT.value
MANY = {What.MEETING, What.RESCHEDULED, What.CALLED_OFF}


def listen(sender, event, **kwargs):
    """Write who is told of what happens to a meeting: rows alone, in the transaction that made it happen."""
    if event.what in MANY:
        tell_many(event.what, event=event)
    elif event.what == What.SEAT:
        tell(SEAT, [Told(event.whom_id, "waited")], event=event, space=event.space, meeting=event.meeting)
    elif event.what == What.SIGNED_UP:
        mark_read(event.who, meeting=event.meeting_id)


happened.connect(listen, dispatch_uid="network.meeting_notices")


# --- who ------------------------------------------------------------------------------------------------


def _meeting_of(telling, *states) -> Meeting | None:
    """Return the meeting as it is by now, if it is in one of `states`, to come, and was not changed again since."""
    event = telling.event
    found = Meeting.objects.filter(pk=event.meeting_id, state__in=states, ends_at__gt=timezone.now())
    newer = Event.objects.filter(meeting=event.meeting_id, what=event.what, pk__gt=event.pk)
    return found.exclude(Exists(newer)).select_related("space").first()


def _invited(telling) -> QuerySet | None:
    """All for whom the meeting is: told as of a new thread, but that whoever hears of those in no mail at once has it
    collected."""
    meeting = _meeting_of(telling, Meeting.State.PLANNED)
    if meeting is None:
        return None
    everything = Q(preset=Preset.EVERYTHING)
    if meeting.space_id is None:
        people = in_network().annotate(preset=F("notice_settings__preset"))
    else:
        people = wishes(meeting.space).exclude(level=None).exclude(level__in=[Level.MENTIONED, Level.NOTHING])
        everything = Q(level__in=[Level.ALL, Level.THREADS]) | Q(level="") & everything
    signed_up = Seat.past_the_rule.filter(meeting=meeting.pk, user=OuterRef("pk"))
    return (
        people.exclude(pk=telling.event.who_id)
        .exclude(Exists(signed_up))
        .annotate(
            why=Value("space" if meeting.space_id else "network", output_field=CharField()),
            mail=Case(
                When(everything, then=Value(Mail.AT_ONCE)), default=Value(Mail.COLLECTED), output_field=CharField()
            ),
        )
    )


def _among_the_invited(telling):
    space = telling.event.space_id
    return [Membership.objects.filter(space=space) if space else Profile.objects.exclude(completed_at=None)]


def _concerned(telling) -> QuerySet | None:
    """Who has signed up, and has a letter of her own; who organises it; and who knows of it by a notice."""
    meeting = _meeting_of(telling, Meeting.State.PLANNED if telling.verb == CHANGE else Meeting.State.CANCELLED)
    if meeting is None:
        return None
    me = OuterRef("pk")
    letters = Letter.objects.filter(recipient=me, kind__in=[CHANGED, CANCELLED], about__event=telling.event_id)
    organisers = Meeting.organisers.through.objects.filter(meeting=meeting.pk, user=me)
    quiet = Membership.objects.filter(user=me, space=meeting.space_id, level__in=[Level.MENTIONED, Level.NOTHING])
    people = readers_of(meeting.space) if meeting.space_id else in_network()
    people = people.exclude(pk=telling.event.who_id).annotate(
        why=Case(
            When(Exists(letters), then=Value("signed_up")),
            When(Exists(organisers), then=Value("organises")),
            When(Exists(_known(meeting, me)) & ~Exists(quiet), then=Value("told")),
            default=Value(""),
            output_field=CharField(),
        )
    )
    return people.exclude(why="").annotate(
        mail=Case(
            When(why="signed_up", then=Value(Mail.NONE)),
            When(why="organises", then=Value(Mail.AT_ONCE)),
            default=Value(Mail.COLLECTED),
            output_field=CharField(),
        )
    )


def _known(meeting, user):
    """The invitations that someone has had: read, or mailed. Any other tells the new time, or goes, by itself."""
    invitations = Notice.objects.filter(user=user, meeting=meeting.pk, verb=PLANNED)
    collected = Q(mail=Mail.COLLECTED, created_at__lte=F("user__notice_settings__collected_until"))
    return invitations.filter(~Q(read_at=None) | Q(mail=Mail.AT_ONCE) | collected)


def _among_the_concerned(telling):
    meeting = telling.event.meeting_id
    return [
        Seat.past_the_rule.filter(meeting=meeting),
        Meeting.organisers.through.objects.filter(meeting=meeting),
        Notice.objects.filter(meeting=meeting, verb=PLANNED),
    ]


# --- what -----------------------------------------------------------------------------------------------


def _load(notices):
    """Bring along the meetings, with the reader's own seat and whether she can take part."""
    reader = notices[0].user
    readable = Meeting.objects.visible_to(reader).filter(pk__in={notice.meeting_id for notice in notices})
    meetings = readable.with_seats().with_own_seat(reader).select_related("space__theme").in_bulk()
    takes_part = set(readable.open_to(reader).values_list("pk", flat=True))
    for notice in notices:
        notice.thing = meetings.get(notice.meeting_id)
        if notice.thing is not None:
            notice.thing.can_be_joined = notice.meeting_id in takes_part


def when_and_where(meeting) -> str:
    return ", ".join(filter(None, [when_in_words(meeting), meeting.where or (meeting.link and _("på skærmen"))]))


def _when(notice):
    return when_and_where(notice.thing)


def _why_off(notice):
    return notice.thing.cancelled_why


def _all_of_it(notice):
    return "\n\n".join(filter(None, [_when(notice), notice.thing.source]))


def _can_be_answered(user):
    to_come = Q(meeting__state=Meeting.State.PLANNED, meeting__ends_at__gt=timezone.now())
    return to_come & (Q(meeting__space=None) | Q(meeting__space__archived_at=None))


def _of_meeting(name, sentence, whys, words=_when, text=_when, **more):
    return register(
        Verb(
            name=name,
            sentence=sentence,
            link=lambda notice: notice.thing.get_absolute_url(),
            whys=whys,
            heading=lambda notice: notice.thing.title,
            place=lambda notice: notice.thing.space.name if notice.thing.space_id else _("Hele netværket"),
            words=words,
            text=text,
            load=_load,
            act="network/notice_meeting.html",
            **more,
        )
    )


def _is_not_off(user):
    return ~Q(meeting__state=Meeting.State.CANCELLED)


CONCERNED = {
    "signed_up": gettext_lazy("fordi du er tilmeldt eller står på ventelisten"),
    "organises": gettext_lazy("fordi du er mødeholder"),
    "told": gettext_lazy("fordi du er inviteret"),
}
_of_meeting(
    PLANNED,
    said(gettext_lazy("%(person)s inviterer til møde")),
    {
        "space": gettext_lazy("fordi du er med i rummet"),
        "network": gettext_lazy("fordi mødet er for hele netværket"),
    },
    text=_all_of_it,
    audience=_invited,
    among=_among_the_invited,
    readable=_can_be_answered,
)
_of_meeting(
    CHANGE,
    said(gettext_lazy("%(person)s har ændret mødet")),
    CONCERNED,
    audience=_concerned,
    among=_among_the_concerned,
    readable=_is_not_off,
)
_of_meeting(
    OFF,
    said(gettext_lazy("%(person)s har aflyst mødet")),
    CONCERNED,
    words=_why_off,
    text=_why_off,
    audience=_concerned,
    among=_among_the_concerned,
)
_of_meeting(
    SEAT,
    lambda notice: str(_("Du har fået en plads")),
    {"waited": gettext_lazy("fordi du stod på ventelisten")},
    readable=_is_not_off,
)
