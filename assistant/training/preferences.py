"""Trains what tells which preferences bear on a request, from the vectors of both.

A preference and the request it serves seldom lie near each other in the encoder's space, for that
space is made for answers to questions. So each side has a map of its own from a vector to areas of
life, p = softmax(W·v + b), and two distributions that overlap belong together.

The sentences with areas (``areas``) are few. The teachers' vectors tell more about words they do
not have: heads trained on those of the sentences label the corpora's texts, and the maps learn from
both.

Areas are few; which preference belongs to which request is learned from pairs of them too
(``belonging``). Whether a text asks for help at all, and whether it tells what holds in general, is
learned from the same texts against questions about what was said, passing remarks, plain facts, and
texts of the corpora (``asking``, ``holding``).
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.encoder import Array, Encoder, Kind, spoken
from assistant.neural.areas import SCALE, SIDES
from assistant.neural.checkpoint import write_checkpoint
from assistant.training.areas import Sentences, area_names, sentences
from assistant.training.asking import asking
from assistant.training.belonging import WIDTH, fit_pairs
from assistant.training.distillation import Space, read_cache
from assistant.training.holding import holding
from assistant.training.labelled import fit_labelled
from assistant.training.preference_pairs import preference_pairs

TEACHERS_SPACE = 512
LONGEST = 160  # characters of a corpus text: preferences and requests are short
KINDS: dict[str, Kind] = {"preference": "turn", "request": "query"}


def train(
    cache: Path, state: Path, encoder: Encoder, out: Path, *, texts: int = 12_000, seed: int = 0
) -> str:
    """Train all of them and write them; returns the fingerprint.

    Args:
        cache: The teachers' vectors of corpus texts, as ``teachers`` writes them.
        state: Where the teachers' vectors of the sentences are kept.
        encoder: Whose vectors the maps read.
        out: The checkpoint to write.
        texts: How many of the cached texts to learn from, at most.
        seed: Of the choice of texts, and the order of examples.

    Raises:
        ImportError: A teacher is missing and its vectors are not in ``state``.
    """
    said, languages, _, minilm, e5 = read_cache(cache)
    short = [i for i, text in enumerate(said) if len(text) <= LONGEST]
    rng = np.random.default_rng(seed)
    short = sorted(rng.choice(short, min(texts, len(short)), replace=False).tolist())
    space = Space.fit(minilm[short], e5[short], [languages[i] for i in short], TEACHERS_SPACE)
    taught = space.targets(minilm[short], e5[short], [languages[i] for i in short])
    taught -= taught.mean(axis=0)
    weights: dict[str, Array] = {}
    for side in SIDES:
        made = sentences(side)
        labels = _labels(made, _teachers(made, side, state), space, taught, seed)
        x = np.concatenate(
            [_encoded(encoder, rows, side) for rows in (made.texts, [said[i] for i in short])]
        )
        weights[f"{side}.kernel"], weights[f"{side}.bias"] = fit(
            np.float32(SCALE) * x, np.concatenate([made.areas, labels]), seed=seed
        )
    for name, side, examples in (
        ("asks", "request", asking([said[i] for i in short], seed)),
        ("holds", "preference", holding([said[i] for i in short], seed)),
    ):
        x = np.float32(SCALE) * _encoded(encoder, examples.texts, side)
        weights[f"{name}.kernel"], weights[f"{name}.bias"] = fit_labelled(x, examples)
    weights["request.pair"], weights["preference.pair"] = _paired(encoder, seed)
    config = {
        "areas": area_names(),
        "dimension": x.shape[1],
        "width": WIDTH,
        "encoder": encoder.fingerprint,
    }
    return write_checkpoint(out, "preferences", config, weights)


def _paired(encoder: Encoder, seed: int) -> tuple[Array, Array]:
    """Maps from pairs: those written as such, and of each request about an area of life with one
    of the preferences of that area."""
    rng = np.random.default_rng(seed)
    pairs = [
        (text, one.holds, one.language, -1) for one in preference_pairs() for text in one.requests
    ]
    asked, told = sentences("request"), sentences("preference")
    area = {side: made.areas.argmax(axis=1) for side, made in (("asked", asked), ("told", told))}
    among: dict[tuple[str, int], list[int]] = defaultdict(list)
    for i in np.flatnonzero(told.taught):
        among[told.languages[i], int(area["told"][i])].append(int(i))
    for i in np.flatnonzero(asked.taught):
        language, kind = asked.languages[i], int(area["asked"][i])
        mate = told.texts[rng.choice(among[language, kind])]
        pairs.append((asked.texts[i], mate, language, kind))
    requests, preferences, languages, kinds = zip(*pairs, strict=True)
    return fit_pairs(
        _encoded(encoder, list(requests), "request"),
        _encoded(encoder, list(preferences), "preference"),
        np.array(languages),
        np.array(kinds),
        seed=seed,
    )


def fit(
    x: Array, y: Array, *, epochs: int = 8, rate: float = 5e-3, decay: float = 0.02, seed: int = 0
) -> tuple[Array, Array]:
    """Softmax regression by AdamW (Loshchilov and Hutter 2019) on soft labels.

    Args:
        x: (examples, inputs).
        y: (examples, classes), rows that sum to one.
        epochs: Passes; the rate falls by .7 after each.
        rate: Of learning.
        decay: Of the weights.
        seed: Of the order.

    Returns:
        Kernel, (inputs, classes), and bias, (classes,).
    """
    rng = np.random.default_rng(seed)
    kernel = np.zeros((x.shape[1] + 1, y.shape[1]), np.float32)
    first, second, step = np.zeros_like(kernel), np.zeros_like(kernel), 0
    for _ in range(epochs):
        for part in np.array_split(rng.permutation(len(x)), max(1, len(x) // 512)):
            inputs = np.concatenate([x[part], np.ones((len(part), 1), np.float32)], axis=1)
            slope = inputs.T @ (softmax(inputs @ kernel) - y[part]) / len(part)
            step += 1
            first = 0.9 * first + 0.1 * slope
            second = 0.999 * second + 0.001 * slope**2
            kernel -= rate * (
                first / (1 - 0.9**step) / (np.sqrt(second / (1 - 0.999**step)) + 1e-8)
                + decay * kernel
            )
        rate *= 0.7
    return kernel[:-1].astype(np.float32), kernel[-1].astype(np.float32)


def softmax(x: NDArray[Any]) -> Array:
    """Row by row."""
    powers = np.exp(x - x.max(axis=-1, keepdims=True))
    out: Array = powers / powers.sum(axis=-1, keepdims=True)
    return out.astype(np.float32)


def _labels(made: Sentences, vectors: Array, space: Space, taught: Array, seed: int) -> Array:
    """What heads on the teachers' vectors of the sentences make of those of other texts."""
    rows = np.flatnonzero(made.taught)
    minilm, e5 = vectors[:, :384].copy(), vectors[:, 384:]
    minilm[[made.languages[i] != "en" for i in rows]] = 0.0  # it knows no Chinese
    x = space.targets(minilm, e5, [made.languages[i] for i in rows]).astype(np.float32)
    kernel, bias = fit(
        np.float32(SCALE) * (x - x.mean(axis=0)),
        made.areas[rows],
        epochs=30,
        decay=0.05,
        rate=1e-2,
        seed=seed,
    )
    return softmax(np.float32(SCALE) * taught @ kernel + bias)


def _teachers(made: Sentences, side: str, state: Path) -> Array:
    """Both teachers' vectors of the sentences they read, (sentences, 768); kept in ``state``."""
    texts = [made.texts[i] for i in np.flatnonzero(made.taught)]
    words = hashlib.blake2b("\n".join(texts).encode(), digest_size=6).hexdigest()
    path = state / f"{side}-{words}.npy"
    if not path.exists():
        from assistant.training.teachers import english_teacher, multilingual_teacher

        asked = [side == "request"] * len(texts)
        both = [english_teacher()(texts), multilingual_teacher()(texts, asked)]
        state.mkdir(parents=True, exist_ok=True)
        np.save(path, np.concatenate(both, axis=1))
    read: Array = np.load(path).astype(np.float32)
    return read


def _encoded(encoder: Encoder, texts: list[str], side: str) -> Array:
    """Vectors as a request's and as a stored turn's are made."""
    said = texts if side == "request" else [spoken("user", text) for text in texts]
    parts = [encoder.encode(said[i : i + 512], kind=KINDS[side]) for i in range(0, len(said), 512)]
    return np.concatenate(parts)
