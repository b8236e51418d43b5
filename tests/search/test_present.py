"""Marking: what was asked for, in whatever form it stands, and never as markup."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search import present, reading
from search.present import Piece


def wanted(text):
    return present.wanted_terms(reading.query_for(reading.read(text)))


def marks(pieces):
    return [piece.text for piece in pieces if piece.is_marked]


pytestmark = pytest.mark.django_db


def test_other_forms_of_a_word_are_marked():
    assert marks(present.marked("Landsbyerne og landsbyens rand", wanted("landsby"))) == ["Landsbyerne", "landsbyens"]


def test_a_compound_is_marked_for_its_parts_and_parts_for_their_compound():
    assert marks(present.marked("En landsbystrategi", wanted("landsby"))) == ["landsbystrategi"]
    assert marks(present.marked("Udvikling af landsbyer", wanted("landsbyudvikling"))) == ["Udvikling", "landsbyer"]


def test_another_word_that_begins_alike_is_not_marked():
    assert marks(present.marked("Borgere ved borgen", wanted("borg"))) == ["borgen"]


def test_nothing_asked_for_marks_nothing():
    assert present.marked("Havn", frozenset()) == [Piece("Havn")]


@given(st.text(max_size=200))
def test_the_pieces_are_the_text_again(text):
    assert "".join(piece.text for piece in present.marked(text, wanted("havn landsby"))) == text


def test_a_passage_is_the_stretch_that_holds_most_of_the_words():
    text = (
        "Havnen er gammel. " + "Intet her. " * 60 + "Ved havnen mødtes unge og ældre om kysten. " + "Slut her. " * 40
    )
    pieces = present.passage(text, wanted("havn unge kyst"))
    assert set(marks(pieces)) == {"havnen", "unge", "kysten"}
    assert pieces[0].text == "… "
    assert pieces[-1].text == " …"
    assert sum(len(piece.text) for piece in pieces) <= present.PASSAGE + 40


def test_a_text_without_the_words_has_no_passage():
    assert present.passage("Ikke et ord.", wanted("havn")) == []
