"""Test doubles: an encoder and a session network without weights.

They behave like the real ones, only worse: texts that share words get similar vectors, and long
statements count as salient. Light, deterministic, good for testing code that embeds the assistant.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

import numpy as np

from assistant.encoder import Array, Kind, Observation, State

_PIECE = re.compile(r"[a-z0-9]+|[^\x00-\x7f]")


class HashEncoder:
    """A bag of hashed words and Chinese characters.

    >>> encoder = HashEncoder()
    >>> a, b = encoder.encode(["my dog is called Bruno", "what is my dog called?"])
    >>> bool(a @ b > 0.5)
    True
    """

    def __init__(self, dimension: int = 128) -> None:
        self.dimension = dimension
        self.fingerprint = f"hash-{dimension}"

    def encode(self, texts: Sequence[str], *, kind: Kind = "turn") -> Array:
        """Unit vectors, (texts, dimension)."""
        out = np.zeros((len(texts), self.dimension), np.float32)
        for row, text in zip(out, texts, strict=True):
            for piece in _PIECE.findall(text.casefold()) or [""]:
                digest = hashlib.blake2b(
                    piece.encode("utf-8", "surrogatepass"), digest_size=8
                ).digest()
                number = int.from_bytes(digest, "big")
                row[number % self.dimension] += 1.0 if number >> 63 else -1.0
            if not row.any():
                row[0] = 1.0
        unit: Array = out / np.linalg.norm(out, axis=1, keepdims=True)
        return unit

    def count_tokens(self, text: str) -> int:
        """Words and Chinese characters."""
        return len(_PIECE.findall(text.casefold()))


class LengthNetwork:
    """Salience grows with length and questions have none; the context is a decaying mean."""

    def __init__(self, dimension: int = 128) -> None:
        self.dimension = dimension
        self.threshold = 0.5
        self.context_weight = 0.5

    def start(self) -> State:
        """Zeros."""
        zeros = np.zeros(self.dimension, np.float32)
        return State(zeros, zeros)

    def step(self, state: State, vector: Array, text: str, role: str) -> tuple[State, Observation]:
        """One turn."""
        h: Array = (0.5 * state.h + 0.5 * vector).astype(np.float32)
        asks = text.rstrip().endswith(("?", "？"))
        salience = 0.0 if asks else min(1.0, len(_PIECE.findall(text.casefold())) / 6)
        context: Array = h / np.float32(max(float(np.linalg.norm(h)), 1e-6))
        return State(h, state.c), Observation(context, salience)
