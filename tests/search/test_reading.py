"""What someone typed, read into a query: words, phrases, -words, choices; and any text at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search import analysis, reading
from search.query import Alternative

pytestmark = pytest.mark.django_db


def written(said):
    return [one.written for one in said]


def test_words_are_asked_for_and_small_words_are_not():
    asked = reading.read("hvad kan vi gøre for de unge i landsbyerne")
    assert "unge" in written(asked.words)
    assert "landsbyerne" in written(asked.words)
    assert not {"for", "de", "i"} & set(written(asked.words))


def test_small_words_are_asked_for_where_there_are_no_others():
    assert written(reading.read("til og fra").words) == ["til", "og", "fra"]


@pytest.mark.parametrize("text", ['"lokal dialog" havn', "»lokal dialog« havn", "“lokal dialog” havn"])
def test_a_phrase_stands_in_quotes_of_any_kind(text):
    asked = reading.read(text)
    assert written(asked.phrases) == ["lokal dialog"]
    assert written(asked.words) == ["havn"]


def test_a_quote_without_its_other_is_no_sign():
    asked = reading.read('lokal "dialog havn')
    assert written(asked.words) == ["lokal", "dialog", "havn"]
    assert not asked.phrases


def test_a_word_alone_in_quotes_is_a_word():
    assert written(reading.read('"dialog"').words) == ["dialog"]


def test_minus_leaves_out_a_word_or_a_phrase_but_a_hyphen_does_not():
    asked = reading.read('havn -kyst -"åbne møder" by-land')
    assert written(asked.excluded) == ["kyst", "åbne møder"]
    assert "kyst" not in written(asked.words)
    assert written(asked.words)[0] == "havn"
    assert not {"land", "by"} & set(written(asked.excluded))
    assert "by" in written(asked.words)


def test_minus_before_nothing_is_nothing():
    assert reading.read("-").is_empty
    assert written(reading.read("havn - kyst").words) == ["havn", "kyst"]


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ("kind:metode havn", "type", "metode"),
        ("type:værktøjer havn", "type", "vaerktoej"),
        ("tema:bosætning havn", "tema", "bosaetning"),
        ("kommune:lemvig havn", "kommune", "lemvig"),
        ('kommune:"Lemvig Kommune" havn', "kommune", "lemvig"),
        ("tag:landsbyer havn", "emneord", "landsbyer"),
        ("#landsbyer havn", "emneord", "landsbyer"),
    ],
)
def test_a_prefix_chooses(campaign, text, field, value):
    asked = reading.read(text)
    assert asked.chosen == {field: (value,)}
    assert written(asked.words) == ["havn"]


def test_a_prefix_with_a_value_that_nobody_knows_is_told_and_searched_for_as_words(campaign):
    asked = reading.read("tema:letbane havn")
    assert asked.unknown == ["tema:letbane"]
    assert not asked.chosen
    assert {"letbane", "havn"} <= set(written(asked.words))


def test_an_address_is_no_prefix(campaign):
    asked = reading.read("https://www.lemvig.dk/plan 12:30")
    assert not asked.chosen


def test_a_compound_is_also_found_by_its_parts():
    query = reading.query_for(reading.read("landsbyudvikling"))
    (clause,) = query.clauses
    terms = [one.terms for one in clause.alternatives]
    assert terms[0] == (analysis.term("landsbyudvikling"),)
    assert (analysis.term("landsby"), analysis.term("udvikling")) in terms


def test_a_hyphenated_word_is_also_asked_for_in_one():
    (clause,) = reading.query_for(reading.read("co-working")).clauses
    terms = [one.terms for one in clause.alternatives]
    assert (analysis.term("coworking"),) in terms
    assert len(terms[0]) == 2


def test_an_editors_rule_gives_a_run_of_words_another_way_to_be_found():
    expansions = {
        (analysis.term("indre"), analysis.term("by")): [(analysis.term("midtby"),)],
        (analysis.term("tilflytter"),): [(analysis.term("ny"), analysis.term("borger"))],
    }
    query = reading.query_for(reading.read("indre by og tilflyttere"), expansions)
    first, second = query.clauses
    assert first.alternatives[0].terms == (analysis.term("indre"), analysis.term("by"))
    assert Alternative((analysis.term("midtby"),), reading.SYNONYM) in first.alternatives
    assert Alternative((analysis.term("ny"), analysis.term("borger")), reading.SYNONYM) in second.alternatives


@pytest.mark.parametrize("text", ["mangel på læger", "læge mangel", "lægemangel"])
def test_a_rule_for_a_compound_counts_where_its_parts_stand_apart(text):
    rule = {(analysis.term("lægemangel"),): [(analysis.term("sundhed"),)]}
    (clause,) = reading.query_for(reading.read(text), rule).clauses
    assert Alternative((analysis.term("sundhed"),), reading.SYNONYM) in clause.alternatives


@pytest.mark.parametrize("text", ["læger på mangel", "mangel og læger", "mangel, læger", "mangel på gode læger"])
def test_and_not_where_they_do_not_say_the_same(text):
    rule = {(analysis.term("lægemangel"),): [(analysis.term("sundhed"),)]}
    clauses = reading.query_for(reading.read(text), rule).clauses
    assert not any(one.terms == (analysis.term("sundhed"),) for clause in clauses for one in clause.alternatives)


def test_a_verb_with_its_particle_is_also_asked_for_in_one_word():
    apart = reading.query_for(reading.read("hvorfor flytter folk til")).clauses
    beside, folk = reading.query_for(reading.read("flytte til, folk")).clauses
    assert Alternative(("tilflytning",), reading.JOINED) in beside.alternatives
    assert not any(one.weight == reading.JOINED for clause in (*apart, folk) for one in clause.alternatives)


def test_a_particle_that_is_asked_for_belongs_to_its_verb():
    (clause,) = reading.query_for(reading.read("arbejde sammen")).clauses
    assert clause.alternatives[0].terms == ("arbejde", "sammen")
    assert Alternative(("samarbejde",), reading.JOINED) in clause.alternatives


def test_no_more_is_asked_of_an_engine_than_the_caps():
    asked = reading.read(" ".join(f"ord{number}" for number in range(500)))
    query = reading.query_for(asked)
    assert asked.cut
    assert len(query.clauses) == reading.MOST_CLAUSES
    for clause in query.clauses:
        assert len(clause.alternatives) <= reading.MOST_ALTERNATIVES
        assert all(len(one.terms) <= reading.MOST_TERMS for one in clause.alternatives)


@given(st.text(max_size=300))
def test_any_text_is_read(text):
    query = reading.query_for(reading.read(text))
    for clause in query.clauses:
        assert clause.alternatives


@pytest.mark.parametrize(
    "text", ["\0", "\ud800", "a\0b", '"' * 999, "-" * 999, "x" * 10_000, ": : :", "tema:", "#", '""', '-""']
)
def test_what_makes_no_sense_is_read_too(text):
    reading.query_for(reading.read(text))


def test_the_places_of_words_are_those_in_the_text():
    asked = reading.read("  unge   på\tlandet ")
    for word in asked.words:
        assert asked.text[word.start : word.end] == word.written
