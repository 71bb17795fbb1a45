"""Recall: from a query to the memories that answer it, with confidence and reasons.

Candidates come from full text and from vectors, each with its neighbours; a ranker reads them in
the order they were said; what is no memory is left out; a value that was corrected comes after
the one that is current. Recall never writes.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from assistant.encoder import Array, Encoder
from assistant.language import Statement, asked_in
from assistant.matching import FEATURES, Query, Rows, Vectors, match_features
from assistant.reading import is_passing
from assistant.rereading import Reader, reread
from assistant.strength import strength, strengths
from assistant.turn import Recollection, Recollections, ResolvedDate, Scope
from assistant.words import WordMatch
from storage import LongTermStore, MemoryRecord, StatementRecord, TurnIndex, TurnRecord

Mask = NDArray[np.bool_]

USER, ASSISTANT = 0, 1  # as ``TurnIndex.role`` has them
CANDIDATES = 48  # from each of full text and vectors; the neighbours come on top
USE_WEIGHT = 0.1  # log-odds for each unit of activation that uses have added
USE_MOST = 0.3  # so that use decides only between memories that answer about as well
ARCHIVED = 0.5  # log-odds that being in the archive costs: it is found when it answers best
FEWEST = 6  # the same, when there is no time at all
ROWS_A_CANDIDATE = 4  # what becomes of a candidate, with its neighbours and those of the others
SPARE = 4  # read beyond what is wanted: two turns may be one memory


class Ranker(Protocol):
    """Scores candidates in their timeline."""

    @property
    def threshold(self) -> float:
        """The confidence from which on a recall counts as confident, 0 to 1."""
        ...

    def score(self, features: Array) -> Array:
        """Log-odds of being evidence, (batch, timesteps), of (batch, timesteps, features)."""
        ...

    def confidence(self, scores: Array, features: Array) -> Array:
        """Calibrated probabilities of scores, of the same shape, given what was scored."""
        ...


# What a factor of `why` is made of: these features are taken away to see what they gave.
FACTORS: dict[str, tuple[str, ...]] = {
    "words": (
        "lexical",
        "lexical_rank",
        "content",
        "content_rank",
        "coverage",
        "rarest",
        "names_speaker",
        "query_hits",
        "query_coverage",
    ),
    "meaning": (
        "similarity",
        "similarity_z",
        "similarity_rank",
        "central",
        "query_similarity",
    ),
    "neighbours": (
        "coverage_window",
        "coverage_before",
        "coverage_after",
        "coverage_near",
        "similarity_before",
        "similarity_after",
        "similarity_near",
        "similarity_pair",
        "before_same",
        "before_asks",
    ),
    "session": ("coverage_session", "content_session", "similarity_session"),
    "speaker": ("speaker_named", "other_named", "first_person", "second_person"),
    "form": (
        "asks",
        "digits",
        "names_time",
        "names_place",
        "names",
        "quotes",
        "counts",
        "of_self",
        "addresses",
        "exclaims",
        "length",
        "user",
        "assistant",
    ),
    "time": ("in_window", "near_window", "query_time"),
}


USE = "use"  # the factor that is no feature: how often the memory has served before


class Why(Mapping[str, float]):
    """What each factor added to a score, worked out when first looked at.

    A factor's share is what the score loses when the factor's features are set to zero, for
    this candidate and all others (occlusion; Zeiler and Fergus 2014). What earlier uses add is
    added outside the ranker.
    """

    def __init__(self, ranker: Ranker, features: Array, position: int, use: float = 0.0) -> None:
        self._ranker, self._features, self._position = ranker, features, position
        self._use = use
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
            } | {USE: round(self._use, 3)}
        return self._shares

    def __getitem__(self, factor: str) -> float:
        return self._worked_out()[factor]

    def __iter__(self) -> Iterator[str]:
        return iter((*FACTORS, USE))

    def __len__(self) -> int:
        return len(FACTORS) + 1

    def __repr__(self) -> str:
        return repr(self._worked_out())


class Recall:
    """Brings memories back.

    Args:
        store: Where they are.
        encoder: Encodes the query; must be the one that encoded the turns.
        ranker: Orders the candidates.
        reader: Reads the best again, word for word, and says how sure they are that they answer,
            where something is asked and there are more than it reads; else the ranker says so.
        threshold: Confidence from which on a recall is confident; None takes that of whoever
            says how sure it is.
    """

    def __init__(
        self,
        store: LongTermStore,
        encoder: Encoder,
        ranker: Ranker,
        reader: Reader | None = None,
        *,
        threshold: float | None = None,
    ) -> None:
        self._store, self.encoder, self._ranker, self._reader = store, encoder, ranker, reader
        self.threshold = ranker.threshold if threshold is None else threshold
        read = ranker if reader is None else reader
        self._read_threshold = read.threshold if threshold is None else threshold
        self._costs = _Costs()

    def __call__(
        self,
        text: str,
        *,
        k: int = 10,
        now: datetime,
        scope: Scope = "memories",
        context: Array | None = None,
        also: Collection[int] = (),
        asked: Collection[int] = (),
        before: int | None = None,
        as_of: datetime | None = None,
        without: Collection[int] = (),
        without_memories: Collection[int] = (),
        budget_ms: float | None = None,
    ) -> Recollections:
        """The best k recollections for a query.

        Args:
            text: The query.
            k: How many to bring back at most.
            now: Timezone-aware; resolves dates in the query, and recency.
            scope: "memories" (and what is not consolidated yet), or "transcript": every turn.
            context: What short-term memory adds to the vector of an incomplete question,
                (dimension,).
            also: Turns to consider although they are no memories.
            asked: Turns not decided about yet that only ask.
            before: Only turns committed before the one of this id: what asks is itself in the
                store by then, and would be the best match of all.
            without: Ids of turns to recall as if they had never been said.
            without_memories: The same of memories, with every turn that tells them.
            as_of: What was believed then: later turns, corrections and edits are left out.
            budget_ms: Time to keep within, from now. When it grows short fewer candidates are
                ranked, in halves down to a few, and then none is read again; the search itself
                is never cut.
        """
        clock = _Budget(budget_ms, self._costs, reads=self._reader is not None)
        with self._store.viewing():
            index = self._store.index(self.encoder.fingerprint)
            if before is not None:
                index = _cut(index, slice(int(np.searchsorted(index.ids, before))))
            vectors = Vectors(index.vectors)
            if without or without_memories or as_of is not None:
                kept = ~np.isin(index.ids, list(without))
                kept &= ~np.isin(index.memory, [one for one in without_memories if one])
                if as_of is not None:
                    kept &= index.said_at <= as_of.timestamp()
                index, vectors = _narrowed(index, vectors, np.flatnonzero(kept))
            if scope == "memories":
                said = np.flatnonzero(~_echoes(index, asked))
                if len(said) < len(index.ids):
                    index, vectors = _narrowed(index, vectors, said)
            if not len(index.ids):
                return Recollections([], query=text, threshold=self.threshold)
            allowed: Mask = np.ones(len(index.ids), np.bool_)
            if scope == "memories":
                allowed = index.recallable | np.isin(index.ids, list(also))
            vector = self.encoder.encode([text], kind="query")[0]
            if context is not None:
                vector = vector + context
                vector = vector / np.float32(max(float(np.linalg.norm(vector)), 1e-6))
            query = Query(text, vector, now)
            found = self._best(query, index, vectors, allowed, k, scope, as_of, clock)
            if without_memories:  # what one of them has replaced brings it along
                left = [hit for hit in found if hit.memory not in without_memories]
                return Recollections(left, query=text, threshold=found.threshold)
            return found

    def _best(
        self,
        query: Query,
        index: TurnIndex,
        vectors: Vectors,
        allowed: Mask,
        k: int,
        scope: Scope,
        as_of: datetime | None,
        clock: _Budget,
    ) -> Recollections:
        rows, features = self.candidates(query, index, allowed, vectors, clock.candidates)
        scores = self._ranker.score(features[None])[0] - ARCHIVED * index.archived[rows]
        clock.ranked(len(rows))
        confidence = self._ranker.confidence(scores, features)
        best = [i for i in np.argsort(-scores, kind="stable") if allowed[rows[i]]]
        threshold = self.threshold
        reader = self._reader if asked_in(query.text) else None
        if reader is not None and len(best) > reader.candidates and clock.reads():
            confidence = reread(
                reader, self._store, query.text, index, rows, features, scores, best
            )
            clock.read()
            threshold = self._read_threshold
        hits: list[Recollection] = []
        for start in range(0, len(best), k + SPARE):  # mostly once
            part = best[start : start + k + SPARE]
            read = self._recollections(
                query, index, rows, features, scores, confidence, part, as_of
            )
            if scope == "memories":  # what is not consolidated yet, but never will be a memory
                read = [hit for hit in read if hit.memory is not None or not is_passing(hit.text)]
            seen = {hit.memory for hit in hits if hit.memory is not None}
            hits += [hit for hit in read if hit.memory not in seen]
            if len(hits) >= k:
                break
        hits.sort(key=lambda hit: -hit.score)
        return Recollections(hits[:k], query=query.text, threshold=threshold)

    def candidates(
        self,
        query: Query,
        index: TurnIndex,
        allowed: Mask,
        vectors: Vectors | None = None,
        count: Callable[[], int] = lambda: CANDIDATES,
    ) -> tuple[Rows, Array]:
        """Rows of the index to rank, ascending, (m,), and their features, (m, features).

        Args:
            query: The question.
            index: The owner's turns, n of them.
            allowed: Which of them may be brought back, (n,).
            vectors: Theirs; the index's own when None.
            count: How many to take of each search; asked when the searches are done.
        """
        vectors = vectors or Vectors(index.vectors)
        named = query.names(index.speakers)
        words = self._words(query, index, named)
        similarity = vectors.similarity(query.vector)
        rows = self._rows(index, allowed, words, similarity, count())
        return rows, match_features(query, index, rows, words, similarity, vectors, named)

    def _rows(
        self, index: TurnIndex, allowed: Mask, words: WordMatch, similarity: Array, count: int
    ) -> Rows:
        """The best of each search with their neighbours in the session, ascending, (m,)."""
        lexical = words.hits[allowed[words.hits]]
        hits = np.concatenate(
            [
                _largest_positive(words.bm25, lexical, count),
                _largest_positive(words.content_bm25, lexical, count // 2),
                _largest(similarity, allowed, count),
            ]
        )
        around = np.concatenate([hits, hits - 1, hits + 1])
        source = np.concatenate([hits, hits, hits])
        inside = (around >= 0) & (around < len(index.ids))
        around, source = around[inside], source[inside]
        rows: Rows = np.unique(around[index.session[around] == index.session[source]])
        return rows

    def _words(self, query: Query, index: TurnIndex, named: Mask) -> WordMatch:
        """The question's words, and which of them are the names of speakers."""
        terms = self._store.terms(query.text)
        names = {
            term
            for speaker, is_named in zip(index.speakers, named, strict=True)
            if is_named
            for term in self._store.terms(speaker)
        }
        return WordMatch(terms, self._store.holding(terms), index, names)

    def _recollections(
        self,
        query: Query,
        index: TurnIndex,
        rows: Rows,
        features: Array,
        scores: Array,
        confidence: Array,
        best: list[int],
        as_of: datetime | None,
    ) -> list[Recollection]:
        ids = [int(index.ids[rows[i]]) for i in best]
        kept = {int(index.ids[rows[i]]): int(index.memory[rows[i]]) for i in best}
        numbers = {number for number in kept.values() if number}
        read = self._store.memories(ids=numbers, as_of=as_of) if numbers else []
        records = {memory.id: memory for memory in read}
        memories = {turn: records[of] for turn, of in kept.items() if of in records}
        turns = self._store.turns_by_id([turn for turn, of in kept.items() if not of])
        # Statements are of the words that a memory has now.
        stated = self._store.statements(list(records)) if as_of is None else {}
        served = self._served(records.values(), query.now)
        found: dict[int, Recollection] = {}
        corrected: dict[int, int] = {}
        in_part: list[tuple[int, int]] = []
        loose: list[Recollection] = []
        for i, turn in zip(best, ids, strict=True):
            memory = memories.get(turn)
            use = served.get(memory.id, 0.0) if memory is not None else 0.0
            why = Why(self._ranker, features, i, use)
            score, sure = float(scores[i]) + use, float(confidence[i])
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
                found[memory.id] = _from_memory(memory, old.score, old.confidence, old.why)
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
            found[memory.id] = _from_memory(
                memory, old.score - 1e-6, old.confidence / 2, old.why, stated
            )


