"""How well salience and context do on held-out dialogues."""

from __future__ import annotations

from typing import Any

import numpy as np

from assistant.encoder import Array
from assistant.training.session_training import Sessions, threshold_for


def check_sessions(model: Any, data: Sessions, loss: float) -> dict[str, float]:
    """Figures on held-out sessions, and the threshold that loses at most ``loss`` of evidence.

    ``auroc``: of salience, evidence against the other turns. ``kept``: share of the turns at or
    above the threshold. ``evidence_at_60``: share of evidence among the most salient 60 %.
    ``next_context`` and ``next_alone``: the right next turn is the nearest of 64, by vector plus
    context and by the vector alone; ``question_context`` and ``question_alone``: the same for the
    complete form of an incomplete question.
    """
    y = np.asarray(model.predict(data.x, verbose=0))
    d = data.target.shape[-1]
    known = data.weight > 0
    salience = 1 / (1 + np.exp(-y[..., -1][known]))
    evidence = data.weight[known] == 2.0
    threshold = threshold_for(salience, evidence, loss)
    top = salience >= np.quantile(salience, 0.4)
    figures = {
        "threshold": round(threshold, 4),
        "auroc": _auroc(salience, evidence),
        "kept": float((salience >= threshold).mean()),
        "evidence_kept": float((salience >= threshold)[evidence].mean()),
        "evidence_at_60": float(top[evidence].mean()),
    }
    for name, kind in (("next", 1), ("question", 2)):
        where = data.follows == kind
        vector, target = data.x[where][:, :d], data.target[where]
        figures[f"{name}_context"] = _nearest(vector + y[where][:, :d], target)
        figures[f"{name}_alone"] = _nearest(vector, target)
    return {key: round(value, 4) for key, value in figures.items()}


def _auroc(scores: Array, positive: Array) -> float:
    rank = np.empty(len(scores))
    rank[np.argsort(scores, kind="stable")] = np.arange(1, len(scores) + 1)
    n = int(positive.sum())
    if not 0 < n < len(scores):
        return float("nan")
    return float((rank[positive.astype(bool)].sum() - n * (n + 1) / 2) / (n * (len(scores) - n)))


def _nearest(guess: Array, truth: Array, pool: int = 64) -> float:
    if len(guess) < 2:
        return float("nan")
    order = np.random.default_rng(0).permutation(len(guess))
    hits: list[float] = []
    for start in range(0, len(order), pool):
        part = order[start : start + pool]
        scores = guess[part] @ truth[part].T
        hits += (scores.argmax(axis=1) == np.arange(len(part))).astype(float).tolist()
    return float(np.mean(hits))
