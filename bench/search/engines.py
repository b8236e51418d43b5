"""What a whole answer of the database takes – hits, exact total, every facet – and what it takes to write.

python bench/search/engines.py --entries 1000 20000 100000
DATABASE_URL=postgres://… python bench/search/engines.py

The entries are made up (bench.search.maker). They go into a test database beside the one that DATABASE_URL names, made
for the run and dropped after it; without DATABASE_URL it is SQLite in a temporary folder. At `--beside` entries the
same texts are also plain pages of Wagtail, and its own search is asked for the same words by turns.
"""

import argparse
import os
import sys
import tempfile
from collections import defaultdict
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from random import Random
from statistics import median
from time import perf_counter, process_time

HOUSE = Path(__file__).resolve().parents[2]
BATCH = 1_000
AT_ONCE = 100  # entries that the outbox makes in a go
WRITES = 60
WARM_BESIDE = 5  # Wagtail takes seconds for a common word in SQLite
SHOWN = 20


def command():
    parser = argparse.ArgumentParser(description="Answers, writing and suggestions of the database, by size.")
    parser.add_argument("--entries", type=int, nargs="+", default=[1_000, 20_000, 100_000])
    parser.add_argument("--rounds", type=int, default=60, help="questions of each kind and size")
    parser.add_argument("--beside", type=int, default=20_000, help="the size at which Wagtail is asked too; 0: never")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="forkant-bench-") as folder, _scratch(folder):
        run(sorted(asked.entries), asked.rounds, asked.beside)


def run(sizes, rounds, beside):
    from bench.search.questions import table
    from search import engines

    corpus, taken, other = Corpus(), defaultdict(dict), defaultdict(dict)
    for size in sizes:
        (per_second, of_work), made = corpus.grow(size), time_making(corpus)
        print(f"{size:,} entries in {engines.database().name}: {on_disk()}")
        print(f"bulk: {per_second:,.0f} entries/s into rows and index, {of_work:,.0f} in a second of CPU", flush=True)
        print(f"with the analysis too: {made[0]:,.0f} entries/s, {made[1]:,.0f} in a second of CPU", flush=True)
        for kind, milliseconds in measure(corpus, rounds).items():
            taken[kind][size] = milliseconds
        if size == beside:
            for kind, milliseconds in measure_beside(corpus, rounds).items():
                other[kind][size] = milliseconds
        print("\n".join(table(taken, [size for size in sizes if size <= corpus.number])), flush=True)
    if other:
        print("\n".join(table(other, [beside])))
        print("\n".join(ratios(other, beside)))


# --- the corpus ---------------------------------------------------------------------------------------


class Corpus:
    """Made-up entries in the database, more and more of them; with the words and titles that suggestions ask."""

    def __init__(self):
        from bench.search.maker import make_entries
        from bench.search.questions import Spread

        self.number = 0
        self.spread = Spread()
        self._made = make_entries(10_000_000)
        self._counts = defaultdict(int)

    def grow(self, number):
        """Fill up to `number` entries; return how many rows and their index took in a second, and in one of CPU."""
        from search import engines

        spent, work, added = 0.0, 0.0, 0
        while some := list(islice(self._made, min(BATCH, number - self.number))):
            milliseconds, of_it = _worked(self._take_in, some)
            spent, work = spent + milliseconds, work + (of_it or 0.0)
            added += len(some)
            self.number += len(some)
            for entry, _facets in some:
                self.spread.add(entry)
            self._suggest([entry for entry, _facets in some])
        self.spread.settle()
        self._save_words()
        _analyze()
        engines.database().settle()
        return [added / (taken / 1_000) if taken else 0.0 for taken in (spent, work)]

    def _take_in(self, some):
        from bench.search.maker import save
        from search import engines

        save(some)
        engines.database().write([entry for entry, _facets in some])

    def _suggest(self, entries):
        """As search.entries does; the made-up words are folded already."""
        from search.models import SearchTitle

        public = [entry for entry in entries if entry.audience == "public"]
        rows = []
        for entry in public:
            words = entry.title.lower().split()
            rows += [SearchTitle(entry=entry, key=" ".join(words[n:])[:60], place=n) for n in range(len(words))]
            for word in {*words, *entry.summary.lower().rstrip(".").split(), *entry.text.lower().rstrip(".").split()}:
                self._counts[word] += 1
        SearchTitle.objects.bulk_create(rows, batch_size=2_000)

    def _save_words(self):
        from search import state, vocabulary
        from search.models import SearchEntry, SearchWord

        SearchWord.objects.all().delete()
        rows = (SearchWord(word=word, folded=word, term=word, entries=n) for word, n in self._counts.items())
        SearchWord.objects.bulk_create(rows, batch_size=2_000)
        state.write(vocabulary.NUMBER, str(SearchEntry.objects.filter(audience="public").count()))


