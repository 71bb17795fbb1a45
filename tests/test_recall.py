"""Recall: what is a candidate, what is left out, what explains a score."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest

from assistant import Assistant, Turn
from assistant.fusion import FusionRanker
from assistant.matching import FEATURES, Query, match_features
from assistant.recall import FACTORS
from assistant.testing import HashEncoder

Open = Callable[..., Assistant]


def test_every_factor_is_made_of_features_that_exist() -> None:
    named = [name for names in FACTORS.values() for name in names]
    assert len(named) == len(set(named))
    assert set(named) <= set(FEATURES)


def test_why_gives_each_factor_what_the_score_loses_without_it(open_assistant: Open) -> None:
    with open_assistant() as a:
        a.observe("My flimbert is called Zorp.")
        a.observe("The weather is nice today, is it not.")
        best = a.recall("What is my flimbert called?")[0]
        assert set(best.why) == set(FACTORS)
        assert best.why["words"] > best.why["context"] == 0
        # The fusion ranker is a sum, so that the shares of all factors add up to the score.
        assert sum(best.why.values()) == pytest.approx(best.score, abs=0.02)


def test_chatter_is_a_neighbour_but_never_a_hit(open_assistant: Open) -> None:
    with open_assistant() as a:
        a.observe("thanks")
        a.observe("My flimbert is called Zorp.")
        a.new_session()
        assert [hit.text for hit in a.recall("flimbert thanks")] == ["My flimbert is called Zorp."]
        everything = a.recall("flimbert thanks", scope="transcript")
        assert {hit.text for hit in everything} == {"thanks", "My flimbert is called Zorp."}


def test_a_question_of_the_user_is_not_its_own_answer(open_assistant: Open) -> None:
    with open_assistant() as a:
        a.reply("My flimbert is called Zorp.")
        a.reply("What is my flimbert called?")
        reply = a.reply("What is my flimbert called?")
        assert reply.recollections[0].text == "My flimbert is called Zorp."


def test_hits_come_best_first_and_no_more_than_asked_for(open_assistant: Open) -> None:
    with open_assistant() as a:
        a.observe_many([Turn(f"I own a flimbert with number {n} on it") for n in range(30)])
        hits = a.recall("flimbert", k=7)
        assert len(hits) == 7
        scores = [hit.score for hit in hits]
        assert scores == sorted(scores, reverse=True)
        assert len(hits[:3]) == 3
        assert hits[:3].query == "flimbert"


def test_an_empty_store_recalls_nothing_and_is_not_confident(open_assistant: Open) -> None:
    with open_assistant() as a:
        hits = a.recall("anything")
        assert len(hits) == 0
        assert not hits.confident


def test_the_same_question_gives_the_same_answer(open_assistant: Open) -> None:
    with open_assistant() as a:
        a.observe_many([Turn(f"The flimbert number {n} went to town {n % 3}") for n in range(50)])
        one, two = (a.recall("Where did the flimbert go?", k=20) for _ in range(2))
        assert [(h.refs, h.score) for h in one] == [(h.refs, h.score) for h in two]


@pytest.mark.parametrize(
    ("question", "inside"),
    [("What happened last week?", 1), ("What happened yesterday?", 2), ("上周发生了什么？", 1)],
)
def test_a_time_named_in_the_question_marks_what_was_said_then(
    open_assistant: Open, clock: Any, question: str, inside: int
) -> None:
    with open_assistant() as a:
        for n, days in enumerate((40, 9, 1)):
            a.observe(f"Something happened, number {n}", at=clock() - timedelta(days=days))
        index = a.store.index(a.encoder.fingerprint)
        query = Query(question, HashEncoder().encode([question])[0], clock())
        zeros = np.zeros(3, np.float32)
        features = match_features(query, index, np.arange(3), zeros, zeros)
        column = features[:, FEATURES.index("in_window")]
        assert column.argmax() == inside
        assert column[0] == 0


def test_a_named_speaker_is_seen_in_both_languages(open_assistant: Open, clock: Any) -> None:
    with open_assistant() as a:
        a.observe("I adopted a parrot", speaker="Ana Lima")
        a.observe("我养了一只鹦鹉", speaker="小安")
        index = a.store.index(a.encoder.fingerprint)
        for question, row in (("What did Ana's parrot do?", 0), ("小安养了什么？", 1)):
            query = Query(question, HashEncoder().encode([question])[0], clock())
            assert query.names(index.speakers).tolist().index(True) == index.speaker[row]


def test_features_stay_within_bounds_at_the_ends_of_time(open_assistant: Open) -> None:
    from datetime import UTC

    with open_assistant() as a:
        a.observe("I like early mornings in the winter", at=datetime(1, 1, 2, tzinfo=UTC))
        a.observe("I like late evenings in the summer", at=datetime(9999, 12, 30, tzinfo=UTC))
        assert len(a.recall("early last week", now=datetime(9999, 12, 31, tzinfo=UTC))) == 2
        assert len(a.recall("late 上周", now=datetime(1, 1, 1, tzinfo=UTC))) == 2


def test_the_fusion_ranker_prefers_words_and_meaning_together() -> None:
    features = np.zeros((1, 3, len(FEATURES)), np.float32)
    features[0, 0, FEATURES.index("lexical")] = 1
    features[0, 1, FEATURES.index("similarity_z")] = 1
    features[0, 2, [FEATURES.index("lexical"), FEATURES.index("similarity_z")]] = 1
    assert FusionRanker().score(features)[0].argmax() == 2
