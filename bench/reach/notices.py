"""What it takes to tell many: one thread in a space of 100,000 who want to hear all, told by one worker.

DATABASE_URL=postgres://… python bench/reach/notices.py --people 100000

Goal: 100,000 notices in 60 seconds, memory flat. »growth« is what the process took more at its highest after the
tenth batch than at it. Half of the people are mailed at once, so that letters are written as well; none is sent.
"""

import argparse
import resource
import sys
import tempfile
from pathlib import Path
from time import perf_counter, process_time

HOUSE = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(HOUSE))


def command():
    parser = argparse.ArgumentParser(description="Seconds and memory for telling many.")
    parser.add_argument("--people", type=int, default=100_000)
    asked = parser.parse_args()
    from bench.network.pages import scratch

    with tempfile.TemporaryDirectory(prefix="forkant-bench-") as folder, scratch(Path(folder)):
        from bench.reach.crowd import crowd

        print("| people | notices | letters | s clock | s CPU | batches | MiB | growth MiB |")
        print("| --- | --- | --- | --- | --- | --- | --- | --- |")
        writer, space = crowd(asked.people)
        print("| " + " | ".join(measure(writer, space, asked.people)) + " |")


def measure(writer, space, people):
    from django.conf import settings

    from accounts.models import Letter
    from network.discuss import start_thread
    from network.fan_out import tell_batch, waiting
    from network.models import Notice

    settings.NOTICES_WORKER = True
    start_thread(writer, space, "Til jer alle", "Hvordan gør I?")
    telling = waiting().first().pk
    clock, cpu, batches, early = perf_counter(), process_time(), 0, 0
    while waiting().exists():
        tell_batch(telling)
        batches += 1
        if batches == 10:
            early = memory()
    clock, cpu = perf_counter() - clock, process_time() - cpu
    counted = (people, Notice.objects.count(), Letter.objects.count())
    told = (f"{number:,}" for number in counted)
    return [*told, f"{clock:.1f}", f"{cpu:.1f}", str(batches), f"{memory():.0f}", f"{memory() - early:.1f}"]


def memory():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    command()
