from django.core.management.base import BaseCommand

from network.fan_out import work


class Command(BaseCommand):
    help = (
        "Ser beskederne efter: giver besked til de mange, der venter på den. "
        "Kør den hvert minut; den kan køre flere steder på én gang."
    )

    def handle(self, *args, **options):
        self.stdout.write(f"{work()} har fået besked.")
