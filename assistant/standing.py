"""Puts beside what recall found what a reply must heed anyway: preferences, allergies, pins.

A request seldom shares a word with the preference that it should be answered with, so recall by
words and meaning does not find it. The user's own memories that come nearest to the request are
looked through for standing ones (``preferences``). Never writes, and makes no recall confident.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import NamedTuple

import numpy as np

from assistant.encoder import Array, Encoder, encode_turns
from assistant.matching import Vectors
from assistant.neural.areas import AreasOfLife, load_areas
from assistant.preferences import (
    Candidate,
    is_request,
    is_standing,
    preferences_for,
    to_be_heeded,
    travels_always,
)
from assistant.recollecting import of_turn, unvouched
from assistant.turn import Recollection, Recollections
from storage import LongTermStore, TurnRecord, traits

NEAREST = 300
MAY_ASK, ASKS = 0.3, 0.9
"""How likely a text has to ask for help: a model is told too much rather than too little, memory
alone answers so only when it is sure."""
_MOST_ALWAYS = 12
_READ = 4096
_FIRST = 8  # of those to heed; the others come after all that recall found
_ALLERGIES = "allergic allergy intolerant 过敏 不耐受"


class _Own(NamedTuple):
    """One of the user's own turns or memories, how much it bears, and how likely it holds."""

    found: Recollection
    near: float
    likely: float


