"""The recall ranker: a bidirectional LSTM that reads the candidates in their timeline, in NumPy.

For candidates x_1 .. x_m, each a row of match features, in the order they were said:

    u_t = tanh(W_u · clip((x_t - mean) / spread) + b_u)
    h_t = [forward LSTM(u_1 .. u_t), backward LSTM(u_m .. u_t)]
    s_t = w · tanh(W_s · [h_t, u_t] + b_s) + b          log-odds that x_t is evidence
    p_t = σ(slope · s_t + offset + other · o_t)         calibrated held out (Platt 1999)

with o_t = 1 where the question names somebody else than who said x_t.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from assistant.encoder import Array
from assistant.errors import CheckpointError
from assistant.neural.checkpoint import WEIGHTS, Checkpoint, read_checkpoint
from assistant.neural.numpy_lstm import prepare, run_both

RANKER = "ranker.safetensors"
CLIP = 6.0  # standard deviations from which on an unusual feature is no more unusual


class LSTMRanker:
    """Scores candidates in their timeline.

    ``encoder`` is the fingerprint of the encoder whose similarities it was trained on.

    Args:
        checkpoint: Of the kind "ranker".
        features: Names of the features that it will be given, in order.

    Raises:
        CheckpointError: It was trained on other features, or is inconsistent.
    """

    def __init__(self, checkpoint: Checkpoint, features: Sequence[str]) -> None:
        trained_on = checkpoint.config.get("features")
        if trained_on != list(features):
            raise CheckpointError(
                f"the ranker was trained on the features {trained_on}; this program computes "
                f"{list(features)}; install the weights that belong to this version"
            )
        inputs, hidden, units = (
            len(features),
            checkpoint.number("hidden"),
            checkpoint.number("units"),
        )
        take = checkpoint.take
        self.fingerprint = checkpoint.fingerprint
        self.encoder = checkpoint.word("encoder")
        self.threshold = checkpoint.measure("threshold")
        self._slope = checkpoint.measure("slope")
        self._offset = checkpoint.measure("offset")
        self._other = checkpoint.measure("other")
        self._other_named = list(features).index("other_named")
        self._mean, self._spread = take("mean", inputs), take("spread", inputs)
        self._w_u, self._b_u = take("input.kernel", inputs, hidden), take("input.bias", hidden)
        self._forwards, self._backwards = (
            prepare(
                take(f"{direction}.kernel", hidden, 4 * units),
                take(f"{direction}.recurrent", units, 4 * units),
                take(f"{direction}.bias", 4 * units),
            )
            for direction in ("forward", "backward")
        )
        self._w_s = take("score.kernel", 2 * units + hidden, hidden)
        self._b_s = take("score.bias", hidden)
        self._w, self._b = take("out.kernel", hidden, 1), take("out.bias", 1)

    def score(self, features: Array) -> Array:
        """s_t, (batch, timesteps), of (batch, timesteps, features); sequences of equal length."""
        x = np.clip((features - self._mean) / self._spread, -CLIP, CLIP)
        u = np.tanh(x @ self._w_u + self._b_u)
        lengths = np.full(len(u), u.shape[1], np.int64)
        h = run_both(u, lengths, self._forwards, self._backwards)
        s = np.tanh(np.concatenate([h, u], axis=-1) @ self._w_s + self._b_s) @ self._w + self._b
        scores: Array = s[..., 0]
        return scores

    def confidence(self, scores: Array, features: Array) -> Array:
        """p_t of s_t, (batch, timesteps) or (timesteps,), and the features scored."""
        z = self._slope * scores + self._offset + self._other * features[..., self._other_named]
        probabilities: Array = 1 / (1 + np.exp(-np.clip(z, -60, 60)))
        return probabilities


def load_ranker(features: Sequence[str], path: Path | None = None) -> LSTMRanker:
    """The ranker of a checkpoint; the shipped one when ``path`` is None.

    Raises:
        CheckpointError: It cannot be used.
    """
    return LSTMRanker(read_checkpoint(path or WEIGHTS / RANKER, "ranker"), features)
