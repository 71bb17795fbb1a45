"""The ranker's training: facts and their questions, parity of the two runtimes, learning at all."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from assistant.errors import CheckpointError
from assistant.matching import FEATURES
from assistant.neural.ranker import load_ranker
from assistant.testing import HashEncoder
from assistant.training.facts import invented, tell_facts
from assistant.training.ranker import (
    Example,
    build_model,
    calibrate,
    examples_of,
    metrics,
    mistaken,
    write,
)
from assistant.training.timelines import Timeline, TimelineQuestion
from assistant.turn import Turn


def random_model(path: Path) -> object:
    rng = np.random.default_rng(5)
    mean = rng.normal(size=len(FEATURES)).astype(np.float16).astype(np.float32)
    spread = np.full(len(FEATURES), 0.5, np.float32)
    model = build_model(mean, spread)
    model.set_weights(
        [
            w.astype(np.float16).astype(np.float32) if w.dtype == np.float32 else w
            for w in model.get_weights()
        ]
    )
    write(model, mean, spread, path, encoder="e", slope=1.0, offset=0.0, threshold=0.5)
    return model


@pytest.mark.slow
def test_numpy_and_keras_score_alike_and_padding_changes_nothing(tmp_path: Path) -> None:
    model = random_model(tmp_path / "ranker.safetensors")
    ranker = load_ranker(FEATURES, tmp_path / "ranker.safetensors")
    x = np.random.default_rng(6).normal(size=(3, 9, len(FEATURES))).astype(np.float32)
    ours = ranker.score(x)
    assert ours.std() > 0.01
    theirs = np.asarray(model([x, np.ones((3, 9), np.float32)]))  # type: ignore[operator]
    np.testing.assert_allclose(ours, theirs, atol=1e-4)
    padded = np.concatenate([x, np.zeros((3, 4, len(FEATURES)), np.float32)], axis=1)
    mask = np.concatenate([np.ones((3, 9)), np.zeros((3, 4))], axis=1).astype(np.float32)
    theirs = np.asarray(model([padded, mask]))[:, :9]  # type: ignore[operator]
    np.testing.assert_allclose(ours, theirs, atol=1e-4)


@pytest.mark.slow
def test_a_ranker_of_other_features_is_refused(tmp_path: Path) -> None:
    random_model(tmp_path / "ranker.safetensors")
    with pytest.raises(CheckpointError, match="trained on the features"):
        load_ranker(FEATURES[:-1], tmp_path / "ranker.safetensors")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_fact_has_a_question_answered_by_the_line_that_tells_it(lang: str) -> None:
    rng = random.Random(3)
    lines, asked = tell_facts(lang, ["user", "Ana"], 8, rng)
    assert len(lines) >= 8
    assert len(asked) == len(lines)
    for question, (line,) in asked:
        speaker = lines[line][0]
        assert ("Ana" in question) <= (speaker == "Ana")
    assert len({line for _, (line,) in asked}) == len(lines)


def test_invented_words_are_no_words_of_the_forms() -> None:
    rng = random.Random(1)
    assert len({invented("en", rng) for _ in range(200)}) > 150
    assert all(2 <= len(invented("zh", rng)) <= 3 for _ in range(50))


def timeline() -> Timeline:
    lines, asked = tell_facts("en", ["user", "Ana"], 6, random.Random(2))
    from datetime import UTC, datetime, timedelta

    start = datetime(2026, 1, 1, tzinfo=UTC)
    turns = [
        Turn(text, who, start + timedelta(minutes=i), f"r{i}", "s")
        for i, (who, text) in enumerate(lines)
    ]
    questions = [TimelineQuestion(q, (f"r{line}",), "facts") for q, (line,) in asked]
    return Timeline(turns, questions)


def test_examples_mark_the_evidence_of_each_question() -> None:
    made = list(examples_of(timeline(), HashEncoder()))
    assert made
    assert all(example.evidence.sum() == 1 for example in made)
    assert all(example.features.shape == (6, len(FEATURES)) for example in made)
    words = FEATURES.index("lexical")
    right = [e.features[e.evidence, words][0] == e.features[:, words].max() for e in made]
    assert np.mean(right) > 0.5


def test_without_its_evidence_a_question_is_asked_of_a_history_where_nobody_said_it() -> None:
    made = list(examples_of(timeline(), HashEncoder(), unsaid=True))
    hits = FEATURES.index("query_hits")
    for example in made:
        assert example.unsaid is not None
        assert example.unsaid.shape == (5, len(FEATURES))
    assert any(
        example.unsaid is not None
        and example.unsaid[:, hits].max() != example.features[~example.evidence][:, hits].max()
        for example in made
    )
    assert all(example.unsaid is None for example in examples_of(timeline(), HashEncoder()))


def judged(count: int = 400) -> list[Example]:
    """Questions of five candidates; a feature is higher for the evidence, with noise."""
    rng = np.random.default_rng(0)
    made = []
    for i in range(count):
        features = np.zeros((5, len(FEATURES)), np.float32)
        evidence = np.arange(5) == i % 5
        features[:, 0] = np.where(evidence, 2.0, -2.0) + rng.normal(size=5)
        features[:, FEATURES.index("speaker_named")] = [1, 0, 1, 0, 1] if i % 2 else 0
        features[:, FEATURES.index("other_named")] = [0, 1, 0, 1, 0] if i % 2 else 0
        unsaid = np.zeros((4, len(FEATURES)), np.float32)
        unsaid[:, 0] = -2.0 + rng.normal(size=4)
        made.append(Example(features, evidence, "x", unsaid))
    return made


def test_metrics_and_calibration_read_scores_as_meant() -> None:
    examples = judged()
    assert metrics([e.features[:, 0] for e in examples], examples)["mrr"] > 0.9
    slope, offset, other, threshold = calibrate(lambda x: x[..., 0], examples)
    sure = 1 / (1 + np.exp(-(slope * 2.0 + offset)))
    unsure = 1 / (1 + np.exp(-(slope * -2.0 + offset)))
    assert sure > 0.6
    assert unsure < 0.1
    assert other < 0
    assert 0.2 <= threshold < 0.95


def test_a_mistaken_question_names_the_other_one_of_two_people() -> None:
    one = judged(2)
    said, other = FEATURES.index("speaker_named"), FEATURES.index("other_named")
    assert mistaken(one[1]).features[:, said].tolist() == [0, 1, 0, 1, 0]
    assert mistaken(one[1]).features[:, other].tolist() == [1, 0, 1, 0, 1]
    np.testing.assert_array_equal(mistaken(one[0]).features, one[0].features)
    assert mistaken(mistaken(one[1])).features.tolist() == one[1].features.tolist()
