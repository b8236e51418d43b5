"""The small tools of the templates: Danish numbers, the menu, the trail, the shell's own address."""

from decimal import Decimal
from html import unescape
from types import SimpleNamespace
from urllib.parse import parse_qs

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.template import Context, Template, engines
from django.test.utils import CaptureQueriesContext
from wagtail.models import Page, PageViewRestriction, Site

from content.menu import current, site_menu
from content.models import SiteTexts
from content.templatetags import content_tags
from tests.factories import HomePageFactory, InformationPageFactory, MethodIndexPageFactory, MethodPageFactory

NBSP = "\N{NO-BREAK SPACE}"
SHELL = '{% extends "base.html" %}{% block title %}Æbler & pærer{% endblock %}'


@pytest.mark.parametrize(
    ("value", "text"),
    [(45069, "45.069"), (999, "999"), (0, "0"), (Decimal("508.8"), "508,8"), (-1200, "−1.200"), (None, ""), ("", "")],
)
def test_numbers_are_written_in_danish(value, text):
    assert content_tags.tal(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (-7.5, f"−7,5{NBSP}%"),
        (1.9, f"+1,9{NBSP}%"),
        (Decimal("-4"), f"−4,0{NBSP}%"),
        (0, f"0,0{NBSP}%"),
        (None, ""),
    ],
)
def test_a_change_carries_its_sign(value, text):
    assert content_tags.procent(value) == text


@pytest.mark.parametrize(("value", "text"), [(500_000, f"500.000{NBSP}kr."), (0, f"0{NBSP}kr."), (None, "")])
def test_money_is_in_kroner(value, text):
    assert content_tags.kr(value) == text


@pytest.mark.parametrize(
    ("href", "path", "value"),
    [
        ("/metoder/", "/metoder/", "page"),
        ("/metoder/", "/metoder/byroller/", "true"),
        ("/metoder/", "/metoderne/", ""),
        ("/", "/metoder/", ""),
        ("/", "/", "page"),
        ("https://example.org/", "/metoder/", ""),
        ("", "/metoder/", ""),
    ],
)
def test_a_link_knows_whether_the_reader_stands_at_it_or_below(href, path, value):
    assert current(href, path) == value


@pytest.fixture
def tree(db):
    """A home page with two pages of text, and a site that begins there."""
    root = Page.objects.get(depth=1)
    home = HomePageFactory(parent=root, slug="hjem")
    Site.objects.update(root_page=home)
    Site.clear_site_root_paths_cache()
    return SimpleNamespace(
        home=home,
        about=InformationPageFactory(parent=home, title="Om siden", slug="om"),
        privacy=InformationPageFactory(parent=home, title="Privatliv", slug="privatliv"),
    )


@pytest.fixture
def texts(tree):
    texts = SiteTexts.for_site(Site.objects.get())
    texts.menu = [("link", link(tree.about)), ("link", link(label="Søg", url="/soeg/"))]
    texts.footer = [
        ("column", {"heading": "Tryg brug", "links": [link(tree.privacy, "Ingen sporing"), link(tree.about)]})
    ]
    texts.save()
    return texts


def link(page=None, label="", url=""):
    return {"label": label, "page": page, "url": url}


@pytest.fixture
def asked(rf):
    def request(path="/"):
        request = rf.get(path)
        request.user = AnonymousUser()
        return request

    return request


def test_the_menu_names_pages_by_their_titles_and_addresses_by_their_labels(texts, asked):
    assert [(made.text, made.href) for made in site_menu(asked()).links] == [("Om siden", "/om/"), ("Søg", "/soeg/")]


def test_the_footer_keeps_its_columns(texts, asked):
    (column,) = site_menu(asked()).columns
    assert column.heading == "Tryg brug"
    assert [(made.text, made.href) for made in column.links] == [
        ("Ingen sporing", "/privatliv/"),
        ("Om siden", "/om/"),
    ]


def test_the_menu_marks_the_page_the_reader_stands_on(texts, asked):
    assert [made.current for made in site_menu(asked("/om/")).links] == ["page", ""]


def test_a_page_that_is_not_live_leaves_the_menu(texts, tree, asked):
    tree.about.unpublish()
    assert [made.text for made in site_menu(asked()).links] == ["Søg"]


def test_a_page_that_is_not_open_to_all_leaves_the_menu(texts, tree, asked):
    PageViewRestriction.objects.create(page=tree.about, restriction_type=PageViewRestriction.LOGIN)
    assert [made.text for made in site_menu(asked()).links] == ["Søg"]


