from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from assistant.conversations import Conversation, ConversationTurn, Question
from assistant.testing import HashEncoder, LengthNetwork
from assistant.training.salience_curve import (
    SHARES,
    Judged,
    judge_conversations,
    judge_sessions,
    kept_evidence,
    plot,
)
from assistant.training.session_examples import SessionTurn

TEXTS = ["My dog is called Bruno.", "ok", "Is it going to rain the whole week?", "I live in Porto."]


def conversation() -> Conversation:
    at = datetime(2026, 5, 3, tzinfo=UTC)
    turns = tuple(
        ConversationTurn(str(n), n // 2, "Ana", "other", at, text) for n, text in enumerate(TEXTS)
    )
    asked = (Question("Where?", ("3",)), Question("Who?", ("0",)))
    return Conversation("one", turns, asked, {}, 1)


def test_evidence_is_what_questions_name_and_questions_are_last_by_the_rule() -> None:
    judged = judge_conversations([conversation()], HashEncoder(), LengthNetwork())
    assert judged.evidence.tolist() == [True, False, False, True]
    assert judged.plain.tolist() == [23, 2, 0, 16]
    assert judged.curve()[0.5][1] == 1.0


def test_sessions_of_corpora_are_judged_alike() -> None:
    session = tuple(
        SessionTurn(text, "Ana", "other", 1.0, 2.0 if n in (0, 3) else 0.5)
        for n, text in enumerate(TEXTS)
    )
    judged = judge_sessions([session], HashEncoder(), LengthNetwork())
    other = judge_conversations([conversation()], HashEncoder(), LengthNetwork())
    assert judged.evidence.tolist() == other.evidence.tolist()
    assert judged.plain.tolist() == other.plain.tolist()
    assert np.isfinite(judged.salience).all()


def test_more_turns_never_keep_less_evidence() -> None:
    rng = np.random.default_rng(0)
    judged = Judged(rng.random(200), rng.random(200), rng.random(200) < 0.3)
    ours = [kept for kept, _ in judged.curve().values()]
    assert ours == sorted(ours)
    assert kept_evidence(judged.salience, judged.evidence, 1.0) == 1.0


def test_a_perfect_judge_loses_nothing() -> None:
    evidence = np.arange(100) < 30
    assert kept_evidence(evidence.astype(float), evidence, 0.3) == 1.0
    assert kept_evidence(-evidence.astype(float), evidence, 0.3) == 0.0


def test_the_plot_has_a_line_for_each_share() -> None:
    lines = plot({share: (share, share) for share in SHARES}).splitlines()
    assert len(lines) == 1 + len(SHARES)
    assert all("*" in line for line in lines[1:])
    assert "#" in plot({0.5: (0.9, 0.2)})
    assert lines[1].index("*") < lines[-1].index("*")


def test_no_evidence_is_no_division_by_zero() -> None:
    assert kept_evidence(np.zeros(3), np.zeros(3, bool), 0.5) == pytest.approx(0)
