from __future__ import annotations

import numpy as np
import pytest

from assistant.neural.equations import lstm_cell
from assistant.neural.numpy_lstm import prepare, run


@pytest.mark.parametrize("backwards", [False, True])
def test_the_batched_lstm_follows_the_equations(backwards: bool) -> None:
    rng = np.random.default_rng(0)
    kernel, recurrent, bias = (
        rng.normal(0, 0.5, shape).astype(np.float32) for shape in ((3, 16), (4, 16), (16,))
    )
    lengths = np.array([5, 5, 2, 1])
    x = rng.normal(0, 1, (4, 5, 3)).astype(np.float32)
    out = run(x, lengths, prepare(kernel, recurrent, bias), backwards=backwards)
    w = np.concatenate([recurrent, kernel]).T
    for row, length in enumerate(lengths):
        h, c = np.zeros(4), np.zeros(4)
        steps = range(length)
        for t in reversed(steps) if backwards else steps:
            h, c = lstm_cell(x[row, t], h, c, w, bias)
            assert np.abs(out[row, t] - h).max() < 1e-5
        assert not out[row, length:].any()


def test_what_stands_in_the_padding_changes_nothing() -> None:
    rng = np.random.default_rng(1)
    weights = prepare(*(rng.normal(0, 1, s).astype(np.float32) for s in ((3, 8), (2, 8), (8,))))
    x = rng.normal(0, 1, (2, 4, 3)).astype(np.float32)
    lengths = np.array([4, 2])
    before = run(x.copy(), lengths, weights, backwards=True)
    x[1, 2:] = 1e6
    assert np.array_equal(run(x, lengths, weights, backwards=True), before)
