"""Which preferences bear on a request: both are told by the areas of life that they belong to.

With v_r the vector of a request and v_p that of a preference, each of the encoder:

    r = softmax(8 W_r·v_r + b_r),  p = softmax(8 W_p·v_p + b_p)      over areas of life
    bearing = r·p / (|r| |p|) + ½ v_r·v_p + cos(M_r·v_r, M_p·v_p)

"Plan dinner" and "I'm vegetarian" are not near each other, but both belong to food; the last term
was learned from requests and the preference that each needs. Whether a text asks for help at all,
and whether it tells what holds in general, is told by its vector v too:

    p = σ(8 w·v + b)

Trained by ``assistant.training.preferences``; knows nothing of words.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np

from assistant.encoder import Array
from assistant.errors import CheckpointError
from assistant.neural.checkpoint import WEIGHTS, Checkpoint, read_checkpoint

FILE: Final = "preferences.safetensors"
SIDES: Final = ("preference", "request")
SCALE: Final = 8.0
NEARNESS: Final = 0.5


class AreasOfLife:
    """Tells how much stored turns bear on a request, by their vectors.

    ``encoder`` is the fingerprint of the encoder whose vectors it reads.

    Args:
        checkpoint: Of the kind "preferences".

    Raises:
        CheckpointError: It is inconsistent.
    """

    def __init__(self, checkpoint: Checkpoint) -> None:
        names = checkpoint.config.get("areas")
        if not isinstance(names, list) or not names:
            raise CheckpointError(f"the areas of life are {names!r:.80}; expected their names")
        self.areas: tuple[str, ...] = tuple(map(str, names))
        self.encoder = checkpoint.word("encoder")
        d = checkpoint.number("dimension")
        self._kernels = {side: checkpoint.take(f"{side}.kernel", d, len(names)) for side in SIDES}
        self._biases = {side: checkpoint.take(f"{side}.bias", len(names)) for side in SIDES}
        width = checkpoint.number("width")
        self._pair = {side: checkpoint.take(f"{side}.pair", d, width) for side in SIDES}
        self._asks, self._holds = (
            (checkpoint.take(f"{name}.kernel", d), checkpoint.take(f"{name}.bias", 1))
            for name in ("asks", "holds")
        )

    def bearing(self, request: Array, turns: Array) -> Array:
        """How much each turn bears on a request, (turns,), from about -1 to 2.

        Args:
            request: (dimension,), a unit vector.
            turns: (turns, dimension), unit vectors.
        """
        shared = self.of(turns, "preference") @ self.of(request[None], "request")[0]
        told = self._paired(turns, "preference") @ self._paired(request[None], "request")[0]
        bearing: Array = shared + NEARNESS * (turns @ request) + told
        return bearing

    def asks(self, request: Array) -> float:
        """How likely a text asks for help or advice, whatever its form, 0 to 1.

        Args:
            request: (dimension,), a unit vector, as a query is encoded.
        """
        return float(_probability(request[None], *self._asks)[0])

    def holds(self, turns: Array) -> Array:
        """How likely each turn tells what holds of its speaker in general, (turns,), 0 to 1.

        Args:
            turns: (turns, dimension), unit vectors.
        """
        return _probability(turns, *self._holds)

    def of(self, vectors: Array, side: str) -> Array:
        """The areas that vectors belong to, (vectors, areas): rows of length one."""
        x = SCALE * vectors @ self._kernels[side] + self._biases[side]
        powers = np.exp(x - x.max(axis=-1, keepdims=True))
        of: Array = powers / np.linalg.norm(powers, axis=-1, keepdims=True)
        return of

    def _paired(self, vectors: Array, side: str) -> Array:
        """Vectors by the map learned from pairs, (vectors, width): rows of length one."""
        x = vectors @ self._pair[side]
        unit: Array = x / np.maximum(np.linalg.norm(x, axis=-1, keepdims=True), 1e-6)
        return unit


def _probability(vectors: Array, kernel: Array, bias: Array) -> Array:
    """σ(8 w·v + b) of each, (vectors,)."""
    z = np.clip(np.float32(SCALE) * (vectors @ kernel) + bias, -60, 60)
    probability: Array = 1 / (1 + np.exp(-z))
    return probability


def load_areas(path: Path | None = None) -> AreasOfLife:
    """The areas of a checkpoint; the shipped one when ``path`` is None.

    Raises:
        CheckpointError: It cannot be used.
    """
    return AreasOfLife(read_checkpoint(path or WEIGHTS / FILE, "preferences"))
