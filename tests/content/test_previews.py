"""An editor looks at a page before it is out, as visitor and as member, and sees what stands in the form."""

import pytest
from django.contrib.auth import get_user_model
from django.core.files.base import ContentFile
from django.urls import reverse
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import get_page_models
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield

from cases.models import CaseStoryPage, ProjectPage
from content.models import BasePage, File, Picture
from home.models import HomePage, NewsPage, PublicationPage
from methods.models import MethodPage, MethodUse, ToolPage
from network.models import Municipality
from taxonomy.models import Challenge, Classified, PageTheme, Phase, TargetGroup, Theme

pytestmark = pytest.mark.usefixtures("campaign")
TYPES = [model for model in get_page_models() if issubclass(model, BasePage)]
MODES = list(BasePage.Preview.values)
FILLED = {"title": "Titlen i skemaet", "summary": "Resuméet i skemaet.", "slug": "titlen-i-skemaet"}


@pytest.fixture
def editor():
    return get_user_model().objects.create_superuser("redaktoer@forkant.example", name="Ea Prøve")


@pytest.fixture
def admin(client, editor):
    client.force_login(editor)
    return client


@pytest.fixture
def picture():
    return Picture.objects.create(
        title="Havnen", file=get_test_image_file(), description="En havn", rights_holder="Fotografen i skemaet"
    )


@pytest.fixture
def sheet():
    return File.objects.create(title="Arket i skemaet", file=ContentFile(b"ark", name="ark.txt"))


def parent_of(model):
    """A page under which `model` may stand."""
    for parent in model.allowed_parent_page_models():
        if found := parent.objects.exclude(depth=0).first():
            return found
    raise AssertionError(f"{model} may stand nowhere")


def as_posted(form, name):
    value = form[name].value()
    if isinstance(value, (list, tuple)):
        return [getattr(one, "pk", one) for one in value]
    return "" if value is None or value is False else str(value)


def filled(page, parent, editor, **changes):
    """What the browser sends of the form of `page`, with `changes` typed in."""
    form = page.get_edit_handler().get_form_class()(instance=page, parent_page=parent, for_user=editor)
    streams = {name for name in ("body", "steps") if name in form.fields}
    fields = {name: as_posted(form, name) for name in form.fields if name not in streams}
    lists = {name: value for name, value in {**fields, **changes}.items() if isinstance(value, list)}
    rest = {
        **{name: value for name, value in fields.items() if name not in lists},
        **{name: streamfield([]) for name in streams},
        **{name: inline_formset([]) for name in form.formsets},
        **{name: value for name, value in changes.items() if name not in lists},
    }
    return {**nested_form_data(rest), **lists}


class Look:
    """The preview of one form: `send` what is typed, then `see` it in a mode."""

    def __init__(self, admin, editor, model, page=None):
        self.admin, self.editor = admin, editor
        self.parent = page.get_parent() if page else parent_of(model)
        self.page = page or model()
        self.url = (
            reverse("wagtailadmin_pages:preview_on_edit", args=[page.pk])
            if page
            else reverse(
                "wagtailadmin_pages:preview_on_add",
                args=[model._meta.app_label, model._meta.model_name, self.parent.pk],
            )
        )

    def send(self, **changes):
        answer = self.admin.post(self.url, filled(self.page, self.parent, self.editor, **changes)).json()
        assert answer == {"is_valid": True, "is_available": True}
        return self

    def see(self, mode="visitor"):
        response = self.admin.get(self.url, {"mode": mode})
        assert response.status_code == 200
        return response

    def text(self, mode="visitor"):
        return self.see(mode).content.decode()


@pytest.fixture
def look(admin, editor):
    """Return a function: a look at the form of a page type, new, or of a page that there is."""
    return lambda model, page=None: Look(admin, editor, model, page)


def stored(model):
    """A page of the type; the few that the campaign has none of are made."""
    if page := model.objects.first():
        return page
    page = model(title="Prøve", slug="proeve", summary="Kort")
    parent_of(model).add_child(instance=page)
    return page


def headline(model):
    """The front page shows its headline and not its title."""
    return {"headline": FILLED["title"]} if model is HomePage else {}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("model", TYPES, ids=lambda model: model.__name__)
def test_a_page_not_saved_yet_is_seen_as_it_stands_in_the_form(look, model, mode):
    shown = look(model).send(**FILLED, **headline(model)).text(mode)
    assert "Titlen i skemaet" in shown
    assert "Resuméet i skemaet." in shown


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("model", TYPES, ids=lambda model: model.__name__)
def test_a_saved_page_is_seen_with_what_was_typed_since(look, model, mode):
    shown = look(model, stored(model)).send(**FILLED, **headline(model)).text(mode)
    assert "Resuméet i skemaet." in shown
    assert "Titlen i skemaet" in shown


