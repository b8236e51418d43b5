"""What someone typed, read: words, phrases in quotes, -words, and choices such as `tema:bosætning`.

Nothing a reader types is an operator of an engine: what comes out are analysed terms, a capped number of them.
"""

import re
from dataclasses import dataclass, field, replace

from content import findable
from search import analysis
from search.entries import KIND
from search.query import Alternative, Clause, Query

LONGEST = 1_000  # characters; what is longer is refused in words (search.views)
MOST_CLAUSES = 12
MOST_ALTERNATIVES = 24
MOST_TERMS = 6
SECOND_READING, NOUN_OF_ACTION, IN_PARTS, SYNONYM, JOINED = 0.8, 0.7, 0.6, 0.7, 0.8
PREPOSITIONS = frozenset(("af", "blandt", "for", "i", "med", "om", "over", "på", "til"))
LINKS = ("", "s", "e", "er", "n")  # between the parts of a compound

_QUOTED = r'"[^"]*"'
_PIECE = re.compile(
    rf"(?P<minus>(?<![^\s])-)?(?:(?P<prefix>[^\W\d_]+):(?=[^\s:/])|(?P<tag>(?<![^\s])#))?(?P<said>{_QUOTED}|[^\s\"]+)"
)
_AFTER = re.compile(r"\s+(\w+)")
_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»″", '"'))
_KIND_PREFIXES = ("kind", "type", "slags")


@dataclass(frozen=True)
class Said:
    """A word or a run of words as they were typed, and where in the text they stand."""

    written: str
    start: int
    end: int
    whole: str = ""  # the hyphenated word that it is a piece of


@dataclass
class Asked:
    """A question, read. `words`: what must be there; `chosen`: {field: values} from prefixes; `unknown`: prefixes
    whose value nobody knows (they are searched as words); `cut`: more words were typed than are read."""

    text: str
    words: list[Said] = field(default_factory=list)
    phrases: list[Said] = field(default_factory=list)
    excluded: list[Said] = field(default_factory=list)
    chosen: dict[str, tuple[str, ...]] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)
    cut: bool = False

    @property
    def is_question(self):
        """Whether a whole question was typed, with two words at least that are asked for."""
        first = next(iter(analysis.words(self.text)), None)
        return len(self.words) > 1 and first is not None and analysis.fold(first.text) in analysis.QUESTION_WORDS

    @property
    def is_empty(self):
        return not (self.words or self.phrases or self.excluded or self.chosen)


def tidy(text: str) -> str:
    """Return `text` on one line, without what no database or engine can hold."""
    text = text.encode("utf-8", "replace").decode().replace("\0", " ")
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def read(text: str) -> Asked:
    """Read what was typed. Any text is fine; what makes no sense as a sign is read as words."""
    asked = Asked(tidy(text)[:LONGEST])
    # One sign for one sign, so that places in the text stay the same.
    line = asked.text.translate(_QUOTES)
    if line.count('"') % 2:
        last = line.rindex('"')
        line = f"{line[:last]} {line[last + 1 :]}"
    for piece in _PIECE.finditer(line):
        _take(asked, piece)
    _drop_stop_words(asked)
    asked.cut = len(asked.words) > MOST_CLAUSES or len(asked.phrases) > MOST_CLAUSES
    asked.words, asked.phrases = asked.words[:MOST_CLAUSES], asked.phrases[:MOST_CLAUSES]
    asked.excluded = asked.excluded[:MOST_CLAUSES]
    return asked


def _take(asked, piece):
    said, start = piece["said"], piece.start("said")
    is_quoted = said.startswith('"')
    prefix = "tag" if piece["tag"] else (piece["prefix"] or "").lower()
    if prefix:
        if _choose(asked, prefix, said.strip('"')):
            return
        if is_quoted or not piece["tag"]:
            asked.unknown.append(f"{piece['prefix'] or '#'}:{said}" if piece["prefix"] else said)
            start = piece.start("prefix") if piece["prefix"] else start
            said = asked.text[start : piece.end("said")]
            is_quoted = False
    found = [Said(word.text, start + word.start, start + word.end, word.hyphenated) for word in analysis.words(said)]
    if not found:
        return
    run = Said(" ".join(word.written for word in found), found[0].start, found[-1].end)
    if piece["minus"]:
        asked.excluded.append(run)
    elif is_quoted and len(found) > 1:
        asked.phrases.append(run)
    else:
        asked.words.extend(found)


def _choose(asked, prefix, value):
    for name, value_of, prefixes in _narrowings():
        if prefix in prefixes and (chosen := value_of(value)) is not None:
            asked.chosen[name] = tuple(dict.fromkeys([*asked.chosen.get(name, ()), chosen]))
            return True
    return False


def _narrowings():
    yield KIND, kind_named, _KIND_PREFIXES
    for narrowing in findable.fields():
        yield narrowing.name, narrowing.named, narrowing.prefixes


def kind_named(text: str) -> str | None:
    """Return the kind that someone means by `text`: its name, label or plural, or a beginning of only one."""
    asked = analysis.fold(text)
    names = {
        kind.name: [analysis.fold(str(name)) for name in (kind.name, kind.label, kind.plural)]
        for kind in findable.kinds()
    }
    equal = [kind for kind, forms in names.items() if asked in forms]
    begun = [kind for kind, forms in names.items() if asked and any(form.startswith(asked) for form in forms)]
    return next((found[0] for found in (equal, begun) if len(found) == 1), None)


