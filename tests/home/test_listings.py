"""The editors' lists: what they show, what they can be narrowed by, and what they cost."""

import re

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.admin.menu import admin_menu

from bench.corpus import make
from cases.models import CaseStoryPage, ProjectPage
from methods.models import MethodIndexPage, MethodPage, MethodUse, ToolPage
from methods.uses import users_of
from network.models import Municipality
from taxonomy.models import Phase, Theme
from tests.desk import care, draft_of, group, in_days, person, workflow_of
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
BOUND = 25
LISTS = ["metoder", "vaerktoejer", "casefortaellinger", "projekter", "nyheder"]


@pytest.fixture
def editor(campaign):
    """May write and edit, not publish: the one for whom Wagtail's own lists ask twice for each row."""
    return person(group("Redaktør", "add", "change"), name="Rikke Redaktør")


@pytest.fixture
def chief(campaign):
    return UserFactory(is_superuser=True, name="Anna Administrator")


def show(client, user, name, query=""):
    client.force_login(user)
    response = client.get(reverse(f"{name}:index") + query)
    assert response.status_code == 200
    return response.content.decode()


def titles(html):
    return re.findall(r'id="page_\d+_title">([^<]+)<', html)


def cells(html):
    return [cell.strip() for cell in re.findall(r"<td[^>]*>([^<]*)</td>", html)]


def names(model, **lookup):
    return sorted(model.objects.filter(**lookup).values_list("title", flat=True))


# --- the menu -------------------------------------------------------------------------------------------


def menu(rf, user):
    request = rf.get(reverse("wagtailadmin_home"))  # to reverse an address brings in what registers itself
    request.user = user
    return [str(item.label) for item in sorted(admin_menu.menu_items_for_request(request), key=lambda i: i.order)]


def test_the_menu_speaks_the_editors_words_in_their_order(rf, chief):
    words = [word for word in menu(rf, chief) if word not in {"Hjælp", "Medlemmer"}]
    assert words == [
        "Metoder",
        "Værktøjer",
        "Casefortællinger",
        "Projekter",
        "Nyheder",
        "Kalender",
        "Kommuner",
        "Temaer og ord",
        "Søgning",
        "Rum",
        "Brugere",
        "Sider",
        "Billeder",
        "Filer",
        "Rapporter",
        "Indstillinger",
    ]


def test_the_menu_shows_no_lists_to_one_who_may_do_nothing_with_pages(rf, campaign):
    helper = person(group("Hjælper"))
    assert not {"Metoder", "Sider", "Brugere", "Kommuner"} & set(menu(rf, helper))


def test_users_stand_in_the_menu_for_those_who_may_make_them(rf, editor):
    assert "Brugere" not in menu(rf, editor)
    editor.groups.get().permissions.add(Permission.objects.get(codename="add_user"))
    assert "Brugere" in menu(rf, type(editor).objects.get(pk=editor.pk))


@pytest.mark.parametrize("path", ["/admin/", "/admin/metoder/", "/admin/findes-ikke/"])
def test_the_admin_bears_our_name_and_nobody_elses_mark(client, chief, path):
    client.force_login(chief)
    html = client.get(path).content.decode()
    assert "På forkant" in html
    assert "icon-wagtail" not in html.split("data-sprite")[0]
    assert "admin/images/favicon" not in html
    assert "css/admin/house.css" in html


# --- what a list shows ----------------------------------------------------------------------------------


def test_a_list_holds_every_page_of_its_kind_in_danish_order(client, editor):
    shown = titles(show(client, editor, "metoder"))
    assert shown == list(MethodPage.objects.order_by("sort_key").values_list("title", flat=True)[:50])


def test_what_is_found_stands_in_danish_order_too(client, editor):
    shown = titles(show(client, editor, "metoder", "?q=by"))
    assert shown == [title for title in titles(show(client, editor, "metoder")) if title in shown]
    assert len(shown) > 1


def test_a_row_tells_words_owner_review_status_and_uses(client, editor):
    page = MethodPage.objects.get(slug="kvalitative-interviews")
    care(page, content_owner=editor, review_on=in_days(-40), status="archived")
    html = show(client, editor, "metoder", "?q=kvalitative+interviews")
    (users,) = users_of([page.pk]).values()
    for word in ("Rikke Redaktør", "Forfaldt for 40 dage siden", "Arkiveret"):
        assert word in html, word
    assert str(users) in cells(html)
    for row in page.page_themes.all():
        assert row.term.title in html


