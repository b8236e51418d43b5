"""From a written form to its lemma, in the lexicon's own letters."""

from .lexicon import lemma_of
from .lists import read_pairs

EXCEPTIONS = read_pairs("exceptions.txt")
LONG = 7  # letters
# What stands after a verb and belongs to it, and how it is written before one. Not om, på, over …: after a verb these
# are mostly prepositions (tale om is not omtale).
PARTICLES = {word: word for word in ("af", "fra", "ind", "ned", "op", "til", "ud")} | {"sammen": "sam", "igen": "gen"}


def lemma(form: str) -> str | None:
    """Return the lemma of a form in lower case; None when neither the exceptions nor the lexicon know it."""
    if form in EXCEPTIONS:
        return EXCEPTIONS[form]
    found = lemma_of(form)
    if found is None:
        return _name(form)
    if len(form) == 1 or _is_infinitive_in_ere(form):
        return form  # g is no gram
    if found == form[:-1] and form.endswith("s"):
        return found if _is_verb(found) else lemma(found)  # slettes -> slette, but unges -> unge -> ung
    return _noun_in_er(form, found) or _adjective(form, found) or found.lower()


def is_name(form: str) -> bool:
    """Whether the lexicon has the word with a capital only: Sjælland."""
    return lemma_of(form) is None and _name(form) is not None


def second_lemma(form: str) -> str | None:
    """Return what a form may be beside its lemma, else None.

    The verb of a doer or of a noun of action (planlægger: planlægge, udviklingen: udvikle); the noun or verb that an
    adjective's form is too (mørke).
    """
    found = lemma_of(form)
    if found is None or form in EXCEPTIONS:
        return None
    if _noun_in_er(form, found):
        return found if _is_verb(found) else None
    return found if _adjective(form, found) else verb_of_action(found)


def verb_of_action(noun: str) -> str | None:
    """Return the verb of a noun of action (udvikling: udvikle, planlægning: planlægge), else None."""
    return next((verb for verb in _verbs_of(noun) if _is_verb(verb)), None)


def nouns_of_action(verb: str) -> list[str]:
    """Return the nouns of action of an infinitive (kortlægge: kortlægning, inddrage: inddragelse).

    A noun without an ending is taken only when it is long: short ones are mostly other words (bygge, byg).
    """
    if not _is_verb(verb) or not verb.endswith("e"):
        return []
    base = verb[:-1]
    bare = base[:-1] if base[-1:] == base[-2:-1] else base
    made = dict.fromkeys(f"{stem}{ending}" for stem in (base, bare) for ending in ("ning", "ing", "else"))
    nouns = [noun for noun in made if lemma_of(noun) == noun and verb_of_action(noun) == verb]
    return nouns + ([base] if len(base) >= LONG and lemma_of(base) == base else [])


def deeds_of(lemma: str) -> list[str]:
    """Return the nouns of action of a verb, or of what a doer does (tilflytter: tilflytning)."""
    return nouns_of_action(lemma) or (nouns_of_action(lemma[:-1]) if lemma.endswith("er") else [])


def joined_verb(verb: str, particle: str) -> str | None:
    """Return the verb that a verb and the particle after it are in one word (rive ned: nedrive), else None."""
    whole = f"{PARTICLES.get(particle, '')}{verb}"
    return whole if whole != verb and _is_verb(verb) and _is_verb(whole) else None


def is_derived(word: str) -> bool:
    """Whether a lemma is a verb or made of one (planlægge, planlægning, planlægger): then it is not put together."""
    return _is_verb(word) or verb_of_action(word) is not None or (word.endswith("er") and _is_verb(word[:-1]))


def _verbs_of(noun):
    for ending in ("ning", "ing", "else"):
        base = noun.removesuffix(ending)
        if base == noun or len(base) < 3:
            continue
        yield f"{base}e"
        yield f"{base}{base[-1]}e" if ending == "ning" else base


def _is_verb(word):
    """Whether a word is an infinitive: only of a verb does the lexicon have the form on -ende."""
    return lemma_of(word) == word and lemma_of(f"{word.removesuffix('e')}ende") == word


def _is_infinitive_in_ere(form):
    """Whether a form on -ere is a verb (producere, producerede), which the lexicon takes for several producers."""
    return form.endswith("ere") and lemma_of(f"{form}de") == form


def _noun_in_er(form, found):
    """Return the noun that a form on -er is, where the lexicon reads a verb: borger (borge), analyser (analysere).

    The definite plural cannot be a verb, so the lexicon is right there: borgerne -> borger, analyserne -> analyse.
    """
    if not form.endswith("er") or not found.endswith("e"):
        return None
    noun = lemma_of(f"{form}ne")
    return noun if noun != found else None


def _adjective(form, found):
    """Return the adjective whose plural or neuter a form is, where the lexicon reads a noun or verb: tomme, tomt.

    An adjective is a word that the lexicon compares: tommere, tommest.
    """
    root = form[:-1]
    word = root[:-1] if form.endswith("e") and root[-1:] == root[-2:-1] else root
    if not form.endswith(("e", "t")) or found == word or lemma_of(word) != word:
        return None
    compared = (root, word, f"{word}{word[-1:]}")
    return word if any(lemma_of(f"{each}ere") == lemma_of(f"{each}est") == word for each in compared) else None


def _name(form: str) -> str | None:
    found = lemma_of(form.capitalize())
    if found is None and lemma_of(form.upper()):
        return form  # EU, and not the long name of it
    return found and found.lower()
