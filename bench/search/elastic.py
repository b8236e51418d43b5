"""What a whole answer of Elasticsearch takes – hits, exact total, every facet – and how fast entries go in.

python bench/search/elastic.py http://127.0.0.1:9200 --entries 20000 100000

The entries are made up (bench.search.maker) and go straight into an index of the bench's own, without the database.
Start a server with deploy/elasticsearch/up. All sizes are measured by turns, so that what the machine does meanwhile
falls on all of them.
"""

import argparse
import os
import sys
import tempfile
from collections import defaultdict
from contextlib import nullcontext, suppress
from itertools import islice
from pathlib import Path
from random import Random
from time import perf_counter, process_time

HOUSE = Path(__file__).resolve().parents[2]
BATCH = 1_000


def command():
    from bench.search.questions import table

    parser = argparse.ArgumentParser(description="Answers and bulk of Elasticsearch, by how common a word is.")
    parser.add_argument("url", help="as in SEARCH_URL")
    parser.add_argument("--entries", type=int, nargs="+", default=[20_000, 100_000])
    parser.add_argument("--rounds", type=int, default=40, help="questions of each kind and size")
    asked = parser.parse_args()
    benches = [Bench(asked.url, entries) for entries in asked.entries]
    try:
        for bench in benches:
            bench.fill()
        taken = measure(benches, asked.rounds)
        print("\n".join(table(taken, asked.entries)))
        print(
            "| seconds to merge it and take it into use | "
            + " | ".join(f"{bench.to_use:.0f}" for bench in benches)
            + " | |"
        )
        print("| entries/s in bulk | " + " | ".join(f"{bench.per_second:,.0f}" for bench in benches) + " | |")
    finally:
        for bench in benches:
            bench.clear()


class Bench:
    """An index of `entries` made-up entries."""

    def __init__(self, url, entries):
        from bench.search.questions import Spread
        from search.engines.elastic import ElasticEngine

        self.entries = entries
        self.engine = ElasticEngine(url, index=f"bench-{os.getpid()}-{entries}")
        self.spread = Spread()
        self.per_second = self.to_use = 0.0

    def fill(self):
        """Only the time in the engine counts, not that of making the entries up."""
        from bench.search.maker import make_entries

        index, spent, made = self.engine.create(), 0.0, make_entries(self.entries)
        key = 0
        while some := list(islice(made, BATCH)):
            rows = []
            for row, facets in some:
                key += 1
                rows.append(self._saved(row, key, facets))
            began = perf_counter()
            self.engine.fill(index, rows)
            spent += perf_counter() - began
        self.per_second = self.entries / spent
        began = perf_counter()
        self.engine.use(index)
        self.to_use = perf_counter() - began
        self.spread.settle()

    def _saved(self, row, key, facets):
        """As if it came from the database, its facets prefetched."""
        from search.models import SearchFacet

        row.pk, row.version = key, 1
        row._prefetched_objects_cache = {"facets": _Facets(SearchFacet(field=f, value=v) for f, v in facets)}
        self.spread.add(row)
        return row

    def clear(self):
        client = self.engine._client
        for name in client.indices.get(index=f"{self.engine.alias}-*", features="aliases"):
            client.indices.delete(index=name)


class _Facets(list):
    def all(self):
        return self


def measure(benches, rounds):
    """Return {kind of question: {entries: milliseconds}}; all kinds and sizes take turns."""
    from bench.search.questions import BANDS, OTHERS, WARM, question
    from search.engines.base import EngineDown

    taken, work = defaultdict(lambda: defaultdict(list)), Work(benches[0].engine._client)
    randoms = [Random(1) for _bench in benches]
    for number in range(WARM + rounds):
        for kind in (*BANDS, *OTHERS):
            for bench, random in zip(benches, randoms, strict=True):
                query = question(bench.spread, random, kind)
                before, began = work.done(), perf_counter()
                with suppress(EngineDown) if number < WARM else nullcontext():
                    bench.engine.answer(query)
                milliseconds = (perf_counter() - began) * 1_000
                if number >= WARM:
                    taken[kind][bench.entries].append(milliseconds)
                    if before is not None:
                        taken[f"{kind}, CPU"][bench.entries].append((work.done() - before) * 1_000)
    return taken


class Work:
    """Seconds of CPU that our process and the threads of the server that search have spent. The server's compilers
    and collectors are left out, so that a fresh server is none the slower."""

    THREADS = "elasticsearch"

    def __init__(self, client):
        nodes = client.nodes.info(metric="process")["nodes"].values()
        self._folders = [Path(f"/proc/{node['process']['id']}/task") for node in nodes]
        self._is_here = all(folder.exists() for folder in self._folders)

    def done(self):
        """None where the server is on another machine."""
        return process_time() + sum(map(self._of, self._folders)) if self._is_here else None

    def _of(self, folder):
        spent = 0
        for thread in folder.iterdir():
            with suppress(OSError):  # it ended meanwhile
                if (thread / "comm").read_text().startswith(self.THREADS):
                    spent += int((thread / "schedstat").read_text().split()[0])
        return spent / 1e9


def _set_up(folder):
    sys.path[:0] = [str(HOUSE), str(HOUSE / "site")]
    os.environ["VAR_DIR"] = folder
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
    import django

    django.setup()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="forkant-bench-") as scratch:
        _set_up(scratch)
        command()
