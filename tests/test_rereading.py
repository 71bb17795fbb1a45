"""Reading the best candidates again: what is read, what becomes of the others."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from assistant import Assistant
from assistant.encoder import Array
from assistant.fusion import FusionRanker
from assistant.ranking import READING
from assistant.recall import Recall
from assistant.rereading import Passage, passage
from storage import TurnIndex

Open = Callable[..., Assistant]


@dataclass
class Judged:
    scores: Array

    def confidence(self, scores: Array) -> Array:
        return (1 / (1 + np.exp(-scores))).astype(np.float32)


@dataclass
class Double:
    """Finds what holds a word, and remembers what it was given."""

    word: str
    candidates: int = 2
    threshold: float = 0.5
    seen: list[tuple[str, list[Passage]]] = field(default_factory=list)

    def read(
        self,
        question: str,
        passages: Sequence[Passage],
        features: Array,
        scores: Array,
        every: Array,
    ) -> Judged:
        assert len(passages) == len(features) == len(scores) == min(self.candidates, len(every))
        self.seen.append((question, list(passages)))
        return Judged(np.array([3.0 if self.word in p[1] else -3.0 for p in passages], np.float32))


def told(a: Assistant) -> None:
    for line in (
        "My flimbert is called Zorp and my flimbert is blue.",
        "I met Ana in Porto.",
        "My flimbert lives in a box.",
        "I keep bees behind the house.",
    ):
        a.observe(line)
    a.new_session()


def test_reading_says_how_sure_each_is_and_in_which_order_those_read_come(
    open_assistant: Open,
) -> None:
    with open_assistant() as a:
        told(a)
        plain = Recall(a.store, a.encoder, FusionRanker())("What is my flimbert?", now=a.clock())
        before = [hit.text for hit in plain]
        for word, first in ((before[0].split()[-1], 0), (before[1].split()[-1], 1)):
            reader = Double(word)
            hits = Recall(a.store, a.encoder, FusionRanker(), reader)(
                "What is my flimbert?", now=a.clock()
            )
            assert [hit.text for hit in hits] == [before[first], before[1 - first], *before[2:]]
            assert hits[0].confidence > 0.9
            assert hits.confident
            assert hits.threshold == reader.threshold
            assert len(reader.seen[0][1]) == 2
            assert max(hit.confidence for hit in hits[1:]) < 0.1
            scores = {hit.text: hit.score for hit in plain}
            for hit in hits:
                assert hit.score - scores[hit.text] == pytest.approx(hit.why[READING], abs=2e-3)
            assert hits[0].score == pytest.approx(3.0)
            # Those that were not read keep their distance to the last that was.
            behind = min(plain[0].score, plain[1].score) - plain[2].score
            assert hits[1].score - hits[2].score == pytest.approx(behind)


def test_where_there_is_no_more_than_it_reads_the_ranker_says_how_sure_it_is_of_what_is_not_denied(
    open_assistant: Open,
) -> None:
    with open_assistant() as a:
        told(a)
        reader = Double("Zorp", candidates=4, threshold=0.9)
        alone = Recall(a.store, a.encoder, FusionRanker())("flimbert?", now=a.clock())
        hits = Recall(a.store, a.encoder, FusionRanker(), reader)("flimbert?", now=a.clock())
        assert len(reader.seen) == 1
        assert hits.threshold == FusionRanker().threshold
        assert [hit.text for hit in hits] == [hit.text for hit in alone]
        for hit, by_ranker in zip(hits, alone, strict=True):
            denied = "Zorp" not in hit.text
            limit = 1 / (1 + np.exp(3.0)) if denied else by_ranker.confidence
            assert hit.confidence == pytest.approx(min(by_ranker.confidence, limit))
        assert max(hit.confidence for hit in alone if "Zorp" not in hit.text) > 0.1


def test_what_asks_nothing_is_not_read_for_an_answer(open_assistant: Open) -> None:
    with open_assistant() as a:
        told(a)
        reader = Double("Zorp")
        recall = Recall(a.store, a.encoder, FusionRanker(), reader)
        for text in ("My flimbert is ill.", "flimbert", "我的弗林病了"):
            assert recall(text, now=a.clock()).threshold == FusionRanker().threshold
        assert not reader.seen
        for text in ("what is my flimbert called", "My flimbert is ill. Is it old?"):
            recall(text, now=a.clock())
        assert [question for question, _ in reader.seen] == [
            "what is my flimbert called",
            "My flimbert is ill. Is it old?",
        ]


def test_a_passage_ends_where_the_session_does(open_assistant: Open) -> None:
    with open_assistant() as a:
        told(a)
        a.observe("Another day: it rains.")
        index: TurnIndex = a.store.index(a.encoder.fingerprint)
        words = {int(number): f"turn {i}" for i, number in enumerate(index.ids)}
        assert passage(index, 0, words) == ("", "turn 0", "turn 1")
        assert passage(index, 3, words) == ("turn 2", "turn 3", "")
        assert passage(index, 4, words) == ("", "turn 4", "")
        del words[int(index.ids[1])]  # forgotten meanwhile
        assert passage(index, 0, words) == ("", "turn 0", "")


def test_what_was_never_said_is_not_read_either(open_assistant: Open) -> None:
    with open_assistant() as a:
        told(a)
        reader = Double("Zorp", candidates=2)
        recall = Recall(a.store, a.encoder, FusionRanker(), reader)
        ids = a.store.index(a.encoder.fingerprint).ids
        recall("What is my flimbert?", now=a.clock(), without=[int(ids[1])])
        read = [" ".join(one) for one in reader.seen[0][1]]
        assert any("Zorp" in one for one in read)
        assert not any("Porto" in one for one in read)


def test_an_empty_store_is_not_read(open_assistant: Open) -> None:
    with open_assistant() as a:
        reader = Double("Zorp")
        recall = Recall(a.store, a.encoder, FusionRanker(), reader)
        assert not recall("What is my flimbert?", now=a.clock())
        assert reader.seen == []


def test_what_reading_has_cost_is_kept_free_and_without_the_time_nothing_is_read(
    open_assistant: Open,
) -> None:
    class Slow(Double):
        def read(self, *given: Any) -> Judged:
            time.sleep(0.4)
            return super().read(*given)

    with open_assistant() as a:
        told(a)
        reader = Slow("Zorp", threshold=0.9)
        recall = Recall(a.store, a.encoder, FusionRanker(), reader)
        unhurried = recall("What is my flimbert?", now=a.clock())
        assert unhurried.threshold == reader.threshold
        assert len(reader.seen) == 1
        recall("What is my flimbert?", now=a.clock(), budget_ms=5000)
        assert len(reader.seen) == 2  # there is time
        hurried = recall("What is my flimbert?", now=a.clock(), budget_ms=60)
        assert len(reader.seen) == 2  # two readings of 400 ms have raised the estimate above 60
        assert hurried.threshold == FusionRanker().threshold
        assert [hit.text for hit in hurried] == [hit.text for hit in unhurried]
