from __future__ import annotations

import numpy as np
import pytest

from assistant.neural.equations import lstm_cell, neuron, rnn_cell, sigmoid

XS = np.arange(1.0, 6.0)


def test_a_neuron_is_an_activated_weighted_sum() -> None:
    y = neuron(np.array([1.0, 2.0]), np.array([0.5, -0.25]), 0.1)
    assert y == pytest.approx(1 / (1 + np.exp(-0.1)))


def test_sigmoid_never_overflows() -> None:
    assert sigmoid(np.array([-1e4, 0.0, 1e4])).tolist() == [0.0, 0.5, 1.0]


def test_the_worked_example_of_the_rnn_has_its_golden_states() -> None:
    h = np.zeros(2)
    states = []
    for x in XS:
        h, o = rnn_cell(np.array([x]), h, np.full((2, 3), 0.1), np.zeros(2), np.eye(2), np.zeros(2))
        states.append(h[0])
    assert np.round(states, 6).tolist() == [0.524979, 0.575663, 0.602318, 0.627256, 0.651457]
    assert np.round(o, 6).tolist() == [0.657339, 0.657339]


def test_the_worked_example_of_the_rnn_agrees_with_keras() -> None:
    keras = pytest.importorskip("keras")
    rng = np.random.default_rng(3)
    w = rng.normal(0, 0.5, (2, 3)).astype(np.float32)
    layer = keras.layers.SimpleRNN(2, activation="sigmoid", return_sequences=True)
    layer.build((1, 5, 1))
    layer.set_weights([w[:, 2:].T, w[:, :2].T, np.zeros(2)])
    theirs = np.asarray(layer(XS.reshape(1, 5, 1).astype(np.float32)))[0]
    h = np.zeros(2)
    for x, expected in zip(XS, theirs, strict=True):
        h, _ = rnn_cell(np.array([x]), h, w, np.zeros(2), np.eye(2), np.zeros(2))
        assert np.abs(h - expected).max() < 1e-6


def test_the_worked_example_of_the_lstm_has_its_golden_states() -> None:
    h, c = np.zeros(2), np.zeros(2)
    states = []
    for x in XS:
        h, c = lstm_cell(np.array([x]), h, c, np.full((8, 3), 0.1), np.zeros(8))
        states.append(h[0])
    assert np.round(states, 6).tolist() == [0.027444, 0.076957, 0.145845, 0.230756, 0.325969]


def test_the_worked_example_of_the_lstm_agrees_with_keras() -> None:
    keras = pytest.importorskip("keras")
    rng = np.random.default_rng(4)
    w, b = rng.normal(0, 0.5, (8, 3)).astype(np.float32), rng.normal(0, 0.5, 8).astype(np.float32)
    layer = keras.layers.LSTM(2, return_sequences=True)
    layer.build((1, 5, 1))
    layer.set_weights([w[:, 2:].T, w[:, :2].T, b])
    theirs = np.asarray(layer(XS.reshape(1, 5, 1).astype(np.float32)))[0]
    h, c = np.zeros(2), np.zeros(2)
    for x, expected in zip(XS, theirs, strict=True):
        h, c = lstm_cell(np.array([x]), h, c, w, b)
        assert np.abs(h - expected).max() < 1e-6
