"""A card that is kept with its entry is the one that would be made now, and is shown to whoever may read it alone."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from wagtail.models import Collection, CollectionViewRestriction, Page, PageViewRestriction

from cases.models import ProjectPage
from content import findable
from content.models import File
from methods.models import MethodPage, MethodUse
from network.models import Municipality
from search import finding, kept, outbox
from search.models import SearchEntry
from taxonomy.models import PagePhase, PageTheme, Phase
from tests.factories import MemberFactory, MembershipFactory, PhaseFactory, PostFactory, SpaceFactory, ThreadFactory

pytestmark = pytest.mark.usefixtures("indexed")
STRANGER = AnonymousUser()


def faces(cards):
    return {pk: face(card) for pk, card in cards.items()}


def face(card):
    """What a reader sees of a card."""
    standing = card.extra.get("standing")
    told = (
        [(word.title, word.mark) for word in standing.themes],
        [word.title for word in standing.phases],
        standing.phase_ticks if standing.phases else [],
    )
    return (
        *(card.title, card.url, card.summary, card.kind, str(card.kind_label), card.icon),
        *(list(map(str, card.kicker)), list(map(str, card.facts)), told if any(told) else ()),
    )


def shown(source, **rows):
    entries = SearchEntry.objects.filter(source=source, **rows)
    cards = finding.cards_of(STRANGER, entries)
    return {row.object_id: cards[row.pk] for row in entries if row.pk in cards}


def as_made_now(source, pks):
    cards = findable.named(source).cards(STRANGER, pks)
    for card in cards.values():
        card.extra.setdefault("standing", kept.Standing())
    return faces(cards)


@pytest.mark.parametrize("source", ["page", "municipality", "file"])
def test_every_card_is_kept_as_it_would_be_made_now(source):
    assert not SearchEntry.objects.filter(source=source, card=None).exists()
    cards = shown(source)
    assert len(cards) == SearchEntry.objects.filter(source=source).count() > 0
    assert faces(cards) == as_made_now(source, list(cards))


def test_cards_tell_of_themes_phases_places_and_uses():
    cards = shown("page").values()
    assert any(card.extra["standing"].themes and card.extra["standing"].phases for card in cards)
    assert any("Lemvig Kommune" in card.kicker for card in cards)
    assert any(fact.startswith("Brugt i ") for card in cards for fact in card.facts)


def rename_theme():
    theme = PageTheme.objects.first().term
    theme.title, theme.ground = "Et andet navn", "hav"
    theme.save()


def rename_municipality():
    place = Municipality.objects.get(slug="lemvig")
    place.full_name = "Lemvig og Omegns Kommune"
    place.save()


def take_up_a_use():
    page, place = MethodPage.objects.live().first(), Municipality.objects.get(slug="koebenhavn")
    MethodUse.objects.create(page_id=page.pk, method_id=page.pk, municipality=place)


def let_go_of_a_use():
    MethodUse.objects.filter(method__isnull=False).first().delete()


def telling_project():
    return ProjectPage.objects.live().filter(pk__in=MethodUse.objects.values("page")).first()


def unpublish_a_project():
    telling_project().unpublish()


def close_a_project():
    PageViewRestriction.objects.create(page_id=telling_project().pk, restriction_type=PageViewRestriction.LOGIN)


def rename_a_page():
    page = MethodPage.objects.live().first()
    page.title, page.summary, page.slug = "Et nyt navn", "En ny sætning.", "et-nyt-navn"
    page.save_revision().publish()


def take_a_phase():
    PagePhase.objects.first().delete()


CHANGES = [
    rename_theme,
    rename_municipality,
    take_up_a_use,
    let_go_of_a_use,
    unpublish_a_project,
    close_a_project,
    rename_a_page,
    take_a_phase,
]


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_stands_on_a_card_changes_with_it(change):
    before = faces(shown("page"))
    change()
    outbox.work()
    cards = faces(shown("page"))
    assert cards == as_made_now("page", list(cards))
    assert any(cards[pk] != before[pk] for pk in cards.keys() & before.keys())


def test_a_new_phase_stands_on_all_cards_at_once():
    before = {pk: card.extra["standing"].phase_ticks for pk, card in shown("page").items()}
    PhaseFactory(title="Eftertanke", sort_order=0)
    after = {pk: card.extra["standing"].phase_ticks for pk, card in shown("page").items()}
    ticked = [pk for pk in before if any(before[pk])]
    assert ticked
    assert all(after[pk] == [False, *before[pk]] for pk in ticked)
    assert Phase.objects.count() == len(after[ticked[0]])


def test_an_entry_that_keeps_no_card_yet_gets_one_made():
    SearchEntry.objects.filter(source="page").update(card=None)
    cards = shown("page")
    assert len(cards) == SearchEntry.objects.filter(source="page").count()
    assert faces(cards) == as_made_now("page", list(cards))


# --- the second lock, behind the back of the index ----------------------------------------------------


def restrict(page):
    PageViewRestriction.objects.bulk_create(
        [PageViewRestriction(page_id=page.pk, restriction_type=PageViewRestriction.LOGIN)]
    )


WAYS_TO_CLOSE = {
    "unpublished": lambda page: Page.objects.filter(pk=page.pk).update(live=False),
    "expired": lambda page: Page.objects.filter(pk=page.pk).update(expire_at=timezone.now() - timedelta(seconds=1)),
    "restricted": restrict,
    "restricted above": lambda page: restrict(page.get_parent()),
}


@pytest.mark.parametrize("way", WAYS_TO_CLOSE)
@pytest.mark.parametrize("is_kept", [True, False])
def test_a_kept_card_of_a_page_that_has_closed_is_not_shown(way, is_kept):
    page = MethodPage.objects.live().first()
    if not is_kept:
        SearchEntry.objects.filter(source="page", object_id=page.pk).update(card=None)
    assert shown("page", object_id=page.pk)
    WAYS_TO_CLOSE[way](page)
    assert not shown("page", object_id=page.pk)


def test_a_page_that_will_expire_is_shown_until_then():
    page = MethodPage.objects.live().first()
    Page.objects.filter(pk=page.pk).update(expire_at=timezone.now() + timedelta(minutes=5))
    assert shown("page", object_id=page.pk)


def test_a_kept_card_of_a_file_that_has_closed_is_not_shown():
    file = File.objects.get(pk=next(iter(shown("file"))))
    CollectionViewRestriction.objects.bulk_create(
        [CollectionViewRestriction(collection=Collection.get_first_root_node(), restriction_type="login")]
    )
    assert not shown("file", object_id=file.pk)


def test_a_file_does_not_tell_of_a_page_that_has_closed():
    (pk, card), *_others = shown("file").items()
    title = card.kicker[-1].removeprefix("Hører til »").removesuffix("«")
    Page.objects.filter(title=title).update(live=False)
    assert not any(title in line for card in shown("file", object_id=pk).values() for line in card.kicker)


def test_what_is_said_in_a_space_is_kept_on_no_card():
    member = MembershipFactory(space=SpaceFactory(kind="hidden")).user
    thread = ThreadFactory(space=member.memberships.get().space, author=member, title="Kvadrillen i havnen")
    PostFactory(thread=thread, author=member, text="Polkagris")
    outbox.work()
    said = SearchEntry.objects.filter(source__in=["thread", "post"])
    assert said.count() == 2
    assert not said.exclude(card=None).exists()
    assert len(finding.cards_of(member, said)) == 2
    assert not finding.cards_of(MemberFactory(), said)
    assert not finding.cards_of(STRANGER, said)
