"""Learning what a first look at a candidate tells."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import numpy as np

from assistant.glance import WEIGHTS
from assistant.testing import HashEncoder
from assistant.training.facts import tell_facts
from assistant.training.glance import fit, looked_at
from assistant.training.timelines import Timeline, TimelineQuestion
from assistant.turn import Turn

BEGAN = datetime(2025, 3, 1, 9, tzinfo=UTC)


def told(seed: int) -> Timeline:
    """Facts of two people and a question about each."""
    lines, asked = tell_facts("en", ["user", "Ana"], 20, random.Random(seed))
    turns = [
        Turn(text, speaker=who, ref=str(line), at=BEGAN + line * timedelta(minutes=1), session="s")
        for line, (who, text) in enumerate(lines)
    ]
    questions = [TimelineQuestion(text, tuple(map(str, told)), "facts") for text, told in asked]
    return Timeline(turns, questions)


def test_the_learned_weights_put_evidence_first() -> None:
    encoder = HashEncoder()
    rng = np.random.default_rng(2)
    looks = [one for seed in range(4) for one in looked_at(told(seed), encoder, rng)]
    assert looks
    weights = fit(looks)
    assert weights.shape == (len(WEIGHTS),)
    unseen = looked_at(told(9), encoder, rng)
    firsts = [bool(evidence[int(np.argmax(x @ weights))]) for x, evidence in unseen]
    lasts = [bool(evidence[int(np.argmin(x @ weights))]) for x, evidence in unseen]
    assert np.mean(firsts) > 0.8
    assert np.mean(lasts) < 0.1


def test_only_evidence_that_a_search_found_counts() -> None:
    rng = np.random.default_rng(2)
    for x, evidence in looked_at(told(1), HashEncoder(), rng):
        assert x.shape == (len(evidence), len(WEIGHTS))
        assert evidence.sum() <= 1
