"""The synonyms that a new house begins with: rules that an editor could have written, and that lead somewhere."""

import json
from collections import Counter
from itertools import combinations
from pathlib import Path

import pytest

import search
from content import findable
from search import analysis
from search.models import Synonym
from search.rule_lines import terms_of

FIRST = json.loads((Path(search.__file__).parent / "data" / "synonyms.json").read_text(encoding="utf-8"))
GROUPS, ONE_WAY = FIRST["groups"], FIRST["one_way"]
ONE_WAY_PAIRS = [(asked, found) for rule in ONE_WAY for asked in rule["from"] for found in rule["to"]]
PAIRS = [pair for group in GROUPS for pair in combinations(group, 2)] + ONE_WAY_PAIRS
WORDS = sorted({word for pair in PAIRS for word in pair})
# A run of words asks for all of them anywhere in a text; one that so many texts hold tells nothing.
MOST_ENTRIES = 0.2
# Words of other trades or meanings, too wide to lead anywhere; such a word may only stand beside another.
AMBIGUOUS = {"bank", "by", "kampagne", "net", "plan", "rum"}
# Search does not ask for small words; these may be lost, since the word beside them says it all (rive ned, på tværs).
MAY_BE_LOST = {"af", "ned", "på"}


def covers(text):
    """All terms that a text with these words is found by."""
    return set(terms_of(text)).union(
        *(analysis.readings(word.text) for word in analysis.words(text)),
        *(analysis.inner_parts(word.text) for word in analysis.words(text)),
    )


@pytest.fixture(scope="module")
def entries(loaded, django_db_blocker):
    """The terms of each public entry of the campaign."""
    with django_db_blocker.unblock():
        made = [entry for maker in findable.registered() for entry in maker.entries(maker.after(0, 10_000))]
    return [terms_in(entry) for entry in made if entry.audience == findable.PUBLIC]


def terms_in(entry):
    under = [term.label for terms in entry.under.values() for term in terms]
    analysed = analysis.analyse("\n".join([entry.title, entry.summary, entry.text, *entry.also, *under]))
    return {*analysed.terms, *analysed.parts}


@pytest.fixture(scope="module")
def entries_with(entries):
    """How many public entries a word or run of words finds by itself."""
    return lambda text: sum(terms <= held for held in entries) if (terms := set(terms_of(text))) else 0


def test_the_list_has_its_parts_and_nothing_else():
    """Enough to begin with, and no more than an editor can read through."""
    assert set(FIRST) == {"why", "groups", "one_way"}
    assert FIRST["why"].strip()
    assert all(set(rule) == {"from", "to"} and rule["from"] and rule["to"] for rule in ONE_WAY)
    assert 120 <= len(GROUPS) + len(ONE_WAY) <= 220


def test_words_are_written_as_readers_type_them():
    assert [word for word in WORDS if word != " ".join(word.lower().split())] == []
    assert [word for word in WORDS if not terms_of(word) or len(analysis.words(word)) > 4] == []
    assert AMBIGUOUS.intersection(WORDS) == set()


def test_a_run_keeps_the_words_that_it_is_searched_by():
    assert {word for run in WORDS if " " in run for word in run.split() if is_small(word)} <= MAY_BE_LOST


def is_small(word):
    return analysis.fold(word) in analysis.STOP_WORDS


def test_each_rule_could_be_saved_by_an_editor(db):
    Synonym.objects.all().delete()
    for words in GROUPS:
        saved(Synonym(way=Synonym.Way.EQUAL, words="\n".join(words)))
    for rule in ONE_WAY:
        saved(Synonym(way=Synonym.Way.ONE_WAY, words="\n".join(rule["from"]), also="\n".join(rule["to"])))
    assert Synonym.objects.count() == len(GROUPS) + len(ONE_WAY)


def saved(rule):
    rule.full_clean()
    rule.save()


def test_a_word_is_in_one_group_only():
    stands = Counter(terms_of(word) for group in GROUPS for word in group)
    assert [run for run, times in stands.items() if times > 1] == []


def test_a_word_is_asked_for_in_one_one_way_rule_only():
    stands = Counter(terms_of(word) for rule in ONE_WAY for word in rule["from"])
    assert [run for run, times in stands.items() if times > 1] == []


def test_a_one_way_rule_says_nothing_that_a_group_says():
    equal = {frozenset(map(terms_of, pair)) for group in GROUPS for pair in combinations(group, 2)}
    assert [pair for pair in ONE_WAY_PAIRS if frozenset(map(terms_of, pair)) in equal] == []


def test_no_two_one_way_rules_make_a_group():
    asked = {tuple(map(terms_of, pair)) for pair in ONE_WAY_PAIRS}
    assert [pair for pair in asked if pair[::-1] in asked] == []


def test_no_rule_repeats_what_the_analysis_knows():
    """A form of the same word, or a compound or run that holds the other word, is found without a rule."""
    assert [pair for pair in PAIRS if one_holds_the_other(*pair)] == []


def one_holds_the_other(one, other):
    return set(terms_of(other)) <= covers(one) or set(terms_of(one)) <= covers(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("landsbyer", "landsby"),
        ("landsbyudvikling", "udvikling"),
        ("vedvarende energi", "energi"),
        ("udviklingen", "udvikle"),
    ],
)
def test_such_a_repetition_would_be_seen(one, other):
    assert one_holds_the_other(one, other)


def test_each_group_has_a_word_that_the_campaign_uses(entries_with):
    assert all(len(group) > 1 for group in GROUPS)
    assert [group for group in GROUPS if not any(map(entries_with, group))] == []


def test_what_the_one_way_rules_lead_to_is_in_the_campaign(entries_with):
    assert [rule for rule in ONE_WAY if not all(map(entries_with, rule["to"]))] == []


def test_a_word_that_nobody_wrote_is_not_in_the_campaign(entries_with):
    assert entries_with("bosætning")
    assert not entries_with("brandslukning")
    assert not entries_with("bosætning brandslukning")


def test_no_run_of_common_words_opens_the_whole_library(entries, entries_with):
    runs = [word for word in WORDS if len(terms_of(word)) > 1]
    assert [run for run in runs if entries_with(run) > MOST_ENTRIES * len(entries)] == []
