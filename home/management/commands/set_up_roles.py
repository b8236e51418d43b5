from django.core.management.base import BaseCommand, CommandError

from home.roles_setup import CannotSetUp, set_up_roles


class Command(BaseCommand):
    help = "Laver grupperne, deres rettigheder og arbejdsgangen, som docs/roller.md siger. Kan køres igen."

    def handle(self, *args, **options):
        try:
            changes = set_up_roles()
        except CannotSetUp as error:
            raise CommandError(str(error)) from error
        for line in [*changes.lines, *changes.kept]:
            self.stdout.write(line)
        if not changes.lines:
            self.stdout.write("Alt var, som det skal være. Intet er ændret.")
