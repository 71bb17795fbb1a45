from __future__ import annotations

import gzip
import json
import random
from pathlib import Path

import numpy as np
import pytest

from assistant.testing import HashEncoder
from assistant.training.context_examples import read_context_examples
from assistant.training.questions import questions_about

from .generated import write_corpora


@pytest.fixture(scope="module")
def corpora(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A generated corpus, and a dialogue with an incomplete question."""
    folder = write_corpora(tmp_path_factory.mktemp("corpora"), 400)
    talk = ["Ana Lopez", "What did Ana study?", "Physics.", "And her sister?", "Law."]
    turns = [
        {"dialogue": "asked", "turn": n, "speaker": "user", "text": text, "lang": "en",
         "source": "canard-dev"}
        for n, text in enumerate(talk)
    ]  # fmt: skip
    question = {"question": "What did Ana's sister study?", "answer": "", "dialogue": "asked",
                "evidence": [4], "lang": "en", "source": "canard-dev",
                "kind": "rewritten_question", "question_turn": 3}  # fmt: skip
    for name, rows in (("turns", turns), ("qa", [question])):
        with gzip.open(folder / f"{name}.jsonl.gz", "at", encoding="utf-8") as out:
            out.writelines(json.dumps(row) + "\n" for row in rows)
    return folder


def test_an_incomplete_question_brings_the_two_turns_before_it(corpora: Path) -> None:
    examples = read_context_examples(corpora, made=10)
    (asked,) = [e for e in examples.train + examples.held if e.kind == "rewritten"]
    assert asked.before == ("user: What did Ana study?", "user: Physics.")
    assert asked.question == "user: And her sister?"
    assert asked.complete == "What did Ana's sister study?"


def test_what_stands_between_tells_nothing(corpora: Path) -> None:
    examples = read_context_examples(corpora)
    assert len(examples.train_fillers) > 20
    for line in examples.train_fillers + examples.held_fillers:
        assert questions_about(line.split(": ", 1)[1], random.Random(0), None) == []


def test_a_made_question_is_short_and_its_complete_form_is_about_the_turn(corpora: Path) -> None:
    made = [e for e in read_context_examples(corpora).train if e.kind == "made"]
    assert len(made) > 80
    for one in made:
        assert len(one.question) < 30
        assert one.question.startswith("user: ")
        told = one.before[1].casefold().rstrip(".")
        assert any(w in told for w in one.complete.casefold().rstrip("?").split()[2:])


def test_the_same_seed_deals_the_same_examples(corpora: Path) -> None:
    assert read_context_examples(corpora, seed=4) == read_context_examples(corpora, seed=4)
    assert read_context_examples(corpora, seed=4) != read_context_examples(corpora, seed=5)


@pytest.mark.slow
def test_a_state_completes_what_no_state_can(corpora: Path) -> None:
    pytest.importorskip("keras")
    from assistant.training.context_study import completes, encode_examples, train

    examples = read_context_examples(corpora)
    encoder = HashEncoder()
    made = [e for e in examples.train if e.kind == "made"]
    data = encode_examples(made, examples.train_fillers, encoder)
    losses: list[float] = []
    found = {
        name: completes(
            train(
                name, data, steps=120, rate=5e-3, gaps=(1, 3),
                report=lambda step, steps, loss: losses.append(loss),
            ),
            data, gaps=(3,),
        )[3]
        for name in ("no state", "LSTM")
    }  # fmt: skip
    assert np.isfinite(losses).all()
    assert found["LSTM"] > found["no state"] + 0.1, found


def test_an_unknown_network_is_refused() -> None:
    pytest.importorskip("keras")
    from assistant.training.context_study import build

    with pytest.raises(ValueError, match="expected one of no state"):
        build("GRU", 8)
