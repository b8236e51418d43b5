from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from home.loading.load import load
from home.loading.reading import BrokenFile


class Command(BaseCommand):
    help = "Indlæser kampagnen fra site/demo. Kan køres igen: det, en redaktør har ændret, røres ikke."

    def add_arguments(self, parser):
        parser.add_argument("--folder", type=Path, default=settings.SITE / "demo", help="Mappe med kampagnens filer.")
        parser.add_argument("--brief", action="store_true", help="Vis kun det, der er sprunget over eller beholdt.")

    def handle(self, *args, folder, brief, **options):
        try:
            report = load(folder, self._progress)
        except BrokenFile as error:
            faults = "\n".join(f"  {fault}" for fault in error.faults)
            raise CommandError(f"Filerne kan ikke indlæses, og intet er skrevet:\n{faults}") from error
        for line in report.lines:
            if not brief or line.startswith(("beholdt", "sprunget")):
                self.stdout.write(line)
        self.stdout.write(report.summary)

    def _progress(self, done, total):
        if self.stdout.isatty():
            self.stdout.write(f"\r{done} af {total}", ending="" if done < total else "\n")
            self.stdout.flush()
        elif done == total or done % 50 == 0:
            self.stdout.write(f"{done} af {total}")
