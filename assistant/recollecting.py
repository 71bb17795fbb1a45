"""What the best candidates are as recollections: words, score, confidence, what replaced them.

Two turns may be one memory; a value that was corrected comes after the one that is current, and a
memory that has served before comes a little further to the front.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType

from assistant.encoder import Array
from assistant.language import Statement
from assistant.matching import Rows
from assistant.ranking import Ranker, Why
from assistant.strength import strength, strengths
from assistant.turn import Recollection, ResolvedDate
from storage import LongTermStore, MemoryRecord, StatementRecord, TurnIndex, TurnRecord

NO_REASONS: Mapping[str, float] = MappingProxyType({})
USE_WEIGHT = 0.1  # log-odds for each unit of activation that uses have added
USE_MOST = 0.3  # so that use decides only between memories that answer about as well


@dataclass(frozen=True, slots=True)
class Ranked:
    """Candidates in the order they were said, m of them, and what was made of them.

    Args:
        index: The turns that there are.
        rows: The candidates, as rows of the index, (m,).
        features: What they were ranked by, (m, features).
        scores: Log-odds of being evidence, of the ranker, (m,).
        reading: What the reader has added to them, (m,).
        confidence: Calibrated probabilities of it, (m,).
        ranker: What scored them.
    """

    index: TurnIndex
    rows: Rows
    features: Array
    scores: Array
    reading: Array
    confidence: Array
    ranker: Ranker


class Recollecting:
    """Reads candidates out of the store.

    Args:
        store: Where they are.
    """

    def __init__(self, store: LongTermStore) -> None:
        self._store = store

    def __call__(
        self, ranked: Ranked, best: Sequence[int], now: datetime, as_of: datetime | None
    ) -> list[Recollection]:
        """Some of the candidates as recollections, best first; as many or fewer.

        Args:
            ranked: All of them.
            best: Places of those wanted.
            now: When it is asked: uses fade.
            as_of: What was believed then; None for what is now.
        """
        index, rows = ranked.index, ranked.rows
        kept = {int(index.ids[rows[i]]): int(index.memory[rows[i]]) for i in best}
        numbers = {number for number in kept.values() if number}
        read = self._store.memories(ids=numbers, as_of=as_of) if numbers else []
        records = {memory.id: memory for memory in read}
        memories = {turn: records[of] for turn, of in kept.items() if of in records}
        turns = self._store.turns_by_id([turn for turn, of in kept.items() if not of])
        # Statements are of the words that a memory has now.
        stated = self._store.statements(list(records)) if as_of is None else {}
        served = self._served(records.values(), now)
        found: dict[int, Recollection] = {}
        corrected: dict[int, int] = {}
        in_part: list[tuple[int, int]] = []
        loose: list[Recollection] = []
        for i, turn in zip(best, kept, strict=True):
            memory = memories.get(turn)
            use = served.get(memory.id, 0.0) if memory is not None else 0.0
            reading = float(ranked.reading[i])
            why = Why(ranked.ranker, ranked.features, i, use=use, reading=reading)
            score, sure = float(ranked.scores[i]) + reading + use, float(ranked.confidence[i])
            if memory is None:
                if turn in turns:  # else forgotten by another process since the index was read
                    loose.append(of_turn(turns[turn], score, sure, why))
            elif memory.id not in found:
                found[memory.id] = of_memory(memory, score, sure, why, stated.get(memory.id))
                if memory.superseded_by is not None:
                    corrected[memory.id] = memory.superseded_by
                in_part += [
                    (memory.id, one.superseded_by)
                    for one in stated.get(memory.id, ())
                    if one.superseded_by is not None
                ]
        self._put_current_first(found, corrected, as_of)
        self._put_beside(found, in_part)
        return sorted([*found.values(), *loose], key=lambda hit: -hit.score)

    def _served(self, memories: Iterable[MemoryRecord], now: datetime) -> dict[int, float]:
        """What their earlier uses add to the scores of memories: a little, and only a little."""
        used = [memory for memory in memories if memory.uses]
        if not used:
            return {}
        active = strengths(self._store, used, now)
        return {
            memory.id: min(
                USE_WEIGHT * max(active[memory.id] - strength([memory.said_at], now), 0.0), USE_MOST
            )
            for memory in used
        }

    def _put_current_first(
        self,
        found: dict[int, Recollection],
        corrected: dict[int, int],
        as_of: datetime | None,
    ) -> None:
        """Give the value that is current the place of the one that it corrected, and of all that
        this one had corrected before."""
        while missing := {new: old for old, new in corrected.items() if new not in found}:
            fetched = self._store.memories(ids=list(missing), as_of=as_of)
            if not fetched:
                break
            for memory in fetched:
                old = found[missing[memory.id]]
                found[memory.id] = of_memory(memory, old.score, old.confidence, old.why)
                if memory.superseded_by is not None:
                    corrected[memory.id] = memory.superseded_by
        for replaced in sorted(corrected, key=lambda one: found[one].said_at):
            before, new = found[replaced], corrected[replaced]
            if new in found and found[new].score <= before.score:
                found[new] = replace(
                    found[new],
                    score=before.score + 1e-6,
                    confidence=max(before.confidence, found[new].confidence),
                )

    def _put_beside(self, found: dict[int, Recollection], pairs: list[tuple[int, int]]) -> None:
        """After a memory of which one statement was replaced, what replaced it; half as sure."""
        missing = {new: old for old, new in pairs if new not in found}
        for memory in self._store.memories(ids=missing) if missing else ():
            old = found[missing[memory.id]]
            stated = self._store.statements([memory.id])[memory.id]
            found[memory.id] = of_memory(
                memory, old.score - 1e-6, old.confidence / 2, old.why, stated
            )


def of_turn(
    turn: TurnRecord,
    score: float = 0.0,
    confidence: float = 0.0,
    why: Mapping[str, float] = NO_REASONS,
) -> Recollection:
    """A turn that is no memory, brought back; left alone, recall vouches for nothing."""
    return Recollection(
        text=turn.text,
        speaker=turn.speaker,
        role=turn.role,  # type: ignore[arg-type]
        said_at=turn.said_at,
        score=score,
        confidence=confidence,
        refs=(turn.ref,),
        why=why,
    )


def of_memory(
    memory: MemoryRecord,
    score: float = 0.0,
    confidence: float = 0.0,
    why: Mapping[str, float] = NO_REASONS,
    stated: Sequence[StatementRecord] | None = None,
) -> Recollection:
    """A memory brought back; ``stated`` are its statements, None when they were not looked up."""
    read = tuple(Statement(s.subject, s.value or "", s.exclusive, s.words) for s in stated or ())
    return Recollection(
        text=memory.text,
        speaker=memory.speaker,
        role=memory.role,  # type: ignore[arg-type]
        said_at=memory.said_at,
        score=score,
        confidence=confidence,
        refs=memory.refs,
        why=why,
        dates=tuple(ResolvedDate(d.phrase, d.start, d.end) for d in memory.dates),
        superseded=memory.superseded_by is not None,
        memory=memory.id,
        # Filed under a subject but without a statement: made before statements were kept.
        replaced=frozenset(i for i, s in enumerate(stated or ()) if s.superseded_by is not None),
        statements=read if read or (stated is not None and memory.subject is None) else None,
    )


def unvouched(memory: MemoryRecord) -> Recollection:
    """A memory put beside what recall found, which vouches for nothing."""
    return replace(of_memory(memory), pinned=memory.pinned)
