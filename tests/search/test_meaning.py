"""Meaning, with the real model, where the extra is installed."""

import pytest

from content import findable
from content.findable import PUBLIC
from search import finding, meaning, outbox, related
from search.models import SearchEntry, SearchVector
from tests.conftest import MEANING, PARTS
from tests.factories import MemberFactory, MembershipFactory, SpaceFactory, ThreadFactory
from tests.search.test_outbox import entry, put, things  # noqa: F401

pytestmark = pytest.mark.skipif(not MEANING, reason=PARTS["meaning"])

TEXTS = {
    1: ("Brug for flere hænder i plejen", "Kommunen mangler sygeplejersker og hjemmehjælpere til sine gamle borgere."),
    2: ("Havnens gamle kraner", "Industriens bygninger på kajen får nyt liv som teater og café."),
    3: ("Bredbånd til sidste hus", "Fiber graves ned, så alle kan arbejde hjemmefra."),
    4: ("Skolen lukker", "Børnene køres med bus til nabobyen, når klasserne bliver for små."),
    5: ("Fugle ved fjorden", "Vadefugle tælles hvert forår af frivillige med kikkerter."),
}


@pytest.fixture
def read(things):  # noqa: F811
    put(things, *(entry(pk, title=title, text=text) for pk, (title, text) in TEXTS.items()))
    outbox.work()
    return {row.object_id: row for row in SearchEntry.objects.filter(source="thing")}


def test_every_entry_is_read_once_and_again_when_it_changes(things, read):  # noqa: F811
    assert SearchVector.objects.filter(entry__source="thing").count() == len(TEXTS)
    assert meaning.refresh() == 0
    put(things, entry(1, title="Noget ganske andet"))
    outbox.work()
    row = SearchEntry.objects.get(source="thing", object_id=1)
    assert row.vector.version == row.version == 2


def test_what_is_meant_is_near_though_no_word_is_shared(read):
    for asked, nearest in (
        ("internetforbindelse på landet", 3),
        ("ældrepleje og arbejdskraft", 1),
        ("børn får længere til skole", 4),
    ):
        assert meaning.nearest(asked, frozenset({PUBLIC}))[0] == read[nearest].pk, asked


def test_what_is_closed_is_near_to_nobody_outside(read):
    space, person = SpaceFactory(kind="hidden"), MemberFactory()
    MembershipFactory(space=space, user=person)
    thread = ThreadFactory(space=space, author=person, title="Fiber og internet", text="Internet til alle huse")
    findable.touch("thread", [thread.pk])
    outbox.work()
    key = SearchEntry.objects.get(source="thread", object_id=thread.pk).pk
    assert key in meaning.nearest("internet", findable.audiences_of(person))
    assert key not in meaning.nearest("internet", findable.audiences_of(MemberFactory()))
    assert key not in meaning.nearest_to(read[3], frozenset({PUBLIC}), 10)
    assert key not in related.of([read[3].pk])


def test_it_stands_beside_the_hits_and_never_among_them(read):
    found = finding.find(None, "bredbånd")
    assert found.answer.total == 1
    assert read[3].pk not in {hit.entry_id for hit in found.alike}
    assert found.alike
    few = finding.find(None, "bredbånd", without=frozenset({"meaning"})).alike
    assert found.alike[: len(few)] == few


SAME_WORDS = {
    6: ("Bibliotek", "Kommunen har et hus, hvor bøger lånes ud, og danser mazurka om lørdagen."),
    7: ("Bosætning", "Kommunen har et hus, som en familie søger, og danser mazurka om lørdagen."),
    8: ("Brandvæsen", "Kommunen har et hus, hvor slanger tørres, og danser mazurka om lørdagen."),
}


@pytest.fixture
def alike(things, read):  # noqa: F811
    """Three that hold the same words and are about something else each: {key: id}."""
    put(things, *(entry(pk, title=title, text=text) for pk, (title, text) in SAME_WORDS.items()))
    outbox.work()
    return {row.pk: row.object_id for row in SearchEntry.objects.filter(source="thing", object_id__in=SAME_WORDS)}


def test_where_hits_have_only_some_of_the_words_who_is_nearest_in_meaning_stands_first(alike):
    for asked, nearest in (("mazurka litteratur", 6), ("mazurka tilflyttere", 7), ("mazurka røgalarm", 8)):
        found = finding.find(None, asked, exact=True)
        assert found.loosened, asked
        assert found.by_meaning, asked
        among = [alike[hit.entry_id] for hit in found.answer.hits if hit.entry_id in alike]
        assert len(among) == len(alike), asked
        assert among[0] == nearest, asked
        assert not finding.find(None, asked, exact=True, without=frozenset({"meaning"})).by_meaning


def test_where_hits_have_all_the_words_the_order_is_that_of_the_words(alike):
    with_it, alone = (finding.find(None, "mazurka", without=without) for without in (frozenset(), {"meaning"}))
    assert not with_it.loosened
    assert not with_it.by_meaning
    assert with_it.answer.hits == alone.answer.hits


def test_what_is_closed_moves_no_hit_of_somebody_outside(alike):
    space, person = SpaceFactory(kind="hidden"), MemberFactory()
    MembershipFactory(space=space, user=person)
    asked = "mazurka røgalarm"
    before = finding.find(None, asked, exact=True)
    thread = ThreadFactory(space=space, author=person, title="Ild i huset", text="Når ilden danser, lyder røgalarm")
    findable.touch("thread", [thread.pk])
    outbox.work()
    closed = SearchEntry.objects.get(source="thread", object_id=thread.pk).pk
    assert closed in {hit.entry_id for hit in finding.find(person, asked, exact=True).answer.hits}
    outside = finding.find(MemberFactory(), asked, exact=True)
    assert outside.by_meaning
    assert outside.answer.hits == before.answer.hits


def test_however_long_a_question_is_its_beginning_alone_is_read(read):
    start = "internet på landet " * 20
    audiences = frozenset({PUBLIC})
    assert meaning.nearest(start, audiences) == meaning.nearest(start + "fugle og havne " * 40, audiences)
