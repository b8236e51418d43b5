from uuid import uuid4
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from danish import danish_to_ascii
from network.markdown import Clean
from network.models.rooms import Space, allowed
from network.models.talk import Post, Thread
from network.rule import Act, is_in_network

USER = settings.AUTH_USER_MODEL
ARRANGES = "network.change_meeting"


def arranges_all(user) -> bool:
    """Does `user` see to the meetings that are for everyone: those of the network, and the public ones?"""
    return user is not None and user.is_active and user.has_perm(ARRANGES)


def _of_space(user, act) -> Q:
    return Q(audience=Meeting.Audience.SPACE, space__has_meetings=True) & allowed(user, act, "space_id")


def _own(user):
    return Exists(Meeting.organisers.through.objects.filter(meeting=OuterRef("pk"), user=user.pk))


class MeetingQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Keep the meetings that `user` may read: the public ones, those of the network, those of spaces she reads in.

        A space that keeps from new members what was said before they came keeps the meetings from them that were over.
        """
        found = Q(audience=Meeting.Audience.PUBLIC)
        if is_in_network(user):
            found |= Q(audience=Meeting.Audience.NETWORK)
            found |= Q(audience=Meeting.Audience.SPACE, space__has_meetings=True) & allowed(
                user, Act.READ, "space_id", begun="starts_at"
            )
        return self.filter(found)

    def run_by(self, user):
        """Keep the meetings that `user` runs: in a space its facilitators and the meeting's organisers who are in it,
        elsewhere its organisers and those who arrange for all."""
        if not is_in_network(user):
            return self.filter(~Q(audience=Meeting.Audience.SPACE)) if arranges_all(user) else self.none()
        own = Q(_own(user))
        found = _of_space(user, Act.RUN) | (_of_space(user, Act.WRITE) & own)
        for_all = ~Q(audience=Meeting.Audience.SPACE)
        return self.filter(found | (for_all if arranges_all(user) else for_all & own))

    def open_to(self, user):
        """Keep the meetings that `user` can sign up for now: the rule of `network.meeting_rule.can_take_part`."""
        if not is_in_network(user):
            return self.none()
        found = ~Q(audience=Meeting.Audience.SPACE) | _of_space(user, Act.WRITE)
        return self.visible_to(user).filter(
            found, state=Meeting.State.PLANNED, takes_signups=True, ends_at__gt=timezone.now()
        )

    def joined_by(self, user):
        """Keep the meetings that `user` takes part in: she has a seat, waits for one, or organises."""
        if not is_in_network(user):
            return self.none()
        return self.filter(Q(Exists(_seats_of().filter(user=user))) | Q(_own(user)))

    def to_come(self):
        """Keep those that are not over, the next first."""
        return self.filter(Q(ends_at__gt=timezone.now()), ~Q(state=Meeting.State.HELD)).order_by("starts_at", "pk")

    def with_seats(self):
        """Bring along as `seated` and `waiting` how many have a seat, and how many wait for one."""
        return self.annotate(seated=_number(Seat.State.SEATED), waiting=_number(Seat.State.WAITING))

    def with_own_seat(self, user):
        """Bring along as `own_seat` whether `user` has a seat or waits for one; empty for neither."""
        own = _seats_of().filter(user=user.pk).values("state")[:1]
        return self.annotate(own_seat=Coalesce(Subquery(own), models.Value("")))


def _seats_of():
    return Seat.past_the_rule.filter(meeting=OuterRef("pk"))


def _number(state):
    rows = _seats_of().filter(state=state).order_by().values("meeting").values(n=Count("pk"))
    return Coalesce(Subquery(rows, output_field=models.IntegerField()), 0)


class Meeting(models.Model):
    """A meeting, in a room or on a screen: of a space, of the whole network, or open to all in the public calendar."""

    class Audience(models.TextChoices):
        SPACE = "space", _("rummet")
        NETWORK = "network", _("hele netværket")
        PUBLIC = "public", _("alle (offentlig kalender)")

    class State(models.TextChoices):
        PLANNED = "planned", _("planlagt")
        CANCELLED = "cancelled", _("aflyst")
        HELD = "held", _("holdt")

    class Zone(models.TextChoices):
        COPENHAGEN = "Europe/Copenhagen", _("dansk tid")
        FAROE = "Atlantic/Faroe", _("færøsk tid")
        NUUK = "America/Nuuk", _("grønlandsk tid (Nuuk)")

    class Precision(models.TextChoices):
        """How much is known of when it was: what is older than this site is told as its sources tell it."""

        CLOCK = "clock", _("dag og klokkeslæt")
        DAY = "day", _("kun dagen")
        MONTH = "month", _("kun måneden")
        YEAR = "year", _("kun året")
        NONE = "none", _("ikke oplyst")

    audience = models.CharField(_("for hvem"), max_length=8, choices=Audience.choices, default=Audience.SPACE)
    space = models.ForeignKey(
        Space, verbose_name=_("rum"), null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    title = models.CharField(_("titel"), max_length=140)
    slug = models.SlugField(max_length=80, editable=False)
    kind = models.CharField(
        _("slags"), max_length=60, blank=True, help_text=_("Fx netværksmøde eller lokalt møde. Kan stå tomt.")
    )
    source = models.TextField(_("beskrivelse"), blank=True, help_text=_("Hvad I skal, og hvem det er for."))
    html = models.TextField(blank=True, editable=False)
    place = models.CharField(_("sted"), max_length=140, blank=True, help_text=_("Fx rådhuset i Lemvig, mødelokale 2."))
    address = models.CharField(_("adresse"), max_length=200, blank=True)
    link = models.URLField(
        _("link til online møde"), max_length=500, blank=True, help_text=_("Ses kun af dem, der er tilmeldt.")
    )
    starts_at = models.DateTimeField(_("begynder"), null=True, blank=True)
    ends_at = models.DateTimeField(_("slutter"), null=True, blank=True)
    zone = models.CharField(_("tidszone"), max_length=20, choices=Zone.choices, default=Zone.COPENHAGEN)
    precision = models.CharField(
        _("hvor nøje tiden er kendt"), max_length=5, choices=Precision.choices, default=Precision.CLOCK
    )
    when_note = models.CharField(_("bemærkning om tiden"), max_length=200, blank=True)
    seat_limit = models.PositiveIntegerField(
        _("antal pladser"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("Kan stå tomt: så er der plads til alle. Er der fyldt op, kommer resten på venteliste."),
    )
    takes_signups = models.BooleanField(_("man kan melde sig til"), default=True)
    state = models.CharField(_("tilstand"), max_length=9, choices=State.choices, default=State.PLANNED, editable=False)
    cancelled_why = models.CharField(_("hvorfor aflyst"), max_length=300, blank=True, editable=False)
    sources = models.TextField(_("kilder"), blank=True, help_text=_("Én adresse på hver linje."))

    organisers = models.ManyToManyField(USER, verbose_name=_("mødeholdere"), blank=True, related_name="+")
    made_by = models.ForeignKey(USER, null=True, on_delete=models.SET_NULL, related_name="+", editable=False)
    made_at = models.DateTimeField(default=timezone.now, editable=False)
    changed_at = models.DateTimeField(default=timezone.now, editable=False)
    held_at = models.DateTimeField(null=True, editable=False)
    # What calendars know it by, and how often it was changed: RFC 5545, UID and SEQUENCE.
    uid = models.UUIDField(default=uuid4, unique=True, editable=False)
    sequence = models.PositiveIntegerField(default=0, editable=False)
    form_key = models.UUIDField(null=True, editable=False)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = _("møde")
        verbose_name_plural = _("møder")
        ordering = ["-starts_at", "-pk"]
        indexes = [models.Index(fields=["space", "starts_at"], name="meetings_of_a_space")]
        constraints = [
            models.CheckConstraint(
                condition=Q(audience="space", space__isnull=False, starts_at__isnull=False)
                | (~Q(audience="space") & Q(space__isnull=True)),
                name="a_meeting_is_of_a_space_or_of_all",
            ),
            models.UniqueConstraint(fields=["made_by", "form_key"], name="one_meeting_a_form"),
        ]

    def __str__(self):
        return self.title

    def save(self, *args, **kwargs):
        self.slug = slugify(danish_to_ascii(self.title))[:80].strip("-") or "moede"
        super().save(*args, **kwargs)

    def get_absolute_url(self):
        return reverse("meeting", args=[self.pk, self.slug])

    @property
    def body(self):
        return Clean(self.html)

    @property
    def ground(self):
        return self.space.ground if self.space_id else ""

    @property
    def is_public(self):
        return self.audience == self.Audience.PUBLIC

    @property
    def is_cancelled(self):
        return self.state == self.State.CANCELLED

    @property
    def is_held(self):
        return self.state == self.State.HELD

    @property
    def is_over(self):
        """Has its time passed? What has no known end has been."""
        return self.ends_at is None or self.ends_at <= timezone.now()

    @property
    def has_begun(self):
        return self.starts_at is None or self.starts_at <= timezone.now()

    @property
    def is_open(self):
        """Can one sign up, ask and vote?"""
        return self.state == self.State.PLANNED and self.takes_signups and not self.is_over

    @property
    def is_exact(self):
        return self.precision == self.Precision.CLOCK

    @property
    def has_day(self):
        return self.starts_at is not None and self.precision in (self.Precision.CLOCK, self.Precision.DAY)

    @property
    def starts_there(self):
        """When it begins, by the clocks where it is held."""
        return self.starts_at and self.starts_at.astimezone(ZoneInfo(self.zone))

    @property
    def ends_there(self):
        return self.ends_at and self.ends_at.astimezone(ZoneInfo(self.zone))

    @property
    def where(self):
        return ", ".join(filter(None, [self.place, self.address]))

    @property
    def source_links(self):
        return [line.strip() for line in self.sources.splitlines() if line.strip()]


class OfMeetingQuerySet(models.QuerySet):
    """Of what hangs on a meeting: it is read by those who may read the meeting."""

    def visible_to(self, user):
        return self.filter(meeting__in=Meeting.objects.visible_to(user).order_by().values("pk"))


class QuestionQuerySet(OfMeetingQuerySet):
    def visible_to(self, user):
        """Those who may read the meeting; of a public one the members of the network."""
        return super().visible_to(user) if is_in_network(user) else self.none()

    def with_votes(self, user):
        """Bring along as `votes` how many want it on the agenda, and as `own_vote` whether `user` does."""
        votes = QuestionVote.objects.filter(question=OuterRef("pk")).order_by()
        number = Subquery(votes.values("question").values(n=Count("pk")), output_field=models.IntegerField())
        return self.annotate(votes=Coalesce(number, 0), own_vote=Exists(votes.filter(user=user.pk)))

    def agenda(self):
        """In the order of the agenda: what was pinned first, then by votes, the older first."""
        return self.filter(closed_at=None).order_by(F("pinned_at").asc(nulls_last=True), "-votes", "pk")


class Question(models.Model):
    """What someone wants talked about at a meeting; with its votes it is a line of the agenda."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="+")
    text = models.CharField(_("spørgsmål"), max_length=200)
    author = models.ForeignKey(USER, null=True, on_delete=models.SET_NULL, related_name="+", editable=False)
    thread = models.ForeignKey(
        Thread, verbose_name=_("tråd"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    made_at = models.DateTimeField(auto_now_add=True)
    pinned_at = models.DateTimeField(null=True, editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)
    form_key = models.UUIDField(null=True, editable=False)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("spørgsmål")
        verbose_name_plural = _("spørgsmål")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["author", "form_key"], name="one_question_a_form")]

    def __str__(self):
        return self.text


