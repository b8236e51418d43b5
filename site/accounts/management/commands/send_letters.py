from django.core.management.base import BaseCommand

from accounts.letters import deliver_waiting


class Command(BaseCommand):
    help = "Sender de mails, der venter. Kør den hvert minut; den kan køre flere steder på én gang."

    def handle(self, *args, **options):
        sent, waiting = deliver_waiting()
        self.stdout.write(f"{sent} sendt, {waiting} venter.")
