from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from network.models.rooms import Space
from network.models.talk import Post, Thread


class Event(models.Model):
    """Something happened in a space: written in the transaction that made it happen, worked from after it.

    It holds who and what by reference, never a word that somebody wrote.
    """

    class What(models.TextChoices):
        JOINED = "joined", _("gik med")
        ASKED = "asked", _("bad om adgang")
        ACCEPTED = "accepted", _("blev lukket ind")
        REFUSED = "refused", _("blev afvist")
        ADDED = "added", _("blev tilføjet")
        LEFT = "left", _("forlod rummet")
        REMOVED = "removed", _("blev fjernet")
        ROLE = "role", _("fik ny rolle")
        THREAD = "thread", _("begyndte en tråd")
        POST = "post", _("skrev et indlæg")
        EDITED = "edited", _("rettede et indlæg")

    what = models.CharField(_("hvad"), max_length=10, choices=What.choices)
    at = models.DateTimeField(_("hvornår"), auto_now_add=True)
    space = models.ForeignKey(Space, on_delete=models.CASCADE, related_name="events")
    who = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    whom = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    thread = models.ForeignKey(Thread, null=True, on_delete=models.CASCADE, related_name="+")
    post = models.ForeignKey(Post, null=True, on_delete=models.CASCADE, related_name="+")

    class Meta:
        verbose_name = _("hændelse")
        verbose_name_plural = _("hændelser")
        ordering = ["-pk"]

    def __str__(self):
        return f"{self.get_what_display()} · {self.space_id}"