def test_the_number_of_uses_is_the_one_readers_see(client, editor, visitor):
    page = MethodPage.objects.get(slug="kvalitative-interviews")
    use = MethodUse.objects.filter(method=page).exclude(page_id=page.pk).first()
    before = users_of([page.pk])[page.pk]
    care(ProjectPage.objects.filter(pk=use.page_id).first() or CaseStoryPage.objects.get(pk=use.page_id), live=False)
    after = users_of([page.pk]).get(page.pk, 0)
    assert after < before
    assert str(after) in cells(show(client, editor, "metoder", "?q=kvalitative+interviews"))


def test_a_draft_says_that_it_is_one_and_who_checks_it(client, editor):
    page = MethodPage.objects.get(slug="kvalitative-interviews")
    draft_of(page, editor, title="Samtaler i dybden")
    workflow_of(group("Fagtjekker", "change")).start(page, editor)
    html = show(client, editor, "metoder", "?tilstand=tjek")
    assert titles(html) == ["Samtaler i dybden"]
    assert "Til Fagligt tjek" in html


def test_a_title_leads_to_its_form_for_those_who_may_edit(client, editor):
    page = MethodPage.objects.get(slug="kvalitative-interviews")
    link = f'<a href="{reverse("wagtailadmin_pages:edit", args=[page.pk])}" id="page_{page.pk}_title">'
    assert link in show(client, editor, "metoder", "?q=kvalitative+interviews")
    adder = person(group("Fotografer", "add"))
    assert link not in show(client, adder, "metoder", "?q=kvalitative+interviews")


# --- search, filters, sorting ---------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["kvalitative interviews", "INTERVIEWS kvalitative", "samtaler i dybden"])
def test_search_finds_words_in_any_order_and_the_new_title_of_a_draft(client, editor, words):
    page = MethodPage.objects.get(slug="kvalitative-interviews")
    draft_of(page, editor, title="Samtaler i dybden")
    assert titles(show(client, editor, "metoder", f"?q={words}")) == ["Samtaler i dybden"]


def test_search_folds_danish_letters(client, editor):
    page = MethodPage.objects.get(slug="kvalitative-interviews")
    page.title = page.draft_title = "Ærøs øer"
    page.save()
    assert titles(show(client, editor, "metoder", "?q=ÆRØS")) == ["Ærøs øer"]


def test_a_list_is_narrowed_by_theme_and_phase(client, editor):
    theme, phase = Theme.objects.get(slug="bosaetning"), Phase.objects.get(slug="kortlaegning")
    both = names(MethodPage, page_themes__term=theme, page_phases__term=phase)
    assert sorted(titles(show(client, editor, "metoder", f"?tema={theme.pk}&fase={phase.pk}"))) == both
    assert 0 < len(both) < len(names(MethodPage, page_themes__term=theme))


def test_a_list_is_narrowed_by_owner(client, editor):
    care(MethodPage.objects.first(), content_owner=editor)
    assert titles(show(client, editor, "metoder", f"?ansvarlig={editor.pk}")) == [MethodPage.objects.first().title]


@pytest.mark.parametrize(
    ("choice", "days"),
    [("overskredet", [-40, -1]), ("snart", [0, 30]), ("ingen", [None]), ("", [-40, -1, 0, 30, 31, None])],
)
def test_a_list_is_narrowed_by_when_it_is_looked_at_again(client, editor, choice, days):
    wanted = []
    MethodPage.objects.update(review_on=in_days(300))
    for page, day in zip(MethodPage.objects.all(), [-40, -1, 0, 30, 31, None], strict=False):
        care(page, review_on=None if day is None else in_days(day))
        wanted += [page.title] if day in days else []
    shown = titles(show(client, editor, "metoder", f"?ses_efter={choice}"))
    assert set(wanted) <= set(shown) if not choice else sorted(shown) == sorted(wanted)


@pytest.mark.parametrize("choice", ["udgivet", "kladde", "aendret"])
def test_a_list_is_narrowed_by_how_far_a_page_is(client, editor, choice):
    draft, changed = MethodPage.objects.all()[:2]
    care(draft, live=False)
    draft_of(changed, editor, summary="På vej.")
    shown = titles(show(client, editor, "metoder", f"?tilstand={choice}"))
    assert (draft.title in shown) is (choice == "kladde")
    assert (changed.title in shown) is (choice in {"udgivet", "aendret"})


def test_a_list_is_narrowed_by_status(client, editor):
    care(MethodPage.objects.first(), status="archived")
    assert titles(show(client, editor, "metoder", "?status=archived")) == [MethodPage.objects.first().title]


@pytest.mark.parametrize(("name", "model"), [("casefortaellinger", CaseStoryPage), ("projekter", ProjectPage)])
def test_stories_and_projects_are_narrowed_by_municipality(client, editor, name, model):
    place = model.objects.first().municipality
    assert sorted(titles(show(client, editor, name, f"?kommune={place.pk}"))) == names(model, municipality=place)


