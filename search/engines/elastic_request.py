"""From a Query to the bodies of a request to Elasticsearch, and from its response to an Answer. Pure functions.

Two searches go in one request: the hits of a page, and the numbers of all that matches. Apart, the numbers need no
scores, and the hits can leave out whatever cannot come among the best: in a million entries a word that stands in
half of them took 149 ms together and 6 ms apart.

Every term stands in JSON as a term, so nothing is an operator to the engine.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime

from search.engines.base import WEIGHTS
from search.query import FURTHEST, NEWEST, Answer, Clause, Hit, Query

PHRASE_COLUMNS = ("t_title", "t_tags", "t_summary", "t_body")  # in t_parts order means nothing
LONGEST_TERM = 255  # letters: the analyzer `whitespace` cuts longer ones (ours have at most 80)
MOST_VALUES = 5_000  # of all fields together, the most frequent first
ALL, ONE = "all", "of "  # names of counts: of all fields, of one
NEWEST_FIRST = [{"published": {"order": "desc", "missing": "_last"}}, {"id": "desc"}]


def hits_body(query: Query, now: datetime) -> dict:
    """Return the body of the search for one page of `query`."""
    is_ranked = query.asks_for_words and query.sort != NEWEST
    start = min(query.start, FURTHEST)
    return {
        "query": _matching(query, now, is_ranked, with_choices=True),
        "from": start,
        "size": min(query.size, FURTHEST - start),
        "sort": [{"_score": "desc"}, *NEWEST_FIRST] if is_ranked else NEWEST_FIRST,
        "track_total_hits": False,
        "_source": False,
    }


def numbers_body(query: Query, now: datetime) -> dict:
    """Return the body of the search for the total and the numbers of every facet: each field with a choice is counted
    under the others' alone, so the choices stand in the counts."""
    chosen = query.chosen
    counts = {ALL: _count(chosen)} | {ONE + field: _count(chosen, field) for field in chosen}
    return {"query": _matching(query, now), "size": 0, "track_total_hits": False, "aggs": counts}


def among_body(query: Query, entry_ids: list[int], now: datetime) -> dict:
    """Return the body of the search for those of `entry_ids` that match `query` with its choices."""
    matching = _matching(query, now, with_choices=True)
    matching["bool"]["filter"].append({"ids": {"values": [str(key) for key in entry_ids]}})
    return {"query": matching, "size": len(entry_ids), "track_total_hits": False, "_source": False}


def read_answer(hits: Mapping, numbers: Mapping, query: Query) -> Answer:
    """Return the responses to `hits_body` and `numbers_body` as an Answer."""
    counted = numbers["aggregations"]
    return Answer(
        hits=tuple(Hit(int(hit["_id"]), hit["_score"] or 0.0) for hit in hits["hits"]["hits"]),
        total=counted[ALL]["doc_count"],
        facets=_facets(counted, query.chosen),
    )


def facet(field: str, value: str) -> str:
    """Return a value of a field as it is kept: all fields lie in one, so a new field needs no new mapping."""
    return f"{field}={value}"


def _matching(query, now, is_ranked=False, with_choices=False):
    """Not ranked, all of it stands where the engine counts no scores."""
    words = _enough_of([_clause(clause) for clause in query.clauses], query.number_needed)
    words += [_phrase(terms) for terms in query.phrases if terms]
    narrowed = [{"terms": {"audience": sorted(query.audiences)}}]
    if with_choices:
        narrowed += [_chosen(field, values) for field, values in query.chosen.items()]
    is_over = {"range": {"expires": {"lte": now.isoformat()}}}
    return {
        "bool": {
            "must": words if is_ranked else [],
            "filter": narrowed if is_ranked else [*narrowed, *words],
            "must_not": [is_over, *(_clause(clause) for clause in query.excluded)],
        }
    }


def _enough_of(clauses, needed):
    if needed == len(clauses):
        return clauses
    some = {"should": clauses, "minimum_should_match": needed}
    # Where nothing else is asked for, the engine wants one of them all the same.
    return [{"bool": some if needed else some | {"must": [{"match_all": {"boost": 0}}]}}]


def _clause(clause: Clause):
    """The best alternative counts, not their sum: a word with many synonyms is worth no more than another."""
    ways = [_all_of(one.terms, one.weight) for one in clause.alternatives if one.terms]
    if not ways:
        return {"match_none": {}}
    return ways[0] if len(ways) == 1 else {"dis_max": {"queries": ways}}


def _all_of(terms: Iterable[str], weight: float = 1.0):
    found = [_anywhere(term, weight) for term in terms]
    return found[0] if len(found) == 1 else {"bool": {"must": found}}


def _anywhere(term, weight):
    """In any column, each for what it weighs. Not `combined_fields`, which cannot leave out what scores too little."""
    if len(term) > LONGEST_TERM:
        return {"match_none": {}}
    columns = [{"term": {column: {"value": term, "boost": round(w * weight, 3)}}} for column, w in WEIGHTS.items()]
    return {"bool": {"should": columns}}


def _phrase(terms):
    """It stands next to each other in one column; its terms weigh as those of a clause."""
    run = " ".join(terms)
    standing = [{"match_phrase": {column: run}} for column in PHRASE_COLUMNS]
    return {"bool": {"must": [_all_of(run.split())], "filter": [{"bool": {"should": standing}}]}}


def _chosen(field, values):
    return {"terms": {"facets": [facet(field, value) for value in values]}}


def _count(chosen, field=None):
    others = [_chosen(other, values) for other, values in chosen.items() if other != field]
    terms = {"field": "facets", "size": MOST_VALUES}
    if field is not None:
        terms["include"] = re.sub(r"(\W)", r"\\\1", field) + "=.*"
    return {"filter": {"bool": {"filter": others}}, "aggs": {"numbers": {"terms": terms}}}


def _facets(counted, chosen):
    facets = {}
    for name, count in counted.items():
        for bucket in count["numbers"]["buckets"]:
            field, _, value = bucket["key"].partition("=")
            if name == ONE + field or (name == ALL and field not in chosen):
                facets.setdefault(field, {})[value] = bucket["doc_count"]
    return facets
