from search.models.index import (
    SearchEntry,
    SearchFacet,
    SearchRelated,
    SearchState,
    SearchTask,
    SearchTitle,
    SearchWord,
)
from search.models.insight import SearchWeek
from search.models.meaning import SearchVector
from search.models.rules import Promotion, Synonym

__all__ = [
    "Promotion",
    "SearchEntry",
    "SearchFacet",
    "SearchRelated",
    "SearchState",
    "SearchTask",
    "SearchTitle",
    "SearchVector",
    "SearchWeek",
    "SearchWord",
    "Synonym",
]