class _Costs:
    """What ranking a row and reading the best again have cost so far; running means."""

    def __init__(self) -> None:
        self.row_ms = 0.03
        self.read_ms = 3.0

    def ranked(self, row_ms: float) -> None:
        """Take in one more measurement of a row."""
        self.row_ms += 0.2 * (row_ms - self.row_ms)

    def read(self, read_ms: float) -> None:
        """The same of a reading."""
        self.read_ms += 0.2 * (read_ms - self.read_ms)


class _Budget:
    """How many candidates there is time for, and whether there is time to read the best again."""

    def __init__(self, budget_ms: float | None, costs: _Costs, *, reads: bool) -> None:
        self._budget_ms, self._costs, self._reads = budget_ms, costs, reads
        self._start = self._asked = time.perf_counter()

    def candidates(self) -> int:
        """So many from each search; asked when the searches are done."""
        self._asked = time.perf_counter()
        count = CANDIDATES
        left = self._left() - (self._costs.read_ms if self._reads else 0.0)
        while count > FEWEST and ROWS_A_CANDIDATE * count * self._costs.row_ms > left:
            count //= 2
        return count

    def ranked(self, rows: int) -> None:
        """So many rows have been ranked since."""
        if rows:
            self._costs.ranked((time.perf_counter() - self._asked) * 1e3 / rows)

    def reads(self) -> bool:
        """Whether there is time to read; asked when it would begin."""
        self._asked = time.perf_counter()
        return self._left() >= self._costs.read_ms

    def read(self) -> None:
        """It has been read since."""
        self._costs.read((time.perf_counter() - self._asked) * 1e3)

    def _left(self) -> float:
        """Milliseconds from when it was last asked."""
        if self._budget_ms is None:
            return float("inf")
        return self._budget_ms - (self._asked - self._start) * 1e3


