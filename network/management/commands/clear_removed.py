from django.core.management.base import BaseCommand

from network.clear import clear_removed


class Command(BaseCommand):
    help = "Sletter teksten i indlæg, der er fjernet for mere end 30 dage siden. Kør den hver nat."

    def handle(self, *args, **options):
        self.stdout.write(f"{clear_removed()} indlæg er ryddet.")
