"""What the reader is trained on: questions and what is read for each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.encoder import Array
from assistant.matching import FEATURES
from assistant.neural.reader import AFTER, BEFORE, QUESTION, SUMMARY, TURN

READ = 10  # candidates kept of each question
PIECES = BEFORE + TURN + AFTER
ABSENT = -100.0  # the score of a candidate that is not there; the ranker's never go so low
# As it is; with its evidence never said; of the wrong one of two people; of what nobody spoke of.
ASKED, MASKED, MISTAKEN, UNANSWERABLE = 0, 1, 2, 3

BY_CANDIDATE = ("ids", "part", "features", "scores", "evidence")

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Readings:
    """Questions and what is read for them, n of each, K candidates at most.

    Args:
        asked: Pieces of the question, (n, QUESTION), -1 from its end on.
        ids: Pieces of the passages, (n, K, PIECES), -1 from their end on.
        part: Of which turn each is, (n, K, PIECES).
        features: Match features, (n, K, features).
        scores: Of the ranker, best first, (n, K); ABSENT where there is no candidate.
        summary: Of the scores of all, (n, SUMMARY).
        evidence: Which candidates are, (n, K).
        kind: ASKED, MASKED, MISTAKEN or UNANSWERABLE, (n,).
        source: Corpus of the question, (n,).
    """

    asked: NDArray[np.int32]
    ids: NDArray[np.int32]
    part: NDArray[np.int8]
    features: NDArray[np.float16]
    scores: Array
    summary: Array
    evidence: NDArray[np.bool_]
    kind: NDArray[np.int8]
    source: NDArray[np.str_]

    def __len__(self) -> int:
        return len(self.kind)

    def __getitem__(self, rows: Ints | NDArray[np.bool_]) -> Readings:
        return Readings(*(getattr(self, one.name)[rows] for one in fields(self)))

    def first(self, count: int) -> Readings:
        """Only the best so many candidates of each."""
        cut = {
            one.name: getattr(self, one.name)[:, :count]
            for one in fields(self)
            if one.name in BY_CANDIDATE
        }
        return replace(self, **cut)

    @classmethod
    def of(cls, parts: Sequence[Readings]) -> Readings:
        """Several as one."""
        names = [one.name for one in fields(cls)]
        return cls(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))

    @classmethod
    def empty(cls) -> Readings:
        """None at all."""
        return cls(
            np.zeros((0, QUESTION), np.int32),
            np.zeros((0, READ, PIECES), np.int32),
            np.zeros((0, READ, PIECES), np.int8),
            np.zeros((0, READ, len(FEATURES)), np.float16),
            np.zeros((0, READ), np.float32),
            np.zeros((0, SUMMARY), np.float32),
            np.zeros((0, READ), np.bool_),
            np.zeros(0, np.int8),
            np.zeros(0, np.str_),
        )


def filled(rows: Any, length: int, value: Any) -> NDArray[Any]:
    """Rows as an array of exactly so many."""
    array = np.asarray(rows)
    out = np.full((length, *array.shape[1:]), value, array.dtype)
    out[: len(array)] = array[:length]
    return out
