from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from network.rule import Act, Standing, is_in_network, kinds_where, standing_outside
from taxonomy.models import Theme


def allowed(user, act, space="pk") -> Q:
    """Return the condition on rows in whose space `user` may do `act`: the rule of network.rule, asked of many.

    `space` is the path from the row to the id of its space.
    """
    kind = "kind" if space == "pk" else f"{space.removesuffix('_id')}__kind"
    outside = Q(**{f"{kind}__in": kinds_where(act, standing_outside(user))})
    if not is_in_network(user):
        return outside
    own = Membership.objects.who_may(act).filter(user=user, space=OuterRef(space))
    return outside | Q(Exists(own))


def role_of(user, space="pk") -> Subquery:
    """Return what `user` is in the space of a row; `space` is the path from the row to the id of its space."""
    return Subquery(Membership.objects.filter(user=user.pk, space=OuterRef(space)).values("role")[:1])


class SpaceQuerySet(models.QuerySet):
    def with_role_of(self, user):
        """Bring along as `own_role` what `user` is in each space, None where she is not in it."""
        return self.annotate(own_role=role_of(user))

    def visible_to(self, user):
        """Keep the spaces whose name and purpose `user` may know."""
        return self.filter(allowed(user, Act.KNOW))

    def readable_by(self, user):
        """Keep the spaces in which `user` may read."""
        return self.filter(allowed(user, Act.READ))

    def joined_by(self, user):
        """Keep the spaces that `user` is in."""
        return self.filter(memberships__user=user) if is_in_network(user) else self.none()

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


class MembershipQuerySet(models.QuerySet):
    def who_may(self, act):
        """Keep the memberships whose role may do `act` in its space."""
        return self.filter(role__in=[role for role in Membership.Role.values if kinds_where(act, Standing(role))])


class Membership(models.Model):
    """Someone is in a space. The role stands here: a facilitator of one space is a plain member of another."""

    class Role(models.TextChoices):
        MEMBER = "member", _("medlem")
        FACILITATOR = "facilitator", _("facilitator")

    space = models.ForeignKey(Space, verbose_name=_("rum"), on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("person"), on_delete=models.CASCADE, related_name="memberships"
    )
    role = models.CharField(_("rolle"), max_length=12, choices=Role.choices, default=Role.MEMBER)
    joined_at = models.DateTimeField(_("med siden"), auto_now_add=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("medlemskab")
        verbose_name_plural = _("medlemskaber")
        constraints = [models.UniqueConstraint(fields=["space", "user"], name="one_membership_a_person")]

    def __str__(self):
        return f"{self.user} – {self.space}"


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