def test_a_column_without_links_is_not_shown(texts, tree, asked):
    tree.about.unpublish()
    tree.privacy.unpublish()
    assert site_menu(asked()).columns == []


def test_menu_and_footer_cost_one_query_for_all_their_pages(texts, tree, asked):
    request = asked()
    SiteTexts.for_request(request)
    tree.home.get_url(request)
    with CaptureQueriesContext(connection) as queries:
        site_menu(request)
        site_menu(request)
    assert len(queries) == 1


def test_an_empty_menu_asks_for_no_pages(texts, asked):
    texts.menu = texts.footer = []
    texts.save()
    request = asked()
    SiteTexts.for_request(request)
    with CaptureQueriesContext(connection) as queries:
        assert site_menu(request).links == []
    assert len(queries) == 0


def shell(request, source=SHELL, **context):
    return engines["django"].from_string(source).render(context, request)


def test_the_title_stands_in_the_tab_and_in_the_shared_card(texts, asked):
    html = shell(asked("/om/"))
    assert "<title>Æbler & pærer – På forkant</title>" in html
    assert '<meta property="og:title" content="Æbler & pærer">' in html


def test_the_page_speaks_danish_and_begins_with_a_way_past_the_menu(texts, asked):
    html = shell(asked("/om/"))
    assert '<html lang="da">' in html
    assert html.index('href="#indhold"') < html.index("<header")
    assert '<main id="indhold"' in html


def test_the_shell_holds_no_inline_script_or_style_and_asks_no_one_else(texts, asked):
    html = shell(asked("/om/"))
    assert " style=" not in html
    assert "<style" not in html
    assert "http" not in html.replace('"http://127.0.0.1:8000/om/"', "")


@pytest.mark.parametrize(
    ("asked_for", "address"),
    [
        ("/metoder/", "/metoder/"),
        ("/metoder/?tema=bosaetning&q=by", "/metoder/"),
        ("/metoder/?tema=bosaetning&side=2", "/metoder/?side=2"),
        ("/metoder/?side=1", "/metoder/"),
        ("/metoder/?side=%22%3E", "/metoder/"),
    ],
)
def test_a_list_has_one_address_whatever_is_chosen_in_it(texts, asked, settings, asked_for, address):
    assert f'<link rel="canonical" href="{settings.BASE_URL}{address}">' in shell(asked(asked_for))


def crumbs(request, **context):
    html = shell(request, '{% include "components/crumbs.html" %}', **context)
    return [line.strip() for line in html.splitlines() if "<li>" in line]


def test_the_trail_leads_from_the_front_page_to_the_page(tree, asked):
    index = MethodIndexPageFactory(parent=tree.home)
    method = MethodPageFactory(parent=index, title="Byroller")
    assert crumbs(asked(), page=method) == [
        '<li><a href="/">Forside</a></li>',
        '<li><a href="/metoder/">Metoder og værktøjer</a></li>',
        '<li><span aria-current="page">Byroller</span></li>',
    ]


def test_the_trail_can_end_in_a_thing_that_is_no_page(tree, asked):
    index = MethodIndexPageFactory(parent=tree.home)
    assert crumbs(asked(), page=index, title="Lemvig Kommune")[1:] == [
        '<li><a href="/metoder/">Metoder og værktøjer</a></li>',
        '<li><span aria-current="page">Lemvig Kommune</span></li>',
    ]


def test_the_trail_of_a_thing_without_a_parent_begins_at_the_front_page(tree, asked):
    assert len(crumbs(asked(), title="Søgning")) == 2


def test_a_page_just_below_the_front_page_costs_the_trail_no_query(tree, asked):
    request = asked()
    tree.home.get_url(request)
    with CaptureQueriesContext(connection) as queries:
        crumbs(request, page=tree.about)
    assert len(queries) == 0


def test_a_mail_carries_title_and_address_and_nothing_else(asked, settings):
    context = Context({"request": asked("/om/?tema=x")})
    link = Template("{% load content_tags %}{% mail_link title='Æbler & pærer' %}").render(context)
    assert "tema" not in link
    assert parse_qs(unescape(link).removeprefix("mailto:?")) == {
        "subject": ["Æbler & pærer"],
        "body": [f"Æbler & pærer\n{settings.BASE_URL}/om/"],
    }


def test_without_a_picture_nothing_is_shown():
    assert Template("{% load content_tags %}{% picture cover %}").render(Context({"cover": None})).strip() == ""
