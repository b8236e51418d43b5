from django.conf import settings
from django.db import models
from django.db.models import Q, Sum
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from network.filekinds import BY_MIME, MEGABYTE
from network.models.rooms import Space, allowed
from network.models.talk import Post
from network.rule import Act, is_in_network
from network.storage import closed_files
from network.unpacking import THUMBNAIL

USER = settings.AUTH_USER_MODEL


class AttachmentQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Keep the files of posts that `user` may read, in spaces that have files, and the own not yet sent.

        A file that was sent stands where its post stands: a thread that is moved takes its files along.
        """
        readable = Post.objects.visible_to(user).filter(thread__space__has_files=True)
        found = Q(post__in=readable.order_by().values("pk"))
        # Without the question an anonymous reader, whose id is None, would be the owner of what nobody owns.
        if is_in_network(user):
            own = Q(post=None, uploaded_by=user, space__has_files=True)
            found |= own & allowed(user, Act.WRITE, "space_id")
        return self.filter(found)

    def in_space(self, space):
        """Keep the files that hang on posts in `space`."""
        return self.filter(post__thread__space=space)


class Attachment(models.Model):
    """A file on a post, or one that is not sent yet; `versions` are what it held, newest first."""

    # Where it was put up; once it is sent, its post says where it stands (`room`).
    space = models.ForeignKey(Space, on_delete=models.CASCADE, related_name="attachments")
    post = models.ForeignKey(Post, null=True, on_delete=models.CASCADE, related_name="attachments")
    name = models.CharField(_("navn"), max_length=150)
    uploaded_by = models.ForeignKey(USER, null=True, on_delete=models.SET_NULL, related_name="+")
    uploaded_at = models.DateTimeField(_("lagt op"), auto_now_add=True)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("vedhæftet fil")
        verbose_name_plural = _("vedhæftede filer")
        ordering = ["pk"]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("attachment", args=[self.room.slug, self.pk, self.name])

    @property
    def room(self):
        """The space in which it can be read."""
        return self.post.thread.space if self.post_id else self.space


class AttachmentVersionQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Keep the versions of files that `user` may read."""
        return self.filter(attachment__in=Attachment.objects.visible_to(user).order_by().values("pk"))


class AttachmentVersion(models.Model):
    class Scan(models.TextChoices):
        CLEAN = "clean", _("set efter")
        WAITING = "waiting", _("venter på virustjek")
        INFECTED = "infected", _("afvist af virustjek")

    attachment = models.ForeignKey(Attachment, on_delete=models.CASCADE, related_name="versions")
    version = models.PositiveIntegerField()
    file = models.FileField(storage=closed_files, max_length=200)
    kind = models.CharField(_("type"), max_length=100, help_text=_("Efter indholdet, ikke efter navnet."))
    thumbnail = models.FileField(storage=closed_files, max_length=200, blank=True)
    size = models.PositiveBigIntegerField(_("bytes"))
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    scan = models.CharField(max_length=8, choices=Scan.choices, default=Scan.CLEAN)
    text = models.TextField(blank=True, help_text=_("Det, der står i filen, til søgning."))
    text_read_at = models.DateTimeField(null=True)
    uploaded_by = models.ForeignKey(USER, null=True, on_delete=models.SET_NULL, related_name="+")
    uploaded_at = models.DateTimeField(auto_now_add=True)

    objects = AttachmentVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("udgave af en fil")
        verbose_name_plural = _("udgaver af filer")
        ordering = ["-version"]
        constraints = [models.UniqueConstraint(fields=["attachment", "version"], name="file_versions_are_numbered")]

    def __str__(self):
        return f"{self.attachment_id} · {self.version}"

    @property
    def file_kind(self):
        return BY_MIME[self.kind]

    @property
    def is_clean(self):
        return self.scan == self.Scan.CLEAN

    @property
    def is_waiting(self):
        return self.scan == self.Scan.WAITING

    @property
    def address(self):
        """The address of this very version."""
        return f"{self.attachment.get_absolute_url()}?udgave={self.version}"

    @property
    def thumbnail_size(self):
        """(width, height) of the thumbnail, so that the page does not move while it comes."""
        share = min(THUMBNAIL[0] / self.width, THUMBNAIL[1] / self.height, 1)
        return max(round(self.width * share), 1), max(round(self.height * share), 1)


def bytes_in(space) -> int:
    """Return what all the files of a space take up, whoever may read them: a sum, and nothing else of them."""
    here = Q(attachment__post__thread__space=space) | Q(attachment__post=None, attachment__space=space)
    return AttachmentVersion.objects.filter(here).aggregate(bytes=Sum("size"))["bytes"] or 0


def room_in(space) -> int:
    """Return how many bytes a space has for files in all."""
    return space.file_room * MEGABYTE
