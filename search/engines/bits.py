"""Sets of entries as bits, cut into chunks: {chunk: number}. An entry with the key k is bit k mod SIZE of chunk
k div SIZE, counted from the left, as PostgreSQL counts in a bit string."""

from collections.abc import Iterable, Iterator

SIZE = 16_384
BYTES = SIZE // 8

Bits = dict[int, int]
_FROM_THE_RIGHT = tuple(tuple(at for at in range(8) if byte >> at & 1) for byte in range(256))


def place(key: int) -> tuple[int, int]:
    """Return the chunk of an entry, and the number in which its bit alone is set."""
    return key // SIZE, 1 << (SIZE - 1 - key % SIZE)


def of(keys: Iterable[int]) -> Bits:
    chunks = {}
    for key in keys:
        chunk = key // SIZE
        held = chunks.get(chunk)
        if held is None:
            held = chunks[chunk] = bytearray(BYTES)
        held[key % SIZE >> 3] |= 0x80 >> (key & 7)
    return {chunk: int.from_bytes(held) for chunk, held in chunks.items()}


def both(one: Bits, other: Bits) -> Bits:
    return {chunk: bits & other[chunk] for chunk, bits in one.items() if chunk in other}


def either(one: Bits, other: Bits) -> Bits:
    return {chunk: one.get(chunk, 0) | other.get(chunk, 0) for chunk in one.keys() | other.keys()}


def without(one: Bits, other: Bits) -> Bits:
    return {chunk: bits & ~other.get(chunk, 0) for chunk, bits in one.items()}


def at_least(number: int, sets: list[Bits]) -> Bits:
    """Return what is in `number` or more of `sets`. `number` is 1 or more."""
    in_so_many = [{} for _ in range(number)]
    for one in sets:
        for place_ in range(number - 1, 0, -1):
            in_so_many[place_] = either(in_so_many[place_], both(in_so_many[place_ - 1], one))
        in_so_many[0] = either(in_so_many[0], one)
    return in_so_many[-1]


def count(bits: Bits) -> int:
    return sum(held.bit_count() for held in bits.values())


def least_of_highest(bits: Bits, number: int) -> int:
    """Return a key, the first of a chunk, that `number` keys are not below; 0 where there are not so many."""
    for chunk in sorted(bits, reverse=True):
        number -= bits[chunk].bit_count()
        if number <= 0:
            return chunk * SIZE
    return 0


def has(bits: Bits, key: int) -> bool:
    return bool(bits.get(key // SIZE, 0) >> (SIZE - 1 - key % SIZE) & 1)


def keys(bits: Bits) -> Iterator[int]:
    """Yield the keys, the highest first."""
    for chunk in sorted(bits, reverse=True):
        last = chunk * SIZE + SIZE - 1
        for byte, value in enumerate(reversed(bits[chunk].to_bytes(BYTES))):
            if value:
                for at in _FROM_THE_RIGHT[value]:
                    yield last - byte * 8 - at
