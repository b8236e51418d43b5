"""A case story is made in one form, in the order one tells it; what is wrong is said where it is."""

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from wagtail.images.tests.utils import get_test_image_file
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield

from cases.models import CaseIndexPage, CaseStoryPage
from content.models import File, Picture
from methods.models import MethodPage, MethodUse, ToolPage
from network.models import Municipality
from taxonomy.models import Phase, Theme

pytestmark = pytest.mark.usefixtures("campaign")
REQUIRED = "Dette felt er påkrævet."
TOLD = [
    "Titel",
    "Kort fortalt",
    "Hvor er det fra?",
    "Fortællingen",
    "Det ved vi ikke",
    "Metoder og værktøjer i fortællingen",
    "Hvor hører siden til?",
    "Kilder",
    "Hvem ser efter siden?",
]


@pytest.fixture
def admin(client):
    client.force_login(get_user_model().objects.create_superuser("redaktoer@forkant.example"))
    return client


@pytest.fixture
def place():
    return Municipality.objects.get(name="Skive")


@pytest.fixture
def send(admin):
    """Return a function that sends the form of a new story, to be published unless it is a draft."""
    index = CaseIndexPage.objects.get()
    url = reverse("wagtailadmin_pages:add", args=["cases", "casestorypage", index.pk])

    def send_story(draft=False, **changes):
        fields = {
            "title": "Havnen blev et torv",
            "slug": "havnen-blev-et-torv",
            "summary": "Byen tog havnen tilbage.",
            "licence": "cc-by-4.0",
            "status": "current",
            "body": streamfield([]),
            **dict.fromkeys(("sources", "method_uses", "comments"), inline_formset([])),
            **({} if draft else {"action-publish": "1"}),
            **changes,
        }
        lists = {name: fields.pop(name) for name in ("themes", "phases") if name in fields}
        return admin.post(url, {**nested_form_data(fields), **lists})

    return send_story


def faults(response):
    """Return {name of the field: what is said at it}."""
    assert response.status_code == 200
    page = BeautifulSoup(response.content, "html.parser")
    said = {}
    for message in page.select(".w-field__errors .error-message"):
        said[message.find_parent(attrs={"data-contentpath": True})["data-contentpath"]] = message.get_text(strip=True)
    return said


def story():
    return CaseStoryPage.objects.get(slug="havnen-blev-et-torv")


def use(method, place, **fields):
    return {"method": getattr(method, "pk", ""), "municipality": getattr(place, "pk", ""), **fields}


def test_the_form_asks_in_the_order_in_which_one_tells(admin):
    index = CaseIndexPage.objects.get()
    url = reverse("wagtailadmin_pages:add", args=["cases", "casestorypage", index.pk])
    page = BeautifulSoup(admin.get(url).content, "html.parser")
    first = page.select_one("[role=tabpanel]")
    headings = [heading.get_text(" ", strip=True).rstrip(" *") for heading in first.select("h2.w-panel__heading")]
    assert [heading for heading in headings if heading in TOLD] == TOLD


def test_a_story_with_all_that_belongs_to_it_takes_one_form(send, place, visitor):
    picture = Picture.objects.create(
        title="Havnen", file=get_test_image_file(), description="En havn", rights_holder="Ea Eksempel (opdigtet)"
    )
    sheet = File.objects.create(title="Spørgearket", file=ContentFile(b"ark", name="ark.txt"))
    methods = [MethodPage.objects.live().first(), ToolPage.objects.live().first()]
    step = {"title": "Find ti at tale med", "text": "Ring til dem.", "duration": "", "who": "", "sheet": ""}
    answer = send(
        municipality=place.pk,
        cover=picture.pk,
        tags="havne, torve",
        themes=[Theme.objects.get(slug="bosaetning").pk],
        phases=[Phase.objects.get(slug="inddragelse").pk],
        method_uses=inline_formset([use(method, place, how_used=f"Brugt: {method.slug}") for method in methods]),
        body=streamfield(
            [
                ("paragraph", {"text": rich_text("<p>Det begyndte med en bænk.</p>"), "sources": streamfield([])}),
                ("picture", {"picture": picture.pk, "caption": "Den nye bænk"}),
                ("step", step),
                ("download", {"document": sheet.pk, "text": "Til jeres egne samtaler"}),
            ]
        ),
        sources=inline_formset([{"url": "https://example.org/", "title": "Avisen"}]),
    )
    assert answer.status_code == 302
    shown = visitor.get(story().url).content.decode()
    told = ["Det begyndte med en bænk.", "Den nye bænk", "Ea Eksempel", "Find ti at tale med", "Spørgearket", "torve"]
    told += ["Avisen", "Skive Kommune", *(f"Brugt: {method.slug}" for method in methods)]
    assert [word for word in told if word not in shown] == []


