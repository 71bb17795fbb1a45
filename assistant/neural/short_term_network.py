"""The LSTM behind short-term memory, in NumPy: one step a turn.

    x_t = [vector of the turn ; its traits]
    h_t, c_t = LSTM(x_t, h_{t-1}, c_{t-1})                      see ``equations.lstm_cell``
    context_t = u_t / |u_t|,  u_t = W_k·h_t + b_k               in the encoder's space
    salience_t = σ(w_s·tanh(W_m·[h_t ; x_t] + b_m) + b_s)       will it be needed again?

Added to the vector of an incomplete question ("and her sister?"), the context completes it. The
Keras twin for training is ``short_term_keras``.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from assistant.encoder import Array, Observation, State
from assistant.errors import CheckpointError
from assistant.neural.checkpoint import Checkpoint, read_checkpoint
from assistant.neural.encoder_numpy import unit
from assistant.neural.equations import lstm_cell, sigmoid
from assistant.neural.traits import NAMES, traits


class NumpySessionNetwork:
    """Steps through a session. Holds no state of its own; thread-safe.

    >>> from assistant.neural import load_encoder, load_session_network
    >>> network, encoder = load_session_network(), load_encoder()           # doctest: +SKIP
    >>> text = "My flimbert is called Zorp."
    >>> state, seen = network.step(                                         # doctest: +SKIP
    ...     network.start(), encoder.encode([text])[0], text, "user")
    >>> seen.salience > network.threshold                                   # doctest: +SKIP
    True

    Args:
        checkpoint: Of kind "session".

    Raises:
        CheckpointError: The checkpoint's parts do not fit each other.
    """

    def __init__(self, checkpoint: Checkpoint) -> None:
        self.checkpoint = checkpoint
        take = checkpoint.take
        self._dimension = checkpoint.number("dimension")
        self._units = checkpoint.number("units")
        hidden, traits_ = checkpoint.number("hidden"), checkpoint.number("traits")
        if traits_ != len(NAMES):
            raise CheckpointError(
                f"the session checkpoint reads {traits_} traits of a turn, this version has "
                f"{len(NAMES)}; install the package anew"
            )
        self._encoder = checkpoint.word("encoder", "")
        self._threshold = checkpoint.measure("threshold", 0.5)
        self._context_weight = checkpoint.measure("context_weight", 1.0)
        d, u, x = self._dimension, self._units, self._dimension + traits_
        # One matrix for W·[h, x], as the equations have it.
        self._w = np.ascontiguousarray(
            np.concatenate([take("lstm.recurrent", u, 4 * u), take("lstm.kernel", x, 4 * u)]).T
        )
        self._b = take("lstm.bias", 4 * u)
        self._context = take("context.kernel", u, d)
        self._context_bias = take("context.bias", d)
        self._mixed = take("mixed.kernel", u + x, hidden)
        self._mixed_bias = take("mixed.bias", hidden)
        self._salience = take("salience.kernel", hidden, 1)
        self._salience_bias = take("salience.bias", 1)

    @classmethod
    def of(cls, path: Path) -> NumpySessionNetwork:
        """The network in a file."""
        return cls(read_checkpoint(path, "session"))

    @property
    def dimension(self) -> int:
        """Length of a turn's vector and of the context."""
        return self._dimension

    @property
    def fingerprint(self) -> str:
        """Names the weights."""
        return self.checkpoint.fingerprint

    @property
    def encoder_fingerprint(self) -> str:
        """Of the encoder whose vectors it was trained on."""
        return self._encoder

    @property
    def threshold(self) -> float:
        """Salience from which a turn is worth keeping; the loss it stands for is in the card."""
        return self._threshold

    @property
    def context_weight(self) -> float:
        """How much of the context to add to the vector of an incomplete question."""
        return self._context_weight

    def start(self) -> State:
        """The state before the first turn: zeros."""
        return State(np.zeros(self._units, np.float32), np.zeros(self._units, np.float32))

    def step(self, state: State, vector: Array, text: str, role: str) -> tuple[State, Observation]:
        """Advance by one turn. Pure: the state passed in is left as it was."""
        x = np.concatenate([vector, traits(text, role)]).astype(np.float32)
        h, c = lstm_cell(x, state.h, state.c, self._w, self._b)
        mixed = np.tanh(np.concatenate([h, x]) @ self._mixed + self._mixed_bias)
        salience = sigmoid(mixed @ self._salience + self._salience_bias)
        u = np.asarray(h @ self._context + self._context_bias, np.float32)
        return (
            State(h.astype(np.float32), c.astype(np.float32)),
            Observation(unit(u[None])[0], float(salience[0])),
        )
