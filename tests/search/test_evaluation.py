"""The relevance set: its measures reckon right, and its files hang together."""

import json
from collections import Counter
from itertools import chain
from math import log2

import pytest
from django.conf import settings

from search.evaluation import measures, pool
from search.evaluation.rule import proposed_grade
from search.evaluation.run import FOLDER, Report, Row, Score, compare, evaluate, read

KINDS = {
    "inflection",
    "compound",
    "typo",
    "synonym",
    "words",
    "phrase",
    "tag",
    "municipality",
    "letters",
    "question",
}
GRADES = {"a": 3, "b": 2, "c": 1, "d": 0}
DEMO = settings.ROOT / "site" / "demo"


def best_answers(text):
    query = next(query for query in read("queries") if query["text"] == text)
    return list(read("judgements")[query["id"]]["grades"])[:10]


def in_demo(name):
    return json.loads((DEMO / name).read_text(encoding="utf-8"))


# --- measures ---------------------------------------------------------------------------------------


def test_ndcg_is_one_for_the_best_order_and_less_for_another():
    assert measures.ndcg_at(["a", "b", "c"], GRADES) == 1.0
    # gains 7, 3, 1; discounts 1, log2(3), 2
    best = 7 + 3 / log2(3) + 1 / 2
    assert measures.ndcg_at(["d", "b", "x", "a"], GRADES) == pytest.approx((3 / log2(3) + 7 / log2(5)) / best)


def test_ndcg_sees_no_deeper_than_its_depth():
    assert measures.ndcg_at(["d", "a"], GRADES, depth=1) == 0.0
    assert measures.ndcg_at(["a"], GRADES, depth=1) == 1.0


def test_ndcg_is_zero_where_nothing_answers_the_query():
    assert measures.ndcg_at(["d"], {"d": 0}) == 0.0
    assert measures.ndcg_at([], GRADES) == 0.0


def test_reciprocal_rank_counts_from_the_first_grade_of_two():
    assert measures.reciprocal_rank(["c", "d", "b"], GRADES) == pytest.approx(1 / 3)
    assert measures.reciprocal_rank(["c", "d", "x"], GRADES) == 0.0
    assert measures.reciprocal_rank(["x"] * 10 + ["a"], GRADES) == 0.0


def test_a_hit_stands_among_the_first_five():
    assert measures.hit_at(["c", "d", "x", "y", "b"], GRADES) == 1.0
    assert measures.hit_at(["c", "d", "x", "y", "z", "a"], GRADES) == 0.0


def test_unjudged_is_a_share_of_what_is_shown():
    assert measures.unjudged_share(["a", "x", "d", "y"], GRADES) == 0.5
    assert measures.unjudged_share([], GRADES) == 0.0


def test_randomisation_of_two_pairs_is_near_what_counting_gives():
    # Of the four ways to flip (1, 1) two are as far from 0 as the sum seen.
    assert measures.randomisation_p([1.0, 1.0], [0.0, 0.0]) == pytest.approx(0.5, abs=0.02)


def test_randomisation_tells_equal_from_different_and_repeats_itself():
    low, high = [0.1] * 30, [0.9] * 30
    assert measures.randomisation_p(low, low) == 1.0
    assert measures.randomisation_p(low, high, flips=999) == 1 / 1000
    mixed = [0.2, 0.7, 0.4, 0.9, 0.1]
    assert measures.randomisation_p(mixed, low[:5]) == measures.randomisation_p(mixed, low[:5])


def test_randomisation_refuses_lists_of_two_lengths():
    with pytest.raises(ValueError, match="argument 2 is longer"):
        measures.randomisation_p([1.0], [1.0, 0.0])


def test_weighted_kappa_against_a_table_reckoned_by_hand():
    assert measures.weighted_kappa([0, 1, 2, 3], [0, 1, 2, 3]) == 1.0
    # observed 1/4; expected: squared distances of 0, 0, 1, 3 to 0, 1, 1, 3 add up to 44 over 16 pairs
    assert measures.weighted_kappa([0, 0, 1, 3], [0, 1, 1, 3]) == pytest.approx(1 - (1 / 4) / (44 / 16))
    with pytest.raises(ValueError, match="two different"):
        measures.weighted_kappa([1, 1], [1, 1])


# --- the run ----------------------------------------------------------------------------------------


