"""The inbox: pairs of memories that may contradict each other, and what the user answered."""

from __future__ import annotations

from datetime import datetime
from typing import get_args

from sqlalchemy import ColumnElement, Connection, select, text, update

from storage import models
from storage.changes import Journal
from storage.codec import clean, instant, utc, utc_if
from storage.curating import set_archived, supersede
from storage.records import Answer, InboxRecord
from storage.sealing import reseal, seal_row

_inbox, _memory = models.inbox.c, models.memory.c


def listing(connection: Connection, owner: str, *, open_only: bool) -> list[InboxRecord]:
    """The questions, the oldest first."""
    conditions = [_inbox.answer.is_(None)] if open_only else []
    return _records(connection, owner, *conditions)


def ask(
    connection: Connection,
    owner: str,
    earlier: int,
    later: int,
    subject: str | None,
    at: datetime,
) -> InboxRecord:
    """Put a pair into the inbox; one that was asked before is given as it is.

    Raises:
        ValueError: Either memory does not exist, or both are the same.
    """
    asked_at, _ = instant(at)
    known = _records(connection, owner, _inbox.earlier == earlier, _inbox.later == later)
    if known:
        return known[0]
    statement = select(_memory.id).where(_memory.owner == owner, _memory.id.in_([earlier, later]))
    if len(connection.execute(statement).all()) != 2:
        raise ValueError(f"memories {earlier} and {later} were given; expected two that exist")
    last = connection.execute(text("SELECT seq FROM sqlite_sequence WHERE name = 'inbox'")).scalar()
    row = {
        "id": int(last or 0) + 1,
        "owner": owner,
        "earlier": earlier,
        "later": later,
        "subject": None if subject is None else clean(subject),
        "asked_at": asked_at,
        "answer": None,
        "answered_at": None,
    }
    connection.execute(models.inbox.insert(), row | {"row_hash": seal_row("inbox", row)})
    [record] = _records(connection, owner, _inbox.id == row["id"])
    return record


def answer(
    connection: Connection, owner: str, inbox_id: int, given: Answer, at: datetime
) -> tuple[InboxRecord, list[int]]:
    """Note an answer and do what it says; returns the question and the memories changed.

    Raises:
        ValueError: No such question, one answered already, or no such answer.
    """
    answered_at, _ = instant(at)
    if given not in get_args(Answer):
        raise ValueError(f"the answer is {given!r}; expected one of {', '.join(get_args(Answer))}")
    asked = _records(connection, owner, _inbox.id == inbox_id)
    if not asked:
        raise ValueError(
            f"no question has the number {inbox_id}; 'inbox' lists those that are open"
        )
    [question] = asked
    if question.answer is not None:
        raise ValueError(
            f"question {inbox_id} was answered with {question.answer!r}; undo that first"
        )
    journal = Journal(connection, owner)
    journal.keep(models.inbox, _inbox.id == inbox_id)
    connection.execute(
        update(models.inbox)
        .where(_inbox.id == inbox_id)
        .values(answer=given, answered_at=answered_at)
    )
    reseal(connection, "inbox", [inbox_id])
    earlier, later = question.earlier, question.later
    changed: list[int] = []
    if given == "now":
        changed = supersede(connection, owner, journal, [earlier], later, answered_at, None)
    elif given in ("then", "wrong"):
        changed = supersede(connection, owner, journal, [later], earlier, answered_at, None)
    if given == "wrong":
        changed += set_archived(connection, owner, journal, [later], answered_at)
    journal.write("answer", answered_at)
    [question] = _records(connection, owner, _inbox.id == inbox_id)
    return question, changed


def _records(
    connection: Connection, owner: str, *conditions: ColumnElement[bool]
) -> list[InboxRecord]:
    statement = select(models.inbox).where(_inbox.owner == owner, *conditions)
    found = []
    for row in connection.execute(statement.order_by(_inbox.id)):
        found.append(
            InboxRecord(
                id=row.id,
                earlier=row.earlier,
                later=row.later,
                subject=row.subject,
                asked_at=utc(row.asked_at),
                answer=row.answer,
                answered_at=utc_if(row.answered_at),
            )
        )
    return found
