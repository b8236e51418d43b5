"""CPU of our part of the page of results, step by step, without the engine: with the campaign alone and with more,
for a visitor and for a member who may read what is said in two spaces of the demo.

python bench/search/page.py --more 20000

More are made-up methods and tools (bench.fiction), each analysed and indexed as any page is. A step is what is done in
it alone: what it calls that is a step of its own counts there. Time is CPU time, so waiting does not count.
"""

import argparse
import io
import os
import sys
import tempfile
from collections import defaultdict
from functools import wraps
from importlib import import_module
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

HOUSE = Path(__file__).resolve().parents[2]
QUERIES = ("landsby", "kommune strategi", "hvordan får vi unge til at blive", "lemvig", "landzby", "qqxy")
TYPED = ("lan", "kommu", "bos", "lemv")
ENGINE = "engine"
# What a step is made of, by the names it is called by: module, and what stands in it.
STEPS = {
    ENGINE: ("search.engines.sql:SqlEngine.answer", "search.engines.sql:SqlEngine.among"),
    "read the query": (
        "search.reading:read",
        "search.reading:query_for",
        "search.synonyms:expansions",
        "search.results:read_address",
        "content.findable:audiences_of",
    ),
    "did you mean": ("search.vocabulary:spread_of", "search.vocabulary:nearest"),
    "put in order": ("search.ranking:order", "search.finding:_ordered"),
    "cards": ("search.finding:cards_of",),
    "load 20, marks": ("search.finding:_results",),
    "offers": ("search.finding:_offers",),
    "choices, tabs": ("search.views:results",),
    "insight": ("search.insight:note_shown",),
    "promoted": ("search.promoted:promoted_for",),
    "template": ("search.views:render",),
}
REST = "request, middleware"
MEMBER = "mads@forkant.example"
BATCH = 200


def command():
    parser = argparse.ArgumentParser(description="CPU of the page of results, without the engine, by steps.")
    parser.add_argument("--more", type=int, default=20_000, help="pages to add to the campaign")
    parser.add_argument("--rounds", type=int, default=30)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="forkant-bench-") as folder:
        _set_up(Path(folder))
        from search import engines

        steps = Steps()
        for number in (0, asked.more) if asked.more else (0,):
            if number:
                add(number)
            print(f"{engines.database().count():,} entries", flush=True)
            for who, client in readers().items():
                print(f"\n{who}:\n\n" + "\n".join(table(*measure(steps, client, asked.rounds))), flush=True)


class Steps:
    """CPU milliseconds by step, of what is called between `start` and `stop`."""

    def __init__(self):
        self.taken, self._open = defaultdict(float), []
        for step, names in STEPS.items():
            for name in names:
                self._wrap(step, name)

    def _wrap(self, step, name):
        module, path = name.split(":")
        *owners, last = path.split(".")
        owner = import_module(module)
        for part in owners:
            owner = getattr(owner, part)
        function = getattr(owner, last)

        @wraps(function)
        def timed(*args, **kwargs):
            self._enter(step)
            try:
                return function(*args, **kwargs)
            finally:
                self._leave()

        setattr(owner, last, timed)

    def _enter(self, step):
        now = process_time()
        if self._open:
            self.taken[self._open[-1]] += now - self._began
        self._open.append(step)
        self._began = now

    def _leave(self):
        now = process_time()
        self.taken[self._open.pop()] += now - self._began
        self._began = now

    def of(self, function) -> dict[str, float]:
        """Return the milliseconds of each step of `function`; what belongs to none is REST."""
        self.taken.clear()
        self._enter(REST)
        function()
        self._leave()
        return {step: seconds * 1_000 for step, seconds in self.taken.items()}


def readers():
    """Return {who: a client of theirs}."""
    from django.contrib.auth import get_user_model
    from django.test import Client

    member = Client()
    member.force_login(get_user_model().objects.get(email=MEMBER))
    return {"visitor": Client(), "member": member}


def measure(steps, client, rounds):
    """Return {address: {step: milliseconds of each round}} and {address: number of queries}; addresses take turns."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    asked = [f"/soeg/?q={text}" for text in QUERIES] + [f"/soeg/forslag/?q={text}" for text in TYPED]
    taken, queries = {address: defaultdict(list) for address in asked}, {}
    for number in range(rounds + 3):
        for address in asked:
            _forget_tries()
            of_it = steps.of(lambda address=address: _ask(client, address))
            if number >= 3:
                for step in (*STEPS, REST):
                    taken[address][step].append(of_it.get(step, 0.0))
    for address in asked:
        with CaptureQueriesContext(connection) as captured:
            _ask(client, address)
        queries[address] = len(captured)
    return taken, queries


def _forget_tries():
    """Empty the cache of how often someone searched lately, but for what a site keeps in it for an hour."""
    from django.core.cache import cache
    from wagtail.models import Site

    cache.clear()
    Site.get_site_root_paths()


def _ask(client, address):
    status = client.get(address).status_code
    if status != 200:
        raise SystemExit(f"{address} answers {status}")


def table(taken, queries):
    """Yield the lines of a table: a row for each step, the engine last and counted apart."""
    ours = [step for step in (*STEPS, REST) if step != ENGINE]
    whole = [sorted(map(sum, zip(*(of_it[step] for step in ours), strict=True))) for of_it in taken.values()]
    yield _row("CPU ms", (address.split("?q=")[1] for address in taken))
    yield _row("---", ["---"] * len(taken))
    for step in ours:
        yield _row(step, (f"{median(of_it[step]):.1f}" for of_it in taken.values()))
    yield _row("**ours**", (f"{median(all_):.1f}" for all_ in whole))
    yield _row("ours, p95", (f"{all_[int(len(all_) * 0.95)]:.1f}" for all_ in whole))
    yield _row(ENGINE, (f"{median(of_it[ENGINE]):.1f}" for of_it in taken.values()))
    yield _row("queries", queries.values())


def _row(name, cells):
    return f"| {name} | " + " | ".join(map(str, cells)) + " |"


def add(number):
    """Add `number` pages and their entries, as `search rebuild` makes them."""
    from django.db import transaction

    from bench.corpus import make
    from search import entries

    began, pks = perf_counter(), sorted(make(number))
    for first in range(0, len(pks), BATCH):
        with transaction.atomic():
            entries.write(_name(), pks[first : first + BATCH])
    print(f"{number / (perf_counter() - began):,.0f} pages a second made, analysed and indexed", flush=True)


def _name():
    """What the findable of pages is called."""
    from content import findable
    from methods.models import MethodPage

    return next(one.name for one in findable.registered() if one.after(0, 1) and _has(one, MethodPage))


def _has(one, model):
    pk = model.objects.values_list("pk", flat=True).first()
    return one.after(pk - 1, 1) == [pk] and bool(one.cards(None, [pk]))


def _set_up(folder):
    sys.path[:0] = [str(HOUSE), str(HOUSE / "site")]
    from bench.scratch import open_scratch

    os.environ.pop("DATABASE_URL", None)
    open_scratch(folder)
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    from search import outbox

    call_command("load_demo", stdout=io.StringIO())
    outbox.work()

    connection.settings_dict["CONN_MAX_AGE"] = None  # as in production: the connection stays open
    settings.ALLOWED_HOSTS = ["*"]


if __name__ == "__main__":
    command()
