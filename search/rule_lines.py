"""Lines of an editor's rule: on each a word, or a short run of words, as readers type them."""

import unicodedata
from functools import lru_cache

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from search import analysis

MOST_LINES, MOST_WORDS, LONGEST = 20, 4, 100


def terms_of(text: str) -> tuple[str, ...]:
    """Return the analysed terms that are asked for when someone types `text`: its small words do not count."""
    words = [word.text for word in analysis.words(text)]
    large = [word for word in words if analysis.fold(word) not in analysis.STOP_WORDS]
    return tuple(filter(None, map(analysis.term, large or words)))


@lru_cache(maxsize=2_048)
def runs_of(text: str) -> tuple[tuple[str, ...], ...]:
    """Return the terms of each line of a rule. Kept by the text itself, so it is never older than the rule."""
    return tuple(dict.fromkeys(filter(None, map(terms_of, text.splitlines()))))


def checked_lines(text: str, most_words: int = MOST_WORDS) -> list[str]:
    """Return the lines of `text`, tidied. Raises ValidationError with a sentence that names the line that is wrong."""
    lines = list(filter(None, map(_tidy, text.splitlines())))
    if len(lines) > MOST_LINES:
        raise ValidationError(_("Der kan højst stå %(most)s linjer.") % {"most": MOST_LINES})
    for line in lines:
        _check(line, most_words)
    _check_that_all_differ(lines)
    return lines


def _tidy(line):
    shown = (char if char.isprintable() else " " for char in unicodedata.normalize("NFC", line))
    return " ".join("".join(shown).split())


def _check(line, most_words):
    words = analysis.words(line)
    if len(line) > LONGEST or len(words) > most_words:
        raise ValidationError(
            _("»%(line)s« er for langt: højst %(words)s ord på hver linje.")
            % {"line": f"{line[:40]} …" if len(line) > 40 else line, "words": most_words}
        )
    if not terms_of(line):
        raise ValidationError(_("»%(line)s« har hverken bogstaver eller tal.") % {"line": line})


def _check_that_all_differ(lines):
    seen = {}
    for line in lines:
        other = seen.setdefault(terms_of(line), line)
        if other is line:
            continue
        if other.lower() == line.lower():
            raise ValidationError(_("»%(line)s« står her to gange.") % {"line": line})
        raise ValidationError(
            _("»%(one)s« og »%(other)s« er samme ord for søgningen. Fjern det ene.") % {"one": other, "other": line}
        )
