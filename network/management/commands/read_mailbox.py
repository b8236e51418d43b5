import imaplib

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from network.mailbox import read_mailbox


class Command(BaseCommand):
    help = "Tager imod de mails, der ligger i postkassen (IMAP), og sletter dem dér. Kør den hvert minut."

    def handle(self, *args, **options):
        if not settings.MAIL_IN_IMAP:
            raise CommandError("Sæt MAIL_IN_IMAP til postkassen, for eksempel imaps://navn:ord@imap.example/INBOX.")
        try:
            taken, stays = read_mailbox()
        except (OSError, imaplib.IMAP4.error) as error:
            # An answer of the server may hold the name that signs in.
            raise CommandError(f"Postkassen kunne ikke læses: {type(error).__name__}.") from None
        self.stdout.write(f"{taken} taget imod, {stays} bliver liggende.")
