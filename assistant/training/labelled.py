"""Texts of two kinds, and what tells them apart by their vectors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.encoder import Array


@dataclass(frozen=True, slots=True)
class Labelled:
    """Texts of both kinds.

    Args:
        texts: The words.
        yes: (texts,) bool, which are of the kind that is to be told.
        counts: (texts,) float64, how much each counts.
    """

    texts: list[str]
    yes: NDArray[np.bool_]
    counts: NDArray[np.float64]

    @classmethod
    def of(cls, groups: Sequence[tuple[Sequence[str], bool, float]]) -> Labelled:
        """Groups of texts, of which kind each is, and how much each text of it counts."""
        return cls(
            [text for texts, _, _ in groups for text in texts],
            np.array([yes for texts, yes, _ in groups for _ in texts]),
            np.array([count for texts, _, count in groups for _ in texts]),
        )


def fit_labelled(x: Array, examples: Labelled, *, decay: float = 3e-4) -> tuple[Array, Array]:
    """Logistic regression by Newton's method, weights held small by ``decay``.

    Args:
        x: (examples, inputs).
        examples: Of which kind they are, and how much each counts.
        decay: Of the squared kernel.

    Returns:
        Kernel, (inputs,), and bias, (1,).
    """
    inputs = np.concatenate([x, np.ones((len(x), 1))], axis=1).astype(np.float64)
    held = 2 * decay * np.diag([*np.ones(x.shape[1]), 0.0])
    w = np.zeros(inputs.shape[1])
    for _ in range(30):
        p = 1 / (1 + np.exp(-np.clip(inputs @ w, -60, 60)))
        slope = inputs.T @ (examples.counts * (p - examples.yes)) / len(x) + held @ w
        curve = (inputs.T * (examples.counts * p * (1 - p))) @ inputs / len(x) + held
        w -= np.linalg.solve(curve + 1e-9 * np.eye(len(w)), slope)
    return w[:-1].astype(np.float32), w[-1:].astype(np.float32)
