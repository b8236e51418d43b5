"""What every engine can do. The database is one; another holds a copy of its rows and is filled from them."""

from collections.abc import Iterable, Sequence

from search.query import Answer, Query


class EngineDown(Exception):
    """The engine does not answer, or not in time, or is closed off for a while. Another may be asked instead."""


class WrongAnalysis(EngineDown):
    """The index was made by another analysis than the one that reads the queries: it has to be rebuilt first."""


# How much a word weighs by where it stands.
WEIGHTS = {"t_title": 8.0, "t_tags": 5.0, "t_summary": 3.0, "t_body": 1.0, "t_parts": 0.6}


class Engine:
    """`name` is shown to editors and operators."""

    name = ""

    def answer(self, query: Query) -> Answer:
        """Return one page of hits, the exact total and the numbers of every facet. Raises EngineDown."""
        raise NotImplementedError

    def among(self, query: Query, entry_ids: Iterable[int]) -> list[int]:
        """Return those of `entry_ids` that match `query`, in the order given, whatever its page; for meaning."""
        raise NotImplementedError

    def write(self, entries: Sequence) -> None:
        """Take in saved SearchEntry rows, their facets prefetched, in place of what was there. Raises EngineDown."""
        raise NotImplementedError

    def forget(self, rows: Iterable[tuple[int, int]]) -> None:
        """Drop entries by (key, version) of what is no longer there; one not held is no fault. Raises EngineDown."""
        raise NotImplementedError

    def count(self) -> int:
        """Return the number of entries it holds. Raises EngineDown."""
        raise NotImplementedError
