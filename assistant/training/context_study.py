"""What does a recurrent state keep, over how many turns? A plain RNN, an LSTM, and no state.

    python -m assistant.training context --corpora DIR --out FILE

Each network reads [antecedent, antecedent, turns that tell nothing, incomplete question] one turn a
step and gives a context, as the network behind short-term memory does. Vector of the question plus
context is to be nearest to the vector of the complete question among 64. The same sizes, examples
and steps for each; the plain RNN is h_t = σ(W·[h_{t-1}, x_t] + b), once also with tanh.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import keras
import numpy as np
from keras import ops

from assistant.encoder import Array, Encoder
from assistant.training.context_examples import ContextExamples, Incomplete
from assistant.training.progress import Report

GAPS: Final = (1, 2, 3, 5, 8, 12, 20, 30, 50)
POOL: Final = 64
TEMPERATURE: Final = 0.07
NETWORKS: Final = ("no state", "RNN, σ", "RNN, tanh", "LSTM")


@dataclass(frozen=True, slots=True)
class Encoded:
    """Examples as vectors.

    Args:
        before: (examples, 2, dimension).
        question: (examples, dimension).
        complete: (examples, dimension).
        fillers: (fillers, dimension).
    """

    before: Array
    question: Array
    complete: Array
    fillers: Array

    def batch(self, rows: Sequence[int], gap: int, rng: random.Random) -> tuple[Array, Array]:
        """Sequences, (rows, gap + 2, dimension), and the complete questions' vectors."""
        between = [[rng.randrange(len(self.fillers)) for _ in range(gap - 1)] for _ in rows]
        parts = [self.before[rows], self.question[rows][:, None]]
        if gap > 1:
            parts.insert(1, self.fillers[np.array(between)])
        return np.concatenate(parts, axis=1), self.complete[rows]


def encode_examples(
    examples: Sequence[Incomplete], fillers: Sequence[str], encoder: Encoder
) -> Encoded:
    """Turns as turns, complete questions as queries."""
    texts = [text for e in examples for text in (*e.before, e.question)]
    vectors = encoder.encode(texts).reshape(len(examples), 3, -1)
    complete = encoder.encode([e.complete for e in examples], kind="query")
    return Encoded(vectors[:, :2], vectors[:, 2], complete, encoder.encode(fillers))


def build(name: str, dimension: int, units: int = 192) -> Any:
    """A Keras model: turns, (batch, timesteps, dimension), to a unit vector, (batch, dimension).

    Raises:
        ValueError: ``name`` is none of ``NETWORKS``.
    """
    x = keras.Input((None, dimension), name="turns")
    match name:
        case "no state":
            h = keras.layers.Dense(units, activation="tanh")(x[:, -1])
        case "RNN, σ":
            h = keras.layers.SimpleRNN(units, activation="sigmoid")(x)
        case "RNN, tanh":
            h = keras.layers.SimpleRNN(units)(x)
        case "LSTM":
            h = keras.layers.LSTM(units)(x)
        case _:
            raise ValueError(f"network is {name!r}; expected one of {', '.join(NETWORKS)}")
    y = keras.layers.Dense(dimension)(h)
    y = keras.layers.UnitNormalization()(y)
    # The question's own vector stays: the context is what is added to it.
    return keras.Model(x, keras.layers.Add()([x[:, -1], y]), name="context")


def train(
    name: str,
    data: Encoded,
    *,
    steps: int,
    report: Report,
    seed: int = 0,
    rate: float = 1e-3,
    gaps: Sequence[int] = GAPS,
) -> Any:
    """A trained model; every batch has one gap, each gap equally often."""
    keras.utils.set_random_seed(seed)
    model = build(name, data.question.shape[1])
    optimizer = keras.optimizers.AdamW(rate, weight_decay=1e-3, clipnorm=1.0)
    model.compile(optimizer, loss=_loss)
    rng = random.Random(seed)
    for step in range(steps):
        optimizer.learning_rate = rate * (0.05 + 0.95 * (1 - step / steps))
        rows = rng.sample(range(len(data.question)), min(POOL, len(data.question)))
        value = float(model.train_on_batch(*data.batch(rows, gaps[step % len(gaps)], rng)))
        report(step + 1, steps, value)
    return model


def nearest(guess: Array, complete: Array, seed: int = 0) -> float:
    """How often the complete question is the nearest of 64 by cosine; chance is 1 in 64."""
    order = np.random.default_rng(seed).permutation(len(guess))
    hits: list[bool] = []
    for start in range(0, len(order) - POOL + 1, POOL):
        part = order[start : start + POOL]
        hits += ((guess[part] @ complete[part].T).argmax(axis=1) == np.arange(POOL)).tolist()
    return float(np.mean(hits)) if hits else float("nan")


def completes(
    model: Any, data: Encoded, gaps: Sequence[int] = GAPS, seed: int = 0
) -> dict[int, float]:
    """By gap: how often the held-out question is completed. Without a model: by its own vector."""
    rows = list(range(len(data.question)))
    found: dict[int, float] = {}
    for gap in gaps:
        turns, complete = data.batch(rows, gap, random.Random(seed))
        guess = turns[:, -1] if model is None else model.predict(turns, batch_size=64, verbose=0)
        found[gap] = round(nearest(np.asarray(guess, np.float32), complete), 4)
    return found


def study(
    examples: ContextExamples, encoder: Encoder, *, steps: int, report: Report, seed: int = 0
) -> dict[str, dict[str, dict[int, float]]]:
    """Kind of question, then network, then gap: the share completed."""
    train_data = encode_examples(examples.train, examples.train_fillers, encoder)
    held: dict[str, Encoded] = {}
    for kind in ("rewritten", "made"):
        part = [e for e in examples.held if e.kind == kind]
        held[kind] = encode_examples(part, examples.held_fillers, encoder)
    result = {kind: {"its vector alone": completes(None, data)} for kind, data in held.items()}
    for number, name in enumerate(NETWORKS):

        def along(step: int, of: int, loss: float, done: int = number * steps) -> None:
            report(done + step, len(NETWORKS) * of, loss)

        model = train(name, train_data, steps=steps, report=along, seed=seed)
        for kind, data in held.items():
            result[kind][name] = completes(model, data)
    return result


def _loss(y_true: Any, y: Any) -> Any:
    guess = y / ops.sqrt(ops.sum(ops.square(y), axis=-1, keepdims=True) + 1e-6)
    scores = ops.matmul(guess, ops.transpose(y_true)) / TEMPERATURE
    right = ops.sum(guess * y_true, axis=-1) / TEMPERATURE
    return ops.mean(ops.logsumexp(scores, axis=-1) - right)
