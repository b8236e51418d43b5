"""SQL that is written once gives the rows of its queryset, whatever it is given and whenever it is asked."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.core.management.sql import emit_post_migrate_signal
from django.utils import timezone
from wagtail.models import Page

from content import finding, menu, prepared
from content.listing import open_to_all
from content.models import File
from network import finding as network_finding
from network.models import Municipality
from taxonomy.models import Challenge, Phase, Tag, TargetGroup, Theme

pytestmark = pytest.mark.django_db


def slugs(model):
    return list(model.objects.values_list("slug", flat=True))


def pages(number=None):
    return list(Page.objects.order_by("-pk").values_list("pk", flat=True)[:number])


def files(number=None):
    return list(File.objects.order_by("pk").values_list("pk", flat=True)[:number])


def choices(number=None):
    return [slugs(model)[:number] for model in (Theme, Phase, TargetGroup, Challenge, Municipality, Tag)]


# Each with what it is given, all there is or the first of it; where it takes one, the moment comes last.
CASES = {
    finding.open_among: lambda number: [pages(number)],
    finding.places_of_files: lambda number: [list(map(str, files(number)))],
    menu.open_pages: lambda number: [pages(number)],
    network_finding.rows_of_choices: choices,
}


def given(one, number=None):
    lists = CASES[one](number)
    return [*lists, timezone.now()] if datetime in one.takes else lists


def rows_of(one, values):
    return sorted(map(tuple, one.queryset(*values)), key=str)


def test_every_prepared_queryset_is_tried_here():
    assert set(prepared._all) >= set(CASES)
    ours = {one for one in prepared._all if one.__module__ != __name__}
    assert ours == set(CASES)


@pytest.mark.parametrize("one", CASES, ids=lambda one: one.__name__)
@pytest.mark.parametrize("number", [None, 0, 1, 7, 8, 9, 33])
def test_it_gives_the_rows_of_its_queryset(campaign, one, number):
    values = given(one, number)
    rows = one(*values)
    assert sorted(rows, key=str) == rows_of(one, values)
    assert bool(rows) == (number != 0)


@pytest.mark.parametrize("one", [finding.open_among, menu.open_pages], ids=lambda one: one.__name__)
def test_it_asks_for_the_moment_it_is_given(campaign, one):
    page = Page.objects.live().last()
    soon = timezone.now() + timedelta(minutes=5)
    Page.objects.filter(pk=page.pk).update(expire_at=soon)
    assert one([page.pk], soon - timedelta(seconds=1))
    assert not one([page.pk], soon)
    assert not one([page.pk], soon + timedelta(days=400))


@pytest.mark.parametrize("one", CASES, ids=lambda one: one.__name__)
def test_no_moment_stands_in_the_sql_itself(one):
    """What else is written into it is the same a year from now: nothing asks for the time while the SQL is made."""
    sizes = tuple(1 if kind is datetime else 8 for kind in one.takes)
    now = one._write(sizes)
    with time_machine.travel(timezone.now() + timedelta(days=365)):
        assert one._write(sizes) == now


def test_the_sql_is_written_once_for_lists_of_about_the_same_length(campaign):
    @prepared.prepared(int)
    def titles(pks):
        made.append(len(pks))
        return Page.objects.filter(pk__in=pks).order_by().values_list("title")

    made = []
    try:
        for number in (1, 3, 8, 9, 32):
            assert len(titles(pages(number))) == number
        assert made == [8, 32]
        emit_post_migrate_signal(verbosity=0, interactive=False, db="default")
        titles(pages(1))
        assert made == [8, 32, 8]
    finally:
        prepared._all.remove(titles)


def test_a_queryset_that_asks_for_something_else_is_refused():
    @prepared.prepared(int, datetime)
    def careless(pks, now):
        return open_to_all(Page.objects.filter(pk__in=pks)).values_list("pk")

    try:
        with pytest.raises(ValueError, match="careless"):
            careless([1], timezone.now())
    finally:
        prepared._all.remove(careless)


# --- things, and single values ----------------------------------------------------------------------


@pytest.fixture
def kept():
    """Prepared things of a test, which are forgotten after it."""
    before = len(prepared._all_things)
    yield
    del prepared._all_things[before:]


def below(shape, depth, above):
    return Page.objects.filter(depth=depth, pk__gt=above).select_related("owner").defer("search_description")


def test_things_come_as_their_queryset_finds_them(campaign, kept, django_assert_num_queries):
    pages_below = prepared.prepared_things(below)
    assert pages_below("", 3, 0)
    for depth, above in [(3, 0), (2, 0), (3, pages()[0]), (99, 0), (3, pages(3)[-1])]:
        with django_assert_num_queries(1):
            found = pages_below("", depth, above)
        assert found == list(below("", depth, above))
        assert all(type(page) is Page and page.get_deferred_fields() == {"search_description"} for page in found)


@pytest.mark.parametrize("number", [-1, 2**31, 2**63, 10**30])
def test_a_number_that_no_row_has_finds_nothing(campaign, kept, number):
    assert prepared.prepared_things(lambda shape, depth: Page.objects.filter(depth=depth))("", number) == []


def test_the_sql_of_things_is_written_once_for_each_shape(campaign, kept, settings):
    settings.CHECKS_KEPT = False
    made = []

    @prepared.prepared_things
    def sorted_pages(shape, title):
        made.append(shape)
        return Page.objects.filter(title=title).order_by(shape)

    for shape in ("pk", "-pk", "pk"):
        for title in ("Metoder", "Ingen hedder sådan", "Metoder"):
            assert sorted_pages(shape, title) == list(Page.objects.filter(title=title).order_by(shape))
    assert made == ["pk", "-pk"]


def test_sql_that_depends_on_more_than_its_shape_is_found_in_tests(campaign, kept):
    limits = iter([3, 3, 4, 4, 4])

    @prepared.prepared_things
    def careless(shape, depth):
        return Page.objects.filter(depth=depth)[: next(limits)]

    careless("", 3)
    with pytest.raises(AssertionError, match="careless"):
        careless("", 3)


def test_things_that_do_not_ask_for_what_they_are_given_are_refused(campaign, kept):
    @prepared.prepared_things
    def careless(shape, depth, other):
        return Page.objects.filter(depth=depth)

    with pytest.raises(ValueError, match="careless"):
        careless("", 3, 4)
