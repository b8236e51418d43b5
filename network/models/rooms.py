from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Case, Count, Exists, F, OuterRef, Prefetch, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from network.models.people import Profile
from network.models.places import Municipality
from network.rule import IN_AN_ARCHIVE, WITH_A_ROW, Act, Kind, Standing, is_in_network, kinds_where, may
from taxonomy.models import Theme

NOBODY = Q(pk__in=[])


def allowed(user, act, space="pk", begun="") -> Q:
    """Return the condition on rows in whose space `user` may do `act`: the rule of network.rule, asked of many.

    `space` is the path from the row to the id of its space. `begun`, where it is given, is the path to the moment a
    thread began: a space may keep from new members what was begun before they came.
    """
    path = "" if space == "pk" else f"{space.removesuffix('_id')}__"
    if not is_in_network(user):
        found = _of_kinds(path, kinds_where(act, Standing.STRANGER))
    else:
        found = _with_a_row(user, act, space, path, begun) | _without_a_row(user, act, space, path)
    return found if act in IN_AN_ARCHIVE else found & Q(**{f"{path}archived_at": None})


def _of_kinds(path, kinds):
    if not kinds:
        return NOBODY
    return Q(**{f"{path}kind__in": kinds}) if len(kinds) < len(Kind) else ~NOBODY


def _with_a_row(user, act, space, path, begun):
    found, own = NOBODY, Membership.anyone.filter(user=user, space=OuterRef(space))
    if begun:
        own = own.filter(
            Q(role=Membership.Role.FACILITATOR)
            | Q(space__shows_earlier=True)
            | Q(space__kind=Space.Kind.OPEN)
            | Q(joined_at__lte=OuterRef(begun))
        )
    for standings, kinds in _kinds_by_standings(act).items():
        if standings:
            found |= _of_kinds(path, kinds) & Q(Exists(own.standing_as(standings)))
    return found


def _kinds_by_standings(act):
    """Return for each set of standings with a row the kinds of spaces in which just these may do `act`."""
    found = {}
    for kind in Kind:
        standings = tuple(standing for standing in WITH_A_ROW if may(act, kind, standing))
        found.setdefault(standings, []).append(kind.value)
    return found


def _without_a_row(user, act, space, path):
    network, kept_out = kinds_where(act, Standing.NETWORK), kinds_where(act, Standing.KEPT_OUT)
    let_in = [kind for kind in network if kind not in kept_out]
    if not network and not kept_out:
        return NOBODY
    found = _of_kinds(path, kept_out)
    if let_in:
        found |= _of_kinds(path, let_in) & admits(user.profile, path)
    return found & ~Q(Exists(Membership.anyone.filter(user=user, space=OuterRef(space))))


def admits(profile, path="") -> Q:
    """Return the condition on spaces that let in someone with `profile`; `path` leads from the row to its space."""
    limits = Space.municipalities.through.objects.filter(space=OuterRef(f"{path}pk"))
    found = ~Q(Exists(limits))
    if profile.municipality_id:
        found |= Q(Exists(limits.filter(municipality=profile.municipality_id)))
    if profile.kind == Profile.Kind.ADVISER:
        found &= Q(**{f"{path}admits_advisers": True})
    elif profile.kind == Profile.Kind.PARTNER:
        found &= Q(**{f"{path}admits_partners": True})
    return found


def standing_of(user, space="pk"):
    """Return what `user` is to the space of a row, as a `Standing`; `space` is the path to the id of the space."""
    if not is_in_network(user):
        return Value(Standing.STRANGER.value)
    path = "" if space == "pk" else f"{space.removesuffix('_id')}__"
    own = Membership.anyone.filter(user=user.pk, space=OuterRef(space)).values(
        standing=Case(When(state=Membership.State.MEMBER, then=F("role")), default=F("state"))
    )
    outside = Case(
        When(admits(user.profile, path), then=Value(Standing.NETWORK.value)), default=Value(Standing.KEPT_OUT.value)
    )
    return Coalesce(Subquery(own[:1]), outside)


