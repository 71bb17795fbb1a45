"""Ranks candidates, and says why each stands where it does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol

import numpy as np

from assistant.encoder import Array
from assistant.matching import FEATURES


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


USE = "use"  # the factors that are no feature: how often the memory has served before,
READING = "reading"  # and what reading it beside the question has added


class Why(Mapping[str, float]):
    """What each factor added to a score, worked out when first looked at.

    A factor's share is what the score loses when the factor's features are set to zero, for
    this candidate and all others (occlusion; Zeiler and Fergus 2014). What earlier uses add, and
    the reader, is added outside the ranker.
    """

    def __init__(
        self,
        ranker: Ranker,
        features: Array,
        position: int,
        *,
        use: float = 0.0,
        reading: float = 0.0,
    ) -> None:
        self._ranker, self._features, self._position = ranker, features, position
        self._added = {USE: use, READING: reading}
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
            } | {name: round(value, 3) for name, value in self._added.items()}
        return self._shares

    def __getitem__(self, factor: str) -> float:
        return self._worked_out()[factor]

    def __iter__(self) -> Iterator[str]:
        return iter((*FACTORS, *self._added))

    def __len__(self) -> int:
        return len(FACTORS) + len(self._added)

    def __repr__(self) -> str:
        return repr(self._worked_out())
