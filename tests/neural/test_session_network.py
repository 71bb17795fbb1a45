from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from assistant.neural.checkpoint import WEIGHTS, read_checkpoint
from assistant.neural.short_term_network import NumpySessionNetwork
from assistant.neural.traits import NAMES, traits

from .data import session_checkpoint

TURNS = [
    ("My dog is called Bruno.", "user"),
    ("你好", "assistant"),
    ("", "other"),
    ("a\ud800", "user"),
]


def vectors(count: int, dimension: int = 8) -> np.ndarray:
    rows = np.random.default_rng(5).normal(0, 1, (count, dimension)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def test_constant_weights_give_the_golden_steps(tmp_path: Path) -> None:
    network = NumpySessionNetwork(session_checkpoint(tmp_path, fill=0.05, dimension=4))
    state = network.start()
    saliences = []
    for text, role in TURNS[:3]:
        state, seen = network.step(state, np.full(4, 0.5, np.float32), text, role)
        saliences.append(round(seen.salience, 5))
    assert saliences == GOLDEN_SALIENCES
    assert seen.context.round(5).tolist() == [0.5, 0.5, 0.5, 0.5]


GOLDEN_SALIENCES = [0.53752, 0.54031, 0.53161]  # by plain arithmetic on one unit, all alike


@pytest.mark.parametrize("which", ["random", "shipped"])
def test_numpy_and_keras_agree(which: str, tmp_path: Path) -> None:
    pytest.importorskip("keras")
    from assistant.neural.short_term_keras import SessionConfig, build_session_network, set_weights

    if which == "shipped":
        checkpoint = read_checkpoint(WEIGHTS / "session.safetensors", "session")
    else:
        checkpoint = session_checkpoint(tmp_path, seed=2)
    network = NumpySessionNetwork(checkpoint)
    sizes = (checkpoint.number(name) for name in ("dimension", "units", "hidden", "traits"))
    model = build_session_network(SessionConfig(*sizes))
    set_weights(model, checkpoint.weights)
    rows = vectors(4, network.dimension)
    x = np.stack([np.concatenate([v, traits(*t)]) for v, t in zip(rows, TURNS, strict=True)])
    padded = np.concatenate([x, np.zeros((3, x.shape[1]), np.float32)])[None]
    theirs = np.asarray(model(padded))[0]
    state = network.start()
    for vector, turn, expected in zip(rows, TURNS, theirs, strict=False):
        state, seen = network.step(state, vector, *turn)
        assert np.abs(seen.context - expected[:-1]).max() < 1e-4
        assert abs(seen.salience - 1 / (1 + np.exp(-expected[-1]))) < 1e-4


def test_a_step_leaves_the_state_passed_in(tmp_path: Path) -> None:
    network = NumpySessionNetwork(session_checkpoint(tmp_path))
    start = network.start()
    network.step(start, vectors(1)[0], *TURNS[0])
    assert not start.h.any()
    assert not start.c.any()


def test_what_came_before_changes_what_is_seen(tmp_path: Path) -> None:
    network = NumpySessionNetwork(session_checkpoint(tmp_path))
    a, b = vectors(2)
    later, _ = network.step(network.start(), a, *TURNS[0])
    fresh = network.step(network.start(), b, *TURNS[1])[1]
    after = network.step(later, b, *TURNS[1])[1]
    assert np.abs(fresh.context - after.context).max() > 1e-3


@pytest.mark.parametrize("text", ["", "\ud800", "\x00" * 9, "😀", "x" * 100_000, "？", "我的"])
def test_any_text_has_finite_traits(text: str) -> None:
    values = traits(text, "user")
    assert values.shape == (len(NAMES),)
    assert np.isfinite(values).all()
    assert values.min() >= 0
    assert values.max() < 5


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("What is my dog called?", "asks", 1), ("我的狗叫什么？", "asks", 1),
        ("My dog is called Bruno.", "asks", 0), ("I live here", "first person", 1),
        ("我住在北京", "first person", 1), ("It rains", "first person", 0),
        ("thanks!", "courtesy", 1), ("谢谢", "courtesy", 1), ("at 5 pm", "digits", 1),
    ],
)  # fmt: skip
def test_traits_read_both_languages(text: str, name: str, expected: int) -> None:
    assert traits(text, "user")[NAMES.index(name)] == expected
