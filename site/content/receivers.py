from django.db.models.signals import post_save
from wagtail.images import get_image_model
from wagtail.models import Page, ReferenceIndex
from wagtail.signals import page_published

from content import pictures


def prepare_pictures(sender, instance, **kwargs):
    ReferenceIndex.create_or_update_for_object(instance)
    for picture in pictures.pictures_on(instance):
        pictures.prepare(picture)


def prepare_again(sender, instance, created, **kwargs):
    """A new crop or file throws the renditions away: make them again where a live page shows the picture."""
    if created:
        return
    pages = ReferenceIndex.get_references_to(instance).values_list("base_content_type", "object_id")
    if Page.objects.live().filter(pk__in=[pk for _type, pk in pages if pk.isdigit()]).exists():
        pictures.prepare(instance)


def connect():
    page_published.connect(prepare_pictures, dispatch_uid="content.prepare_pictures")
    post_save.connect(prepare_again, sender=get_image_model(), dispatch_uid="content.prepare_again")