def test_methods_are_narrowed_by_where_they_were_used(client, editor):
    place = Municipality.objects.get(slug="lemvig")
    used = MethodUse.objects.filter(municipality=place).values("method")
    assert sorted(titles(show(client, editor, "metoder", f"?kommune={place.pk}"))) == names(MethodPage, pk__in=used)


def test_a_choice_that_nobody_knows_breaks_nothing(client, editor):
    show(client, editor, "metoder", "?tema=99999&fase=x&ses_efter=hest&tilstand=hest&kommune=x&ordering=password&p=99")


@pytest.mark.parametrize("ordering", ["users", "-users", "review_on", "-content_owner__name", "sort_key", "live"])
def test_a_list_can_be_sorted_by_its_columns(client, editor, ordering):
    assert titles(show(client, editor, "metoder", f"?ordering={ordering}"))


def test_the_most_used_come_first_when_asked_for(client, editor):
    (first, *_rest) = titles(show(client, editor, "metoder", "?ordering=-users"))
    users = users_of(MethodPage.objects.values_list("pk", flat=True))
    assert users[MethodPage.objects.get(title=first).pk] == max(users.values())


# --- who may --------------------------------------------------------------------------------------------


def test_the_button_that_adds_is_for_those_who_may_and_leads_to_the_form(client, editor):
    parent = MethodIndexPage.objects.get()
    form = reverse("wagtailadmin_pages:add", args=["methods", "methodpage", parent.pk])
    assert f'href="{form}"' in show(client, editor, "metoder")
    assert client.get(form).status_code == 200
    checker = person(group("Fagtjekker", "change"))
    assert form not in show(client, checker, "metoder")


def test_a_list_never_offers_to_choose_all_pages_of_the_site(client, chief):
    make(60)
    html = show(client, chief, "metoder")
    assert "?p=2" in html
    assert "data-bulk-action-num-objects-in-listing" not in html


@pytest.mark.parametrize("name", LISTS)
def test_one_without_rights_on_pages_gets_no_list(client, campaign, name):
    client.force_login(person(group("Hjælper")))
    assert client.get(reverse(f"{name}:index")).status_code == 302


# --- what it costs --------------------------------------------------------------------------------------


def queries(client, user, name, query=""):
    show(client, user, name, query)
    with CaptureQueriesContext(connection) as asked:
        client.get(reverse(f"{name}:index") + query)
    return asked


@pytest.mark.parametrize("name", [*LISTS, "municipalities", "wagtailusers_users"])
def test_a_list_keeps_within_its_number_of_queries(client, chief, name):
    asked = queries(client, chief, name)
    assert len(asked) <= BOUND, "\n".join(query["sql"] for query in asked)


def test_a_list_asks_no_more_of_many_than_of_few_also_for_one_who_may_not_publish(client, editor):
    workflow = workflow_of(group("Fagtjekker", "change"))

    def busy(number):
        for page in MethodPage.objects.filter(content_owner=None).order_by("sort_key")[:number]:
            care(page, content_owner=editor, review_on=in_days(-1))
            workflow.start(draft_of(page, editor, summary="På vej."), editor)

    busy(1)
    few = queries(client, editor, "metoder")
    make(300)
    busy(12)
    many = queries(client, editor, "metoder")
    assert len(few) == len(many) <= BOUND, "\n".join(query["sql"] for query in many)
    assert ToolPage.objects.count() > 100
    assert "Til Fagligt tjek" in show(client, editor, "metoder")


def test_a_list_costs_no_more_for_one_who_opens_only_what_waits_at_a_task(client, editor):
    checkers = group("Fagtjekker", "lock")
    checker = person(checkers)
    workflow = workflow_of(checkers)

    def busy(number):
        for page in MethodPage.objects.filter(has_unpublished_changes=False).order_by("sort_key")[:number]:
            workflow.start(draft_of(page, editor, summary="På vej."), editor)

    busy(1)
    few = queries(client, checker, "metoder")
    busy(9)
    many = queries(client, checker, "metoder")
    assert len(few) == len(many) <= BOUND, "\n".join(query["sql"] for query in many)
    assert show(client, checker, "metoder").count('" id="page_') == 10


def test_the_list_of_users_asks_no_more_of_many_than_of_few(client, chief):
    few = queries(client, chief, "wagtailusers_users")
    for number in range(15):
        person(group(f"Gruppe {number}"))
    many = queries(client, chief, "wagtailusers_users")
    assert len(many) <= len(few) <= BOUND


def test_municipalities_are_found_by_a_part_of_their_name(client, chief):
    html = show(client, chief, "municipalities", "?q=ærø")
    assert "Ærø" in html
    assert "Lemvig" not in html
