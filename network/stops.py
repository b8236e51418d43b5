"""What the stop link of a mail stops, without a sign-in, and the way back to how it was (accounts.stops)."""

from django.utils.translation import gettext as _

from accounts.stops import stops
from network.models import Membership, NoticeSettings, Space, Thread, ThreadChoice
from network.notice_choices import own_settings, set_cadence

SPACE, THREAD, DIGEST = "space", "thread", "digest"
NONE = "-"


@stops(SPACE)
class SpaceMail:
    """Mail about one thing in a space: from then on one hears of it only when one is named."""

    @staticmethod
    def says(user, pk):
        space = Space.objects.joined_by(user).filter(pk=pk).first()
        return space and _("mail med det samme fra rummet »%(space)s«, undtagen når nogen nævner dig") % {
            "space": space.name
        }

    @staticmethod
    def stop(user, pk):
        own = Membership.objects.filter(user=user, space=pk)
        before = own.values_list("level", flat=True).first()
        own.update(level=Membership.Level.MENTIONED)
        return before or NONE

    @staticmethod
    def resume(user, pk, before):
        level = "" if before == NONE else before
        Membership.objects.filter(user=user, space=pk, level=Membership.Level.MENTIONED).update(level=level)


@stops(THREAD)
class ThreadMail:
    """Mail about one thread: it is muted."""

    @staticmethod
    def says(user, pk):
        thread = Thread.objects.visible_to(user).filter(pk=pk).first()
        return thread and _("mail om tråden »%(thread)s«, undtagen når nogen nævner dig") % {"thread": thread.title}

    @staticmethod
    def stop(user, pk):
        if not Thread.objects.visible_to(user).filter(pk=pk).exists():
            return NONE
        before = ThreadChoice.objects.filter(user=user, thread=pk).values_list("what", flat=True).first()
        mute = {"what": ThreadChoice.What.MUTE}
        ThreadChoice.objects.update_or_create(user=user, thread_id=pk, defaults=mute)
        return before or NONE

    @staticmethod
    def resume(user, pk, before):
        own = ThreadChoice.objects.filter(user=user, thread=pk, what=ThreadChoice.What.MUTE)
        own.delete() if before == NONE else own.update(what=before)


@stops(DIGEST)
class Collected:
    @staticmethod
    def says(user, pk):
        return _("den samlede mail")

    @staticmethod
    def stop(user, pk):
        own = own_settings(user)
        before = own.cadence
        set_cadence(own, NoticeSettings.Cadence.NEVER)
        own.save()
        return before

    @staticmethod
    def resume(user, pk, before):
        own = own_settings(user)
        if own.cadence == NoticeSettings.Cadence.NEVER:
            set_cadence(own, before)
            own.save()
