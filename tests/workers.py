"""Commands in processes of their own, on the database of the tests, that can be killed at any point.

One process has loaded Django and forks for each order, so that an order costs no start.
"""

import json
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import suppress

from django.conf import settings
from django.db import connection

MASTER = """
import json, os, sys
import django
django.setup()
from django.core.management import call_command
for line in sys.stdin:
    order = json.loads(line)
    child = os.fork()
    if not child:
        status = 70
        try:
            os.dup2(os.open(order["stdin"], os.O_RDONLY), 0)
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            sys.stdin = open(0)
            call_command(*order["argv"])
            status = 0
        except SystemExit as stopped:
            status = stopped.code or 0
        finally:
            os._exit(status)
    print(child, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


class Workers:
    """`start(…)` begins a command, `end()` waits for it and returns its exit code; `kill()` is kill -9."""

    def __init__(self, folder, **environment):
        self.database = folder / "kopi.sqlite3"
        env = os.environ | {
            "DJANGO_SETTINGS_MODULE": "config.settings.base",
            "SECRET_KEY": settings.SECRET_KEY,
            "PYTHONPATH": f"{settings.SITE}{os.pathsep}{settings.ROOT}",
            "VAR_DIR": str(folder),
            "DATABASE_URL": self._database_url(),
            "MAIL_FROM": settings.DEFAULT_FROM_EMAIL,
            "MAIL_IN": settings.MAIL_IN,
            "MAIL_IN_TRUSTS": settings.MAIL_IN_TRUSTS,
            **environment,
        }
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        self.master = subprocess.Popen([sys.executable, "-c", MASTER], env=env, text=True, bufsize=1, **pipes)

    def start(self, *argv, stdin=os.devnull):
        self.master.stdin.write(json.dumps({"argv": argv, "stdin": str(stdin)}) + "\n")
        self.child = int(self.master.stdout.readline())

    def end(self):
        return int(self.master.stdout.readline())

    def kill(self):
        with suppress(ProcessLookupError):  # it may be done already
            os.kill(self.child, signal.SIGKILL)
        return self.end()

    def run(self, *argv, **more):
        self.start(*argv, **more)
        return self.end()

    def close(self):
        self.master.stdin.close()
        self.master.wait(timeout=30)

    def same_database(self):
        """Settings by which others work on the database that these do."""
        sqlite = connection.vendor != "postgresql"
        return {"DATABASE_URL": f"sqlite:///{self.database}"} if sqlite else {}

    def query(self, sql, *values):
        """Ask or change the database that the commands use: on SQLite it is a copy."""
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(sql, values)
                return cursor.fetchall() if cursor.description else []
        with sqlite3.connect(self.database, timeout=20) as copy:
            return copy.execute(sql.replace("%s", "?"), values).fetchall()

    def _database_url(self):
        if connection.vendor == "postgresql":
            told = connection.settings_dict
            return "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**told)
        connection.ensure_connection()
        copy = sqlite3.connect(self.database)
        connection.connection.backup(copy)
        copy.close()
        return f"sqlite:///{self.database}"
