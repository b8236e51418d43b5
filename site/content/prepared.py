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

Where the things themselves are wanted, or a reader asks:

    @prepared_things
    def pages_below(shape, depth, number):
        return Page.objects.filter(depth=depth, pk__gt=number)

    pages_below("", 2, 17)  # a list of pages

`shape` is all on which the SQL depends, and hashable; what follows are single whole numbers and texts that only stand
in it as values. In tests (`CHECKS_KEPT`) the SQL is written anew each time and must be the same.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from copy import copy
from datetime import UTC, datetime
from functools import update_wrapper

from django.conf import settings
from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import QuerySet
from django.db.models.signals import post_migrate

SIZES = (8, 32, 128, 512)  # of a list as it stands in the SQL; it is filled up, so that few lengths are written
MOST_KEPT = 256  # statements of one queryset
_FIRST_ID = 2_000_000_000  # stands for what is given while the SQL is written: no id comes so far
_TEXT = "\ue000"  # a sign that no text has
_MOMENT = datetime(9000, 1, 1, tzinfo=UTC)

_all, _all_things = [], []


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


def prepared_things(make, spare=lambda shape: ()):
    """Return `make(shape, *values) -> queryset` as a function that gives the list of its things.

    `spare(shape)`: the places of those values that its SQL need not ask for.
    """
    return PreparedThings(make, spare)


class PreparedThings:
    """Called as the function it was made of, it returns what its queryset finds, as a list."""

    def __init__(self, make: Callable[..., QuerySet], spare: Callable[[Hashable], Iterable[int]]):
        self.queryset, self._spare, self._written = make, spare, {}
        update_wrapper(self, make)
        _all_things.append(self)

    def __call__(self, shape: Hashable, *given: int | str) -> list:
        if not all(_is_usual(value) for value in given):
            return list(self.queryset(shape, *given))
        try:
            queryset, compiler, sql, values, places = self._sql(shape, tuple(map(type, given)))
        except EmptyResultSet:
            return []
        values = list(values)
        for place, at in places:
            # The database's own kinds of number are kept: psycopg tells them apart.
            values[place] = type(values[place])(given[at])
        if settings.CHECKS_KEPT:
            _check(self, self.queryset(shape, *given), sql, values)
        return list(_answering(queryset, compiler, sql, tuple(values)))

    def _sql(self, shape, kinds):
        key = connection.vendor, shape, kinds
        if key not in self._written:
            if len(self._written) >= MOST_KEPT:
                self._written.clear()
            self._written[key] = self._write(shape, kinds)
        return self._written[key]

    def _write(self, shape, kinds):
        """Return the queryset, the compiler that wrote its SQL, the SQL, its parameters, and which are given."""
        marks = [_marks(kind, at, 1)[0] for at, kind in enumerate(kinds)]
        queryset = self.queryset(shape, *marks)
        compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
        sql, values = compiler.as_sql()
        places = [(place, marks.index(value)) for place, value in enumerate(values) if value in marks]
        if set(range(len(marks))) - {at for _place, at in places}.union(self._spare(shape)):
            raise ValueError(f"{self.__name__} does not ask for all that it is given.")
        return queryset, compiler, sql, values, places

    def forget(self):
        self._written.clear()


def _is_usual(value):
    """Can it stand where a mark stood? A number beyond every id is asked for in the usual way, which finds nothing."""
    return isinstance(value, str) or (type(value) is int and 0 <= value < _FIRST_ID)


def _check(one, queryset, sql, values):
    try:
        now = queryset.query.sql_with_params()
    except EmptyResultSet:
        now = None
    if now != (sql, tuple(values)):
        raise AssertionError(f"The SQL of {one.__name__} depends on more than its shape: {now} is not {sql} {values}")


def _answering(queryset, compiler, sql, values):
    """Return a queryset like the one that was kept, which asks with this SQL. It cannot be narrowed: it is listed."""
    own = copy(compiler)
    own.connection = connections[DEFAULT_DB_ALIAS]
    own.as_sql = lambda *args, **kwargs: (sql, values)
    found = queryset._chain()
    found.query.get_compiler = lambda *args, **kwargs: own
    return found


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
    for one in (*_all, *_all_things):
        one.forget()


post_migrate.connect(_forget_all, dispatch_uid="content.prepared")
