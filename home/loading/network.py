"""Load the fictional network: made-up people of made-up municipalities, who talk in three spaces
and meet.

What is written here is never touched again: a second run makes only what the files hold and no earlier run has made,
so what people changed, left or deleted since stays as they want it. It is written by the network's own verbs, as if
these people had done it themselves, and dated back to the working days that the files name.
"""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from accounts.models import Letter
from home.loading.gatherings import load_meeting
from home.loading.people import load_municipality, load_person
from home.loading.reading import read_json
from home.loading.talk import load_space, load_thread
from home.loading.told import date_notices
from home.models import Provenance
from home.roles_setup import set_up_roles


@dataclass
class Fiction:
    """One run: what it has found and made so far. `people` and `spaces` go by their keys in the files."""

    password: str
    now: datetime
    people: dict = field(default_factory=dict)
    spaces: dict = field(default_factory=dict)
    sign_ins: list = field(default_factory=list)  # (who, address, password, what she may)

    def once(self, key, queryset, make):
        """Return the thing of `key`: by `make()` the first time, later from `queryset`; None where it has gone."""
        if row := Provenance.objects.filter(key=f"demo:{key}").first():
            return queryset.filter(pk=row.object_id).first()
        if thing := make():
            Provenance.objects.create(key=f"demo:{key}", object_id=str(thing.pk), model=thing._meta.label)
        return thing

    @cached_property
    def password_hash(self):
        """Made once for them all: the hash is slow, and the password no secret."""
        return make_password(self.password)


@transaction.atomic
def load_network(folder, password) -> Fiction:
    """Load `folder` and return the run. Raises BrokenFile where a file is missing or no JSON, CannotSetUp
    where the campaign is not loaded. No mail is sent."""
    fiction = Fiction(password, timezone.now())
    names = ("people", "spaces", "threads", "meetings")
    who, where, what, when = (read_json(folder / f"{name}.json") for name in names)
    set_up_roles()
    for place in who["municipalities"]:
        load_municipality(fiction, place)
    for person in who["people"]:
        load_person(fiction, person)
    for space in where["spaces"]:
        load_space(fiction, space)
    for thread in what["threads"]:
        load_thread(fiction, thread)
    for meeting in when["meetings"]:
        load_meeting(fiction, meeting)
    date_notices(fiction)
    _drop_letters(fiction)
    return fiction


def _drop_letters(fiction):
    """Nobody reads the mail of made-up people: what the verbs queued is given up before the commit would send it."""
    people = [person for person in fiction.people.values() if person]
    queued = Letter.objects.waiting().filter(recipient__in=people, queued_at__gte=fiction.now)
    queued.update(dropped_at=timezone.now())
