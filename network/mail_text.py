"""What someone wrote in a mail, and what her mail program put around it: quotes, signatures, notices.

Why not a library: the one that knows Danish (mail-parser-reply) cuts all that follows a line that begins with »Tak« or
with a dash, strips what is indented, and has patterns that take long on hostile text. Measured on the 45 mails in
tests/network/mail, blanks aside, it has the text right in 30.

Each step looks at lines and goes through them once. What is cut is kept for the author (network.models.IncomingMail).
"""

import re
from dataclasses import dataclass
from itertools import takewhile

from network.mail_html import text_of

MOST = 400_000  # signs that are looked at: no text that is taken is a twentieth as long
LONGEST_SIGNATURE = 60
WIDTHS = range(60, 81)  # at which mail programs break lines

FLAGS = re.IGNORECASE
NAMES = r"fra|from|sendt|sent|dato|date|til|to|emne|subject|cc|kopi"
FIELD = re.compile(rf"^[*_]?(?:{NAMES})[*_]?\s?:[*_]?(?:\s|$)", FLAGS)
FIRST_FIELD = re.compile(r"^[*_]?(?:fra|from)[*_]?\s?:[*_]?(?:\s|$)", FLAGS)
ORIGINAL = re.compile(
    r"^-{2,}\s?(?:oprindelig|original|videresendt|forwarded)\s(?:meddelelse|besked|mail|e-mail|message)\s?-{2,}$",
    FLAGS,
)
LINE = re.compile(r"^[_\-=*]{10,}$")
DAY = r"\d{1,4}[-./]\s?\d|\d{1,2}\.?\s(?:jan|feb|mar|apr|maj|may|jun|jul|aug|sep|okt|oct|nov|dec)"
WEEKDAY = r"(?:man|tir|ons|tor|fre|lør|søn)(?:dag|s|rs)?\.?(?:\sden)?\s\d"
WROTE_BEGINS = re.compile(rf"^(?:(?:den|on)\s.*\d|{WEEKDAY}|{DAY})", FLAGS)
WROTE = re.compile(rf"^(?:(?:den|on)\s|{WEEKDAY}|{DAY}|på\sforkant).{{0,300}}\b(?:skrev|wrote)\b.{{0,200}}:$", FLAGS)
GREETING = re.compile(
    r"^(?:(?:med\s)?(?:de\s)?(?:venlige?|bedste|mange|kærlige?|varme|glade|rigtig\sgode?)\shils(?:en|ner)"
    r"|(?:m\.?v\.?h|[bvk]\.?h|d\.?b\.?h)\b\.?|hilsen|(?:best|kind|warm)\s(?:regards|wishes)|regards|sincerely|all\sthe\sbest|(?:many\s)?thanks|cheers)"
    r"[\s,.!/–-]{0,3}(?:[^\s.!?:]+\s?){0,4}$",
    FLAGS,
)
DEVICE = re.compile(
    r"^(?:sendt\s(?:fra|med|via)\s(?:min|mit|outlook|mail|yahoo|gmail|proton|samsung|android)|hent\soutlook\stil|få\soutlook\s"
    r"til|sent\s(?:from|with|via)\s(?:my|outlook|mail|yahoo|gmail|proton|samsung)|get\soutlook\sfor).{0,80}$",
    FLAGS,
)
NOTICE = re.compile(
    r"^[*_]?(?:denne\s(?:e-?mail|mail|meddelelse|besked)\b.{0,80}\b(?:fortrolig|indeholde|bestemt|tiltænkt)|this\s(?:e-?mail|"
    r"message|communication)\b.{0,80}\b(?:confidential|contain|intended)|confidential|fortrolig(?:t|hed)\b.{0,12}:|disclaimer\b"
    r"|(?:pas|tænk)\s(?:godt\s)?på\smiljøet|please\sconsider\sthe\senvironment|læs\s.{0,40}\b(?:person|behandl)|.{0,40}"
    r"\bbehandler\s(?:dine\s)?personoplysninger|e-?mailen\ser\sscannet)",
    FLAGS,
)
POSTSCRIPT = re.compile(r"^p\.?\s?s\.?[\s:]", FLAGS)
PICTURE = re.compile(r"\[cid:[^\]\s]{1,200}\]")
ADDRESS = re.compile(r"(?<=\S)<((?:https?://|mailto:|tel:)[^<>\s]{1,2000})>")
INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f\u202a\u202b\u202c\u202d\u202e"))


