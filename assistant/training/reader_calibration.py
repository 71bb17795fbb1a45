"""Calibrates the reader: how likely is the candidate named first to be evidence?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from assistant.encoder import Array
from assistant.neural.reader import Pieces, Reader, log_sum_exp
from assistant.training.abstention import Abstention
from assistant.training.readings import ABSENT, ASKED, MASKED, Readings

# How much a candidate's share of the answers counts beside whether there is one. Calibrated freely
# it counts one and a half: two points of coverage more, and of telling an answer from none less.
SHARE = 0.5
WRONG = 0.28  # of the confident answers, at most, on questions held out of training


def outputs(reader: Reader, data: Readings) -> tuple[Array, Array]:
    """log-odds that any is evidence, (n,), and the logarithm of each one's share, (n, K)."""
    found = np.zeros(len(data), np.float32)
    share = np.full(data.scores.shape, -60, np.float32)
    for i in range(len(data)):
        count = int((data.scores[i] > ABSENT).sum())
        held = data.ids[i, :count] >= 0
        o, none = reader.forward(
            data.asked[i][data.asked[i] >= 0],
            [Pieces(data.ids[i, j][held[j]], data.part[i, j][held[j]]) for j in range(count)],
            data.features[i, :count].astype(np.float32),
            data.scores[i, :count],
            data.summary[i],
        )
        total = log_sum_exp(o)
        found[i], share[i, :count] = total - none, o - total
    return found, share


def calibrate(reader: Reader, data: Readings) -> tuple[dict[str, float], dict[str, float]]:
    """Platt scaling of both outputs over every way to ask, for the ranker's first hit: the reader
    orders none.

    Returns:
        Settings: slope, share, offset, and the confidence from which on at most ``WRONG`` of the
        confident answers are wrong (half of the questions, and more, have no answer here); and
        figures on the same questions.
    """
    found, share = outputs(reader, data)
    best = share[:, 0]
    right = data.evidence[:, 0] & (data.kind == ASKED)
    x = np.stack([found + SHARE * best, np.ones(len(data))], 1).astype(np.float64)
    w = np.zeros(2)
    for _ in range(50):  # Newton's method; convex
        p = 1 / (1 + np.exp(-np.clip(x @ w, -60, 60)))
        curve = (x * (p * (1 - p))[:, None]).T @ x + 1e-3 * np.eye(2)
        w -= np.linalg.solve(curve, x.T @ (p - right) + 1e-3 * w)
    p = 1 / (1 + np.exp(-np.clip(x @ w, -60, 60)))
    threshold = lowest(p, right)
    told = Abstention(
        p[data.kind == ASKED].tolist(),
        right[data.kind == ASKED].tolist(),
        p[data.kind == MASKED].tolist(),
        threshold,
    )
    figures = told.as_json() | {"first_right": float(right[data.kind == ASKED].mean())}
    print("\n".join(told.lines()), flush=True)
    slope, offset = float(w[0]), float(w[1])
    settings = {"slope": slope, "share": SHARE * slope, "offset": offset, "threshold": threshold}
    return settings, figures


def lowest(confidence: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    """The lowest confidence, in hundredths, from which on at most ``WRONG`` are not right."""
    for threshold in np.arange(0.2, 0.95, 0.01):
        sure = confidence >= threshold
        if not sure.any() or 1 - right[sure].mean() <= WRONG:
            return round(float(threshold), 2)
    return 0.95
