"""The first look: which candidates are worth ranking."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from assistant import Assistant, Turn
from assistant.glance import WEIGHTS, WORTH, glance, worth_ranking
from assistant.matching import Rows
from assistant.words import WordMatch
from storage import TurnIndex

Open = Callable[..., Assistant]
TOLD = 3 * WORTH


@pytest.fixture
def looked_at(open_assistant: Open) -> tuple[Assistant, TurnIndex, WordMatch, np.ndarray]:
    """Many turns, of which every third speaks of goats, and one of a flimbert."""
    a = open_assistant()
    said = [("I saw goat {}", "It rained on day {}")[n % 3 > 0].format(n) for n in range(TOLD)]
    said[200] = "My flimbert eats a goat"
    a.observe_many([Turn(text, speaker="Ana") for text in said])
    index = a.store.index(a.encoder.fingerprint)
    terms = a.store.terms("flimbert goat")
    words = WordMatch(terms, a.store.holding(terms), index)
    similarity = np.random.default_rng(1).uniform(-0.1, 0.1, TOLD).astype(np.float32)
    return a, index, words, similarity


def test_it_is_the_sum_that_its_equation_says(
    looked_at: tuple[Assistant, TurnIndex, WordMatch, np.ndarray],
) -> None:
    _, index, words, similarity = looked_at
    named = np.array([True])
    rows: Rows = np.array([0, 3, 200, 201])
    b, c = words.bm25 / words.bm25.max(), words.content_bm25 / words.content_bm25.max()
    z = (similarity - similarity.mean()) / similarity.std() / 3
    before = np.concatenate([[0], similarity[:-1]])
    after = np.concatenate([similarity[1:], [0]])
    one = np.ones(TOLD)
    wanted = np.stack(
        [b, c, np.maximum(b, c), similarity, z, z**2, before, after, one, 0 * one], axis=1
    )[rows]
    looks = glance(index, rows, words, similarity, named)
    assert looks.shape == (4, len(WEIGHTS))
    np.testing.assert_allclose(looks, wanted, atol=1e-5)


def test_what_looks_best_is_ranked_in_the_order_it_was_said(
    looked_at: tuple[Assistant, TurnIndex, WordMatch, np.ndarray],
) -> None:
    _, index, words, similarity = looked_at
    every: Rows = np.arange(TOLD)
    kept = worth_ranking(index, every, words, similarity, np.array([False]))
    assert len(kept) == WORTH
    assert (np.diff(kept) > 0).all()
    assert 200 in kept
    looks = glance(index, every, words, similarity, np.array([False])) @ list(WEIGHTS.values())
    assert looks[kept].min() >= np.delete(looks, kept).max()
    few = every[: WORTH // 2]
    assert worth_ranking(index, few, words, similarity, np.array([False])) is few


def test_the_answer_among_many_alike_is_found(
    looked_at: tuple[Assistant, TurnIndex, WordMatch, np.ndarray],
) -> None:
    a, *_ = looked_at
    assert a.recall("Which goat does my flimbert eat?")[0].text == "My flimbert eats a goat"
    a.close()