@dataclass(frozen=True)
class MailText:
    """`text` is what was written, `cut` what was around it."""

    text: str
    cut: str


def read_text(message) -> MailText:
    """Return what was written in `message` (email.message.EmailMessage), as the Markdown it would be as a post."""
    lines = _lines(_body(message)[:MOST])
    own, quoted = _without_quote(lines)
    own, signature = _without_signature(own)
    text = "\n".join(_unwrapped(_trimmed(own)))
    return MailText(text, "\n".join([*_trimmed(signature), "", *_trimmed(quoted)]).strip())


# --- the body -----------------------------------------------------------------------------------------


def _body(message):
    part = message.get_body(("plain", "html"))
    if part is None:
        return ""
    text = content_of(part)
    if part.get_content_subtype() == "html":
        return text_of(text)
    if not text.strip() and (html := message.get_body(("html",))) is not None:
        return text_of(content_of(html))
    return _flowing(text, part) if part.get_param("format", "").lower() == "flowed" else text


def content_of(part) -> str:
    """Return the text of a part; where it is not written as it says, as most programs in Denmark would have."""
    raw = part.get_payload(decode=True) or b""
    for charset in (part.get_content_charset("utf-8"), "utf-8"):
        try:
            return raw.decode(charset)
        except (LookupError, UnicodeDecodeError):
            continue
    return raw.decode("windows-1252", "replace")


def _flowing(text, part):
    """Join what was broken at a blank (RFC 3676); »-- « is no such line."""
    joined, rest = [], ""
    keeps_blank = part.get_param("delsp", "").lower() != "yes"
    for line in text.replace("\r\n", "\n").split("\n"):
        if line.endswith(" ") and line != "-- " and not line.startswith(">"):
            rest += line if keeps_blank else line[:-1]
            continue
        joined.append(rest + line)
        rest = ""
    return "\n".join([*joined, rest])


def _lines(text):
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u00a0", " ").translate(INVISIBLE)
    return [_plain(line) for line in text.split("\n")]


def _plain(line):
    """A line without pictures of the program's own, and with addresses as people write them."""
    line = ADDRESS.sub(_address, PICTURE.sub("", line))
    return line.strip() if line.strip() != "--" else "--"


def _address(found):
    address, before = found[1], found.string[max(found.start() - 300, 0) : found.start()].split()[-1]
    bare = re.sub(r"^(?:mailto:|tel:|https?://)|/$", "", address)
    if not address.startswith("http") or bare in before or before.rstrip("/") in address:
        return ""
    return f" ({address})"


# --- the quote ----------------------------------------------------------------------------------------


def _without_quote(lines):
    """Return what stands above the mail that is answered, and that mail; what is answered between quotes stays."""
    for at, line in enumerate(lines):
        if not line or line.startswith(">") and not _is_wrote(_unquoted(line)):
            continue
        if ORIGINAL.match(line) or _is_head(lines, at):
            return lines[: _above(lines, at)], lines[_above(lines, at) :]
        if end := _wrote_ends(lines, at):
            return _split_at_wrote(lines, at, end)
    return _without_last_quote(lines)


def _is_head(lines, at):
    """Does a block of »Fra: … Sendt: … Emne: …« begin here?"""
    if not FIRST_FIELD.match(lines[at]):
        return False
    block = takewhile(bool, lines[at : at + 12])
    return sum(bool(FIELD.match(line)) for line in block) >= 3


def _above(lines, at):
    """Take the line drawn above a head along with it."""
    above = at
    while above and (not lines[above - 1] or LINE.match(lines[above - 1]) or ORIGINAL.match(lines[above - 1])):
        above -= 1
    return above


def _is_wrote(line):
    return bool(WROTE.match(line)) and any(sign.isdigit() for sign in line)


