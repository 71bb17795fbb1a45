"""A first look at the candidates: which of them are worth ranking.

The searches and the neighbours of what they find bring up to three hundred candidates; the ranker
reads them one after another. What a few numbers at hand say is enough to leave half of them out.
For a candidate with the words' score b, that of the words that are no names c (each over the best
of all), the cosine s, its z-score z, and the cosines s₋ and s₊ of the turns beside it:

    w · [b, c, max(b, c), s, z, z², s₋, s₊, its speaker is named, somebody else is]

is the log-odds, but for a constant, that it is evidence. The weights were learned from the training
timelines (logistic regression):

    python -m assistant.training glance --corpora DIR
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from assistant.encoder import Array
from assistant.matching import Rows, beside
from assistant.narrowing import Mask
from assistant.words import WordMatch
from storage import TurnIndex

WORTH: Final = 160  # candidates that are ranked at most
WEIGHTS: Final = {
    "lexical": 0.958,
    "content": 3.373,
    "lexical_or_content": -1.346,
    "similarity": 0.535,
    "similarity_z": 2.855,
    "similarity_z_squared": -0.25,
    "similarity_before": 2.864,
    "similarity_after": -0.582,
    "speaker_named": 0.99,
    "other_named": -2.194,
}
FirstLook = Callable[[TurnIndex, Rows, WordMatch, Array, Mask], Rows]
_WEIGHTS = np.array(list(WEIGHTS.values()), np.float32)


def glance(index: TurnIndex, rows: Rows, words: WordMatch, similarity: Array, named: Mask) -> Array:
    """What candidates look like at first, (m, len(WEIGHTS)).

    Args:
        index: The owner's turns, n of them.
        rows: Candidates as rows of the index, (m,).
        words: The question's words against every turn.
        similarity: Cosine of the question and every turn, (n,).
        named: Which of the index's speakers the question names, (speakers,).
    """
    out = np.empty((len(_WEIGHTS), len(rows)), np.float32)
    out[0] = words.bm25[rows] / (float(words.bm25.max()) or 1.0)
    out[1] = words.content_bm25[rows] / (float(words.content_bm25.max()) or 1.0)
    np.maximum(out[0], out[1], out=out[2])
    out[3] = similarity[rows]
    out[4] = (out[3] - similarity.mean()) / (float(similarity.std()) or 1.0) / 3
    out[5] = out[4] ** 2
    for row, step in ((out[6], -1), (out[7], 1)):
        place, same = beside(index, rows, step)
        row[:] = np.where(same, similarity[place], 0)
    out[8] = named[index.speaker[rows]] if len(named) else 0
    out[9] = (1 - out[8]) * bool(named.any())
    return out.T


def worth_ranking(
    index: TurnIndex, rows: Rows, words: WordMatch, similarity: Array, named: Mask
) -> Rows:
    """The ``WORTH`` candidates that look best, in their order; arguments as of ``glance``."""
    if len(rows) <= WORTH:
        return rows
    looks = glance(index, rows, words, similarity, named) @ _WEIGHTS
    best: Rows = np.sort(np.argpartition(-looks, WORTH)[:WORTH])
    return rows[best]
