"""The search, for those who run the site: rebuild, status, check, explain, evaluate, work."""

import signal
import time
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext_lazy as _

from search import analysis, engines, explain, insight, outbox, rebuild, state
from search.models import SearchEntry, SearchTask, SearchWord

PAUSE = 0.5  # seconds between two looks at the outbox


class Command(BaseCommand):
    help = _("Søgningen: rebuild, status, check, explain, evaluate, work.")

    def add_arguments(self, parser):
        verbs = parser.add_subparsers(dest="verb", required=True)
        again = verbs.add_parser("rebuild", help=_("lav hele indekset igen; går videre, hvor den slap"))
        again.add_argument("--afresh", action="store_true", help=_("begynd forfra"))
        verbs.add_parser("status", help=_("hvad er indekseret, hvad venter, svarer søgemaskinen"))
        check = verbs.add_parser("check", help=_("sammenlign databasen med indekset, og ret"))
        check.add_argument("--dry-run", action="store_true", help=_("ret ikke"))
        why = verbs.add_parser("explain", help=_("hvorfor står et resultat, hvor det står"))
        why.add_argument("words", nargs="+")
        why.add_argument("--number", type=int, default=5)
        judge = verbs.add_parser("evaluate", help=_("mål, hvor godt søgningen finder"))
        judge.add_argument("--held", action="store_true", help=_("kun den tredjedel, der ikke stilles efter"))
        judge.add_argument("--ablation", action="store_true", help=_("mål også uden hver af delene"))
        judge.add_argument("--misses", action="store_true", help=_("nævn spørgsmålene, der går galt"))
        judge.add_argument("--unjudged", type=Path, metavar="FIL", help=_("skriv det viste, ingen har bedømt"))
        work = verbs.add_parser("work", help=_("gør indgange og kopier færdige, til den bliver stoppet"))
        work.add_argument("--once", action="store_true", help=_("kun det, der venter nu"))

    def handle(self, *args, verb, **options):
        getattr(self, f"do_{verb}")(**options)

    def do_rebuild(self, afresh, **options):
        try:
            rebuild.rebuild(self.stdout.write, afresh)
        except engines.EngineDown as fault:
            raise CommandError(
                f"Søgemaskinen svarer ikke ({fault}). Det, der er gjort, er gjort: kør kommandoen igen."
            ) from fault

    def do_status(self, **options):
        made_by = state.read("analyzer", analysis.VERSION)
        waits = {stage: outbox.waiting(stage).count() for stage in SearchTask.Stage.values}
        self.stdout.write(f"Indgange: {SearchEntry.objects.count()} · offentlige ord: {SearchWord.objects.count()}")
        self.stdout.write(f"Venter: {waits['entry']} indgange, {waits['engine']} kopier")
        if late := SearchTask.objects.filter(attempts__gt=0).count():
            self.stdout.write(f"Prøves igen senere: {late}")
        old = SearchEntry.objects.exclude(analyzer=analysis.VERSION).count()
        fits = made_by == analysis.VERSION and not old
        self.stdout.write(
            f"Analyse: {analysis.VERSION}" + ("" if fits else f" – kør »search rebuild« ({old} er ældre)")
        )
        engine = engines.remote()
        if engine is None:
            self.stdout.write(f"Søger i: {engines.database().name}")
            return
        try:
            self.stdout.write(f"Søger i: {engine.name}, {engine.count()} indgange")
        except engines.EngineDown as fault:
            self.stdout.write(f"Søger i: {engine.name}, som ikke svarer ({fault}); databasen svarer i stedet")

    def do_check(self, dry_run, **options):
        try:
            faults = rebuild.check(self.stdout.write, mend=not dry_run)
        except engines.EngineDown as fault:
            raise CommandError(f"Søgemaskinen svarer ikke ({fault}).") from fault
        insight.tidy()
        self.stdout.write("Alt passer." if not faults else f"{faults} fejl{'.' if dry_run else ', som er rettet.'}")

    def do_explain(self, words, number, **options):
        for line in explain.explain(" ".join(words), number):
            self.stdout.write(line)

    def do_evaluate(self, held, ablation, misses, unjudged, **options):
        from search.evaluation import site

        if unjudged:
            self.stdout.write(site.pool(unjudged))
            return
        for line in site.lines(held=held, ablation=ablation, misses=misses):
            self.stdout.write(line)

    def do_work(self, once, **options):
        stopped = []
        if not once:
            for name in (signal.SIGTERM, signal.SIGINT):
                signal.signal(name, lambda *_args: stopped.append(True))
        insight.tidy()
        while True:
            outbox.work()
            if once or stopped:
                return
            time.sleep(PAUSE)
