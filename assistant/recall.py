"""Recall: from a query to the memories that answer it, with confidence and reasons.

Candidates come from full text and from vectors, each with its neighbours; a ranker reads them in
the order they were said; what is no memory is left out; a value that was corrected comes after
the one that is current. Recall never writes.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime

import numpy as np

from assistant.budget import CANDIDATES, Budget, Costs
from assistant.encoder import Array, Encoder
from assistant.glance import FirstLook, worth_ranking
from assistant.language import asked_in
from assistant.matching import Query, Rows, Vectors, match_features
from assistant.narrowing import Mask, before_turn, echoes, narrowed, unsaid
from assistant.ranking import Ranker
from assistant.reading import is_passing
from assistant.recollecting import Ranked, Recollecting
from assistant.rereading import Reader, reread
from assistant.turn import Recollection, Recollections, Scope
from assistant.words import WordMatch
from storage import LongTermStore, TurnIndex, traits

BESIDE = 32  # of the best of each search: their neighbours are candidates too
ARCHIVED = 0.5  # log-odds that being in the archive costs: it is found when it answers best
QUOTED = 1.0  # the same for what somebody else is quoted as saying of themselves, asked of oneself
SPARE = 4  # read beyond what is wanted: two turns may be one memory
DENIED = 0.13  # what the reader gives less is no answer, however sure the ranker is


class Recall:
    """Brings memories back.

    Args:
        store: Where they are.
        encoder: Encodes the query; must be the one that encoded the turns.
        ranker: Orders the candidates.
        reader: Reads the best again, word for word, puts these in order and says how sure it is
            that they answer, where something is asked and there are more than it reads; else the
            ranker does.
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
        self._costs = Costs()
        self._recollect = Recollecting(store)

    def __call__(
        self,
        text: str,
        *,
        k: int = 10,
        now: datetime,
        scope: Scope = "memories",
        vector: Array | None = None,
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
            vector: Of the query, where it is known, (dimension,).
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
        clock = Budget(budget_ms, self._costs, reads=self._reader is not None)
        with self._store.viewing():
            index = self._store.index(self.encoder.fingerprint)
            if before is not None:
                index = before_turn(index, before)
            vectors = Vectors(index.vectors)
            if without or without_memories or as_of is not None:
                kept = ~unsaid(index, without, without_memories, as_of)
                index, vectors = narrowed(index, vectors, np.flatnonzero(kept))
            if scope == "memories":
                said = np.flatnonzero(~echoes(index, asked))
                if len(said) < len(index.ids):
                    index, vectors = narrowed(index, vectors, said)
            if not len(index.ids):
                return Recollections([], query=text, threshold=self.threshold)
            allowed: Mask = np.ones(len(index.ids), np.bool_)
            if scope == "memories":
                allowed = index.recallable | np.isin(index.ids, list(also))
            if vector is None:
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
        clock: Budget,
    ) -> Recollections:
        rows, features = self.candidates(query, index, allowed, vectors, clock.candidates)
        scores = self._ranker.score(features[None])[0] - ARCHIVED * index.archived[rows]
        if traits.FIRST_PERSON.search(query.text):
            scores -= QUOTED * ((index.traits[rows] & traits.QUOTES_SELF) > 0)
        clock.ranked(len(rows))
        confidence = self._ranker.confidence(scores, features)
        best = _order(scores, allowed[rows])
        threshold, reading = self.threshold, np.zeros_like(scores)
        reader = self._reader if asked_in(query.text) else None
        if reader is not None and len(best) and clock.reads():
            again = reread(reader, self._store, query.text, index, rows, features, scores, best)
            clock.read()
            if len(best) > reader.candidates:
                reading = again.scores - scores
                confidence, threshold = again.confidence, self._read_threshold
                best = _order(again.scores, allowed[rows])
            else:  # among a few turns the ranker knows better, but for what the reader denies
                denied = again.confidence < DENIED
                confidence = np.where(denied, np.minimum(confidence, again.confidence), confidence)
        ranked = Ranked(index, rows, features, scores, reading, confidence, self._ranker)
        hits: list[Recollection] = []
        for start in range(0, len(best), k + SPARE):  # mostly once
            wanted = best[start : start + k + SPARE].tolist()
            read = self._recollect(ranked, wanted, query.now, as_of)
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
        first_look: FirstLook = worth_ranking,
    ) -> tuple[Rows, Array]:
        """Rows of the index to rank, ascending, (m,), and their features, (m, features).

        Args:
            query: The question.
            index: The owner's turns, n of them.
            allowed: Which of them may be brought back, (n,).
            vectors: Theirs; the index's own when None.
            count: How many to take of each search; asked when the searches are done.
            first_look: Leaves out what is not worth ranking.
        """
        vectors = vectors or Vectors(index.vectors)
        named = query.names(index.speakers)
        words = self._words(query, index, named)
        similarity = vectors.similarity(query.vector)
        rows = self._rows(index, allowed, words, similarity, count())
        rows = first_look(index, rows, words, similarity, named)
        return rows, match_features(query, index, rows, words, similarity, vectors, named)

    def _rows(
        self, index: TurnIndex, allowed: Mask, words: WordMatch, similarity: Array, count: int
    ) -> Rows:
        """The best of each search and the neighbours of most, in the session, ascending, (m,)."""
        lexical = words.hits[allowed[words.hits]]
        found = [
            _largest_positive(words.bm25, lexical, count),
            _largest_positive(words.content_bm25, lexical, count // 2),
            _largest(similarity, allowed, count),
        ]
        near = np.concatenate([best[:BESIDE] for best in found])
        around = np.concatenate([*found, near - 1, near + 1])
        source = np.concatenate([*found, near, near])
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


def _order(scores: Array, allowed: Mask) -> Rows:
    """Places of the scores that are allowed, best first."""
    order = np.argsort(-scores, kind="stable")
    ordered: Rows = order[allowed[order]]
    return ordered


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
