"""How something said meets the memories already there: repeats, corrects, or may contradict them.

Finds the memories that it may bear on and has ``correction`` judge each; decides nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from assistant.amending import LOOKED_AT, dates_of, set_right_by
from assistant.correction import Relation, Said, relation
from assistant.language import Statement
from assistant.language.amendment import amends_time
from assistant.language.content import content_of
from assistant.reading import Reader, Reading
from assistant.turn import ResolvedDate
from storage import LongTermStore, MemoryRecord, StatementRecord, TurnRecord

_SHARING, _NEAREST = 32, 16  # turns looked at, of every speaker; compared, of the same
# What a thing said before must have for a plain remark to take it back. Only spares reading it.
_MAY_DENY = re.compile(
    r"n['’]t\b|\b(?:no|not|never|neither|nor|cannot|hate[sd]?|dislike[sd]?|loathe[sd]?|detests?|"
    r"despise[sd]?|stop\w*|quit|gave|sold|avoid\w*)\b|[不没别无未非]|讨厌|恨|戒|烦",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Bearing:
    """How a turn bears on what is remembered.

    Args:
        restates: The memory that it says again.
        supersedes: Memories of which it leaves nothing standing.
        supersedes_statements: Single statements that it replaces, each as (memory, position).
        superseded_by: A memory of something said later, of which the same is true the other way.
        gives_way: Single statements of the turn that a later memory replaces, since when that was
            said: (memory, position, moment).
        asks: Memories that it may contradict: (memory, subject). For the user to say.
        dates: The times it names, where they follow from what it sets right; else those read.
    """

    restates: int | None = None
    supersedes: tuple[int, ...] = ()
    supersedes_statements: tuple[tuple[int, int], ...] = ()
    superseded_by: int | None = None
    gives_way: tuple[tuple[int, int, datetime], ...] = ()
    asks: tuple[tuple[int, str | None], ...] = ()
    dates: tuple[ResolvedDate, ...] = ()


class Meeting:
    """Finds and judges.

    Args:
        store: Where the memories are.
        reader: Reads them again where their statements are not kept with them.
    """

    def __init__(self, store: LongTermStore, reader: Reader) -> None:
        self._store, self._reader = store, reader

    def of(self, turn: TurnRecord, reading: Reading) -> Bearing:
        """How a turn about to be kept bears on the memories there are."""
        right = self._set_right(turn)
        if right is not None:
            return right
        again = self._told_before(turn, reading)
        if again is not None:
            return Bearing(restates=again)
        if not reading.said.claims and not reading.statements:
            return Bearing()
        found = self._may_bear_on(turn, reading)
        stated = self._store.statements([memory.id for memory in found])
        judged = [
            (memory, stated[memory.id], *self._judge(memory, stated[memory.id], turn, reading))
            for memory in found
        ]
        for memory, _, verdict, _ in judged:
            if verdict.kind == "restatement" and self._nothing_new(memory, turn, reading):
                return Bearing(restates=memory.id)
        return _bearing(judged, reading)

    def _set_right(self, turn: TurnRecord) -> Bearing | None:
        """That only the time of what was told just before is another."""
        if not amends_time(turn.text):
            return None
        near = self._store.turns_by_id(range(max(1, turn.id - LOOKED_AT), turn.id))
        earlier = set_right_by(turn, [near[number] for number in sorted(near, reverse=True)])
        if earlier is None or earlier.memory is None:
            return None
        return Bearing(supersedes=(earlier.memory,), dates=dates_of(turn, earlier))

    def _told_before(self, turn: TurnRecord, reading: Reading) -> int | None:
        """The memory of the same words. "I was there yesterday" said on two days is two things."""
        told = self._store.same_words(turn.speaker, [reading.words_key])[reading.words_key]
        for memory in told:
            days = tuple((one.start, one.end) for one in memory.dates)
            if memory.superseded_by is None and days == reading.days:
                return memory.id
        return None

    def _nothing_new(self, memory: MemoryRecord, turn: TurnRecord, reading: Reading) -> bool:
        days = {(one.start, one.end) for one in memory.dates}
        return (
            self._came_before(memory, turn)
            and self._adds_no_word(memory, reading)
            and days >= set(reading.days)
        )

    def _came_before(self, memory: MemoryRecord, turn: TurnRecord) -> bool:
        """Whether the memory was said before the turn; in one session whatever the clock says."""
        if memory.said_at <= turn.said_at:
            return True
        said = self._store.turns_by_id([memory.turn]).get(memory.turn)
        return said is not None and said.session == turn.session and said.id < turn.id

    def _adds_no_word(self, memory: MemoryRecord, reading: Reading) -> bool:
        """Whether the words are those of the memory; around the value of its fact one may be
        another, as in "I live in Porto" after "I moved to Porto"."""
        if not reading.content:
            return False  # about nothing: no word tells whether it is the same
        new = reading.content - content_of(memory.text)
        return not new or (
            len(new) == 1
            and len(reading.statements) == 1
            and reading.statements[0].exclusive
            and new.isdisjoint(content_of(reading.statements[0].value))
        )

    def _may_bear_on(self, turn: TurnRecord, reading: Reading) -> list[MemoryRecord]:
        """Memories of the same speaker worth comparing with, those that were replaced left out."""
        found: dict[int, MemoryRecord] = {}
        for subject in dict.fromkeys(one.subject for one in reading.statements if one.exclusive):
            found |= {one.id: one for one in self._store.memories(subject=subject)}
            about = [one.memory for one in self._store.statements_about(subject)]
            missing = [memory for memory in about if memory not in found]
            if missing:
                found |= {one.id: one for one in self._store.memories(ids=missing)}
        near = [
            one
            for one in self._store.sharing(turn.text, k=_SHARING)
            if one.id != turn.id
            and one.memory is not None
            and one.speaker == turn.speaker
            and one.role != "assistant"
        ]
        worth = [
            one.id
            for one in near[:_NEAREST]
            if one.memory not in found
            and (
                bears(reading.said)
                or _MAY_DENY.search(one.text)
                or within(reading.content, self._reader.content(one.text))
            )
        ]
        if worth:
            found |= {one.id: one for one in self._store.memories_of_turns(worth).values()}
        return [one for one in found.values() if _comparable(one, turn)]

    def _judge(
        self,
        memory: MemoryRecord,
        stated: Sequence[StatementRecord],
        turn: TurnRecord,
        reading: Reading,
    ) -> tuple[Relation, bool]:
        """How memory and turn bear on each other, and whether the turn is the later of them."""
        known = self._reader.said(memory.text, memory.speaker)
        if stated:  # positions are those in the store
            kept = tuple(Statement(s.subject, s.value or "", s.exclusive, s.words) for s in stated)
            known = Said(memory.text, kept) if kept != known.statements else known
        if self._came_before(memory, turn):
            return relation(known, reading.said), True
        return relation(reading.said, known), False


def bears(said: Said) -> bool:
    """Whether something said takes back or changes what was said before, by its form alone."""
    return any(
        claim.negated
        or claim.ended
        or claim.fresh
        or claim.corrects
        or claim.withdrawn
        or claim.hesitant
        or claim.liking < 0
        for claim in said.claims
    )


def within(content: frozenset[str], other: frozenset[str]) -> bool:
    """Whether all that one text is about is in the other; a text about nothing is in none."""
    return bool(content) and content <= other


def may_be_denied(text: str) -> bool:
    """Whether a plain remark can take back something said in these words."""
    return _MAY_DENY.search(text) is not None


def _comparable(memory: MemoryRecord, turn: TurnRecord) -> bool:
    return (
        memory.speaker == turn.speaker
        and memory.role != "assistant"
        and memory.superseded_by is None
        and memory.turn != turn.id
    )


Judged = tuple[MemoryRecord, Sequence[StatementRecord], Relation, bool]


def _bearing(judged: Sequence[Judged], reading: Reading) -> Bearing:
    whole: list[int] = []
    single: list[tuple[int, int]] = []
    asks: list[tuple[int, str | None]] = []
    later: int | None = None
    gives_way: list[tuple[int, int, datetime]] = []
    for memory, stated, verdict, is_later in judged:
        if verdict.kind != "contradiction":
            continue
        if verdict.certainty == "unsure":
            asks.append((memory.id, _subject(stated, verdict)))
        elif not is_later and verdict.whole:
            later = memory.id
        elif not is_later:
            gives_way += [(memory.id, position, memory.said_at) for position in verdict.hits]
        elif verdict.whole or _none_left(memory, stated, verdict):
            whole.append(memory.id)
        else:
            single += [(memory.id, position) for position in verdict.hits]
    return Bearing(None, tuple(whole), tuple(single), later, tuple(gives_way), tuple(asks))


def _subject(stated: Sequence[StatementRecord], verdict: Relation) -> str | None:
    return next((stated[i].subject for i in verdict.hits if i < len(stated)), None)


def _none_left(memory: MemoryRecord, stated: Sequence[StatementRecord], verdict: Relation) -> bool:
    """Whether with these hits every statement of a memory has been replaced by now."""
    before = {one.position for one in stated if one.superseded_by is not None}
    if not before or not {one.position for one in stated} <= before | set(verdict.hits):
        return False
    return len(Said(memory.text).claims) <= len(stated)  # else more was said than was stated
