"""Trains the reader: does one of the best candidates answer the question, and which?

KERAS_BACKEND=jax python -m assistant.training reader --corpora DIR --state DIR --out FILE
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from assistant.encoder import Array
from assistant.matching import FEATURES
from assistant.neural.checkpoint import WEIGHTS
from assistant.neural.encoder_numpy import NumpyEncoder
from assistant.neural.ranker import LSTMRanker
from assistant.neural.reader import QUESTION, READER, load_reader
from assistant.training.reader_calibration import calibrate
from assistant.training.reader_twin import build_model, model_inputs, write
from assistant.training.reading_lists import Kind, gather_made
from assistant.training.readings import MISTAKEN, PIECES, UNANSWERABLE, Ints, Readings

CANDIDATES = 6  # read of each question: each costs half a millisecond
TOLD = 0.3  # histories of facts told one by one for each strung together from corpora
EMA = 0.98
QUESTIONS = (14, QUESTION)  # to which questions are padded: each is compiled once
LENGTHS = (PIECES,)  # the same of passages
UNANSWERABLE_KEPT = 0.35  # of the questions about what nobody spoke of: more make it timid
FACTS = 2.0  # how often a fact that is told first counts; in the ranker's examples it is six


def train(
    corpora: Path,
    state: Path,
    encoder: NumpyEncoder,
    ranker: LSTMRanker,
    *,
    timelines: int = 700,
    epochs: int = 8,
    out: Path | None = None,
    seed: int = 0,
) -> dict[str, float]:
    """Train, calibrate on held-out timelines, write the checkpoint; returns held-out figures."""

    def gathered(count: int, held_out: bool) -> Readings:
        counts: dict[Kind, int] = {"readings": count, "told": round(TOLD * count)}
        made = [
            gather_made(
                kind, corpora, state, many,
                held_out=held_out, encoder=encoder, ranker=ranker, seed=seed,
            )
            for kind, many in counts.items()
        ]  # fmt: skip
        return Readings.of(made).first(CANDIDATES)

    learned = gathered(timelines, held_out=False)
    drawn = np.random.default_rng(seed).random(len(learned)) < UNANSWERABLE_KEPT
    learned = learned[(learned.kind != UNANSWERABLE) | drawn]
    judged = gathered(max(8, timelines // 8), held_out=True)
    return fit(learned, judged, encoder, out=out or WEIGHTS / READER, epochs=epochs, seed=seed)


def fit(
    learned: Readings,
    judged: Readings,
    encoder: NumpyEncoder,
    *,
    out: Path,
    epochs: int = 2,
    batch: int = 32,
    seed: int = 0,
) -> dict[str, float]:
    """The same of readings at hand."""
    import keras

    keras.utils.set_random_seed(seed)
    rng = np.random.default_rng(seed)
    weight = np.where(learned.source == "facts", FACTS, 1.0)
    rows = np.repeat(
        np.arange(len(learned)), np.floor(weight + rng.random(len(weight))).astype(int)
    )
    model = build_model(encoder.checkpoint.weights["embedding"], learned)
    steps = max(1, epochs * (len(rows) // batch))
    schedule = keras.optimizers.schedules.CosineDecay(
        2e-3 / 20, steps, warmup_target=2e-3, warmup_steps=min(50, steps // 4)
    )
    optimizer = keras.optimizers.AdamW(
        schedule, weight_decay=0.01, clipnorm=1.0, use_ema=True, ema_momentum=EMA
    )
    model.compile(optimizer=optimizer, loss=_loss)
    for epoch in range(epochs):
        losses = []
        for numbers in _batches(learned, rng.permutation(rows), batch, rng):
            part = learned[numbers]
            losses.append(model.train_on_batch(model_inputs(part, *_lengths(part)), _targets(part)))
            if len(losses) % 200 == 0:
                print(f"epoch {epoch + 1}, {len(losses)} steps: {np.mean(losses):.4f}", flush=True)
        print(f"epoch {epoch + 1}: loss {np.mean(losses):.4f}", flush=True)
    optimizer.finalize_variable_values(model.trainable_variables)
    name, read = encoder.fingerprint, learned.scores.shape[1]
    write(model, out, encoder=name, candidates=read)
    reader = load_reader(encoder.checkpoint, encoder.tokenizer, FEATURES, out)
    settings, figures = calibrate(reader, judged)
    write(model, out, encoder=name, candidates=read, **settings)
    return figures


def _targets(part: Readings) -> Array:
    """(n, 2, K + 1): what is right, "none of them" at the end; and which is evidence anyhow."""
    n, k = part.evidence.shape
    out = np.zeros((n, 2, k + 1), np.float32)
    named = part.kind == MISTAKEN
    out[:, 0, :k] = part.evidence & ~named[:, None]
    out[:, 0, k] = ~out[:, 0, :k].any(axis=1)
    out[:, 1, :k] = part.evidence & named[:, None]
    return out


def _loss(target: Any, out: Any) -> Any:
    """Softmax over the candidates and none; where the wrong one is named, "none", and still which
    of the candidates it would be."""
    from keras import ops

    right, anyhow = target[:, 0], target[:, 1, :-1]
    log_p = ops.log_softmax(out, axis=-1)
    loss = -ops.logsumexp(log_p + (right - 1) * 1e4, axis=-1)
    which = -ops.logsumexp(ops.log_softmax(out[:, :-1], axis=-1) + (anyhow - 1) * 1e4, axis=-1)
    return ops.mean(loss + ops.where(ops.any(anyhow > 0, axis=-1), which, 0.0))


def _batches(data: Readings, order: Ints, size: int, rng: np.random.Generator) -> Iterator[Ints]:
    """Random batches of questions of about equal length."""
    lengths = (data.asked >= 0).sum(-1)
    batches = []
    for pool in np.array_split(order, max(1, len(order) // (16 * size))):
        pool = pool[np.argsort(lengths[pool], kind="stable")]
        batches += [pool[i : i + size] for i in range(0, len(pool) - size + 1, size)]
    for number in rng.permutation(len(batches)):
        yield batches[number]


def _lengths(part: Readings) -> tuple[int, int]:
    """So many pieces of questions and of passages hold them all."""
    question = int((part.asked >= 0).sum(-1).max())
    passage = int((part.ids >= 0).sum(-1).max())
    return (
        next(one for one in QUESTIONS if one >= question),
        next(one for one in LENGTHS if one >= passage),
    )