def _drop_stop_words(asked):
    """Small words are not asked for, unless there are no others."""
    large = [word for word in asked.words if analysis.fold(word.written) not in analysis.STOP_WORDS]
    if large or asked.phrases or asked.chosen:
        asked.words = large


def query_for(asked: Asked, expansions=None, parts=True, **more) -> Query:
    """Return the engine-neutral query. `expansions`: {run of terms: runs to look for as well} (search.synonyms).

    `parts`: a compound is also found by its parts. `more`: audiences, chosen, sort, page, size of the Query; what was
    chosen by a prefix is added to `chosen`.
    """
    chosen = {name: tuple(values) for name, values in more.pop("chosen", {}).items() if values}
    for name, values in asked.chosen.items():
        chosen[name] = tuple(dict.fromkeys([*chosen.get(name, ()), *values]))
    return Query(
        clauses=tuple(_clauses(asked, expansions or {}, parts)),
        phrases=tuple(filter(None, (phrase_terms(said.written) for said in asked.phrases))),
        excluded=tuple(_excluded(said) for said in asked.excluded),
        chosen=chosen,
        **more,
    )


def phrase_terms(text: str) -> tuple[str, ...]:
    return tuple(terms(word.text) for word in analysis.words(text))


def terms(word: str) -> str:
    return analysis.term(word)


def _excluded(said):
    """Without this word, in any of its readings – but not without each compound that it is a part of."""
    words = phrase_terms(said.written)
    return Clause((Alternative(words),), said.written)


def _clauses(asked, expansions, with_parts):
    """One clause a word; a run of words that an editor's rule knows becomes one clause together."""
    longest = max((2, *map(len, expansions))) if expansions else 1
    words, at = asked.words, 0
    while at < len(words):
        whole = _pieces_of_one(words, at)
        for length in range(max(min(longest, len(words) - at), whole), 0, -1):
            run = words[at : at + length]
            others = expansions.get(tuple(analysis.term(word.written) for word in run))
            of_one = None if others or length != 2 else _of_compound(run, asked.text, expansions)
            if others or of_one or length == whole:
                clause = _clause(run, others or of_one or [], with_parts, is_compound=bool(of_one))
                at += length
                break
        particle, whole = _joined(run, asked.text)
        if whole and at < len(words) and words[at].start == particle.start(1):
            clause = _clause([*run, words[at]], [], with_parts)
            at += 1
        yield _or(clause, whole)


def _joined(run, text):
    """What stands after a verb, and the terms of the verb that the two are in one: »rive ned« is nedrive."""
    after = _AFTER.match(text, run[0].end) if len(run) == 1 else None
    return after, analysis.joined(run[0].written, after.group(1).lower()) if after else ()


def _or(clause, terms):
    more = tuple(Alternative((term,), JOINED) for term in terms)
    return replace(clause, alternatives=(clause.alternatives + more)[:MOST_ALTERNATIVES])


def _of_compound(run, text, expansions):
    """What an editor's rule says of the compound that two words are, written apart: »mangel på medarbejdere« and
    »medarbejder mangel« are both medarbejdermangel."""
    between = text[run[0].end : run[1].start].lower().split()
    if len(between) > 1 or not PREPOSITIONS.issuperset(between):
        return None
    first, last = (analysis.term(word.written) for word in (reversed(run) if between else run))
    return next((expansions[key] for link in LINKS if (key := (f"{first}{link}{last}",)) in expansions), None)


def _pieces_of_one(words, at):
    """How many words from here on are pieces of one hyphenated word: »co-working« is also »coworking«."""
    whole, number = words[at].whole, 1
    while whole and at + number < len(words) and words[at + number].whole == whole:
        number += 1
    return number


def _clause(run, others, with_parts, is_compound=False):
    if len(run) == 1:
        alternatives = _alternatives(run[0].written, with_parts)
    else:
        terms_of_run = tuple(analysis.term(word.written) for word in run)[:MOST_TERMS]
        alternatives = [Alternative(terms_of_run, IN_PARTS if is_compound else 1.0, is_compound)]
        if run[0].whole:
            alternatives += _alternatives(run[0].whole, with_parts)
    alternatives += [Alternative(tuple(other)[:MOST_TERMS], SYNONYM) for other in others]
    seen = {alternative.terms: alternative for alternative in reversed(alternatives) if alternative.terms}
    ordered = [one for one in dict.fromkeys(alternatives) if seen.get(one.terms) is one]
    return Clause(tuple(ordered[:MOST_ALTERNATIVES]), " ".join(word.written for word in run))


def _alternatives(word, with_parts):
    main, *others = analysis.readings(word) or (analysis.fold(word),)
    found = [Alternative((main,))]
    found += [Alternative((other,), SECOND_READING) for other in others]
    found += [Alternative((noun,), NOUN_OF_ACTION) for noun in analysis.nouns(word)]
    if with_parts and (parts := analysis.parts(word)):
        found.append(Alternative(tuple(dict.fromkeys(parts))[:MOST_TERMS], IN_PARTS, is_compound=True))
    return found
