"""Recall: from a query to the memories that answer it, with confidence and reasons.

Candidates come from full text and from vectors, each with its neighbours; a ranker reads them in
the order they were said; what is no memory is left out; a value that was corrected comes after
the one that is current. Recall never writes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from assistant.encoder import Array, Encoder
from assistant.language import Statement
from assistant.matching import FEATURES, Query, Rows, match_features
from assistant.reading import is_passing
from assistant.turn import Recollection, Recollections, ResolvedDate, Scope
from storage import LongTermStore, MemoryRecord, StatementRecord, TurnIndex, TurnRecord

Mask = NDArray[np.bool_]

CANDIDATES = 48  # from each of full text and vectors; the neighbours come on top


class Ranker(Protocol):
    """Scores candidates in their timeline."""

    @property
    def threshold(self) -> float:
        """The confidence from which on a recall counts as confident, 0 to 1."""
        ...

    def score(self, features: Array) -> Array:
        """Log-odds of being evidence, (batch, timesteps), of (batch, timesteps, features)."""
        ...

    def confidence(self, scores: Array) -> Array:
        """Calibrated probabilities of scores, of the same shape."""
        ...


# What a factor of `why` is made of: these features are taken away to see what they gave.
FACTORS: dict[str, tuple[str, ...]] = {
    "words": ("lexical", "lexical_rank", "query_hits"),
    "meaning": ("similarity", "similarity_z", "similarity_rank"),
    "neighbours": ("similarity_before", "similarity_after"),
    "context": ("context",),
    "speaker": ("speaker_named", "other_named", "first_person", "second_person"),
    "form": ("asks", "digits", "length", "user", "assistant"),
    "time": ("in_window", "near_window", "age"),
}


class Why(Mapping[str, float]):
    """What each factor added to a score, worked out when first looked at.

    A factor's share is what the score loses when the factor's features are set to zero, for
    this candidate and all others (occlusion; Zeiler and Fergus 2014).
    """

    def __init__(self, ranker: Ranker, features: Array, position: int) -> None:
        self._ranker, self._features, self._position = ranker, features, position
        self._shares: dict[str, float] | None = None

    def _worked_out(self) -> dict[str, float]:
        if self._shares is None:
            variants = np.repeat(self._features[None], len(FACTORS) + 1, axis=0)
            for i, names in enumerate(FACTORS.values(), start=1):
                variants[i][:, [FEATURES.index(name) for name in names]] = 0.0
            scores = self._ranker.score(variants)[:, self._position]
            self._shares = {
                factor: round(float(scores[0] - scores[i]), 3)
                for i, factor in enumerate(FACTORS, start=1)
            }
        return self._shares

    def __getitem__(self, factor: str) -> float:
        return self._worked_out()[factor]

    def __iter__(self) -> Iterator[str]:
        return iter(FACTORS)

    def __len__(self) -> int:
        return len(FACTORS)

    def __repr__(self) -> str:
        return repr(self._worked_out())


class Recall:
    """Brings memories back.

    Args:
        store: Where they are.
        encoder: Encodes the query; must be the one that encoded the turns.
        ranker: Orders the candidates.
        threshold: Confidence from which on a recall is confident; None takes the ranker's.
    """

    def __init__(
        self,
        store: LongTermStore,
        encoder: Encoder,
        ranker: Ranker,
        *,
        threshold: float | None = None,
    ) -> None:
        self._store, self.encoder, self._ranker = store, encoder, ranker
        self.threshold = ranker.threshold if threshold is None else threshold

    def __call__(
        self,
        text: str,
        *,
        k: int = 10,
        now: datetime,
        scope: Scope = "memories",
        context: Array | None = None,
        also: Collection[int] = (),
        before: int | None = None,
        as_of: datetime | None = None,
        without: Collection[int] = (),
    ) -> Recollections:
        """The best k recollections for a query.

        Args:
            text: The query.
            k: How many to bring back at most.
            now: Timezone-aware; resolves dates in the query, and recency.
            scope: "memories" (and what is not consolidated yet), or "transcript": every turn.
            context: Short-term context, (dimension,).
            also: Turns to consider although they are no memories.
            before: Only turns committed before the one of this id: what asks is itself in the
                store by then, and would be the best match of all.
            as_of: Only what was said by then, as it was believed then.
            without: Numbers of memories to leave out, as if nobody could recall them.
        """
        index = self._store.index(self.encoder.fingerprint)
        if before is not None:
            index = _earlier(index, before)
        if not len(index.ids):
            return Recollections([], query=text, threshold=self.threshold)
        everything = np.ones(len(index.ids), np.bool_)
        allowed: Mask = everything if scope == "transcript" else index.recallable
        if also:
            allowed = allowed | np.isin(index.ids, list(also))
        if without:
            allowed = allowed & ~np.isin(index.memory, list(without))
        if as_of is not None:
            allowed = allowed & (index.said_at <= as_of.timestamp())
        vector = self.encoder.encode([text], kind="query")[0]
        query = Query(text, vector, now, context)
        rows, features = self.candidates(query, index, allowed, scope)
        scores = self._ranker.score(features[None])[0]
        confidence = self._ranker.confidence(scores)
        best = [i for i in np.argsort(-scores, kind="stable") if allowed[rows[i]]][: 3 * k]
        hits = self._recollections(index, rows, features, scores, confidence, best, as_of)
        hits = [hit for hit in hits if hit.memory not in without]  # what replaced one brings it
        if scope == "memories":  # what is not consolidated yet, but never will be a memory
            hits = [hit for hit in hits if hit.memory is not None or not is_passing(hit.text)]
        return Recollections(hits[:k], query=text, threshold=self.threshold)

    def candidates(
        self, query: Query, index: TurnIndex, allowed: Mask, scope: Scope
    ) -> tuple[Rows, Array]:
        """Rows of the index to rank, ascending, (m,), and their features, (m, features)."""
        lexical = np.zeros(len(index.ids), np.float32)
        found = self._store.search(query.text, k=200, scope=scope)
        if found:
            ids = np.array([turn for turn, _ in found])
            at = np.searchsorted(index.ids, ids)
            known = (at < len(index.ids)) & (index.ids[np.minimum(at, len(index.ids) - 1)] == ids)
            lexical[at[known]] = np.array([score for _, score in found], np.float32)[known]
        vectors = index.vectors
        comparable = vectors.shape[1] == len(query.vector)  # not so in a store without vectors
        similarity = vectors @ query.vector if comparable else np.zeros_like(lexical)
        lexical_allowed = np.where(allowed, lexical, 0)
        hits = np.concatenate(
            [
                _largest(lexical_allowed, CANDIDATES)[: np.count_nonzero(lexical_allowed)],
                _largest(np.where(allowed, similarity, -np.inf), CANDIDATES),
            ]
        )
        around = np.concatenate([hits, hits - 1, hits + 1])
        source = np.concatenate([hits, hits, hits])
        inside = (around >= 0) & (around < len(index.ids))
        around, source = around[inside], source[inside]
        rows = np.unique(around[index.session[around] == index.session[source]])
        return rows, match_features(query, index, rows, lexical, similarity)

    def _recollections(
        self,
        index: TurnIndex,
        rows: Rows,
        features: Array,
        scores: Array,
        confidence: Array,
        best: list[int],
        as_of: datetime | None,
    ) -> list[Recollection]:
        ids = [int(index.ids[rows[i]]) for i in best]
        memories = self._store.memories_of_turns(ids)
        turns = self._store.turns_by_id([turn for turn in ids if turn not in memories])
        stated = self._store.statements([memory.id for memory in memories.values()])
        if as_of is not None:
            memories = self._as_believed(memories, as_of)
            stated = {}  # of the words that they have now
        found: dict[int, Recollection] = {}
        corrected: dict[int, int] = {}
        in_part: list[tuple[int, int]] = []
        loose: list[Recollection] = []
        for i, turn in zip(best, ids, strict=True):
            why = Why(self._ranker, features, i)
            score, sure = float(scores[i]), float(confidence[i])
            memory = memories.get(turn)
            if memory is None:
                if turn in turns:  # else forgotten by another process since the index was read
                    loose.append(_from_turn(turns[turn], score, sure, why))
            elif memory.id not in found:
                found[memory.id] = _from_memory(memory, score, sure, why, stated.get(memory.id))
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

    def _as_believed(
        self, memories: Mapping[int, MemoryRecord], as_of: datetime
    ) -> dict[int, MemoryRecord]:
        """Memories as they were then, by turn; a turn whose memory is of later has none."""
        ids = [memory.id for memory in memories.values()]
        then = {one.id: one for one in self._store.memories(ids=ids, as_of=as_of)}
        return {turn: then[one.id] for turn, one in memories.items() if one.id in then}

    def _put_current_first(
        self, found: dict[int, Recollection], corrected: dict[int, int], as_of: datetime | None
    ) -> None:
        """Give the value that is current the place of the one that it corrected."""
        missing = [new for new in corrected.values() if new not in found]
        current = {memory.id: memory for memory in self._store.memories(ids=missing, as_of=as_of)}
        for old, new in corrected.items():
            before = found[old]
            if new not in found and new in current:
                found[new] = _from_memory(current[new], before.score, before.confidence, before.why)
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
            found[memory.id] = _from_memory(
                memory, old.score - 1e-6, old.confidence / 2, old.why, stated
            )


def _earlier(index: TurnIndex, before: int) -> TurnIndex:
    """The part of an index that was there before a turn; shares its memory."""
    count = int(np.searchsorted(index.ids, before))
    columns: dict[str, Any] = {c.name: getattr(index, c.name) for c in fields(index)}
    cut: dict[str, Any] = {
        name: c[:count] if isinstance(c, np.ndarray) else c for name, c in columns.items()
    }
    return TurnIndex(**cut)


def _largest(values: Array, count: int) -> Rows:
    """Positions of the largest values, largest first."""
    many = len(values) > count
    top = np.argpartition(-values, count)[:count] if many else np.arange(len(values))
    ordered: Rows = top[np.argsort(-values[top], kind="stable")]
    return ordered


def _from_turn(
    turn: TurnRecord, score: float, confidence: float, why: Mapping[str, float]
) -> Recollection:
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


def _from_memory(
    memory: MemoryRecord,
    score: float,
    confidence: float,
    why: Mapping[str, float],
    stated: Sequence[StatementRecord] | None = None,
) -> Recollection:
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