def test_the_judges_own_order_reaches_the_top_and_silence_the_bottom():
    best, silent = evaluate(best_answers), evaluate(lambda text: [])
    assert best.total == Row("total", len(read("queries")), 1.0, 1.0, 1.0, 0.0, 0.0)
    assert {row.kind for row in best.rows} == KINDS
    assert silent.total == Row("total", len(read("queries")), 0.0, 0.0, 0.0, 1.0, 0.0)


def test_held_queries_are_asked_alone_or_left_out():
    asked = {held: {score.query for score in evaluate(best_answers, held).scores} for held in (True, False, None)}
    assert asked[True] == {query["id"] for query in read("queries") if query["held"]}
    assert not asked[True] & asked[False]
    assert asked[True] | asked[False] == asked[None]


@pytest.mark.parametrize("answer", [["a", "a"], [str(number) for number in range(11)]])
def test_an_answer_that_would_lift_the_measures_is_refused(answer):
    with pytest.raises(ValueError, match="longer than 10 or names an entry twice"):
        evaluate(lambda text: answer)


def test_a_row_is_the_mean_of_its_kind_and_the_table_shows_it():
    report = Report(
        (
            Score("tag-01", "tag", 1.0, 1.0, 1.0, 0.0, 0.0),
            Score("tag-02", "tag", 0.5, 0.25, 0.0, 0.0, 0.5),
            Score("typo-01", "typo", 0.0, 0.0, 0.0, 1.0, 0.0),
        )
    )
    assert report.rows == [Row("tag", 2, 0.75, 0.625, 0.5, 0.0, 0.25), Row("typo", 1, 0.0, 0.0, 0.0, 1.0, 0.0)]
    head, tag, _typo, total = report.as_table().splitlines()
    assert head.split() == ["kind", "n", "ndcg@10", "mrr@10", "hit@5", "zero", "unjudged@10"]
    assert tag.split() == ["tag", "2", "0.750", "0.625", "0.50", "0.00", "0.25"]
    assert total.split()[:3] == ["total", "3", "0.500"]


def test_comparing_tells_the_difference_and_how_sure_it_is():
    found = compare({"best": evaluate(best_answers), "silent": evaluate(lambda text: [])})
    assert [(row.first, row.second, row.measure) for row in found] == [
        ("best", "silent", "ndcg10"),
        ("best", "silent", "mrr10"),
        ("best", "silent", "hit5"),
    ]
    assert all(row.difference == 1.0 and row.p < 0.001 for row in found)


def test_reports_over_other_queries_are_not_compared():
    with pytest.raises(ValueError, match="same queries"):
        compare({"held": evaluate(best_answers, held=True), "rest": evaluate(best_answers, held=False)})


# --- what nobody has judged -------------------------------------------------------------------------


def other_answers(text):
    return ["metode:ny", *best_answers(text)[:3], "kommune:ny"]


def test_what_is_shown_and_not_judged_is_listed_without_place_and_without_who_brought_it():
    rows = pool.unjudged([best_answers, other_answers, lambda text: ["vaerktoej:ny"]])
    assert {row["query"] for row in rows} == {query["id"] for query in read("queries")}
    assert all(set(row["entries"]) == {"metode:ny", "kommune:ny", "vaerktoej:ny"} for row in rows)
    assert all(set(row) == {"query", "text", "kind", "concepts", "entries"} for row in rows)
    assert len({tuple(row["entries"]) for row in rows}) > 1
    assert [row["query"] for row in rows] != [query["id"] for query in read("queries")]
    assert pool.unjudged([best_answers]) == []


def test_a_pair_that_is_to_be_judged_comes_with_what_the_rule_proposes():
    labels, queries = read("labels"), {query["id"]: query for query in read("queries")}
    for row in pool.unjudged([lambda text: list(labels)]):
        for entry, grade in row["entries"].items():
            assert grade == proposed_grade(queries[row["query"]], entry, labels[entry])


# --- the files --------------------------------------------------------------------------------------


def test_each_kind_has_enough_queries_and_a_third_of_them_is_held():
    numbers = Counter(query["kind"] for query in read("queries"))
    held = Counter(query["kind"] for query in read("queries") if query["held"])
    assert set(numbers) == KINDS
    assert sum(numbers.values()) >= 160
    assert min(numbers.values()) >= 14
    assert all(abs(held[kind] - numbers[kind] / 3) <= 1 for kind in KINDS)


def test_no_query_stands_twice():
    for field in ("id", "text"):
        assert [value for value, n in Counter(query[field] for query in read("queries")).items() if n > 1] == []


