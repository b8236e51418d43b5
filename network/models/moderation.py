from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from network.models.rooms import Membership, Space, allowed
from network.models.talk import Post, Thread
from network.rule import Act

USER = settings.AUTH_USER_MODEL
MODERATES = "network.change_report"
ADMINISTERS = "network.change_space"


# Where a post stands now: it may have been moved to another space since it was reported.
PLACE = "post__thread__space_id"


class ReportQuerySet(models.QuerySet):
    def run_by(self, user):
        """Keep what is reported in the spaces `user` runs. One never sees to a report of one's own post."""
        return self.filter(allowed(user, Act.RUN, PLACE)).exclude(post__author=user.pk)

    def visible_to(self, user):
        """Keep what `user` is to see to: of the spaces she runs; as an editor of the open spaces, which she reads
        anyway; as an administrator what was handed on to her. One never sees to a report of one's own post.
        """
        own = allowed(user, Act.RUN, PLACE)
        if user.is_active and user.has_perm(MODERATES):
            own |= allowed(user, Act.READ, PLACE) & Q(post__thread__space__kind=Space.Kind.OPEN)
        if user.is_active and user.has_perm(ADMINISTERS):
            own |= Q(state=Report.State.HANDED_ON)
        return self.filter(own).exclude(post__author=user.pk)

    def readable_by(self, user):
        """Keep the own reports, of posts in spaces that `user` may still read: she is told what came of them."""
        return self.filter(allowed(user, Act.READ, PLACE), by=user.pk)

    def waiting(self):
        return self.filter(state__in=Report.OPEN)


class Report(models.Model):
    """Someone asks that a post be looked at."""

    class Reason(models.TextChoices):
        PERSONAL = "personal", _("Nævner en privatperson eller en sag")
        UNKIND = "unkind", _("Taler ned til nogen")
        ADVERT = "advert", _("Er reklame")
        MISTAKEN = "mistaken", _("Er forkert på en måde, der kan skade")
        OTHER = "other", _("Andet")

    class State(models.TextChoices):
        WAITING = "waiting", _("venter")
        HANDED_ON = "handed_on", _("givet videre til administrator")
        KEPT = "kept", _("indlægget blev stående")
        HIDDEN = "hidden", _("indlægget blev skjult")

    OPEN = (State.WAITING, State.HANDED_ON)

    space = models.ForeignKey(Space, on_delete=models.CASCADE, related_name="reports")
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="reports")
    by = models.ForeignKey(USER, null=True, on_delete=models.SET_NULL, related_name="+")
    reason = models.CharField(_("hvorfor"), max_length=10, choices=Reason.choices)
    words = models.TextField(_("med dine ord"), max_length=1000, blank=True)
    at = models.DateTimeField(_("anmeldt"), auto_now_add=True)
    state = models.CharField(_("tilstand"), max_length=10, choices=State.choices, default=State.WAITING)

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("anmeldelse")
        verbose_name_plural = _("anmeldelser")
        ordering = ["at"]
        constraints = [
            models.UniqueConstraint(
                fields=["post", "by"],
                condition=Q(state__in=["waiting", "handed_on"]),
                name="one_waiting_report_a_person",
            )
        ]

    def __str__(self):
        return f"{self.get_reason_display()} · {self.post_id}"


class ModerationActQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Keep what was done in the spaces `user` runs; for an editor what was done about reports in open spaces; for
        an administrator that a report was handed on to her, and what she did about one herself. Nobody undoes what was
        done about herself.
        """
        own = allowed(user, Act.RUN, "space_id")
        if user.is_active and user.has_perm(MODERATES):
            own |= allowed(user, Act.READ, "space_id") & Q(space__kind=Space.Kind.OPEN, report__isnull=False)
        if user.is_active and user.has_perm(ADMINISTERS):
            handed_on = Q(what=ModerationAct.What.HANDED_ON, report__state=Report.State.HANDED_ON)
            own |= handed_on | Q(by=user.pk, report__isnull=False)
        return self.filter(own).exclude(person=user.pk)

    def readable_by(self, user):
        """Keep what `user` is told of: what was done about her or her posts, in spaces she may still know of, and why
        a post stands that she reported.
        """
        about_me = Q(person=user.pk) & allowed(user, Act.KNOW, "space_id") & ~Q(what__in=ModerationAct.UNTOLD)
        kept = Q(what=ModerationAct.What.KEPT, post__in=Report.objects.readable_by(user).values("post"))
        return self.filter(about_me | kept)


class ModerationAct(models.Model):
    """What was done about a post or a person, by whom and why. It is told to those concerned, and can be undone."""

    class What(models.TextChoices):
        KEPT = "kept", _("lod indlægget stå")
        HIDDEN = "hidden", _("skjulte indlægget")
        APPROVED = "approved", _("lod indlægget komme frem")
        ASKED = "asked", _("skrev til forfatteren")
        SUSPENDED = "suspended", _("udelukkede fra rummet")
        HANDED_ON = "handed_on", _("gav sagen videre til en administrator")
        REMOVED = "removed", _("fjernede indlægget")

    # That a post was reported and stands, or is looked at by another, its author is not told.
    UNTOLD = (What.KEPT, What.HANDED_ON)

    what = models.CharField(_("hvad"), max_length=10, choices=What.choices)
    space = models.ForeignKey(Space, on_delete=models.CASCADE, related_name="moderation_acts")
    thread = models.ForeignKey(Thread, null=True, on_delete=models.SET_NULL, related_name="+")
    post = models.ForeignKey(Post, null=True, on_delete=models.SET_NULL, related_name="moderation_acts")
    person = models.ForeignKey(USER, null=True, on_delete=models.SET_NULL, related_name="+")
    membership = models.ForeignKey(Membership, null=True, on_delete=models.SET_NULL, related_name="+")
    report = models.ForeignKey(Report, null=True, on_delete=models.SET_NULL, related_name="acts")
    by = models.ForeignKey(USER, null=True, on_delete=models.SET_NULL, related_name="+")
    why = models.TextField(_("hvorfor"), max_length=1000, blank=True)
    at = models.DateTimeField(_("hvornår"), auto_now_add=True)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(USER, null=True, on_delete=models.SET_NULL, related_name="+")

    objects = ModerationActQuerySet.as_manager()

    class Meta:
        verbose_name = _("handling i moderation")
        verbose_name_plural = _("handlinger i moderation")
        ordering = ["-pk"]

    def __str__(self):
        return f"{self.get_what_display()} · {self.space_id}"
