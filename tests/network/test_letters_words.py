"""Every letter has its twin in plain text, and both say why it came: read in the templates, so a new one fails."""

import re

import pytest
from django.conf import settings

FOLDER = settings.ROOT / "templates"
LETTERS = sorted(
    path.relative_to(FOLDER).with_suffix("").as_posix()
    for place in ("network/letters", "account/email")
    for path in (FOLDER / place).glob("*.html")
)
WHY = re.compile(r"Du får (?:denne mail|mailen)(?:,? fordi|, \{\{ why \}\}|\b.*?(?:én gang|når))")


def with_what_it_includes(name):
    text = (FOLDER / name).read_text(encoding="utf-8")
    return re.sub(r'{% include "(emails/[\w.]+)"[^%]*%}', lambda found: with_what_it_includes(found[1]), text)


def why(name):
    return with_what_it_includes(name).split("{% block why %}")[1]


@pytest.mark.parametrize("letter", LETTERS)
def test_a_letter_says_why_it_came_in_both_its_parts(letter):
    assert len(LETTERS) >= 38
    for ending in ("html", "txt"):
        assert WHY.search(why(f"{letter}.{ending}")), f"{letter}.{ending}"
