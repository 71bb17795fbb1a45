from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from assistant.encoder import Array
from assistant.testing import HashEncoder
from assistant.training.examples import Retrieval
from assistant.training.retrieval_check import by_encoder, by_words, held_out, neutral_form

CONVERSATION = {
    "id": "one",
    "turns": [
        {"id": "a", "session": 1, "speaker": "Ana", "time": "", "text": "I moved to Porto."},
        {"id": "b", "session": 1, "speaker": "Eva", "time": "", "text": "I bake bread."},
        {"id": "c", "session": 2, "speaker": "Ana", "time": "", "text": "My dog sleeps."},
    ],
    "questions": [
        {"text": "Who bakes bread?", "answer": "Eva", "evidence": ["b"], "category": "1"},
        {"text": "Where is the cat?", "answer": "", "evidence": [], "category": "2"},
    ],
}


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    path = tmp_path / "questions.jsonl"
    path.write_text(json.dumps(CONVERSATION) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("search", [by_words, by_encoder(HashEncoder())])
def test_the_turn_that_shares_words_comes_first(questions: Path, search: object) -> None:
    figures = neutral_form(questions, search)  # type: ignore[arg-type]
    assert figures == {"r_at_5": 1.0, "r_at_10": 1.0, "hit_at_10": 1.0, "mrr": 1.0}


def test_the_place_of_the_evidence_decides(questions: Path) -> None:
    def worst(texts: Sequence[str], asked: Sequence[str]) -> Array:
        assert asked == ["Who bakes bread?"]
        assert texts[1] == "Eva: I bake bread."
        return np.array([[2.0, 1.0, 3.0]], np.float32)

    assert neutral_form(questions, worst)["mrr"] == pytest.approx(1 / 3, abs=1e-4)


def test_the_turn_that_asked_is_no_candidate() -> None:
    asked = "Ana: Who bakes bread?"
    rows = [Retrieval("Who bakes bread?", (asked, "Eva: I do."), (1,), "made/reply", asked)]
    found = held_out(rows, lambda t, q: np.array([[float(x == asked) for x in t]], np.float32))
    assert found["made/reply"]["mrr"] == 1.0
    assert found["made/reply"]["candidates"] == 2


def test_candidates_are_those_of_the_whole_source() -> None:
    rows = [
        Retrieval("bread?", ("Eva: bread",), (0,), "made/question"),
        Retrieval("tea?", ("Ana: tea", "Eva: bread"), (0,), "made/question"),
    ]
    figures = held_out(rows, by_words)["made/question"]
    assert figures["candidates"] == 2
    assert figures["questions"] == 2
    assert figures["mrr"] == 1.0
