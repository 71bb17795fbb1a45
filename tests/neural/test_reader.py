"""The shipped reader: what it tells apart, and that it stands whatever it is given."""

from __future__ import annotations

import numpy as np
import pytest

from assistant.matching import FEATURES
from assistant.neural.checkpoint import WEIGHTS
from assistant.neural.encoder_numpy import NumpyEncoder
from assistant.neural.reader import (
    AFTER,
    BEFORE,
    QUESTION,
    TURN,
    Reader,
    load_reader,
    passage_pieces,
    question_pieces,
)


@pytest.fixture(scope="module")
def encoder() -> NumpyEncoder:
    return NumpyEncoder.of(WEIGHTS / "encoder.safetensors")


@pytest.fixture(scope="module")
def reader(encoder: NumpyEncoder) -> Reader:
    return load_reader(encoder.checkpoint, encoder.tokenizer, FEATURES)


def judged(reader: Reader, question: str, lines: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """o_t and confidence of lines that match equally well by every feature of the ranker."""
    features = np.zeros((len(lines), len(FEATURES)), np.float32)
    scores = np.zeros(len(lines), np.float32)
    read = reader.read(question, [("", line, "") for line in lines], features, scores, scores)
    return read.scores, read.confidence(read.scores)


@pytest.mark.parametrize(
    ("question", "answers", "other"),
    [
        (
            "When did Ana move to Porto?",
            "Ana: I moved to Porto in March 2021.",
            "Ana: I moved to Porto with my cat and all my books.",
        ),
        (
            "How many chairs did Ben buy?",
            "Ben: I bought four chairs for the kitchen.",
            "Ben: I bought chairs for the kitchen, they are lovely.",
        ),
    ],
)
def test_it_sees_which_of_two_turns_with_the_same_words_answers(
    reader: Reader, question: str, answers: str, other: str
) -> None:
    scores, _ = judged(reader, question, [other, answers])
    swapped, _ = judged(reader, question, [answers, other])
    assert scores[1] - scores[0] + swapped[0] - swapped[1] > 0


@pytest.mark.parametrize(
    "text", ["", " ", "\x00", "\ud800", "😀" * 50, "x" * 100_000, "只有中文", "a\nb"]
)
def test_any_words_are_read_to_finite_numbers(reader: Reader, text: str) -> None:
    features = np.zeros((3, len(FEATURES)), np.float32)
    scores = np.array([1.0, 0.0, -1.0], np.float32)
    read = reader.read(
        text, [(text, text, text), ("", "", ""), ("", text, "")], features, scores, scores
    )
    assert np.isfinite(read.scores).all()
    confidence = read.confidence(np.array([1e4, 0.0, -1e4], np.float32))
    assert np.isfinite(confidence).all()
    assert ((confidence >= 0) & (confidence <= 1)).all()
    assert (np.diff(confidence) <= 0).all()


def test_one_candidate_is_enough_and_no_more_pieces_are_read_than_said(
    reader: Reader, encoder: NumpyEncoder
) -> None:
    scores, confidence = judged(reader, "Where is it?", ["user: It is in the box."])
    assert scores.shape == confidence.shape == (1,)
    long = " ".join(f"word{i}" for i in range(500))
    pieces = passage_pieces(encoder.tokenizer, (long, long, long))
    assert np.bincount(pieces.part).tolist() == [BEFORE, TURN, AFTER]
    assert len(question_pieces(encoder.tokenizer, long)) == QUESTION
