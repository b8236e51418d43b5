"""The rows of the corpus. Import it when Django is set up; `bench.corpus.make` does."""

import random
import uuid
from datetime import UTC, datetime, timedelta

from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from wagtail.models import Locale, Page

from cases.models import ProjectPage
from content.models import File, Source
from danish import danish_sort_key, danish_to_ascii
from methods.models import CostLevel, MethodIndexPage, MethodPage, MethodUse, ToolFile, ToolIndexPage, ToolPage
from network.models import Municipality
from taxonomy import models as words

SLUG = "proeve"
NEWEST = datetime(2026, 1, 1, tzinfo=UTC)
SHARE_OF_METHODS = 28 / 51
THINGS = [
    "landsbyer",
    "byer",
    "tomme boliger",
    "foreninger",
    "havne",
    "skoler",
    "butikker",
    "kyster",
    "egne",
    "haller",
]
DEEDS = ["Kortlæg", "Besøg", "Sammenlign", "Tegn", "Tæl", "Spørg", "Prioritér", "Fortæl om"]


def write(number: int, seed: int) -> list[int]:
    """Make `number` methods and tools below the campaign's own and return their ids; more each time it is called."""
    with transaction.atomic():
        return _Writer(number, seed).write()


class _Writer:
    def __init__(self, number, seed):
        self.number = number
        self.first = Page.objects.filter(slug__startswith=SLUG).count() + 1
        self.random = random.Random(f"{seed} {self.first}")
        self.locale = Locale.get_default()
        self.municipalities = list(Municipality.objects.order_by("code").values_list("pk", flat=True))
        projects = ProjectPage.objects.live().order_by("municipality__code")
        self.projects = dict(projects.values_list("municipality", "pk"))

    def write(self):
        kinds = [self.random.random() < SHARE_OF_METHODS for _ in range(self.number)]
        methods = self._pages(MethodPage, MethodIndexPage, [n for n, kind in enumerate(kinds) if kind])
        tools = self._pages(ToolPage, ToolIndexPage, [n for n, kind in enumerate(kinds) if not kind])
        made = [page.pk for page in (*methods, *tools)]
        self._classify(made)
        self._use(made)
        self._sources(made)
        self._tools([page.pk for page in methods], [page.pk for page in tools])
        return made

    # --- pages: one row in Wagtail's table, one in that of the type -----------------------------------

    def _pages(self, model, index_model, places):
        index = index_model.objects.first()
        last = index.get_last_child()
        step = Page._str2int(last.path[-Page.steplen :]) if last else 0
        content_type = ContentType.objects.get_for_model(model)
        pages = [
            self._page(model, place, index, step + count, content_type) for count, place in enumerate(places, start=1)
        ]
        shared = [field.attname for field in Page._meta.local_concrete_fields if not field.primary_key]
        rows = Page.objects.bulk_create([Page(**{name: getattr(page, name) for name in shared}) for page in pages])
        for page, row in zip(pages, rows, strict=True):
            page.page_ptr_id = page.id = row.pk
        _insert(model, pages)
        Page.objects.filter(pk=index.pk).update(numchild=index.numchild + len(pages))
        return pages

    def _page(self, model, place, index, step, content_type):
        number = self.first + place
        word = {MethodPage: "Prøvemetode", ToolPage: "Prøveværktøj"}[model]
        slug = f"{danish_to_ascii(word)}-{number:04d}"
        title = f"{word} {number:04d}"
        summary = self._sentence()
        published = NEWEST - timedelta(minutes=number)
        weeks = self.random.randint(1, 12)
        return model(
            title=title,
            draft_title=title,
            slug=slug,
            path=Page._get_path(index.path, index.depth + 1, step),
            depth=index.depth + 1,
            url_path=f"{index.url_path}{slug}/",
            translation_key=uuid.uuid5(uuid.NAMESPACE_URL, f"{index.url_path}{slug}/"),
            locale=self.locale,
            content_type=content_type,
            first_published_at=published,
            last_published_at=published,
            summary=summary,
            sort_key=danish_sort_key(title),
            find_text=danish_to_ascii(f"{title} {summary}"),
            purpose=" ".join(self._sentence() for _ in range(3)),
            when_to_use=self._sentence(),
            when_not=self._sentence(),
            steps=[("step", self._step()) for _ in range(5)],
            people_needed="1 projektleder og 2 kolleger",
            weeks_from=weeks,
            weeks_to=weeks + self.random.randint(1, 8),
            cost_level=self.random.choice(CostLevel.values),
            conditions=self._sentence(),
        )

    def _sentence(self):
        first, second, third = self.random.sample(THINGS, 3)
        return f"{self.random.choice(DEEDS)} {first}, {second} og {third} sammen med dem, det handler om."

    def _step(self):
        return {"title": "Et prøvetrin", "text": self._sentence(), "duration": "1 uge", "who": "Projektlederen"}

    # --- what hangs on the pages ----------------------------------------------------------------------

    def _classify(self, made):
        for rows, model, most in (
            (words.PageTheme, words.Theme, 2),
            (words.PagePhase, words.Phase, 2),
            (words.PageTargetGroup, words.TargetGroup, 3),
            (words.PageChallenge, words.Challenge, 3),
        ):
            terms = list(model.objects.values_list("pk", flat=True))
            pairs = self._pairs(made, terms, most)
            rows.objects.bulk_create([rows(page_id=page, term_id=term) for page, term in pairs])
        tags = [*words.Tag.objects.order_by("slug").values_list("pk", flat=True), *self._new_tags()]
        rows = [words.TaggedPage(content_object_id=page, tag_id=tag) for page, tag in self._pairs(made, tags, 6, 3)]
        words.TaggedPage.objects.bulk_create(rows)

    def _pairs(self, made, others, most, least=1):
        """Pair each page with `least` to `most` of the others, none of them twice."""
        for page in made:
            for other in self.random.sample(others, min(len(others), self.random.randint(least, most))):
                yield page, other

    def _new_tags(self):
        names = [f"prøveord {self.first + count:04d}" for count in range(0, self.number, 10)]
        tags = [
            words.Tag(name=name, slug=danish_to_ascii(name).replace(" ", "-"), sort_key=danish_sort_key(name))
            for name in names
        ]
        return [tag.pk for tag in words.Tag.objects.bulk_create(tags)]

    def _use(self, made):
        """A use is told on the municipality's project where it has one, every other time; else on the method."""
        rows = [
            MethodUse(
                method_id=method,
                page_id=self.projects.get(place, method) if self.random.random() < 0.5 else method,
                municipality_id=place,
                sort_order=order,
                year=self.random.choice([None, 2015, 2016, 2017]),
                how_used=self._sentence(),
                how_it_went=self._sentence() if order % 3 == 0 else "",
                basis="Opdigtet til måling.",
            )
            for order, (method, place) in enumerate(self._pairs(made, self.municipalities, 4, 0))
        ]
        MethodUse.objects.bulk_create(rows)

    def _sources(self, made):
        rows = [
            Source(page_id=page, sort_order=order, url=f"https://example.dk/{page}/{order}/", title=self._sentence())
            for page in made
            for order in range(self.random.randint(1, 4))
        ]
        Source.objects.bulk_create(rows)

    def _tools(self, methods, tools):
        through = ToolPage.used_with.through
        pairs = self._pairs(tools, methods, 3)
        through.objects.bulk_create([through(toolpage_id=tool, methodpage_id=method) for tool, method in pairs])
        if files := list(File.objects.order_by("title").values_list("pk", flat=True)):
            rows = [ToolFile(page_id=tool, file_id=self.random.choice(files), sort_order=0) for tool in tools[::10]]
            ToolFile.objects.bulk_create(rows)


def _insert(model, pages):
    """Insert the rows of the page type's own table; bulk_create refuses a model of two tables."""
    fields = model._meta.local_concrete_fields
    size = connection.ops.bulk_batch_size(fields, pages) or 1
    for start in range(0, len(pages), size):
        model._base_manager._insert(pages[start : start + size], fields=fields, using=connection.alias, raw=True)
