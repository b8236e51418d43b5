"""Measures of a ranked answer against graded judgements: pure functions.

A grade is 0-3; an entry that nobody has judged counts as 0.
"""

import random
from collections.abc import Mapping, Sequence
from math import log2

RELEVANT = 2  # the lowest grade that counts as a hit
FLIPS = 10_000


def _dcg(grades: Sequence[int]) -> float:
    return sum((2**grade - 1) / log2(rank + 1) for rank, grade in enumerate(grades, start=1))


def ndcg_at(answer: Sequence[str], grades: Mapping[str, int], depth: int = 10) -> float:
    """Return nDCG at `depth`, 0-1: DCG = sum of (2^grade - 1) / log2(rank + 1), divided by that of the best order.

    The best order is made of all judged entries. 0.0 where no entry has a grade above 0.
    Discount and normalising: Järvelin and Kekäläinen, ACM TOIS 20 (2002) 422-446; gain: Burges et al., ICML 2005.
    """
    best = _dcg(sorted(grades.values(), reverse=True)[:depth])
    return _dcg([grades.get(entry, 0) for entry in answer[:depth]]) / best if best else 0.0


def reciprocal_rank(answer: Sequence[str], grades: Mapping[str, int], depth: int = 10) -> float:
    """Return 1 / rank of the first hit within `depth`, 0.0 without one. Voorhees, TREC-8 (1999) 77-82."""
    for rank, entry in enumerate(answer[:depth], start=1):
        if grades.get(entry, 0) >= RELEVANT:
            return 1 / rank
    return 0.0


def hit_at(answer: Sequence[str], grades: Mapping[str, int], depth: int = 5) -> float:
    """Return 1.0 where a hit stands within `depth`, else 0.0: success@k, Craswell and Hawking, TREC 2004."""
    return float(any(grades.get(entry, 0) >= RELEVANT for entry in answer[:depth]))


def unjudged_share(answer: Sequence[str], grades: Mapping[str, int], depth: int = 10) -> float:
    """Return the share of the first `depth` answers that nobody has judged, 0-1; 0.0 for an empty answer.

    Where it is high, the other measures are too low: see Sakai and Kando, Information Retrieval 11 (2008) 447-470.
    """
    shown = answer[:depth]
    return sum(entry not in grades for entry in shown) / len(shown) if shown else 0.0


def mean(values: Sequence[float]) -> float:
    """Return the arithmetic mean, 0.0 of nothing."""
    return sum(values) / len(values) if values else 0.0


def randomisation_p(first: Sequence[float], second: Sequence[float], flips: int = FLIPS, seed: int = 1) -> float:
    """Return the two-sided p-value of a paired randomisation test on the mean difference.

    The sign of each pair's difference is flipped at random `flips` times; p = (1 + as far from 0 or farther) /
    (1 + flips), so it is never 0. Smucker, Allan and Carterette, CIKM 2007, 623-632. The same seed gives the same p.
    Raises ValueError where the two are not of one length.
    """
    differences = [a - b for a, b in zip(first, second, strict=True)]
    seen = abs(sum(differences)) - 1e-12
    coin = random.Random(seed)  # noqa: S311 - statistics, no secret
    farther = sum(abs(sum(d if coin.getrandbits(1) else -d for d in differences)) >= seen for _ in range(flips))
    return (1 + farther) / (1 + flips)


def weighted_kappa(first: Sequence[int], second: Sequence[int]) -> float:
    """Return Cohen's kappa of two labellings with quadratic weights: 1 - observed / expected squared disagreement.

    Cohen, Psychological Bulletin 70 (1968) 213-220. 1.0 is full agreement, 0.0 that of chance.
    Raises ValueError where the two are empty or not of one length, or where both hold one and the same grade only.
    """
    observed = mean([(a - b) ** 2 for a, b in zip(first, second, strict=True)])
    expected = mean([(a - b) ** 2 for a in first for b in second])
    if not expected:
        raise ValueError("Kappa needs at least two different grades.")
    return 1 - observed / expected
