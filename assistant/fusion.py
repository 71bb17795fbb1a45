"""Hand-tuned fusion: match features added up with weights set by hand.

The baseline that the learned ranker has to beat, in the same place of the same recall.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from assistant.matching import FEATURES

Array = NDArray[np.float32]

HAND_WEIGHTS = {
    "lexical": 2.0,
    "similarity_z": 2.0,
    "similarity_before": 0.6,
    "similarity_after": 0.3,
    "speaker_named": 0.6,
    "first_person": 0.4,
    "second_person": 0.2,
    "in_window": 0.4,
    "asks": -0.8,
}


class FusionRanker:
    """A weighted sum of match features.

    >>> FusionRanker().score(np.zeros((1, 3, len(FEATURES)), np.float32)).shape
    (1, 3)
    """

    def __init__(self) -> None:
        self.threshold = 0.5
        self._weights = np.array([HAND_WEIGHTS.get(n, 0.0) for n in FEATURES], np.float32)

    def score(self, features: Array) -> Array:
        """Sums, (batch, timesteps), of (batch, timesteps, features)."""
        sums: Array = features @ self._weights
        return sums

    def confidence(self, scores: Array, features: Array) -> Array:
        """A logistic curve through scores of about 1.5; set by hand, not calibrated."""
        probabilities: Array = 1 / (1 + np.exp(-2 * (scores - 1.5)))
        return probabilities