class QuestionVote(models.Model):
    """Someone wants this on the agenda. Who is shown to nobody."""

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(USER, on_delete=models.CASCADE, related_name="+")

    class Meta:
        verbose_name = _("stemme på et spørgsmål")
        verbose_name_plural = _("stemmer på spørgsmål")
        constraints = [models.UniqueConstraint(fields=["question", "user"], name="one_vote_a_question")]

    def __str__(self):
        return f"{self.question_id}"


class SeatQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Keep one's own, those of meetings one runs, and where one reads the meeting and the space lists its members
        those of others."""
        if not is_in_network(user):
            return self.none()
        told = Meeting.objects.visible_to(user).filter(Q(space=None) | Q(space__has_members=True))
        run = Meeting.objects.run_by(user)
        own = Q(user=user, meeting__in=Meeting.objects.visible_to(user).order_by().values("pk"))
        return self.filter(
            own | Q(meeting__in=told.order_by().values("pk")) | Q(meeting__in=run.order_by().values("pk"))
        )


class Seat(models.Model):
    """Someone has signed up: with a seat, or in the line for one, which goes by the order in which they came."""

    class State(models.TextChoices):
        SEATED = "seated", _("har plads")
        WAITING = "waiting", _("på venteliste")

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(USER, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=7, choices=State.choices)
    at = models.DateTimeField(auto_now_add=True)
    # Read by those who run the meeting, and wiped when it is over.
    note = models.CharField(_("besked til mødeholderne"), max_length=200, blank=True)
    is_absent = models.BooleanField(_("kom ikke"), default=False, editable=False)

    objects = SeatQuerySet.as_manager()
    # For counting alone: a number tells nobody who it is.
    past_the_rule = models.Manager()

    class Meta:
        verbose_name = _("tilmelding")
        verbose_name_plural = _("tilmeldinger")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["meeting", "user"], name="one_seat_a_person")]

    def __str__(self):
        return f"{self.user_id} · {self.meeting_id}"

    @property
    def waits(self):
        return self.state == self.State.WAITING


class OutcomeQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Keep those of meetings that `user` reads, once the notes are closed; before that for those who run them."""
        if not is_in_network(user):
            return self.none()
        held = Meeting.objects.visible_to(user).filter(state=Meeting.State.HELD).order_by().values("pk")
        run = Meeting.objects.run_by(user).order_by().values("pk")
        return self.filter(Q(question__meeting__in=held) | Q(question__meeting__in=run))

    def actions_of(self, user):
        """Keep what `user` has taken upon herself at meetings that are over, and may still read of."""
        actions = self.visible_to(user).filter(kind=Outcome.Kind.ACTION, owner=user.pk)
        return actions.filter(question__meeting__state=Meeting.State.HELD).order_by("due_on", "pk")


