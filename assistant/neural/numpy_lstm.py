"""A bidirectional LSTM over sequences, in NumPy: ``equations.lstm_cell``, one sequence or a batch.

What makes it fast on a CPU, none of which changes a result by more than rounding:

- W·[h, x] = W_h·h + W_x·x, and the W_x·x of all timesteps is one matrix product beforehand.
- σ(z) = ½ + ½ tanh(z/2): with the gates' columns halved once, a step takes one tanh over all four.
- One sequence: both directions step side by side, so that NumPy is called half as often.
- A batch: sequences come sorted by length, longest first, so that those still running are a leading
  slice: padding is never computed, hence can change nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from assistant.encoder import Array

# Below this many sequences one after another is faster than together: a product of a matrix and a
# vector runs as fast as memory is read, one with three vectors no faster than three of them.
TOGETHER: Final = 4
# Up to so many units one product with zeros where directions do not meet beats two without.
JOINT: Final = 64
HALF: Final = np.float32(0.5)


@dataclass(frozen=True, slots=True)
class Direction:
    """One direction's weights, prepared by :func:`prepare`.

    Args:
        kernel: W_x, (4 units, inputs), rows in the order o, i, f, g.
        recurrent: W_h, (4 units, units).
        bias: b, (4 units,).
    """

    kernel: Array
    recurrent: Array
    bias: Array


def prepare(kernel: Array, recurrent: Array, bias: Array) -> Direction:
    """Weights as Keras lays them out (columns i, f, g, o) made ready for :func:`run_both`."""
    units = recurrent.shape[0]

    def order(a: Array) -> Array:
        i, f, g, o = (a[..., n * units : (n + 1) * units] for n in range(4))
        return np.ascontiguousarray(np.concatenate([o / 2, i / 2, f / 2, g], axis=-1).T, np.float32)

    return Direction(order(kernel), order(recurrent), order(bias))


def run_both(
    x: Array, lengths: NDArray[np.int64], forwards: Direction, backwards: Direction
) -> Array:
    """Both directions' states side by side, (batch, timesteps, 2 units).

    Args:
        x: Inputs, (batch, timesteps, inputs), right-padded.
        lengths: Of each sequence, descending, at least 1, at most ``timesteps``. States beyond a
            sequence's end are zero.
        forwards: The weights of the direction that reads from the first step to the last.
        backwards: Those of the direction that reads each sequence from its own last step.
    """
    batch, steps, _ = x.shape
    units = forwards.recurrent.shape[1]
    if batch < TOGETHER:
        out = np.zeros((batch, steps, 2 * units), np.float32)
        for sequence, length, states in zip(x, lengths.tolist(), out, strict=True):
            states[:length] = run_one(sequence[:length], forwards, backwards)
        return out
    # Timesteps first: each step then reads and writes contiguous memory.
    across = np.ascontiguousarray(x.swapaxes(0, 1), np.float32)
    both = np.zeros((steps, batch, 2 * units), np.float32)
    _run_batch(across, lengths, forwards, both[..., :units], backwards=False)
    _run_batch(across, lengths, backwards, both[..., units:], backwards=True)
    return both.swapaxes(0, 1)


def run_one(x: Array, forwards: Direction, backwards: Direction) -> Array:
    """Both directions' states of one sequence, (timesteps, inputs) to (timesteps, 2 units)."""
    steps, units = len(x), forwards.recurrent.shape[1]
    both = 2 * units
    # Step s of a row is timestep s forwards, and timestep steps - 1 - s backwards. Gates stand
    # outside, directions inside: each gate of both directions is one contiguous stretch.
    projected = np.empty((steps, 4, 2, units), np.float32)
    for n, direction in enumerate((forwards, backwards)):
        z = x @ direction.kernel.T
        z += direction.bias
        projected[:, :, n] = z.reshape(steps, 4, units)[:: -1 if n else 1]
    recur, by_gate = _recurrence(forwards, backwards)
    # o, i, f, g and c in a row: i and f stand as g and c do, so that one product gives i·g and f·c.
    state = np.zeros((5, 2, units), np.float32)
    flat = state.reshape(5 * both)
    before, activated = state[:4], flat[: 4 * both]
    o, i_f, g_c = flat[:both], flat[both : 3 * both], flat[3 * both :]
    gates, c = flat[: 3 * both], flat[4 * both :]
    added, squashed = np.empty(2 * both, np.float32), np.empty(both, np.float32)
    new, kept = added[:both], added[both:]
    out = np.empty((steps, both), np.float32)
    h = np.zeros(both, np.float32)
    for z, after in zip(projected, out, strict=True):
        recur(h)
        np.add(by_gate, z, before)
        np.tanh(activated, activated)
        np.multiply(gates, HALF, gates)
        np.add(gates, HALF, gates)
        np.multiply(i_f, g_c, added)
        np.add(new, kept, c)
        np.tanh(c, squashed)
        np.multiply(o, squashed, after)
        h = after
    return np.concatenate([out[:, :units], out[::-1, units:]], axis=-1)


def _recurrence(
    forwards: Direction, backwards: Direction
) -> tuple[Callable[[Array], object], Array]:
    """What works out W_h·h of both directions, and where it leaves it, (4, 2, units)."""
    units = forwards.recurrent.shape[1]
    if units <= JOINT:
        joint = np.zeros((4, 2, units, 2, units), np.float32)
        for n, direction in enumerate((forwards, backwards)):
            joint[:, n, :, n] = direction.recurrent.reshape(4, units, units)
        product = np.empty(8 * units, np.float32)
        return partial(joint.reshape(8 * units, 2 * units).dot, out=product), product.reshape(
            4, 2, units
        )
    products = np.empty((2, 4 * units), np.float32)

    def apart(h: Array) -> None:
        np.dot(forwards.recurrent, h[:units], products[0])
        np.dot(backwards.recurrent, h[units:], products[1])

    return apart, products.reshape(2, 4, units).swapaxes(0, 1)


def _run_batch(
    x: Array, lengths: NDArray[np.int64], direction: Direction, out: Array, *, backwards: bool
) -> None:
    """Write one direction's states into ``out``, (timesteps, batch, units), zero beforehand."""
    steps, batch, inputs = x.shape
    units = direction.recurrent.shape[1]
    projected = x.reshape(steps * batch, inputs) @ direction.kernel.T
    projected += direction.bias
    projected = projected.reshape(steps, batch, 4 * units)
    product = np.empty((batch, 4 * units), np.float32)
    h, c = np.zeros((batch, units), np.float32), np.zeros((batch, units), np.float32)
    running = np.searchsorted(-lengths, -np.arange(steps), side="left").tolist()
    for t in range(steps - 1, -1, -1) if backwards else range(steps):
        n = running[t]
        z = projected[t, :n]
        z += np.matmul(h[:n], direction.recurrent.T, out=product[:n])
        _cell(z, c[:n], h[:n])
        out[t, :n] = h[:n]


def _cell(z: Array, c: Array, h: Array) -> None:
    """From W·[h_{t-1}, x_t] + b, (..., 4 units), to c_t and h_t, in place; ``z`` is used up."""
    units = c.shape[-1]
    np.tanh(z, out=z)
    gates = z[..., : 3 * units]
    gates += 1.0
    gates *= 0.5
    o, i, f, g = (z[..., k * units : (k + 1) * units] for k in range(4))
    c *= f
    i *= g
    c += i
    np.tanh(c, out=g)
    np.multiply(o, g, out=h)
