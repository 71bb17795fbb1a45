"""The Keras twin of the reader, and how it is written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.encoder import Array
from assistant.matching import FEATURES
from assistant.neural.checkpoint import write_checkpoint
from assistant.neural.ranker import CLIP
from assistant.neural.reader import QUESTION, SUMMARY, WIDTH
from assistant.training.ranker import CONSTANT
from assistant.training.readings import ABSENT, PIECES, Readings

HIDDEN, NONE = 64, 48
NOISE, DROPOUT = 0.2, 0.2
DIFFERENT = 3072  # pieces: their number is rounded up to this, each is compiled once


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
            self.part = dense(WIDTH, use_bias=False, name="part")
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
            pieces, asked, ids, part, x, s, g = inputs

            def noisy(u: Any) -> Any:
                return self.noise(u, training=training)

            def dropped(u: Any) -> Any:
                return self.drop(u, training=training)

            b, n, m = ops.shape(asked)[0], asked.shape[1], ids.shape[2]
            word = ops.cast(asked >= 0, "float32")
            held = ops.cast(ids >= 0, "float32")
            there = ops.cast(s > ABSENT, "float32")
            e = ops.take(self.pieces, pieces, axis=0)
            p = dropped(self.project(e) * 4)
            asked, ids = ops.maximum(asked, 0), ops.maximum(ops.reshape(ids, (b, k * m)), 0)
            e_q, e_d = ops.take(e, asked, axis=0), ops.take(e, ids, axis=0)
            parts = ops.one_hot(ops.reshape(part, (b, k * m)), 3)
            q, d = ops.take(p, asked, axis=0), ops.take(p, ids, axis=0) + self.part(parts)
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
    model(model_inputs(data[np.arange(min(2, len(data)))], QUESTION, PIECES))
    model.pieces.assign(unit)
    return model


def model_inputs(part: Readings, question: int, passage: int) -> list[NDArray[Any]]:
    """What the Keras twin is given: the different pieces, and which of them stands where.

    Args:
        part: Questions and what is read for them.
        question: Pieces of a question, and ``passage`` of a passage, that hold all of them: what
            is cut off is padding.
        passage: As above.
    """
    asked, ids = part.asked[:, :question], part.ids[:, :, :passage]
    different, places = np.unique(np.concatenate([asked.ravel(), ids.ravel()]), return_inverse=True)
    first = int(different[0] < 0)  # of them may be what stands for none
    pieces = np.zeros(-(-len(different) // DIFFERENT) * DIFFERENT, np.int32)
    pieces[: len(different) - first] = different[first:]
    places = (places.ravel() - first).astype(np.int32)
    return [
        pieces,
        places[: asked.size].reshape(asked.shape),
        places[asked.size :].reshape(ids.shape),
        part.part[:, :, :passage].astype(np.int32),
        part.features.astype(np.float32),
        part.scores,
        part.summary,
    ]


def write(
    model: Any,
    path: Path,
    *,
    encoder: str,
    candidates: int,
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
        "candidates": candidates,
        "hidden": HIDDEN,
        "none": NONE,
        "slope": slope,
        "share": share,
        "offset": offset,
        "threshold": threshold,
    }
    write_checkpoint(path, "reader", config, weights)
