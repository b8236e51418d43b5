"""A page asks the database as often with 2,000 methods as with the campaign's own, and never very often."""

from dataclasses import dataclass

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from wagtail.models import Page

from bench.corpus import make
from methods.models import MethodUse, ToolPage
from network.models import Municipality
from taxonomy.models import PageTheme, TaggedPage

MAIN, OTHER, SEARCH = 12, 16, 25
CORPUS = 2_000

BOUNDS = {
    "/": MAIN,
    "/metoder/": MAIN,
    "/metoder/?side=2": MAIN,
    "/metoder/?tema=bosaetning&fase=kortlaegning&q=by": MAIN,
    "/vaerktoejer/": MAIN,
    "/metoder/kvalitative-interviews/": MAIN,
    "/vaerktoejer/boligkortlaegning/": MAIN,
    "/projekter/": MAIN,
    "/projekter/lemvig/": MAIN,
    "/casefortaellinger/": MAIN,
    "/casefortaellinger/lemvig-ikke-alle-steder/": OTHER,
    "/kommuner/": MAIN,
    "/kommuner/lemvig/": MAIN,
    "/kommuner/koebenhavn/": MAIN,
    "/publikationer/": MAIN,
    "/publikationer/kommuner-paa-forkant/": OTHER,
    "/nyheder/": MAIN,
    "/kort/": OTHER,
    "/kort/?tema=bosaetning": OTHER,
    "/kampagnen/": OTHER,
    "/soeg/?q=landsby": SEARCH,
    "/soeg/": OTHER,
    "/emneord/": OTHER,
    "/emneord/landsbyer/": OTHER,
}


@dataclass(frozen=True)
class Visit:
    status: int
    queries: list

    def __str__(self):
        return f"{len(self.queries)} queries:\n" + "\n".join(f"{n}. {sql}" for n, sql in enumerate(self.queries, 1))


def visit(path):
    """Ask for a page a second time: what Django keeps for the life of a process is not asked for again."""
    client = Client(raise_request_exception=False)
    client.get(path)
    with CaptureQueriesContext(connection) as asked:
        response = client.get(path)
    return Visit(response.status_code, [query["sql"] for query in asked])


def use_a_method_in(slug):
    """A municipality outside the campaign has no use of its own, and so nothing that could become more."""
    tool = ToolPage.objects.order_by("path").first()
    place = Municipality.objects.get(slug=slug)
    MethodUse.objects.create(page_id=tool.pk, method_id=tool.pk, municipality=place)


@pytest.fixture(scope="module")
def visits(loaded, django_db_blocker):
    """Every page with the campaign's 51 methods, and again with 2,000 more: {path: (visit, visit)}."""
    with django_db_blocker.unblock(), transaction.atomic():
        use_a_method_in("koebenhavn")
        few = {path: visit(path) for path in BOUNDS}
        make(CORPUS)
        many = {path: visit(path) for path in BOUNDS}
        transaction.set_rollback(True)
    return {path: (few[path], many[path]) for path in BOUNDS}


@pytest.mark.parametrize("path", BOUNDS)
def test_a_page_keeps_within_its_number_of_queries(visits, path):
    few, many = visits[path]
    assert few.status == many.status == 200
    assert len(few.queries) <= BOUNDS[path], f"{path}: {few}"
    assert len(many.queries) <= BOUNDS[path], f"{path}: {many}"


@pytest.mark.parametrize("path", BOUNDS)
def test_a_page_asks_no_more_of_many_methods_than_of_few(visits, path):
    few, many = visits[path]
    assert few.status == many.status == 200
    assert len(few.queries) == len(many.queries), f"{path}, few: {few}\n\nmany: {many}"


def test_a_municipality_of_which_nothing_is_told_keeps_within_it_too(campaign):
    place = Municipality.objects.filter(projects=None, method_uses=None, stories=None).first()
    shown = visit(place.get_absolute_url())
    assert shown.status == 200
    assert len(shown.queries) <= MAIN, str(shown)


def rows_of(made):
    pages = Page.objects.filter(pk__in=made)
    return [
        list(pages.order_by("path").values_list("path", "slug", "title", "translation_key", "first_published_at")),
        sorted(PageTheme.objects.filter(page__in=pages).values_list("page__slug", "term__slug")),
        sorted(TaggedPage.objects.filter(content_object__in=pages).values_list("content_object__slug", "tag__slug")),
        sorted(MethodUse.objects.filter(method__in=pages).values_list("method__slug", "page__slug", "municipality")),
    ]


def made_and_undone(number, seed):
    with transaction.atomic():
        rows = rows_of(make(number, seed))
        transaction.set_rollback(True)
    return rows


def test_the_corpus_is_the_same_for_the_same_seed(campaign):
    assert made_and_undone(60, seed=1) == made_and_undone(60, seed=1)
    assert made_and_undone(60, seed=1) != made_and_undone(60, seed=2)


def test_the_corpus_is_a_sound_part_of_the_site(campaign, client):
    made = [*make(30), *make(30)]
    assert len(set(made)) == 60
    assert not any(Page.find_problems())
    for page in Page.objects.filter(pk__in=made).specific():
        page.full_clean()
        known = (page.sort_key, page.find_text, page.url_path)
        page.save()
        page.set_url_path(page.get_parent())
        assert (page.sort_key, page.find_text, page.url_path) == known
    assert client.get(page.url).status_code == 200
