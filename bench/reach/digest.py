"""What the collected mail takes for 10,000 members: making it, and writing and sending each.

DATABASE_URL=postgres://… python bench/reach/digest.py --people 10000

Goal: 5 minutes for all, and at most 12 queries for 100 members in making. Making says who has something to read, once
a period; what it is, and who may read it, is asked when each mail is sent, as of every mail. Mail goes to no server.
"""

import argparse
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
    parser.add_argument("--send", type=int, default=1_000, help="so many are written and sent")
    asked = parser.parse_args()
    from bench.network.pages import scratch

    with tempfile.TemporaryDirectory(prefix="forkant-bench-") as folder, scratch(Path(folder)):
        print("| step | mails | s clock | s CPU | queries for 100 | for 10,000: s clock |")
        print("| --- | --- | --- | --- | --- | --- |")
        fill(asked.people)
        for row in (made(), sent(asked.send)):
            print("| " + " | ".join(row) + " |", flush=True)


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


def sent(most):
    from accounts.letters import deliver
    from accounts.models import Letter

    letters = list(Letter.objects.filter(kind="digest").order_by("pk")[:most])
    with counted() as queries:
        clock, cpu = perf_counter(), process_time()
        number = sum(deliver(letter) for letter in letters)
        clock, cpu = perf_counter() - clock, process_time() - cpu
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
