"""Trains the reader: does one of the best candidates answer the question, and which?

Each question of the training timelines is asked three times: as it is; with its evidence never
said, and everything worked out anew without it; and, where it names one of two people, naming the
other. Of each the candidates that the ranker puts first are read. Needs the trained ranker.

    KERAS_BACKEND=jax python -m assistant.training reader --corpora DIR --state DIR --out FILE
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.encoder import Array, spoken
from assistant.matching import FEATURES, Query
from assistant.neural.checkpoint import WEIGHTS, write_checkpoint
from assistant.neural.encoder_numpy import NumpyEncoder
from assistant.neural.ranker import CLIP, LSTMRanker
from assistant.neural.reader import (
    AFTER,
    BEFORE,
    QUESTION,
    READER,
    SUMMARY,
    TURN,
    WIDTH,
    Pieces,
    Reader,
    load_reader,
    log_sum_exp,
    passage_pieces,
    question_pieces,
    summary,
)
from assistant.narrowing import without_turns
from assistant.recall import Recall
from assistant.rereading import passage
from assistant.training.abstention import Abstention
from assistant.training.ranker import (
    CONSTANT,
    NAMED,
    SHARE,
    Example,
    asked_at,
    f_half,
    mistaken,
    store_of,
)
from assistant.training.timeline_cache import cached_timelines, part_of
from assistant.training.timelines import Timeline
from storage import TurnIndex

READ = 6  # candidates read
PIECES = BEFORE + TURN + AFTER
HIDDEN, NONE = 48, 32
NOISE, DROPOUT, EMA = 0.2, 0.2, 0.98
ASKED, MASKED, MISTAKEN = 0, 1, 2
ABSENT = -100.0  # the score of a candidate that is not there; the ranker's never go so low
MISTAKEN_SHARE = 0.3  # of the questions that name one of two people, how many are asked wrongly too
LENGTHS = (48, PIECES)  # to which passages are padded: each is compiled once
FACTS = 2.0  # how often a fact that is told first counts; in the ranker's examples it is six

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Readings:
    """Questions and what is read for them, n of each, K candidates at most.

    Args:
        asked: Pieces of the question, (n, QUESTION), -1 from its end on.
        ids: Pieces of the passages, (n, K, PIECES), -1 from their end on.
        part: Of which turn each is, (n, K, PIECES).
        features: Match features, (n, K, features).
        scores: Of the ranker, best first, (n, K); ABSENT where there is no candidate.
        summary: Of the scores of all, (n, SUMMARY).
        evidence: Which candidates are, (n, K).
        kind: ASKED, MASKED or MISTAKEN, (n,).
        source: Corpus of the question, (n,).
    """

    asked: NDArray[np.int32]
    ids: NDArray[np.int32]
    part: NDArray[np.int8]
    features: NDArray[np.float16]
    scores: Array
    summary: Array
    evidence: NDArray[np.bool_]
    kind: NDArray[np.int8]
    source: NDArray[np.str_]

    def __len__(self) -> int:
        return len(self.kind)

    def __getitem__(self, rows: Ints | NDArray[np.bool_]) -> Readings:
        return Readings(*(getattr(self, one.name)[rows] for one in fields(self)))

    @classmethod
    def of(cls, parts: Sequence[Readings]) -> Readings:
        """Several as one."""
        names = [one.name for one in fields(cls)]
        return cls(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


def readings_of(
    timeline: Timeline, encoder: NumpyEncoder, ranker: LSTMRanker, rng: random.Random
) -> Readings:
    """Every question of a timeline, asked in each of the three ways."""
    rows: list[tuple[Any, ...]] = []
    with store_of(timeline, encoder) as (store, ids):
        recall = Recall(store, encoder, ranker)
        index = store.index(encoder.fingerprint)
        texts = [spoken(turn.speaker, turn.text) for turn in timeline.turns]
        words = dict(zip(ids.values(), texts, strict=True))
        now = asked_at(timeline)
        asked = encoder.encode([one.text for one in timeline.questions], kind="query")
        for question, vector in zip(timeline.questions, asked, strict=True):
            if rng.random() > SHARE.get(question.source, 1.0):
                continue
            query = Query(question.text, vector, now)
            wanted = [ids[ref] for ref in question.evidence]
            for kind, seen, example, at in _ways(recall, query, index, wanted, question.source):
                if kind == MISTAKEN and rng.random() > MISTAKEN_SHARE:
                    continue
                scores = ranker.score(example.features[None])[0]
                best = np.argsort(-scores, kind="stable")[:READ]
                read = [
                    passage_pieces(encoder.tokenizer, passage(seen, int(at[i]), words))
                    for i in best
                ]
                rows.append(
                    (
                        _filled(question_pieces(encoder.tokenizer, question.text), QUESTION, -1),
                        _filled([_filled(one.ids, PIECES, -1) for one in read], READ, -1),
                        _filled([_filled(one.part, PIECES, 0) for one in read], READ, 0),
                        _filled(example.features[best].astype(np.float16), READ, 0),
                        _filled(scores[best], READ, ABSENT),
                        summary(scores),
                        _filled(example.evidence[best], READ, False),
                        np.int8(kind),
                        np.str_(question.source),
                    )
                )
    if not rows:
        return EMPTY
    return Readings(*(np.stack(column) for column in zip(*rows, strict=True)))


def _ways(
    recall: Recall, query: Query, index: TurnIndex, wanted: list[int], source: str
) -> Iterator[tuple[int, TurnIndex, Example, Ints]]:
    """The ways to ask: how, of which turns, what is found there, and in which rows."""
    for kind, seen in ((ASKED, index), (MASKED, without_turns(index, wanted))):
        if not len(seen.ids):
            continue
        rows, features = recall.candidates(query, seen, np.ones(len(seen.ids), bool))
        example = Example(features, np.isin(seen.ids[rows], wanted), source)
        if kind == MASKED or example.evidence.any():
            yield kind, seen, example, rows
        if kind == ASKED and features[:, NAMED].any(axis=0).all() and example.evidence.any():
            yield MISTAKEN, seen, mistaken(example), rows


def _filled(rows: Any, length: int, value: Any) -> NDArray[Any]:
    """Rows as an array of exactly so many."""
    array = np.asarray(rows)
    out = np.full((length, *array.shape[1:]), value, array.dtype)
    out[: len(array)] = array[:length]
    return out


def _columns(n: int, k: int) -> Readings:
    return Readings(
        np.zeros((n, QUESTION), np.int32),
        np.zeros((n, k, PIECES), np.int32),
        np.zeros((n, k, PIECES), np.int8),
        np.zeros((n, k, len(FEATURES)), np.float16),
        np.zeros((n, k), np.float32),
        np.zeros((n, SUMMARY), np.float32),
        np.zeros((n, k), np.bool_),
        np.zeros(n, np.int8),
        np.zeros(n, np.str_),
    )


EMPTY = _columns(0, READ)


def gather(
    corpora: Path,
    state: Path,
    count: int,
    *,
    held_out: bool,
    encoder: NumpyEncoder,
    ranker: LSTMRanker,
    seed: int = 0,
) -> Readings:
    """Readings of ``count`` timelines, cached in ``state`` one file a timeline."""
    folder = state / f"readings-{ranker.fingerprint[:12]}-{READ}-{part_of(held_out)}"

    def read(timeline: Timeline, number: int) -> dict[str, Any]:
        made = readings_of(timeline, encoder, ranker, random.Random(f"{seed} {number}"))
        return {one.name: getattr(made, one.name) for one in fields(made)}

    found = [
        Readings(*(saved[one.name] for one in fields(Readings)))
        for saved in cached_timelines(
            corpora, folder, count, held_out=held_out, seed=seed, read=read
        )
    ]
    return Readings.of(found)


def build_model(embedding: Array, data: Readings) -> Any:
    """The Keras twin of ``Reader.forward``: padded pieces and features in, o and o_0 out."""
    import keras
    from keras import ops

    k = data.scores.shape[1]
    present = data.scores > ABSENT
    seen = data.features[present].astype(np.float32)
    mean, spread = seen.mean(0), seen.std(0)
    spread = np.where(spread == 0, CONSTANT, np.maximum(spread, 0.05)).astype(np.float32)
    g_mean, g_spread = data.summary.mean(0), np.maximum(data.summary.std(0), 0.05)
    unit = embedding / np.maximum(np.linalg.norm(embedding, axis=1, keepdims=True), 1e-6)
    rank = np.arange(k, dtype=np.float32) / 4

    class Twin(keras.Model):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            dense = keras.layers.Dense
            self.pieces = self.add_weight(shape=unit.shape, trainable=False, name="pieces")
            self.project = dense(WIDTH, use_bias=False, name="project")
            self.part = keras.layers.Embedding(3, WIDTH, name="part")
            self.word = dense(1, use_bias=False, name="word")
            self.tau = self.add_weight(shape=(1,), initializer="ones", name="tau")
            self.again = self.add_weight(shape=(1,), initializer="ones", name="again")
            self.compare = dense(WIDTH, activation="relu", name="compare")
            self.judge = dense(WIDTH // 2, activation="tanh", name="judge")
            self.hidden = dense(HIDDEN, activation="tanh", name="hidden")
            self.out = dense(1, name="out")
            self.none = dense(NONE, activation="tanh", name="none")
            self.nothing = dense(1, name="nothing")
            self.drop = keras.layers.Dropout(DROPOUT)
            self.noise = keras.layers.GaussianNoise(NOISE)
            self.mean, self.spread, self.g_mean, self.g_spread = mean, spread, g_mean, g_spread

        def call(self, inputs: Any, training: bool = False) -> Any:
            asked, ids, part, x, s, g = inputs

            def noisy(u: Any) -> Any:
                return self.noise(u, training=training)

            def dropped(u: Any) -> Any:
                return self.drop(u, training=training)

            b, n, m = ops.shape(asked)[0], asked.shape[1], ids.shape[2]
            word = ops.cast(asked >= 0, "float32")
            held = ops.cast(ids >= 0, "float32")
            there = ops.cast(s > ABSENT, "float32")
            e_q = ops.take(self.pieces, ops.maximum(asked, 0), axis=0)
            e_d = ops.take(self.pieces, ops.maximum(ops.reshape(ids, (b, k * m)), 0), axis=0)
            q = dropped(self.project(e_q) * 4)
            d = dropped(self.project(e_d) * 4) + self.part(ops.reshape(part, (b, k * m)))
            scaled = ops.matmul(q, ops.transpose(d, (0, 2, 1))) / np.sqrt(WIDTH)
            cosine = ops.matmul(e_q, ops.transpose(e_d, (0, 2, 1)))

            def by_candidate(u: Any) -> Any:  # (b, n, k m) to (b, k, n, m)
                return ops.transpose(ops.reshape(u, (b, n, k, m)), (0, 2, 1, 3))

            cosine, a = by_candidate(cosine), by_candidate(scaled)
            outside = (held[:, :, None, :] - 1) * 1e4
            a = ops.softmax(a + 2 * self.tau * cosine + outside, axis=-1)
            alpha = ops.matmul(a, ops.reshape(d, (b, k, m, WIDTH)))
            q = ops.broadcast_to(q[:, None], (b, k, n, WIDTH))
            inside = ops.cast(part == 1, "float32") * held
            turn = ops.maximum(
                ops.max(cosine + (inside[:, :, None, :] - 1) * 1e4, axis=-1, keepdims=True), 0.0
            )
            anywhere = ops.maximum(ops.max(cosine + outside, axis=-1, keepdims=True), -1.0)
            c = ops.concatenate([q, alpha, q * alpha, ops.abs(q - alpha), turn, anywhere], axis=-1)
            c = self.judge(self.compare(dropped(c)))
            # Without noise on what weighs the words: as in use.
            w = ops.softmax(self.word(q)[..., 0] + (word[:, None] - 1) * 1e4, axis=-1)[..., None]
            most = ops.max(c + (word[:, None, :, None] - 1) * 1e4, axis=2)
            g = noisy(ops.clip((g - self.g_mean) / self.g_spread, -4, 4))
            x = noisy(ops.clip((x - self.mean) / self.spread, -CLIP, CLIP))
            ranks = ops.broadcast_to(ops.convert_to_tensor(rank)[None, :, None], (b, k, 1))
            wide = ops.broadcast_to(g[:, None], (b, k, SUMMARY))
            h = ops.concatenate([x, s[..., None] / 3, ranks, wide, ops.sum(w * c, 2), most], -1)
            h = self.hidden(dropped(h))
            o = self.out(h)[..., 0] + self.again * s + (there - 1) * 1e4
            best = ops.max(h + (there[..., None] - 1) * 1e4, axis=1)
            none = self.nothing(self.none(dropped(ops.concatenate([g, best], -1))))
            return ops.concatenate([o, none], axis=-1)

    model = Twin()
    model(model_inputs(data[np.arange(min(2, len(data)))], PIECES))
    model.pieces.assign(unit)
    return model


def model_inputs(part: Readings, length: int) -> list[NDArray[Any]]:
    """What the Keras twin is given, passages cut to a length that holds them all."""
    return [
        part.asked,
        part.ids[:, :, :length],
        part.part[:, :, :length].astype(np.int32),
        part.features.astype(np.float32),
        part.scores,
        part.summary,
    ]


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
    """Random batches of passages of about equal length."""
    lengths = (data.ids >= 0).sum(-1).max(-1)
    batches = []
    for pool in np.array_split(order, max(1, len(order) // (16 * size))):
        pool = pool[np.argsort(lengths[pool], kind="stable")]
        batches += [pool[i : i + size] for i in range(0, len(pool) - size + 1, size)]
    for number in rng.permutation(len(batches)):
        yield batches[number]


def _length(part: Readings) -> int:
    longest = int((part.ids >= 0).sum(-1).max())
    return next(one for one in LENGTHS if one >= longest)


def train(
    corpora: Path,
    state: Path,
    encoder: NumpyEncoder,
    ranker: LSTMRanker,
    *,
    timelines: int = 640,
    epochs: int = 3,
    out: Path | None = None,
    seed: int = 0,
) -> dict[str, float]:
    """Train, calibrate on held-out timelines, write the checkpoint; returns held-out figures."""
    given = {"encoder": encoder, "ranker": ranker, "seed": seed}
    learned = gather(corpora, state, timelines, held_out=False, **given)  # type: ignore[arg-type]
    judged = gather(corpora, state, max(8, timelines // 8), held_out=True, **given)  # type: ignore[arg-type]
    return fit(learned, judged, encoder, out=out or WEIGHTS / READER, epochs=epochs, seed=seed)


def fit(
    learned: Readings,
    judged: Readings,
    encoder: NumpyEncoder,
    *,
    out: Path,
    epochs: int = 3,
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
            losses.append(model.train_on_batch(model_inputs(part, _length(part)), _targets(part)))
            if len(losses) % 200 == 0:
                print(f"epoch {epoch + 1}, {len(losses)} steps: {np.mean(losses):.4f}", flush=True)
        print(f"epoch {epoch + 1}: loss {np.mean(losses):.4f}", flush=True)
    optimizer.finalize_variable_values(model.trainable_variables)
    write(model, out, encoder=encoder.fingerprint)
    reader = load_reader(encoder.checkpoint, encoder.tokenizer, FEATURES, out)
    settings, figures = calibrate(reader, judged)
    write(model, out, encoder=encoder.fingerprint, **settings)
    return figures


def outputs(reader: Reader, data: Readings) -> tuple[Array, Array]:
    """log-odds that any is evidence, (n,), and the logarithm of each one's share, (n, K)."""
    found = np.zeros(len(data), np.float32)
    share = np.full(data.scores.shape, -60, np.float32)
    for i in range(len(data)):
        count = int((data.scores[i] > ABSENT).sum())
        held = data.ids[i, :count] >= 0
        o, none = reader.forward(
            data.asked[i][data.asked[i] >= 0],
            [Pieces(data.ids[i, j][held[j]], data.part[i, j][held[j]]) for j in range(count)],
            data.features[i, :count].astype(np.float32),
            data.scores[i, :count],
            data.summary[i],
        )
        total = log_sum_exp(o)
        found[i], share[i, :count] = total - none, o - total
    return found, share


