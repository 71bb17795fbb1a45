"""Learns which preferences belong to which requests from pairs: a linear map for each side.

For requests x_1 .. x_n and the preference y_i that bears on each, of one batch:

    s_ij = cos(R·x_i, P·y_j) / τ
    loss = - Σ_i (log softmax_j(s_ij)_i + log softmax_j(s_ji)_i) / 2n

(InfoNCE, both ways; van den Oord et al. 2018, Radford et al. 2021), with a fifth of the numbers of
every vector left out. Pairs of different languages are never held against each other, nor are pairs
of the same kind, where a preference may well bear on the request of another.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.encoder import Array

WIDTH = 128
TEMPERATURE = 0.07
DROPOUT = 0.2
DECAY = 0.05
BATCH = 256


def fit_pairs(
    requests: Array,
    preferences: Array,
    languages: NDArray[Any],
    kinds: NDArray[np.int64],
    *,
    epochs: int = 30,
    rate: float = 2e-3,
    seed: int = 0,
) -> tuple[Array, Array]:
    """Both maps, R and P, each (dimension, WIDTH), by AdamW.

    Args:
        requests: (pairs, dimension); the same request or preference may be in several.
        preferences: (pairs, dimension), what bears on each.
        languages: Of each pair, (pairs,).
        kinds: Of each pair, (pairs,); -1 for one of no kind.
        epochs: Passes; the rate falls linearly to 0.
        rate: Of learning.
        seed: Of all chance.
    """
    rng = np.random.default_rng(seed)
    d = requests.shape[1]
    maps = (rng.standard_normal((2, d, WIDTH)) / np.sqrt(d)).astype(np.float32)
    first, second, step = np.zeros_like(maps), np.zeros_like(maps), 0
    for epoch in range(epochs):
        order = rng.permutation(len(requests))
        for part in np.array_split(order, max(1, len(order) // BATCH)):
            x, y = (_thinned(side[part], rng) for side in (requests, preferences))
            apart = languages[part][:, None] != languages[part]
            apart |= (kinds[part][:, None] == kinds[part]) & (kinds[part] >= 0)
            np.fill_diagonal(apart, False)
            slopes = _slopes(x, y, maps, apart)
            step += 1
            first = 0.9 * first + 0.1 * slopes
            second = 0.999 * second + 0.001 * slopes**2
            change = first / (1 - 0.9**step) / (np.sqrt(second / (1 - 0.999**step)) + 1e-8)
            maps -= np.float32(rate * (1 - epoch / epochs)) * (change + DECAY * maps)
    return maps[0], maps[1]


def _thinned(x: Array, rng: np.random.Generator) -> Array:
    kept: Array = x * (rng.random(x.shape) > DROPOUT) / np.float32(1 - DROPOUT)
    return kept.astype(np.float32)


def _slopes(x: Array, y: Array, maps: Array, apart: NDArray[np.bool_]) -> Array:
    """The loss's slopes by both maps, (2, dimension, WIDTH); ``apart``, (pairs, pairs), are not
    held against each other."""
    a, b = x @ maps[0], y @ maps[1]
    a_length, b_length = (np.linalg.norm(z, axis=1, keepdims=True) + 1e-6 for z in (a, b))
    a, b = a / a_length, b / b_length
    scores = a @ b.T / TEMPERATURE - 1e4 * apart
    wrong = (_softmax(scores, 1) + _softmax(scores, 0)) / 2 - np.eye(len(x), dtype=np.float32)
    wrong /= TEMPERATURE * len(x)
    # Through the scaling to length 1: what points along the vector changes nothing.
    to_a, to_b = wrong @ b, wrong.T @ a
    to_a = (to_a - (to_a * a).sum(axis=1, keepdims=True) * a) / a_length
    to_b = (to_b - (to_b * b).sum(axis=1, keepdims=True) * b) / b_length
    return np.stack([x.T @ to_a, y.T @ to_b])


def _softmax(x: Array, axis: int) -> Array:
    powers = np.exp(x - x.max(axis=axis, keepdims=True))
    out: Array = powers / powers.sum(axis=axis, keepdims=True)
    return out
