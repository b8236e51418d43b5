"""The guides for members and facilitators tell the truth: what stands in bold there is a word of the interface."""

import re

import pytest
from django.conf import settings

DOCS = settings.ROOT / "docs"
GUIDES = ["medlem", "facilitator"]


def text_of(name):
    return (DOCS / f"{name}.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def interface():
    """Every word that a template or the network's own code can say."""
    files = [*(settings.ROOT / "templates").rglob("*.html"), *(settings.ROOT / "network").rglob("*.py")]
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted(files))


@pytest.mark.parametrize("name", GUIDES)
def test_what_stands_in_bold_is_a_word_of_the_interface(name, interface):
    bold = {" ".join(words.split()) for words in re.findall(r"\*\*(.+?)\*\*", text_of(name), re.DOTALL)}
    assert len(bold) > 8
    assert sorted(word for word in bold if word not in interface) == []


@pytest.mark.parametrize("name", GUIDES)
def test_every_picture_and_page_that_a_guide_leads_to_is_there(name):
    places = re.findall(r"\]\((?!http)([^)#]+)", text_of(name))
    assert places
    assert [place for place in places if not (DOCS / place).is_file()] == []
    pictures = {f"images/{path.name}" for path in DOCS.glob(f"images/{name}-*.png")}
    assert pictures == {place for place in places if place.startswith("images/")}


@pytest.mark.parametrize("name", GUIDES)
def test_every_picture_is_told_in_words(name):
    assert all(len(words) > 20 for words in re.findall(r"!\[([^\]]*)\]", text_of(name)))