class Standing:
    """Adds preferences and what always travels.

    Args:
        store: Where the memories are.
        encoder: Measures how near a memory is to a request.
    """

    def __init__(self, store: LongTermStore, encoder: Encoder) -> None:
        self._store, self.encoder = store, encoder
        self._read: dict[int, bool] = {}  # by a hash: no words are held

    def asks(self, request: str, vector: Array | None, *, least: float = MAY_ASK) -> bool:
        """Whether a text asks for help or advice, by its form or as learned.

        Args:
            request: The words.
            vector: Of the text as a query, (dimension,); by its form alone without one.
            least: How likely it has to be.
        """
        if is_request(request):
            return True
        return vector is not None and self._areas is not None and self._areas.asks(vector) >= least

    def beside(
        self,
        found: Recollections,
        request: str,
        held: Sequence[TurnRecord] = (),
        *,
        vector: Array | None = None,
    ) -> Recollections:
        """The recollections with those that bear on a request although recall ranks them low.

        What recall is confident of stays in front; then come what always travels and the
        standing preferences that are nearest; then the rest, and the other preferences. Without a
        request, what always travels is put last.

        Args:
            found: What recall brought back.
            request: What the user asks for.
            held: Turns in short-term memory or just out of it, which are no memories yet.
            vector: Of the request as a query, where it is known, (dimension,).
        """
        asks = self.asks(request, vector)
        if asks and vector is None:
            vector = self.encoder.encode([request], kind="query")[0]
        asked = vector if asks else None
        own = self._own(asked)
        known_refs = {ref for one in own for ref in one.found.refs}
        own += self._held(asked, [one for one in held if one.ref not in known_refs])
        candidates = [
            Candidate(one.found.text, one.near, one.found.pinned, one.likely) for one in own
        ]
        told = asks and self._areas is not None
        chosen = [
            replace(own[i].found, bearing=self._bears(candidates[i]))
            if told
            and not travels_always(own[i].found.text, own[i].found.pinned)
            and not to_be_heeded(own[i].found.text, request)
            else own[i].found
            for i in preferences_for(request, candidates, holds=self._holds, asks=asks)
        ]
        if not chosen:
            return found
        known = {ref: hit for hit in found for ref in hit.refs}
        least = min((hit.score for hit in found), default=0.0)
        sure = [hit for hit in found if hit.confidence >= found.threshold]
        heeded = [_heeded(one, known.get(one.refs[0]), least) for one in chosen]
        refs = {ref for one in chosen for ref in one.refs}
        front = [replace(hit, standing=True) if refs & {*hit.refs} else hit for hit in sure]
        placed = {ref for hit in front for ref in hit.refs}
        heeded = [hit for hit in heeded if not placed & {*hit.refs}]
        rest = [hit for hit in found if hit not in sure and not refs & {*hit.refs}]
        first = _FIRST if asks else 0
        order = [*front, *heeded[:first], *rest, *heeded[first:]]
        return Recollections(order, query=found.query, threshold=found.threshold)

    def _held(self, asked: Array | None, held: Sequence[TurnRecord]) -> list[_Own]:
        """What the user said in this session."""
        own = [
            one
            for one in held
            if one.role == "user" and not traits.traits_of(one.text) & traits.QUOTES_SELF
        ]
        if asked is None:
            own = [one for one in own if is_standing(one.text)]
        if not own:
            return []
        near = likely = np.zeros(len(own), np.float32)
        if asked is not None:
            vectors = self._vectors(own)
            near, likely = self._bearing(asked, vectors), self._likely(vectors)
        return [
            _Own(of_turn(one), *values)
            for one, *values in zip(own, near.tolist(), likely.tolist(), strict=True)
        ]

    def _vectors(self, turns: Sequence[TurnRecord]) -> Array:
        """Theirs, (turns, dimension); those that the store does not have yet are worked out."""
        index = self._store.index(self.encoder.fingerprint)
        ids = np.array([one.id for one in turns], np.int64)
        if index.vectors.shape[1] == self.encoder.dimension and np.isin(ids, index.ids).all():
            found: Array = index.vectors[np.searchsorted(index.ids, ids)]
            return found
        return encode_turns(self.encoder, turns)

    def _own(self, asked: Array | None) -> list[_Own]:
        """The user's memories that may hold and bear on a request, are pinned, or of allergies."""
        index = self._store.index(self.encoder.fingerprint)
        own = (index.memory > 0) & (index.role == 0) & ~index.superseded & ~index.archived
        own &= (index.traits & traits.QUOTES_SELF) == 0  # somebody else's words are not the user's
        pinned = (index.memory > 0) & index.pinned
        if not own.any() and not pinned.any():
            return []
        places = set(np.flatnonzero(pinned)[:_MOST_ALWAYS].tolist())
        for turn, _ in self._store.search(_ALLERGIES, k=_MOST_ALWAYS, scope="memories"):
            place = int(np.searchsorted(index.ids, turn))
            if place < len(index.ids) and index.ids[place] == turn and own[place]:
                places.add(place)
        vectors = Vectors(index.vectors)
        if asked is not None:
            near = vectors.similarity(asked)
            ranked = np.argsort(-np.where(own, near, -np.inf), kind="stable")[:NEAREST]
            places.update(int(place) for place in ranked if own[place])
        chosen = sorted(places)
        values = likely = np.zeros(len(chosen), np.float32)
        if asked is not None and vectors.comparable(asked):
            values = self._bearing(asked, index.vectors[chosen])
            likely = self._likely(index.vectors[chosen])
        best: dict[int, tuple[float, float]] = {}
        for place, value, holds in zip(chosen, values.tolist(), likely.tolist(), strict=True):
            memory = int(index.memory[place])
            before = best.get(memory, (-1.0, 0.0))
            best[memory] = max(before[0], value), max(before[1], holds)
        records = self._store.memories(ids=list(best))
        return [_Own(unvouched(one), *best[one.id]) for one in records]

    def _bears(self, one: Candidate) -> float:
        """How much a preference bears on the request, less what is doubtful about it."""
        return one.similarity - (0.0 if self._holds(one.text) else one.doubt)

    def _holds(self, text: str) -> bool:
        """``is_standing``, read once: every request asks it of the same memories."""
        key = hash(text)
        if key not in self._read:
            if len(self._read) >= _READ:
                self._read.clear()
            self._read[key] = is_standing(text)
        return self._read[key]

    def _bearing(self, asked: Array, vectors: Array) -> Array:
        """How much turns bear on a request, (turns,), by areas of life; with an encoder that these
        were not trained with, how near they are."""
        if self._areas is not None:
            return self._areas.bearing(asked, vectors)
        near: Array = vectors @ asked
        return near

    def _likely(self, vectors: Array) -> Array:
        """How likely turns tell what holds in general, (turns,); 0 with an unknown encoder."""
        if self._areas is not None:
            return self._areas.holds(vectors)
        return np.zeros(len(vectors), np.float32)

    @cached_property
    def _areas(self) -> AreasOfLife | None:
        """Read when first needed: most chats ask for nothing."""
        areas = load_areas()
        return areas if areas.encoder == self.encoder.fingerprint else None


def _heeded(one: Recollection, hit: Recollection | None, score: float) -> Recollection:
    """One to heed, marked as such; as recall found it, if it did."""
    if hit is None:
        return replace(one, standing=True, score=score, confidence=0.0)
    return replace(hit, standing=True, pinned=one.pinned, bearing=one.bearing)