def calibrate(reader: Reader, data: Readings) -> tuple[dict[str, float], dict[str, float]]:
    """Platt scaling of both outputs over questions with their evidence, without, and misnamed.

    Returns:
        Settings: slope, share, offset, and the confidence from which on F½ of being right is
        best (a wrong answer costs more than none, and half of the questions have no answer here);
        and figures on the same questions.
    """
    found, share = outputs(reader, data)
    first = share.argmax(1)
    best = share[np.arange(len(data)), first]
    right = data.evidence[np.arange(len(data)), first] & (data.kind == ASKED)
    x = np.stack([found, best, np.ones(len(data))], 1).astype(np.float64)
    w = np.zeros(3)
    for _ in range(50):  # Newton's method; convex
        p = 1 / (1 + np.exp(-np.clip(x @ w, -60, 60)))
        curve = (x * (p * (1 - p))[:, None]).T @ x + 1e-3 * np.eye(3)
        w -= np.linalg.solve(curve, x.T @ (p - right) + 1e-3 * w)
    p = 1 / (1 + np.exp(-np.clip(x @ w, -60, 60)))
    threshold = float(max(np.arange(0.2, 0.9, 0.01), key=lambda at: f_half(p >= at, right)))
    told = Abstention(
        p[data.kind == ASKED].tolist(),
        right[data.kind == ASKED].tolist(),
        p[data.kind == MASKED].tolist(),
        threshold,
    )
    before = data.evidence[data.kind == ASKED, 0].mean()
    figures = told.as_json() | {
        "first_right": float(right[data.kind == ASKED].mean()),
        "first_right_before": float(before),
    }
    print("\n".join(told.lines()), flush=True)
    names = ("slope", "share", "offset")
    return dict(zip(names, map(float, w), strict=True)) | {"threshold": threshold}, figures


def write(
    model: Any,
    path: Path,
    *,
    encoder: str,
    slope: float = 1.0,
    share: float = 1.0,
    offset: float = 0.0,
    threshold: float = 0.5,
) -> None:
    """Write the checkpoint of a Keras model."""
    weights: dict[str, Array] = {
        "mean": model.mean,
        "spread": model.spread,
        "summary.mean": model.g_mean,
        "summary.spread": model.g_spread,
        "project": model.project.get_weights()[0],
        "part": model.part.get_weights()[0],
        "word": model.word.get_weights()[0][:, 0],
        "tau": np.asarray(model.tau),
        "again": np.asarray(model.again),
    }
    for name in ("compare", "judge", "hidden", "out", "none", "nothing"):
        kernel, bias = getattr(model, name).get_weights()
        weights |= {f"{name}.kernel": kernel, f"{name}.bias": bias}
    config = {
        "features": list(FEATURES),
        "encoder": encoder,
        "candidates": READ,
        "hidden": HIDDEN,
        "none": NONE,
        "slope": slope,
        "share": share,
        "offset": offset,
        "threshold": threshold,
    }
    write_checkpoint(path, "reader", config, weights)
