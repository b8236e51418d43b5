from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Case, F, FilteredRelation, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from network.markdown import Clean
from network.models.rooms import Membership, Space, allowed, standing_of
from network.rule import Act, Standing, is_in_network

POSTS_PER_PAGE = 30
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
DAYS_TO_PUT_BACK = 30
USER = settings.AUTH_USER_MODEL


class Showing(models.TextChoices):
    """Whether what someone wrote is shown, and why not."""

    VISIBLE = "visible", _("vist")
    HELD = "held", _("venter på facilitator")
    HIDDEN = "hidden", _("skjult")
    REMOVED = "removed", _("fjernet")


def shown_to(user, space, path="") -> Q:
    """Return the condition on threads or posts that what they hold is shown to `user`, who may read in their space.

    What is held is read by its author and by those who run the space, what is hidden by those who run it, and what is
    removed by nobody. `path` leads from the row to the one that has a state, `space` to the id of its space.
    """
    shown = Q(**{f"{path}state": Showing.VISIBLE})
    if is_in_network(user):
        shown |= Q(**{f"{path}state": Showing.HELD, f"{path}author": user})
        shown |= Q(**{f"{path}state__in": [Showing.HELD, Showing.HIDDEN]}) & allowed(user, Act.RUN, space)
    return shown


def last_day_to_put_back():
    """What was removed before then is gone for good."""
    return timezone.now() - timedelta(days=DAYS_TO_PUT_BACK)


def name_of(person):
    """Return the name of who is at the path `person`; nothing of one who has left."""
    return Case(When(**{f"{person}__is_active": True}, then=F(f"{person}__name")), default=Value(""))


class ThreadQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Keep the threads that `user` may read."""
        may_read = allowed(user, Act.READ, "space_id", begun="created_at")
        return self.filter(may_read, shown_to(user, "space_id"), space__has_threads=True)

    def with_standing_of(self, user):
        """Bring along as `own_standing` what `user` is to the space of each thread."""
        return self.annotate(own_standing=standing_of(user, "space_id"))

    def with_reading_of(self, user):
        """Bring along how far `user` has read in each thread: `own_read`, a number, and `own_read_until`, a moment."""
        if not is_in_network(user):
            return self.annotate(own_read=Value(0), own_read_until=Value(LONG_AGO, models.DateTimeField()))
        marker = ReadMarker.objects.filter(user=user, thread=OuterRef("pk")).values("number")[:1]
        own = Membership.objects.filter(user=user, space=OuterRef("space_id")).values("read_until")[:1]
        return self.annotate(
            own_read=Coalesce(Subquery(marker), 0),
            own_read_until=Coalesce(Subquery(own), Value(LONG_AGO), output_field=models.DateTimeField()),
        )


class PostQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Keep the posts whose text `user` may read."""
        space = "thread__space_id"
        may_read = allowed(user, Act.READ, space, begun="thread__created_at")
        shown = shown_to(user, space) & shown_to(user, space, "thread__")
        return self.filter(may_read, shown, thread__space__has_threads=True)

    def in_thread(self, thread, user, standing: Standing):
        """Keep the posts of a thread that `user`, of `standing`, was let into (`check_see_thread`), in their order.

        What she may not read stands there without its text: `shown_html` is empty, and nothing else of it is fetched.
        """
        readable = Q(state=Showing.VISIBLE) | Q(state=Showing.HELD, author=user.pk)
        if standing is Standing.FACILITATOR:
            readable |= Q(state__in=[Showing.HELD, Showing.HIDDEN])
        there = readable | Q(state__in=[Showing.HIDDEN, Showing.REMOVED])
        text = Case(When(readable, then=F("html")), default=Value(""), output_field=models.TextField())
        return self.filter(there, thread=thread).defer("source", "html").annotate(shown_html=text).order_by("number")

    def with_own_thanks(self, user):
        """Bring along as `own_thanks` whether `user` has said thank you for each post."""
        own = FilteredRelation("thanks", condition=Q(thanks__user=user.pk))
        thanked = Case(When(own_row__isnull=False, then=Value(True)), default=Value(False))
        return self.annotate(own_row=own).annotate(own_thanks=thanked)

    def with_surroundings(self):
        """Bring along what is said beside a post: which one it answers, and who put it into its state."""
        return self.annotate(
            answered_thread=F("reply_to__thread"),
            answered_number=F("reply_to__number"),
            answered_state=F("reply_to__state"),
            answered_name=name_of("reply_to__author"),
            state_by_name=name_of("state_by"),
        )

    def restorable_by(self, user):
        """Keep the removed posts that `user` may put back: what she took away herself, and where she runs the space
        what a facilitator removed. Who may put it back may see what thread it stood in, also one that went with it.
        """
        own = Q(author=user.pk, state_by=user.pk) & allowed(user, Act.WRITE, "thread__space_id")
        # Nothing is neither the same as something nor another: who is gone is named apart.
        by_others = Q(author=None) | Q(state_by=None) | ~Q(state_by=F("author"))
        run = by_others & allowed(user, Act.RUN, "thread__space_id")
        return self.filter(own | run, state=Showing.REMOVED, state_at__gt=last_day_to_put_back())


