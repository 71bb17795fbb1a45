"""Recall: what is a candidate, what is left out, what explains a score."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np
import pytest

from assistant import Assistant, Turn
from assistant.fusion import FusionRanker
from assistant.matching import (
    FEATURES,
    RANKS,
    SPLIT,
    Query,
    Vectors,
    _reciprocal_rank,
    _Sessions,
    match_features,
)
from assistant.ranking import FACTORS, READING, USE
from assistant.recollecting import USE_MOST
from assistant.testing import HashEncoder
from assistant.words import WordMatch

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
        assert set(best.why) == {*FACTORS, USE, READING}
        assert best.why["words"] > best.why["time"] == best.why[USE] == best.why[READING] == 0
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
        words = WordMatch([], {}, index)
        features = match_features(
            query,
            index,
            np.arange(3),
            words,
            np.zeros(3, np.float32),
            Vectors(index.vectors),
            query.names(index.speakers),
        )
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


def test_what_was_recited_before_takes_nothing_from_an_answer(open_assistant: Open) -> None:
    with open_assistant() as a:
        a.observe("My flimbert is called Zorp.")
        a.observe("My flimbert likes the rain.")
        question = "What is my flimbert called?"
        fresh = a.recall(question)
        for _ in range(4):
            a.reply(question)
        for said in (a.recall(question), a.new_session() or a.recall(question)):
            assert [hit.text for hit in said] == [hit.text for hit in fresh]
            assert said[0].confidence == pytest.approx(fresh[0].confidence)
        assert len(a.recall(question, scope="transcript")) > len(fresh)


def test_without_a_turn_something_else_comes_instead(open_assistant: Open, tmp_path: Path) -> None:
    with open_assistant() as a:
        a.observe("My flimbert is called Zorp.", ref="old")
        a.observe("My flimbert likes the rain.", ref="other")
        question = "What is my flimbert called?"
        assert a.recall(question)[0].refs == ("old",)
        instead = a.recall(question, without=["old", "unheard of"])
        assert [hit.refs for hit in instead] == [("other",)]
        # The turn is gone from the features of the others too, as if it had never been said.
        with open_assistant(tmp_path / "elsewhere.db") as b:
            b.observe("My flimbert likes the rain.", ref="other")
            assert b.recall(question)[0].score == pytest.approx(instead[0].score)


def test_a_budget_ranks_fewer_candidates_and_still_finds_the_best(open_assistant: Open) -> None:
    with open_assistant() as a:
        a.observe_many(
            [Turn(f"The flimbert number {n} lives in the shed") for n in range(300)]
            + [Turn("The flimbert number nine hundred sleeps in Porto")]
        )
        ranked: list[int] = []
        score = a._recall._ranker.score  # type: ignore[attr-defined]

        class Counting(FusionRanker):
            def score(self, features: Any) -> Any:
                ranked.append(features.shape[1])
                return score(features)

        a._recall._ranker = Counting()  # type: ignore[attr-defined]
        question = "Which flimbert sleeps in Porto?"
        whole, hurried = a.recall(question, k=1), a.recall(question, k=1, budget_ms=0.001)
        assert (
            hurried[0].text == whole[0].text == "The flimbert number nine hundred sleeps in Porto"
        )
        assert ranked[1] < ranked[0] / 3
        with pytest.raises(ValueError, match="budget_ms is 0; expected more than 0"):
            a.recall(question, budget_ms=0)


def test_what_is_archived_is_found_when_nothing_in_use_answers(
    open_assistant: Open, clock: Any
) -> None:
    with open_assistant() as a:
        a.observe("My flimbert is called Zorp.")
        a.observe("I bought bread and milk at the corner")
        a.new_session()
        (named,) = a.memories(search="flimbert")
        a.store.archive([named.id], clock())
        assert [hit.memory for hit in a.recall("bread and milk at the corner")] != [named.id]
        assert a.recall("What is my flimbert called?")[0].memory == named.id


def test_use_tips_the_balance_and_no_more(open_assistant: Open, clock: Any) -> None:
    with open_assistant() as a:
        first = a.remember("The blue flimbert is in the shed")
        a.remember("The blue flimbert is in the barn")
        a.new_session()
        question = "Where is the blue flimbert?"
        before = {hit.memory: hit for hit in a.recall(question)}
        clock.advance(days=30)
        for _ in range(3):
            a.store.record_uses([first.id], clock())
        after = {hit.memory: hit for hit in a.recall(question)}
        gain = after[first.id].score - before[first.id].score
        assert 0 < gain <= USE_MOST
        assert after[first.id].why[USE] == pytest.approx(gain, abs=2e-3)
        assert a.recall(question)[0].memory == first.id


def test_the_similarity_of_many_turns_is_that_of_each(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(3)
    rows = rng.standard_normal((SPLIT + 1, 8)).astype(np.float32)
    vector = rng.standard_normal(8).astype(np.float32)
    expected = rows.astype(np.float64) @ vector
    np.testing.assert_allclose(Vectors(rows).similarity(vector), expected, atol=1e-5)
    some = np.array([0, 7, SPLIT], np.int64)
    np.testing.assert_allclose(Vectors(rows, some).similarity(vector), expected[some], atol=1e-5)

    def refuse(self: Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(Thread, "start", refuse)
    np.testing.assert_allclose(Vectors(rows).similarity(vector), expected, atol=1e-5)


@pytest.mark.parametrize("values", [[], [3.0], list(np.linspace(-1, 1, 700))])
def test_ranks_are_those_of_sorting(values: list[float]) -> None:
    given = np.array(values, np.float32)
    ranks = 1 / _reciprocal_rank(given, given)
    places = [int((given > one).sum()) for one in given]
    expected = [1 + min(place, RANKS) / 5 for place in places]
    np.testing.assert_allclose(ranks, expected, rtol=1e-5)


def test_the_best_of_a_session_is_found_though_sessions_interleave(
    open_assistant: Open,
) -> None:
    with open_assistant() as a:
        a.observe_many([Turn(f"number {n}", session=f"s{n % 3}") for n in range(9)])
        index = a.store.index(a.encoder.fingerprint)
        values = np.array([5, 1, 2, 0, 9, 4, 3, 7, 8], np.float32)
        best = _Sessions(index, np.array([0, 1, 2, 4, 8])).best(values)
        assert best.tolist() == [5, 9, 8, 9, 8]


def test_context_completes_what_a_question_leaves_out(open_assistant: Open, clock: Any) -> None:
    with open_assistant() as a:
        a.observe("The violin teacher lives in Porto")
        a.observe("The garden shed has a new roof")
        recall = a._recall  # type: ignore[attr-defined]
        roof, violin = (
            2 * a.encoder.encode([words])[0] for words in ("shed roof", "violin teacher")
        )
        assert "shed" in recall("and hers?", now=clock(), context=roof)[0].text
        assert "violin" in recall("and hers?", now=clock(), context=violin)[0].text


def test_short_term_context_is_only_asked_for_when_a_question_leans_on_it(
    open_assistant: Open,
) -> None:
    with open_assistant() as a:
        given: list[bool] = []
        recall = a._recall  # type: ignore[attr-defined]

        class Watching:
            encoder = recall.encoder

            def __call__(self, text: str, **rest: Any) -> Any:
                given.append(rest["context"] is not None)
                return recall(text, **rest)

        a._recall = Watching()  # type: ignore[attr-defined]
        for said in ("My sister plays the violin.", "Where does Ana live?", "what is she called?"):
            a.reply(said)
        assert given == [False, False, True]
