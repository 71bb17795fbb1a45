"""The neuron, the RNN cell and the LSTM cell, one step each, as they are written on paper.

Here to be read and to be tested against: the encoder runs the same mathematics over whole batches
in ``numpy_lstm``, and ``short_term_network`` takes its steps with ``lstm_cell``. Square brackets
mean concatenation: W·[h, x] multiplies the previous state and the present input with one matrix.

The worked example: x = 1, 2, 3, 4, 5, the state begins at h_0 = [0, 0], and biases are zero.

>>> import numpy as np
>>> h, w_h = np.zeros(2), np.full((2, 3), 0.1)
>>> for x in (1.0, 2.0, 3.0, 4.0, 5.0):
...     h, _ = rnn_cell(np.array([x]), h, w_h, np.zeros(2), np.eye(2), np.zeros(2))
>>> h.round(4)
array([0.6515, 0.6515])
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.floating[Any]]
Activation = Callable[[Vector], Vector]


def sigmoid(z: Vector) -> Vector:
    """σ(z) = 1 / (1 + e^-z), by way of tanh, which never overflows."""
    return np.asarray(0.5 + 0.5 * np.tanh(0.5 * z))


def neuron(x: Vector, w: Vector, b: float, f: Activation = sigmoid) -> Vector:
    """One neuron: inputs x, (n,); weights w, (n,).

    y = f(Σ_i w_i x_i + b)
    """
    return f(np.asarray(np.sum(w * x) + b))


def rnn_cell(
    x: Vector,
    h: Vector,
    w_h: Vector,
    b_h: Vector,
    w_o: Vector,
    b_o: Vector,
    f: Activation = sigmoid,
) -> tuple[Vector, Vector]:
    """One step of a plain recurrent network: x, (inputs,); h, (units,); returns (h_t, o_t).

    h_t = σ(W_h·[h_{t-1}, x_t] + b_h)        W_h: (units, units + inputs)
    o_t = σ(W_o·h_t + b_o)                   W_o: (outputs, units)
    """
    h = f(w_h @ np.concatenate([h, x]) + b_h)
    return h, f(w_o @ h + b_o)


def lstm_cell(x: Vector, h: Vector, c: Vector, w: Vector, b: Vector) -> tuple[Vector, Vector]:
    """One step of an LSTM: x, (inputs,); h and c, (units,); returns (h_t, c_t).

    ``w``, (4 units, units + inputs), stacks W_i, W_f, W_g, W_o, in that order; so does ``b``.

    i_t = σ(W_i·[h_{t-1}, x_t] + b_i)        how much of the new to let in
    f_t = σ(W_f·[h_{t-1}, x_t] + b_f)        how much of the old to keep
    g_t = tanh(W_g·[h_{t-1}, x_t] + b_g)     the new
    o_t = σ(W_o·[h_{t-1}, x_t] + b_o)        how much to show
    c_t = f_t ⊙ c_{t-1} + i_t ⊙ g_t
    h_t = o_t ⊙ tanh(c_t)

    Hochreiter and Schmidhuber 1997; the forget gate is that of Gers, Schmidhuber and Cummins 2000.
    """
    i, f, g, o = np.split(w @ np.concatenate([h, x]) + b, 4)
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return np.asarray(sigmoid(o) * np.tanh(c)), np.asarray(c)
