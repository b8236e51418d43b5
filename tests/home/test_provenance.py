"""What an editor changed on a page that the loader made, as the loader and the editor's form both tell it."""

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.urls import reverse
from wagtail.blocks import FieldBlock, ListBlock, RichTextBlock, StructBlock
from wagtail.test.utils.form_data import nested_form_data, querydict_from_html, rich_text, streamfield

from cases.models import ProjectPage
from home.loading.comparing import even, hash_of, without_ids
from home.loading.load import load
from home.models import Provenance
from home.provenance import changed_fields, draft_of, loaded, marks_of
from methods.models import MethodPage

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(client, campaign):
    client.force_login(get_user_model().objects.create_superuser("admin@forkant.example"))
    return client


@pytest.fixture
def method(campaign):
    return MethodPage.objects.get(slug="aabne-borgermoeder")


def streams(page, *names):
    """What the browser sends of each StreamField: its blocks as they stand."""
    data = {}
    for name in names:
        blocks = [(block.block_type, sent(block.block, block.value)) for block in getattr(page, name)]
        data |= nested_form_data({name: streamfield(blocks)})
    return data


def sent(block, value):
    match block:
        case StructBlock():
            return {name: sent(child, value[name]) for name, child in block.child_blocks.items()}
        case ListBlock():
            return inline_list(block, value)
        case RichTextBlock():
            return rich_text(value.source)
        case FieldBlock():
            shown = block.value_for_form(value)
            return getattr(shown, "pk", shown) or ""
    raise AssertionError(block)


def inline_list(block, value):
    rows = {
        str(place): {"value": sent(block.child_block, row), "order": str(place), "deleted": ""}
        for place, row in enumerate(value)
    }
    return {"count": str(len(rows)), **rows}


def shown(editor, page):
    return " ".join(editor.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode().split())


def test_no_page_of_the_loader_counts_as_changed_before_anybody_touched_it(campaign):
    rows = [row for row in Provenance.objects.all() if row.model.endswith("Page")]
    models = {row.model: ProjectPage._meta.apps.get_model(row.model) for row in rows}
    for name, model in models.items():
        for page in model.objects.filter(pk__in=[row.object_id for row in rows if row.model == name]):
            hashes, _loaded_at = marks_of(page)
            assert changed_fields(page, hashes) == [], page.title
            assert changed_fields(draft_of(page), hashes) == [], page.title


def test_a_loaded_page_says_so_above_its_form_and_one_made_by_an_editor_does_not(editor, method):
    assert "Indlæst fra kampagnens filer" in shown(editor, method)
    assert "Ingen har rettet siden siden da." in shown(editor, method)
    own = MethodPage(title="Egen metode", slug="egen", summary="Kort")
    method.get_parent().add_child(instance=own)
    assert "Indlæst fra kampagnens filer" not in shown(editor, own)


def test_a_change_that_is_out_is_named_with_a_way_to_compare(editor, method):
    method.summary = "Skrevet om af en redaktør."
    method.save_revision().publish()
    text = shown(editor, method)
    assert "Rettet af redaktionen: Kort fortalt." in text
    assert reverse("wagtailadmin_pages:revisions_compare", args=[method.pk, "earliest", "latest"]) in text


def test_a_change_in_the_draft_is_told_apart_from_one_that_is_out(editor, method):
    method.summary = "Skrevet om af en redaktør."
    method.save_revision().publish()
    method.refresh_from_db()
    method.purpose = "<p>Nyt formål</p>"
    method.save_revision()
    text = shown(editor, method)
    assert "Rettet og udgivet: Kort fortalt." in text
    assert "Rettet i kladden: Formål · Kort fortalt." in text


def test_a_change_only_in_the_draft_leaves_the_page_as_it_was_loaded(editor, method):
    method.summary = "Skrevet om af en redaktør."
    method.save_revision()
    text = shown(editor, method)
    assert "Den udgivne side er, som den blev indlæst." in text
    assert "Rettet i kladden: Kort fortalt." in text


def test_a_row_that_was_changed_in_a_column_the_files_do_not_know_is_a_change(editor, method):
    source = method.sources.first()
    source.title = "Skrevet til af en redaktør"
    method.sources.add(source)
    method.save_revision().publish()
    assert "Rettet af redaktionen: Kilder." in shown(editor, method)


def test_the_loader_and_the_form_name_the_same_fields(editor, method):
    method.summary = "Skrevet om af en redaktør."
    method.save_revision().publish()
    report = load(settings.SITE / "demo")
    assert [line for line in report.lines if line.startswith("beholdt")] == [
        "beholdt: metode:aabne-borgermoeder (ændret af en redaktør: kort fortalt)"
    ]
    assert loaded(MethodPage.objects.get(pk=method.pk), None)["published"] == ["Kort fortalt"]


def test_what_was_typed_and_not_kept_is_no_change(method):
    method.summary = "Skrevet, men ikke gemt."
    assert loaded(method, None)["draft"] == []


def test_the_questions_to_the_database_do_not_grow_with_the_rows(campaign, django_assert_max_num_queries):
    project = max(ProjectPage.objects.all(), key=lambda page: page.method_uses.count())
    assert project.method_uses.count() >= 3
    for _time in range(20):
        project.results.add(type(project.results.first())(text="Et resultat"))
    project.save_revision()
    with django_assert_max_num_queries(12):
        assert loaded(project, None)["published"] == []


def test_a_page_saved_in_its_form_without_a_change_counts_as_unchanged(editor, method):
    """The form writes every field anew; what it writes of the same words must be the same."""
    address = reverse("wagtailadmin_pages:edit", args=[method.pk])
    html = editor.get(address).content.decode()
    form = querydict_from_html(html, form_id="page-edit-form")
    assert form["title"] == method.title
    # The browser builds the forms of StreamFields; everything else stands in the page.
    data = {**dict(form.lists()), **streams(method, "steps", "body")}
    assert editor.post(address, data).status_code == 302
    # django-taggit writes all tags anew and loses the reason of each: that is a change, and rightly told.
    assert loaded(MethodPage.objects.get(pk=method.pk), None)["draft"] == []


@pytest.mark.parametrize(
    ("loaded_as", "sent_as"),
    [
        (
            [{"type": "links", "value": ["a"]}],
            [{"type": "links", "value": [{"type": "item", "value": "a", "id": "x"}]}],
        ),
        ([{"type": "p", "value": "<p>Ét</p>"}], [{"type": "p", "value": '<p data-block-key="ab1">Ét</p>', "id": "y"}]),
        ([{"type": "step", "value": {"text": "a\nb"}}], [{"type": "step", "value": {"text": "a\r\nb"}}]),
    ],
)
def test_what_the_form_adds_of_its_own_is_no_change(loaded_as, sent_as):
    assert hash_of(without_ids(loaded_as)) == hash_of(without_ids(sent_as))


def test_line_ends_are_no_change_and_words_are():
    assert even("to\r\nlinjer") == "to\nlinjer"
    assert hash_of(even("to\nlinjer")) != hash_of(even("to linjer"))
