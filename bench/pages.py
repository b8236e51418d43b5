"""What a page costs: CPU per request, beside an empty view and beside the home page of a bare Wagtail project.

python bench/pages.py
python bench/pages.py --methods 2000
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path
from statistics import median

PAGES = {
    "home": "/",
    "index": "/metoder/",
    "index, narrowed": "/metoder/?tema=bosaetning&fase=kortlaegning&q=by",
    "method": "/metoder/kvalitative-interviews/",
    "project": "/projekter/lemvig/",
    "municipality": "/kommuner/lemvig/",
    "map": "/kort/",
    "search": "/soeg/?q=landsby",
}
HOME = "/"


def command():
    parser = argparse.ArgumentParser(description="CPU per request of the pages that matter most.")
    parser.add_argument("--methods", type=int, default=0, help="methods and tools to add to the campaign's own 51")
    parser.add_argument("--rounds", type=int, default=30, help="requests of each page; the median counts")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="forkant-bench-", dir=_place()) as folder:
        ours, bare = measure(Path(folder), asked.methods, asked.rounds)
    print("\n".join(table(ours, bare, asked.methods)))


def _place():
    place = os.environ.get("VAR_DIR") or None
    if place:
        Path(place).mkdir(parents=True, exist_ok=True)
    return place


def measure(folder, methods, rounds):
    """Return the median seconds by path of our pages and of the bare project's, each with an empty view.

    All pages of both take turns, so that what the machine does meanwhile falls on all of them.
    """
    from bench.bare import BareProject
    from bench.corpus import make
    from bench.scratch import open_scratch
    from bench.stopwatch import Stopwatch

    open_scratch(folder / "ours")
    if methods:
        make(methods)
    ours = Stopwatch(PAGES.values())
    with BareProject(folder / "bare", [HOME]) as bare:
        taken = [(ours.round(), bare.round()) for _ in range(rounds)]
    return [{path: median(taking[path] for taking in side) for path in side[0]} for side in zip(*taken, strict=True)]


def table(ours, bare, methods):
    from bench.stopwatch import EMPTY

    yield f"CPU per request with {51 + methods} methods and tools"
    yield f"{'':<18}{'ms':>8}{'x empty view':>15}{'x bare home':>14}"
    for name, path in PAGES.items():
        yield _row(name, ours[path], ours[EMPTY], bare[HOME])
    yield _row("empty view", ours[EMPTY], ours[EMPTY], bare[HOME])
    yield _row("bare: home", bare[HOME], bare[EMPTY], bare[HOME])
    yield _row("bare: empty view", bare[EMPTY], bare[EMPTY], bare[HOME])


def _row(name, taken, empty, home):
    return f"{name:<18}{1000 * taken:>8.2f}{taken / empty:>15.1f}{taken / home:>14.2f}"


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    command()
