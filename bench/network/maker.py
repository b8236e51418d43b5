"""Made-up talk in great numbers: members, spaces, threads and posts, written in bulk, alike for a seed.

Nothing is announced and nothing indexed: the tables are those of a site that has been used for years.
"""

from datetime import timedelta
from random import Random

BATCH = 5_000
PEOPLE, SPACES = 500, 20
LONG, SHORT = 10_000, 20
WORDS = [
    *(
        "landsby",
        "borgermøde",
        "strategi",
        "lokalråd",
        "kommune",
        "kort",
        "byfornyelse",
        "havn",
        "skole",
        "frivillige",
    ),
    *("forsamlingshus", "tomme", "huse", "nedrivning", "bosætning", "cykelsti", "mødested", "pulje", "klynge", "idé"),
]


def make(posts: int, seed: int = 1):
    """Add talk of `posts` posts by 500 people in 20 spaces: one thread of 10,000 (of half of them, where they are
    few), the others of 20 on the average, every other of these in the first space.

    Return (a member of the spaces, the long thread, a usual thread, the first space).
    """
    from django.db import connection

    draw = Random(seed)
    people = _people(seed)
    spaces = _spaces(people, seed)
    long = min(LONG, posts // 2)
    threads = _threads(draw, spaces, people, (posts - long) // SHORT, long)
    _posts(draw, threads, people)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return people[0], threads[0][0], threads[-1][0], spaces[0]


def _people(seed):
    from django.utils import timezone

    from accounts.models import User
    from network.models import Municipality, Profile

    places = list(Municipality.objects.all())
    people = User.objects.bulk_create(
        User(email=f"bench{seed}-{n}@eksempel.example", name=f"Person {n}", password="!") for n in range(PEOPLE)
    )
    Profile.objects.bulk_create(
        Profile(
            user=user,
            role="planlægger",
            municipality=places[n % len(places)],
            completed_at=timezone.now() - timedelta(days=4_000),
        )
        for n, user in enumerate(people)
    )
    return people


def _spaces(people, seed):
    from django.utils import timezone

    from network.models import Membership, Space

    spaces = Space.objects.bulk_create(
        Space(name=f"Rum {seed}-{n}", slug=f"bench-{seed}-{n}", purpose="Opdigtet.", kind="on_request")
        for n in range(SPACES)
    )
    long_ago = timezone.now() - timedelta(days=4_000)
    Membership.objects.bulk_create(
        Membership(space=space, user=user, joined_at=long_ago, read_until=timezone.now())
        for space in spaces
        for user in people[: PEOPLE // 2]
    )
    return spaces


def _threads(draw, spaces, people, number, long):
    from django.utils import timezone

    from network.models import Thread

    began = timezone.now() - timedelta(days=3_000)
    sizes = [long, *(max(1, round(draw.expovariate(1 / SHORT))) for _ in range(number))]
    made = []
    for first in range(0, len(sizes), BATCH):
        rows = []
        for n, size in enumerate(sizes[first : first + BATCH], first):
            at = began + timedelta(minutes=n * 3_000 * 1_440 / (len(sizes) + 1))
            title = f"{draw.choice(WORDS).capitalize()} og {draw.choice(WORDS)} {n}"
            rows.append(
                Thread(
                    space=spaces[n // 2 % SPACES if n % 2 else 0],
                    title=title,
                    slug=f"traad-{n}",
                    author=draw.choice(people[: PEOPLE // 2]),
                    created_at=at,
                    last_post_at=at + timedelta(minutes=size),
                    number_of_posts=size,
                    last_number=size,
                )
            )
        made += zip(Thread.objects.bulk_create(rows), sizes[first : first + BATCH], strict=True)
    return made


def _posts(draw, threads, people):
    from network.models import Post

    texts = [" ".join(draw.choices(WORDS, k=40)) for _ in range(500)]
    rows = []
    for thread, size in threads:
        for number in range(1, size + 1):
            text = texts[(thread.pk + number) % len(texts)]
            rows.append(
                Post(
                    thread=thread,
                    number=number,
                    author=people[(thread.pk * 7 + number) % (PEOPLE // 2)],
                    source=text,
                    html=f"<p>{text}</p>",
                    created_at=thread.created_at + timedelta(minutes=number),
                )
            )
            if len(rows) >= BATCH:
                Post.objects.bulk_create(rows)
                rows.clear()
    Post.objects.bulk_create(rows)