def _made_up():
    """Return a findable of the bench's own: the entries as they stand, and each time with another word in the text."""
    from bench.search.maker import KINDS, SOURCE
    from content.cards import Card
    from content.findable import Entry, Findable, Kind, Term
    from search.models import SearchEntry

    class MadeUp(Findable):
        name = SOURCE

        def kinds(self):
            return [Kind(name, name, name, "metode") for name in KINDS]

        def entries(self, pks):
            self.times = getattr(self, "times", 0) + 1
            rows = SearchEntry.objects.filter(source=SOURCE, object_id__in=pks).prefetch_related("facets")
            return [self._entry(row) for row in rows]

        def _entry(self, row):
            under = defaultdict(tuple)
            for facet in row.facets.all():
                if facet.field != "type":
                    under[facet.field] += (Term(facet.value, facet.value.replace("-", " ")),)
            return Entry(
                pk=row.object_id,
                kind=row.kind,
                title=row.title,
                url=row.url,
                audience=row.audience,
                summary=row.summary,
                text=f"{row.text} nyt{self.times}",
                under=under,
                published=row.published,
                expires=row.expires,
            )

        def cards(self, user, pks, request=None):
            rows = SearchEntry.objects.filter(source=SOURCE, object_id__in=pks).only("object_id", "title", "url")
            return {row.object_id: Card(row.object_id, row.title, row.url, "", "", "", "") for row in rows}

        def readable(self, user):
            """In the bench's own database a thing has the id of its entry."""
            return SearchEntry.objects.filter(source=SOURCE)

    return MadeUp()


# --- what it takes ------------------------------------------------------------------------------------


def measure(corpus, rounds):
    """Return {what was done: [milliseconds]}; the questions of all kinds take turns."""
    from bench.search.questions import BANDS, OTHERS, WARM, question
    from search import engines

    taken, random, engine = defaultdict(list), Random(1), engines.database()
    for number in range(WARM + rounds):
        for kind in (*BANDS, *OTHERS):
            query = question(corpus.spread, random, kind)
            milliseconds, work = _worked(engine.answer, query)
            if number >= WARM:
                taken[kind].append(milliseconds)
                if work is not None:
                    taken[f"{kind}, CPU"].append(work)
    taken["suggestions"] = list(_suggestions(corpus, random, rounds * 5))
    written, changed = (list(zip(*f(random, corpus), strict=True)) for f in (_index_one, _change_one))
    columns = ("one entry into the index", *written), ("one change, the whole way", *changed[:2])
    for name, milliseconds, work in columns:
        taken[name] = list(milliseconds)
        if None not in work:
            taken[f"{name}, CPU"] = list(work)
    taken["one change, its statements"] = list(changed[2])
    return taken


def _timed(function, *args):
    """Return milliseconds by the clock."""
    began = perf_counter()
    function(*args)
    return (perf_counter() - began) * 1_000