@pytest.mark.parametrize("model", TYPES, ids=lambda model: model.__name__)
def test_a_form_with_nothing_but_a_title_is_seen_too(look, model):
    assert look(model).send(title="Kun en titel").see()


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("model", TYPES, ids=lambda model: model.__name__)
def test_the_draft_of_every_page_type_is_shown(admin, model, mode):
    page = stored(model).specific
    page.summary = "Resuméet i kladden."
    page.save_revision()
    shown = admin.get(reverse("wagtailadmin_pages:view_draft", args=[page.pk]), {"mode": mode})
    assert shown.status_code == 200
    assert "Resuméet i kladden." in shown.content.decode()


def test_a_visitor_is_nobody_and_a_member_is_the_editor(look, editor):
    seen = look(MethodPage).send(**FILLED)
    assert seen.see("visitor").context["request"].user.is_anonymous
    assert seen.see("member").context["request"].user == editor
    assert seen.see("findes-ikke").context["request"].user.is_anonymous


CLASSIFIED = [model for model in TYPES if issubclass(model, Classified)]


def chosen():
    """Words that nothing in the campaign stands under, one of each vocabulary."""
    made = {
        name: model.objects.create(title=f"{model.__name__} i skemaet", slug="i-skemaet", sort_order=99, **more)
        for name, model, more in (
            ("themes", Theme, {"ground": "eng"}),
            ("phases", Phase, {}),
            ("target_groups", TargetGroup, {}),
            ("challenges", Challenge, {}),
        )
    }
    return {name: [term.pk] for name, term in made.items()}


@pytest.mark.parametrize("made", ["new", "saved"])
@pytest.mark.parametrize("model", CLASSIFIED, ids=lambda model: model.__name__)
def test_the_words_chosen_in_the_form_are_shown(look, model, made):
    seen = look(model, stored(model) if made == "saved" else None)
    shown = seen.send(**FILLED, **chosen(), tags='"ord i skemaet"').text()
    told = ["Theme i skemaet", "TargetGroup i skemaet", "Challenge i skemaet", "ord i skemaet"]
    told += ["Phase i skemaet"] if model in (MethodPage, ToolPage) else []
    assert [word for word in told if word not in shown] == []
    assert not PageTheme.objects.filter(term__slug="i-skemaet").exists()


def test_words_taken_away_in_the_form_are_gone_from_the_preview(look):
    page = MethodPage.objects.filter(page_themes__isnull=False).first()
    theme = page.page_themes.first().term
    seen = look(MethodPage, page)
    assert theme.title in seen.send().text()
    assert f"?tema={theme.slug}" not in seen.send(themes=[]).text()
    assert PageTheme.objects.filter(page=page, term=theme).exists()


@pytest.mark.parametrize("made", ["new", "saved"])
@pytest.mark.parametrize("model", [ProjectPage, CaseStoryPage], ids=lambda model: model.__name__)
def test_the_uses_told_in_the_form_are_shown(look, model, made):
    method, tool = MethodPage.objects.live().first(), ToolPage.objects.live().first()
    place = Municipality.objects.get(name="Skive")
    uses = [
        {"method": method.pk, "municipality": place.pk, "how_used": "Først i skemaet.", "ORDER": 1},
        {"method": tool.pk, "municipality": place.pk, "how_it_went": "Så i skemaet.", "ORDER": 2},
    ]
    seen = look(model, stored(model) if made == "saved" else None)
    shown = seen.send(**FILLED, municipality=place.pk, method_uses=inline_formset(uses)).text()
    assert "Først i skemaet." in shown
    assert "Så i skemaet." in shown
    assert method.title in shown
    assert "Skive Kommune" in shown
    assert not MethodUse.objects.filter(how_used="Først i skemaet.").exists()


@pytest.mark.parametrize("made", ["new", "saved"])
@pytest.mark.parametrize("model", [MethodPage, ToolPage], ids=lambda model: model.__name__)
def test_a_use_in_the_form_of_a_method_stands_under_its_municipality(look, model, made):
    place = Municipality.objects.get(name="Skive")
    use = {"method": "", "municipality": place.pk, "how_used": "Brugt i skemaet.", "ORDER": 1}
    half = {"method": "", "municipality": "", "how_used": "Halvt skrevet.", "ORDER": 2}
    seen = look(model, stored(model) if made == "saved" else None)
    shown = seen.send(**FILLED, method_uses=inline_formset([use, half])).text()
    assert "Brugt i skemaet." in shown
    assert "Skive Kommune" in shown


