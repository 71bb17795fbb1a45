"""The turn encoder in NumPy: tokens → embedding → bidirectional LSTM → pooling → unit vector.

With e_t the embedding of token t and h_t the states of both directions side by side:

    a_t = softmax_t(w_a·h_t)      which states matter
    b_t = softmax_t(w_b·e_t)      which words matter, whatever their place
    y   = W·[Σ_t a_t h_t ; max_t h_t ; Σ_t b_t e_t] + b
    vector = y / |y|

The Keras twin, for training, bulk work and the GPU, is ``encoder_keras``.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from assistant.encoder import Array, Kind
from assistant.errors import CheckpointError
from assistant.neural.checkpoint import Checkpoint, read_checkpoint
from assistant.neural.numpy_lstm import prepare, run_both
from assistant.neural.tokenizer import PAD, Tokenizer

BATCH: Final = 64


class NumpyEncoder:
    """Encodes on the CPU without TensorFlow. Deterministic; thread-safe.

    >>> from assistant.neural import load_encoder
    >>> load_encoder().encode(["My dog is called Bruno."]).shape        # doctest: +SKIP
    (1, 256)

    Args:
        checkpoint: Of kind "encoder".

    Raises:
        CheckpointError: The checkpoint's parts do not fit each other.
    """

    runtime = "numpy"

    def __init__(self, checkpoint: Checkpoint) -> None:
        self.checkpoint = checkpoint
        self.tokenizer = tokenizer_of(checkpoint)
        self.limit = checkpoint.number("tokens")
        v, e = self.tokenizer.size, checkpoint.number("embedding")
        u, d = checkpoint.number("units"), checkpoint.number("dimension")
        take = checkpoint.take
        self._embedding = take("embedding", v, e)
        self._forwards, self._backwards = (
            prepare(
                take(f"{name}.kernel", e, 4 * u),
                take(f"{name}.recurrent", u, 4 * u),
                take(f"{name}.bias", 4 * u),
            )
            for name in ("forward", "backward")
        )
        self._state_weight = take("attention.state", 2 * u)
        self._word_weight = take("attention.word", e)
        self._kernel = take("dense.kernel", 4 * u + e, d)
        self._bias = take("dense.bias", d)

    @classmethod
    def of(cls, path: Path) -> NumpyEncoder:
        """The encoder in a file."""
        return cls(read_checkpoint(path, "encoder"))

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return int(self._bias.shape[0])

    @property
    def fingerprint(self) -> str:
        """Names the weights."""
        return self.checkpoint.fingerprint

    def encode(self, texts: Sequence[str], *, kind: Kind = "turn") -> Array:
        """Unit vectors, (texts, dimension). Any text gives a finite one."""
        out = np.zeros((len(texts), self.dimension), np.float32)
        if not texts:
            return out
        rows = self.tokenizer.encode(texts, kind=kind, limit=self.limit)
        order = sorted(range(len(rows)), key=lambda i: -len(rows[i]))
        for start in range(0, len(order), BATCH):
            part = order[start : start + BATCH]
            out[part] = self.forward(*pad([rows[i] for i in part]))
        return out

    def count_tokens(self, text: str) -> int:
        """How many tokens the text is, however long."""
        return self.tokenizer.count(text)

    def forward(self, ids: NDArray[np.int32], lengths: NDArray[np.int64]) -> Array:
        """Unit vectors of token rows, (batch, timesteps), right-padded, longest first."""
        embedded = self._embedding[ids]
        states = run_both(embedded, lengths, self._forwards, self._backwards)
        padding = np.arange(ids.shape[1]) >= lengths[:, None]
        padded = bool(padding[-1, -1])
        a = _softmax(states @ self._state_weight, padding)
        b = _softmax(embedded @ self._word_weight, padding)
        largest = np.where(padding[..., None], -1.0, states) if padded else states
        pooled = np.concatenate(
            [
                np.matmul(a[:, None, :], states)[:, 0],
                largest.max(axis=1),
                np.matmul(b[:, None, :], embedded)[:, 0],
            ],
            axis=-1,
        )
        return unit(pooled @ self._kernel + self._bias)


def pad(rows: Sequence[Sequence[int]]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Token rows as one right-padded array, (rows, longest), and their lengths."""
    lengths = np.array([len(row) for row in rows], np.int64)
    ids = np.full((len(rows), int(lengths.max())), PAD, np.int32)
    for target, row in zip(ids, rows, strict=True):
        target[: len(row)] = row
    return ids, lengths


def unit(y: Array) -> Array:
    """Rows scaled to length 1; a row of zeros becomes the first axis, so that all are unit."""
    norms = np.linalg.norm(y, axis=-1, keepdims=True)
    vanished = norms[..., 0] < 1e-12
    out: Array = y / np.maximum(norms, 1e-12)
    if vanished.any():
        out[vanished] = 0.0
        out[vanished, 0] = 1.0
    return out


def tokenizer_of(checkpoint: Checkpoint) -> Tokenizer:
    """The tokenizer inside an encoder's checkpoint.

    Raises:
        CheckpointError: There is none.
    """
    if checkpoint.tokenizer is None:
        raise CheckpointError(
            "the encoder checkpoint holds no tokenizer; expected one written by "
            "'python -m assistant.training encoder'; make it anew"
        )
    return Tokenizer(checkpoint.tokenizer)


def _softmax(scores: Array, padding: NDArray[np.bool_]) -> Array:
    scores = np.where(padding, np.float32(-np.inf), scores)
    scores = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights: Array = scores / scores.sum(axis=1, keepdims=True)
    return weights
