"""Which words of a question which turns hold."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import UTC, datetime

import numpy as np
import pytest

from assistant.words import WordMatch
from storage import LongTermStore, NewTurn

AT = datetime(2026, 5, 3, tzinfo=UTC)
SAID = (
    "dogs bark at the moon",
    "Ana has two dogs",
    "the moon is full",
    "cats sleep",
)


@pytest.fixture
def store() -> Iterator[LongTermStore]:
    with LongTermStore(":memory:") as store:
        store.append(
            [NewTurn(str(n), f"s{n // 2}", "user", "user", text, AT) for n, text in enumerate(SAID)]
        )
        yield store


def match(store: LongTermStore, question: str, names: tuple[str, ...] = ()) -> WordMatch:
    terms = store.terms(question)
    return WordMatch(terms, store.holding(terms), store.index("f"), names)


def test_bm25_is_the_equation_with_every_term_once_a_turn(store: LongTermStore) -> None:
    words = match(store, "dogs and the moon")
    idf = math.log(1 + (4 - 2 + 0.5) / (2 + 0.5))
    mean = sum(map(len, SAID)) / len(SAID)
    norm = [2.2 / (1 + 1.2 * (0.25 + 0.75 * len(text) / mean)) for text in SAID]
    expected = [2 * idf * norm[0], idf * norm[1], idf * norm[2], 0]
    np.testing.assert_allclose(words.bm25, expected, rtol=1e-5)


def test_coverage_leaves_out_who_is_meant(store: LongTermStore) -> None:
    words = match(store, "Ana's dogs", names=("ana",))
    rows = np.arange(4)
    assert words.coverage(words.held(rows)).tolist() == [1, 1, 0, 0]
    assert words.named.tolist() == [False, True, False, False]
    assert words.bm25[1] > words.bm25[0]
    # A question that only names somebody is about the name.
    only = match(store, "Ana", names=("ana",))
    assert only.coverage(only.held(rows)).tolist() == [0, 1, 0, 0]


def test_a_rare_word_weighs_more_than_a_common_one(store: LongTermStore) -> None:
    words = match(store, "sleep, dogs")
    held = words.held(np.arange(4))
    dogs, sleep = words.coverage(held)[[0, 3]]
    assert sleep > dogs > 0
    assert words.rarest(held)[3] == 1
    assert words.best_coverage() == pytest.approx(sleep)


def test_a_session_holds_what_its_turns_hold(store: LongTermStore) -> None:
    words = match(store, "Ana bark")
    index = store.index("f")
    covered = words.coverage(words.held_in_session(index.session))[index.session]
    np.testing.assert_allclose(covered, [1, 1, 0, 0])


def test_no_words_match_nothing(store: LongTermStore) -> None:
    words = match(store, "?!")
    assert len(words) == 0
    assert not words.bm25.any()
    assert words.coverage(words.held(np.arange(4))).tolist() == [0, 0, 0, 0]
    assert words.rarest(words.held(np.arange(4))).tolist() == [0, 0, 0, 0]
    assert words.best_coverage() == 0


def test_turns_of_other_owners_count_for_nothing(store: LongTermStore, tmp_path: object) -> None:
    path = f"{tmp_path}/shared.db"
    with LongTermStore(path, owner="a") as mine, LongTermStore(path, owner="b") as theirs:
        theirs.append([NewTurn(str(n), "s", "user", "user", "dogs", AT) for n in range(50)])
        mine.append([NewTurn("x", "s", "user", "user", "dogs bark", AT)])
        words = match(mine, "dogs")
        assert words.bm25.shape == (1,)
        assert words.idf[0] == pytest.approx(math.log(1 + 0.5 / 1.5), rel=1e-5)