def _wrote_ends(lines, at):
    """Return the number of the line after »Den … skrev …:«, which may be broken into three; 0 where there is none."""
    first = _unquoted(lines[at])
    if not (WROTE_BEGINS.match(first) or _is_wrote(first)):
        return 0
    for length in (1, 2, 3):
        if _is_wrote(" ".join(_unquoted(line) for line in lines[at : at + length]).replace("< ", "<")):
            return at + length
    return 0


def _unquoted(line):
    return line.lstrip("> ")


def _split_at_wrote(lines, at, end):
    after = lines[end:]
    if not any(line.startswith(">") for line in after):
        # Programs on phones quote without a sign: all that follows is the other mail.
        return lines[:at], lines[at:]
    own, quoted = _without_last_quote(after)
    if not any(line and not line.startswith(">") for line in own):
        return lines[:at], lines[at:]
    if not any(lines[:at]) and _blocks(own) == 1:
        first = next(number for number, line in enumerate(own) if line and not line.startswith(">"))
        if any(line.startswith(">") for line in own[:first]):
            return own[first:], [*lines[at:end], *own[:first], *quoted]  # the answer stands below it all
    return [*lines[:at], *own], [*lines[at:end], *quoted]


def _blocks(lines):
    """How many quotes are there?"""
    own = [line.startswith(">") for line in lines if line]
    return sum(is_quote and not (number and own[number - 1]) for number, is_quote in enumerate(own))


def _without_last_quote(lines):
    """Cut the quote after which nothing more was written; what stands between quotes stays with them."""
    end = len(lines)
    while end and (not lines[end - 1] or lines[end - 1].startswith(">")):
        end -= 1
    return lines[:end], lines[end:]


# --- the signature ------------------------------------------------------------------------------------


def _without_signature(lines):
    begins = next((at for at in range(len(lines)) if _ends_here(lines, at)), None)
    if begins is None or not any(lines[:begins]):
        return lines, []
    signature = lines[begins:]
    # »PS« comes below the name, and is meant.
    said = next((at for at, line in enumerate(signature) if POSTSCRIPT.match(line)), None)
    if said is None:
        return lines[:begins], signature
    after, below = _without_signature(signature[said:])
    return [*lines[:begins], "", *after], [*signature[:said], *below]


def _ends_here(lines, at):
    line = lines[at]
    if line == "--" or DEVICE.match(line):
        return True
    if LINE.match(line):
        below = [line for line in lines[at + 1 : at + 6] if line]
        return _is_notice(below[0]) if below else len(lines) - at <= 6
    if _is_notice(line):
        return not any(lines[at - 1 : at])  # a paragraph of its own
    return len(lines) - at <= LONGEST_SIGNATURE and bool(GREETING.match(line)) and _is_last(lines, at)


def _is_notice(line):
    return bool(NOTICE.match(line))


def _is_last(lines, at):
    """Is what follows a greeting a name and where to find its owner, and not more of what was said?"""
    for line in lines[at + 1 :]:
        if _is_notice(line) or POSTSCRIPT.match(line):
            return True
        if len(line) > 120:
            return False
    return True


# --- the lines ----------------------------------------------------------------------------------------


def _trimmed(lines):
    """Without blank lines at both ends, and no two together."""
    kept = [line for at, line in enumerate(lines) if line or (at and lines[at - 1])]
    while kept and not kept[-1]:
        kept.pop()
    while kept and not kept[0]:
        kept.pop(0)
    return kept


def _unwrapped(lines):
    """Join the lines that the program broke because they were long: the next word would not have had room."""
    width = max(map(len, lines), default=0)
    if width not in WIDTHS:
        return lines
    joined = lines[:1]
    for before, line in zip(lines, lines[1:], strict=False):
        if _was_broken(before, line, width):
            joined[-1] += f" {line}"
        else:
            joined.append(line)
    return joined


def _was_broken(before, line, width):
    if not before or not line or line.startswith((">", "- ", "* ", "|")) or re.match(r"\d+[.)] ", line):
        return False
    return not before.startswith(">") and len(before) + 1 + len(line.split(" ")[0]) > width
