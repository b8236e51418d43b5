"""Does a text hold what looks like a CPR number? Citizens' data do not belong in the network.

Written as such (010190-1234), a day that is in the calendar is enough: since 2007 numbers are given out that do not
pass the modulus. Ten digits in a row, or with a blank between, are also what else is counted in municipalities, so
there the modulus must fit too, or the day be a first of January, for which most of the others were given out.
"""

import re
from datetime import date

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

CPR = _(
    "Det ligner et CPR-nummer. Oplysninger om borgere hører ikke til her: fjern nummeret, og send igen. Er det et "
    "andet nummer, så skriv det to cifre ad gangen."
)
WEIGHTS = (4, 3, 2, 7, 6, 5, 4, 3, 2, 1)
DASHES = "‐‑–—-"  # the plain one last, as a set of signs has it
# Neither a part of a longer number nor of one with dashes or blanks in it: a phone, an EAN, an account.
NUMBER = re.compile(
    rf"""(?<![\w+{DASHES}])(?<![0-9][ .\u00a0/])
    ([0-9]{{2}})[. ]?([0-9]{{2}})[. ]?([0-9]{{2}})
    (\s?[{DASHES}]\s?|[ \u00a0]?)
    ([0-9]{{4}})
    (?![\w{DASHES}]|[ .,\u00a0/][0-9])""",
    re.VERBOSE,
)
# The number of a production unit has ten digits and begins with 10.
OTHER = re.compile(r"(?:\bp-?\s?(?:nr|nummer|numre)\b|produktionsenhed)[\w.:]*\s*$", re.IGNORECASE)


def looks_like_cpr(text: str) -> bool:
    """Return whether something in `text` looks like a CPR number."""
    return any(_is_one(found, text) for found in NUMBER.finditer(text))


def check_without_cpr(text: str) -> None:
    """Raise ValidationError with a Danish sentence where something in `text` looks like a CPR number."""
    if looks_like_cpr(text):
        raise ValidationError(CPR, code="cpr")


def _is_one(found, text):
    day, month, year, between, last = found.groups()
    if not _is_a_day(day, month, year):
        return False
    if between.strip():
        return True
    if OTHER.search(text[max(found.start() - 40, 0) : found.start()]):
        return False
    return (day, month) == ("01", "01") or _fits_modulus(day + month + year + last)


def _is_a_day(day, month, year):
    """The century is told by a digit that may be wrong: 29 February is a day where it is one in either."""
    for century in (1900, 2000):
        try:
            date(century + int(year), int(month), int(day))
        except ValueError:
            continue
        return True
    return False


def _fits_modulus(digits):
    return sum(weight * int(digit) for weight, digit in zip(WEIGHTS, digits, strict=True)) % 11 == 0
