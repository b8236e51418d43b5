from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from home.loading.network import load_network
from home.loading.reading import BrokenFile
from home.roles_setup import CannotSetUp

COLUMNS = ("Hvem", "E-mail", "Adgangskode", "Må")


class Command(BaseCommand):
    help = "Indlæser demoens opdigtede netværk og viser, hvordan man logger ind. Kan køres igen."

    def handle(self, *args, **options):
        password = getattr(settings, "DEMO_PASSWORD", "")
        if not password:
            raise CommandError(
                "Demoens opdigtede brugere hører kun til i demoen, og intet er skrevet: DEMO_PASSWORD står ikke i "
                "de settings, du bruger. Kør den med config.settings.demo."
            )
        try:
            fiction = load_network(settings.SITE / "demo" / "network", password)
        except BrokenFile as error:
            faults = "\n".join(f"  {fault}" for fault in error.faults)
            raise CommandError(f"Netværket kan ikke indlæses, og intet er skrevet:\n{faults}") from error
        except CannotSetUp as error:
            raise CommandError(str(error)) from error
        self._show([COLUMNS, *fiction.sign_ins])

    def _show(self, rows):
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        for row in [rows[0], ["-" * width for width in widths], *rows[1:]]:
            cells = (f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True))
            self.stdout.write("  ".join(cells).rstrip())
