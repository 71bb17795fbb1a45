"""Dense retrieval by cosine alone: how an encoder is compared with another.

Two measures: a file in the neutral form (see ``assistant eval``), and the questions of dialogues
that were held out of training. Any encoder of the protocol will do.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from assistant.encoder import Array
from assistant.training.examples import Retrieval

Encode = Callable[[Sequence[str]], Array]


def recall_at(order: Sequence[int], evidence: set[int], k: int) -> float:
    """Share of the evidence among the first ``k``."""
    return len(evidence.intersection(order[:k])) / len(evidence)


def neutral_form(path: Path, encode_turns: Encode, encode_queries: Encode) -> dict[str, float]:
    """R@5, R@10, hit@10 and MRR over all questions with evidence, turns as "speaker: text"."""
    scores: list[tuple[float, float, float, float]] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        conversation = json.loads(line)
        index = {turn["id"]: n for n, turn in enumerate(conversation["turns"])}
        turns = encode_turns([f"{t['speaker']}: {t['text']}" for t in conversation["turns"]])
        asked = [q for q in conversation["questions"] if q["evidence"]]
        queries = encode_queries([q["text"] for q in asked])
        for question, row in zip(asked, queries @ turns.T, strict=True):
            scores.append(_scores(row, {index[e] for e in question["evidence"] if e in index}))
    return _means(scores)


def held_out(
    questions: Sequence[Retrieval], encode_turns: Encode, encode_queries: Encode
) -> dict[str, dict[str, float]]:
    """The same by source: candidates are the held-out turns of that source."""
    result: dict[str, dict[str, float]] = {}
    for source in sorted({question.source for question in questions}):
        part = [question for question in questions if question.source == source]
        pool: dict[str, int] = {}
        for question in part:
            for text in question.candidates:
                pool.setdefault(text, len(pool))
        turns = encode_turns(list(pool))
        similarity = encode_queries([question.text for question in part]) @ turns.T
        scores = []
        for question, row in zip(part, similarity, strict=True):
            if question.exclude in pool:
                row[pool[question.exclude]] = -np.inf
            scores.append(_scores(row, {pool[question.candidates[i]] for i in question.evidence}))
        result[source] = {**_means(scores), "questions": len(part), "candidates": len(pool)}
    return result


def _scores(row: Array, evidence: set[int]) -> tuple[float, float, float, float]:
    order = np.argsort(-row, kind="stable").tolist()
    if not evidence:
        return 0.0, 0.0, 0.0, 0.0
    first = next(n for n, i in enumerate(order) if i in evidence)
    ten = recall_at(order, evidence, 10)
    return recall_at(order, evidence, 5), ten, float(ten > 0), 1 / (1 + first)


def _means(scores: Sequence[tuple[float, float, float, float]]) -> dict[str, float]:
    means = np.mean(scores, axis=0)
    names = ("r_at_5", "r_at_10", "hit_at_10", "mrr")
    return {name: round(float(value), 4) for name, value in zip(names, means, strict=True)}
