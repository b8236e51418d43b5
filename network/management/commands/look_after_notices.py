from django.core.management.base import BaseCommand

from network.digest import make_due
from network.fan_out import work
from network.notices import sweep


class Command(BaseCommand):
    help = (
        "Ser beskederne efter: giver besked til de mange, der venter på den, og gør de samlede mails klar. "
        "Kør den hvert minut; den kan køre flere steder på én gang."
    )

    def handle(self, *args, **options):
        told, digests = work(), make_due()
        sweep()
        self.stdout.write(f"{told} har fået besked, {digests} samlede mails er klar.")
