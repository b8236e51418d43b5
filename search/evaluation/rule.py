"""What a label says about a query: the proposal that the judge then keeps or corrects."""

PLACE = "sted-"
OWN_PLACE = {"kommune", "projekt"}


def proposed_grade(query: dict, entry: str, labels: dict[str, str]) -> int:
    """Return the grade 0-3 that `labels` ({concept: "main" | "side"}) propose for `entry` under `query`.

    A target of the query is 3. Of the concepts the query is about: all as main 3, all 2, some 1, none 0.
    A query for a place alone wants the place's own page and its project (3); what tells of the place is 2.
    """
    if entry in query["targets"]:
        return 3
    weights = [labels.get(concept) for concept in query["concepts"]]
    if len(weights) == 1 and query["concepts"][0].startswith(PLACE) and weights[0]:
        return 3 if entry.split(":")[0] in OWN_PLACE else 2
    if all(weight == "main" for weight in weights):
        return 3
    if all(weights):
        return 2
    return 1 if any(weights) else 0
