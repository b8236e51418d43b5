import re

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.test import Client

PASSWORD = "solsort-kridt-have-trappe"
ADDRESS = "planlaegger@kommune.test"


@pytest.fixture(autouse=True)
def _fresh_counts():
    """Limits are counted in the cache, which outlives a test."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def person(db):
    """Someone with an account and a password."""
    user = get_user_model().objects.create_user(ADDRESS, PASSWORD, name="Paula Planlægger")
    EmailAddress.objects.create(user=user, email=ADDRESS, primary=True, verified=True)
    return user


@pytest.fixture
def sign_in():
    def sign_in(email=ADDRESS, password=PASSWORD, client=None, **more):
        client = client or Client()
        client.answer = client.post("/konto/log-ind/", {"login": email, "password": password, **more})
        return client

    return sign_in


@pytest.fixture
def is_in():
    """Does the session of a client let its person see the own account?"""
    return lambda client: client.get("/konto/").status_code == 200


@pytest.fixture
def committed(django_capture_on_commit_callbacks):
    """Run a block as a transaction that is committed at its end: what waits for the commit happens then."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


def link_in(mail):
    """The path of the one link that the text of a mail is about."""
    (link,) = re.findall(r"^http://127\.0\.0\.1:8000(/konto/\S+)$", mail.body, re.MULTILINE)
    return link


def masked(response, *words):
    """The body of a page without what differs each time: the guard against forged requests, and `words`."""
    body = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.content.decode())
    for word in words:
        body = body.replace(word, "…")
    return body
