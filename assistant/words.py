"""Which words of a question which turns hold, and how much that says.

With N turns of which df hold a term, and a turn of length l beside the mean length L:

    idf      = ln(1 + (N - df + ½) / (df + ½))                       rare words say more
    bm25     = Σ idf · (k₁+1) / (1 + k₁ (1 - b + b·l/L))             over the terms a turn holds
    coverage = Σ idf of the terms held / Σ idf of all terms, 0 to 1

(Robertson and Zaragoza 2009, with each term counted once a turn: turns are short.) The names of
speakers say who is meant rather than what: coverage leaves them out.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from assistant.encoder import Array
from storage import TurnIndex

Rows = NDArray[np.int64]

K1: Final = 1.2
B: Final = 0.75


class WordMatch:
    """The words of one question against every turn of an index, n of them.

    Args:
        terms: The question's terms, t of them.
        holding: Ids of the turns that hold each term, ascending; others than the index's are
            passed over.
        index: The owner's turns.
        names: Those of the terms that name a speaker.

    ``hits`` are the turns that hold any of the terms, as rows of the index, ascending; ``bm25``
    and ``content_bm25`` are the scores of every turn, (n,), 0 beyond the hits.
    """

    def __init__(
        self,
        terms: Sequence[str],
        holding: Mapping[str, Rows],
        index: TurnIndex,
        names: Collection[str] = (),
    ) -> None:
        n = len(index.ids)
        self._where = [_places(index.ids, holding[term]) for term in terms]
        df = np.array([len(rows) for rows in self._where], np.float32)
        self.idf: Array = np.log(1 + (n - df + 0.5) / (df + 0.5)).astype(np.float32)
        # A question that only names somebody is about that name.
        content = [i for i, term in enumerate(terms) if term not in names]
        self._content = content or list(range(len(terms)))
        self._held = np.zeros((len(self._content), n), np.bool_)
        for held, i in zip(self._held, self._content, strict=True):
            held[self._where[i]] = True
        self.hits: Rows = _union(self._where, n)
        length = index.length[self.hits] / max(float(index.length.mean()), 1.0)
        norm = ((K1 + 1) / (1 + K1 * (1 - B + B * length))).astype(np.float32)
        self.bm25 = self._score(range(len(terms)), n, norm)
        self.content_bm25 = self._score(self._content, n, norm)
        self.named = np.zeros(n, np.bool_)
        for i, term in enumerate(terms):
            if term in names:
                self.named[self._where[i]] = True
        weight = self.idf[self._content]
        self._weight = weight / max(float(weight.sum()), 1e-6)
        self._heaviest = float(self._weight.max()) if len(self._content) else 1.0

    def __len__(self) -> int:
        """How many terms say what is meant."""
        return len(self._content)

    def held(self, rows: Rows) -> Array:
        """Which content terms turns hold, (terms, m), 0 or 1."""
        held: Array = self._held[:, rows].astype(np.float32)
        return held

    def coverage(self, held: Array) -> Array:
        """The share of the question in what is held: (terms, m) to (m,)."""
        share: Array = self._weight @ held
        return share

    def rarest(self, held: Array) -> Array:
        """The weight of the rarest term held, over that of the rarest asked for, (m,)."""
        if not len(self._content):
            return np.zeros(held.shape[1], np.float32)
        rarest: Array = (self._weight[:, None] * held).max(axis=0) / self._heaviest
        return rarest

    def held_in_session(self, session: NDArray[np.int32]) -> Array:
        """Which content terms sessions hold, (terms, sessions), by session code."""
        out = np.zeros((len(self._content), int(session.max()) + 1), np.float32)
        for row, i in zip(out, self._content, strict=True):
            row[session[self._where[i]]] = 1
        return out

    def best_coverage(self) -> float:
        """The highest coverage of any turn."""
        total = np.zeros(self._held.shape[1], np.float32)
        for weight, i in zip(self._weight, self._content, strict=True):
            total[self._where[i]] += weight
        return float(total.max(initial=0.0))

    def _score(self, terms: Collection[int], n: int, norm: Array) -> Array:
        """BM25 of n turns, ``norm`` being that of the hits."""
        total = np.zeros(n, np.float32)
        for i in terms:
            total[self._where[i]] += self.idf[i]
        total[self.hits] *= norm
        return total


def _union(where: Sequence[Rows], n: int) -> Rows:
    """Every place, of n, that is in any of these, ascending."""
    any_of = np.zeros(n, np.bool_)
    for places in where:
        any_of[places] = True
    return np.flatnonzero(any_of)


def _places(ids: Rows, wanted: Rows) -> Rows:
    """Where ids are in an index; those that are not are left out."""
    if not len(ids):
        return np.zeros(0, np.int64)
    if ids[-1] - ids[0] == len(ids) - 1:  # none is missing: no search is needed
        inside: Rows = wanted - ids[0]
        return inside[(inside >= 0) & (inside < len(ids))]
    at = np.minimum(np.searchsorted(ids, wanted), len(ids) - 1)
    found: Rows = at[ids[at] == wanted]
    return found
