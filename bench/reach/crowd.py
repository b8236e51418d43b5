"""A space with very many in it, written in bulk."""

BATCH = 5_000


def crowd(number, name="Alle", presets=("everything", "calm")):
    """Return one of `number` members of a new space, and the space; they choose the `presets` by turns.

    With the first preset one is told by mail of everything, with the second by a level of her own in the space.
    """
    from datetime import timedelta

    from django.utils import timezone

    from accounts.models import User
    from network.models import Membership, Municipality, NoticeSettings, Profile, Space

    now = timezone.now()
    places = list(Municipality.objects.all())
    space = Space.objects.create(name=name, slug=name.lower(), purpose="Til målingen.")
    for first in range(0, number + 1, BATCH):
        people = User.objects.bulk_create(
            User(email=f"{space.slug}-{n}@eksempel.example", name=f"Person {n}", password="!")
            for n in range(first, min(first + BATCH, number + 1))
        )
        Profile.objects.bulk_create(
            Profile(
                user=user,
                role="planlægger",
                municipality=places[user.pk % len(places)],
                completed_at=now - timedelta(90),
            )
            for user in people
        )
        NoticeSettings.objects.bulk_create(
            NoticeSettings(
                user=user,
                preset=presets[user.pk % len(presets)],
                collected_until=now - timedelta(7),
                next_at=now - timedelta(minutes=5),
            )
            for user in people
        )
        Membership.objects.bulk_create(
            Membership(
                user=user,
                space=space,
                joined_at=now - timedelta(90),
                read_until=now - timedelta(30),
                level="all" if presets[user.pk % len(presets)] == "calm" and len(presets) > 1 else "",
            )
            for user in people
        )
        writer = people[0]
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return writer, space
