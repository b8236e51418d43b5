"""What the answers carry for those who keep copies of them."""

import pytest

from tests.factories import MemberFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/", "/metoder/", "/netvaerk/", "/findes-ikke/"])
def test_what_is_made_for_someone_signed_in_is_kept_by_no_cache(client, campaign, path):
    client.force_login(MemberFactory())
    response = client.get(path)
    assert response.headers["Cache-Control"] == "private, no-store"
    assert "Cookie" in response.headers["Vary"]


@pytest.mark.parametrize("path", ["/", "/metoder/"])
def test_a_public_page_may_be_kept_and_sets_no_cookie_for_a_stranger(client, campaign, path):
    response = client.get(path)
    assert "no-store" not in response.headers.get("Cache-Control", "")
    assert not response.cookies


def test_a_page_names_the_one_who_is_signed_in_and_nobody_else(client, campaign):
    MemberFactory(name="Aksel Anden")
    client.force_login(MemberFactory(name="Inger Inde"))
    html = client.get("/metoder/").content.decode()
    assert "Inger" in html
    assert "Aksel" not in html
