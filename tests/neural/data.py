"""Small networks for tests: a tokenizer trained on a few lines, random or constant weights."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from assistant.neural.checkpoint import Checkpoint, read_checkpoint, write_checkpoint
from assistant.neural.traits import NAMES
from assistant.training.tokenizer import train_tokenizer

WORDS = (
    "my dog is called bruno and ana moved to porto last month because she likes the sea "
    "where does the cat sleep when it rains in may we bake bread and sing 我的狗叫布鲁诺 你好 谢谢"
).split()


@cache
def tokenizer_model(folder: Path) -> bytes:
    rng = np.random.default_rng(0)
    lines = [" ".join(rng.choice(WORDS, rng.integers(3, 12))) for _ in range(400)]
    return train_tokenizer(lines, folder, pieces=400, threads=1).read_bytes()


def encoder_checkpoint(
    folder: Path,
    *,
    embedding: int = 12,
    units: int = 10,
    dimension: int = 8,
    tokens: int = 32,
    fill: float | None = None,
    wave: bool = False,
    seed: int = 0,
) -> Path:
    """Random weights; all of them ``fill``; or, with ``wave``, sines that differ everywhere."""
    from assistant.neural.tokenizer import Tokenizer

    model = tokenizer_model(folder)
    rng = np.random.default_rng(seed)

    def make(*shape: int) -> Any:
        if fill is not None:
            return np.full(shape, fill, np.float32)
        if wave:
            return np.sin(np.arange(1, 1 + np.prod(shape))).reshape(shape).astype(np.float32) / 2
        return rng.normal(0, 0.5, shape).astype(np.float32)

    pieces = Tokenizer(model).size
    weights = {"embedding": make(pieces, embedding)}
    for name in ("forward", "backward"):
        weights[f"{name}.kernel"] = make(embedding, 4 * units)
        weights[f"{name}.recurrent"] = make(units, 4 * units)
        weights[f"{name}.bias"] = make(4 * units)
    weights["attention.state"] = make(2 * units)
    weights["attention.word"] = make(embedding)
    weights["dense.kernel"] = make(4 * units + embedding, dimension)
    weights["dense.bias"] = make(dimension)
    config = {
        "pieces": pieces,
        "embedding": embedding,
        "units": units,
        "dimension": dimension,
        "tokens": tokens,
    }
    path = folder / "encoder.safetensors"
    write_checkpoint(path, "encoder", config, weights, model)
    return path


def session_checkpoint(
    folder: Path,
    *,
    dimension: int = 8,
    units: int = 6,
    hidden: int = 5,
    fill: float | None = None,
    seed: int = 0,
) -> Checkpoint:
    rng = np.random.default_rng(seed)

    def make(*shape: int) -> Any:
        if fill is not None:
            return np.full(shape, fill, np.float32)
        return rng.normal(0, 0.5, shape).astype(np.float32)

    x = dimension + len(NAMES)
    weights = {
        "lstm.kernel": make(x, 4 * units),
        "lstm.recurrent": make(units, 4 * units),
        "lstm.bias": make(4 * units),
        "context.kernel": make(units, dimension),
        "context.bias": make(dimension),
        "mixed.kernel": make(units + x, hidden),
        "mixed.bias": make(hidden),
        "salience.kernel": make(hidden, 1),
        "salience.bias": make(1),
    }
    config = {
        "dimension": dimension,
        "units": units,
        "hidden": hidden,
        "traits": len(NAMES),
        "threshold": 0.25,
        "encoder": "abc",
    }
    path = folder / "session.safetensors"
    write_checkpoint(path, "session", config, weights)
    return read_checkpoint(path, "session")
