"""Words that editors lay together: in force on the next search, and refused in words where they make no sense."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.urls import reverse

from search import analysis, finding, reading
from search.models import Synonym
from search.synonyms import expansions
from tests.redaction import As, House

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def none_yet(db):
    """A new house begins with synonyms; here each test says its own."""
    Synonym.objects.all().delete()


def group(*words):
    return Synonym.objects.create(words="\n".join(words))


def one_way(words, also):
    return Synonym.objects.create(way=Synonym.Way.ONE_WAY, words="\n".join(words), also="\n".join(also))


def run(text):
    return tuple(analysis.term(word) for word in text.split())


def fault_of(field, **fields):
    """What is said at the field when a synonym with these fields is checked."""
    with pytest.raises(ValidationError) as told:
        Synonym(**fields).full_clean()
    assert set(told.value.message_dict) == {field}
    return " ".join(told.value.message_dict[field])


# --- what is looked for -----------------------------------------------------------------------------


def test_each_word_of_a_group_leads_to_the_others_and_none_to_itself():
    group("letbane", "nærbane", "sporvogn")
    found = expansions()
    assert found[run("letbane")] == [run("nærbane"), run("sporvogn")]
    assert found[run("sporvogn")] == [run("letbane"), run("nærbane")]


def test_a_one_way_rule_leads_one_way():
    one_way(["letbane"], ["nærbane"])
    assert expansions() == {run("letbane"): [run("nærbane")]}


def test_a_run_of_words_is_looked_up_without_its_small_words_as_a_search_is_read():
    group("livet på landet", "landliv")
    found = expansions()
    assert run("liv land") in found
    asked = reading.read("livet på landet")
    (clause,) = reading.query_for(asked, found).clauses
    assert run("landliv") in [one.terms for one in clause.alternatives]


def test_rules_that_share_a_word_are_put_together_and_nothing_stands_twice():
    group("letbane", "nærbane")
    one_way(["letbane"], ["nærbane", "tog"])
    assert expansions()[run("letbane")] == [run("nærbane"), run("tog")]


def test_the_rules_are_read_in_one_query_at_every_search(django_assert_num_queries):
    rule = group("letbane", "nærbane")
    with django_assert_num_queries(1):
        assert expansions()
    rule.words = "letbane\nsporvogn"
    rule.save()
    assert expansions()[run("letbane")] == [run("sporvogn")]
    rule.delete()
    assert expansions() == {}


def test_a_rule_counts_from_the_next_search_on_and_no_longer_when_it_is_gone(campaign):
    def total():
        return finding.find(AnonymousUser(), "zeppelinhavn", exact=True).answer.total

    assert total() == 0
    rule = group("zeppelinhavn", "landsbyer")
    assert total() == finding.find(AnonymousUser(), "landsbyer", exact=True).answer.total > 0
    rule.delete()
    assert total() == 0


# --- what is refused --------------------------------------------------------------------------------


def test_what_is_written_is_tidied():
    rule = Synonym(words="  letbane \r\n\r\n nærbane\t på  skinner\n")
    rule.full_clean()
    assert rule.words == "letbane\nnærbane på skinner"


def test_a_word_alone_in_a_group_is_refused_and_two_are_not():
    assert "»letbane« står alene" in fault_of("words", words="letbane")
    Synonym(words="letbane\nnærbane").full_clean()


def test_a_one_way_rule_may_have_one_word_but_must_say_what_else_is_found():
    assert "også skal findes" in fault_of("also", way="one_way", words="letbane")
    Synonym(way="one_way", words="letbane", also="nærbane").full_clean()


def test_the_same_word_twice_is_refused_also_in_another_form():
    assert "»Letbane« står her to gange" in fault_of("words", words="letbane\nLetbane")
    assert "samme ord for søgningen" in fault_of("words", words="bolig\nboliger\nhus")


def test_a_word_on_both_sides_of_a_one_way_rule_is_refused():
    assert "»letbanen« står i begge felter" in fault_of("also", way="one_way", words="letbane", also="letbanen")


def test_a_word_of_another_group_is_refused_and_the_group_is_named():
    rule = group("letbane", "nærbane")
    said = fault_of("words", words="letbaner\nsporvogn")
    assert "»letbaner« står allerede i gruppen »letbane, nærbane«" in said
    rule.full_clean()  # its own words are no others'
    Synonym(way="one_way", words="letbane", also="tog").full_clean()


def test_a_group_has_nothing_in_the_field_of_the_one_way():
    assert "den ene vej" in fault_of("also", words="letbane\nnærbane", also="tog")


def test_twenty_lines_are_the_most_and_four_words_on_each():
    lines = [f"ord{number}" for number in range(21)]
    Synonym(words="\n".join(lines[:20])).full_clean()
    assert "højst stå 20 linjer" in fault_of("words", words="\n".join(lines))
    Synonym(words="byer\nen by ved havet").full_clean()
    assert "for langt" in fault_of("words", words="byer\nen by ude ved havet")


def test_a_small_word_alone_may_stand_in_a_rule_since_it_may_be_all_that_is_asked_for():
    Synonym(words="letbane\ntog").full_clean()


@pytest.mark.parametrize("line", ["!!!", "–"])
def test_a_line_without_letters_and_digits_is_refused(line):
    assert f"»{line}«" in fault_of("words", words=f"letbane\n{line}")


# --- in the admin -----------------------------------------------------------------------------------


def test_an_editor_makes_changes_and_deletes_a_synonym_and_faults_stand_at_the_field():
    house = House()
    me = As(house.users["Redaktør"])
    name = Synonym.snippet_viewset.get_url_name
    said = me.posts(name("add"), way="equal", words="letbane", also="").content.decode()
    assert "»letbane« står alene" in said and not Synonym.objects.exists()
    assert me.posts(name("add"), way="equal", words="letbane\nnærbane", also="").status_code == 302
    rule = Synonym.objects.get()
    assert "letbane, nærbane" in me.reads(name("list"))
    me.posts(name("edit"), rule.pk, way="one_way", words="letbane", also="nærbane")
    assert expansions() == {run("letbane"): [run("nærbane")]}
    me.posts(name("delete"), rule.pk)
    assert expansions() == {}


def test_a_word_comes_along_from_the_insight_escaped():
    house = House()
    me = As(house.users["Redaktør"])
    address = reverse(Synonym.snippet_viewset.get_url_name("add"))
    shown = me.client.get(address, {"ord": "<b>letbane</b>"}).content.decode()
    assert "&lt;b&gt;letbane&lt;/b&gt;" in shown and "<b>letbane" not in shown
