from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from network.markdown import Clean
from network.models.rooms import Space, allowed, role_of
from network.rule import Act

POSTS_PER_PAGE = 30


class ThreadQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Keep the threads that `user` may read."""
        return self.filter(allowed(user, Act.READ, "space_id"))

    def with_role_of(self, user):
        """Bring along as `own_role` what `user` is in the space of each thread."""
        return self.annotate(own_role=role_of(user, "space_id"))


class PostQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Keep the posts that `user` may read."""
        return self.filter(allowed(user, Act.READ, "thread__space_id"))


class Thread(models.Model):
    """A matter talked about in a space; its first post is the question."""

    space = models.ForeignKey(Space, verbose_name=_("rum"), on_delete=models.CASCADE, related_name="threads")
    title = models.CharField(_("overskrift"), max_length=140)
    slug = models.SlugField(max_length=80, editable=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="threads", editable=False
    )
    created_at = models.DateTimeField(_("begyndt"), editable=False)
    last_post_at = models.DateTimeField(_("sidste indlæg"), editable=False)
    number_of_posts = models.PositiveIntegerField(default=0, editable=False)

    objects = ThreadQuerySet.as_manager()

    class Meta:
        verbose_name = _("tråd")
        verbose_name_plural = _("tråde")
        ordering = ["-last_post_at", "-pk"]
        indexes = [models.Index(fields=["space", "-last_post_at"], name="threads_newest_first")]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("thread", args=[self.space.slug, self.pk, self.slug])

    @property
    def replies(self):
        return max(self.number_of_posts - 1, 0)


class Post(models.Model):
    """What someone wrote, with the HTML that the safe pipeline made of it once (network.markdown)."""

    thread = models.ForeignKey(Thread, verbose_name=_("tråd"), on_delete=models.CASCADE, related_name="posts")
    number = models.PositiveIntegerField(editable=False, help_text=_("Fra 1, uden huller."))
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="posts", editable=False
    )
    source = models.TextField(_("tekst"))
    html = models.TextField(editable=False)
    created_at = models.DateTimeField(_("skrevet"), editable=False)
    edited_at = models.DateTimeField(_("rettet"), null=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    # The form it was written in: sent twice, it becomes one post.
    form_key = models.UUIDField(null=True, editable=False)

    objects = PostQuerySet.as_manager()

    class Meta:
        verbose_name = _("indlæg")
        verbose_name_plural = _("indlæg")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["thread", "number"], name="posts_are_numbered"),
            models.UniqueConstraint(fields=["author", "form_key"], name="one_post_a_form"),
        ]

    def __str__(self):
        return f"{self.thread_id} · {self.number}"

    def get_absolute_url(self):
        page = (self.number - 1) // POSTS_PER_PAGE + 1
        choice = f"?side={page}" if page > 1 else ""
        return f"{self.thread.get_absolute_url()}{choice}#{self.anchor}"

    @property
    def body(self):
        return Clean(self.html)

    @property
    def anchor(self):
        return f"indlaeg-{self.number}"
