"""The site of a request is found by Wagtail's own rule, with its texts in one query."""

import itertools

import pytest
from django.test import RequestFactory
from wagtail.models import Site
from wagtail.models.sites import get_site_for_hostname

from content.here import site_here
from content.models import SiteTexts

pytestmark = pytest.mark.django_db

HOSTS = ("rum.example", "andet.example")
SITES = [(host, port, is_default) for host in HOSTS for port in (80, 8000) for is_default in (False, True)]


def asked(host, port):
    return RequestFactory().get("/", headers={"host": f"{host}:{port}"}, SERVER_PORT=str(port))


def by_wagtail(host, port):
    try:
        return get_site_for_hostname(host, port)
    except Site.DoesNotExist:
        return None


@pytest.mark.parametrize("number", [0, 1, 2, 3, 4])
def test_the_site_is_the_one_that_wagtail_finds(number, settings, campaign):
    settings.ALLOWED_HOSTS = ["*"]
    root = Site.objects.first().root_page
    for sites in itertools.combinations(SITES, number):
        if sum(site[2] for site in sites) > 1 or len({site[:2] for site in sites}) < number:
            continue
        Site.objects.all().delete()
        for host, port, is_default in sites:
            Site.objects.create(hostname=host, port=port, is_default_site=is_default, root_page=root)
        for host, port in [*itertools.product(HOSTS, (80, 443, 8000)), ("tredje.example", 80)]:
            assert site_here(asked(host, port)) == by_wagtail(host, port), (sites, host, port)


def test_site_and_texts_come_in_one_query(campaign, django_assert_num_queries):
    with django_assert_num_queries(1):
        request = asked("testserver", 80)
        texts = SiteTexts.for_request(request)
        assert texts.menu.raw_data
        assert Site.find_for_request(request).root_page.title
        assert SiteTexts.for_request(request) is texts


def test_a_site_without_texts_is_given_them(campaign):
    SiteTexts.objects.all().delete()
    texts = SiteTexts.for_request(asked("testserver", 80))
    assert texts.pk and SiteTexts.objects.get() == texts
