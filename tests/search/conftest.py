import pytest

from search import outbox
from tests.search.elastic_server import bare_elastic, elastic, index_name, site_on  # noqa: F401 (fixtures)


@pytest.fixture
def worked_off():
    """Do what waits for the commit, which a test never comes to: make the entries of what was changed."""
    return outbox.work


@pytest.fixture
def indexed(campaign):
    """The campaign, with every entry made."""
    outbox.work()
    return campaign
