"""The full-text index as a whole: whether it holds what was said, and building it anew.

It is worked out from the words of the turns, so that nothing is lost when it is damaged; but what
it does not hold is not found. SQLite's own look at it (``integrity-check``) needs a connection
that can write, and compares it with the terms beside it, not with the words.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from sqlalchemy import Connection, text

from storage.models import CREATE_TURN_TEXT, DROP_TURN_TEXT
from storage.search import Lexicon

_BATCH = 500
_WORDS = """
SELECT turn.id, turn.text, turn_text.terms
FROM turn LEFT JOIN turn_text ON turn_text.rowid = turn.id
"""
_INDEX_TERMS = text("INSERT INTO turn_text (rowid, terms) VALUES (:id, :terms)")


def strays(connection: Connection, lexicon: Lexicon) -> list[int]:
    """Ids of turns, of every owner, that the index holds other than by their words, ascending.

    Takes some 20 microseconds a word. What the index holds without a turn is among them.

    Raises:
        DatabaseError: The index is so damaged that it cannot be read.
    """
    raw: Any = connection.connection.driver_connection
    # What each turn's terms in their places come to; what the index holds of it is taken away.
    left: Counter[int] = Counter()
    wrong: set[int] = set()
    for turn, words, kept in raw.execute(_WORDS):
        terms = lexicon.terms(words)
        if kept != " ".join(terms):
            wrong.add(turn)
        left[turn] = sum(hash((term, place)) for place, term in enumerate(terms))
    wrong |= {row for (row,) in raw.execute("SELECT rowid FROM turn_text") if row not in left}
    # In the temporary schema, which is in memory: the file may be one that can only be read.
    raw.execute("CREATE VIRTUAL TABLE temp.held USING fts5vocab('main', 'turn_text', 'instance')")
    try:
        for turn, term, place in raw.execute("SELECT doc, term, offset FROM temp.held"):
            left[turn] -= hash((term, place))
    finally:
        raw.execute("DROP TABLE temp.held")
    return sorted(wrong | {turn for turn, rest in left.items() if rest})


def rebuild(connection: Connection, lexicon: Lexicon) -> int:
    """Make the index anew from the words of every turn; returns how many there are."""
    connection.execute(text(DROP_TURN_TEXT))
    connection.execute(text(CREATE_TURN_TEXT))
    count, last = 0, 0
    page = text("SELECT id, text FROM turn WHERE id > :last ORDER BY id LIMIT :size")
    while rows := connection.execute(page, {"last": last, "size": _BATCH}).all():
        connection.execute(
            _INDEX_TERMS, [{"id": turn, "terms": " ".join(lexicon.terms(w))} for turn, w in rows]
        )
        count, last = count + len(rows), rows[-1][0]
    return count
