"""What someone is told, and what she has said about how she wants to be told."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from network.models.happenings import Event
from network.models.meetings import Meeting
from network.models.rooms import Space
from network.models.talk import Post, Thread

USER = settings.AUTH_USER_MODEL


class NoticeSettings(models.Model):
    """How someone wants to be told. Who has no row has never chosen: she is told as the defaults say."""

    class Preset(models.TextChoices):
        CALM = "calm", _("Roligt")
        KEEP_UP = "keep_up", _("Følg med")
        EVERYTHING = "everything", _("Alt")

    class Cadence(models.TextChoices):
        DAILY = "daily", _("Hver dag")
        WEEKLY = "weekly", _("Hver uge")
        MONTHLY = "monthly", _("Hver måned")
        NEVER = "never", _("Aldrig")

    class Weekday(models.IntegerChoices):
        MONDAY = 0, _("mandag")
        TUESDAY = 1, _("tirsdag")
        WEDNESDAY = 2, _("onsdag")
        THURSDAY = 3, _("torsdag")
        FRIDAY = 4, _("fredag")
        SATURDAY = 5, _("lørdag")
        SUNDAY = 6, _("søndag")

    class Zone(models.TextChoices):
        COPENHAGEN = "Europe/Copenhagen", _("Danmark")
        FAROE = "Atlantic/Faroe", _("Færøerne")
        NUUK = "America/Nuuk", _("Grønland (Nuuk)")

    user = models.OneToOneField(USER, on_delete=models.CASCADE, related_name="notice_settings")
    preset = models.CharField(_("hvor meget"), max_length=10, choices=Preset.choices, default=Preset.CALM)
    cadence = models.CharField(_("samlet mail"), max_length=8, choices=Cadence.choices, default=Cadence.WEEKLY)
    weekday = models.PositiveSmallIntegerField(_("ugedag"), choices=Weekday.choices, default=Weekday.TUESDAY)
    hour = models.PositiveSmallIntegerField(
        _("klokken"), default=7, validators=[MinValueValidator(0), MaxValueValidator(23)]
    )
    zone = models.CharField(_("tidszone"), max_length=20, choices=Zone.choices, default=Zone.COPENHAGEN)
    # Up to when what is new has been told in a collected mail, and when the next is due.
    collected_until = models.DateTimeField(default=timezone.now, editable=False)
    next_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("valg af beskeder")
        verbose_name_plural = _("valg af beskeder")
        indexes = [models.Index(fields=["next_at"], condition=Q(next_at__isnull=False), name="digests_due")]

    def __str__(self):
        return f"{self.user_id} · {self.preset}"


class ThreadChoice(models.Model):
    """Someone follows a thread, or has muted it. Who writes in a thread follows it."""

    class What(models.TextChoices):
        FOLLOW = "follow", _("følger")
        WROTE = "wrote", _("har skrevet i den")
        MUTE = "mute", _("slået fra")

    user = models.ForeignKey(USER, on_delete=models.CASCADE, related_name="+")
    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="+")
    what = models.CharField(max_length=6, choices=What.choices, default=What.FOLLOW)

    class Meta:
        verbose_name = _("valg for en tråd")
        verbose_name_plural = _("valg for tråde")
        constraints = [models.UniqueConstraint(fields=["user", "thread"], name="one_choice_a_thread")]
        indexes = [models.Index(fields=["thread", "what"], name="choices_of_a_thread")]

    def __str__(self):
        return f"{self.user_id} · {self.thread_id} · {self.what}"


class Follow(models.Model):
    """Someone is told when a method, a municipality or what stands under a tag changes materially.

    `what`: the name of the findable face, or »tag«.
    """

    user = models.ForeignKey(USER, on_delete=models.CASCADE, related_name="+")
    what = models.CharField(max_length=30)
    object_id = models.BigIntegerField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("noget, nogen følger")
        verbose_name_plural = _("det, nogen følger")
        constraints = [models.UniqueConstraint(fields=["user", "what", "object_id"], name="one_follow_a_thing")]
        indexes = [models.Index(fields=["what", "object_id", "user"], name="followers_of_a_thing")]

    def __str__(self):
        return f"{self.user_id} · {self.what} {self.object_id}"


class Change(models.Model):
    """A page changed materially, as its editor says in one line; told once, when it is published."""

    page_id = models.BigIntegerField(db_index=True)
    line = models.CharField(max_length=200)
    at = models.DateTimeField(auto_now_add=True)
    told_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("væsentlig ændring")
        verbose_name_plural = _("væsentlige ændringer")
        constraints = [
            models.UniqueConstraint(fields=["page_id"], condition=Q(told_at=None), name="one_change_waits_a_page")
        ]

    def __str__(self):
        return f"{self.page_id} · {self.line}"


class AnnouncementQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Keep those sent in spaces that `user` is in."""
        return self.filter(space__in=Space.objects.joined_by(user).order_by().values("pk"))


