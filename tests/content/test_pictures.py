"""Pictures come in clean, are made ready by publishing, and are never made by a reader's visit."""

import io

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from PIL import Image as PillowImage
from wagtail.images.forms import get_image_form

from content import pictures
from content.models import Picture, PictureRendition
from home.models import HomePage, InformationPage

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def photo(form="JPEG", size=(900, 600), **options):
    out = io.BytesIO()
    PillowImage.new("RGB", size, (20, 90, 100)).save(out, form, **options)
    return ContentFile(out.getvalue(), name=f"foto.{form.lower()}")


def exif_with_place_and_turn():
    exif = PillowImage.Exif()
    exif[0x0112] = 6  # orientation: turn a quarter
    exif[0x010F] = "Kamerafabrik"
    exif.get_ifd(0x8825)[1] = "N"  # GPS
    return exif


def picture(**fields):
    return Picture.objects.create(
        **{"title": "Havn", "file": photo(), "description": "En havn", "rights_holder": "En fotograf", **fields}
    )


@pytest.fixture
def page(campaign):
    front = HomePage.objects.get()
    shown = InformationPage(title="Med billede", slug="med-billede", summary="Kort", cover=picture())
    front.add_child(instance=shown)
    return shown


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_what_the_camera_wrote_is_gone_and_the_picture_stands_upright(form):
    stored = picture(file=photo(form, exif=exif_with_place_and_turn()))
    with stored.file.open("rb") as file:
        image = PillowImage.open(file)
        assert not dict(image.getexif())
        assert b"Kamerafabrik" not in stored.file.open("rb").read()
        assert image.size == (600, 900)
    assert (stored.width, stored.height) == (600, 900)


def test_a_gif_that_moves_keeps_its_frames():
    frames = [PillowImage.new("RGB", (40, 30), (80 * number, 0, 0)) for number in range(3)]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], comment=b"hemmelig")
    stored = picture(file=ContentFile(out.getvalue(), name="film.gif"))
    raw = stored.file.open("rb").read()
    assert PillowImage.open(io.BytesIO(raw)).n_frames == 3
    assert b"hemmelig" not in raw


def test_publishing_makes_every_rendition_the_templates_use(page):
    assert not PictureRendition.objects.filter(image=page.cover).exists()
    page.save_revision().publish()
    made = set(PictureRendition.objects.filter(image=page.cover).values_list("filter_spec", flat=True))
    assert made == set(pictures.ALL_SPECS.values())
    assert set(pictures.ready(page.cover, "wide")) == {"avif", "webp", "jpeg"}


def test_a_reader_gets_the_picture_with_rights_holder_in_three_formats(page, visitor):
    page.save_revision().publish()
    html = visitor.get(page.url).content.decode()
    assert 'type="image/avif"' in html
    assert 'type="image/webp"' in html
    assert "En fotograf" in html
    assert 'alt="En havn"' in html


def test_a_visit_makes_no_rendition_even_when_they_are_gone(page, visitor):
    page.save_revision().publish()
    PictureRendition.objects.all().delete()
    assert visitor.get(page.url).status_code == 200
    assert not PictureRendition.objects.exists()


def test_a_new_crop_of_a_picture_in_use_makes_the_renditions_again(page):
    page.save_revision().publish()
    cover = Picture.objects.get(pk=page.cover_id)
    cover.focal_point_x, cover.focal_point_y, cover.focal_point_width, cover.focal_point_height = 300, 300, 90, 90
    cover.save()
    assert set(pictures.ready(cover, "card")) == {"avif", "webp", "jpeg"}


def form_errors(file):
    form = get_image_form(Picture)(
        {
            "title": "Havn",
            "description": "En havn",
            "rights_holder": "En fotograf",
            "collection": 1,
            "licence": "reserved",
        },
        {"file": file},
    )
    return form.errors.get("file", [])


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "GIF", "AVIF"])
def test_the_five_formats_are_taken(form):
    assert not form_errors(photo(form))


@pytest.mark.parametrize("form", ["TIFF", "BMP", "ICO"])
def test_other_formats_are_refused(form):
    assert form_errors(photo(form, size=(64, 64)))


def test_another_format_under_a_false_name_is_refused():
    assert form_errors(ContentFile(photo("BMP").read(), name="foto.jpg"))


def test_more_than_forty_megapixels_is_refused_and_forty_is_taken():
    assert not form_errors(photo("PNG", size=(8000, 5000)))
    assert form_errors(photo("PNG", size=(8001, 5000)))


def test_a_picture_without_words_for_those_who_cannot_see_it_is_refused():
    with pytest.raises(ValidationError, match="Skriv, hvad billedet viser"):
        picture(description=" ").full_clean()