class SpaceQuerySet(models.QuerySet):
    def with_standing_of(self, user):
        """Bring along as `own_standing` what `user` is to each space."""
        return self.annotate(own_standing=standing_of(user))

    def with_members(self):
        """Bring along as `members` how many are in each space."""
        members = Membership.objects.filter(space=OuterRef("pk")).order_by().values("space").values(n=Count("pk"))
        return self.annotate(members=Coalesce(Subquery(members), 0))

    def with_places(self):
        """Bring along as `places` from how many municipalities the members of each space are."""
        members = Membership.objects.filter(space=OuterRef("pk")).order_by().values("space")
        places = members.values(n=Count("user__profile__municipality", distinct=True))
        return self.annotate(places=Coalesce(Subquery(places), 0))

    def with_limits(self):
        """Bring along which municipalities each space is for (`limits`)."""
        return self.prefetch_related(Prefetch("municipalities", Municipality.anywhere.order_by("sort_key")))

    def visible_to(self, user):
        """Keep the spaces whose name and purpose `user` may know."""
        return self.filter(allowed(user, Act.KNOW))

    def readable_by(self, user):
        """Keep the spaces in which `user` may read."""
        return self.filter(allowed(user, Act.READ))

    def joined_by(self, user):
        """Keep the spaces that `user` is in."""
        if not is_in_network(user):
            return self.none()
        return self.filter(Exists(Membership.objects.filter(user=user, space=OuterRef("pk"))))

    def managed_by(self, user):
        """Keep the spaces whose name, kind and facilitators `user` may set right in the admin; not what is said."""
        return self.all() if user.is_active and user.has_perm("network.change_space") else self.none()


