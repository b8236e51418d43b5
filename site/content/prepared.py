"""Querysets whose SQL is written once in a process. For the few that stand on every search: there Django takes longer
to write the SQL than the database to answer it.

    @prepared(int, datetime)
    def open_among(pks, now):
        return open_to_all(Page.objects.order_by(), now).filter(pk__in=pks).values_list("pk", "title")

    open_among(pks, timezone.now())  # the same rows as the queryset, as tuples
    open_among.queryset(pks, timezone.now())  # the queryset itself

Named are what it is given: `datetime` is a moment, `int` and `str` are lists to be asked for with `__in`. Nothing else
may differ from one time to the next, so a queryset that asks for the time itself, or for a reader, is none to prepare.
Rows come as the database tells them: choose columns of text and whole numbers.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import update_wrapper

from django.db import connection
from django.db.models import QuerySet
from django.db.models.signals import post_migrate

SIZES = (8, 32, 128, 512)  # of a list as it stands in the SQL; it is filled up, so that few lengths are written
MOST_KEPT = 256  # statements of one queryset
_FIRST_ID = 2_000_000_000  # stands for what is given while the SQL is written: no id comes so far
_TEXT = "\ue000"  # a sign that no text has
_MOMENT = datetime(9000, 1, 1, tzinfo=UTC)

_all = []


def prepared(*takes: type):
    """Return a decorator of `function(*given) -> values_list queryset`, which makes a Prepared of it."""
    return lambda make: Prepared(make, takes)


class Prepared:
    """Called as the function it was made of, it returns the rows of its queryset."""

    def __init__(self, make: Callable[..., QuerySet], takes: Sequence[type]):
        self.queryset, self.takes, self._written = make, takes, {}
        update_wrapper(self, make)
        _all.append(self)

    def __call__(self, *given) -> list[tuple]:
        given = [_adapted(kind, values) for kind, values in zip(self.takes, given, strict=True)]
        sql, values, places = self._sql(tuple(map(len, given)))
        values = list(values)
        for place, (number, at) in places:
            values[place] = given[number][at]
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            return cursor.fetchall()

    def _sql(self, sizes):
        if sizes not in self._written:
            if len(self._written) >= MOST_KEPT:
                self._written.clear()
            self._written[sizes] = self._write(sizes)
        return self._written[sizes]

    def _write(self, sizes):
        """Return the SQL, its parameters, and which of these are given: (place, (number of the list, place in it))."""
        marks = [_marks(*each) for each in zip(self.takes, range(len(sizes)), sizes, strict=True)]
        query = self.queryset(*(m[0] if kind is datetime else m for kind, m in zip(self.takes, marks, strict=True)))
        sql, values = query.query.sql_with_params()
        given = {
            mark: (number, at)
            for number, kind in enumerate(self.takes)
            for at, mark in enumerate(_adapted(kind, marks[number][0] if kind is datetime else marks[number]))
        }
        if given.keys() - set(values):
            raise ValueError(f"{self.__name__} does not ask for all that it is given.")
        return sql, values, [(place, given[value]) for place, value in enumerate(values) if value in given]

    def forget(self):
        self._written.clear()


def _marks(kind, number, size):
    if kind is datetime:
        return [_MOMENT.replace(day=1 + number)]
    if kind is str:
        return [f"{_TEXT}{number}.{at}" for at in range(size)]
    return [_FIRST_ID + 10_000 * number + at for at in range(size)]


def _adapted(kind, given):
    """Return what is given as parameters: a moment as the database keeps it, a list filled up with its last value to
    the next of SIZES; one of nothing with NULL, which no row has."""
    if kind is datetime:
        return [connection.ops.adapt_datetimefield_value(given)]
    given = list(given)
    size = next((size for size in SIZES if size >= len(given)), -(-len(given) // SIZES[-1]) * SIZES[-1])
    return given + [given[-1] if given else None] * (size - len(given))


def _forget_all(**kwargs):
    """Ids of content types stand in the SQL; they are made anew with the tables."""
    for one in _all:
        one.forget()


post_migrate.connect(_forget_all, dispatch_uid="content.prepared")
