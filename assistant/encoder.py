"""What the assistant asks of a turn encoder and of the network behind short-term memory.

The shipped ones are in ``neural``; a light double for tests is in ``testing``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]
Kind = Literal["turn", "query"]


def spoken(speaker: str, text: str) -> str:
    """A turn as an encoder reads it: who says it is part of what it means.

    >>> spoken("Ana", "I moved to Porto.")
    'Ana: I moved to Porto.'
    """
    return f"{speaker}: {text}"


class Encoder(Protocol):
    """Turns text into unit vectors. Deterministic; thread-safe."""

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        ...

    @property
    def fingerprint(self) -> str:
        """Names the weights: vectors of different fingerprints are never compared."""
        ...

    def encode(self, texts: Sequence[str], *, kind: Kind = "turn") -> Array:
        """Unit vectors, (texts, dimension). Any text gives a finite one, the empty one too."""
        ...

    def count_tokens(self, text: str) -> int:
        """How many tokens the text is."""
        ...


@dataclass(frozen=True, slots=True)
class State:
    """Recurrent state: h and c, (units,) each."""

    h: Array
    c: Array


@dataclass(frozen=True, slots=True)
class Observation:
    """What the short-term network makes of one turn.

    ``context`` is a unit vector, (dimension,), in the encoder's space; ``salience`` the
    probability, 0 to 1, that the turn will be needed again.
    """

    context: Array
    salience: float


class SessionNetwork(Protocol):
    """A recurrent network over the turns of a session, one step a turn."""

    @property
    def threshold(self) -> float:
        """The salience from which on a turn is worth keeping, 0 to 1."""
        ...

    @property
    def context_weight(self) -> float:
        """How much of the context to add to the vector of an incomplete question."""
        ...

    def start(self) -> State:
        """The state before the first turn: zeros."""
        ...

    def step(self, state: State, vector: Array, text: str, role: str) -> tuple[State, Observation]:
        """Advance by one turn. Pure: the state passed in is left as it was."""
        ...


class Said(Protocol):
    """Anything with a speaker and words."""

    @property
    def speaker(self) -> str:
        """Who said it."""
        ...

    @property
    def text(self) -> str:
        """The words."""
        ...


def encode_turns(encoder: Encoder, turns: Sequence[Said]) -> Array:
    """The vectors that turns are stored and searched by, (turns, dimension)."""
    return encoder.encode([spoken(turn.speaker, turn.text) for turn in turns])
