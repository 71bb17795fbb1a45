"""Statements of every turn, made into SQL once and run by the driver itself.

For the few rows that a turn reads, SQLAlchemy's own way of running a statement (cache key,
expanding of lists, a result object) takes ten times what SQLite does. These are built with
SQLAlchemy, typed by it and run in its transactions; only the running is not its.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, Insert, Select, TextClause
from sqlalchemy.dialects import sqlite

_DIALECT = sqlite.dialect()
_NAMED = sqlite.dialect(paramstyle="named")
_LIST = "ids"


class Prepared:
    """A SELECT whose parameters are named; at most one of them is a list, "ids".

    Args:
        statement: Each ``bindparam`` in it without a value is given to ``rows``.
    """

    def __init__(self, statement: Select[Any]) -> None:
        self._statement = statement

    @cached_property
    def _compiled(self) -> Any:
        return self._statement.compile(dialect=_DIALECT)

    @cached_property
    def _fixed(self) -> Mapping[str, object]:
        """Values that stand in the statement itself."""
        return dict(self._compiled.params)

    @cached_property
    def _row(self) -> Any:
        keys = [str(column.key) for column in self._statement.selected_columns]
        make: Any = namedtuple  # its columns are known at run time only
        return make("Row", keys, rename=True)._make

    @cached_property
    def _read(self) -> list[Any]:
        """How to read each column: a function, or None for a value that is what it should be."""
        kinds = [one.type.dialect_impl(_DIALECT) for one in self._statement.selected_columns]
        return [kind.result_processor(_DIALECT, None) for kind in kinds]

    def rows(
        self, connection: Connection, *, ids: Sequence[object] = (), **given: object
    ) -> list[Any]:
        """Every row of the result, a named tuple of the columns.

        Args:
            connection: In a transaction afterwards, if it was not before.
            ids: The list, of at most a few hundred.
            **given: The other parameters.
        """
        if not connection.in_transaction():
            connection.begin()
        values: list[object] = []
        for name in self._compiled.positiontup or ():
            if name == _LIST:
                values += ids
            else:
                values.append(given[name] if name in given else self._fixed[name])
        marks = ",".join("?" * len(ids))
        sql = self._compiled.string.replace(f"__[POSTCOMPILE_{_LIST}]", marks)
        raw: Any = connection.connection.driver_connection
        found = raw.execute(sql, values).fetchall()
        if found and any(self._read):
            columns = [
                values if read is None else map(read, values)
                for read, values in zip(self._read, zip(*found, strict=True), strict=True)
            ]
            found = zip(*columns, strict=True)
        return list(map(self._row, found))


class Command:
    """A statement that writes, whose parameters are named.

    Args:
        statement: An INSERT of all columns that ``columns`` names, or text.
        columns: Of the INSERT.
    """

    def __init__(self, statement: Insert | TextClause, columns: Sequence[str] = ()) -> None:
        self._statement, self._columns = statement, list(columns)

    @cached_property
    def _sql(self) -> str:
        return str(self._statement.compile(dialect=_NAMED, column_keys=self._columns or None))

    def run(self, connection: Connection, *rows: Mapping[str, object]) -> None:
        """Run it, once for each row of parameters.

        Args:
            connection: In a transaction that writes.
            *rows: Numbers, text, bytes, truth values or None: nothing that needs a type.
        """
        raw: Any = connection.connection.driver_connection
        raw.executemany(self._sql, rows)
