from django.core.management.base import BaseCommand

from network.meeting_letters import remind_of_actions


class Command(BaseCommand):
    help = "Skriver ét brev om hver opgave fra et møde, der skal være gjort i dag eller før. Kør den hver morgen."

    def handle(self, *args, **options):
        number = remind_of_actions()
        self.stdout.write(f"{number} påmindelser om opgaver.")