class Space(models.Model):
    """A room with a door: where members talk. What is said in it are threads and posts."""

    class Kind(models.TextChoices):
        OPEN = "open", _("Åbent for netværkets medlemmer")
        ON_REQUEST = "on_request", _("På anmodning")
        HIDDEN = "hidden", _("Skjult")

    name = models.CharField(_("navn"), max_length=80, help_text=_("Det, I taler om. Højst fire ord."))
    slug = models.SlugField(_("kort navn i adresser"), max_length=60, unique=True)
    purpose = models.TextField(
        _("formål"),
        max_length=500,
        help_text=_(
            "Hvem rummet er for, og hvad I taler om. Vises også for dem, der ikke er med (ikke i skjulte rum)."
        ),
    )
    kind = models.CharField(
        _("hvem kan være med"),
        max_length=10,
        choices=Kind.choices,
        default=Kind.ON_REQUEST,
        help_text=_(
            "Åbent: alle i netværket kan læse og gå med. På anmodning: andre ser navn og formål og kan bede om "
            "adgang. Skjult: kun medlemmer ved, at rummet findes."
        ),
    )
    theme = models.ForeignKey(
        Theme, verbose_name=_("tema"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(_("oprettet"), auto_now_add=True)
    archived_at = models.DateTimeField(_("arkiveret"), null=True, editable=False)

    # Who may be let in.
    admits_advisers = models.BooleanField(_("rådgivere kan være med"), default=True)
    admits_partners = models.BooleanField(_("partnere kan være med"), default=True)
    municipalities = models.ManyToManyField(
        Municipality,
        verbose_name=_("kun ansatte i disse kommuner"),
        blank=True,
        related_name="+",
        help_text=_("Ingen valgt: alle kommuner. De, der er med allerede, bliver."),
    )
    shows_earlier = models.BooleanField(
        _("nye medlemmer kan læse det, der er skrevet, før de kom"),
        default=True,
        help_text=_("Gælder ikke åbne rum: dem kan alle i netværket læse."),
    )

    # What there is in it.
    has_threads = models.BooleanField(_("tråde"), default=True)
    has_files = models.BooleanField(_("filer"), default=True)
    has_meetings = models.BooleanField(_("møder"), default=True)
    has_members = models.BooleanField(
        _("medlemsliste"), default=True, help_text=_("Uden den ser kun facilitator, hvem der er med.")
    )
    file_room = models.PositiveIntegerField(
        _("plads til filer (MB)"), default=500, validators=[MinValueValidator(25), MaxValueValidator(20_000)]
    )

    # How one writes in it.
    first_words = models.TextField(
        _("skabelon til en ny tråd"),
        max_length=2_000,
        blank=True,
        help_text=_("Står i feltet, når nogen skriver en ny tråd. Skriv overskrifterne, en kollega skal svare på."),
    )
    holds_first_post = models.BooleanField(
        _("det første, et nyt medlem skriver, venter på facilitator"),
        default=False,
        help_text=_("Gælder dem, der er lukket ind efter en anmodning."),
    )

    objects = SpaceQuerySet.as_manager()

    class Meta:
        verbose_name = _("rum")
        verbose_name_plural = _("rum")
        ordering = ["name"]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("space", args=[self.slug])

    @property
    def ground(self):
        return self.theme.ground if self.theme_id else ""

    @property
    def is_own(self):
        """Is the reader in it? Asked of spaces fetched `with_standing_of` her."""
        return self.own_standing in Membership.Role.values

    @property
    def is_archived(self):
        return self.archived_at is not None

    @property
    def hides_earlier(self):
        """Does it keep from new members what was begun before they came?"""
        return not self.shows_earlier and self.kind != self.Kind.OPEN

    @property
    def limits(self):
        """Return the municipalities it is for, none for all; also the made-up ones, which `municipalities` hides."""
        if "municipalities" in getattr(self, "_prefetched_objects_cache", {}):
            return self.municipalities.all()
        own = Space.municipalities.through.objects.filter(space=self.pk)
        return Municipality.anywhere.filter(pk__in=own.values("municipality")).order_by("sort_key")

    def limit_to(self, municipalities):
        """Let it be for these municipalities alone, or for all where there are none."""
        rows, wanted = Space.municipalities.through.objects.filter(space=self.pk), {row.pk for row in municipalities}
        rows.exclude(municipality__in=wanted).delete()
        self.municipalities.add(*wanted)

    def admits(self, profile):
        """Does it let in someone with `profile`?"""
        return Space.objects.filter(admits(profile), pk=self.pk).exists()


class MembershipQuerySet(models.QuerySet):
    def standing_as(self, standings):
        """Keep the rows of those who are one of `standings` to their space."""
        roles = [standing for standing in standings if standing in Membership.Role.values]
        states = [standing for standing in standings if standing not in Membership.Role.values]
        found = Q(state__in=states) if states else NOBODY
        if roles:
            inside = Q(state=Membership.State.MEMBER)
            found |= inside if len(roles) == len(Membership.Role.values) else inside & Q(role__in=roles)
        return self.filter(found)

    def who_may(self, act):
        """Keep the memberships whose role may do `act` in its space."""
        return self.filter(role__in=[role for role in Membership.Role.values if kinds_where(act, Standing(role))])


class Inside(models.Manager.from_queryset(MembershipQuerySet)):
    """Those who are in the space: never one who is only invited, nor one who is suspended."""

    def get_queryset(self):
        return super().get_queryset().filter(state=Membership.State.MEMBER)


class Membership(models.Model):
    """Someone is in a space. The role stands here: a facilitator of one space is a plain member of another.

    `objects`, and with it `space.memberships`, are those who are in it; `anyone` holds the invited and suspended too.
    """

    class Role(models.TextChoices):
        MEMBER = "member", _("medlem")
        FACILITATOR = "facilitator", _("facilitator")

    class Level(models.TextChoices):
        """What one is mailed about at once, where one has said so of the space itself."""

        ALL = "all", _("Alt")
        THREADS = "threads", _("Nye tråde")
        MENTIONED = "mentioned", _("Kun når jeg er nævnt")
        NOTHING = "nothing", _("Intet")

    class State(models.TextChoices):
        MEMBER = "member", _("med")
        INVITED = "invited", _("inviteret")
        SUSPENDED = "suspended", _("udelukket")

    space = models.ForeignKey(Space, verbose_name=_("rum"), on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("person"), on_delete=models.CASCADE, related_name="memberships"
    )
    role = models.CharField(_("rolle"), max_length=12, choices=Role.choices, default=Role.MEMBER)
    state = models.CharField(_("tilstand"), max_length=10, choices=State.choices, default=State.MEMBER)
    joined_at = models.DateTimeField(_("med siden"), default=timezone.now)
    # What was written up to then counts as read, whatever was opened.
    read_until = models.DateTimeField(_("læst til og med"), default=timezone.now)
    seen_at = models.DateTimeField(_("sidst set"), null=True, editable=False)
    # The first thing that someone let in by approval writes is held, if the space says so.
    is_on_trial = models.BooleanField(_("har ikke skrevet endnu"), default=False, editable=False)
    # Empty: as her preset says (network.models.NoticeSettings).
    level = models.CharField(_("besked fra rummet"), max_length=9, choices=Level.choices, blank=True)

    objects = Inside()
    anyone = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("medlemskab")
        verbose_name_plural = _("medlemskaber")
        base_manager_name = "anyone"
        constraints = [models.UniqueConstraint(fields=["space", "user"], name="one_membership_a_person")]

    def __str__(self):
        return f"{self.user} – {self.space}"


class MembershipChange(models.Model):
    """Someone came, went, or was given another standing in a space: who did it, when and why. Rows are only added."""

    class What(models.TextChoices):
        ASKED = "asked", _("bad om adgang")
        REFUSED = "refused", _("fik nej")
        INVITED = "invited", _("blev inviteret")
        DECLINED = "declined", _("sagde nej til invitationen")
        WITHDRAWN = "withdrawn", _("invitationen blev trukket tilbage")
        JOINED = "joined", _("gik med")
        LET_IN = "let_in", _("blev lukket ind")
        LEFT = "left", _("forlod rummet")
        REMOVED = "removed", _("blev fjernet")
        SUSPENDED = "suspended", _("blev udelukket")
        RESTORED = "restored", _("kom ind igen efter udelukkelse")
        FACILITATOR = "facilitator", _("blev facilitator")
        MEMBER = "member", _("blev almindeligt medlem")

    space = models.ForeignKey(Space, on_delete=models.CASCADE, related_name="changes")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    what = models.CharField(_("hvad"), max_length=12, choices=What.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    why = models.TextField(_("hvorfor"), max_length=1000, blank=True)
    at = models.DateTimeField(_("hvornår"), auto_now_add=True)

    class Meta:
        verbose_name = _("ændring af medlemskab")
        verbose_name_plural = _("ændringer af medlemskaber")
        ordering = ["-pk"]

    def __str__(self):
        return f"{self.user} {self.get_what_display()} – {self.space}"


class AccessRequestQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Keep what `user` asked herself of spaces she still may know of, and what is asked of spaces she runs."""
        return self.filter(allowed(user, Act.RUN, "space_id") | Q(user=user.pk) & allowed(user, Act.KNOW, "space_id"))

    def waiting(self):
        return self.filter(state=AccessRequest.State.WAITING)


class AccessRequest(models.Model):
    """Someone asks to be let in, with a reason; a facilitator answers with a text, and the asker reads it."""

    class State(models.TextChoices):
        WAITING = "waiting", _("venter")
        ACCEPTED = "accepted", _("lukket ind")
        REFUSED = "refused", _("afvist")

    space = models.ForeignKey(Space, verbose_name=_("rum"), on_delete=models.CASCADE, related_name="requests")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("person"), on_delete=models.CASCADE, related_name="access_requests"
    )
    reason = models.TextField(_("hvorfor vil du være med?"), max_length=1000)
    asked_at = models.DateTimeField(_("spurgt"), auto_now_add=True)
    state = models.CharField(_("tilstand"), max_length=10, choices=State.choices, default=State.WAITING)
    answer = models.TextField(_("svar"), max_length=1000, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = AccessRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("anmodning om adgang")
        verbose_name_plural = _("anmodninger om adgang")
        ordering = ["asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["space", "user"], condition=Q(state="waiting"), name="one_waiting_request_a_person"
            )
        ]

    def __str__(self):
        return f"{self.user} – {self.space}"

    @property
    def is_waiting(self):
        return self.state == self.State.WAITING
