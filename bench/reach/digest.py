"""What the collected mail takes for 10,000 members: making it, and writing and sending each, by one worker.

DATABASE_URL=postgres://… python bench/reach/digest.py --people 10000 [--smtp]

Goal: 5 minutes for all, and at most 12 queries for 100 members in making. Making says who has something to read, once
a period; what it is, and who may read it, is asked when the mails are sent. With --smtp they go to a server on the
loopback, a process of its own that throws them away; else to no server.
"""

import argparse
import contextlib
import socket
import subprocess
import sys
import tempfile
from datetime import timedelta
from pathlib import Path
from time import perf_counter, process_time

HOUSE = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(HOUSE))
SPACES, THREADS, ANSWERS = 10, 5, 4


def command():
    parser = argparse.ArgumentParser(description="Seconds and queries for collected mails.")
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--smtp", action="store_true", help="send them to a server on the loopback")
    asked = parser.parse_args()
    from bench.network.pages import scratch

    with tempfile.TemporaryDirectory(prefix="forkant-bench-") as folder, scratch(Path(folder)):
        print("| step | mails | s clock | s CPU | queries for 100 | for 10,000: s clock |")
        print("| --- | --- | --- | --- | --- | --- |")
        fill(asked.people)
        with mail_server() if asked.smtp else contextlib.nullcontext():
            for row in (made(), sent()):
                print("| " + " | ".join(row) + " |", flush=True)


@contextlib.contextmanager
def mail_server():
    """Let mail go to a server that throws it away."""
    from django.conf import settings

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    sink = [sys.executable, "-m", "aiosmtpd", "-n", "-c", "aiosmtpd.handlers.Sink", "-l", f"127.0.0.1:{port}"]
    server = subprocess.Popen(sink)
    while server.poll() is None:
        with socket.socket() as probe:
            if not probe.connect_ex(("127.0.0.1", port)):
                break
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    try:
        yield
    finally:
        server.terminate()
        server.wait()


def fill(people):
    """Let the people be spread over ten spaces, in each of which there are five threads of five new posts."""
    from django.utils import timezone

    from bench.reach.crowd import crowd
    from network.models import Post, Thread

    at = timezone.now() - timedelta(days=2)
    for number in range(SPACES):
        writer, space = crowd(people // SPACES - 1, f"Rum{number}", presets=("calm",))
        threads = Thread.objects.bulk_create(
            Thread(
                space=space,
                title=f"Hvordan gør I nummer {n}?",
                slug="hvordan",
                author=writer,
                created_at=at,
                last_post_at=at,
                number_of_posts=ANSWERS + 1,
                last_number=ANSWERS + 1,
            )
            for n in range(THREADS)
        )
        Post.objects.bulk_create(
            Post(thread=thread, number=n, author=writer, source="Sådan.", html="<p>Sådan.</p>", created_at=at)
            for thread in threads
            for n in range(1, ANSWERS + 2)
        )


def made():
    from network.digest import make_due
    from network.models import DigestSlot

    with counted() as queries:
        clock, cpu = perf_counter(), process_time()
        make_due()
        clock, cpu = perf_counter() - clock, process_time() - cpu
    number = DigestSlot.objects.count()
    return ["made", *figures(number, clock, cpu, queries[0])]


def sent():
    from django.core import mail

    from accounts.letters import deliver_waiting

    with counted() as queries:
        clock, cpu = perf_counter(), process_time()
        number, _waiting = deliver_waiting()
        clock, cpu = perf_counter() - clock, process_time() - cpu
    mail.outbox = []
    return ["written and sent", *figures(number, clock, cpu, queries[0])]


def figures(number, clock, cpu, queries):
    rest = (f"{100 * queries / number:.1f}", f"{10_000 * clock / number:.0f}")
    return [f"{number:,}", f"{clock:.1f}", f"{cpu:.1f}", *rest]


class counted:
    """Count the statements without keeping them."""

    def __enter__(self):
        from django.db import connection

        self.number = [0]
        self.wrapper = connection.execute_wrapper(self)
        self.wrapper.__enter__()
        return self.number

    def __call__(self, execute, *args):
        self.number[0] += 1
        return execute(*args)

    def __exit__(self, *fault):
        self.wrapper.__exit__(*fault)


if __name__ == "__main__":
    command()
