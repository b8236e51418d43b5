from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from accounts.addresses import normal
from network.erase import erase


class Command(BaseCommand):
    help = "Sletter en person for altid: kontoen, alt hendes eget og hendes navn, hvor andre har nævnt hende med @."

    def add_arguments(self, parser):
        parser.add_argument("email")
        parser.add_argument("--yes", action="store_true", help="uden det bliver intet slettet")

    def handle(self, email, yes, **options):
        user = get_user_model().objects.filter(email=normal(email)).first()
        if user is None:
            raise CommandError("Ingen har den adresse.")
        if not yes:
            raise CommandError(f"{user} bliver slettet for altid. Skriv --yes for at gøre det.")
        erase(user)
        self.stdout.write("Personen er slettet.")