class Thread(models.Model):
    """A matter talked about in a space; its first post is the question."""

    space = models.ForeignKey(Space, verbose_name=_("rum"), on_delete=models.CASCADE, related_name="threads")
    title = models.CharField(_("overskrift"), max_length=140)
    slug = models.SlugField(max_length=80, editable=False)
    author = models.ForeignKey(USER, null=True, on_delete=models.SET_NULL, related_name="threads", editable=False)
    created_at = models.DateTimeField(_("begyndt"), editable=False)
    last_post_at = models.DateTimeField(_("sidste indlæg"), editable=False)
    # Those that are shown; numbers may be more, for what was moved away leaves a gap.
    number_of_posts = models.PositiveIntegerField(default=0, editable=False)
    first_is_shown = models.BooleanField(default=True, editable=False)
    last_number = models.PositiveIntegerField(default=0, editable=False)
    state = models.CharField(max_length=8, choices=Showing.choices, default=Showing.VISIBLE, editable=False)

    pinned_at = models.DateTimeField(_("fastgjort"), null=True, editable=False)
    closed_at = models.DateTimeField(_("lukket"), null=True, editable=False)
    closed_by = models.ForeignKey(USER, null=True, on_delete=models.SET_NULL, related_name="+", editable=False)
    closed_why = models.CharField(_("hvorfor"), max_length=200, blank=True, editable=False)
    answer = models.ForeignKey(
        "network.Post", null=True, on_delete=models.SET_NULL, related_name="+", editable=False, verbose_name=_("svar")
    )
    # »Status nu«: where the matter stands, on top of a long thread.
    status_source = models.TextField(blank=True, editable=False)
    status_html = models.TextField(blank=True, editable=False)
    status_at = models.DateTimeField(null=True, editable=False)
    status_by = models.ForeignKey(USER, null=True, on_delete=models.SET_NULL, related_name="+", editable=False)
    status_version = models.PositiveIntegerField(default=0, editable=False)
    # Who looks after the question since the one who asked it left her job (network.leaving).
    kept_by = models.ForeignKey(USER, null=True, on_delete=models.SET_NULL, related_name="+", editable=False)
    has_poll = models.BooleanField(default=False, editable=False)
    # Another thread was merged into it: its posts say so where they begin.
    has_joined = models.BooleanField(default=False, editable=False)

    objects = ThreadQuerySet.as_manager()

    class Meta:
        verbose_name = _("tråd")
        verbose_name_plural = _("tråde")
        ordering = ["-last_post_at", "-pk"]
        indexes = [
            models.Index(fields=["space", "-last_post_at"], name="threads_newest_first"),
            models.Index(fields=["space", "pinned_at"], condition=Q(pinned_at__isnull=False), name="threads_pinned"),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("thread", args=[self.space.slug, self.pk, self.slug])

    @property
    def replies(self):
        return max(self.number_of_posts - self.first_is_shown, 0)

    @property
    def has_answer(self):
        return self.answer_id is not None

    @property
    def is_closed(self):
        return self.closed_at is not None

    @property
    def status(self):
        return Clean(self.status_html)


class Post(models.Model):
    """What someone wrote, with the HTML that the safe pipeline made of it once (network.markdown)."""

    thread = models.ForeignKey(Thread, verbose_name=_("tråd"), on_delete=models.CASCADE, related_name="posts")
    number = models.PositiveIntegerField(
        editable=False, help_text=_("Fra 1; det, der er flyttet væk, efterlader hul.")
    )
    author = models.ForeignKey(USER, null=True, on_delete=models.SET_NULL, related_name="posts", editable=False)
    source = models.TextField(_("tekst"))
    html = models.TextField(editable=False)
    created_at = models.DateTimeField(_("skrevet"), editable=False)
    edited_at = models.DateTimeField(_("rettet"), null=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    # The form it was written in: sent twice, it becomes one post.
    form_key = models.UUIDField(null=True, editable=False)

    reply_to = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="+", editable=False)
    state = models.CharField(max_length=8, choices=Showing.choices, default=Showing.VISIBLE, editable=False)
    state_by = models.ForeignKey(USER, null=True, on_delete=models.SET_NULL, related_name="+", editable=False)
    state_at = models.DateTimeField(null=True, editable=False)
    # What it was before it was removed: that it is again when it is put back.
    state_before = models.CharField(max_length=8, choices=Showing.choices, blank=True, editable=False)
    # Kept beside the post so that a page of posts need not ask for what is not there.
    number_of_thanks = models.PositiveIntegerField(default=0, editable=False)
    has_files = models.BooleanField(default=False, editable=False)
    has_references = models.BooleanField(default=False, editable=False)

    objects = PostQuerySet.as_manager()

    class Meta:
        verbose_name = _("indlæg")
        verbose_name_plural = _("indlæg")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["thread", "number"], name="posts_are_numbered"),
            models.UniqueConstraint(fields=["author", "form_key"], name="one_post_a_form"),
        ]
        indexes = [models.Index(fields=["created_at"], condition=Q(state="held"), name="posts_held")]

    def __str__(self):
        return f"{self.thread_id} · {self.number}"

    def get_absolute_url(self):
        """The address that lasts: it leads to where the post stands, also after it was moved."""
        return reverse("post", args=[self.thread.space.slug, self.thread_id, self.thread.slug, self.number])

    @property
    def place(self):
        """The address of the page on which the post stands now, at the post."""
        page = (self.number - 1) // POSTS_PER_PAGE + 1
        choice = f"?side={page}" if page > 1 else ""
        return f"{self.thread.get_absolute_url()}{choice}#{self.anchor}"

    @property
    def body(self):
        return Clean(self.shown_html if hasattr(self, "shown_html") else self.html)

    @property
    def anchor(self):
        return f"indlaeg-{self.number}"

    @property
    def is_tombstone(self):
        """Does it stand there without its text? Asked of posts fetched by `in_thread`."""
        return not self.shown_html


