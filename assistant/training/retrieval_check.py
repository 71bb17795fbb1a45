"""Retrieval by one score alone: how an encoder is compared with another, and with BM25.

Two measures: a file in the neutral form (see ``assistant eval``), and the questions of dialogues
that were held out of training. Whatever scores texts for questions can be measured: a
:data:`Search`, which :func:`by_cosine` makes of an encoder and :func:`by_words` of BM25.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from assistant.encoder import Array, Encoder, spoken
from assistant.training.baselines import BM25
from assistant.training.examples import Retrieval

Encode = Callable[[Sequence[str]], Array]

Search = Callable[[Sequence[str], Sequence[str]], Array]
"""Of texts and questions the scores, (questions, texts), higher is better."""


def by_cosine(encode_turns: Encode, encode_queries: Encode) -> Search:
    """Search by the cosine of unit vectors."""
    return lambda texts, questions: encode_queries(questions) @ encode_turns(texts).T


def by_encoder(encoder: Encoder) -> Search:
    """Search by the cosine of an encoder's vectors."""
    return by_cosine(encoder.encode, lambda questions: encoder.encode(questions, kind="query"))


def by_words(texts: Sequence[str], questions: Sequence[str]) -> Array:
    """Search by BM25 over stemmed words."""
    bm25 = BM25(texts)
    return np.stack([bm25.scores(question) for question in questions])


def neutral_form(path: Path, search: Search) -> dict[str, float]:
    """R@5, R@10, hit@10 and MRR over all questions with evidence, turns as "speaker: text"."""
    scores: list[tuple[float, float, float, float]] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        conversation = json.loads(line)
        index = {turn["id"]: n for n, turn in enumerate(conversation["turns"])}
        turns = [spoken(turn["speaker"], turn["text"]) for turn in conversation["turns"]]
        asked = [q for q in conversation["questions"] if q["evidence"]]
        if not asked:
            continue
        found = search(turns, [q["text"] for q in asked])
        for question, row in zip(asked, found, strict=True):
            scores.append(_scores(row, {index[e] for e in question["evidence"] if e in index}))
    return _means(scores)


def held_out(questions: Sequence[Retrieval], search: Search) -> dict[str, dict[str, float]]:
    """The same by source: candidates are the held-out turns of that source."""
    result: dict[str, dict[str, float]] = {}
    for source in sorted({question.source for question in questions}):
        part = [question for question in questions if question.source == source]
        pool: dict[str, int] = {}
        for question in part:
            for text in question.candidates:
                pool.setdefault(text, len(pool))
        found = search(list(pool), [question.text for question in part])
        scores = []
        for question, row in zip(part, found, strict=True):
            if question.exclude in pool:
                row[pool[question.exclude]] = -np.inf
            scores.append(_scores(row, {pool[question.candidates[i]] for i in question.evidence}))
        result[source] = {**_means(scores), "questions": len(part), "candidates": len(pool)}
    return result


def recall_at(order: Sequence[int], evidence: set[int], k: int) -> float:
    """Share of the evidence among the first ``k``."""
    return len(evidence.intersection(order[:k])) / len(evidence)


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