class Announcement(models.Model):
    """A facilitator writes to all members of a space at once; nobody sees an address."""

    space = models.ForeignKey(Space, on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey(USER, null=True, on_delete=models.SET_NULL, related_name="+")
    subject = models.CharField(_("emne"), max_length=100)
    text = models.TextField(_("tekst"), max_length=2000)
    at = models.DateTimeField(auto_now_add=True)
    number = models.PositiveIntegerField(default=0)
    form_key = models.UUIDField(null=True, editable=False)

    objects = AnnouncementQuerySet.as_manager()

    class Meta:
        verbose_name = _("meddelelse til et rum")
        verbose_name_plural = _("meddelelser til rum")
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["by", "form_key"], name="one_announcement_a_form")]

    def __str__(self):
        return self.subject


# The verbs that tell of a text somebody wrote: of one text nobody is told twice.
OF_TEXT = ("mentioned", "answered", "thread", "post")


class NoticeQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Keep the own notices of what `user` may know at this moment. Verbs add conditions of their own
        (`network.notices.registered`).
        """
        found = Q(post=None) | Q(post__in=Post.objects.visible_to(user).order_by().values("pk"))
        found &= Q(space=None) | Q(space__in=Space.objects.visible_to(user).order_by().values("pk"))
        found &= Q(meeting=None) | Q(meeting__in=Meeting.objects.visible_to(user).order_by().values("pk"))
        return self.filter(found, user=user.pk)

    def unread(self):
        return self.filter(read_at=None)


class Notice(models.Model):
    """Someone is told of one thing. It holds who, what and where by reference, never a word that somebody wrote.

    `verb` is registered (`network.notices`); what it tells of is an `event`, or the row that the verb numbers `about`.
    One about a `post` stands where the post stands: neither thread nor space are written down, for they may change.
    """

    class Mail(models.TextChoices):
        NONE = "none", _("ingen mail")
        AT_ONCE = "at_once", _("mail med det samme")
        COLLECTED = "collected", _("i den samlede mail")

    user = models.ForeignKey(USER, on_delete=models.CASCADE, related_name="+")
    verb = models.CharField(max_length=30)
    why = models.CharField(max_length=20)
    who = models.ForeignKey(USER, null=True, on_delete=models.SET_NULL, related_name="+")
    event = models.ForeignKey(Event, null=True, on_delete=models.CASCADE, related_name="+")
    about = models.BigIntegerField(null=True)
    space = models.ForeignKey(Space, null=True, on_delete=models.CASCADE, related_name="+")
    post = models.ForeignKey(Post, null=True, on_delete=models.CASCADE, related_name="+")
    meeting = models.ForeignKey(Meeting, null=True, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True)
    mail = models.CharField(max_length=9, choices=Mail.choices, default=Mail.NONE)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("besked")
        verbose_name_plural = _("beskeder")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "event"], condition=Q(event__isnull=False), name="one_notice_an_event"
            ),
            models.UniqueConstraint(
                fields=["user", "verb", "about"], condition=Q(about__isnull=False), name="one_notice_a_thing"
            ),
            models.UniqueConstraint(
                fields=["user", "post"], condition=Q(verb__in=OF_TEXT, post__isnull=False), name="one_notice_a_text"
            ),
        ]
        indexes = [
            models.Index(fields=["user", "-created_at"], name="notices_newest_first"),
            models.Index(fields=["user"], condition=Q(read_at=None), name="notices_unread"),
        ]

    def __str__(self):
        return f"{self.user_id} · {self.verb}"


class Telling(models.Model):
    """Many are to be told of something, and not all are yet: written in its transaction, worked off after it.

    `reached`: the people up to this number have been told.
    """

    verb = models.CharField(max_length=30)
    event = models.OneToOneField(Event, null=True, on_delete=models.CASCADE, related_name="+")
    about = models.BigIntegerField(null=True)
    reached = models.BigIntegerField(default=0)
    not_before = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("besked under udsendelse")
        verbose_name_plural = _("beskeder under udsendelse")
        constraints = [
            models.UniqueConstraint(
                fields=["verb", "about"], condition=Q(about__isnull=False), name="one_telling_a_thing"
            )
        ]

    def __str__(self):
        return f"{self.verb} · {self.event_id or self.about}"


class DigestSlot(models.Model):
    """One collected mail to one person for one local day, week or month: the row makes it one."""

    user = models.ForeignKey(USER, on_delete=models.CASCADE, related_name="+")
    period = models.CharField(max_length=10, help_text=_("»2026-11-27«, »2026-W48« eller »2026-11«."))
    since = models.DateTimeField()
    until = models.DateTimeField()
    letter = models.ForeignKey("accounts.Letter", null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        verbose_name = _("samlet mail")
        verbose_name_plural = _("samlede mails")
        constraints = [models.UniqueConstraint(fields=["user", "period"], name="one_digest_a_period")]

    def __str__(self):
        return f"{self.user_id} · {self.period}"
