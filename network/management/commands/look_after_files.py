from django.core.management.base import BaseCommand

from network.file_keeping import missing, read_unread, scan_waiting, sweep


class Command(BaseCommand):
    help = (
        "Ser medlemmernes filer efter: virustjekker dem, der venter, læser teksten til søgningen og rydder op. "
        "Kør den hvert minut; den kan køre flere steder på én gang."
    )

    def add_arguments(self, parser):
        parser.add_argument("--missing", action="store_true", help="tæl også filer, der mangler på disken")

    def handle(self, *args, **options):
        scanned, read, swept = scan_waiting(), read_unread(), sweep()
        self.stdout.write(f"{scanned} virustjekket, {read} læst, {swept} ryddet væk.")
        if options["missing"]:
            self.stdout.write(f"{missing()} mangler på disken.")
