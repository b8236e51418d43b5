"""Bits and keys on their way to PostgreSQL and back, in letters that cost little."""

from collections.abc import Iterable

from search.engines import bits


def read(sent: bytes) -> int:
    """Return bits as bit_send gives them: their number in four bytes, then they themselves. Text would be longer."""
    return int.from_bytes(sent[4:])


def written(number: int) -> str:
    return f"x{number:0{bits.SIZE // 4}x}"


def listed(values: Iterable) -> str:
    """Return values as an array as PostgreSQL writes one: psycopg would look through them all for what to quote."""
    return "{" + ",".join(map(str, values)) + "}"
