"""Two processes that answer for one site count together: real gunicorn, a real Redis between them."""

import http.cookiejar
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

import pytest
from django.conf import settings

pytestmark = pytest.mark.skipif(
    not settings.CACHES["default"]["BACKEND"].endswith("RedisCache"), reason="Redis er ikke brugt."
)
START_SECONDS = 60
ALLOWED = 5


@pytest.fixture
def house(tmp_path):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    env = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "PYTEST_CURRENT_TEST"}}
    env |= {
        "DJANGO_SETTINGS_MODULE": "config.settings.demo",
        "VAR_DIR": str(tmp_path),
        "BASE_URL": f"http://127.0.0.1:{port}",
        "PYTHONPATH": f"{settings.SITE}{os.pathsep}{settings.ROOT}",
    }
    manage = [sys.executable, str(settings.ROOT / "manage.py")]
    for command in (["migrate", "-v0"], ["collectstatic", "--noinput", "-v0"]):
        subprocess.run([*manage, *command], env=env, check=True, capture_output=True)
    gunicorn = [sys.executable, "-m", "gunicorn", "config.wsgi", "-b", f"127.0.0.1:{port}", "-w", "2"]
    server = subprocess.Popen(gunicorn, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(f"http://127.0.0.1:{port}/healthz", server)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=20)


def wait_for(address, server):
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            return urllib.request.urlopen(address, timeout=2)
        except OSError:
            assert server.poll() is None and time.monotonic() < until, "The server did not answer in time."
            time.sleep(0.2)


def tries(house, address):
    """Sign in once with a wrong password, as a new browser; return the status."""
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
    page = browser.open(f"{house}/konto/log-ind/", timeout=20).read().decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]
    data = urllib.parse.urlencode({"csrfmiddlewaretoken": token, "login": address, "password": "ikke-den-rigtige"})
    try:
        return browser.open(f"{house}/konto/log-ind/", data.encode(), timeout=20).status
    except urllib.error.HTTPError as refusal:
        assert refusal.headers["Retry-After"] or refusal.code != 429
        return refusal.code


def test_wrong_passwords_are_counted_together_whichever_process_answers(house):
    address = f"ingen-{os.getpid()}@kommune.test"
    answers = [tries(house, address) for _try in range(ALLOWED + 3)]
    assert 429 not in answers[:ALLOWED]
    assert answers[ALLOWED:] == [429] * 3
    assert tries(house, f"en-anden-{os.getpid()}@kommune.test") != 429
