"""CPU seconds of a request through the whole WSGI application: middleware, view, database, template.

As a command it measures the project that DJANGO_SETTINGS_MODULE names, a round for each line it reads, so that two
projects can be measured by turns:

    python stopwatch.py /one/ /other/
"""

import json
import sys
from importlib import import_module
from time import process_time
from urllib.parse import unquote, urlsplit
from wsgiref.util import setup_testing_defaults

EMPTY = "/tom-maaling/"
WARM = 3


class Stopwatch:
    """Measures `paths`, and an empty view in the same project under EMPTY. Once in a process."""

    def __init__(self, paths):
        self.paths = [EMPTY, *paths]
        self.application = _application()
        for path in self.paths * WARM:
            self._ask(path)

    def round(self) -> dict[str, float]:
        """Ask for each path once; return the CPU seconds by path."""
        return {path: self._taken(path) for path in self.paths}

    def _taken(self, path):
        began = process_time()
        self._ask(path)
        return process_time() - began

    def _ask(self, address):
        parts = urlsplit(address)
        environ = {"PATH_INFO": unquote(parts.path), "QUERY_STRING": parts.query, "HTTP_HOST": "localhost"}
        setup_testing_defaults(environ)
        answered = []
        response = self.application(environ, lambda status, headers: answered.append(status))
        for _ in response:
            pass
        response.close()
        if not answered[0].startswith("200"):
            raise SystemExit(f"{address} answers {answered[0]}")


def _application():
    from django.conf import settings
    from django.core.wsgi import get_wsgi_application
    from django.db import connection
    from django.http import HttpResponse
    from django.urls import path

    application = get_wsgi_application()
    urls = import_module(settings.ROOT_URLCONF)
    urls.urlpatterns.insert(0, path(EMPTY.lstrip("/"), lambda request: HttpResponse()))
    connection.settings_dict["CONN_MAX_AGE"] = None  # as in production: the connection stays open
    return application


if __name__ == "__main__":
    watch = Stopwatch(sys.argv[1:])
    for _ in sys.stdin:
        print(json.dumps(watch.round()), flush=True)
