from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from network.models.meetings import Meeting
from network.models.rooms import Space
from network.models.talk import Post, Thread


class Event(models.Model):
    """Something happened in a space: written in the transaction that made it happen, worked from after it.

    It holds who and what by reference, never a word that somebody wrote. A meeting that is for all has no space.
    """

    class What(models.TextChoices):
        JOINED = "joined", _("gik med")
        ASKED = "asked", _("bad om adgang")
        ACCEPTED = "accepted", _("blev lukket ind")
        REFUSED = "refused", _("blev afvist")
        ADDED = "added", _("blev tilføjet")
        INVITED = "invited", _("blev inviteret")
        DECLINED = "declined", _("sagde nej til invitationen")
        WITHDRAWN = "withdrawn", _("fik invitationen trukket tilbage")
        LEFT = "left", _("forlod rummet")
        REMOVED = "removed", _("blev fjernet")
        SUSPENDED = "suspended", _("blev udelukket")
        RESTORED = "restored", _("kom ind igen efter udelukkelse")
        ROLE = "role", _("fik ny rolle")
        SETTINGS = "settings", _("ændrede rummet")
        ARCHIVED = "archived", _("arkiverede rummet")
        REOPENED = "reopened", _("åbnede rummet igen")

        THREAD = "thread", _("begyndte en tråd")
        POST = "post", _("skrev et indlæg")
        EDITED = "edited", _("rettede et indlæg")
        TAKEN_DOWN = "taken_down", _("fjernede et indlæg")
        PUT_BACK = "put_back", _("satte et indlæg tilbage")
        HELD = "held", _("skrev et indlæg, der venter")
        APPROVED = "approved", _("lod et indlæg komme frem")
        HIDDEN = "hidden", _("skjulte et indlæg")
        KEPT = "kept", _("lod et anmeldt indlæg stå")
        REPORTED = "reported", _("anmeldte et indlæg")
        HANDED_ON = "handed_on", _("gav en anmeldelse videre")
        WRITTEN_TO = "written_to", _("skrev til en forfatter")
        MENTIONED = "mentioned", _("nævnte en person")
        THANKED = "thanked", _("sagde tak")
        ANSWER = "answer", _("valgte svaret, der hjalp")
        STATUS = "status", _("skrev status")
        PINNED = "pinned", _("fastgjorde en tråd")
        CLOSED = "closed", _("lukkede en tråd")
        OPENED = "opened", _("åbnede en tråd igen")
        MOVED = "moved", _("flyttede en tråd")
        MERGED = "merged", _("samlede to tråde")
        SPLIT = "split", _("delte en tråd")
        POLL = "poll", _("lavede en afstemning")
        FILE = "file", _("lagde en fil op")
        ANNOUNCED = "announced", _("skrev til alle i rummet")

        MEETING = "meeting", _("planlagde et møde")
        RESCHEDULED = "rescheduled", _("ændrede et møde")
        CALLED_OFF = "called_off", _("aflyste et møde")
        QUESTION = "question", _("stillede et spørgsmål til et møde")
        SIGNED_UP = "signed_up", _("meldte sig til et møde")
        SEAT = "seat", _("fik plads til et møde")
        OUTCOMES = "outcomes", _("lukkede noterne fra et møde")

    what = models.CharField(_("hvad"), max_length=12, choices=What.choices)
    at = models.DateTimeField(_("hvornår"), auto_now_add=True)
    space = models.ForeignKey(Space, null=True, on_delete=models.CASCADE, related_name="events")
    who = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    whom = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    thread = models.ForeignKey(Thread, null=True, on_delete=models.CASCADE, related_name="+")
    post = models.ForeignKey(Post, null=True, on_delete=models.CASCADE, related_name="+")
    meeting = models.ForeignKey(Meeting, null=True, on_delete=models.CASCADE, related_name="+")

    class Meta:
        verbose_name = _("hændelse")
        verbose_name_plural = _("hændelser")
        ordering = ["-pk"]

    def __str__(self):
        return f"{self.get_what_display()} · {self.space_id}"
