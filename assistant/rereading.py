"""Reads a question again beside the candidates that rank best, before any is shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from assistant.encoder import Array, spoken
from storage import LongTermStore, TurnIndex

Rows = NDArray[np.int64]
Passage = tuple[str, str, str]


class Judgement(Protocol):
    """What came of reading."""

    @property
    def scores(self) -> Array:
        """Log-odds of each candidate read against the others, (candidates,)."""
        ...

    def confidence(self, scores: Array) -> Array:
        """Calibrated probabilities of being evidence, given such scores, read or not, (m,)."""
        ...


class Reader(Protocol):
    """Reads a question beside a few candidates."""

    @property
    def candidates(self) -> int:
        """How many it reads at most."""
        ...

    @property
    def threshold(self) -> float:
        """The confidence from which on a recall counts as confident, 0 to 1."""
        ...

    def read(
        self,
        question: str,
        passages: Sequence[Passage],
        features: Array,
        scores: Array,
        every: Array,
    ) -> Judgement:
        """Read a question beside the best candidates, with what the ranker made of them."""
        ...


@dataclass(frozen=True, slots=True)
class Reread:
    """All candidates, m of them, now that the best have been read.

    Args:
        scores: Log-odds of being evidence, (m,).
        confidence: Calibrated probabilities of it, (m,).
    """

    scores: Array
    confidence: Array


def reread(
    reader: Reader,
    store: LongTermStore,
    question: str,
    index: TurnIndex,
    rows: Rows,
    features: Array,
    scores: Array,
    best: Rows,
) -> Reread:
    """What the candidates are like now that the best have been read.

    Those that are not read are as far behind the last that is as the ranker puts them.

    Args:
        reader: Reads.
        store: Where the words are.
        question: Its words.
        index: The turns that there are.
        rows: Candidates as rows of the index, (m,).
        features: Of these, (m, features).
        scores: Of the ranker, (m,).
        best: Places of candidates, best first, at least one; the first of them are read.
    """
    first = best[: reader.candidates]
    beside = np.concatenate([rows[first] - 1, rows[first], rows[first] + 1])
    beside = beside[(beside >= 0) & (beside < len(index.ids))]
    turns = store.turns_by_id(index.ids[beside].tolist())
    words = {number: spoken(turn.speaker, turn.text) for number, turn in turns.items()}
    judged = reader.read(
        question,
        [passage(index, int(row), words) for row in rows[first]],
        features[first],
        scores[first],
        scores,
    )
    after = scores + (judged.scores.min() - scores[first].min())
    after[first] = judged.scores
    return Reread(after, judged.confidence(after))


def passage(index: TurnIndex, row: int, words: Mapping[int, str]) -> Passage:
    """What stands in a row of the index and beside it in the same session; "" for nothing."""

    def at(place: int) -> str:
        if not 0 <= place < len(index.ids) or index.session[place] != index.session[row]:
            return ""
        return words.get(int(index.ids[place]), "")

    return at(row - 1), at(row), at(row + 1)