def _worked(function, *args):
    """Return milliseconds by the clock, and those that our process and the server's were at work: what it takes where
    nothing else runs. The second is None where the server is on another machine."""
    server, clock, began = _server_work(), perf_counter(), process_time()
    function(*args)
    milliseconds, work = (perf_counter() - clock) * 1_000, (process_time() - began) * 1_000
    return milliseconds, None if server is None else work + (_server_work() - server) * 1_000


def _server_work():
    """Return the seconds of CPU that the server has spent on our connection; SQLite works within our process."""
    from django.db import connection

    if connection.vendor != "postgresql":
        return 0.0
    connection.ensure_connection()
    account = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat")
    return int(account.read_text().split()[0]) / 1e9 if account.exists() else None


def _suggestions(corpus, random, times):
    """The first two to five letters of words, every other time after another word, as someone types them."""
    from search.suggest import suggestions

    for number in range(times):
        typed = corpus.spread.as_asked(random)[: random.randint(2, 5)]
        text = f"{corpus.spread.as_asked(random)} {typed}" if number % 2 else typed
        yield _timed(suggestions, text)


def _index_one(random, corpus):
    """Yield milliseconds and those at work of what the engine itself does, in a transaction, for an entry that was
    closed or opened."""
    from search import engines
    from search.models import SearchEntry

    for _ in range(WRITES):
        pk = random.randint(1, corpus.number)
        entry = SearchEntry.objects.prefetch_related("facets").get(source="bench", object_id=pk)
        entry.audience = "space:1" if entry.audience == "public" else "public"
        yield _worked(engines.database().write, [entry])
        entry.refresh_from_db()
        engines.database().write([entry])


def _change_one(random, corpus):
    """From a thing that changed to its entry: asked for, analysed, compared, counted, saved and indexed.

    Yields milliseconds of the whole, those at work, and those of its statements, the commit with them.
    """
    from django.db import connection

    for _ in range(WRITES):
        spent = []

        def wait(execute, *args, spent=spent):
            began = perf_counter()
            try:
                return execute(*args)
            finally:
                spent.append((perf_counter() - began) * 1_000)

        with connection.execute_wrapper(wait):
            milliseconds, work = _worked(_make, [random.randint(1, corpus.number)], spent.append)
        yield milliseconds, work, sum(spent)


def time_making(corpus):
    """Return how many entries a second, and in one of CPU, are made again with all that belongs to it, a batch of the
    outbox at a time."""
    pks = list(range(1, min(corpus.number, 1_000) + 1))
    taken = [_worked(_make, pks[first : first + AT_ONCE]) for first in range(0, len(pks), AT_ONCE)]
    clock, work = (sum(one or 0.0 for one in column) for column in zip(*taken, strict=True))
    return [len(pks) * 1_000 / spent if spent else 0.0 for spent in (clock, work)]


def _make(pks, tell=None):
    """Make entries again in one transaction; `tell` gets the milliseconds of the commit."""
    from django.db import transaction

    from search import entries

    with transaction.atomic():
        entries.write("bench", pks)
        began = perf_counter()
    if tell:
        tell((perf_counter() - began) * 1_000)


# --- beside Wagtail's own -----------------------------------------------------------------------------


def measure_beside(corpus, rounds):
    """Ask our engine and Wagtail's for the same word by turns: there the first twenty pages and their number."""
    from wagtail.models import Page

    from bench.search.questions import BANDS, question
    from search import engines

    _make_pages(corpus.number)
    taken, random, engine = defaultdict(list), Random(2), engines.database()
    for number in range(WARM_BESIDE + rounds):
        for kind in BANDS:
            query = question(corpus.spread, random, kind)
            word = query.clauses[0].alternatives[0].terms[0]
            for side, asked in (("ours", (engine.answer, query)), ("Wagtail", (_ask_wagtail, Page, word))):
                milliseconds, work = _worked(*asked)
                if number >= WARM_BESIDE:
                    taken[f"{kind}, {side}"].append(milliseconds)
                    if work is not None:
                        taken[f"{kind}, {side}, CPU"].append(work)
    return taken


