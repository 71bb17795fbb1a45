"""Learns what a first look at a candidate tells: the weights of ``assistant.glance``."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.encoder import Array, Encoder
from assistant.glance import WEIGHTS, WORTH, glance
from assistant.matching import Query, Rows
from assistant.narrowing import Mask
from assistant.recall import Recall
from assistant.training.ranker import SHARE, NoRanker, asked_at, store_of
from assistant.training.timelines import Timeline, corpora_timelines
from assistant.words import WordMatch
from storage import TurnIndex

RIDGE = 1.0


def learn(
    corpora: Path, encoder: Encoder, *, timelines: int = 100, seed: int = 0
) -> tuple[dict[str, float], dict[str, float]]:
    """The weights, by name; and of held-out timelines, a quarter as many, which share of the
    evidence that any search has found is among the ``WORTH`` that are ranked, and how many of the
    candidates these are."""

    def looks(count: int, held_out: bool) -> list[tuple[Array, NDArray[np.bool_]]]:
        build = corpora_timelines(corpora, held_out=held_out, seed=seed)
        rng = np.random.default_rng(seed)
        return [one for number in range(count) for one in looked_at(build(number), encoder, rng)]

    weights = fit(looks(timelines, held_out=False))
    kept, found, ranked, all_of_them = 0, 0, 0, 0
    for x, evidence in looks(max(1, timelines // 4), held_out=True):
        best = np.argsort(-(x @ weights))[:WORTH]
        kept, found = kept + int(evidence[best].sum()), found + int(evidence.sum())
        ranked, all_of_them = ranked + len(best), all_of_them + len(x)
    figures = {"evidence_kept": kept / max(found, 1), "ranked": ranked / max(all_of_them, 1)}
    return dict(zip(WEIGHTS, weights.round(3).tolist(), strict=True)), figures


def looked_at(
    timeline: Timeline, encoder: Encoder, rng: np.random.Generator
) -> list[tuple[Array, NDArray[np.bool_]]]:
    """Every question's candidates at a glance, (m, len(WEIGHTS)), and which are evidence, (m,)."""
    found: list[tuple[Array, NDArray[np.bool_]]] = []
    with store_of(timeline, encoder) as (store, ids):
        recall = Recall(store, encoder, NoRanker())
        index = store.index(encoder.fingerprint)
        seen: list[Array] = []

        def look(
            index: TurnIndex, rows: Rows, words: WordMatch, similarity: Array, named: Mask
        ) -> Rows:
            seen.append(glance(index, rows, words, similarity, named))
            return rows

        for question in timeline.questions:
            if not question.evidence or rng.random() > SHARE.get(question.source, 1.0):
                continue
            vector = encoder.encode([question.text], kind="query")[0]
            query = Query(question.text, vector, asked_at(timeline))
            everything = np.ones(len(index.ids), np.bool_)
            rows, _ = recall.candidates(query, index, everything, first_look=look)
            evidence = np.isin(index.ids[rows], [ids[ref] for ref in question.evidence])
            found.append((seen.pop(), evidence))
    return found


def fit(looks: list[tuple[Array, NDArray[np.bool_]]]) -> NDArray[np.float64]:
    """Logistic regression by Newton's method, (len(WEIGHTS),); the constant is left out."""
    x = np.concatenate([one for one, _ in looks]).astype(np.float64)
    y = np.concatenate([evidence for _, evidence in looks]).astype(np.float64)
    x = np.concatenate([x, np.ones((len(x), 1))], axis=1)
    weights = np.zeros(x.shape[1])
    for _ in range(20):
        p = 1 / (1 + np.exp(-np.clip(x @ weights, -30, 30)))
        curve = (x.T * (p * (1 - p))) @ x + RIDGE * np.eye(x.shape[1])
        weights -= np.linalg.solve(curve, x.T @ (p - y) + RIDGE * weights)
    return weights[:-1]