class Outcome(models.Model):
    """What came of a question: the one line of the notes that it ends as."""

    class Kind(models.TextChoices):
        ANSWER = "answer", _("svaret i en tråd")
        ACTION = "action", _("en opgave")
        SEED = "seed", _("et frø til en casefortælling")

    question = models.OneToOneField(Question, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(_("det blev til"), max_length=6, choices=Kind.choices)
    text = models.TextField(_("linje i noterne"), max_length=2_000)
    by = models.ForeignKey(USER, null=True, on_delete=models.SET_NULL, related_name="+", editable=False)
    at = models.DateTimeField(auto_now=True)
    # An answer: where it is written when the notes are closed, and where it then stands.
    into = models.ForeignKey(Space, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    post = models.ForeignKey(Post, null=True, on_delete=models.SET_NULL, related_name="+", editable=False)
    # An action.
    owner = models.ForeignKey(USER, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    due_on = models.DateField(_("senest"), null=True, blank=True)
    done_at = models.DateTimeField(null=True, editable=False)
    reminded_at = models.DateTimeField(null=True, editable=False)

    objects = OutcomeQuerySet.as_manager()

    class Meta:
        verbose_name = _("udfald")
        verbose_name_plural = _("udfald")
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["owner", "due_on"], condition=Q(done_at__isnull=True), name="actions_by_owner"),
        ]

    def __str__(self):
        return f"{self.question_id} · {self.kind}"

    @property
    def is_overdue(self):
        return self.done_at is None and self.due_on is not None and self.due_on < timezone.localdate()


class CalendarFeed(models.Model):
    """The address at which a person's calendar fetches her meetings. The word in it is kept as a mark alone."""

    user = models.OneToOneField(USER, on_delete=models.CASCADE, related_name="+")
    mark = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("kalenderadresse")
        verbose_name_plural = _("kalenderadresser")

    def __str__(self):
        return f"{self.user_id}"
