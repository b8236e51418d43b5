"""Under which words pages stand: asked once for many pages, in one query for all vocabularies."""

from dataclasses import dataclass, field

from django.db.models import Case, CharField, F, IntegerField, Value, When
from django.db.models.functions import Cast, LPad

from taxonomy import models as words

NO_PAGE = 0


@dataclass(frozen=True)
class Word:
    slug: str
    title: str
    mark: str = ""
    reason: str = ""
    is_main: bool = False


@dataclass
class Standing:
    themes: list[Word] = field(default_factory=list)
    phases: list[Word] = field(default_factory=list)
    target_groups: list[Word] = field(default_factory=list)
    challenges: list[Word] = field(default_factory=list)
    tags: list[Word] = field(default_factory=list)
    all_phases: list[str] = field(default_factory=list)

    @property
    def ground(self) -> str:
        """The ground cover that stands for the page: its main theme's, else its first theme's."""
        main = next((theme for theme in self.themes if theme.is_main), None)
        return (main or self.themes[0]).mark if self.themes else ""

    @property
    def phase_slugs(self):
        return {phase.slug for phase in self.phases}

    @property
    def phase_names(self) -> str:
        return ", ".join(phase.title for phase in self.phases)

    @property
    def phase_ticks(self) -> list[bool]:
        """For each phase there is, in their order: does the page stand under it?"""
        own = self.phase_slugs
        return [slug in own for slug in self.all_phases]


def standings(page_ids, *vocabularies) -> dict[int, Standing]:
    """Return {page id: Standing}, with an empty one for pages that stand under nothing.

    `vocabularies`: names among themes, phases, target_groups, challenges, tags; all of them when none is named.
    """
    names = vocabularies or tuple(_PARTS)
    all_phases = []
    found = {page_id: Standing(all_phases=all_phases) for page_id in page_ids}
    parts = [_PARTS[name](name, list(found)) for name in names]
    if "phases" in names:
        parts.append(_all_phases())
    rows = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
    for page_id, name, slug, title, _place, mark, reason, is_main in sorted(rows, key=lambda row: (row[4], row[2])):
        if page_id == NO_PAGE:
            all_phases.append(slug)
        else:
            getattr(found[page_id], name).append(Word(slug, title, mark, reason, is_main == "1"))
    return found


def standing_in_hand(page) -> Standing:
    """Return the words of `page` as it stands in memory, with those chosen in a form and not yet saved."""
    return Standing(
        # As in `standings`: in the order they were given.
        themes=_words(page.page_themes, lambda row: (row.pk is None, row.pk)),
        phases=_words(page.page_phases, _by_term),
        target_groups=_words(page.page_target_groups, _by_term),
        challenges=_words(page.page_challenges, _by_term),
        tags=[
            Word(row.tag.slug, row.tag.name, reason=row.reason)
            for row in sorted(page.tagged_items.all(), key=lambda row: row.tag.sort_key)
        ],
        all_phases=all_phases(),
    )


def all_phases() -> list[str]:
    """Return the slugs of the phases there are, in their order."""
    return list(words.Phase.objects.order_by("sort_order", "slug").values_list("slug", flat=True))


def _by_term(row):
    return row.term.sort_order, row.term.slug


def _words(relation, order):
    return [
        Word(
            row.term.slug,
            row.term.title,
            getattr(row.term, "ground", ""),
            row.reason,
            getattr(row, "is_main", False),
        )
        for row in sorted(relation.all(), key=order)
    ]


def _row(queryset, name, page, word, title, order, mark=None, main=None):
    return (
        queryset.order_by()
        .annotate(
            vocabulary=Value(name, output_field=CharField()),
            place=Cast(order, CharField()),
            mark=Cast(mark or Value(""), CharField()),
            main=Cast(main or Value(""), CharField()),
        )
        .values_list(page, "vocabulary", f"{word}__slug", f"{word}__{title}", "place", "mark", "reason", "main")
    )


def _terms(rows, mark=None, main=None, place="term__sort_order"):
    def part(name, page_ids):
        order = LPad(Cast(place, CharField()), 10, Value("0"))
        return _row(rows.objects.filter(page__in=page_ids), name, "page_id", "term", "title", order, mark, main)

    return part


def _all_phases():
    """The phases there are, asked in the same query: the meter shows those a page does not stand under too."""
    blank = Value("", output_field=CharField())
    return (
        words.Phase.objects.order_by()
        .annotate(
            page=Value(NO_PAGE, output_field=IntegerField()),
            vocabulary=Value("phases", output_field=CharField()),
            place=Cast(LPad(Cast("sort_order", CharField()), 5, Value("0")), CharField()),
            mark=blank,
            reason=blank,
            main=blank,
        )
        .values_list("page", "vocabulary", "slug", "title", "place", "mark", "reason", "main")
    )


def _tags(name, page_ids):
    rows = words.TaggedPage.objects.filter(content_object__in=page_ids)
    return _row(rows, name, "content_object_id", "tag", "name", F("tag__sort_key"))


_PARTS = {
    "themes": _terms(
        words.PageTheme,
        mark=F("term__ground"),
        main=Case(When(is_main=True, then=Value("1")), default=Value("")),
        # In the order they were given: where no main theme is known, the first stands for the page.
        place="pk",
    ),
    "phases": _terms(words.PagePhase),
    "target_groups": _terms(words.PageTargetGroup),
    "challenges": _terms(words.PageChallenge),
    "tags": _tags,
}
