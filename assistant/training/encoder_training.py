"""Trains the turn encoder: distillation from two teachers, then contrast, mixed with the former.

    python -m assistant.training encoder --corpora DIR --cache DIR --state DIR --out FILE

Written with Keras 3 on any backend (``KERAS_BACKEND=jax`` is the fastest on a CPU). Weights are
saved in the state folder every ``save_every`` steps; a run that was killed goes on from there.
"""

from __future__ import annotations

import json
import random
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray

from assistant.encoder import Array
from assistant.neural.encoder_keras import (
    EncoderConfig,
    build_encoder,
    get_weights,
    set_weights,
)
from assistant.neural.encoder_numpy import pad
from assistant.neural.tokenizer import Tokenizer
from assistant.training.distillation import Space, read_cache
from assistant.training.examples import Example, ExampleMaker
from assistant.training.piece_vectors import initial_embedding
from assistant.training.progress import Report

# Few widths, so that few shapes are compiled; texts are cut at the last.
WIDTHS: Final = (8, 12, 16, 24, 32, 48, 64)


@dataclass(frozen=True, slots=True)
class Plan:
    """How to train.

    Args:
        seed: Of all chance.
        epochs: Of distillation over the cached texts.
        passes: Of contrast over the examples; a part of a pass is allowed.
        tokens: Of a distillation batch.
        queries: Of a contrast batch; each brings its answer and one other turn.
        mixed: Distillation texts in each contrast batch.
        rate: Learning rate of distillation.
        contrast_rate: Learning rate of contrast.
        temperature: Of InfoNCE.
        keep: Weight of distillation within contrast.
        save_every: Steps between saves.
        compiled: Compile each shape with XLA: faster steps after a slower first one.
    """

    seed: int = 0
    epochs: float = 4.0
    passes: float = 1.0
    tokens: int = 6144
    queries: int = 96
    mixed: int = 64
    rate: float = 1.5e-3
    contrast_rate: float = 5e-4
    temperature: float = 0.05
    keep: float = 1.0
    save_every: int = 100
    compiled: bool = True


@dataclass(frozen=True, slots=True)
class Distillation:
    """Tokenised texts and what the teachers make of them.

    Args:
        rows: Token numbers of each text.
        targets: Unit vectors, (texts, dimension).
    """

    rows: Sequence[Sequence[int]]
    targets: Array


def tokenise(
    tokenizer: Tokenizer, texts: Sequence[str], questions: Sequence[bool]
) -> list[list[int]]:
    """Token rows, questions opened by the piece of queries."""
    turns = tokenizer.encode(texts, kind="turn", limit=WIDTHS[-1])
    asked = tokenizer.encode(["?"], kind="query", limit=2)[0][0]
    return [[asked, *row[1:]] if q else row for row, q in zip(turns, questions, strict=True)]


def prepare(
    cache: Path, tokenizer: Tokenizer, config: EncoderConfig, seed: int = 0
) -> tuple[Distillation, Any]:
    """What to distil from a cache of teachers' vectors, and a model that starts from its pieces.

    The model begins as a mean of word vectors: the share of the embeddings in the last layer is
    the identity, that of the LSTM small.
    """
    texts, languages, questions, minilm, e5 = read_cache(cache)
    space = Space.fit(minilm, e5, languages, config.dimension)
    data = Distillation(tokenise(tokenizer, texts, questions), space.targets(minilm, e5, languages))
    keras.utils.set_random_seed(seed)
    model = build_encoder(config)
    pieces = cache / "pieces.npz"
    if pieces.exists() and config.embedding == config.dimension:
        weights = get_weights(model)
        kernel = weights["dense.kernel"].copy()
        kernel[: -config.embedding] *= 0.3
        kernel[-config.embedding :] = np.eye(config.embedding)
        start = initial_embedding(tokenizer, pieces, space, seed)
        set_weights(model, {**weights, "embedding": start, "dense.kernel": kernel})
    return data, model


