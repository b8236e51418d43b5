from django.conf import settings
from django.core.files.storage import storages
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from network.models.rooms import Space
from network.models.talk import Post

USER = settings.AUTH_USER_MODEL


def closed_files():
    """Where members' files lie: outside the public media, handed out by a view that asks the rule."""
    return storages["members"]


class AttachmentQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Keep the files of posts that `user` may read, in spaces that have files, and the own not yet sent."""
        sent = Q(post__in=Post.objects.visible_to(user).order_by().values("pk"), space__has_files=True)
        return self.filter(sent | Q(post=None, uploaded_by=user.pk))


class Attachment(models.Model):
    """A file on a post; `versions` are what it held, newest first."""

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
        return reverse("attachment", args=[self.space.slug, self.pk, self.name])


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
