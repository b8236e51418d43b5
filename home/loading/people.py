"""The made-up municipalities and people of the demo."""

from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.utils import timezone
from django.utils.dateparse import parse_time

from content.listing import listed
from danish import danish_sort_key
from home.loading.comparing import hash_of
from home.models import Provenance
from network.members import complete
from network.models import Municipality, Profile
from network.person import askable
from taxonomy.models import Theme


def moment(fiction, days, at="09:00"):
    """Return the time `at` on the day that lies `days` working days before the run: nobody writes on a Sunday."""
    day = timezone.localdate(fiction.now)
    while days:
        day -= timedelta(days=1)
        days -= day.weekday() < 5
    return timezone.make_aware(datetime.combine(day, parse_time(at)))


def load_municipality(fiction, row):
    key = f"kommune:{row['code']}"
    fiction.once(key, Municipality.anywhere, lambda: _municipality(row))


def _municipality(row):
    """Make it past `save()`: that would hand it to the search index, which knows the real ones alone."""
    place = Municipality(**row, is_fictional=True, sort_key=danish_sort_key(row["name"]))
    return Municipality.anywhere.bulk_create([place])[0]


def load_person(fiction, row):
    """Make the person, and tell her sign-in. A password that she has chosen since is not known any more."""
    people, key = get_user_model().objects, f"person:{row['key']}"
    user = fiction.people[row["key"]] = fiction.once(key, people, lambda: _person(fiction, row))
    if user and user.is_active:
        written = Provenance.objects.get(key=f"demo:{key}")
        mark = hash_of(user.password)
        if not written.hashes:
            written.hashes = {"password": mark}
            written.save(update_fields=["hashes"])
        password = fiction.password if written.hashes["password"] == mark else "(skiftet)"
        fiction.sign_ins.append((user.name, user.email, password, row["may"]))


def _person(fiction, row):
    """Make an account that can sign in at once. One that an earlier demo left under the address is taken over."""
    people = get_user_model()
    user = people.objects.filter(email=row["email"]).first() or people(email=row["email"])
    user.name, user.date_joined = row["name"], moment(fiction, row["joined"], "08:00")
    user.password, user.is_superuser = fiction.password_hash, False
    user.save()
    user.groups.set(Group.objects.filter(name=row["group"]))
    EmailAddress.objects.update_or_create(user=user, email=user.email, defaults={"primary": True, "verified": True})
    user.profile = _profile(fiction, user, row)
    return user


def _profile(fiction, user, row):
    profile = Profile.objects.filter(user=user).first() or Profile(user=user)
    profile.role, profile.organisation, profile.kind = row["role"], row["organisation"], row["kind"]
    profile.municipality = Municipality.anywhere.filter(code=row["municipality"]).first()
    profile.completed_at = user.date_joined
    return _shown(complete(profile), row.get("shows", {}))


def _shown(profile, row):
    """What she can be asked about, and who sees it. What the campaign does not have is left out."""
    if not row:
        return profile
    profile.about, profile.ask_limit = row["about"], row["ask_limit"]
    for field, seen in row["seen"].items():
        setattr(profile, f"{field}_seen", seen)
    complete(profile)
    profile.themes.set(Theme.objects.filter(slug__in=row["themes"]))
    profile.methods.set(listed(*askable()).filter(slug__in=row["methods"]))
    return profile
