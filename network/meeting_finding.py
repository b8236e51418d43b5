"""Meetings are found by those who may read them: the public ones by all, those of a space under a token of its own."""

from django.db.models import Exists, OuterRef
from django.db.models.signals import post_delete, post_save, pre_save
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from content.cards import Card
from content.findable import PUBLIC, Entry, Findable, Kind, register, register_audience, touch
from network.alike import for_readers_alike
from network.finding import OF_TOKENS, plain, under_of
from network.models import Meeting, Outcome, Question, Space
from network.rule import is_in_network
from network.templatetags.meeting_tags import when_in_words

MEETING = "meeting"
NETWORK = "network"


@register_audience
def readable_meetings(user):
    """The token of the network, and those of the spaces with meetings. Where earlier ones are kept from new members
    each meeting has its own.
    """
    if not is_in_network(user):
        return []
    return [NETWORK, *meeting_tokens(user, _with_meetings(user))]


def meeting_tokens(user, spaces):
    """Return the tokens of what `user` may read of the meetings of `spaces`, which have meetings."""
    tokens = [f"meetings:{space.pk}" for space in spaces if not space.hides_earlier]
    if hiding := [space.pk for space in spaces if space.hides_earlier]:
        own = Meeting.objects.visible_to(user).filter(space__in=hiding).order_by()
        tokens += [f"meeting:{pk}" for pk in own.values_list("pk", flat=True)]
    return tokens


@for_readers_alike
def _with_meetings(user):
    held = Meeting.objects.visible_to(user).filter(space=OuterRef("pk"))
    return Space.objects.readable_by(user).filter(Exists(held)).only(*OF_TOKENS)


def token_of(meeting):
    if meeting.space_id is None:
        return PUBLIC if meeting.is_public else NETWORK
    return f"meeting:{meeting.pk}" if meeting.space.hides_earlier else f"meetings:{meeting.space_id}"


class Meetings(Findable):
    """A meeting is found by its title, place and description; where it is no public one, by the questions on its
    agenda too, and once it is held by what came of them: whoever reads the meeting reads these.
    """

    name = MEETING
    kind = Kind("moede", gettext_lazy("Møde"), gettext_lazy("Møder"), "i-cal")

    def kinds(self):
        return [self.kind]

    def after(self, pk, limit):
        return list(Meeting.objects.filter(pk__gt=pk).order_by("pk").values_list("pk", flat=True)[:limit])

    def entries(self, pks):
        meetings = list(Meeting.objects.filter(pk__in=pks).select_related("space__theme"))
        said = _said_at(meetings)
        return [
            Entry(
                pk=meeting.pk,
                kind=self.kind.name,
                title=meeting.title,
                url=meeting.get_absolute_url(),
                audience=token_of(meeting),
                summary=meeting.where,
                text=" ".join([plain(meeting.html), *said[meeting.pk]]),
                under=under_of(meeting.space) if meeting.space_id else {},
                published=meeting.starts_at,
            )
            for meeting in meetings
            if meeting.space_id is None or meeting.space.has_meetings
        ]

    def cards(self, user, pks, request=None):
        return {meeting.pk: self._card(meeting) for meeting in _meetings(user, *pks)}

    def readable(self, user):
        return Meeting.objects.visible_to(user).order_by().values("pk")

    def _card(self, meeting):
        return Card(
            pk=meeting.pk,
            title=meeting.title,
            url=meeting.get_absolute_url(),
            summary=" ".join(plain(meeting.html).split()[:30]),
            kind=self.kind.name,
            kind_label=self.kind.label,
            icon=self.kind.icon,
            kicker=[meeting.space.name] if meeting.space_id else [],
            facts=list(filter(None, [meeting.is_cancelled and _("Aflyst"), when_in_words(meeting), meeting.where])),
        )


def _said_at(meetings):
    """Return {meeting: its questions, and once it is held what came of them}; nothing of the public ones."""
    said = {meeting.pk: [] for meeting in meetings}
    closed = [meeting for meeting in meetings if not meeting.is_public]
    asked = Question.objects.filter(meeting__in=closed, closed_at=None).order_by("pk")
    came = Outcome.objects.filter(question__meeting__in=[meeting for meeting in closed if meeting.is_held])
    for rows in (asked.values_list("meeting", "text"), came.values_list("question__meeting", "text").order_by("pk")):
        for pk, text in rows:
            said[pk].append(text)
    return said


@for_readers_alike
def _meetings(user, *pks):
    return Meeting.objects.visible_to(user).filter(pk__in=pks).select_related("space").order_by()


register(Meetings())


def meeting_written(sender, instance, **kwargs):
    touch(MEETING, [instance.pk])


def meeting_goes(sender, instance, **kwargs):
    touch(MEETING, [instance.pk], losing=True)


def agenda_changes(sender, instance, **kwargs):
    touch(MEETING, [instance.meeting_id], losing=True)


def outcome_changes(sender, instance, **kwargs):
    touch(MEETING, [instance.question.meeting_id], losing=True)


def space_changes(sender, instance, **kwargs):
    """Who may read a meeting, and its theme, are those of its space."""
    if instance.pk:
        touch(MEETING, _meetings_of(instance), losing=True)


def _meetings_of(space):
    """Return the meetings of a space whose door, theme or parts are about to be others."""
    names = ("theme_id", "kind", "shows_earlier", "has_meetings")
    before = Space.objects.filter(pk=space.pk).values(*names).first()
    if before is None or all(before[name] == getattr(space, name) for name in names):
        return []
    return list(Meeting.objects.filter(space=space.pk).values_list("pk", flat=True))


post_save.connect(meeting_written, sender=Meeting, dispatch_uid="network.meeting_finding.meeting_written")
post_delete.connect(meeting_goes, sender=Meeting, dispatch_uid="network.meeting_finding.meeting_goes")
for signal in (post_save, post_delete):
    signal.connect(agenda_changes, sender=Question, dispatch_uid="network.meeting_finding.agenda_changes")
    signal.connect(outcome_changes, sender=Outcome, dispatch_uid="network.meeting_finding.outcome_changes")
pre_save.connect(space_changes, sender=Space, dispatch_uid="network.meeting_finding.space_changes")
