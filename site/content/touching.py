"""When pages and files are saved, moved, closed or deleted, their entries in the index are touched.

Only the models that have to do with pages and files are listened to, so that no other table pays for it.
"""

from django.apps import apps
from django.db.models import ForeignKey
from django.db.models.signals import post_delete, post_save, pre_delete, pre_save
from modelcluster.fields import ParentalKey
from wagtail.models import Collection, CollectionViewRestriction, Page, PageViewRestriction, Site

from content.findable import touch
from content.finding import FILE, Pages, touch_files_of, touch_pages
from content.listing import page_types
from content.models import File

# Saved when someone writes a draft, sends it to check or takes a lock: nothing that a reader sees.
UNSEEN = {
    "draft_title",
    "has_unpublished_changes",
    "latest_revision",
    "latest_revision_created_at",
    "live_revision",
    "locked",
    "locked_at",
    "locked_by",
}
MEASURES = {"file_size", "file_hash"}


def connect():
    for model in apps.get_models():
        if issubclass(model, Page):
            _hear(model, (pre_save, before_page), (post_save, after_page), (pre_delete, page_goes))
        elif _keys(model, ParentalKey, Page):
            _hear(model, (pre_save, before_row), (post_save, after_row), (post_delete, after_row))
    _hear(PageViewRestriction, (post_save, below_restriction), (post_delete, below_restriction))
    _hear(CollectionViewRestriction, (post_save, in_restricted), (post_delete, in_restricted))
    _hear(Collection, (post_save, in_collection))
    _hear(File, (post_save, after_file), (pre_delete, file_goes))
    _hear(Site, (post_save, everything), (post_delete, everything))


def _hear(model, *heard):
    for signal, receiver in heard:
        signal.connect(
            receiver, sender=model, dispatch_uid=f"content.touching.{model._meta.label}.{receiver.__name__}"
        )


def _keys(model, kind, to):
    return [
        field
        for field in model._meta.concrete_fields
        if isinstance(field, kind) and field.related_model and issubclass(field.related_model, to)
    ]


# --- pages ------------------------------------------------------------------------------------------


def _is_unseen(update_fields, unseen=UNSEEN):
    return update_fields is not None and unseen.issuperset(update_fields)


def before_page(sender, instance, update_fields=None, **kwargs):
    """The files it referred to until now; and all that lies below it, when its address is about to change."""
    if instance.pk is None or _is_unseen(update_fields):
        return
    before = Page.objects.filter(pk=instance.pk).values_list("url_path", flat=True).first()
    if before is not None and before != instance.url_path:
        # Moved or renamed. It may have come under a restriction.
        touch_below(instance.path, losing=True)
    else:
        touch_files_of([instance.pk])


def after_page(sender, instance, update_fields=None, **kwargs):
    """The files that its own fields refer to now; those of its rows are told of by the rows, saved after it."""
    if not _is_unseen(update_fields):
        touch_pages([instance.pk], losing=not instance.live)
        touch(FILE, files_in_hand(instance))


def page_goes(sender, instance, **kwargs):
    touch_pages([instance.pk], losing=True)
    touch_files_of([instance.pk], losing=True)


def touch_below(path: str, losing: bool = False) -> None:
    """Touch the page at `path`, all pages below it, and their files."""
    pks = list(Page.objects.filter(path__startswith=path).values_list("pk", flat=True))
    touch_pages(pks, losing)
    touch_files_of(pks, losing)


def below_restriction(sender, instance, **kwargs):
    if path := Page.objects.filter(pk=instance.page_id).values_list("path", flat=True).first():
        touch_below(path, losing=True)


def everything(sender, instance, **kwargs):
    """Where a site begins stands in the address of every page."""
    touch(Pages.name, Page.objects.type(*page_types()).values_list("pk", flat=True))


# --- rows that hang on a page -----------------------------------------------------------------------


def before_row(sender, instance, **kwargs):
    """The page and the files of the row until now: it may be about to leave them."""
    names = [field.attname for field in _keys(sender, ForeignKey, File)]
    if instance.pk and names:
        for row in sender._default_manager.filter(pk=instance.pk).values_list(*names):
            touch(FILE, filter(None, row))


def after_row(sender, instance, **kwargs):
    pages = {getattr(instance, field.attname) for field in _keys(sender, ParentalKey, Page)}
    touch(Pages.name, filter(None, pages))
    touch(FILE, files_in_hand(instance))


def files_in_hand(thing) -> set[int]:
    """Return the ids of the files that the fields of `thing` refer to, as it stands in memory."""
    found = {getattr(thing, field.attname) for field in _keys(type(thing), ForeignKey, File)}
    for field in thing._meta.concrete_fields:
        if hasattr(field, "extract_references"):
            told = field.extract_references(field.value_from_object(thing))
            found |= {int(pk) for model, pk, *_path in told if model is File}
    return found - {None}


# --- files ------------------------------------------------------------------------------------------


def after_file(sender, instance, update_fields=None, **kwargs):
    """It may have come into a closed collection."""
    if not _is_unseen(update_fields, MEASURES):
        touch(FILE, [instance.pk], losing=True)


def file_goes(sender, instance, **kwargs):
    touch(FILE, [instance.pk], losing=True)


def in_restricted(sender, instance, **kwargs):
    if path := Collection.objects.filter(pk=instance.collection_id).values_list("path", flat=True).first():
        touch_collection(path)


def in_collection(sender, instance, **kwargs):
    """It may be about to be moved: Wagtail saves first and moves then, in one transaction."""
    touch_collection(instance.path)


def touch_collection(path: str) -> None:
    """Touch the files of the collection at `path` and of those below it."""
    touch(FILE, File.objects.filter(collection__path__startswith=path).values_list("pk", flat=True), losing=True)


def after_bulk_action(request, action_type, objects, action):
    """Wagtail moves several files to a collection by one UPDATE, which no signal tells of."""
    if action_type == "add_to_collection" and objects and isinstance(objects[0], File):
        touch(FILE, [file.pk for file in objects], losing=True)
