"""What else to look for: the editors' words that belong together."""

from functools import lru_cache

from search.models import Synonym
from search.rule_lines import runs_of


def expansions() -> dict[tuple[str, ...], list[tuple[str, ...]]]:
    """Return {terms of a word or run of words: the terms of each that is looked for as well}.

    One query, asked at every search: a rule counts from the next search on, on every engine. Not to be changed by
    the caller: it is kept for as long as the rules are the same.
    """
    return _expansions(tuple(Synonym.objects.order_by("pk").values_list("way", "words", "also")))


@lru_cache(maxsize=2)
def _expansions(rules):
    found: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
    for way, words, also in rules:
        asked = runs_of(words)
        others = runs_of(also) if way == Synonym.Way.ONE_WAY else asked
        for run in asked:
            known = found.setdefault(run, [])
            known += [other for other in others if other != run and other not in known]
    return found
