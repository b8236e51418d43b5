import logging
import sys

from django.core.management.base import BaseCommand

from network.mail_spool import chunks_of, take_raw

logger = logging.getLogger(__name__)
TEMPORARY_FAILURE = 75  # sysexits.h: the mail server keeps the mail, and comes again


class Command(BaseCommand):
    help = "Tager imod én mail på standard input, fra en mailserver. Svarer 75, når mailen skal komme igen."

    def add_arguments(self, parser):
        parser.add_argument("--sender", help="Kuvertens afsender; tom for returmails.")
        parser.add_argument("--recipient", action="append", default=[], help="Kuvertens modtager; kan gentages.")

    def handle(self, *args, sender, recipient, **options):
        try:
            take_raw(chunks_of(sys.stdin.buffer), recipient, sender)
        except Exception as error:
            # The words of an error may hold what was written: its kind alone is told.
            logger.error("A mail was not taken in, and is to come again: %s", type(error).__name__)
            sys.exit(TEMPORARY_FAILURE)
