"""A thread page of ours beside those of django-machina and Spirit: the same posts on the same server, by turns.

DATABASE_URL=postgres://… python bench/network/rivals.py --posts 100000

The two are fetched from PyPI into a virtual environment of their own that is gone afterwards, and set up as their
documentation says: a member who is signed in, 30 posts a page, one forum, one thread of 10,000 posts and the rest in
threads of 20. Time is CPU of each one's own process.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

HERE = Path(__file__).resolve()
HOUSE = HERE.parents[2]
RIVALS = {"machina": "django-machina==1.3.1", "spirit": "django-spirit==0.14.3"}
LONG, SHORT, PER_PAGE = 10_000, 20, 30
SENTENCE = "landsby borgermøde strategi lokalråd kommune kort havn skole "
TEXT = "<p>" + SENTENCE * 5 + "</p>"


def command():
    parser = argparse.ArgumentParser(description="CPU of a thread page beside django-machina's and Spirit's.")
    parser.add_argument("--posts", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=25)
    parser.add_argument("--side", choices=["ours", *RIVALS], help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.side:
        answer_rounds(asked.side, asked.posts)
        return
    with tempfile.TemporaryDirectory(prefix="forkant-bench-") as folder:
        print("\n".join(table(measure(Path(folder), asked.posts, asked.rounds), asked.posts)))


def measure(folder, posts, rounds):
    """Return {side: {page: median CPU seconds}}; the sides take turns."""
    python = folder / "venv/bin/python"
    subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
    pins = [*RIVALS.values(), "psycopg[binary]", "whoosh"]
    subprocess.run([python, "-m", "pip", "install", "--quiet", *pins], check=True)
    sides = {"ours": _start(sys.executable, "ours", posts, folder)}
    sides |= {name: _start(python, name, posts, folder) for name in RIVALS}
    try:
        for side in sides.values():
            side.stdout.readline()  # filled and warm
        taken = {name: [] for name in sides}
        for _ in range(rounds):
            for name, side in sides.items():
                side.stdin.write("\n")
                side.stdin.flush()
                taken[name].append(json.loads(side.stdout.readline()))
    finally:
        for side in sides.values():
            side.stdin.close()
            side.wait(timeout=120)
    return {
        name: {page: median(row[page] for row in rows) for page in rows[0] if page != "queries"}
        | {"queries": rows[-1]["queries"]}
        for name, rows in taken.items()
    }


def _start(python, side, posts, folder):
    return subprocess.Popen(
        [python, HERE, "--side", side, "--posts", str(posts)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
        env={**os.environ, "VAR_DIR": str(folder / f"var-{side}")},
    )


def table(found, posts):
    yield f"CPU of a page of 30 posts for a member who is signed in, with {posts:,} posts on the same server"
    yield "| | first page, ms | last page, ms | last / first | queries | first page x ours |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for name, pages in found.items():
        first, last = pages["first"], pages["last"]
        ratios = f"{last / first:.2f} | {pages['queries']} | {first / found['ours']['first']:.1f}"
        yield f"| {name} | {1000 * first:.1f} | {1000 * last:.1f} | {ratios} |"


def answer_rounds(side, posts):
    """Fill a database of its own, then measure each page once for every line that is read."""
    from time import process_time

    with SIDES[side](posts) as (client, pages):
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        for address in pages.values():
            for _ in range(3):
                answer = client.get(address)
                html = answer.content.decode()
                shown = html.count('<article class="post') if side == "ours" else html.count(SENTENCE) // 5
                if answer.status_code != 200 or shown != PER_PAGE:
                    raise SystemExit(f"{side}: {address} answers {answer.status_code} with {shown} posts")
        with CaptureQueriesContext(connection) as asked:
            client.get(pages["first"])
            queries = len(asked)
        print(flush=True)
        for _ in sys.stdin:
            row = {"queries": queries}
            for page, address in pages.items():
                began = process_time()
                client.get(address)
                row[page] = process_time() - began
            print(json.dumps(row), flush=True)


class Ours:
    def __init__(self, posts):
        self.posts = posts

    def __enter__(self):
        sys.path.insert(0, str(HOUSE))
        from bench.network import maker, pages

        folder = Path(os.environ["VAR_DIR"])
        folder.mkdir(parents=True)
        self.scratch = pages.scratch(folder)
        self.scratch.__enter__()
        member, long, _usual, _space = maker.make(self.posts)
        from django.test import Client

        client = Client()
        client.force_login(member)
        address = long.get_absolute_url()
        return client, {"first": f"{address}?side=1", "last": f"{address}?side={LONG // PER_PAGE}"}

    def __exit__(self, *fault):
        return self.scratch.__exit__(*fault)


class Rival:
    """A project with the packages' own settings, in a database that is made for it and dropped after."""

    def __init__(self, posts):
        self.posts = posts

    def __enter__(self):
        import django
        from django.conf import settings

        url = urlsplit(os.environ["DATABASE_URL"])
        database = {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": url.path.lstrip("/"),
            "USER": url.username,
            "PASSWORD": url.password or "",
            "HOST": url.hostname,
            "PORT": url.port,
            "CONN_MAX_AGE": None,
            "TEST": {"NAME": f"forkant_bench_{type(self).__name__.lower()}_{os.getpid()}"},
        }
        settings.configure(
            DATABASES={"default": database},
            SECRET_KEY="bench",  # noqa: S106
            ALLOWED_HOSTS=["*"],
            DEFAULT_AUTO_FIELD="django.db.models.AutoField",
            USE_TZ=True,
            STATIC_URL="/static/",
            STATIC_ROOT=f"{os.environ['VAR_DIR']}/static",
            MEDIA_ROOT=os.environ["VAR_DIR"],
            ROOT_URLCONF=_module(self.urls),
            **self.settings(),
        )
        django.setup()
        from django.core.management import call_command
        from django.db import connection
        from django.test import Client

        self.before = connection.settings_dict["NAME"]
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        call_command("createcachetable", verbosity=0)
        from django.contrib.auth import get_user_model

        people = get_user_model().objects.bulk_create(
            get_user_model()(username=f"person{n}", email=f"p{n}@eksempel.example") for n in range(500)
        )
        first, last = self.fill(people)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        client = Client()
        member = get_user_model().objects.get(pk=people[0].pk)
        client.force_login(member, backend=settings.AUTHENTICATION_BACKENDS[0])
        return client, {"first": first, "last": last}

    def __exit__(self, *fault):
        from django.db import connection

        connection.creation.destroy_test_db(self.before, verbosity=0)

    def sizes(self):
        return [LONG, *([SHORT] * max((self.posts - LONG) // SHORT, 1))]


def _module(urls):
    from types import ModuleType

    module = ModuleType("rival_urls")
    sys.modules["rival_urls"] = module

    def late(name):
        if name == "urlpatterns":
            return urls()
        raise AttributeError(name)

    module.__getattr__ = late
    return "rival_urls"


CONTEXT = [
    "django.contrib.auth.context_processors.auth",
    "django.template.context_processors.debug",
    "django.template.context_processors.i18n",
    "django.template.context_processors.media",
    "django.template.context_processors.static",
    "django.template.context_processors.tz",
    "django.template.context_processors.request",
    "django.contrib.messages.context_processors.messages",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
DJANGO = [
    f"django.contrib.{name}" for name in ("admin", "auth", "contenttypes", "sessions", "messages", "staticfiles")
]


def _templates(folders, more):
    options = {"context_processors": [*CONTEXT, *more]}
    engine = "django.template.backends.django.DjangoTemplates"
    return [{"BACKEND": engine, "DIRS": folders, "APP_DIRS": True, "OPTIONS": options}]


class Machina(Rival):
    APPS = (
        *("forum", "forum_conversation", "forum_conversation.forum_attachments", "forum_conversation.forum_polls"),
        *("forum_feeds", "forum_moderation", "forum_search", "forum_tracking", "forum_member", "forum_permission"),
    )

    def settings(self):
        from machina import MACHINA_MAIN_STATIC_DIR, MACHINA_MAIN_TEMPLATE_DIR

        may = (
            "can_see_forum",
            "can_read_forum",
            "can_start_new_topics",
            "can_reply_to_topics",
            "can_post_without_approval",
        )
        return {
            "INSTALLED_APPS": [
                *DJANGO,
                *("mptt", "haystack", "widget_tweaks", "machina"),
                *(f"machina.apps.{name}" for name in self.APPS),
            ],
            "MIDDLEWARE": [*MIDDLEWARE, "machina.apps.forum_permission.middleware.ForumPermissionMiddleware"],
            "TEMPLATES": _templates([MACHINA_MAIN_TEMPLATE_DIR], ["machina.core.context_processors.metadata"]),
            "STATICFILES_DIRS": [MACHINA_MAIN_STATIC_DIR],
            "CACHES": {
                "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
                "machina_attachments": {
                    "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
                    "LOCATION": "/tmp",
                },  # noqa: S108
            },
            "AUTHENTICATION_BACKENDS": ["django.contrib.auth.backends.ModelBackend"],
            "HAYSTACK_CONNECTIONS": {"default": {"ENGINE": "haystack.backends.simple_backend.SimpleEngine"}},
            "MACHINA_TOPIC_POSTS_NUMBER_PER_PAGE": PER_PAGE,
            "MACHINA_DEFAULT_AUTHENTICATED_USER_FORUM_PERMISSIONS": list(may),
        }

    @staticmethod
    def urls():
        from django.urls import include, path
        from machina import urls

        return [path("", include(urls))]

    def fill(self, people):
        from django.utils import timezone
        from machina.apps.forum.models import Forum
        from machina.apps.forum_conversation.models import Post, Topic

        forum, now = Forum.objects.create(name="Forum", type=Forum.FORUM_POST), timezone.now()
        sizes = self.sizes()
        topics = Topic.objects.bulk_create(
            Topic(
                forum=forum,
                poster=people[n % 500],
                subject=f"Tråd {n}",
                slug=f"traad-{n}",
                type=Topic.TOPIC_POST,
                status=Topic.TOPIC_UNLOCKED,
                posts_count=size,
                last_post_on=now,
            )
            for n, size in enumerate(sizes)
        )
        rows = (
            Post(
                topic=topic,
                poster=people[number % 500],
                subject="Svar",
                content=TEXT,
                _content_rendered=TEXT,
                approved=True,
            )
            for topic, size in zip(topics, sizes, strict=True)
            for number in range(size)
        )
        _in_batches(Post, rows)
        topic = topics[0]
        topic.first_post, topic.last_post = topic.posts.order_by("pk").first(), topic.posts.order_by("pk").last()
        topic.save(update_fields=["first_post", "last_post"])
        address = f"/forum/{forum.slug}-{forum.pk}/topic/{topic.slug}-{topic.pk}/"
        return f"{address}?page=1", f"{address}?page={LONG // PER_PAGE}"


class Spirit(Rival):
    APPS = (
        *("core", "admin", "search", "user", "user.admin", "user.auth", "category", "category.admin", "topic"),
        *("topic.admin", "topic.favorite", "topic.moderate", "topic.notification", "topic.private", "topic.unread"),
        *("comment", "comment.bookmark", "comment.flag", "comment.flag.admin", "comment.history", "comment.like"),
        "comment.poll",
    )

    def settings(self):
        table = "django.core.cache.backends.db.DatabaseCache"
        own = ("Timezone", "LastIP", "LastSeen", "ActiveUser")
        return {
            "INSTALLED_APPS": [
                *DJANGO,
                "django.contrib.humanize",
                *(f"spirit.{name}" for name in self.APPS),
                *("djconfig", "haystack"),
            ],
            "MIDDLEWARE": [
                *MIDDLEWARE,
                *(f"spirit.user.middleware.{name}Middleware" for name in own),
                "spirit.core.middleware.PrivateForumMiddleware",
                "djconfig.middleware.DjConfigMiddleware",
            ],
            "TEMPLATES": _templates([], ["djconfig.context_processors.config"]),
            "CACHES": {
                "default": {"BACKEND": table, "LOCATION": "spirit_cache"},
                "st_rate_limit": {"BACKEND": table, "LOCATION": "spirit_rl_cache", "TIMEOUT": None},
            },
            "AUTHENTICATION_BACKENDS": ["spirit.user.auth.backends.UsernameAuthBackend"],
            "HAYSTACK_CONNECTIONS": {"default": {"ENGINE": "haystack.backends.simple_backend.SimpleEngine"}},
            "LOGIN_URL": "spirit:user:auth:login",
            "ST_SITE_URL": "http://localhost/",
            "ST_RATELIMIT_CACHE": "st_rate_limit",
        }

    @staticmethod
    def urls():
        from django.urls import include, path

        return [path("", include("spirit.urls"))]

    def fill(self, people):
        from djconfig import config
        from djconfig.models import Config
        from spirit.category.models import Category
        from spirit.comment.models import Comment
        from spirit.topic.models import Topic
        from spirit.user.models import UserProfile

        UserProfile.objects.bulk_create(
            [UserProfile(user=user, slug=user.username) for user in people], ignore_conflicts=True
        )
        Config.objects.create(key="comments_per_page", value=str(PER_PAGE))
        config._reload_maybe()
        category, sizes = Category.objects.create(title="Forum"), self.sizes()
        topics = Topic.objects.bulk_create(
            Topic(user=people[n % 500], category=category, title=f"Tråd {n}", slug=f"traad-{n}", comment_count=size)
            for n, size in enumerate(sizes)
        )
        rows = (
            Comment(user=people[number % 500], topic=topic, comment=TEXT, comment_html=TEXT)
            for topic, size in zip(topics, sizes, strict=True)
            for number in range(size)
        )
        _in_batches(Comment, rows)
        address = f"/topic/{topics[0].pk}/{topics[0].slug}/"
        return f"{address}?page=1", f"{address}?page={LONG // PER_PAGE}"


def _in_batches(model, rows, size=5_000):
    from itertools import islice

    while some := list(islice(rows, size)):
        model.objects.bulk_create(some)


SIDES = {"ours": Ours, "machina": Machina, "spirit": Spirit}

if __name__ == "__main__":
    command()