def _echoes(index: TurnIndex, asked: Collection[int]) -> Mask:
    """Which turns only asked memory something, or were its answer to that, (n,).

    Recall takes them for unsaid: whoever asks the same again must not be told less because the
    question and what was recited for it stand in the transcript by now.
    """
    echo: Mask = np.zeros(len(index.ids), np.bool_)
    answer = (index.role == ASSISTANT) & index.recited & (index.memory == 0)
    question = (index.role == USER) & (~index.recallable | np.isin(index.ids, list(asked)))
    pair = question[:-1] & answer[1:] & (index.session[:-1] == index.session[1:])
    echo[:-1] |= pair
    echo[1:] |= pair
    return echo


def _narrowed(index: TurnIndex, vectors: Vectors, rows: Rows) -> tuple[TurnIndex, Vectors]:
    """Some of the turns, and their vectors, which are not copied: the index then holds none."""
    return _cut(replace(index, vectors=index.vectors[:, :0]), rows), vectors.of(rows)


def without_turns(index: TurnIndex, ids: Iterable[int]) -> TurnIndex:
    """An index as if these turns had never been said."""
    return _cut(index, ~np.isin(index.ids, list(ids)))


def _cut(index: TurnIndex, kept: slice | Mask | Rows) -> TurnIndex:
    """A part of an index; shares its memory where it is a slice."""
    columns: dict[str, Any] = {c.name: getattr(index, c.name) for c in fields(index)}
    cut: dict[str, Any] = {
        name: c[kept] if isinstance(c, np.ndarray) else c for name, c in columns.items()
    }
    return TurnIndex(**cut)


def _largest_positive(values: Array, among: Rows, count: int) -> Rows:
    """The same, of those above 0 among some places."""
    return among[_largest(values[among], values[among] > 0, count)]


def _largest(values: Array, allowed: Mask, count: int) -> Rows:
    """Positions of the largest values, largest first, of those allowed."""
    places = np.flatnonzero(allowed)
    values = -values[places]
    if len(values) > count:
        top = np.argpartition(values, count)[:count]
        places, values = places[top], values[top]
    ordered: Rows = places[np.argsort(values, kind="stable")]
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
