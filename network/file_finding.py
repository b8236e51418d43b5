"""Files on posts are found by their names and their text, by those who may read the post."""

from django.db.models.signals import post_delete, post_save, pre_save
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from content.cards import Card
from content.findable import Entry, Findable, Kind, register, touch
from network.finding import token_of, under_of
from network.models import Attachment, AttachmentVersion, Event, Post, Showing, Space, Thread
from network.signals import happened

ATTACHMENT = "attachment"
PLACE = "post__thread__space__theme"


class Attachments(Findable):
    """As with what is said (network.finding), an entry is made without anyone asking, under the token of its thread;
    a card is made by the rule.
    """

    name = ATTACHMENT
    kind = Kind("rumfil", gettext_lazy("Fil i rum"), gettext_lazy("Filer i rum"), "i-file", is_closed=True)

    def kinds(self):
        return [self.kind]

    def after(self, pk, limit):
        sent = Attachment.objects.filter(pk__gt=pk, post__isnull=False).order_by("pk")
        return list(sent.values_list("pk", flat=True)[:limit])

    def entries(self, pks):
        shown = Attachment.objects.filter(
            pk__in=pks,
            post__state=Showing.VISIBLE,
            post__thread__state=Showing.VISIBLE,
            post__thread__space__has_files=True,
            post__thread__space__has_threads=True,
        )
        versions = AttachmentVersion.objects.filter(attachment__in=pks, scan=AttachmentVersion.Scan.CLEAN)
        newest = {version.attachment_id: version for version in versions.order_by("version")}
        files = [file for file in shown.select_related(PLACE) if file.pk in newest]
        return [
            Entry(
                pk=file.pk,
                kind=self.kind.name,
                title=file.name,
                url=file.post.get_absolute_url(),
                audience=token_of(file.post.thread),
                text=newest[file.pk].text,
                under=under_of(file.post.thread.space),
                published=newest[file.pk].uploaded_at,
            )
            for file in files
        ]

    def cards(self, user, pks, request=None):
        files = {file.pk: file for file in self._readable(user).filter(pk__in=pks).select_related(PLACE)}
        versions = AttachmentVersion.objects.visible_to(user).filter(attachment__in=files)
        clean = versions.filter(scan=AttachmentVersion.Scan.CLEAN).order_by("version").defer("text")
        newest = {version.attachment_id: version for version in clean}
        return {pk: self._card(file, newest[pk]) for pk, file in files.items() if pk in newest}

    def readable(self, user):
        return self._readable(user).order_by().values("pk")

    def _readable(self, user):
        return Attachment.objects.visible_to(user).filter(post__isnull=False)

    def _card(self, file, version):
        thread = file.post.thread
        return Card(
            pk=file.pk,
            title=file.name,
            url=file.post.get_absolute_url(),
            summary=_("I tråden »%(title)s«") % {"title": thread.title},
            kind=self.kind.name,
            kind_label=self.kind.label,
            icon=self.kind.icon,
            kicker=[thread.space.name, f"{version.file_kind.label}, {filesizeformat(version.size)}"],
        )


register(Attachments())


# --- when something changes ---------------------------------------------------------------------------


def touch_files(losing=False, **attachments) -> None:
    """Touch the files that `attachments` (a lookup) finds, on posts."""
    found = Attachment.objects.filter(post__isnull=False, **attachments)
    touch(ATTACHMENT, found.values_list("pk", flat=True), losing)


LOSES = {
    Event.What.TAKEN_DOWN,
    Event.What.HIDDEN,
    Event.What.HELD,
    Event.What.MOVED,
    Event.What.MERGED,
    Event.What.SPLIT,
}
TOUCHES = LOSES | {Event.What.FILE, Event.What.PUT_BACK, Event.What.APPROVED, Event.What.KEPT}


def said_otherwise(sender, event, **kwargs):
    """Where a post goes, its files go. The first post stands for the whole thread, whose files go with it."""
    if event.what not in TOUCHES:
        return
    losing = event.what in LOSES
    if event.thread is not None and (event.post is None or event.post.number == 1):
        touch_files(losing, post__thread=event.thread)
    elif event.post is not None and event.post.has_files:
        touch_files(losing, post=event.post)


def space_changes(sender, instance, **kwargs):
    """The same of a space as stands in the entries of what is said in it, and whether it has files at all."""
    fields = ("slug", "theme_id", "kind", "shows_earlier", "has_files")
    before = Space.objects.filter(pk=instance.pk).only(*fields).first()
    if before and _in_entries(before) != _in_entries(instance):
        touch_files(losing=instance.hides_earlier or not instance.has_files, post__thread__space=instance)


def _in_entries(space):
    return space.slug, space.theme_id, space.hides_earlier, space.has_files


def place_changes(sender, instance, created, update_fields=None, **kwargs):
    """A post or a thread that is saved may be hidden, or stand elsewhere."""
    if not created and (update_fields is None or {"state", "space", "thread"} & set(update_fields)):
        touch_files(losing=True, **{"post" if sender is Post else "post__thread": instance})


def file_goes(sender, instance, **kwargs):
    touch(ATTACHMENT, [instance.pk], losing=True)


def _hear(model, receiver, *signals):
    for signal in signals:
        signal.connect(receiver, sender=model, dispatch_uid=f"network.file_finding.{model.__name__}")


_hear(Space, space_changes, pre_save)
_hear(Post, place_changes, post_save)
_hear(Thread, place_changes, post_save)
_hear(Attachment, file_goes, post_delete)
happened.connect(said_otherwise, dispatch_uid="network.file_finding")