def test_a_method_in_the_works_shows_the_uses_told_elsewhere(look):
    use = MethodUse.objects.exclude(how_used="").filter(page__projectpage__isnull=False).first()
    page = use.method.specific
    page.unpublish()
    assert use.how_used in look(type(page), page).send().text()


@pytest.mark.parametrize("made", ["new", "saved"])
def test_the_files_steps_and_partners_of_a_tool_are_those_of_the_form(look, sheet, made):
    method = MethodPage.objects.live().last()
    step = {"title": "Trinnet i skemaet", "text": "Gør det.", "duration": "", "who": "", "sheet": sheet.pk}
    shown = (
        look(ToolPage, stored(ToolPage) if made == "saved" else None)
        .send(
            **FILLED,
            tool_files=inline_formset([{"file": sheet.pk, "note": "Noten i skemaet.", "ORDER": 1}]),
            steps=streamfield([("step", step)]),
            used_with=[method.pk],
        )
        .text()
    )
    told = ["Noten i skemaet.", "Trinnet i skemaet", method.title]
    assert [word for word in told if word not in shown] == []
    assert shown.count("Arket i skemaet") >= 2


BODIED = [model for model in TYPES if any(field.name == "body" for field in model._meta.get_fields())]


@pytest.mark.parametrize("model", BODIED, ids=lambda model: model.__name__)
def test_text_pictures_steps_and_files_between_them_are_those_of_the_form(look, model, picture, sheet):
    body = streamfield(
        [
            ("paragraph", {"text": rich_text("<p>Afsnittet i skemaet.</p>"), "sources": streamfield([])}),
            ("picture", {"picture": picture.pk, "caption": "Billedteksten i skemaet"}),
            ("step", {"title": "Trinnet i skemaet", "text": "Gør det.", "duration": "", "who": "", "sheet": ""}),
            ("download", {"document": sheet.pk, "text": "Til at udfylde"}),
        ]
    )
    shown = look(model).send(**FILLED, body=body).text()
    told = [
        "Afsnittet i skemaet.",
        "Billedteksten i skemaet",
        "Fotografen i skemaet",
        "Trinnet i skemaet",
        "Arket i skemaet",
    ]
    assert [word for word in told if word not in shown] == []


@pytest.mark.parametrize("model", [ProjectPage, CaseStoryPage, NewsPage, PublicationPage], ids=lambda m: m.__name__)
def test_a_cover_chosen_in_the_form_is_shown_before_it_was_ever_published(look, model, picture):
    assert "Fotografen i skemaet" in look(model).send(**FILLED, cover=picture.pk).text()


SOURCED = [model for model in TYPES if "sources" in model.get_edit_handler().get_form_class().formsets]


@pytest.mark.parametrize("model", SOURCED, ids=lambda model: model.__name__)
def test_the_sources_in_the_form_are_shown(look, model):
    source = {"url": "https://example.org/x", "title": "Kilden i skemaet", "publisher": "", "read_on": "", "ORDER": 1}
    assert "Kilden i skemaet" in look(model).send(**FILLED, sources=inline_formset([source])).text()


def test_the_results_of_a_project_are_those_of_the_form(look):
    rows = inline_formset([{"text": "Resultatet i skemaet.", "ORDER": 1}])
    assert "Resultatet i skemaet." in look(ProjectPage).send(**FILLED, results=rows).text()


def test_the_municipalities_a_publication_is_about_are_those_of_the_form(look):
    rows = inline_formset([{"municipality": Municipality.objects.get(name="Skive").pk, "ORDER": 1}])
    assert "Skive Kommune" in look(PublicationPage).send(**FILLED, about=rows).text()


def test_a_place_changed_in_the_form_is_the_place_shown(look):
    page = CaseStoryPage.objects.get(municipality__name="Lejre")
    place = Municipality.objects.get(name="Skive")
    shown = look(CaseStoryPage, page).send(municipality=place.pk).text()
    assert f'href="{place.get_absolute_url()}"' in shown
    assert 'href="/kommuner/lejre/"' not in shown.split("</h1>")[0]


def test_a_reader_still_sees_what_was_published(look, visitor):
    page = MethodPage.objects.live().first()
    look(MethodPage, page).send(title="Titlen i skemaet", **chosen())
    visitor.logout()
    shown = visitor.get(page.url).content.decode()
    assert "i skemaet" not in shown
    assert page.title in shown


def test_the_admin_may_frame_a_preview_and_nobody_a_page(look, visitor):
    page = MethodPage.objects.live().first()
    policy = "Content-Security-Policy"
    assert "frame-ancestors 'self'" in look(MethodPage, page).send().see()[policy]
    assert "frame-ancestors 'none'" in visitor.get(page.url)[policy]
