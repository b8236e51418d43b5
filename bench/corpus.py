"""A large campaign for measuring: fictional methods and tools below the real ones, alike for the same seed.

The pages are as a reader meets them: classified, tagged, used in municipalities, with sources. Rows go in in bulk,
so there are no revisions, and Wagtail's search and reference indexes do not know them.
"""

import argparse
import sys
import tempfile
from pathlib import Path

METHODS = 2000


def make(methods: int = METHODS, seed: int = 1) -> list[int]:
    """Add `methods` methods and tools (28 to 23, as in the campaign) to the database; return their ids."""
    from bench.fiction import write

    return write(methods, seed)


def command():
    parser = argparse.ArgumentParser(description="Make a scratch database with the campaign and a corpus on top.")
    parser.add_argument("--methods", type=int, default=METHODS, help="how many methods and tools to add")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "forkant-corpus")
    asked = parser.parse_args()

    from bench.scratch import open_scratch

    database = open_scratch(asked.folder)
    print(f"{len(make(asked.methods, asked.seed))} methods and tools added in {database}")


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    command()
