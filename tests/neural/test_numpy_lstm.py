from __future__ import annotations

import numpy as np
import pytest

from assistant.encoder import Array
from assistant.neural.equations import lstm_cell
from assistant.neural.numpy_lstm import TOGETHER, Direction, prepare, run_both

UNITS, INPUTS = 4, 3


def weights(seed: int) -> tuple[Array, Array, Array]:
    rng = np.random.default_rng(seed)
    shapes = ((INPUTS, 4 * UNITS), (UNITS, 4 * UNITS), (4 * UNITS,))
    kernel, recurrent, bias = (rng.normal(0, 0.5, s).astype(np.float32) for s in shapes)
    return kernel, recurrent, bias


def directions() -> tuple[Direction, Direction]:
    return prepare(*weights(0)), prepare(*weights(1))


@pytest.mark.parametrize("lengths", [[5], [1], [5, 2], [5, 5, 2, 1], [6, 5, 4, 3, 1, 1]])
def test_both_directions_follow_the_equations(lengths: list[int]) -> None:
    steps = max(lengths) + 1
    x = np.random.default_rng(2).normal(0, 1, (len(lengths), steps, INPUTS)).astype(np.float32)
    out = run_both(x, np.array(lengths), *directions())
    assert out.shape == (len(lengths), steps, 2 * UNITS)
    for n, (seed, order) in enumerate(((0, 1), (1, -1))):
        kernel, recurrent, bias = weights(seed)
        w = np.concatenate([recurrent, kernel]).T
        states = out[..., n * UNITS : (n + 1) * UNITS]
        for row, length in enumerate(lengths):
            h, c = np.zeros(UNITS), np.zeros(UNITS)
            for t in range(length)[::order]:
                h, c = lstm_cell(x[row, t], h, c, w, bias)
                assert np.abs(states[row, t] - h).max() < 1e-5
            assert not states[row, length:].any()


def test_one_by_one_and_together_give_the_same_states() -> None:
    x = np.random.default_rng(3).normal(0, 1, (TOGETHER, 7, INPUTS)).astype(np.float32)
    lengths = np.array([7, 7, 4, 1])
    together = run_both(x, lengths, *directions())
    for row, length in enumerate(lengths):
        alone = run_both(x[row : row + 1], lengths[row : row + 1], *directions())
        assert np.abs(alone[0, :length] - together[row, :length]).max() < 1e-6


@pytest.mark.parametrize("batch", [2, TOGETHER])
def test_what_stands_in_the_padding_changes_nothing(batch: int) -> None:
    x = np.random.default_rng(1).normal(0, 1, (batch, 4, INPUTS)).astype(np.float32)
    lengths = np.array([4] * (batch - 1) + [2])
    before = run_both(x.copy(), lengths, *directions())
    x[-1, 2:] = 1e6
    assert np.array_equal(run_both(x, lengths, *directions()), before)


def test_the_inputs_are_left_as_they_were() -> None:
    x = np.random.default_rng(4).normal(0, 1, (TOGETHER, 4, INPUTS)).astype(np.float32)
    before = x.copy()
    run_both(x, np.full(TOGETHER, 4), *directions())
    run_both(x[:1], np.array([4]), *directions())
    assert np.array_equal(x, before)
