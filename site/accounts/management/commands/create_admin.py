from django.conf import settings
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts.welcome import make_account, make_key

GROUP = "Administrator"


class Command(BaseCommand):
    help = "Opretter en administrator, eller gør en konto til det, og viser linket til at vælge en adgangskode."

    def add_arguments(self, parser):
        parser.add_argument("email", help="Personens mailadresse.")
        parser.add_argument("--name", default="", help="Personens navn.")

    def handle(self, *args, email, name, **options):
        group = Group.objects.filter(name=GROUP).first()
        if group is None:
            raise CommandError(f"Gruppen {GROUP} findes ikke. Kør først: ./run manage set_up_roles")
        try:
            user, made = make_administrator(email, name, group)
        except ValidationError as error:
            raise CommandError(f"»{email}« er ikke en mailadresse.") from error
        self.stdout.write(f"{user.email} er {'oprettet som' if made else 'nu'} administrator.")
        if user.has_usable_password():
            self.stdout.write("Kontoen har allerede en adgangskode.")
        else:
            self.stdout.write("Vælg en adgangskode her. Linket vises kun nu, virker én gang og udløber om 10 dage:")
            self.stdout.write(f"{settings.BASE_URL}{make_key(user)}")


@transaction.atomic
def make_administrator(email, name, group):
    user, made = make_account(email, name=name)
    user.groups.add(group)
    return user, made
