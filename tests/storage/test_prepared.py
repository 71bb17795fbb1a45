"""Statements that are compiled once give what SQLAlchemy's own running of them gives."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import bindparam, create_engine, select
from sqlalchemy.pool import StaticPool

from storage import models
from storage.prepared import Prepared

DATES = models.reading_date.c
STATEMENT = (
    select(DATES.turn_id, DATES.phrase, DATES.first_day, DATES.turn_id)
    .where(DATES.owner == bindparam("owner"), DATES.turn_id.in_(bindparam("ids", expanding=True)))
    .order_by(DATES.turn_id)
    .limit(3)
)


@pytest.fixture
def connection():
    engine = create_engine("sqlite://", poolclass=StaticPool)
    with engine.connect() as connection:
        models.metadata.tables["reading_date"].create(connection)
        connection.execute(
            models.reading_date.insert(),
            [
                {
                    "turn_id": n,
                    "position": 0,
                    "owner": "ana" if n % 2 else "bo",
                    "phrase": f"day {n}",
                    "first_day": date(2026, 5, n),
                    "last_day": date(2026, 5, n),
                }
                for n in range(1, 10)
            ],
        )
        yield connection
    engine.dispose()


@pytest.mark.parametrize("ids", [[], [1], [1, 2, 3, 5, 7, 9]])
def test_rows_are_those_that_sqlalchemy_gives(connection, ids):
    given = {"owner": "ana", "ids": ids}
    rows = Prepared(STATEMENT).rows(connection, **given)
    assert rows == [tuple(row) for row in connection.execute(STATEMENT, given)]
    assert len(rows) == min(len([n for n in ids if n % 2]), 3)


def test_values_are_read_by_the_types_of_their_columns_and_have_names(connection):
    [row] = Prepared(STATEMENT).rows(connection, owner="ana", ids=[5])
    assert (row.turn_id, row.phrase, row.first_day) == (5, "day 5", date(2026, 5, 5))


def test_a_statement_runs_in_the_transaction_of_its_connection(connection):
    connection.commit()
    assert not connection.in_transaction()
    Prepared(STATEMENT).rows(connection, owner="ana", ids=[1])
    assert connection.in_transaction()
