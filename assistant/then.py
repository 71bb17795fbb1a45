"""Puts beside what recall found what was said, or happened, in the time that a question asks about.

"What did we talk about last week?" names no topic, so that recall by words and meaning has nothing
to go by but the days. Never writes, and makes no recall confident.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time

import numpy as np

from assistant.encoder import Encoder
from assistant.language.periods import Period, days_of, period_of
from assistant.matching import Vectors
from assistant.recollecting import of_turn, unvouched
from assistant.turn import Recollections
from storage import LongTermStore, MemoryRecord, TurnRecord

MOST = 8
_LOOKED_AT = 300  # the last memories, for one with a time in it


class Then:
    """Adds what belongs to a time.

    Args:
        store: Where the memories are.
        encoder: Of many memories of a time, tells those nearest to the question.
    """

    def __init__(self, store: LongTermStore, encoder: Encoder) -> None:
        self._store, self.encoder = store, encoder

    def beside(
        self, found: Recollections, question: str, now: datetime, held: Sequence[TurnRecord] = ()
    ) -> Recollections:
        """The recollections, and after them what else belongs to the time asked about.

        Args:
            found: What recall brought back.
            question: What is asked; nothing is added unless it is about a time.
            now: Says what "last week" is.
            held: Turns still in short-term memory, which are no memories yet.
        """
        period = period_of(question)
        if not period:
            return found
        days = days_of(question, now)
        known = {ref for hit in found for ref in hit.refs}
        own = [one for one in held if one.role == "user" and one.ref not in known]
        known |= {one.ref for one in own}
        more = [of_turn(one) for one in own]
        more += [
            unvouched(one)
            for one in self._memories(period, days, question, now)
            if one.refs[0] not in known
        ]
        return Recollections([*found, *more], query=found.query, threshold=found.threshold)

    def _memories(
        self, period: Period, days: Sequence[tuple[date, date]], question: str, now: datetime
    ) -> list[MemoryRecord]:
        index = self._store.index(self.encoder.fingerprint)
        own = (index.memory > 0) & (index.role == 0) & ~index.superseded & ~index.archived
        if period == "event":
            last = np.flatnonzero(own)[-_LOOKED_AT:]
            read = self._store.memories(ids=index.memory[last].tolist()) if len(last) else []
            return [
                one
                for one in read
                if any(d.start <= end and d.end >= start for d in one.dates for start, end in days)
            ][-MOST:]
        then = np.zeros(len(own), bool)
        for start, end in days:
            first = datetime.combine(start, time.min, now.tzinfo).timestamp()
            last_s = datetime.combine(end, time.max, now.tzinfo).timestamp()
            then |= (index.said_at >= first) & (index.said_at <= last_s)
        places = np.flatnonzero(own & then)
        if len(places) > MOST:
            asked = self.encoder.encode([question], kind="query")[0]
            near = Vectors(index.vectors, places).similarity(asked)
            places = places[np.argsort(-near, kind="stable")[:MOST]]
        return self._store.memories(ids=index.memory[places].tolist()) if len(places) else []
