from django.conf import settings
from django.core.management.base import BaseCommand

from home.roles_doc import roles_doc


class Command(BaseCommand):
    help = "Skriver docs/roller.md ud fra home/roles.py."

    def handle(self, *args, **options):
        path = settings.ROOT / "docs" / "roller.md"
        path.write_text(roles_doc(), encoding="utf-8")
        self.stdout.write(str(path.relative_to(settings.ROOT)))