def test_queries_name_concepts_and_entries_that_are_there():
    concepts, labels = read("concepts"), read("labels")
    for query in read("queries"):
        assert query["concepts"], query
        assert set(query["concepts"]) <= set(concepts), query
        assert set(query["targets"]) <= set(labels), query


def test_labels_name_concepts_that_are_there_and_weigh_them():
    labels = read("labels")
    assert set(chain.from_iterable(labels.values())) == set(read("concepts"))
    assert {weight for weights in labels.values() for weight in weights.values()} == {"main", "side"}


def test_every_query_is_judged_over_labelled_entries_with_grades_and_an_answer():
    assert list(read("judgements")) == [query["id"] for query in read("queries")]
    for name, judged in read("judgements").items():
        assert set(judged["grades"]) <= set(read("labels")), name
        assert set(judged["grades"].values()) <= {0, 1, 2, 3}, name
        assert max(judged["grades"].values()) >= measures.RELEVANT, name
        assert len(judged["grades"]) >= 10, name


def test_a_grade_is_what_the_rule_proposes_or_says_why_not():
    for query in read("queries"):
        judged = read("judgements")[query["id"]]
        left = {
            entry
            for entry, grade in judged["grades"].items()
            if grade != proposed_grade(query, entry, read("labels")[entry])
        }
        assert left == set(judged["why"]), query["id"]
        assert all(judged["why"].values()), query["id"]


@pytest.mark.parametrize(
    ("concepts", "entry", "labels", "grade"),
    [
        (["unge"], "metode:x", {"unge": "main"}, 3),
        (["unge"], "metode:x", {"unge": "side"}, 2),
        (["unge", "kyst"], "metode:x", {"unge": "main", "kyst": "side"}, 2),
        (["unge", "kyst"], "metode:x", {"unge": "main"}, 1),
        (["unge"], "metode:x", {"kyst": "main"}, 0),
        (["unge"], "metode:maal", {}, 3),
        (["sted-faxe"], "projekt:faxe", {"sted-faxe": "main"}, 3),
        (["sted-faxe"], "casefortaelling:faxe", {"sted-faxe": "main"}, 2),
        (["sted-faxe"], "kommune:lemvig", {"sted-lemvig": "main"}, 0),
    ],
)
def test_the_rule_weighs_concepts(concepts, entry, labels, grade):
    assert proposed_grade({"concepts": concepts, "targets": ["metode:maal"]}, entry, labels) == grade


def test_everything_the_campaign_loads_is_labelled():
    campaign = in_demo("campaign.json")
    kinds = {"method": "metode", "tool": "vaerktoej"}
    wanted = {f"{kinds[row['kind']]}:{row['slug']}" for row in campaign["methods"]}
    wanted |= {f"publikation:{row['slug']}" for row in campaign["publications"]}
    wanted |= {f"casefortaelling:{path.stem}" for path in (DEMO / "stories").glob("*.json")}
    wanted |= {f"fil:{row['file'].rsplit('.', 1)[0]}" for row in in_demo("files/files.json")}
    assert wanted <= set(read("labels"))
    numbers = Counter(entry.split(":")[0] for entry in read("labels"))
    assert numbers["kommune"] == len(campaign["municipalities"]) == 98
    assert numbers["projekt"] == len(campaign["projects"])


def test_the_second_labelling_is_a_fifth_and_the_readme_tells_its_kappa():
    pairs = [(name, entry, grade) for name, row in read("second").items() for entry, grade in row.items()]
    first = [read("judgements")[name]["grades"][entry] for name, entry, _grade in pairs]
    second = [grade for _name, _entry, grade in pairs]
    judged = sum(len(row["grades"]) for row in read("judgements").values())
    assert len(pairs) == pytest.approx(0.2 * judged, rel=0.05)
    queries = {query["id"]: query for query in read("queries")}
    proposed = [proposed_grade(queries[name], entry, read("labels")[entry]) for name, entry, _grade in pairs]
    above = [pair for pair in zip(first, second, strict=True) if any(pair)]
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    for numbers in ((proposed, second), (first, second), tuple(zip(*above, strict=True))):
        assert f"| {len(numbers[0])} | {measures.weighted_kappa(*numbers):.2f} |" in readme


def test_negative_pairs_hold_a_query_a_text_and_a_reason():
    pairs = read("negative")
    assert len(pairs) >= 13
    assert all(set(pair) == {"query", "must_not_match_text", "why"} and all(pair.values()) for pair in pairs)
    assert {"borg", "ånd", "bæredygtighed"} <= {pair["query"] for pair in pairs}
