"""Pictures: made clean when they come in, and made ready before anyone asks for them.

A public GET never makes a rendition: publishing does (`prepare`), templates only look up (`ready`).
"""

import io

from django.core.files.base import ContentFile
from PIL import Image as PillowImage
from PIL import ImageOps
from wagtail.images import get_image_model
from wagtail.images.models import Filter
from wagtail.models import ReferenceIndex

WIDTHS = {"card": 640, "wide": 1280}
FORMATS = ("avif", "webp", "jpeg")
SPECS = {
    (size, form): f"fill-{width}x{width * 372 // 600}|format-{form}"
    for size, width in WIDTHS.items()
    for form in FORMATS
}
INLINE_SPECS = {("inline", form): f"max-1280x1280|format-{form}" for form in FORMATS}
ALL_SPECS = {**SPECS, **INLINE_SPECS}


def without_metadata(file):
    """Return the picture turned the way its camera meant and stripped of EXIF, GPS, XMP and comments.

    Pictures that move keep their frames. A file Pillow cannot read is returned as it is: the form refuses it
    with its own words.
    """
    file.seek(0)
    try:
        image = PillowImage.open(file, formats=["JPEG", "PNG", "WEBP", "GIF", "AVIF"])
        form = image.format
        animated = getattr(image, "is_animated", False)
        out = io.BytesIO()
        options = {"quality": 92} if form in {"JPEG", "WEBP", "AVIF"} else {}
        if profile := image.info.get("icc_profile"):
            options["icc_profile"] = profile
        if animated:
            image.save(out, form, save_all=True, exif=b"", xmp=b"", comment=b"", **options)
        else:
            upright = ImageOps.exif_transpose(image)
            upright.info = {key: upright.info[key] for key in ("transparency",) if key in upright.info}
            upright.save(out, form, **options)
    except (OSError, ValueError, PillowImage.DecompressionBombError):
        file.seek(0)
        return file
    return ContentFile(out.getvalue(), name=file.name)


def prepare(picture):
    """Make every rendition the templates may show of `picture`. Those that exist are kept."""
    picture.get_renditions(*ALL_SPECS.values())


def ready(picture, size):
    """Return {format: rendition} of `size` ("card", "wide", "inline") that exist; an empty dict if none do."""
    wanted = {spec: form for (name, form), spec in ALL_SPECS.items() if name == size}
    found = picture.find_existing_renditions(*(Filter(spec=spec) for spec in wanted))
    return {wanted[filter_.spec]: rendition for filter_, rendition in found.items()}


def ready_or_made(picture, size):
    """As `ready`, for an editor's eyes: where nothing exists, the JPEG is made. Publishing makes the others."""
    if not ready(picture, size):
        picture.get_rendition(ALL_SPECS[size, "jpeg"])
    return ready(picture, size)


def pictures_on(page):
    """Return the pictures that `page` shows: its cover, and those in its blocks."""
    model = get_image_model()
    references = ReferenceIndex.get_references_for_object(page).filter(to_content_type__app_label="content")
    ids = [row.to_object_id for row in references if row.to_content_type.model_class() is model]
    return model.objects.filter(pk__in=ids)
