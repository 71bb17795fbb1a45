"""The reader's training: what it is shown, parity of the two runtimes, learning at all."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from assistant.encoder import Array
from assistant.errors import CheckpointError
from assistant.matching import FEATURES
from assistant.neural.checkpoint import WEIGHTS
from assistant.neural.encoder_numpy import NumpyEncoder
from assistant.neural.ranker import LSTMRanker, load_ranker
from assistant.neural.reader import QUESTION, Reader, load_reader, log_sum_exp, summary
from assistant.training.facts import tell_facts
from assistant.training.reader import fit
from assistant.training.reader_calibration import calibrate, lowest, outputs
from assistant.training.reader_twin import build_model, model_inputs, write
from assistant.training.reading_lists import Gatherer
from assistant.training.readings import (
    ASKED,
    MASKED,
    MISTAKEN,
    PIECES,
    Readings,
)
from assistant.training.timelines import Timeline, TimelineQuestion
from assistant.turn import Turn


@cache
def shipped() -> tuple[NumpyEncoder, LSTMRanker]:
    return NumpyEncoder.of(WEIGHTS / "encoder.safetensors"), load_ranker(FEATURES)


def timeline(seed: int) -> Timeline:
    lines, asked = tell_facts("en", ["Ben", "Ana"], 6, random.Random(seed))
    start = datetime(2026, 1, 1, tzinfo=UTC)
    turns = [
        Turn(text, who, start + timedelta(minutes=i), f"r{i}", "s")
        for i, (who, text) in enumerate(lines)
    ]
    questions = [TimelineQuestion(q, (f"r{line}",), "facts") for q, (line,) in asked]
    return Timeline(turns, questions)


@cache
def told(count: int = 6) -> Readings:
    gatherer = Gatherer(*shipped())
    made = [gatherer.readings(timeline(seed), random.Random(seed)) for seed in range(count)]
    return Readings.of([Readings.empty(), *made]).first(6)


def loaded(path: Path) -> Reader:
    encoder, _ = shipped()
    return load_reader(encoder.checkpoint, encoder.tokenizer, FEATURES, path)


def test_a_question_is_asked_with_its_evidence_and_as_if_it_had_never_been_said() -> None:
    made = told()
    asked, masked, mistaken = (made[made.kind == kind] for kind in (ASKED, MASKED, MISTAKEN))
    assert len(asked) == len(masked) > len(mistaken) > 0
    assert asked.evidence.any(axis=1).all()
    assert not masked.evidence.any()
    assert mistaken.evidence.any(axis=1).all()
    for i in range(len(asked)):
        kept = asked.ids[i][asked.evidence[i]][0]
        turn = kept[(asked.part[i][asked.evidence[i]][0] == 1) & (kept >= 0)]
        for passage in masked.ids[i]:
            read = passage[passage >= 0].tolist()
            assert turn.tolist() not in [read[j : j + len(turn)] for j in range(len(read))]


@pytest.mark.slow
def test_numpy_and_keras_read_alike_and_padding_changes_nothing(tmp_path: Path) -> None:
    encoder, _ = shipped()
    data = told()
    model = build_model(encoder.checkpoint.weights["embedding"], data)
    path = tmp_path / "reader.safetensors"
    write(model, path, encoder=encoder.fingerprint, candidates=6)
    out = np.asarray(model(model_inputs(data, QUESTION, PIECES), training=False))
    found, share = outputs(loaded(path), data)
    assert found.std() > 0.01
    total = np.logaddexp.reduce(out[:, :-1], axis=1)
    np.testing.assert_allclose(found, total - out[:, -1], atol=1e-2)  # weights kept in float16
    there = share > -60
    np.testing.assert_allclose(share[there], (out[:, :-1] - total[:, None])[there], atol=1e-2)


@pytest.mark.slow
def test_training_learns_and_a_reader_of_another_encoder_or_features_is_refused(
    tmp_path: Path,
) -> None:
    encoder, _ = shipped()
    data, path = told(), tmp_path / "reader.safetensors"
    model = build_model(encoder.checkpoint.weights["embedding"], data)
    write(model, path, encoder=encoder.fingerprint, candidates=6)
    _, before = calibrate(loaded(path), data)
    after = fit(data, data, encoder, out=path, epochs=8, batch=16)
    assert after["auroc"] > before["auroc"]
    other = replace(encoder.checkpoint, fingerprint="0" * 64)
    with pytest.raises(CheckpointError, match="trained with the encoder"):
        load_reader(other, encoder.tokenizer, FEATURES, path)
    with pytest.raises(CheckpointError, match="other match features"):
        load_reader(encoder.checkpoint, encoder.tokenizer, FEATURES[:-1], path)


def test_a_summary_of_scores_knows_their_order_and_their_number() -> None:
    scores: Array = np.array([1.0, 3.0, 2.0], np.float32)
    assert summary(scores)[:3].tolist() == pytest.approx([1.0, 2 / 3, 1 / 3])
    assert summary(scores)[3] == pytest.approx(-8 / 3)
    assert summary(scores)[5] == pytest.approx(log_sum_exp(scores))
    assert (summary(scores) == summary(scores[::-1])).all()


def test_the_threshold_is_the_lowest_from_which_on_few_enough_are_wrong() -> None:
    confidence = np.array([0.905, 0.8, 0.7, 0.6, 0.505, 0.4])
    right = np.array([True, True, True, False, False, False])
    assert lowest(confidence, right) == 0.51  # one of four is wrong
    assert lowest(confidence, ~right) == 0.91  # from there on nothing is confident
    assert lowest(confidence, right | True) == 0.2