def test_an_empty_form_says_at_each_field_what_is_missing(send):
    said = faults(send(title="", slug="", summary=""))
    assert {name: said.get(name) for name in ("title", "summary", "municipality")} == {
        "title": REQUIRED,
        "summary": REQUIRED,
        "municipality": REQUIRED,
    }


def test_too_long_a_summary_is_said_at_the_field_and_stands_there_still(send, place):
    response = send(summary="x" * 301, municipality=place.pk)
    assert "300 tegn" in faults(response)["summary"]
    page = BeautifulSoup(response.content, "html.parser")
    field = page.select_one("[name=summary]")
    assert field.get_text(strip=True) == "x" * 301
    assert not field.has_attr("maxlength")


def test_a_use_without_its_method_or_its_municipality_says_so(send, place):
    method = MethodPage.objects.live().first()
    for row, missing in ((use(None, place), "method"), (use(method, None), "municipality")):
        response = send(municipality=place.pk, method_uses=inline_formset([{**row, "how_used": "De gik en tur."}]))
        assert faults(response) == {missing: REQUIRED}
        assert "De gik en tur." in response.content.decode()


def test_a_draft_is_kept_before_any_of_it_is_whole(send, visitor):
    half = inline_formset([use(None, None, how_used="De gik en tur.")])
    step = {"title": "Find ti at tale med", "text": "", "duration": "", "who": "", "sheet": ""}
    answer = send(draft=True, summary="", method_uses=half, body=streamfield([("step", step)]))
    assert answer.status_code == 302
    draft = story()
    row = MethodUse.objects.get(page=draft)
    assert (row.method, row.municipality, row.how_used) == (None, None, "De gik en tur.")
    assert draft.body[0].value["title"] == "Find ti at tale med"
    assert visitor.get(draft.url).status_code == 404


def test_a_draft_without_its_municipality_cannot_be_published_past_its_form(send):
    assert send(draft=True).status_code == 302
    with pytest.raises(ValidationError):
        story().get_latest_revision().publish()
    assert not story().live


@pytest.mark.parametrize(
    ("missing", "said"),
    [("description", "Skriv, hvad billedet viser"), ("rights_holder", REQUIRED), ("file", REQUIRED)],
)
def test_a_picture_without_its_words_or_its_rights_is_refused_at_the_field(admin, missing, said):
    photo = SimpleUploadedFile("havn.png", get_test_image_file().file.getvalue())
    fields = {"title": "Havnen", "file": photo, "description": "En havn", "licence": "reserved"}
    fields |= {"rights_holder": "Ea Eksempel (opdigtet)", "collection": 1, "tags": ""}
    fields.pop(missing)
    sent = {f"image-chooser-upload-{name}": value for name, value in fields.items()}
    answer = admin.post(reverse("wagtailimages_chooser:create"), sent).json()
    page = BeautifulSoup(answer["htmlFragment"], "html.parser")
    assert said in page.select_one(f"[data-contentpath={missing}] .error-message").get_text()
    assert len(page.select(".error-message")) == 1
    assert not Picture.objects.filter(title="Havnen").exists()