class EncoderTraining:
    """One training run over a model, resumable.

    Args:
        model: From ``build_encoder``.
        tokenizer: The one it was sized for.
        plan: How to train.
        state: Folder for weights and progress; None keeps nothing.
    """

    def __init__(
        self, model: Any, tokenizer: Tokenizer, plan: Plan, state: Path | None = None
    ) -> None:
        self.model = model
        self.tokenizer = tokenizer
        self.plan = plan
        self._state = state
        self.done: dict[str, int] = {}
        if state is not None and (state / "progress.json").exists():
            self.done = json.loads((state / "progress.json").read_text(encoding="utf-8"))
            with np.load(state / "weights.npz") as saved:
                set_weights(model, {name: saved[name] for name in saved.files})

    def distil(self, data: Distillation, report: Report) -> None:
        """Reproduce the teachers: 1 - cosine, and the same similarities within a batch."""
        buckets = _buckets(data.rows)
        each = {w: max(16, self.plan.tokens // w) for w in WIDTHS}
        an_epoch = sum(-(-len(part) // each[w]) for w, part in buckets.items())
        steps = int(an_epoch * self.plan.epochs)

        def batches(rng: random.Random) -> Iterator[tuple[NDArray[np.int32], Array]]:
            while True:
                order: list[tuple[int, list[int]]] = []
                for width, part in buckets.items():
                    rng.shuffle(part)
                    size = each[width]
                    # A last, short batch is filled up from the start, so that shapes stay few.
                    filled = part + [rng.choice(part) for _ in range(-len(part) % size)]
                    order += [(width, filled[i : i + size]) for i in range(0, len(filled), size)]
                rng.shuffle(order)
                for width, part in order:
                    ids = _padded([data.rows[i] for i in part], width)
                    yield ids, _labels(data.targets[part])

        loss = _loss(0, self.plan)
        self._run("distil", steps, self.plan.rate, loss, batches, report)

    def contrast(self, data: Distillation, examples: ExampleMaker, report: Report) -> None:
        """Tell the answer from other turns, without forgetting the teachers."""
        plan = self.plan
        buckets = _buckets(data.rows)
        first = examples.one_pass()
        steps = int(plan.passes * len(first) / plan.queries)

        def batches(rng: random.Random) -> Iterator[tuple[NDArray[np.int32], Array]]:
            current = first
            while True:
                for part in self._contrast_batches(current, rng):
                    yield self._contrast_batch(part, data, buckets, rng)
                current = examples.one_pass()

        loss = _loss(plan.queries, plan)
        self._run("contrast", steps, plan.contrast_rate, loss, batches, report)

    def _contrast_batches(
        self, examples: Sequence[Example], rng: random.Random
    ) -> Iterator[list[Example]]:
        """Examples with answers of like length together, in random order."""
        size = self.plan.queries
        ranked = sorted(examples, key=lambda e: len(e.positive.encode()) + rng.random() * 30)
        parts = [ranked[i : i + size] for i in range(0, len(ranked) - size + 1, size)]
        rng.shuffle(parts)
        yield from parts

    def _contrast_batch(
        self,
        part: list[Example],
        data: Distillation,
        buckets: dict[int, list[int]],
        rng: random.Random,
    ) -> tuple[NDArray[np.int32], Array]:
        encode, limit = self.tokenizer.encode, WIDTHS[-1]
        others = [
            rng.choice(e.negatives) if e.negatives else rng.choice(part).positive for e in part
        ]
        positives = encode([e.positive for e in part], kind="turn", limit=limit)
        lengths = sorted(len(row) for row in positives)
        width = _width(lengths[int(len(lengths) * 0.9)])
        nearest = min(buckets, key=lambda other: abs(other - width))
        chosen = rng.choices(buckets[nearest], k=self.plan.mixed)
        rows = [
            *encode([e.query for e in part], kind="query", limit=limit),
            *positives,
            *encode(others, kind="turn", limit=limit),
            *(data.rows[i] for i in chosen),
        ]
        blank = np.zeros((3 * len(part), data.targets.shape[1]), np.float32)
        groups = [e.positive for e in part] * 2 + others
        labels = np.concatenate([_labels(blank), _labels(data.targets[chosen])])
        labels[: len(groups), -1] = [zlib.crc32(g.encode()) % (1 << 24) for g in groups]
        return _padded(rows, width), labels

    def _run(
        self,
        stage: str,
        steps: int,
        rate: float,
        loss: Any,
        batches: Callable[[random.Random], Iterator[tuple[NDArray[np.int32], Array]]],
        report: Report,
    ) -> None:
        done = self.done.get(stage, 0)
        if done >= steps:
            return
        optimizer = keras.optimizers.Adam(rate, clipnorm=1.0)
        self.model.compile(optimizer, loss=loss, jit_compile=self.plan.compiled)
        stream = batches(random.Random(self.plan.seed + done))
        for step in range(done, steps):
            optimizer.learning_rate = rate * min(1.0, (step + 1) / 50) * _decay(step / steps)
            value = float(self.model.train_on_batch(*next(stream)))
            report(step + 1, steps, value)
            if (step + 1) % self.plan.save_every == 0 or step + 1 == steps:
                self.done[stage] = step + 1
                self._save()

    def _save(self) -> None:
        if self._state is None:
            return
        self._state.mkdir(parents=True, exist_ok=True)
        temporary = self._state / "weights.tmp.npz"
        np.savez(temporary, **get_weights(self.model))  # type: ignore[arg-type]
        temporary.replace(self._state / "weights.npz")
        noted = self._state / "progress.tmp.json"
        noted.write_text(json.dumps(self.done), encoding="utf-8")
        noted.replace(self._state / "progress.json")


def _loss(queries: int, plan: Plan) -> Callable[[Any, Any], Any]:
    """Of a batch of [queries, their answers, other turns, distillation texts]."""

    def loss(y_true: Any, y: Any) -> Any:
        targets, groups = y_true[:, :-1], y_true[:, -1]
        n = 3 * queries
        a, b = y[n:], targets[n:]
        distilled = ops.mean(1.0 - ops.sum(a * b, axis=-1))
        alike = ops.mean(
            ops.square(ops.matmul(a, ops.transpose(a)) - ops.matmul(b, ops.transpose(b)))
        )
        total = distilled + 2.0 * alike
        if not queries:
            return total
        scores = ops.matmul(y[:queries], ops.transpose(y[queries:n])) / plan.temperature
        # The same answer to another question is no wrong answer.
        same = ops.equal(groups[:queries, None], groups[None, queries:n])
        right = ops.eye(queries, 2 * queries, dtype=scores.dtype)
        scores = scores - 1e9 * ops.cast(same, scores.dtype) * (1.0 - right)
        found = ops.mean(ops.logsumexp(scores, axis=1) - ops.sum(scores * right, axis=1))
        square = scores[:, :queries]
        asked = ops.mean(
            ops.logsumexp(square, axis=0) - ops.sum(square * right[:, :queries], axis=0)
        )
        return found + 0.3 * asked + plan.keep * total

    return loss


def _decay(done: float) -> float:
    return float(0.02 + 0.98 * 0.5 * (1 + np.cos(np.pi * done)))


def _labels(targets: Array) -> Array:
    return np.concatenate([targets, np.zeros((len(targets), 1), np.float32)], axis=1)


def _width(length: int) -> int:
    return next((width for width in WIDTHS if length <= width), WIDTHS[-1])


def _buckets(rows: Sequence[Sequence[int]]) -> dict[int, list[int]]:
    buckets: dict[int, list[int]] = {width: [] for width in WIDTHS}
    for number, row in enumerate(rows):
        buckets[_width(len(row))].append(number)
    return {width: part for width, part in buckets.items() if part}


def _padded(rows: Sequence[Sequence[int]], width: int) -> NDArray[np.int32]:
    ids, _ = pad([row[:width] for row in rows])
    return np.pad(ids, ((0, 0), (0, width - ids.shape[1])))
