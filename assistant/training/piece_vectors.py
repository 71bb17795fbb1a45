"""The teachers' vectors of every piece of the tokenizer: where the student's embedding starts.

A piece's vector by both teachers, brought into the student's space, is a far better beginning than
chance: before its first step the student is already a mean of word vectors.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from assistant.encoder import Array
from assistant.neural.tokenizer import Tokenizer
from assistant.training.distillation import Space, normalise
from assistant.training.teachers import english_teacher, multilingual_teacher


def cache_piece_vectors(tokenizer: Tokenizer, path: Path) -> None:
    """Write ``minilm`` and ``e5`` vectors of each piece, (pieces, 384) float16, unless there."""
    if path.exists():
        return
    words = [_word(tokenizer.piece(number)) for number in range(tokenizer.size)]
    english = [n for n, word in enumerate(words) if word and word.isascii()]
    readable = [n for n, word in enumerate(words) if word]
    minilm = np.zeros((len(words), 384), np.float16)
    minilm[english] = english_teacher()([words[n] for n in english])
    e5 = np.zeros((len(words), 384), np.float16)
    e5[readable] = multilingual_teacher()(
        [words[n] for n in readable], [False] * len(readable)
    ).astype(np.float16)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".tmp.npz")
    np.savez(temporary, minilm=minilm, e5=e5)
    temporary.replace(path)


def initial_embedding(tokenizer: Tokenizer, path: Path, space: Space, seed: int = 0) -> Array:
    """The student's first embedding, (pieces, dimension).

    Pieces come from the most to the least frequent, so that a piece's number stands for its rank:
    by Zipf's law frequent ones are scaled down, as Arora, Liang and Ma (2017) do it.
    """
    words = [_word(tokenizer.piece(number)) for number in range(tokenizer.size)]
    with np.load(path) as cached:
        minilm, e5 = cached["minilm"].astype(np.float32), cached["e5"].astype(np.float32)
    known = e5.any(axis=1)
    languages = ["en" if word.isascii() else "zh" for word in words]
    # Single words lie elsewhere than sentences do: centre them by their own means.
    means = {
        lang: e5[known & np.array([x == lang for x in languages])].mean(axis=0)
        for lang in ("en", "zh")
    }
    vectors = Space(means, space.to_minilm, space.axes).targets(minilm, e5, languages)
    vectors -= vectors[known].mean(axis=0)
    noise = np.random.default_rng(seed).normal(0, 0.3, vectors.shape)
    vectors = normalise(np.where(known[:, None], normalise(vectors), noise))
    rank = np.arange(1, len(words) + 1, dtype=np.float32)
    probability = 1 / (rank * np.log(len(words)))
    scaled: Array = vectors * (1e-3 / (1e-3 + probability))[:, None]
    scaled[0] = 0.0
    return scaled.astype(np.float32)


def _word(piece: str) -> str:
    if piece.startswith("<") and piece.endswith(">"):
        return ""
    return piece.replace("\u2581", " ").strip()