class OfPostQuerySet(models.QuerySet):
    """Of what hangs on a post: it is read by those who may read the post."""

    def visible_to(self, user):
        return self.filter(post__in=Post.objects.visible_to(user).order_by().values("pk"))


class PostVersion(models.Model):
    """What a post said before it was edited."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="versions")
    version = models.PositiveIntegerField()
    source = models.TextField()
    html = models.TextField()
    written_at = models.DateTimeField()

    objects = OfPostQuerySet.as_manager()

    class Meta:
        verbose_name = _("tidligere udgave")
        verbose_name_plural = _("tidligere udgaver")
        ordering = ["-version"]
        constraints = [models.UniqueConstraint(fields=["post", "version"], name="versions_are_numbered")]

    def __str__(self):
        return f"{self.post_id} · {self.version}"

    @property
    def body(self):
        return Clean(self.html)


class FormerPlace(models.Model):
    """Where a thread or a post stood before it was merged or split off: the old address leads on.

    `thread_pk` is the number in the old address, `number` that of the post in it, None for the thread itself: then
    `title` is what it was called, and `post` the first of its posts.
    """

    thread_pk = models.BigIntegerField()
    number = models.PositiveIntegerField(null=True)
    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="+")
    post = models.ForeignKey(Post, null=True, on_delete=models.CASCADE, related_name="+")
    title = models.CharField(max_length=140, blank=True)

    class Meta:
        verbose_name = _("tidligere sted")
        verbose_name_plural = _("tidligere steder")
        constraints = [
            models.UniqueConstraint(fields=["thread_pk", "number"], name="one_way_on_from_a_post"),
            models.UniqueConstraint(
                fields=["thread_pk"], condition=Q(number__isnull=True), name="one_way_on_from_a_thread"
            ),
        ]

    def __str__(self):
        return f"{self.thread_pk} · {self.number}"


class Thanks(models.Model):
    """Someone says thank you for a post. It can be taken back."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="thanks")
    user = models.ForeignKey(USER, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    objects = OfPostQuerySet.as_manager()

    class Meta:
        verbose_name = _("tak")
        verbose_name_plural = _("tak")
        constraints = [models.UniqueConstraint(fields=["post", "user"], name="one_thanks_a_person")]

    def __str__(self):
        return f"{self.user_id} · {self.post_id}"


class ReadMarker(models.Model):
    """How far someone has read in a thread: the number of the last post seen."""

    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(USER, on_delete=models.CASCADE, related_name="+")
    number = models.PositiveIntegerField()
    at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("læsemærke")
        verbose_name_plural = _("læsemærker")
        constraints = [models.UniqueConstraint(fields=["user", "thread"], name="one_marker_a_thread")]

    def __str__(self):
        return f"{self.user_id} · {self.thread_id} · {self.number}"
