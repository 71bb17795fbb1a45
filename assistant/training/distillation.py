"""What the student is to reproduce: one space made of two teachers and two languages.

Where both teachers read a text (English), the target is [MiniLM ; e5], each half of length one, the
e5 half centred first because its vectors all lie in one narrow cone. MiniLM knows no Chinese: there
its half is foretold from the e5 half by least squares fitted on English. The two halves are then
turned and cut to the student's dimension by principal components, and scaled to length one.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assistant.encoder import Array

RIDGE = 1e-2


@dataclass(frozen=True, slots=True)
class Space:
    """The common space: how teachers' vectors become targets.

    Args:
        means: The e5 mean of each language, (384,).
        to_minilm: Least-squares map from centred e5 to MiniLM, (384, 384).
        axes: Principal axes of the two halves together, (768, dimension).
    """

    means: dict[str, Array]
    to_minilm: Array
    axes: Array

    @classmethod
    def fit(cls, minilm: Array, e5: Array, languages: list[str], dimension: int) -> Space:
        """Fit on teachers' vectors, (texts, 384) each, MiniLM's zero where it cannot read."""
        english = np.array([lang == "en" for lang in languages], dtype=bool)
        means = {
            lang: e5[np.array([x == lang for x in languages])].mean(axis=0)
            for lang in sorted(set(languages))
        }
        centred = _centre(e5, languages, means)
        a, b = centred[english], minilm[english]
        to_minilm = np.linalg.solve(a.T @ a + RIDGE * len(a) / 384 * np.eye(384), a.T @ b)
        space = cls(means, to_minilm.astype(np.float32), np.eye(768, dtype=np.float32))
        both = space.targets(minilm, e5, languages)
        _, vectors = np.linalg.eigh(both.T @ both)
        return cls(means, space.to_minilm, vectors[:, ::-1][:, :dimension].astype(np.float32))

    def targets(self, minilm: Array, e5: Array, languages: list[str]) -> Array:
        """Unit vectors, (texts, dimension), that the student is to give."""
        centred = _centre(e5, languages, self.means)
        blank = ~np.asarray(minilm.any(axis=1), dtype=bool)
        first = np.where(blank[:, None], normalise(centred @ self.to_minilm), minilm)
        both = np.concatenate([normalise(first), centred], axis=1)
        return normalise(both @ self.axes)


def read_cache(folder: Path) -> tuple[list[str], list[str], list[bool], Array, Array]:
    """Texts, languages, whether each is a question, and both teachers' vectors of the cache."""
    rows: list[tuple[str, str, bool]] = []
    minilm: list[Array] = []
    e5: list[Array] = []
    for path in sorted(folder.glob("chunk-[0-9]*.npz")):
        if path.name.endswith(".tmp.npz"):
            continue
        with np.load(path) as chunk:
            minilm.append(chunk["minilm"].astype(np.float32))
            e5.append(chunk["e5"].astype(np.float32))
        lines = path.with_suffix(".jsonl").read_text(encoding="utf-8").split("\n")
        rows += [tuple(json.loads(line)) for line in lines if line]
    texts, languages, questions = ([row[i] for row in rows] for i in range(3))
    return texts, languages, questions, np.concatenate(minilm), np.concatenate(e5)  # type: ignore[return-value]


def normalise(x: Array) -> Array:
    """Rows scaled to length one; zero stays zero."""
    out: Array = x / np.maximum(np.linalg.norm(x, axis=-1, keepdims=True), 1e-9)
    return out.astype(np.float32)


def _centre(e5: Array, languages: list[str], means: dict[str, Array]) -> Array:
    nearest = means.get("en", np.zeros(e5.shape[1], np.float32))
    return normalise(e5 - np.stack([means.get(lang, nearest) for lang in languages]))
