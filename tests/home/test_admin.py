"""The editor's forms open for every page type, and what is chosen in them is what readers find."""

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse
from wagtail.models import Page, PageViewRestriction, get_page_models
from wagtail.test.utils.form_data import nested_form_data

from content.models import BasePage
from home.models import HomePage, InformationPage
from methods.models import MethodIndexPage, MethodPage, MethodUse
from network.models import Municipality
from taxonomy.models import Challenge, Phase, Tag, TargetGroup, Theme

pytestmark = pytest.mark.django_db
TYPES = [model for model in get_page_models() if issubclass(model, BasePage)]


@pytest.fixture
def admin(client, campaign):
    client.force_login(get_user_model().objects.create_superuser("admin@forkant.example"))
    return client


@pytest.mark.parametrize("model", TYPES, ids=lambda model: model.__name__)
def test_every_page_type_can_be_edited_and_previewed(admin, model):
    page = model.objects.first()
    if page is None:  # the demo has no page of this type: make one to look at
        page = model(title="Prøve", slug="proeve", summary="Kort")
        HomePage.objects.get().add_child(instance=page)
    assert admin.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).status_code == 200
    preview = admin.get(reverse("wagtailadmin_pages:view_draft", args=[page.pk]))
    assert preview.status_code == 200


@pytest.mark.parametrize("model", [Theme, Phase, TargetGroup, Challenge, Tag], ids=lambda model: model.__name__)
def test_every_vocabulary_is_listed_and_edited(admin, model):
    views = model.snippet_viewset
    assert admin.get(reverse(views.get_url_name("list"))).status_code == 200
    assert admin.get(reverse(views.get_url_name("edit"), args=[model.objects.first().pk])).status_code == 200


def test_the_municipalities_are_listed_and_edited(admin):
    assert "Ærø" in admin.get(reverse("municipalities:index") + "?p=1&q=Ærø").content.decode()
    assert admin.get(reverse("municipalities:edit", args=[Municipality.objects.first().pk])).status_code == 200


def method_form(**changes):
    empty = {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0, "MIN_NUM_FORMS": 0, "MAX_NUM_FORMS": 1000}
    fields = {
        "title": "Gå-ture med byrådet",
        "slug": "gaa-ture",
        "summary": "Byrådet går en tur med dem, det handler om.",
        "documentation": "named",
        "guidance_origin": "editors",
        "licence": "cc-by-4.0",
        "status": "current",
        "tags": "Gåture, ÆLDRE",
        "steps-count": 0,
        "body-count": 0,
        "sources": empty,
        "method_uses": empty,
        "comments": empty,
        "action-publish": "1",
        **changes,
    }
    words = {
        "themes": [Theme.objects.get(slug="inddragelse").pk],
        "phases": [Phase.objects.get(slug="inddragelse").pk],
    }
    return {**nested_form_data(fields), **words}


def publish(admin, **changes):
    index = MethodIndexPage.objects.get()
    url = reverse("wagtailadmin_pages:add", args=["methods", "methodpage", index.pk])
    return admin.post(url, method_form(**changes))


def test_a_method_published_in_the_admin_is_found_by_its_theme_and_its_lower_cased_tags(admin):
    assert publish(admin).status_code == 302
    page = MethodPage.objects.get(slug="gaa-ture")
    assert page.live
    assert sorted(page.tags.names()) == ["gåture", "ældre"]
    assert f'href="{page.url}"' in admin.get("/metoder/?tema=inddragelse&q=gåture").content.decode()
    assert f'href="{page.url}"' not in admin.get("/metoder/?tema=erhverv").content.decode()


def test_a_use_told_on_the_method_itself_needs_no_method_and_shows_on_the_municipality(admin):
    place = Municipality.objects.get(name="Skive")
    use = {
        "TOTAL_FORMS": 1,
        "INITIAL_FORMS": 0,
        "MIN_NUM_FORMS": 0,
        "MAX_NUM_FORMS": 1000,
        "0": {"method": "", "municipality": place.pk, "how_it_went": "Det regnede.", "ORDER": 1},
    }
    assert publish(admin, method_uses=use).status_code == 302
    page = MethodPage.objects.get(slug="gaa-ture")
    assert MethodUse.objects.get(page=page).method_id == page.pk
    assert "Det regnede." in admin.get(page.url).content.decode()
    assert "Gå-ture med byrådet" in admin.get(place.get_absolute_url()).content.decode()


def test_more_weeks_from_than_to_is_said_at_the_field_in_words(admin):
    response = publish(admin, weeks_from=9, weeks_to=2)
    assert response.status_code == 200
    assert "Det højeste antal uger er mindre end det mindste." in response.content.decode()


def test_a_summary_of_more_than_300_characters_is_refused(admin):
    response = publish(admin, summary="x" * 301)
    assert response.status_code == 200
    assert not MethodPage.objects.filter(slug="gaa-ture").exists()


def test_an_archived_page_leads_on_to_its_successor(admin, visitor):
    old, new = MethodPage.objects.live()[:2]
    old.status, old.successor = "archived", Page.objects.get(pk=new.pk)
    old.save_revision().publish()
    html = visitor.get(old.url).content.decode()
    assert new.title in html
    assert new.url in html


def test_a_restricted_page_is_in_no_list_count_or_search(visitor, campaign):
    page = MethodPage.objects.get(slug="kvalitative-interviews")
    before = visitor.get("/metoder/?q=kvalitative").content.decode()
    PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)
    after = visitor.get("/metoder/?q=kvalitative").content.decode()
    assert page.url in before
    assert page.url not in after
    assert page.url not in visitor.get("/soeg/?q=kvalitative").content.decode()
    assert page.url not in visitor.get("/sitemap.xml").content.decode()


@pytest.mark.parametrize("closed", ["metoder", "forside"])
def test_what_stands_below_a_restricted_page_is_closed_too(visitor, campaign, closed):
    method = MethodPage.objects.get(slug="kvalitative-interviews")
    assert visitor.get(method.url).status_code == 200
    PageViewRestriction.objects.create(page=Page.objects.get(slug=closed), restriction_type=PageViewRestriction.LOGIN)
    assert visitor.get(method.url).status_code == 302
    assert method.url not in visitor.get("/soeg/?q=kvalitative").content.decode()


def test_an_information_page_takes_every_block(admin):
    front = HomePage.objects.get()
    names = set(InformationPage._meta.get_field("body").stream_block.child_blocks)
    assert names == {
        "heading", "paragraph", "picture", "callout", "facts", "quote", "step", "links", "download", "table",
    }  # fmt: skip
    for name in names:
        block = InformationPage._meta.get_field("body").stream_block.child_blocks[name]
        assert block.meta.template, name
        assert block.get_preview_value() is not None, name
    assert front


def test_an_address_never_holds_ae_oe_or_aa_as_letters(admin):
    assert publish(admin, title="Ærlige ører på Å", slug="ærlige-ører-på-å").status_code == 302
    assert MethodPage.objects.get(title="Ærlige ører på Å").slug == "aerlige-oerer-paa-aa"
