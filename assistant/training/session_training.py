"""Trains the network behind short-term memory on vectors of a finished encoder.

    python -m assistant.training session --corpora DIR --encoder FILE --state DIR --out FILE

Two things at once: salience by cross-entropy, and context so that the vector of a turn plus the
context is nearest to the turn that follows, or to the complete form of an incomplete question,
among all others of the batch.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import keras
import numpy as np
from keras import ops

from assistant.encoder import Array, Encoder, spoken
from assistant.neural.short_term_keras import (
    SessionConfig,
    build_session_network,
    get_weights,
    set_weights,
)
from assistant.neural.traits import traits
from assistant.training.progress import Report
from assistant.training.session_examples import WINDOW, Session

TARGETS: Final = 16
TEMPERATURE: Final = 0.07


@dataclass(frozen=True, slots=True)
class Sessions:
    """Sessions as arrays, padded to ``WINDOW`` turns.

    Args:
        x: Vectors and traits, (sessions, turns, dimension + traits).
        needed: (sessions, turns), 0 to 1.
        weight: (sessions, turns), 0 where padded or unknown.
        target: What vector plus context should be near to, (sessions, turns, dimension).
        follows: 1 where ``target`` is the next turn, 2 where it is a completed question, else 0.
    """

    x: Array
    needed: Array
    weight: Array
    target: Array
    follows: Array


def prepare_sessions(sessions: Sequence[Session], encoder: Encoder) -> Sessions:
    """Encode every turn, as "speaker: text", and every completed question."""
    lines = {spoken(t.speaker, t.text): None for session in sessions for t in session}
    vectors = _encode(list(lines), encoder, "turn")
    asked = list({t.complete: None for session in sessions for t in session if t.complete})
    completed = _encode(asked, encoder, "query")
    n, d = len(sessions), encoder.dimension
    width = d + len(traits("", "user"))
    x = np.zeros((n, WINDOW, width), np.float32)
    needed, weight, follows = (np.zeros((n, WINDOW), np.float32) for _ in range(3))
    target = np.zeros((n, WINDOW, d), np.float32)
    for i, session in enumerate(sessions):
        for t, turn in enumerate(session):
            x[i, t, :d] = vectors[spoken(turn.speaker, turn.text)]
            x[i, t, d:] = traits(turn.text, turn.role)
            needed[i, t], weight[i, t] = turn.needed, turn.weight
            if turn.complete:
                target[i, t], follows[i, t] = completed[turn.complete], 2
            elif t + 1 < len(session):
                after = session[t + 1]
                target[i, t], follows[i, t] = vectors[spoken(after.speaker, after.text)], 1
    return Sessions(x, needed, weight, target, follows)


def train_session_network(
    data: Sessions,
    config: SessionConfig,
    *,
    epochs: int,
    report: Report,
    state: Path | None = None,
    seed: int = 0,
    batch: int = 64,
    rate: float = 1e-3,
    compiled: bool = True,
) -> Any:
    """A trained Keras model; resumes from ``state`` after the last whole epoch."""
    keras.utils.set_random_seed(seed)
    model = build_session_network(config)
    done = 0
    saved = state / "session.npz" if state is not None else None
    if saved is not None and saved.exists():
        with np.load(saved) as arrays:
            done = int(arrays["epochs"])
            set_weights(model, {k: arrays[k] for k in arrays.files if k != "epochs"})
    optimizer = keras.optimizers.AdamW(rate, weight_decay=1e-3, clipnorm=1.0)
    model.compile(optimizer, loss=_loss, jit_compile=compiled)
    steps = len(data.x) // batch
    for epoch in range(done, epochs):
        for step, (x, y) in enumerate(_batches(data, batch, random.Random(seed + epoch))):
            progress = (epoch * steps + step) / (epochs * steps)
            optimizer.learning_rate = rate * (0.05 + 0.95 * (1 - progress))
            value = float(model.train_on_batch(x, y))
            report(epoch * steps + step + 1, epochs * steps, value)
        if saved is not None:
            saved.parent.mkdir(parents=True, exist_ok=True)
            temporary = saved.with_suffix(".tmp.npz")
            np.savez(temporary, epochs=np.array(epoch + 1), **get_weights(model))  # type: ignore[arg-type]
            temporary.replace(saved)
    return model


def threshold_for(salience: Array, evidence: Array, loss: float) -> float:
    """The highest threshold that loses at most this share of the evidence turns."""
    needed = np.sort(salience[evidence])
    if not len(needed):
        return 0.5
    return float(needed[int(loss * len(needed))]) - 1e-4


def _encode(texts: list[str], encoder: Encoder, kind: Any) -> dict[str, Array]:
    vectors: dict[str, Array] = {}
    for start in range(0, len(texts), 2048):
        part = texts[start : start + 2048]
        vectors.update(zip(part, encoder.encode(part, kind=kind), strict=True))
    return vectors


def _batches(data: Sessions, size: int, rng: random.Random) -> Iterator[tuple[Array, Array]]:
    order = list(range(len(data.x)))
    rng.shuffle(order)
    width = TARGETS * size // 4
    for start in range(0, len(order) - size + 1, size):
        rows = order[start : start + size]
        # Completed questions are few: each is taken; next turns fill the rest.
        spots = [(i, t) for i, r in enumerate(rows) for t in np.flatnonzero(data.follows[r])]
        rng.shuffle(spots)
        spots.sort(key=lambda s: -data.follows[rows[s[0]], s[1]])
        chosen = np.zeros((size, WINDOW), np.float32)
        for i, t in spots[:width]:
            chosen[i, t] = 1.0
        y = np.concatenate(
            [
                data.target[rows],
                data.needed[rows][..., None],
                data.weight[rows][..., None],
                chosen[..., None],
                data.x[rows][..., : data.target.shape[-1]],
            ],
            axis=-1,
        )
        yield data.x[rows], y


def _loss(y_true: Any, y: Any) -> Any:
    d = y.shape[-1] - 1
    target, needed, weight = y_true[..., :d], y_true[..., d], y_true[..., d + 1]
    chosen, vector = y_true[..., d + 2], y_true[..., d + 3 :]
    context, logit = y[..., :d], y[..., d]
    entropy = ops.maximum(logit, 0.0) - logit * needed + ops.log1p(ops.exp(-ops.abs(logit)))
    salience = ops.sum(entropy * weight) / ops.maximum(ops.sum(weight), 1.0)
    # The spots that were chosen, gathered to the front: (spots, dimension).
    flat = ops.reshape(chosen, (-1,))
    _, index = ops.top_k(flat, 256)
    there = ops.take(flat, index)
    guess = ops.take(ops.reshape(vector + context, (-1, d)), index, axis=0)
    guess = guess / ops.sqrt(ops.sum(ops.square(guess), axis=-1, keepdims=True) + 1e-6)
    truth = ops.take(ops.reshape(target, (-1, d)), index, axis=0)
    scores = ops.matmul(guess, ops.transpose(truth)) / TEMPERATURE
    scores = scores - 1e9 * (1.0 - there)[None, :]
    right = ops.sum(guess * truth, axis=-1) / TEMPERATURE
    found = (ops.logsumexp(scores, axis=-1) - right) * there
    return salience + 0.5 * ops.sum(found) / ops.maximum(ops.sum(there), 1.0)