def _ask_wagtail(model, word):
    found = model.objects.live().search(word, backend="modelsearch.backends.database")
    return list(found[:SHOWN]), found.count()


def _make_pages(number):
    """Pages in bulk, indexed by Wagtail's backend as information pages with the same title, summary and text."""
    from django.contrib.contenttypes.models import ContentType
    from modelsearch.backends import get_search_backend
    from wagtail.models import Locale, Page

    from home.models import InformationPage
    from search.models import SearchEntry

    root, locale = Page.objects.get(depth=1), Locale.get_default()
    kind, step = ContentType.objects.get_for_model(InformationPage), root.numchild + 1_000
    backend = get_search_backend("modelsearch.backends.database")
    rows = SearchEntry.objects.filter(source="bench").order_by("pk")[:number]
    for first in range(0, number, BATCH):
        texts = list(rows[first : first + BATCH])
        pages = Page.objects.bulk_create(
            Page(
                title=row.title[:255],
                slug=f"bench-{row.pk}",
                path=Page._get_path(root.path, 2, step + row.pk),
                depth=2,
                url_path=f"/bench-{row.pk}/",
                locale=locale,
                content_type=kind,
            )
            for row in texts
        )
        whole = [
            InformationPage(pk=page.pk, title=row.title, summary=f"{row.summary} {row.text}", path=page.path)
            for page, row in zip(pages, texts, strict=True)
        ]
        backend.get_index_for_model(InformationPage).add_items(InformationPage, whole)
    _analyze()


def ratios(taken, size):
    """Yield how our median compares with Wagtail's, by the clock and at work."""
    for kind in [name.removesuffix(", ours") for name in taken if name.endswith(", ours")]:
        clock, work = (
            [
                median(taken[name][size]) if name in taken else 0.0
                for name in (f"{kind}, ours{of}", f"{kind}, Wagtail{of}")
            ]
            for of in ("", ", CPU")
        )
        at_work = f", {work[0] / work[1]:.3f} at work" if all(work) else ""
        yield f"{kind}: ours takes {clock[0] / clock[1]:.3f} of Wagtail's time{at_work}"


# --- the database -------------------------------------------------------------------------------------


def _analyze():
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def on_disk():
    """Return in words what the index takes on disk, beside the entries themselves."""
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            sizes = {
                name: f"pg_total_relation_size('{table}')"
                for name, table in (
                    ("entries", "search_searchentry"),
                    ("words", "search_row"),
                    ("bits", "search_bits"),
                    ("bits of usual words", "search_usual"),
                )
            }
        else:
            sizes = {
                "entries": "(SELECT sum(length(title) + length(summary) + length(text) + length(t_title)"
                " + length(t_tags) + length(t_summary) + length(t_body) + length(t_parts)) FROM search_searchentry)",
                "words": "(SELECT sum(length(block)) FROM search_fts_data)",
                "bits": "(SELECT sum(length(bits)) FROM search_bits)",
            }
        cursor.execute(f"SELECT {', '.join(sizes.values())}")
        return ", ".join(f"{name} {size / 2**20:.0f} MB" for name, size in zip(sizes, cursor.fetchone(), strict=True))


@contextmanager
def _scratch(folder):
    """Set Django up on a database of the bench's own, made now and dropped after."""
    sys.path[:0] = [str(HOUSE), str(HOUSE / "site")]
    os.environ |= {"VAR_DIR": folder, "DJANGO_SETTINGS_MODULE": "config.settings.test"}
    import django

    django.setup()
    from django.db import connection

    name = f"forkant_bench_{os.getpid()}"
    is_file = connection.vendor == "sqlite"
    connection.settings_dict["TEST"]["NAME"] = str(Path(folder) / f"{name}.sqlite3") if is_file else name
    connection.settings_dict["CONN_MAX_AGE"] = None  # as in production: the connection stays open
    before = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    from content import findable

    findable.register(_made_up())
    try:
        yield
    finally:
        connection.creation.destroy_test_db(before, verbosity=0)


if __name__ == "__main__":
    command()
